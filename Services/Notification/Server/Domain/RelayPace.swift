/// How fast one mail server is given mail: not at all while it cannot be reached, in a slow ramp once it answers again, and never faster than
/// its rate. Instants are milliseconds of a monotonic clock.
struct RelayPace: Sendable {
    /// The first pause after it could not be reached; doubled by each further failure.
    static let firstPauseMilliseconds: Int64 = 1_000
    static let longestPauseMilliseconds: Int64 = 60_000
    /// The share of a pause that chance adds.
    static let jitter = 0.2
    /// Mails a second at the ramp's start; doubled at each step.
    static let rampPerSecond = 10.0
    static let rampStepMilliseconds: Int64 = 5_000
    /// The ramp is over once it would allow more than this.
    static let rampEndPerSecond = 2_000.0

    /// What may be begun now.
    enum Room: Sendable, Hashable {
        /// Up to this many mails, at least one.
        case free(Int)
        /// None, for this long at most.
        case wait(milliseconds: Int64)
    }

    /// The most mails a second; nil for no bound.
    let rate: Double?
    private var failures = 0
    private var closedUntil: Int64 = 0
    private var rampSince: Int64?
    /// What may still be sent of what the rate allows, as of `filledAt`.
    private var allowance = 1.0
    private var filledAt: Int64 = 0

    init(rate: Double? = nil) {
        self.rate = rate
    }

    /// Whether its last mail reached it.
    var isUp: Bool { failures == 0 }

    /// - Parameter underWay: how many mails it is being given already.
    mutating func room(at now: Int64, underWay: Int) -> Room {
        if !isUp {
            guard now >= closedUntil else { return .wait(milliseconds: closedUntil - now) }
            // One mail tries the way for all others.
            return underWay == 0 ? .free(1) : .wait(milliseconds: Self.firstPauseMilliseconds)
        }
        guard let perSecond = perSecond(at: now) else { return .free(.max) }
        fill(at: now, perSecond)
        let free = Int(allowance)
        if free >= 1 { return .free(free) }
        return .wait(milliseconds: max(1, Int64(((1 - allowance) / perSecond * 1_000).rounded(.up))))
    }

    /// A mail is on its way there.
    mutating func began(at now: Int64) {
        guard isUp, let perSecond = perSecond(at: now) else { return }
        fill(at: now, perSecond)
        allowance -= 1
    }

    /// It answered, whatever it thought of the mail.
    mutating func answered(at now: Int64) {
        guard !isUp else { return }
        failures = 0
        rampSince = now
        (allowance, filledAt) = (1, now)
    }

    /// It could not be reached. What was under way when it went down counts once.
    /// - Parameter chance: from 0 up to 1.
    mutating func failed(at now: Int64, chance: Double) {
        guard now >= closedUntil else { return }
        let pause = min(Self.firstPauseMilliseconds << Int64(min(failures, 10)), Self.longestPauseMilliseconds)
        failures += 1
        closedUntil = now + pause + Int64(Double(pause) * Self.jitter * chance)
    }

    /// Somebody wants it tried at once.
    mutating func hurry() {
        closedUntil = 0
    }

    private func perSecond(at now: Int64) -> Double? {
        guard let rampSince else { return rate }
        let steps = (now - rampSince) / Self.rampStepMilliseconds
        let ramp = Self.rampPerSecond * Double(1 << min(max(steps, 0), 30))
        guard ramp <= Self.rampEndPerSecond else { return rate }
        return min(ramp, rate ?? ramp)
    }

    private mutating func fill(at now: Int64, _ perSecond: Double) {
        let most = max(1, perSecond / 10)
        allowance = min(most, allowance + Double(max(0, now - filledAt)) / 1_000 * perSecond)
        filledAt = max(filledAt, now)
    }
}
