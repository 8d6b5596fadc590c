/// Reads lists page by page.
enum Pages {
    static let size: Int32 = 200

    /// Every item of a list. `page` is handed a cursor, empty at first, and returns items and the next cursor, empty at the end.
    static func all<Item>(_ page: (String) async throws -> ([Item], String)) async throws -> [Item] {
        var items: [Item] = []
        var cursor = ""
        repeat {
            let (more, next) = try await page(cursor)
            items += more
            cursor = next
        } while !cursor.isEmpty
        return items
    }
}
