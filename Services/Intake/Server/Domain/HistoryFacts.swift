import Model

/// The facts of a history event as one text: a line each, name and value apart by a tab; backslash escapes both and itself.
enum HistoryFacts {
    static func encoded(_ facts: [CustomField]) -> String {
        facts.map { "\(escaped($0.name))\t\(escaped($0.value))" }.joined(separator: "\n")
    }

    static func decoded(_ text: String) -> [CustomField] {
        text.split(separator: "\n").map { line in
            let parts = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
            return CustomField(name: unescaped(parts[0]), value: parts.count > 1 ? unescaped(parts[1]) : "")
        }
    }

    private static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 9 || $0 == 10 || $0 == 92 }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\t": result += "\\t"
            case "\n": result += "\\n"
            case "\\": result += "\\\\"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func unescaped(_ text: Substring) -> String {
        guard text.utf8.contains(92) else { return String(text) }
        var result = ""
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                result.unicodeScalars.append(scalar == "t" ? "\t" : scalar == "n" ? "\n" : scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
