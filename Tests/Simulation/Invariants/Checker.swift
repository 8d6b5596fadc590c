import Model
import ServiceKit
import Store

/// Holds what is committed against the invariants, after every step that committed something.
///
/// `@unchecked Sendable`: only touched on the world's thread.
final class Checker: @unchecked Sendable {
    private let clock: SimulatedClock
    private var views: [String: StoreView] = [:]
    /// Services that have started since the last look.
    private var restarted: Set<String> = []
    private(set) var chronicle = Chronicle()
    private var intake = IntakeInvariants()
    private var routing = RoutingInvariants()
    private var timers = TimerInvariants()
    private var notification = NotificationInvariants()
    /// How often something was looked at.
    private(set) var looks = 0

    init(clock: SimulatedClock) {
        self.clock = clock
    }

    func hasStarted(_ service: String) {
        close(service)
        restarted.insert(service)
    }

    func hasCrashed(_ service: String) { close(service) }

    func close() { for service in views.keys { close(service) } }

    private func close(_ service: String) {
        views.removeValue(forKey: service)?.close()
    }

    /// Looks at a service's store, in which something was committed.
    func check(_ service: String, disk: Disk) throws {
        looks += 1
        let view = try views[service] ?? StoreView(folder: disk.folder)
        views[service] = view
        try view.read { reader in
            if restarted.remove(service) != nil { try chronicle.checkSurvival(service, reader) }
            let news = try chronicle.extend(service, reader)
            try chronicle.readCursors(service, reader)
            switch service {
            case "intake": try intake.check(news, chronicle, reader)
            case "routing": try routing.check(news, chronicle, reader)
            case "sla-timer": try timers.check(news, chronicle, clock, reader)
            case "notification": try notification.check(chronicle, reader)
            default: break
            }
        }
    }

    /// What is left to do; nil when all has come to rest.
    func unrest(_ world: World) throws -> String? {
        for machine in world.machines {
            guard machine.isRunning, let view = views[machine.name] else {
                return "\(machine.name) does not run: \(machine.problem)"
            }
            for peer in machine.definition.peers where Self.follows(machine.name, peer) {
                let behind = Int64(chronicle.journal(peer).count) - chronicle.cursor(of: machine.name, in: peer)
                if behind > 0 { return "\(machine.name) is \(behind) entries behind \(peer)" }
            }
            let now = clock.nowMilliseconds
            let open = try view.read { reader -> String? in
                switch machine.name {
                case "sla-timer": try TimerInvariants.unrest(now, reader)
                case "notification": try NotificationInvariants.unrest(now, reader)
                case "routing": try RoutingInvariants.unrest(reader)
                default: nil
                }
            }
            if let open { return open }
        }
        return nil
    }

    /// Holds what outsiders were told against what is there, once all has come to rest.
    func checkEnd(_ world: World) throws {
        guard let intake = views["intake"], let routing = views["routing"], let notification = views["notification"]
        else { return }
        try intake.read { try self.intake.checkEnd(world.ledger, chronicle, $0) }
        try routing.read { try self.routing.checkEnd(self.intake.tickets, $0) }
        try notification.read { try NotificationInvariants.checkEnd(world.post, $0) }
    }

    /// Notification asks the gateway, but does not follow it.
    private static func follows(_ service: String, _ peer: String) -> Bool {
        !(service == "notification" && peer == "gateway")
    }
}
