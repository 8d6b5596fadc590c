import Dispatch
import Glibc
import Synchronization

/// A mail server that takes one mail and its time: over the answer, until it was waited for long enough, or over the mail itself, for ever.
final class LateRelay: Sendable {
    enum Manner: Sendable {
        case answersLate
        case takesNothing
    }

    let port: Int
    private let manner: Manner
    private let listener: Int32
    private let hasAll = Atomic(false)
    private let asked = Atomic(0)
    private let mayGoOn = DispatchSemaphore(value: 0)

    init(_ manner: Manner) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                precondition(bind(listener, address, length) == 0 && listen(listener, 1) == 0)
                precondition(getsockname(listener, address, &length) == 0)
            }
        }
        (self.manner, self.listener, port) = (manner, listener, Int(UInt16(bigEndian: address.sin_port)))
        DispatchQueue(label: "late relay").async { self.serve() }
    }

    deinit { close(listener) }

    /// The client is asked whether it still waits. The third time after the end of the mail is late enough.
    func wait() {
        guard hasAll.load(ordering: .acquiring), asked.add(1, ordering: .relaxed).newValue == 3 else { return }
        goOn()
    }

    func goOn() {
        mayGoOn.signal()
    }

    private func serve() {
        let peer = accept(listener, nil, nil)
        guard peer >= 0, let stream = fdopen(peer, "r") else { return }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer {
            free(line)
            fclose(stream)
        }
        func next() -> String? {
            getline(&line, &capacity, stream) > 0 ? line.map { String(cString: $0) } : nil
        }
        func say(_ words: String) {
            _ = send(peer, words + "\r\n", words.utf8.count + 2, Int32(MSG_NOSIGNAL))
        }
        say("220 late.example")
        while let command = next() {
            switch command.prefix(4) {
            case "DATA":
                say("354 go on")
                if manner == .answersLate {
                    while let text = next(), text != ".\r\n" {}
                    hasAll.store(true, ordering: .releasing)
                }
                _ = mayGoOn.wait(timeout: .now() + 60)
                if manner == .takesNothing { return }
                say("250 taken")
            case "QUIT": return say("221 bye")
            default: say("250 ok")
            }
        }
    }
}
