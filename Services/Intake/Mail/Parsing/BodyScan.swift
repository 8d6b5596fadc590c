/// Looks through a structured body once, before GMime builds objects for what stands in it.
enum BodyScan {
    /// Why the body must not be taken apart; nil when it may.
    static func refusal(_ body: ArraySlice<UInt8>) -> QuarantineReason? {
        var boundaryLines = 0
        var headerLines = 0
        var addressFields = 0
        var addressBytes = 0
        var isAddressField = false
        var fieldBytes = 0
        var position = body.startIndex
        while position < body.endIndex {
            let end = body[position...].firstIndex(of: 10) ?? body.endIndex
            let line = body[position..<end]
            position = end + 1
            let isContinued = line.first == 32 || line.first == 9
            isAddressField = isAddressField && isContinued
            if line.isEmpty || line.first == 13 {
                addressFields = 0
                fieldBytes = 0
            } else if line.starts(with: "--".utf8) {
                boundaryLines += 1
                addressFields = 0
                fieldBytes = 0
                if boundaryLines > MailLimits.maxBoundaryLines { return .tooManyParts }
            } else if isContinued {
                if fieldBytes > 0 { fieldBytes += line.count }
            } else if let name = fieldName(line) {
                headerLines += 1
                fieldBytes = line.count
                if headerLines > MailLimits.maxBodyHeaderLines { return .tooManyHeaders }
                isAddressField = addressNames.contains(name)
                if isAddressField { addressFields += 1 }
                if addressFields > MailLimits.maxNestedAddressFields { return .tooManyHeaders }
            } else {
                fieldBytes = 0
            }
            if isAddressField { addressBytes += line.count }
            if addressBytes > MailLimits.maxNestedAddressBytes { return .tooManyHeaders }
            if fieldBytes > MailLimits.maxBodyHeaderBytes { return .tooManyHeaders }
        }
        return nil
    }

    private static let addressNames: Set<String> = [
        "from", "to", "cc", "bcc", "sender", "reply-to", "resent-from", "resent-to", "resent-cc", "resent-bcc",
    ]

    /// The lower-case name of what looks like a header field; empty for one too long to be of interest.
    private static func fieldName(_ line: ArraySlice<UInt8>) -> String? {
        for index in line.indices {
            let byte = line[index]
            if byte == UInt8(ascii: ":") {
                guard index > line.startIndex else { return nil }
                guard index - line.startIndex <= 12 else { return "" }
                return String(decoding: line[..<index], as: UTF8.self).lowercased()
            }
            if byte <= 32 || byte >= 127 { return nil }
        }
        return nil
    }
}
