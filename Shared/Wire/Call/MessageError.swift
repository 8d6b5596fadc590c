/// Why a message could not cross the wire.
public struct MessageError: Error, Sendable, Hashable {
    /// What is wrong.
    public enum Fault: Sendable, Hashable {
        case malformed
        case notUTF8
        case containsNUL
        case unknownEnumValue(Int32)
        case tooLarge(limit: Int)
    }

    /// Full name of the message.
    public var message: String
    /// Path of the field, as "requester.email"; empty when the whole message is meant.
    public var field: String
    public var fault: Fault

    public init(message: String, field: String, fault: Fault) {
        self.message = message
        self.field = field
        self.fault = fault
    }
}
