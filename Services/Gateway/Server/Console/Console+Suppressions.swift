import HTTPTypes
import Model
import Wire

/// The addresses to which nothing is sent.
extension Console {
    func suppressions(_ visit: ConsoleVisit) async throws -> Answer {
        let address = visit.query("address")
        let list = try await desk.peers.notification.listSuppressions(
            ListSuppressionsRequest(
                address: address, limit: Int32(ListLimit.standard), cursor: visit.query("cursor")), visit.options)
        var view = try await settingsFrame(visit, .suppressions)
        view["address"] = address
        view["has_rows"] = !list.suppressions.isEmpty
        view["rows"] = list.suppressions.map { suppression -> [String: Any] in
            var row: [String: Any] = [
                "id": suppression.id, "suppressed": suppression.address,
                "why": visit.texts[.suppressionWhy].replacing("{0}", with: suppression.status),
                "at": visit.text(suppression.atMilliseconds), "relative": visit.relative(suppression.atMilliseconds),
            ]
            if suppression.ticketID != 0 { row["of_ticket"] = suppression.ticketID }
            return row
        }
        let more = address.isEmpty ? "" : "address=\(ContentDisposition.percentEncoded(address))&"
        if let next = Self.next(.suppressions, list.nextCursor, more) { view["next"] = next }
        return .html(pages.render("suppressions", view))
    }

    func allowAgain(_ visit: ConsoleVisit, _ id: Int64) async throws -> Answer {
        try await remove {
            _ = try await desk.peers.notification.removeSuppression(GetSuppressionRequest(id: id), visit.options)
        }
        return .redirect("\(SettingsPage.suppressions.path)?done=removed")
    }
}
