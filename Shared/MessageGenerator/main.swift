// MessageGenerator SET C_SET FOLDER: reads the FileDescriptorSet at SET; writes to C_SET the set that protoc-c is to compile, and
// under FOLDER the Swift sources. `proto/generate` calls it.
import FoundationEssentials
import Glibc

func run(_ arguments: [String]) throws {
    guard arguments.count == 4 else { throw SchemaError("usage: MessageGenerator SET C_SET FOLDER") }
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: arguments[1])))
    let set = try DescriptorSet(bytes)
    let schema = try SchemaReader.read(set.pointer)
    let output = Output(folder: arguments[3])
    for file in schema.files {
        try output.write("Shared/Model/Generated/\(Naming.file(file.stem))", ModelEmitter(file: file).source())
    }
    try output.write(set.preparedForC(), to: arguments[2])
}

do {
    try run(CommandLine.arguments)
} catch {
    let line = Array("MessageGenerator: \(error)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
    exit(65)
}
