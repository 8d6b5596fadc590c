import Model

/// Who does something, on which trace, in answer to what.
struct Provenance: Sendable {
    var actor: Actor
    var traceParent = ""
    /// The entry of another service's journal that it answers.
    var cause: JournalEntry?
}
