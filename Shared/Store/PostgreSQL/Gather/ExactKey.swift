/// Values that are the same byte by byte, as the engines compare them: Swift's own texts are equal where only their characters look alike.
struct ExactKey: Hashable {
    private var bytes: [UInt8] = []

    init(_ values: [Value]) {
        for value in values {
            switch value {
            case .null: append(0, [])
            case .integer(let integer): withUnsafeBytes(of: integer) { append(1, $0) }
            case .real(let real): withUnsafeBytes(of: real) { append(2, $0) }
            case .text(let text): append(3, text.utf8)
            case .blob(let blob): append(4, blob)
            }
        }
    }

    var sizeBytes: Int { bytes.count }

    private mutating func append(_ kind: UInt8, _ content: some Collection<UInt8>) {
        bytes.append(kind)
        withUnsafeBytes(of: content.count) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: content)
    }
}
