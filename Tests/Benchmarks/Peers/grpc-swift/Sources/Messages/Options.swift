import Foundation
import SwiftProtobuf

/// Pairs of a name and a value.
public struct Options: Sendable {
    private var values: [String: String] = [:]

    public init(_ arguments: some Sequence<String>) {
        var iterator = arguments.makeIterator()
        while let name = iterator.next(), let value = iterator.next() { values[name] = value }
    }

    public func number(_ name: String, default standard: Double) -> Double {
        values[name].flatMap(Double.init) ?? standard
    }

    /// A message from the folder of samples.
    public func sample<Message: SwiftProtobuf.Message>(_ name: String) throws -> Message {
        guard let folder = values["--samples"] else { fatalError("--samples is missing") }
        return try Message(serializedBytes: Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name).bin")))
    }
}

/// User and system time of this process, in seconds.
public func cpuSeconds() -> Double {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
}

/// One line of JSON.
public func report(_ members: KeyValuePairs<String, any CustomStringConvertible>) {
    print("{" + members.map { "\"\($0)\": \($1 is String ? "\"\($1)\"" : "\($1)")" }.joined(separator: ", ") + "}")
    fflush(nil)
}
