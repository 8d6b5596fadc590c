/// How names and sets are written in commands.
enum IMAPText {
    /// A folder's name as a quoted string: what is not ASCII in modified UTF-7 (RFC 3501, section 5.1.3).
    static func quoted(folder: String) -> String {
        let escaped = modifiedUTF7(folder).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }

    /// `3:5,9` for 3, 4, 5 and 9. Duplicates are written once.
    static func set(_ uids: some Sequence<UInt32>) -> String {
        var ranges: [(first: UInt32, last: UInt32)] = []
        for uid in uids.sorted() {
            guard let range = ranges.last, uid <= range.last || uid - range.last == 1 else {
                ranges.append((uid, uid))
                continue
            }
            ranges[ranges.count - 1].last = max(range.last, uid)
        }
        return ranges.map { $0.first == $0.last ? "\($0.first)" : "\($0.first):\($0.last)" }.joined(separator: ",")
    }

    private static func modifiedUTF7(_ name: String) -> String {
        var encoded = ""
        var units: [UInt16] = []
        for scalar in name.unicodeScalars {
            if (0x20...0x7E).contains(scalar.value) {
                encoded += shifted(&units) + (scalar == "&" ? "&-" : String(scalar))
            } else {
                units += Array(String(scalar).utf16)
            }
        }
        return encoded + shifted(&units)
    }

    private static func shifted(_ units: inout [UInt16]) -> String {
        guard !units.isEmpty else { return "" }
        defer { units = [] }
        let bytes = units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        var text = ""
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = (bits << 8 | UInt32(byte)) & 0xFFFF
            count += 8
            while count >= 6 {
                count -= 6
                text.append(alphabet[Int(bits >> UInt32(count)) & 63])
            }
        }
        if count > 0 { text.append(alphabet[Int(bits << UInt32(6 - count)) & 63]) }
        return "&\(text)-"
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,")
}
