import FoundationEssentials

/// What a systemd unit says of the environment of its service (systemd.exec(5)): `Environment=` and `EnvironmentFile=`, in the unit and in the
/// drop-ins beside it. A file is stronger than a line, the later than the earlier.
struct UnitFile: Sendable {
    let environment: [String: String]

    /// - Parameters:
    ///   - path: of the unit, as `/etc/systemd/system/firstline@.service`.
    ///   - instance: what `%i` stands for.
    init(path: String, instance: String) throws {
        var lines: [String: String] = [:]
        var files: [String] = []
        for part in [path] + Folders.names("\(path).d").filter({ $0.hasSuffix(".conf") }).map({ "\(path).d/\($0)" }) {
            for (key, value) in Self.settings(try Self.text(part)) {
                let value = Self.expanded(value, instance)
                switch key {
                case "Environment" where value.isEmpty: lines = [:]
                case "Environment":
                    for word in Self.words(value) { Self.assign(word, in: &lines) }
                case "EnvironmentFile" where value.isEmpty: files = []
                case "EnvironmentFile": files.append(value)
                default: break
                }
            }
        }
        for file in files {
            let isOptional = file.hasPrefix("-")
            let name = isOptional ? String(file.dropFirst()) : file
            if isOptional, !FileManager.default.fileExists(atPath: name) { continue }
            for line in Self.joined(try Self.text(name)) where !line.hasPrefix("#") && !line.hasPrefix(";") {
                Self.assign(Self.words(line).joined(separator: " "), in: &lines)
            }
        }
        environment = lines
    }

    private static func text(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure("\(path) cannot be read", ExitStatus.noInput)
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// The assignments of the section `[Service]`, in order.
    private static func settings(_ text: String) -> [(key: String, value: String)] {
        var section = ""
        var found: [(key: String, value: String)] = []
        for line in joined(text) where !line.hasPrefix("#") && !line.hasPrefix(";") {
            if line.hasPrefix("[") {
                section = line
            } else if section == "[Service]", let sign = line.firstIndex(of: "=") {
                found.append((trimmed(line[..<sign]), trimmed(line[line.index(after: sign)...])))
            }
        }
        return found
    }

    /// The lines; one that ends in a backslash goes on in the next.
    private static func joined(_ text: String) -> [String] {
        text.replacing("\\\n", with: " ").split(separator: "\n").map(trimmed).filter { !$0.isEmpty }
    }

    private static func expanded(_ text: String, _ instance: String) -> String {
        text.replacing("%%", with: "\u{0}").replacing("%i", with: instance).replacing("%I", with: instance)
            .replacing("\u{0}", with: "%")
    }

    /// Words between blanks; quotes hold blanks together and go.
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var quote: Character?
        for character in text {
            if let open = quote {
                if character == open { quote = nil } else { word.append(character) }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character.isWhitespace {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        return word.isEmpty ? words : words + [word]
    }

    private static func assign(_ word: String, in environment: inout [String: String]) {
        guard let sign = word.firstIndex(of: "=") else { return }
        environment[trimmed(word[..<sign])] = String(word[word.index(after: sign)...])
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var rest = Substring(String(text))
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
