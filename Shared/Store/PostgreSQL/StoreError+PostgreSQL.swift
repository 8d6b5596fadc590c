import CPostgreSQL

extension StoreError {
    /// The error that a result tells, by its SQLSTATE.
    /// - Parameter result: nil when there was none, because the connection is gone.
    init(_ result: OpaquePointer?, on handle: OpaquePointer) {
        let state =
            result.flatMap { PQresultErrorField($0, Int32(UInt8(ascii: "C"))) }.map { String(cString: $0) } ?? ""
        let text = result.flatMap { PQresultErrorField($0, Int32(UInt8(ascii: "M"))) } ?? PQerrorMessage(handle)
        var message = text.map { String(cString: $0) } ?? ""
        while message.last?.isNewline == true { message.removeLast() }
        self = StoreError(state: state, message: message)
    }

    /// - Parameter state: five characters, as Appendix A of PostgreSQL's documentation lists them; empty when the server said nothing.
    init(state: String, message: String) {
        switch (state.prefix(2), state) {
        case ("", _), ("08", _), (_, "57P01"), (_, "57P02"), (_, "57P03"), (_, "57P05"):
            self = .unavailable(message: message)
        case (_, "23505"): self = .constraint(kind: .unique, message: message)
        case (_, "23503"): self = .constraint(kind: .foreignKey, message: message)
        case (_, "23514"): self = .constraint(kind: .check, message: message)
        case (_, "23502"): self = .constraint(kind: .notNull, message: message)
        case ("23", _): self = .constraint(kind: .other, message: message)
        case ("22", _), (_, "42804"): self = .constraint(kind: .dataType, message: message)
        case (_, "53100"): self = .full
        case (_, "57014"): self = .readTooLong
        case (_, "55P03"), ("40", _): self = .busy
        case (_, "25P02"): self = .transactionEnded
        case ("58", _): self = .io(code: 0, message: message)
        default: self = .database(code: 0, message: "\(state): \(message)")
        }
    }
}
