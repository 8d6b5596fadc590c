import Glibc
import Store

/// Writes mail into a Maildir instead of sending it. A delivery has one file name, so that a repeated attempt replaces its first.
/// A failed fsync stops the process: what it was to make durable cannot be vouched for by a second one.
struct OutboxTransport: MailTransport {
    /// The Maildir.
    let folder: String
    let onFailure: @Sendable (StoreFailure) -> Void

    init(folder: String, onFailure: @escaping @Sendable (StoreFailure) -> Void = StoreFailure.stop) throws {
        self.folder = folder
        self.onFailure = onFailure
        for path in [folder, folder + "/tmp", folder + "/new", folder + "/cur"] {
            guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Self.failure("cannot make \(path)") }
        }
    }

    func send(
        _ mail: [UInt8], deliveryID: Int64, envelopeFrom: String, recipient: String
    ) async throws(TransportFailure) -> String {
        let head = "Return-Path: <\(envelopeFrom)>\r\nX-Envelope-To: \(recipient)\r\n"
        let name = "\(deliveryID).firstline.eml"
        let temporary = "\(folder)/tmp/\(name)"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("cannot open \(temporary)") }
        let written = Self.write(Array(head.utf8) + mail, to: descriptor)
        if written && fsync(descriptor) != 0 { fail("fsync") }
        guard close(descriptor) == 0, written else { throw Self.failure("cannot write \(temporary)") }
        guard rename(temporary, "\(folder)/new/\(name)") == 0 else { throw Self.failure("cannot move \(temporary)") }
        try synchronise(folder + "/new")
        return ""
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// A name is on disk once its folder is.
    private func synchronise(_ folder: String) throws(TransportFailure) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("cannot open \(folder)") }
        defer { close(descriptor) }
        if fsync(descriptor) != 0 { fail("fsync of the folder") }
    }

    private func fail(_ operation: String) {
        let code = errno
        onFailure(
            StoreFailure(store: folder, operation: operation, code: code, message: String(cString: strerror(code))))
    }

    private static func failure(_ what: String) -> TransportFailure {
        TransportFailure(isPermanent: false, message: "\(what): \(String(cString: strerror(errno)))", code: "outbox")
    }
}
