/// `grpc.health.v1.HealthCheckRequest`.
public struct StandardHealthRequest: WireMessage {
    public static var messageName: String { "grpc.health.v1.HealthCheckRequest" }

    /// Full name of the service that is asked for; empty for the server as a whole.
    public var service: String

    public init(service: String = "") {
        self.service = service
    }

    public init(decoding bytes: UnsafeRawBufferPointer) throws(MessageError) {
        self.init()
        var reader = ProtobufReader(bytes, of: Self.messageName)
        while let (field, value) = try reader.next() {
            if field == 1, case .bytes(let text) = value { service = try reader.text(text, "service") }
        }
    }

    public func withEncoded(_ write: (UnsafeRawBufferPointer) throws -> Void) throws {
        var writer = ProtobufWriter()
        writer.string(1, service)
        try writer.encoded.withUnsafeBytes(write)
    }
}

/// `grpc.health.v1.HealthCheckResponse`.
public struct StandardHealthResponse: WireMessage {
    public enum Status: UInt64, Sendable, Hashable, CaseIterable {
        case unknown = 0
        case serving = 1
        case notServing = 2
        /// Nothing of that name is served here; of `Watch` alone.
        case serviceUnknown = 3
    }

    public static var messageName: String { "grpc.health.v1.HealthCheckResponse" }

    public var status: Status

    public init(status: Status = .unknown) {
        self.status = status
    }

    public init(decoding bytes: UnsafeRawBufferPointer) throws(MessageError) {
        self.init()
        var reader = ProtobufReader(bytes, of: Self.messageName)
        while let (field, value) = try reader.next() {
            if field == 1, case .varint(let number) = value { status = Status(rawValue: number) ?? .unknown }
        }
    }

    public func withEncoded(_ write: (UnsafeRawBufferPointer) throws -> Void) throws {
        var writer = ProtobufWriter()
        writer.varint(1, status.rawValue)
        try writer.encoded.withUnsafeBytes(write)
    }
}
