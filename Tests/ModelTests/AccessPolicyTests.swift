import Model
import Testing

@Suite("Who may do what")
struct AccessPolicyTests {
    @Test("A method that the table does not know is denied to everyone")
    func unknown() {
        #expect(!AccessPolicy.allows(Caller(role: .admin), "firstline.v1.Intake/DropEverything"))
    }

    @Test("Health and reflection need no rights")
    func open() {
        #expect(AccessPolicy.allows(Caller(role: .unspecified), "firstline.v1.Health/Check"))
        #expect(AccessPolicy.allows(Caller(role: .requester, scopes: ["nothing"]), "firstline.v1.Reflection/Describe"))
    }

    @Test("An administrator may call every method that is people's", arguments: AccessPolicy.methods.keys.sorted())
    func admin(_ method: String) {
        #expect(AccessPolicy.allows(Caller(role: .admin, userID: 1), method))
        #expect(AccessPolicy.allows(AccessPolicy.account(ofCertificate: "operator"), method))
        #expect(AccessPolicy.allows(Caller(role: .unspecified), method) == AccessPolicy.methods[method]!.isOpen)
    }

    @Test("Higher roles may all that lower ones may", arguments: AccessPolicy.methods.keys.sorted())
    func ranks(_ method: String) {
        let may = [Role.requester, .agent, .lead, .admin].map {
            AccessPolicy.allows(Caller(role: $0, userID: 1), method)
        }
        #expect(may == may.sorted { !$0 && $1 })
    }

    @Test("Only administrators read tokens")
    func tokens() {
        #expect(!AccessPolicy.allows(Caller(role: .lead, userID: 1), "firstline.v1.Gateway/ListTokens"))
        #expect(
            !AccessPolicy.allows(AccessPolicy.account(ofCertificate: "gateway"), "firstline.v1.Gateway/CreateToken"))
    }

    @Test("Another system's certificate opens tickets, writes messages and reads, no more")
    func otherSystems() {
        let other = AccessPolicy.account(ofCertificate: "warehouse")
        #expect(AccessPolicy.allows(other, "firstline.v1.Intake/CreateTicket"))
        #expect(AccessPolicy.allows(other, "firstline.v1.Intake/GetTicket"))
        #expect(!AccessPolicy.allows(other, "firstline.v1.Intake/UpdateTicket"))
        #expect(!AccessPolicy.allows(other, "firstline.v1.Gateway/GetUser"))
        #expect(!AccessPolicy.allows(other, "firstline.v1.Journal/Follow"))
        #expect(AccessPolicy.allows(AccessPolicy.account(ofCertificate: "routing"), "firstline.v1.Journal/Follow"))
        #expect(!AccessPolicy.allows(Caller(role: .service), "firstline.v1.Intake/GetTicket"))
    }

    @Test("A credential limited to reading changes nothing")
    func scopes() {
        let reader = Caller(role: .admin, userID: 1, scopes: ["read"])
        #expect(AccessPolicy.allows(reader, "firstline.v1.Intake/GetTicket"))
        #expect(!AccessPolicy.allows(reader, "firstline.v1.Intake/CreateTicket"))
        #expect(
            !AccessPolicy.allows(Caller(role: .admin, userID: 1, scopes: ["other"]), "firstline.v1.Intake/GetTicket"))
        #expect(
            AccessPolicy.allows(Caller(role: .agent, userID: 1, scopes: ["write"]), "firstline.v1.Intake/CreateTicket"))
    }

    @Test("Only the gateway and the operator speak for others")
    func principals() {
        #expect(AccessPolicy.mayCarryPrincipal("gateway") && AccessPolicy.mayCarryPrincipal("operator"))
        #expect(!AccessPolicy.mayCarryPrincipal("routing") && !AccessPolicy.mayCarryPrincipal(""))
    }

    @Test(
        "The methods that change nothing are those whose names PROTOCOL.md gives",
        arguments: AccessPolicy.methods.filter { !$0.key.hasPrefix("grpc.") })
    func reading(_ method: String, _ access: MethodAccess) {
        let name = method.split(separator: "/")[1]
        let says =
            ["Get", "List", "Download", "Preview"].contains { name.hasPrefix($0) }
            || ["Search", "Explain", "Follow", "Head", "Check", "Describe"].contains(name)
        #expect(access.isReading == says)
        #expect(AccessPolicy.changesNothing(method) == says)
    }
}
