// MessageGenerator SET STANDARD_SET C_SET FOLDER: reads the FileDescriptorSet at SET, and at STANDARD_SET that of the services that are only
// described; writes to C_SET the set that protoc-c is to compile, and under FOLDER the sources. `proto/generate` calls it.
import FoundationEssentials
import Glibc

func run(_ arguments: [String]) throws {
    guard arguments.count == 5 else {
        throw SchemaError("usage: MessageGenerator SET STANDARD_SET C_SET FOLDER")
    }
    let set = try DescriptorSet([UInt8](try Data(contentsOf: URL(filePath: arguments[1]))))
    let standard = try DescriptorSet([UInt8](try Data(contentsOf: URL(filePath: arguments[2]))))
    let schema = try SchemaReader.read(set.pointer)
    let output = Output(folder: arguments[4])
    for file in schema.files {
        let name = Naming.file(file.stem)
        try output.write("Shared/Model/Generated/\(name).swift", ModelEmitter(file: file).source())
        try output.write("Shared/Wire/Generated/\(name)Messages.swift", MessagesEmitter(file: file).source())
        if !file.services.isEmpty {
            try output.write("Shared/Wire/Generated/\(name)Services.swift", ServicesEmitter(file: file).source())
        }
    }
    let whole = SchemaEmitter(schema: schema)
    try output.write("Shared/Wire/Generated/WireSchema.swift", whole.services())
    try output.write("Shared/CWire/include/firstline/messages.h", whole.cUmbrella())
    try output.write("Shared/CWire/include/firstline/descriptor_set.h", whole.cDescriptorSetHeader())
    try output.write(
        "Shared/CWire/Generated/descriptor_set.c",
        whole.cDescriptorSets(ours: try set.withoutSources(), standard: try standard.withoutSources()))
    try output.write("Tests/WireTests/Generated/EveryMessage.swift", SamplesEmitter(schema: schema).source())
    try output.write(set.preparedForC(), to: arguments[3])
}

do {
    try run(CommandLine.arguments)
} catch {
    let line = Array("MessageGenerator: \(error)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
    exit(65)
}
