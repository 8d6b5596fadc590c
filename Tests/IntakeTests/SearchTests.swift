import Model
import Testing

@testable import IntakeServer

@Suite("Search")
struct SearchTests {
    private func found(_ desk: Desk, _ query: String) async throws -> [Int64] {
        try await desk.api.search(SearchRequest(query: query), desk.call()).hits.compactMap { $0.ticket?.id }
    }

    private func fill(_ desk: Desk) async throws {
        try await desk.createTicket("Printer on fire", body: "The printers were burning, see invoice 4711.") {
            $0.tags = ["fire"]
        }
        try await desk.createTicket(
            "Счёт не оплачен", body: "Помогите с принтерами, пожалуйста.", from: "ivan@firma.example")
        try await desk.createTicket("Ερώτηση", body: "Ο εκτυπωτής δεν λειτουργεί.", from: "eleni@etairia.example")
        try await desk.createTicket("Zażółć gęślą jaźń", body: "Drukarki nie działają.", from: "ola@firma.example")
        try await desk.createTicket("東京の件", body: "東京都の請求書について", from: "sato@firma.example")
    }

    @Test(
        "Words are found in whatever form, case and accent they were written",
        arguments: [
            ("printer", [1]), ("PRINTERS", [1]), ("burn", [1]), ("принтер", [2]), ("СЧЕТ", [2]), ("εκτυπωτης", [3]),
            ("ερωτηση", [3]), ("zazolc", [4]), ("drukarki", [4]), ("druk*", [4]), ("東京都", [5]), ("請求書", [5]),
            ("4711", [1]),
        ] as [(String, [Int64])])
    func words(query: String, ids: [Int64]) async throws {
        try await Desk.open { desk in
            try await fill(desk)
            #expect(try await found(desk, query) == ids)
        }
    }

    @Test(
        "Operators narrow a search",
        arguments: [
            ("from:ivan", [2]), ("from:firma.example", [5, 4, 2]), ("tag:fire", [1]), ("-tag:fire", [5, 4, 3, 2]),
            ("status:new printer", [1]), ("status:solved printer", []), ("status:nonsense", []),
            ("assignee:none from:maria@customer.example", [1]), ("assignee:me", []), ("\"on fire\"", [1]),
            ("\"fire on\"", []),
            ("printer -fire", []), ("printer -water", [1]), ("printer burning", [1]), ("printer unicorn", []),
            ("fire 4711", [1]),
        ] as [(String, [Int64])])
    func operators(query: String, ids: [Int64]) async throws {
        try await Desk.open { desk in
            try await fill(desk)
            #expect(try await found(desk, query) == ids)
        }
    }

    @Test(
        "Nothing that can be typed is an error",
        arguments: [
            "\"", "\"\"", "*", "-", "--", "a OR", "NOT", "NEAR(a b)", "a AND (", "subject:fire", "col : x", "^a", "{a}",
            "'; DROP TABLE tickets",
            "a\"b", "status:", "tag:\"", ":", "-:-", "a*b*", "\u{2}", "\\", "%", "from:*", "from:\"", "🔥", "a - b",
        ])
    func hostile(query: String) async throws {
        try await Desk.open { desk in
            try await fill(desk)
            _ = try await found(desk, query)
            _ = try await desk.api.listRequesters(ListRequestersRequest(query: query), desk.call())
        }
    }

    @Test("A subject counts more than a text, and a snippet marks what was found")
    func rank() async throws {
        try await Desk.open { desk in
            try await desk.createTicket("Other", body: "Somewhere a volcano is mentioned among many other words here.")
            try await desk.createTicket("Volcano", body: "Nothing.")
            let hits = try await desk.api.search(SearchRequest(query: "volcanoes"), desk.call()).hits
            #expect(hits.compactMap { $0.ticket?.id } == [2, 1])
            #expect(hits.last?.snippet.contains("\u{2}volcano\u{3}") == true)
        }
    }

    @Test("Pages follow one another, and a new subject is found instead of the old one")
    func pages() async throws {
        try await Desk.open { desk in
            for number in 1...5 { try await desk.createTicket("Banana \(number)") }
            var ids: [Int64] = []
            var cursor = ""
            repeat {
                let page = try await desk.api.search(
                    SearchRequest(query: "banana", limit: 2, cursor: cursor), desk.call())
                ids += page.hits.compactMap { $0.ticket?.id }
                cursor = page.nextCursor
            } while !cursor.isEmpty
            #expect(ids.sorted() == [1, 2, 3, 4, 5])
            _ = try await desk.api.updateTicket(
                UpdateTicketRequest(id: 3, expectedVersion: 1, subject: "Cherry"), desk.call())
            #expect(try await found(desk, "cherry") == [3])
            #expect(try await found(desk, "banana").sorted() == [1, 2, 4, 5])
        }
    }
}
