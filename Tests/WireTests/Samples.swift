/// A source of random values that a seed replays: SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
struct Samples: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// The edges of the range as often as anything else.
    mutating func integer<Number: FixedWidthInteger>() -> Number {
        switch Int.random(in: 0..<6, using: &self) {
        case 0: 0
        case 1: .max
        case 2: .min
        case 3: Number(Int.random(in: 0..<128, using: &self))
        default: Number(truncatingIfNeeded: next())
        }
    }

    mutating func real<Number: BinaryFloatingPoint>() -> Number {
        [0, -1.5, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .infinity].randomElement(using: &self)!
    }

    mutating func bool() -> Bool { Bool.random(using: &self) }

    mutating func enumeration<Value: CaseIterable>(_ type: Value.Type) -> Value {
        type.allCases.randomElement(using: &self)!
    }

    mutating func string() -> String {
        let alphabet = Array("aZ \n\u{1}éЖωł漢👩‍🔧\u{7ff}\u{ffff}\u{10ffff}")
        let count = Int.random(in: 0..<24, using: &self)
        return String((0..<count).map { _ in alphabet.randomElement(using: &self)! })
    }

    mutating func bytes() -> [UInt8] {
        (0..<Int.random(in: 0..<64, using: &self)).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    mutating func array<Element>(_ make: (inout Samples) -> Element) -> [Element] {
        (0..<Int.random(in: 0..<4, using: &self)).map { _ in make(&self) }
    }

    mutating func optional<Value>(_ make: (inout Samples) -> Value) -> Value? {
        bool() ? make(&self) : nil
    }

    mutating func oneOf<Value>(_ makers: [(inout Samples) -> Value]) -> Value? {
        let index = Int.random(in: 0...makers.count, using: &self)
        return index < makers.count ? makers[index](&self) : nil
    }
}
