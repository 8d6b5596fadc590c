/// How far a move has come.
public struct MoveProgress: Sendable, Hashable {
    public enum Step: String, Sendable, Hashable {
        case copyingRows = "copying rows"
        case copyingBlobs = "copying attachments"
        case rebuilding = "building the search index"
        case checkingRows = "checking rows"
        case checkingBlobs = "checking attachments"
    }

    public let step: Step
    /// Whose rows; empty where it is not rows.
    public let table: String
    /// Rows or blobs, of how many; the total is 0 where it is not known.
    public let done: Int64
    public let total: Int64

    init(_ step: Step, table: String = "", done: Int64, total: Int64 = 0) {
        self.step = step
        self.table = table
        self.done = done
        self.total = total
    }
}
