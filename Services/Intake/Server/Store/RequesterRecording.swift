import Model
import ServiceKit
import Store

extension Transaction {
    /// The requester with that address, made when new; a name fills an empty one.
    /// - Parameter email: normalised.
    func ensureRequester(email: String, name: String, by provenance: Provenance) throws -> Requester {
        if var known = try requester(email: email) {
            guard known.name.isEmpty, !name.isEmpty else { return known }
            known.name = name
            known.updatedAtMilliseconds = nowMilliseconds
            try changeRequester(known, by: provenance)
            return known
        }
        return try addRequester(Requester(email: email, name: name), by: provenance)
    }

    func addRequester(_ new: Requester, by provenance: Provenance) throws -> Requester {
        let requester = try insertRequester(new)
        try record(requester, provenance)
        return requester
    }

    func changeRequester(_ requester: Requester, by provenance: Provenance) throws {
        try updateRequester(requester)
        try record(requester, provenance)
    }

    func record(_ organization: Organization, _ provenance: Provenance) throws {
        try journal(
            .organizationChanged(OrganizationChanged(organizationID: organization.id)), actor: provenance.actor,
            traceParent: provenance.traceParent)
    }

    private func record(_ requester: Requester, _ provenance: Provenance) throws {
        let changed = RequesterChanged(requesterID: requester.id, organizationID: requester.organizationID)
        try journal(.requesterChanged(changed), actor: provenance.actor, traceParent: provenance.traceParent)
    }
}
