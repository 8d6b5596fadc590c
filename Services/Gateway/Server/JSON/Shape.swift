/// What a JSON value must be like. One description serves both to refuse what does not fit and to tell it in the OpenAPI document.
indirect enum Shape: Sendable {
    case text(TextRule)
    case integer(ClosedRange<Int64>)
    /// A number over the lower bound and below the upper one.
    case numberBetween(Double, Double)
    case number
    /// A text, or an integer in its place.
    case textOrInteger(TextRule)
    case boolean
    case choice([String])
    case list(Shape, maximum: Int)
    /// Named fields; others are refused.
    case object([Field])
    /// Any names, each with a value of this shape.
    case map(Shape, maximum: Int)
    case nullable(Shape)
    /// A shape that stands in `Schemas` under this name.
    case named(String)
    /// Any value at all.
    case anything
    /// An object with at least these fields, and more of any kind.
    case open([Field])

    /// A positive id; 0 stands for none and never crosses this border.
    static let id: Shape = .integer(1...9_007_199_254_740_991)
    static let instant: Shape = .text(TextRule(format: .instant))
    static let duration: Shape = .text(TextRule(format: .duration))
    static func text(_ maximum: Int, minimum: Int = 0) -> Shape { .text(TextRule(minimum: minimum, maximum: maximum)) }
}

/// What a text must be like. Lengths are in Unicode scalars, as JSON Schema counts them.
struct TextRule: Sendable {
    enum Format: Sendable {
        case free
        case email
        case instant
        case duration
        case date
        case timeOfDay
    }

    var minimum = 0
    var maximum = 1_000
    var format = Format.free
}

/// One field of an object.
struct Field: Sendable {
    var name: String
    var shape: Shape
    var isRequired: Bool
    var description: String

    static func required(_ name: String, _ shape: Shape, _ description: String = "") -> Field {
        Field(name: name, shape: shape, isRequired: true, description: description)
    }

    static func optional(_ name: String, _ shape: Shape, _ description: String = "") -> Field {
        Field(name: name, shape: shape, isRequired: false, description: description)
    }
}
