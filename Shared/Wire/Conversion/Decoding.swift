// One function for each kind of field: from protobuf-c's form to Swift's, checked. `field` is the name in the `.proto` file.
import CWire

func decodeString(_ data: ProtobufCBinaryData, _ field: @autoclosure () -> String) throws(MessageError) -> String {
    guard data.len > 0, let bytes = data.data else { return "" }
    let kind = firstline_kind_of_text(bytes, data.len)
    if kind == FIRSTLINE_TEXT_NUL { throw MessageError(field(), .containsNUL) }
    let text = UnsafeBufferPointer(start: bytes, count: data.len)
    guard let string = String(utf8: text, isASCII: kind == FIRSTLINE_TEXT_ASCII) else {
        throw MessageError(field(), .notUTF8)
    }
    return string
}

extension String {
    /// Text of these bytes; nil when they are not UTF-8.
    public init?(utf8 bytes: UnsafeRawBufferPointer) {
        let bytes = bytes.assumingMemoryBound(to: UInt8.self)
        guard let start = bytes.baseAddress else {
            self.init()
            return
        }
        self.init(utf8: bytes, isASCII: firstline_kind_of_text(start, bytes.count) == FIRSTLINE_TEXT_ASCII)
    }

    fileprivate init?(utf8 bytes: UnsafeBufferPointer<UInt8>, isASCII: Bool) {
        // ASCII is UTF-8: there is nothing to validate.
        if isASCII {
            self.init(copying: UTF8Span(unchecked: bytes.span, isKnownASCII: true))
            return
        }
        // Not `String(validating:as:)`, which looks up generic metadata at each call and so takes twice as long.
        guard let text = try? UTF8Span(validating: bytes.span) else { return nil }
        self.init(copying: text)
    }
}

func decodeStrings(
    _ start: UnsafeMutablePointer<ProtobufCBinaryData>?, _ count: Int, _ field: String
) throws(MessageError) -> [String] {
    guard count > 0, let start else { return [] }
    var result: [String] = []
    result.reserveCapacity(count)
    for index in 0..<count { result.append(try decodeString(start[index], "\(field)[\(index)]")) }
    return result
}

func decodeBytes(_ data: ProtobufCBinaryData) -> [UInt8] {
    guard data.len > 0 else { return [] }
    return Array(UnsafeBufferPointer(start: data.data, count: data.len))
}

func decodeByteStrings(_ start: UnsafeMutablePointer<ProtobufCBinaryData>?, _ count: Int) -> [[UInt8]] {
    UnsafeBufferPointer(start: start, count: count).map(decodeBytes)
}

func decodeNumbers<Number>(_ start: UnsafeMutablePointer<Number>?, _ count: Int) -> [Number] {
    guard count > 0 else { return [] }
    return Array(UnsafeBufferPointer(start: start, count: count))
}

func decodeBools(_ start: UnsafeMutablePointer<protobuf_c_boolean>?, _ count: Int) -> [Bool] {
    UnsafeBufferPointer(start: start, count: count).map { $0 != 0 }
}

func decodeEnum<Value: RawRepresentable<Int32>>(
    _ raw: UInt32, _ field: @autoclosure () -> String
) throws(MessageError) -> Value {
    let number = Int32(bitPattern: raw)
    guard let value = Value(rawValue: number) else { throw MessageError(field(), .unknownEnumValue(number)) }
    return value
}

func decodeEnums<Value: RawRepresentable<Int32>, CEnum: RawRepresentable<UInt32>>(
    _ start: UnsafeMutablePointer<CEnum>?, _ count: Int, _ field: String
) throws(MessageError) -> [Value] {
    guard count > 0, let start else { return [] }
    var result: [Value] = []
    result.reserveCapacity(count)
    for index in 0..<count { result.append(try decodeEnum(start[index].rawValue, "\(field)[\(index)]")) }
    return result
}

func decodeMessage<Message: CMessage>(
    _ c: UnsafeMutablePointer<Message.C>?, _ field: @autoclosure () -> String
) throws(MessageError) -> Message? {
    guard let c else { return nil }
    do throws(MessageError) {
        return try Message(c: c)
    } catch {
        throw error.within(field())
    }
}

func decodeMessages<Message: CMessage>(
    _ start: UnsafeMutablePointer<UnsafeMutablePointer<Message.C>?>?, _ count: Int, _ field: String
) throws(MessageError) -> [Message] {
    guard count > 0, let start else { return [] }
    var result: [Message] = []
    result.reserveCapacity(count)
    for index in 0..<count {
        do throws(MessageError) {
            result.append(try Message(c: start[index]!))
        } catch {
            throw error.within("\(field)[\(index)]")
        }
    }
    return result
}
