import CCurl
import Dispatch
import Synchronization

/// Hands mail to mail servers, by libcurl (RFC 5321, RFC 6409): to the first in order that can be reached, over connections that stay open.
final class SMTPTransport: MailTransport {
    /// The pause after which a mail under way is broken off once the service stops; the server may answer until then.
    private static let farewell: Duration = .seconds(3)

    /// A relay as it stands.
    private struct Line {
        var pace: RelayPace
        var underWay = 0
        /// Open and unused, the one used last at the end.
        var idle: [Idle] = []
        var lastFault = ""
    }

    private struct Idle {
        var connection: SMTPConnection
        var sinceMilliseconds: Int64
    }

    private let options: SMTPOptions
    private let chance: @Sendable () -> Double
    private let lines: Mutex<[Line]>
    private let start = ContinuousClock.now
    private let queue = DispatchQueue(label: "firstline.smtp", attributes: .concurrent)

    /// Throws where libcurl cannot be used.
    /// - Parameter chance: from 0 up to 1, random.
    init(_ options: SMTPOptions, chance: @escaping @Sendable () -> Double = { .random(in: 0..<1) }) throws {
        guard curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK else {
            throw TransportFailure(isPermanent: true, message: "libcurl cannot start")
        }
        self.options = options
        self.chance = chance
        lines = Mutex(options.relays.indices.map { Line(pace: RelayPace(rate: options.rate(ofRelay: $0))) })
    }

    private var nowMilliseconds: Int64 { Int64((ContinuousClock.now - start) / .milliseconds(1)) }

    func room(underWay: Int) -> RelayPace.Room {
        let now = nowMilliseconds
        let (room, stale) = lines.withLock { lines in
            (Self.room(lines: &lines, at: now, begun: underWay), Self.takeStale(&lines, at: now))
        }
        // Closing says goodbye to the server, which may take a while.
        if !stale.isEmpty { queue.async { _ = stale } }
        return room
    }

    /// By the first relay that is up; by one that may be tried again where none is.
    private static func room(lines: inout [Line], at now: Int64, begun: Int) -> RelayPace.Room {
        // Mails that were begun and are still being written will need room too.
        let unsent = begun - lines.reduce(0) { $0 + $1.underWay }
        var soonest: Int64 = RelayPace.longestPauseMilliseconds
        var isTriable = false
        for index in lines.indices {
            let isUp = lines[index].pace.isUp
            switch lines[index].pace.room(at: now, underWay: lines[index].underWay) {
            case .free(let count) where isUp:
                return count > unsent ? .free(count == .max ? .max : count - unsent) : .wait(milliseconds: 50)
            case .free: isTriable = true
            case .wait(let milliseconds):
                if isUp { return .wait(milliseconds: milliseconds) }
                soonest = min(soonest, milliseconds)
            }
        }
        return isTriable && unsent == 0 ? .free(1) : .wait(milliseconds: isTriable ? 50 : soonest)
    }

    private static func takeStale(_ lines: inout [Line], at now: Int64) -> [SMTPConnection] {
        let oldest = now - Int64(SMTPConnection.longestIdleSeconds) * 1_000
        var stale: [SMTPConnection] = []
        for index in lines.indices {
            stale += lines[index].idle.filter { $0.sinceMilliseconds < oldest }.map(\.connection)
            lines[index].idle.removeAll { $0.sinceMilliseconds < oldest }
        }
        return stale
    }

    func hurry() {
        lines.withLock { lines in
            for index in lines.indices { lines[index].pace.hurry() }
        }
    }

    func send(
        _ mail: [UInt8], deliveryID: Int64, envelopeFrom: String, recipient: String
    ) async throws(TransportFailure) -> String {
        for index in options.relays.indices {
            guard let connection = begin(index) else { continue }
            let outcome = await transfer(mail, from: envelopeFrom, to: recipient, over: connection)
            end(index, connection, outcome)
            switch outcome {
            case .taken: return connection.relay.name
            case .refused(let reply):
                throw TransportFailure(
                    isPermanent: reply.code >= 500, message: "\(connection.relay.name): \(reply.text)",
                    code: reply.brief)
            case .unusable:
                // What was broken off because the service stops is no reason to try another server.
                if Task.isCancelled { throw TransportFailure(isPermanent: false, message: faults) }
            }
        }
        throw TransportFailure(isPermanent: false, message: faults)
    }

    /// Why no relay could be used.
    private var faults: String {
        let faults = lines.withLock { $0.map(\.lastFault) }
        return zip(options.relays, faults).map { "\($0.name): \($1.isEmpty ? "not tried" : $1)" }
            .joined(separator: "; ")
    }

    /// A connection to a relay, an open one where there is one; nil when it is not to be tried now.
    private func begin(_ index: Int) -> SMTPConnection? {
        let now = nowMilliseconds
        let (mayTry, idle) = lines.withLock { lines -> (Bool, SMTPConnection?) in
            // What room was told for goes now, be it a little early; a relay that is down gets one mail at a time.
            if !lines[index].pace.isUp {
                guard case .free = lines[index].pace.room(at: now, underWay: lines[index].underWay) else {
                    return (false, nil)
                }
            }
            lines[index].pace.began(at: now)
            lines[index].underWay += 1
            return (true, lines[index].idle.popLast()?.connection)
        }
        guard mayTry else { return nil }
        if let connection = idle ?? SMTPConnection(options.relays[index], options) { return connection }
        lines.withLock { $0[index].underWay -= 1 }
        return nil
    }

    private func end(_ index: Int, _ connection: SMTPConnection, _ outcome: SMTPConnection.Outcome) {
        let (now, chance) = (nowMilliseconds, chance())
        lines.withLock { lines in
            lines[index].underWay -= 1
            switch outcome {
            case .taken, .refused:
                lines[index].pace.answered(at: now)
                lines[index].lastFault = ""
                lines[index].idle.append(Idle(connection: connection, sinceMilliseconds: now))
            case .unusable(let fault):
                lines[index].pace.failed(at: now, chance: chance)
                lines[index].lastFault = fault
            }
        }
    }

    /// On a thread of its own, for libcurl blocks.
    private func transfer(
        _ mail: [UInt8], from sender: String, to recipient: String, over connection: SMTPConnection
    ) async -> SMTPConnection.Outcome {
        let cancelledAt = Mutex<ContinuousClock.Instant?>(nil)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                queue.async {
                    continuation.resume(
                        returning: connection.send(mail, from: sender, to: recipient) {
                            cancelledAt.withLock { $0.map { ContinuousClock.now - $0 > Self.farewell } ?? false }
                        })
                }
            }
        } onCancel: {
            cancelledAt.withLock { $0 = .now }
        }
    }
}
