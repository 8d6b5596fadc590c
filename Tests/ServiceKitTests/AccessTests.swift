import Model
import Testing
import Wire

@Suite("The access table")
struct AccessTests {
    @Test("Every method of every service stands in the table, and no other but gRPC's own")
    func completeness() {
        let methods = Set(WireSchema.services.flatMap { $0.methods.map(\.name) })
        #expect(methods == Set(AccessPolicy.methods.keys.filter { !$0.hasPrefix("grpc.") }))
    }
}
