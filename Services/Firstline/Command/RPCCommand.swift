import ArgumentParser
import Glibc
import Model
import Wire

/// `firstline rpc SERVICE/METHOD`: one call, JSON in, JSON out, by reflection.
struct RPCCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rpc", abstract: "Calls a method: JSON in, JSON out.",
        discussion: """
            METHOD is as Intake/GetTicket or firstline.v1.Intake/GetTicket; Health, Reflection and Journal stand on every \
            service, which --service names. Responses of a streaming method come one a line.
            """)

    @ParentCommand var firstline: Firstline
    @OptionGroup var dataOption: DataOption
    @Argument(help: "SERVICE/METHOD.") var method: String
    @Argument(help: "The request as JSON; - reads standard input.") var request = "{}"
    @Option(help: "Which service to call, where the method's name does not say.") var service: String?
    @Option(help: ArgumentHelp("How long to wait.", valueName: "seconds")) var timeout = 10
    @Option(name: .customLong("idempotency-key"), help: "Makes a repeated call return the first outcome.")
    var idempotencyKey: String?

    /// Which process serves which protobuf service.
    private static let homes = [
        "Intake": "intake", "Routing": "routing", "SLATimer": "sla-timer", "Notification": "notification",
        "Gateway": "gateway",
    ]
    private static let package = "firstline.v1."

    func run() async throws {
        try await Failures.reported {
            let parts = method.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else {
                throw CommandFailure("\(method) is no SERVICE/METHOD", ExitStatus.usage)
            }
            let name = parts[0].hasPrefix(Self.package) ? String(parts[0].dropFirst(Self.package.count)) : parts[0]
            guard let home = service ?? Self.homes[name] else {
                throw CommandFailure("which process serves \(name)? name it by --service", ExitStatus.usage)
            }
            try await dataOption.installation(firstline).calling(home) { channel in
                try await call(Self.package + name, parts[1], on: channel)
            }
        }
    }

    private func call(_ service: String, _ method: String, on channel: any CallChannel) async throws {
        let described = try await ReflectionClient(channel).describe(DescribeRequest())
        let descriptors = try DescriptorSet(described.fileDescriptorSet)
        guard described.services.contains(service), let methods = descriptors.services[service] else {
            let known = described.services.joined(separator: ", ")
            throw CommandFailure("no service \(service) there; there are \(known)", ExitStatus.usage)
        }
        guard let called = methods.first(where: { $0.name == method }) else {
            let known = methods.map(\.name).joined(separator: ", ")
            throw CommandFailure("\(service) has no method \(method); it has \(known)", ExitStatus.usage)
        }
        let messages = MessageJSON(descriptors: descriptors)
        let body = try messages.encode(parsed(requestBytes()), as: called.input)
        var options = CallOptions(timeout: .seconds(timeout))
        options.metadata[Metadata.idempotencyKey] = idempotencyKey
        if called.serverStreaming {
            try await channel.serverStreaming("\(service)/\(method)", RawMessage(bytes: body), options) {
                (response: RawMessage) in
                Terminal.print(JSONWriter.text(of: try messages.decode(response.bytes[...], as: called.output)))
            }
        } else {
            let response = try await channel.unary(
                "\(service)/\(method)", RawMessage(bytes: body), options, returning: RawMessage.self)
            Terminal.print(JSONWriter.text(of: try messages.decode(response.bytes[...], as: called.output)))
        }
    }

    private func parsed(_ text: [UInt8]) throws -> JSONValue {
        do {
            return try JSONParser.value(of: text)
        } catch {
            throw CommandFailure(
                "the request is no JSON: line \(error.line), column \(error.column): \(error.reason)",
                ExitStatus.dataError)
        }
    }

    private func requestBytes() throws -> [UInt8] {
        guard request == "-" else { return Array(request.utf8) }
        var bytes: [UInt8] = []
        while let line = readLine(strippingNewline: false) { bytes += line.utf8 }
        return bytes
    }
}
