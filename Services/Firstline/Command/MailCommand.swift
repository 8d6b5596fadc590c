import ArgumentParser
import Glibc
import Model
import Wire

/// `firstline mail`: a mail server's pipe. Exits 0 once the message is stored, 75 to be tried again, 65 never.
struct MailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail",
        abstract: "Reads one raw message on standard input and stores it.",
        discussion: "Exits 0 only once the message is stored, 75 to be tried again, 65 when it can never be stored.")

    @ParentCommand var firstline: Firstline
    @OptionGroup var dataOption: DataOption
    @Option(
        help: ArgumentHelp(
            "Envelope sender; empty or <> is the null one, which nobody answers. Unknown unless given.",
            valueName: "address"))
    var sender: String?
    @Option(help: ArgumentHelp("Envelope recipient; empty for the default mailbox.", valueName: "address"))
    var recipient = ""

    func run() async throws {
        try await Failures.reported {
            let raw = try Self.readStandardInput()
            let outcome: AcceptMailResponse
            do { outcome = try await accept(raw) } catch { throw Self.failure(error) }
            Terminal.print(
                outcome.suspendedMailID == 0
                    ? "ticket \(outcome.ticketID) message \(outcome.messageID)"
                    : "suspended mail \(outcome.suspendedMailID)")
        }
    }

    private func accept(_ raw: [UInt8]) async throws -> AcceptMailResponse {
        let installation = dataOption.installation(firstline)
        return try await SystemClients.with(try installation.runningSystem(), installation) { clients in
            let intake = IntakeClient(try clients.channel("intake"))
            var request = AcceptMailRequest(
                envelopeFrom: sender.map { $0.isEmpty ? "<>" : $0 } ?? "", recipient: recipient)
            if raw.count <= Uploader.chunkBytes {
                request.raw = raw
            } else {
                request.uploadToken = try await Uploader(intake: intake).upload(raw)
            }
            return try await intake.acceptMail(request, CallOptions(timeout: .seconds(60)))
        }
    }

    /// Only what the desk says of the message itself is for ever. All else, certificates and rights of this user among it, somebody can mend
    /// while the mail waits.
    private static func failure(_ error: any Error) -> CommandFailure {
        switch error {
        case let error as RPCError:
            CommandFailure(
                error.message,
                error.code == .invalidArgument ? ExitStatus.dataError : ExitStatus.temporaryFailure)
        case let failure as CommandFailure: CommandFailure(failure.message, ExitStatus.temporaryFailure)
        default: CommandFailure("\(error)", ExitStatus.temporaryFailure)
        }
    }

    private static func readStandardInput() throws -> [UInt8] {
        var raw: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = read(STDIN_FILENO, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw CommandFailure("cannot read standard input", ExitStatus.temporaryFailure) }
            if count == 0 { break }
            raw += chunk[..<count]
            guard raw.count <= MailSize.largestBytes else {
                throw CommandFailure("the message is larger than \(MailSize.largestBytes) bytes", ExitStatus.dataError)
            }
        }
        guard !raw.isEmpty else { throw CommandFailure("the message is empty", ExitStatus.dataError) }
        return raw
    }
}
