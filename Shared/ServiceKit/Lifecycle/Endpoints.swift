import FoundationEssentials
import Glibc
import Synchronization

/// Where this service listens, told to the supervisor in `endpoints.json` of its folder: `{pid, rpc, admin, lmtp?, http?}`.
///
/// The file appears, whole, once every listener has announced itself, and goes on a clean exit.
public final class Endpoints: Sendable {
    private struct State {
        var wanted: Set<String> = []
        var addresses: [String: HostPort] = [:]
    }

    private let path: String
    private let state = Mutex(State())

    init(folder: String) {
        path = folder + "/endpoints.json"
    }

    /// A listener has taken its address.
    /// - Parameter name: "rpc", "admin", "lmtp", "http".
    public func announce(_ name: String, _ address: HostPort) throws {
        let complete = state.withLock { state -> [String: HostPort]? in
            state.addresses[name] = address
            return state.wanted.isSubset(of: state.addresses.keys) ? state.addresses : nil
        }
        if let complete { try write(complete) }
    }

    /// The address that `name` has taken; nil before it has.
    public func address(_ name: String) -> HostPort? {
        state.withLock { $0.addresses[name] }
    }

    func expect(_ names: [String]) {
        state.withLock { $0.wanted.formUnion(names) }
    }

    /// Listeners that have not announced themselves yet.
    var missing: [String] {
        state.withLock { $0.wanted.subtracting($0.addresses.keys).sorted() }
    }

    func forget() {
        unlink(path)
    }

    private func write(_ addresses: [String: HostPort]) throws {
        var file = File(pid: getpid())
        file.rpc = addresses["rpc"]?.description
        file.admin = addresses["admin"]?.description
        file.lmtp = addresses["lmtp"]?.description
        file.http = addresses["http"]?.description
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(file).write(to: URL(filePath: path), options: .atomic)
    }

    private struct File: Encodable {
        var pid: Int32
        var rpc: String?
        var admin: String?
        var lmtp: String?
        var http: String?
    }
}
