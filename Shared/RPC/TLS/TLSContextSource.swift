import Logging
import Synchronization

/// Gives each new connection the certificates as the files hold them now; connections that stand keep theirs.
///
/// The files are looked at when a connection begins and `lookInterval` has passed. A changed set is taken once it is whole: the key fits the
/// certificate, the certificate is valid now, and the authorities can be read. Until then the old set serves, and the log says which file
/// is wrong.
final class TLSContextSource: Sendable {
    private struct State {
        var context: TLSContext
        /// The files that `context` was made of, or that were found bad.
        var seen: FileStamps
        var nextLook: ContinuousClock.Instant
        /// When a set that was found bad is tried again though nothing changed: time alone may make it valid. Nil: the set is good.
        var nextAttempt: ContinuousClock.Instant?
    }

    private let configuration: TLSConfiguration
    private let side: TLSContext.Side
    private let logger: Logger
    private let state: Mutex<State>

    private static let attemptInterval: Duration = .seconds(10)

    /// - Throws: `TLSError` when the files cannot be used.
    init(
        _ configuration: TLSConfiguration, side: TLSContext.Side, logger: Logger,
        now: ContinuousClock.Instant = .now
    ) throws {
        self.configuration = configuration
        self.side = side
        self.logger = logger
        let seen = FileStamps(configuration)
        let context = try TLSContext(configuration, side: side)
        state = Mutex(State(context: context, seen: seen, nextLook: now + configuration.lookInterval))
    }

    /// The context for a connection that begins now.
    func current(at now: ContinuousClock.Instant = .now) -> TLSContext {
        state.withLock { state in
            if now < state.nextLook { return state.context }
            state.nextLook = now + configuration.lookInterval
            // Taken before the files are read: what changes in between is seen at the next look.
            let stamps = FileStamps(configuration)
            let isNew = stamps != state.seen
            guard isNew || state.nextAttempt.map({ $0 <= now }) ?? false else { return state.context }
            state.seen = stamps
            do {
                let context = try TLSContext(configuration, side: side)
                try context.checkValidity(configuration.certificatePath)
                state.context = context
                state.nextAttempt = nil
                logger.info(
                    "certificates reloaded",
                    metadata: ["tls.certificate": "\(configuration.certificatePath)", "tls.side": "\(side)"])
            } catch {
                state.nextAttempt = now + Self.attemptInterval
                if isNew {
                    logger.error(
                        "changed certificates cannot be used, the old ones stay",
                        metadata: ["error": "\(error)", "tls.side": "\(side)"])
                }
            }
            return state.context
        }
    }
}
