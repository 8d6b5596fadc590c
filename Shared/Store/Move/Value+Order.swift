extension Value {
    /// Whether it is the same to the last bit: two texts that merely look alike are not.
    func isSame(as other: Value) -> Bool {
        switch (self, other) {
        case (.text(let one), .text(let two)): one.utf8.elementsEqual(two.utf8)
        case (.real(let one), .real(let two)): one.bitPattern == two.bitPattern || one == two
        default: self == other
        }
    }

    /// Whether it stands before `other` in an index of either engine; both are of one type.
    func isBefore(_ other: Value) -> Bool {
        switch (self, other) {
        case (.integer(let one), .integer(let two)): one < two
        case (.real(let one), .real(let two)): one < two
        case (.text(let one), .text(let two)): one.utf8.lexicographicallyPrecedes(two.utf8)
        case (.blob(let one), .blob(let two)): one.lexicographicallyPrecedes(two)
        default: false
        }
    }

    /// As a message names it.
    var shown: String {
        switch self {
        case .null: "NULL"
        case .integer(let integer): "\(integer)"
        case .real(let real): "\(real)"
        case .text(let text): "'\(text.prefix(80))'"
        case .blob(let bytes): Hex.text(Array(bytes.prefix(32)))
        }
    }
}
