/// What a template is filled with: facts by their dotted names. A fact that is missing stands for nothing, and its section is left out.
struct TemplateFacts: Sendable, Hashable {
    private var values: [String: String] = [:]

    /// An empty value is a missing one.
    subscript(name: String) -> String {
        get { values[name] ?? "" }
        set { values[name] = newValue.isEmpty ? nil : newValue }
    }

    /// As mustache looks them up: a dictionary for what stands before a dot.
    var nested: [String: Any] {
        var groups: [String: [String: Any]] = [:]
        for (name, value) in values {
            guard let dot = name.firstIndex(of: ".") else { continue }
            groups[String(name[..<dot]), default: [:]][String(name[name.index(after: dot)...])] = value
        }
        return groups
    }
}
