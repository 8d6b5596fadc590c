import Model
import Store

extension Transaction {
    /// Applies an entry of the gateway's journal: who belongs to the staff. Addresses are asked for afterwards.
    func applyGateway(_ entry: JournalEntry) throws {
        guard case .userChanged(let changed) = entry.body else { return }
        try putStaff(changed, revision: entry.offset)
    }
}
