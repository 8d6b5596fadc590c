/// Where a list goes on: the sort values of its last item, as text that callers hand back unread.
///
/// A cursor also carries the name of its list, so that one of another list or order is refused instead of misread.
public struct ListCursor: Sendable, Hashable {
    /// One sort value.
    public enum Value: Sendable, Hashable {
        case integer(Int64)
        case text(String)
    }

    public var values: [Value]

    public init(_ values: [Value]) {
        self.values = values
    }

    /// The longest cursor taken, in bytes.
    public static let limitBytes = 2_048

    /// Opaque text, safe in URLs.
    /// - Parameter list: names the list and its order, as "tickets.created_descending".
    public func encoded(for list: String) -> String {
        var bytes = ListCursor.field(UInt8(ascii: "l"), list)
        for value in values {
            switch value {
            case .integer(let number): bytes += ListCursor.field(UInt8(ascii: "i"), String(number))
            case .text(let text): bytes += ListCursor.field(UInt8(ascii: "t"), text)
            }
        }
        return Base64URL.encode(bytes)
    }

    /// Reads a cursor; an empty one is nil: begin at the start.
    /// - Parameters:
    ///   - list: as given to `encoded(for:)`.
    ///   - shape: a value of each kind that the list sorts by, in order; only their kinds count.
    public static func decode(
        _ text: String, for list: String, shape: [Value], field: String = "cursor"
    ) throws(InvalidRequest) -> ListCursor? {
        if text.isEmpty { return nil }
        let refusal = InvalidRequest(field, "is not a cursor of this list")
        guard text.utf8.count <= limitBytes, let bytes = Base64URL.decode(text), let fields = fields(bytes),
            fields.first?.kind == UInt8(ascii: "l"), fields.first?.text == list, fields.count == shape.count + 1
        else { throw refusal }
        var values: [Value] = []
        for (field, expected) in zip(fields.dropFirst(), shape) {
            switch (field.kind, expected) {
            case (UInt8(ascii: "i"), .integer):
                guard let number = Int64(field.text) else { throw refusal }
                values.append(.integer(number))
            case (UInt8(ascii: "t"), .text): values.append(.text(field.text))
            default: throw refusal
            }
        }
        return ListCursor(values)
    }

    /// Kind, length in two bytes, text.
    private static func field(_ kind: UInt8, _ text: String) -> [UInt8] {
        let content = Array(text.utf8.prefix(1_000))
        return [kind, UInt8(content.count >> 8), UInt8(content.count & 0xFF)] + content
    }

    private static func fields(_ bytes: [UInt8]) -> [(kind: UInt8, text: String)]? {
        var fields: [(kind: UInt8, text: String)] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            guard rest.count >= 3 else { return nil }
            let head = Array(rest.prefix(3))
            let length = Int(head[1]) << 8 | Int(head[2])
            rest = rest.dropFirst(3)
            guard rest.count >= length, let text = String(validating: rest.prefix(length), as: UTF8.self) else {
                return nil
            }
            fields.append((head[0], text))
            rest = rest.dropFirst(length)
        }
        return fields
    }
}
