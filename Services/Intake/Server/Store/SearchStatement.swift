import Model
import Store

/// A search as one statement: words by the engine's index, ranked (a subject counts four times as much as a text), then the filters.
struct SearchStatement {
    private(set) var sql = ""
    private(set) var values: [Value] = []
    private let dialect: Dialect
    private var index: any SearchIndex.Type { dialect.searchIndex }

    init(_ query: SearchQuery, in dialect: Dialect, requesterID: Int64?, offset: Int, limit: Int) {
        self.dialect = dialect
        let expression = SearchExpression(syntax: index.syntax)
        let wanted = query.terms.filter { !$0.isExcluded }
        let unwanted = query.terms.filter(\.isExcluded)
        var conditions: [String] = []
        if wanted.isEmpty {
            sql = "SELECT t.id AS ticket_id, CAST(0 AS REAL) AS rank FROM tickets t"
        } else {
            sql = """
                \(index.found(publicOnly: requesterID != nil))
                SELECT t.id AS ticket_id, found.rank AS rank FROM found JOIN tickets t ON t.id = found.ticket_id
                """
            values.append(.text(expression.any(wanted)))
            // One word alone is already met by the ranking.
            if wanted.count > 1 {
                for term in wanted { conditions.append(matching(expression.expression(term), "IN", requesterID)) }
            }
        }
        for term in unwanted { conditions.append(matching(expression.expression(term), "NOT IN", requesterID)) }
        for filter in query.filters {
            let condition = condition(filter.filter, expression)
            conditions.append(filter.isExcluded ? "NOT (\(condition))" : condition)
        }
        if let requesterID {
            conditions.append("t.requester_id = ?")
            values.append(.integer(requesterID))
        }
        if !conditions.isEmpty { sql += " WHERE " + conditions.joined(separator: " AND ") }
        sql += wanted.isEmpty ? " ORDER BY t.id DESC" : " ORDER BY found.rank, t.id DESC"
        sql += " LIMIT ? OFFSET ?"
        values += [.integer(Int64(limit)), .integer(Int64(offset))]
    }

    private mutating func matching(_ expression: String, _ membership: String, _ requesterID: Int64?) -> String {
        values.append(.text(expression))
        return "t.id \(membership) (\(index.matchingTickets(publicOnly: requesterID != nil)))"
    }

    private mutating func condition(_ filter: SearchQuery.Filter, _ expression: SearchExpression) -> String {
        switch filter {
        case .status(let status):
            values.append(.integer(Int64(status.rawValue)))
            return "t.status = ?"
        case .tag(let tag):
            values.append(.text(tag))
            return "t.id IN (SELECT ticket_id FROM ticket_tags WHERE tag = ?)"
        case .from(let tokens):
            values.append(.text(expression.requesters(tokens)))
            return "t.requester_id IN (\(index.matchingRequesters))"
        case .assignee(let id):
            values.append(.integer(id))
            return "t.assignee_id = ?"
        case .nothing:
            return "0 = 1"
        }
    }
}
