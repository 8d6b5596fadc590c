import Model
import ServiceLifecycle
import Store
import Wire

@testable import IntakeServer
@testable import NotificationServer
@testable import RoutingServer
@testable import SLATimerServer
@testable import ServiceKit

/// The services as the simulation builds them: their own stores, methods, followers and workers, without listeners for mail or HTTP.
enum Definitions {
    static let names = ["intake", "routing", "sla-timer", "notification", "gateway"]

    /// - Parameter post: where outbound mail goes.
    static func all(post: Post, chance: Chance) -> [ServiceDefinition] {
        [intake, RoutingService.definition, SLATimerService.definition, notification(post, chance), gateway]
    }

    private static var intake: ServiceDefinition {
        let real = IntakeService.definition
        return ServiceDefinition(name: real.name, migrations: real.migrations, peers: real.peers, keys: real.keys) {
            let mail = MailAcceptance(store: $0.store, blobs: $0.blobs)
            let api = try await IntakeService.api($0, mail, mailboxesChanged: {})
            return ServiceParts(handlers: [api], followers: IntakeService.followers(staffChanged: {}))
        }
    }

    private static func notification(_ post: Post, _ chance: Chance) -> ServiceDefinition {
        let real = NotificationService.definition
        return ServiceDefinition(name: real.name, migrations: real.migrations, peers: real.peers, keys: real.keys) {
            NotificationService.parts($0, transport: PostTransport(post: post), chance: { chance.share() })
        }
    }

    /// Runs a service's background work until it is cancelled, without the signals of a process around it, which take threads of their own.
    static func work(_ service: any Service) async {
        switch service {
        case let firing as FiringService: await firing.loop()
        case let sender as Sender: await sender.loop()
        default: preconditionFailure("the simulation does not know how to run \(service)")
        }
    }

    /// The gateway's accounts stand outside of what is simulated: a journal of users, and their addresses.
    private static var gateway: ServiceDefinition {
        ServiceDefinition(name: "gateway", migrations: [], peers: []) { _ in ServiceParts(handlers: [Directory()]) }
    }
}

/// Answers who a user is.
private struct Directory: ServiceHandler {
    func register(in table: inout some MethodTable) {
        table.unary("firstline.v1.Gateway/GetUser") { (request: GetUserRequest, _) -> User in
            User(
                id: request.id, name: "Agent \(request.id)", email: "agent\(request.id)@desk.example", role: .agent,
                active: true)
        }
    }
}
