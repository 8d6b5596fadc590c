import Wire

/// Finds the files of an encoded `google.protobuf.FileDescriptorSet` by their name and by what they define.
struct DescriptorIndex: Sendable {
    /// One file, as far as the search needs it.
    private struct File {
        var encoded: [UInt8] = []
        var name = ""
        var package = ""
        var dependencies: [String] = []
        /// Names of services, methods, messages and enums, without the package.
        var symbols: [String] = []
        var messages: [String] = []
    }

    private let files: [String: File]
    private let fileOfSymbol: [String: String]
    private let messages: Set<String>

    /// - Parameter sets: encoded sets that name no file twice.
    init(_ sets: [[UInt8]]) throws(MessageError) {
        var files: [String: File] = [:]
        var fileOfSymbol: [String: String] = [:]
        var messages: Set<String> = []
        for set in sets {
            for file in try Self.read(set) {
                files[file.name] = file
                let prefix = file.package.isEmpty ? "" : file.package + "."
                for symbol in file.symbols { fileOfSymbol[prefix + symbol] = file.name }
                for message in file.messages { messages.insert(prefix + message) }
            }
        }
        self.files = files
        self.fileOfSymbol = fileOfSymbol
        self.messages = messages
    }

    func isMessage(_ name: String) -> Bool { messages.contains(name) }

    /// The file of that name and those that it needs, each an encoded FileDescriptorProto; nil when there is none.
    func files(named name: String) -> [[UInt8]]? {
        guard files[name] != nil else { return nil }
        var names = [name]
        var index = 0
        while index < names.count {
            for dependency in files[names[index]]?.dependencies ?? [] where !names.contains(dependency) {
                names.append(dependency)
            }
            index += 1
        }
        return names.compactMap { files[$0]?.encoded }
    }

    /// The same for the file that defines a symbol.
    func files(defining symbol: String) -> [[UInt8]]? {
        fileOfSymbol[symbol].flatMap(files(named:))
    }

    // MARK: - Field numbers are those of descriptor.proto.

    private static func read(_ set: [UInt8]) throws(MessageError) -> [File] {
        var files: [File] = []
        try each(set) { (field, bytes) throws(MessageError) in
            if field == 1 { files.append(try file(bytes)) }
        }
        return files
    }

    private static func file(_ bytes: [UInt8]) throws(MessageError) -> File {
        var file = File(encoded: bytes)
        try each(bytes) { (field, bytes) throws(MessageError) in
            switch field {
            case 1: file.name = text(bytes)
            case 2: file.package = text(bytes)
            case 3: file.dependencies.append(text(bytes))
            case 4: try message(bytes, in: "", &file)
            case 5: file.symbols.append(try name(of: bytes))
            case 6: try service(bytes, &file)
            default: break
            }
        }
        return file
    }

    private static func message(_ bytes: [UInt8], in scope: String, _ file: inout File) throws(MessageError) {
        let name = scope + (try name(of: bytes))
        file.symbols.append(name)
        file.messages.append(name)
        try each(bytes) { (field, bytes) throws(MessageError) in
            switch field {
            case 3: try message(bytes, in: name + ".", &file)
            case 4: file.symbols.append(name + "." + (try Self.name(of: bytes)))
            default: break
            }
        }
    }

    private static func service(_ bytes: [UInt8], _ file: inout File) throws(MessageError) {
        let name = try name(of: bytes)
        file.symbols.append(name)
        try each(bytes) { (field, bytes) throws(MessageError) in
            if field == 2 { file.symbols.append(name + "." + (try Self.name(of: bytes))) }
        }
    }

    /// Every kind of descriptor has its name in field 1.
    private static func name(of descriptor: [UInt8]) throws(MessageError) -> String {
        var name = ""
        try each(descriptor) { (field, bytes) throws(MessageError) in if field == 1 { name = text(bytes) } }
        return name
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// Hands every field that has bytes to `body`.
    private static func each(
        _ bytes: [UInt8], _ body: (Int, [UInt8]) throws(MessageError) -> Void
    ) throws(MessageError) {
        var fields: [(Int, [UInt8])] = []
        var failure: MessageError?
        bytes.withUnsafeBytes { buffer in
            var reader = ProtobufReader(buffer, of: "google.protobuf.FileDescriptorSet")
            do throws(MessageError) {
                while let (field, value) = try reader.next() {
                    if case .bytes(let value) = value { fields.append((field, Array(value))) }
                }
            } catch { failure = error }
        }
        if let failure { throw failure }
        for (field, bytes) in fields { try body(field, bytes) }
    }
}
