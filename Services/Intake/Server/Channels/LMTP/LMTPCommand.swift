/// One command line, read.
enum LMTPCommand {
    /// What MAIL says.
    struct Mail {
        var from: String
        var size: Int?
        var isInternational = false
    }

    case lhlo
    case mail(Mail)
    case recipient(String)
    case data
    /// BDAT: so many bytes of the mail follow the line (RFC 3030).
    case chunk(size: Int, isLast: Bool)
    case startTLS
    case reset
    case noop
    case verify
    case help
    case quit
    /// What cannot be understood, with the reply to it.
    case malformed(String)

    /// The longest address (RFC 5321, 4.5.3.1.3), with room for UTF-8.
    private static let maxAddressBytes = 512

    init(_ line: ArraySlice<UInt8>) {
        guard line.last == 13 else {
            self = .malformed("500 5.5.2 Line must end in CR LF")
            return
        }
        guard let text = String(validating: line.dropLast(), as: UTF8.self),
            text.utf8.allSatisfy({ $0 >= 32 && $0 != 127 || $0 == 9 })
        else {
            self = .malformed("500 5.5.2 Not a line of text")
            return
        }
        let words = text.split(separator: " ", maxSplits: 1)
        let verb = words.first?.uppercased() ?? ""
        let rest = words.count > 1 ? words[1].drop { $0 == " " } : ""
        switch verb {
        case "LHLO": self = rest.isEmpty ? .malformed("501 5.5.4 LHLO needs a name") : .lhlo
        case "HELO", "EHLO": self = .malformed("500 5.5.1 This is LMTP: say LHLO")
        case "MAIL": self = Self.mail(rest)
        case "RCPT": self = Self.recipient(rest)
        case "DATA": self = rest.isEmpty ? .data : .malformed("501 5.5.4 DATA takes no parameter")
        case "BDAT": self = Self.chunk(rest)
        case "STARTTLS": self = rest.isEmpty ? .startTLS : .malformed("501 5.5.4 STARTTLS takes no parameter")
        case "RSET": self = rest.isEmpty ? .reset : .malformed("501 5.5.4 RSET takes no parameter")
        case "NOOP": self = .noop
        case "VRFY": self = rest.isEmpty ? .malformed("501 5.5.4 VRFY needs a name") : .verify
        case "HELP": self = .help
        case "QUIT": self = .quit
        case "EXPN", "TURN", "ETRN", "AUTH":
            self = .malformed("502 5.5.1 Command not implemented")
        default: self = .malformed("500 5.5.1 Unknown command")
        }
    }

    private static func mail(_ text: Substring) -> LMTPCommand {
        guard let (path, parameters) = path(text, after: "FROM:") else {
            return .malformed("501 5.5.4 Say MAIL FROM:<address>")
        }
        var mail = Mail(from: path)
        for parameter in parameters {
            let parts = parameter.split(separator: "=", maxSplits: 1).map { $0.uppercased() }
            switch (parts.first ?? "", parts.count > 1 ? parts[1] : nil) {
            case ("SIZE", let value?):
                guard value.utf8.count <= 20, value.utf8.allSatisfy({ (48...57).contains($0) }) else {
                    return .malformed("501 5.5.4 SIZE needs a number")
                }
                mail.size = Int(value) ?? Int.max
            case ("BODY", "7BIT"), ("BODY", "8BITMIME"): break
            case ("BODY", _): return .malformed("501 5.5.4 BODY is 7BIT or 8BITMIME")
            case ("SMTPUTF8", nil): mail.isInternational = true
            default: return .malformed("555 5.5.4 Unknown parameter")
            }
        }
        if !path.isEmpty, !isAddress(path) { return .malformed("501 5.1.7 Not an address") }
        if !mail.isInternational, path.utf8.contains(where: { $0 >= 0x80 }) {
            return .malformed("553 5.6.7 Address needs SMTPUTF8")
        }
        return .mail(mail)
    }

    /// A size that cannot be read is as bad as none: what follows would be taken for commands.
    private static func chunk(_ text: Substring) -> LMTPCommand {
        let words = text.split(separator: " ").map { $0.uppercased() }
        guard let size = words.first, size.utf8.count <= 18, size.utf8.allSatisfy({ (48...57).contains($0) }),
            words.count == 1 || words.dropFirst() == ["LAST"]
        else { return .chunk(size: Int.max, isLast: true) }
        return .chunk(size: Int(size) ?? Int.max, isLast: words.count == 2)
    }

    private static func recipient(_ text: Substring) -> LMTPCommand {
        guard let (path, parameters) = path(text, after: "TO:") else {
            return .malformed("501 5.5.4 Say RCPT TO:<address>")
        }
        if !parameters.isEmpty { return .malformed("555 5.5.4 Unknown parameter") }
        guard isAddress(path) else { return .malformed("501 5.1.3 Not an address") }
        return .recipient(path)
    }

    /// The address in `FROM:<address> PARAMETERS`, source routes dropped (RFC 5321, appendix C).
    private static func path(_ text: Substring, after keyword: String) -> (path: String, parameters: [Substring])? {
        guard text.prefix(keyword.count).uppercased() == keyword else { return nil }
        let rest = text.dropFirst(keyword.count).drop { $0 == " " }
        guard rest.first == "<" else { return nil }
        var isQuoted = false
        var isEscaped = false
        for index in rest.indices.dropFirst() {
            let character = rest[index]
            if isEscaped {
                isEscaped = false
            } else if character == "\\" {
                isEscaped = isQuoted
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == ">", !isQuoted {
                var path = rest[rest.index(after: rest.startIndex)..<index]
                if path.first == "@", let colon = path.firstIndex(of: ":") { path = path[path.index(after: colon)...] }
                let after = rest[rest.index(after: index)...]
                guard after.isEmpty || after.first == " " else { return nil }
                return (String(path), after.split(separator: " "))
            }
        }
        return nil
    }

    /// A local part, alone (`postmaster`) or with a domain. What it means is decided where mailboxes are known.
    private static func isAddress(_ path: String) -> Bool {
        guard !path.isEmpty, path.utf8.count <= maxAddressBytes else { return false }
        let at = path.utf8.lastIndex(of: UInt8(ascii: "@"))
        let local = path[..<(at ?? path.endIndex)]
        guard !local.isEmpty else { return false }
        let isQuoted = local.utf8.count >= 2 && local.first == "\"" && local.last == "\""
        guard isQuoted || local.utf8.allSatisfy({ $0 > 32 && !"<>()[]\\,;:\"@".utf8.contains($0) }) else {
            return false
        }
        guard let at else { return true }
        let domain = path[path.utf8.index(after: at)...]
        return !domain.isEmpty && domain.utf8.allSatisfy { $0 > 32 && !"<>()\\,;\"@".utf8.contains($0) }
    }
}
