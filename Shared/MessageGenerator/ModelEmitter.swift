/// Emits the value types of one file: what the Model module holds.
struct ModelEmitter {
    let file: ProtoFile

    func source() -> String {
        var out = SourceText(origin: "proto/\(file.path)")
        for (index, item) in file.enums.enumerated() {
            if index > 0 { out.line() }
            emit(item, &out)
        }
        for (index, message) in file.messages.enumerated() {
            if index > 0 || !file.enums.isEmpty { out.line() }
            emit(message, &out)
        }
        return out.text
    }

    private func emit(_ item: ProtoEnum, _ out: inout SourceText) {
        let cases = item.values.map { value in
            let contractName = Naming.contractName(value.name, of: item.name)
            return (value: value, contractName: contractName, name: Naming.property(contractName))
        }
        out.comment(item.comment)
        out.block("public enum \(item.name): Int32, Sendable, Hashable, CaseIterable {") { out in
            for item in cases {
                out.comment(item.value.comment)
                out.line("case \(Naming.declared(item.name)) = \(item.value.number)")
            }
            out.line()
            out.line("/// The name in the contract.")
            out.block("public var name: String {") { out in
                out.line("switch self {")
                for item in cases { out.line("case .\(item.name): \"\(item.contractName)\"") }
                out.line("}")
            }
            out.line()
            out.line("/// The value with that name in the contract; nil for an unknown name, and never `unspecified`.")
            out.block("public init?(name: String) {") { out in
                out.line("switch name {")
                for item in cases where item.value.number != 0 {
                    out.line("case \"\(item.contractName)\": self = .\(item.name)")
                }
                out.line("default: return nil")
                out.line("}")
            }
        }
    }

    private func emit(_ message: ProtoMessage, _ out: inout SourceText) {
        let members = message.members
        out.comment(message.comment)
        out.block("public struct \(message.name): Sendable, Hashable {") { out in
            for case .oneof(let name, let fields) in members { emitOneof(name, fields, &out) }
            for member in members {
                out.comment(member.comment)
                out.line("public var \(Naming.declared(member.name)): \(member.swiftType)")
            }
            if members.isEmpty { return out.line("public init() {}") }
            out.line()
            out.block("public init(", closing: ") {") { out in
                for (index, member) in members.enumerated() {
                    let comma = index + 1 < members.count ? "," : ""
                    out.line("\(Naming.declared(member.name)): \(member.swiftType) = \(member.defaultValue)\(comma)")
                }
            }
            for member in members {
                out.line("    self.\(member.name) = \(Naming.declared(member.name))")
            }
            out.line("}")
        }
    }

    private func emitOneof(_ name: String, _ fields: [ProtoField], _ out: inout SourceText) {
        out.line("/// One of these at most.")
        out.block("public enum \(Naming.upperCamel(name)): Sendable, Hashable {") { out in
            for field in fields {
                out.comment(field.comment)
                out.line("case \(Naming.declared(Naming.property(field.name)))(\(field.valueType))")
            }
            out.line()
            out.line("/// Which it is, as \"\(Naming.upperCamel(fields[0].name))\".")
            out.block("public var kind: String {") { out in
                out.line("switch self {")
                for field in fields {
                    out.line("case .\(Naming.property(field.name)): \"\(Naming.upperCamel(field.name))\"")
                }
                out.line("}")
            }
        }
        out.line()
    }
}
