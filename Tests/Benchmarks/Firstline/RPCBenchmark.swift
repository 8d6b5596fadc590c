import ArgumentParser

/// Our side of the benchmarks of RPC and of messages; the peers beside this folder do the same with other libraries.
///
/// A unary call is `firstline.v1.Intake/CreateTicket`: a request of about 200 bytes, an answer of about 400, with what every call of
/// Firstline's own services carries: a deadline of 10 s, and the metadata `service: gateway` (without TLS) and an idempotency key of its own.
/// The server authenticates the caller, asks the policy table, runs the handler behind the services' guard, and counts and times the call.
/// A stream is `firstline.v1.Journal/Follow`: one journal entry of about 120 bytes a message. Every line printed is JSON.
@main
struct RPCBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "RPCBenchmark", abstract: "Measures Firstline's RPC and messages.",
        subcommands: [
            CertificatesCommand.self, ServerCommand.self, ClientCommand.self, StreamCommand.self, CodecCommand.self,
        ])
}
