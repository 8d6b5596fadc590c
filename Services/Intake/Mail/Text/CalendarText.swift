/// What an invitation (RFC 5545) is about, in lines for a person: what, when, where, who, and the words with it.
enum CalendarText {
    private static let maxBytes = 256 * 1024
    private static let maxLines = 2_000

    static func summary(_ calendar: String) -> String {
        let calendar = String(decoding: calendar.utf8.prefix(maxBytes), as: UTF8.self)
        var values: [String: (value: String, zone: String)] = [:]
        var isEvent = false
        for line in unfolded(calendar) {
            guard let (name, parameters, value) = property(line) else { continue }
            switch (name, value.uppercased()) {
            case ("BEGIN", "VEVENT"): isEvent = true
            case ("END", "VEVENT"): isEvent = false
            default: if isEvent, values[name] == nil { values[name] = (value, zone(parameters)) }
            }
        }
        let when = [values["DTSTART"], values["DTEND"]].compactMap { $0.flatMap(instant) }
        let who = values["ORGANIZER"].map { $0.value.split(separator: ":").last.map(String.init) ?? "" }
        return [
            values["SUMMARY"].map { unescaped($0.value) }, when.joined(separator: " – "),
            values["LOCATION"].map { unescaped($0.value) }, who,
            values["DESCRIPTION"].map { "\n" + unescaped($0.value) },
        ].compactMap { $0 }.filter { !$0.allSatisfy(\.isWhitespace) }.joined(separator: "\n")
    }

    /// Lines that begin with a blank go on with the one above (section 3.1).
    private static func unfolded(_ text: String) -> [String] {
        var lines: [String] = []
        for line in text.split(whereSeparator: \.isNewline).prefix(maxLines) {
            if line.first == " " || line.first == "\t", !lines.isEmpty {
                lines[lines.count - 1] += line.dropFirst()
            } else {
                lines.append(String(line))
            }
        }
        return lines
    }

    private static func property(_ line: String) -> (name: String, parameters: Substring, value: String)? {
        var isQuoted = false
        for index in line.indices {
            if line[index] == "\"" { isQuoted.toggle() }
            guard line[index] == ":", !isQuoted else { continue }
            let head = line[..<index]
            let name = head.prefix { $0 != ";" }
            return (name.uppercased(), head[name.endIndex...], String(line[line.index(after: index)...]))
        }
        return nil
    }

    private static func zone(_ parameters: Substring) -> String {
        for parameter in parameters.split(separator: ";") where parameter.uppercased().hasPrefix("TZID=") {
            return parameter.dropFirst(5).filter { $0 != "\"" }
        }
        return ""
    }

    /// `20241112T140000` as `2024-11-12 14:00`, with its zone.
    private static func instant(_ stamp: (value: String, zone: String)) -> String? {
        let digits = stamp.value.filter { $0.isASCII && $0.isNumber }
        guard digits.count >= 8 else { return nil }
        func part(_ start: Int, _ count: Int) -> String { String(digits.dropFirst(start).prefix(count)) }
        let date = "\(part(0, 4))-\(part(4, 2))-\(part(6, 2))"
        guard digits.count >= 12 else { return date }
        let zone = stamp.value.hasSuffix("Z") ? " UTC" : stamp.zone.isEmpty ? "" : " (\(stamp.zone))"
        return "\(date) \(part(8, 2)):\(part(10, 2))\(zone)"
    }

    /// Section 3.3.11.
    private static func unescaped(_ text: String) -> String {
        var result = ""
        var isEscaped = false
        for character in text {
            if isEscaped {
                result += character == "n" || character == "N" ? "\n" : String(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                result.append(character)
            }
        }
        return result
    }
}
