/// The bytes between DATA and CR LF . CR LF, with dots unstuffed (RFC 5321, 4.5.2).
///
/// Only CR LF ends a line here: a dot after a bare CR or LF is text, so no second mail can be smuggled in a first.
struct LMTPData: Sendable {
    private enum Place {
        /// Behind CR LF, or at the very start.
        case lineStart
        case inLine
        case afterCR
        /// Behind a dot at the start of a line.
        case afterDot
        /// Behind a dot at the start of a line and a CR.
        case afterDotCR
    }

    private(set) var bytes: [UInt8] = []
    private(set) var isOverLimit = false
    private var place = Place.lineStart
    private var drained = 0

    /// Takes bytes up to the end of the data. True when it was found; `position` then stands behind it.
    mutating func take(_ input: [UInt8], from position: inout Int, limits: LMTPLimits) -> Bool {
        while position < input.count {
            let byte = input[position]
            switch place {
            case .inLine:
                let end = input[position...].firstIndex(of: 13) ?? input.count
                append(input[position..<end], limits)
                position = end
                if end < input.count {
                    position += 1
                    append([13], limits)
                    place = .afterCR
                }
                continue
            case .lineStart where byte == UInt8(ascii: "."): place = .afterDot
            case .afterDot where byte == 13: place = .afterDotCR
            case .afterDotCR where byte == 10:
                position += 1
                return true
            case .afterCR where byte == 10:
                append([10], limits)
                place = .lineStart
            case .afterCR where byte == 13:
                append([13], limits)
            case .afterDotCR:
                // The dot was stuffing, and the CR is text: look at this byte again.
                append([13], limits)
                place = .afterCR
                continue
            case .lineStart, .afterCR, .afterDot:
                place = .inLine
                continue
            }
            position += 1
        }
        return false
    }

    func isBeyondDraining(_ limits: LMTPLimits) -> Bool { drained > limits.maxDrainedBytes }

    private mutating func append(_ part: some Collection<UInt8>, _ limits: LMTPLimits) {
        if isOverLimit || bytes.count + part.count > limits.maxMessageBytes {
            drained += part.count
            isOverLimit = true
            bytes = []
        } else {
            bytes.append(contentsOf: part)
        }
    }
}
