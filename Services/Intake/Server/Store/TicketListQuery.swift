import Model
import Store

/// A list of tickets as one statement: filters are bound, the order is one of `TicketSort`.
struct TicketListQuery {
    /// Where a page begins: behind the ticket with that sort key and id.
    struct Position: Sendable, Hashable {
        var key: Int64
        var id: Int64
    }

    let sql: String
    let values: [Value]

    /// - Parameter requesterID: only that requester's tickets, whatever the request asks for; nil for no limit.
    init(_ request: ListTicketsRequest, requesterID: Int64?, after position: Position?, limit: Int) {
        var builder = Builder()
        builder.oneOf("status", request.statuses.map(\.rawValue))
        builder.oneOf("priority", request.priorities.map(\.rawValue))
        builder.equal("assignee_id", request.assigneeID)
        builder.equal("team_id", request.teamID)
        builder.equal("requester_id", requesterID ?? request.requesterID)
        if let requesterID, let asked = request.requesterID, asked != requesterID { builder.add("0 = 1") }
        builder.equal("organization_id", request.organizationID)
        if request.channel != .unspecified { builder.equal("channel", Int64(request.channel.rawValue)) }
        if request.type != .unspecified { builder.equal("type", Int64(request.type.rawValue)) }
        if !request.tag.isEmpty {
            builder.add("id IN (SELECT ticket_id FROM ticket_tags WHERE tag = ?)", .text(request.tag))
        }
        // Ids grow with the instant of creation, so that a bound on one is a bound on the other.
        if request.createdAfterMilliseconds != 0 {
            builder.add(
                """
                id > coalesce((SELECT id FROM tickets WHERE created_at <= ? ORDER BY created_at DESC, id DESC LIMIT 1), 0)
                """, .integer(request.createdAfterMilliseconds))
        }
        if request.createdBeforeMilliseconds != 0 {
            builder.add(
                """
                id < coalesce((SELECT id FROM tickets WHERE created_at >= ? ORDER BY created_at, id LIMIT 1),
                9223372036854775807)
                """, .integer(request.createdBeforeMilliseconds))
        }
        if request.updatedAfterMilliseconds != 0 {
            builder.add("updated_at > ?", .integer(request.updatedAfterMilliseconds))
        }
        let order = Order(request.sort)
        if let position {
            if order.column == "id" {
                builder.add("id \(order.comparison) ?", .integer(position.id))
            } else {
                builder.add(
                    "(\(order.column), id) \(order.comparison) (?, ?)", .integer(position.key), .integer(position.id))
            }
        }
        let condition = builder.conditions.isEmpty ? "" : "WHERE " + builder.conditions.joined(separator: " AND ")
        sql = "SELECT id, \(order.column) AS sort_key FROM tickets \(condition) ORDER BY \(order.clause) LIMIT ?"
        values = builder.values + [.integer(Int64(limit))]
    }

    private struct Order {
        var column: String
        var isDescending: Bool

        init(_ sort: TicketSort) {
            switch sort {
            case .unspecified, .createdDescending: (column, isDescending) = ("id", true)
            case .createdAscending: (column, isDescending) = ("id", false)
            case .updatedDescending: (column, isDescending) = ("updated_at", true)
            case .updatedAscending: (column, isDescending) = ("updated_at", false)
            case .priorityDescending: (column, isDescending) = ("priority", true)
            }
        }

        var comparison: String { isDescending ? "<" : ">" }

        var clause: String {
            let direction = isDescending ? " DESC" : ""
            return column == "id" ? "id\(direction)" : "\(column)\(direction), id\(direction)"
        }
    }

    private struct Builder {
        var conditions: [String] = []
        var values: [Value] = []

        mutating func add(_ condition: String, _ bound: Value...) {
            conditions.append(condition)
            values += bound
        }

        mutating func equal(_ column: String, _ value: Int64?) {
            guard let value else { return }
            add("\(column) = ?", .integer(value))
        }

        mutating func oneOf(_ column: String, _ numbers: [Int32]) {
            guard !numbers.isEmpty else { return }
            conditions.append("\(column) IN (\(numbers.map { _ in "?" }.joined(separator: ", ")))")
            values += numbers.map { .integer(Int64($0)) }
        }
    }
}

extension Reader {
    /// Ids and sort keys of a page.
    func ticketPositions(_ query: TicketListQuery) throws -> [TicketListQuery.Position] {
        try rows(query.sql, query.values).map { row in
            TicketListQuery.Position(key: try row.int("sort_key"), id: try row.int("id"))
        }
    }
}
