import Model
import ServiceKit
import Store
import Wire

/// What routing does with each entry of the gateway's journal: users become agents.
enum GatewayFollower {
    static func apply(_ entry: JournalEntry, in transaction: Transaction) throws {
        guard case .userChanged(let user) = entry.body else { return }
        try AgentStore.ensure(user.userID, role: user.role, active: user.active, in: transaction)
        guard var agent = try AgentStore.find(user.userID, in: transaction) else { return }
        guard agent.role != user.role || agent.active != user.active else { return }
        agent.role = user.role
        agent.active = user.active
        try AgentStore.update(agent, in: transaction)
        try Dispatcher.drain(cause: entry, in: transaction)
    }
}
