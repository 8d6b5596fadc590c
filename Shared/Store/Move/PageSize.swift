/// How many rows are read at once: few where they are large, for all of them stand in memory.
struct PageSize: Sendable, Hashable {
    static let mostRows: Int64 = 500
    static let fewBytes = 1 << 20
    static let manyBytes = 8 << 20

    private(set) var rows: Int64 = 16

    /// Learns from a page that was read.
    mutating func adapt(to page: [Row]) {
        let bytes = page.reduce(0) { $0 + $1.values.reduce(0) { $0 + $1.byteCount } }
        if bytes > Self.manyBytes {
            rows = max(1, rows / 4)
        } else if bytes < Self.fewBytes {
            rows = min(Self.mostRows, rows * 4)
        }
    }
}

extension Value {
    fileprivate var byteCount: Int {
        switch self {
        case .null, .integer, .real: 8
        case .text(let text): text.utf8.count
        case .blob(let bytes): bytes.count
        }
    }
}
