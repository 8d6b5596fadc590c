/// How names of the `.proto` files become names in Swift and in protobuf-c's C.
enum Naming {
    /// "requester_id" → "requesterID", "at_ms" → "atMilliseconds", "html_body" → "htmlBody".
    static func property(_ name: String) -> String {
        let segments = name.lowercased().split(separator: "_").map(String.init)
        return segments[0] + segments.dropFirst().map { words[$0] ?? $0.capitalizedFirst }.joined()
    }

    /// "CreateTicket" → "createTicket".
    static func function(_ name: String) -> String {
        name.prefix(1).lowercased() + name.dropFirst()
    }

    /// "ticket_created" → "TicketCreated".
    static func upperCamel(_ name: String) -> String { property(name).capitalizedFirst }

    /// The name of the Swift file of a `.proto` file with that stem: "sla" → "SLA".
    static func file(_ stem: String) -> String { words[stem] ?? upperCamel(stem) }

    /// "TICKET_STATUS_ON_HOLD" of "TicketStatus" → "on_hold": the name in the contract.
    static func contractName(_ value: String, of enumeration: String) -> String {
        let prefix = upperSnake(enumeration) + "_"
        precondition(value.hasPrefix(prefix), "\(value) does not begin with \(prefix)")
        return value.dropFirst(prefix.count).lowercased()
    }

    /// The name as it is declared: in backticks when it is a word of the language.
    static func declared(_ name: String) -> String { reserved.contains(name) ? "`\(name)`" : name }

    /// The C struct of a message: "Firstline__V1__Ticket".
    static func cType(_ package: String, _ name: String) -> String {
        (package.split(separator: ".").map { String($0).capitalizedFirst } + [name]).joined(separator: "__")
    }

    /// The prefix of a message's C functions: "firstline__v1__list_tickets_request".
    static func cFunction(_ package: String, _ name: String) -> String {
        (package.split(separator: ".").map(String.init) + [lowerSnake(name)]).joined(separator: "__")
    }

    private static let words = [
        "id": "ID", "ids": "IDs", "imap": "IMAP", "ms": "Milliseconds", "html": "HTML", "url": "URL", "sla": "SLA",
    ]

    private static let reserved: Set<String> = [
        "any", "as", "break", "case", "class", "default", "do", "else", "enum", "extension", "for", "func", "if",
        "import",
        "in", "init", "internal", "is", "let", "nil", "operator", "private", "protocol", "public", "repeat", "return",
        "self", "static", "struct", "super", "switch", "throw", "true", "try", "type", "var", "where", "while",
    ]

    /// As protoc-c does it: an underscore where an upper-case letter follows another one; "SLAPolicy" → "slapolicy".
    private static func lowerSnake(_ name: String) -> String {
        var result = ""
        var wasUpper = true
        for character in name {
            if character.isUppercase && !wasUpper { result += "_" }
            result += character.lowercased()
            wasUpper = character.isUppercase
        }
        return result
    }

    private static func upperSnake(_ name: String) -> String { lowerSnake(name).uppercased() }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
