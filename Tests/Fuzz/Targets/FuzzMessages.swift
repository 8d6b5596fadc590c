import Wire

/// First byte: which message. The rest is refused, or decodes to a message that survives being encoded and decoded again.
func fuzzMessages(_ bytes: UnsafeRawBufferPointer) {
    guard let first = bytes.first else { return }
    let type = WireSchema.messages[Int(first) % WireSchema.messages.count]
    checkDecoding(of: type, UnsafeRawBufferPointer(rebasing: bytes.dropFirst()))
}

private func checkDecoding<Message: WireMessage>(of type: Message.Type, _ bytes: UnsafeRawBufferPointer) {
    let message: Message
    do throws(MessageError) {
        message = try Message(decoding: bytes)
    } catch {
        precondition(error.message == Message.messageName, "an error names another message")
        return
    }
    do {
        let encoded = try message.serialized()
        let again = try Message(serialized: encoded)
        // The bytes, not the values: a NaN differs from itself.
        let encodedAgain = try again.serialized()
        precondition(encodedAgain == encoded, "a message changes on the wire")
    } catch {
        preconditionFailure("what was decoded cannot be encoded: \(error)")
    }
}
