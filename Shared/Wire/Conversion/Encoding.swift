// One function for each kind of field: from Swift's form to protobuf-c's, in the arena. `field` is the name in the `.proto` file.
import CWire

func encodeString(
    _ string: String, _ field: @autoclosure () -> String, _ arena: Arena
) throws(MessageError) -> ProtobufCBinaryData {
    guard !string.isEmpty else { return ProtobufCBinaryData(len: 0, data: nil) }
    var string = string
    let data = string.withUTF8 { copy($0, arena) }
    guard firstline_kind_of_text(data.data, data.len) != FIRSTLINE_TEXT_NUL else {
        throw MessageError(field(), .containsNUL)
    }
    return data
}

func encodeStrings(
    _ strings: [String], _ field: String, _ arena: Arena
) throws(MessageError) -> UnsafeMutablePointer<ProtobufCBinaryData>? {
    guard !strings.isEmpty else { return nil }
    let start: UnsafeMutablePointer<ProtobufCBinaryData> = arena.take(strings.count)
    for index in strings.indices {
        (start + index).initialize(to: try encodeString(strings[index], "\(field)[\(index)]", arena))
    }
    return start
}

func encodeBytes(_ bytes: [UInt8], _ arena: Arena) -> ProtobufCBinaryData {
    guard !bytes.isEmpty else { return ProtobufCBinaryData(len: 0, data: nil) }
    return bytes.withUnsafeBufferPointer { copy($0, arena) }
}

func encodeByteStrings(_ values: [[UInt8]], _ arena: Arena) -> UnsafeMutablePointer<ProtobufCBinaryData>? {
    guard !values.isEmpty else { return nil }
    let start: UnsafeMutablePointer<ProtobufCBinaryData> = arena.take(values.count)
    for index in values.indices { (start + index).initialize(to: encodeBytes(values[index], arena)) }
    return start
}

func encodeNumbers<Number: BitwiseCopyable>(
    _ numbers: [Number], _ arena: Arena
) -> UnsafeMutablePointer<Number>? {
    guard !numbers.isEmpty else { return nil }
    let start: UnsafeMutablePointer<Number> = arena.take(numbers.count)
    start.initialize(from: numbers, count: numbers.count)
    return start
}

func encodeBools(_ values: [Bool], _ arena: Arena) -> UnsafeMutablePointer<protobuf_c_boolean>? {
    encodeNumbers(values.map { $0 ? 1 : 0 }, arena)
}

func encodeEnum<Value: RawRepresentable<Int32>>(_ value: Value) -> UInt32 {
    UInt32(bitPattern: value.rawValue)
}

func encodeEnums<Value: RawRepresentable<Int32>, CEnum: RawRepresentable<UInt32>>(
    _ values: [Value], _ arena: Arena
) -> UnsafeMutablePointer<CEnum>? {
    guard !values.isEmpty else { return nil }
    let start: UnsafeMutablePointer<CEnum> = arena.take(values.count)
    for index in values.indices { (start + index).initialize(to: CEnum(rawValue: encodeEnum(values[index]))!) }
    return start
}

func encodeMessage<Message: CMessage>(
    _ message: Message?, _ field: @autoclosure () -> String, _ arena: Arena
) throws(MessageError) -> UnsafeMutablePointer<Message.C>? {
    guard let message else { return nil }
    let c: UnsafeMutablePointer<Message.C> = arena.take(1)
    do throws(MessageError) {
        try message.fill(c, arena)
    } catch {
        throw error.within(field())
    }
    return c
}

func encodeMessages<Message: CMessage>(
    _ messages: [Message], _ field: String, _ arena: Arena
) throws(MessageError) -> UnsafeMutablePointer<UnsafeMutablePointer<Message.C>?>? {
    guard !messages.isEmpty else { return nil }
    let start: UnsafeMutablePointer<UnsafeMutablePointer<Message.C>?> = arena.take(messages.count)
    let values: UnsafeMutablePointer<Message.C> = arena.take(messages.count)
    for index in messages.indices {
        do throws(MessageError) {
            try messages[index].fill(values + index, arena)
        } catch {
            throw error.within("\(field)[\(index)]")
        }
        (start + index).initialize(to: values + index)
    }
    return start
}

private func copy(_ bytes: UnsafeBufferPointer<UInt8>, _ arena: Arena) -> ProtobufCBinaryData {
    let start: UnsafeMutablePointer<UInt8> = arena.take(bytes.count)
    start.initialize(from: bytes.baseAddress!, count: bytes.count)
    return ProtobufCBinaryData(len: bytes.count, data: start)
}
