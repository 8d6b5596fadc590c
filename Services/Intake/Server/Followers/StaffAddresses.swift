import Logging
import Model
import ServiceKit
import ServiceLifecycle
import Store
import Wire

/// Asks the gateway for the addresses of users that its journal told of; the journal itself names none.
struct StaffAddresses: Service {
    /// How many are asked for before they are looked for again.
    private static let batch = 100
    /// The longest time until one is asked for of whom nobody told.
    private static let interval: Duration = .seconds(60)
    /// The pause while the gateway cannot be asked.
    private static let pause: Duration = .seconds(2)

    let store: Store
    let gateway: GatewayClient
    let logger: Logger
    private let alarm: Alarm

    init(store: Store, gateway: GatewayClient, clock: any WallClock, logger: Logger) {
        self.store = store
        self.gateway = gateway
        self.logger = logger
        alarm = Alarm(clock: clock)
    }

    /// Users may have changed.
    func wake() { alarm.ring() }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let pause: Duration
                do {
                    pause = try await ask() < Self.batch ? Self.interval : .zero
                } catch {
                    if !Task.isCancelled {
                        logger.warning("cannot ask for the addresses of users", metadata: ["error": "\(error)"])
                    }
                    pause = Self.pause
                }
                await alarm.wait(atMost: pause)
            }
        }
    }

    /// Asks for those that are missing; returns how many there were.
    func ask() async throws -> Int {
        let wanted = try await store.read { try $0.staffWithoutAddress(limit: Self.batch) }
        for (userID, revision) in wanted {
            let user = try await gateway.getUser(GetUserRequest(id: userID))
            guard let email = MailboxAddress(user.email)?.text else { continue }
            try await store.write("keep a user's address") {
                try $0.putStaffAddress(email, userID: userID, revision: revision)
            }
        }
        return wanted.count
    }
}
