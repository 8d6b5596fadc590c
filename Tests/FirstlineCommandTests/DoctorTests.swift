import FoundationEssentials
import Glibc
import RPC
import Store
import Testing

@testable import FirstlineCommand

@Suite("What the doctor thinks of certificates")
struct CertificateJudgementTests {
    private static let day: Int64 = 24 * 3_600 * 1_000
    private let authority: CertificateAuthority
    private let now: Int64

    init() throws {
        authority = try CertificateAuthority()
        now = Int64(time(nil)) * 1_000
    }

    private func findings(
        _ days: Int, as name: String = "intake", hasKey: Bool = true, isTrusted: Bool = true
    ) throws -> [Finding] {
        let credential = try authority.issue(service: "intake", validity: .days(days))
        return CertificateJudgement.findings(
            try CertificateDetails(pem: credential.certificatePEM), named: name, hasKey: hasKey, isTrusted: isTrusted,
            nowMilliseconds: now)
    }

    @Test(
        "The less life is left, the worse", arguments: [(400, nil), (29, Severity.warning), (2, .error), (1, .error)])
    func life(days: Int, severity: Severity?) throws {
        let found = try findings(days)
        #expect(found.map(\.severity) == (severity.map { [$0] } ?? []))
        #expect(found.allSatisfy { $0.code == "certificate_ends" && $0.advice.contains("certs rotate") })
    }

    @Test("What has ended, or has not begun, is an error")
    func outside() throws {
        let certificate = try CertificateDetails(pem: authority.issue(service: "intake").certificatePEM)
        let later = CertificateJudgement.life(
            of: certificate, named: "intake", nowMilliseconds: now + 2_000 * Self.day)
        #expect(later.map(\.code) == ["certificate_expired"])
        let before = CertificateJudgement.life(of: certificate, named: "intake", nowMilliseconds: now - Self.day)
        #expect(before.map(\.code) == ["certificate_not_yet"])
    }

    @Test("A key that does not fit, a stranger's signature and another's name are errors")
    func wrong() throws {
        #expect(try findings(400, hasKey: false).map(\.code) == ["certificate_key"])
        #expect(try findings(400, isTrusted: false).map(\.code) == ["certificate_untrusted"])
        #expect(try findings(400, as: "routing").map(\.code) == ["certificate_name"])
    }

    @Test("A certificate tells what stands in it")
    func details() throws {
        let credential = try authority.issue(service: "intake", validity: .days(10))
        let certificate = try CertificateDetails(pem: credential.certificatePEM)
        #expect(certificate.serviceName == "intake")
        #expect(abs(certificate.notAfterMilliseconds - (now + 10 * Self.day)) < 60_000)
        #expect(certificate.fits(credential.keyPEM))
        #expect(try !certificate.fits(authority.issue(service: "intake").keyPEM))
        #expect(!certificate.fits("nonsense"))
        let both = try CertificateDetails.all(pem: CertificateAuthority().certificatePEM + authority.certificatePEM)
        #expect(both.map { $0.hasSigned(certificate) } == [false, true])
        #expect(throws: TLSError.self) { try CertificateDetails.all(pem: "nothing") }
    }
}

@Suite("What the doctor thinks of stores")
struct StoreJudgementTests {
    private let program = ServiceProgram.Facts(
        version: "2", store: "sqlite", migrations: .init(seam: ["store-1"], service: ["1", "2"]))

    private func facts(_ migrations: [String]) -> StoreFacts {
        var facts = StoreFacts()
        facts.seamMigrations = ["store-1"]
        facts.serviceMigrations = migrations
        return facts
    }

    @Test(
        "A damaged store is told of with its cure; an index alone can be built anew",
        arguments: [
            ([], nil), (["row 1 missing from index a"], "REINDEX"), (["wrong # of entries in index a"], "REINDEX"),
            (["row 1 missing from index a", "Tree 7 page 9: btreeInitPage() returns error code 11"], "restore"),
        ] as [([String], String?)])
    func damage(lines: [String], cure: String?) {
        let service = ServiceFolder(name: "intake", path: "/d/intake", process: nil)
        let found = StoresCheck.findings(service, StoreAnswers(inspector: nil, damage: lines))
        #expect(found.map(\.code) == (cure == nil ? [] : ["store_damaged"]))
        #expect(found.allSatisfy { $0.advice.contains(cure ?? "") })
    }

    private func schema(_ migrations: [String], free: Int64 = 1 << 40) -> [String] {
        SchemaCheck.findings("intake", program, facts(migrations), storeBytes: 1_000, freeBytes: free).map(\.code)
    }

    @Test("A schema is compared with the program's")
    func schema() {
        #expect(schema(["1", "2"]) == [])
        #expect(schema(["1"]) == ["schema_pending"])
        #expect(schema(["1"], free: 1_100) == ["schema_no_room"])
        #expect(schema(["1", "2", "3"]) == ["schema_newer"])
        #expect(schema(["1", "x"]) == ["schema_other"])
    }

    @Test("In PostgreSQL no copy is made before a migration, which so needs no room")
    func schemaOfDatabase() {
        let found = SchemaCheck.findings("intake", program, facts(["1"]), storeBytes: nil, freeBytes: 0)
        #expect(found.map(\.code) == ["schema_pending"])
        #expect(found.allSatisfy { !$0.text.contains("copy") })
    }

    @Test("A store that is being filled is served by nobody, and either way out is told")
    func move() {
        let service = ServiceFolder(name: "sla-timer", path: "/d/sla-timer", process: nil)
        var facts = StoreFacts()
        facts.move = UnfinishedMove(sourceTerm: 5, sourceHead: 7)
        var answers = StoreAnswers(inspector: nil, facts: facts, damage: [])
        let here = StoresCheck.findings(service, answers)
        #expect(here.map(\.code) == ["move_unfinished"])
        #expect(here[0].text.contains("/d/sla-timer (up to 5:7") && here[0].advice.contains("migrate-store --from URL"))
        answers.database = DatabaseAnswers(schema: "sla_timer")
        answers.database?.hasStore = true
        let there = StoresCheck.findings(service, answers)
        #expect(there.map(\.code) == ["move_unfinished"])
        #expect(there[0].advice.contains("--to URL") && there[0].advice.contains("DROP SCHEMA \"sla_timer\""))
    }

    @Test(
        "A PostgreSQL store that cannot be read, or is not there",
        arguments: [("refused", nil, "store_refused"), (nil, nil, "store_absent"), (nil, 7, "store_absent")]
            as [(String?, Int32?, String)])
    func unanswered(problem: String?, process: Int32?, code: String) {
        let service = ServiceFolder(name: "intake", path: "/d/intake", process: process)
        var answers = StoreAnswers(inspector: nil, problem: problem)
        answers.database = DatabaseAnswers(schema: "intake")
        let found = StoresCheck.findings(service, answers)
        #expect(found.map(\.code) == [code])
        #expect(found.map(\.severity) == [problem == nil && process == nil ? .note : .error])
        // The server's silence is the database's affair.
        answers.problem = "no route"
        answers.database?.isUnreachable = true
        #expect(StoresCheck.findings(service, answers) == [])
    }

    @Test("What the server finds damaged is told with the statement that mends it")
    func databaseDamage() {
        let service = ServiceFolder(name: "intake", path: "/d/intake", process: nil)
        for (line, cure) in [
            ("index tickets_team is not valid: its making was cut short", "REINDEX INDEX \"intake\".\"tickets_team\""),
            ("constraint c of messages was never checked", "\"intake\".\"messages\" VALIDATE CONSTRAINT \"c\""),
            ("3 pages of the database did not fit their checksums", "restore"),
        ] {
            var answers = StoreAnswers(inspector: nil, damage: [line])
            answers.database = DatabaseAnswers(schema: "intake")
            answers.database?.hasStore = true
            let found = StoresCheck.findings(service, answers)
            #expect(found.map(\.code) == ["store_damaged"] && found[0].advice.contains(cure))
        }
    }

    @Test("A journal is gapless from 1 and ends where its counter says")
    func journal() {
        var facts = StoreFacts()
        facts.term = 5
        #expect(JournalsCheck.findings("intake", facts) == [])
        (facts.head, facts.entries, facts.firstOffset, facts.lastOffset, facts.lastTerm) = (3, 3, 1, 3, 5)
        #expect(JournalsCheck.findings("intake", facts) == [])
        for (change, code) in [
            ({ $0.missingOffset = 2 }, "journal_gap"), ({ $0.firstOffset = 2 }, "journal_beginning"),
            ({ $0.head = 4 }, "journal_head"), ({ $0.lastTerm = 6 }, "journal_term"),
        ] as [((inout StoreFacts) -> Void, String)] {
            var broken = facts
            change(&broken)
            #expect(JournalsCheck.findings("intake", broken).map(\.code) == [code])
        }
    }

    @Test(
        "A follower's place must be a place in the journal",
        arguments: [
            (0, 0, nil, nil), (7, 10, 5, nil), (10, 10, 5, nil), (11, 10, nil, "cursor_beyond_head"),
            (7, 10, 4, "cursor_term"), (7, 10, nil, "cursor_term"), (1, 20_000, 5, "follower_behind"),
        ] as [(Int64, Int64, Int64?, String?)])
    func cursor(offset: Int64, head: Int64, term: Int64?, code: String?) {
        let cursor = StoreFacts.Cursor(source: "intake", term: offset == 0 ? 0 : 5, offset: offset)
        let found = FollowersCheck.findings("routing", cursor, head: head, term: term, isRunning: true)
        #expect(found.map(\.code) == (code.map { [$0] } ?? []))
        #expect(found.allSatisfy { !$0.advice.isEmpty })
    }

    @Test("A clock behind a journal is told of, the more the worse")
    func clock() {
        #expect(ClockCheck.findings("intake", lastMilliseconds: 1_000, nowMilliseconds: 0) == [])
        #expect(
            ClockCheck.findings("intake", lastMilliseconds: 9_000, nowMilliseconds: 0).map(\.severity) == [.warning])
        #expect(
            ClockCheck.findings("intake", lastMilliseconds: 86_400_000, nowMilliseconds: 0).map(\.severity) == [.error])
    }
}

@Suite("What the doctor thinks of the machine")
struct MachineJudgementTests {
    @Test("Secrets are their owner's alone")
    func secrets() {
        #expect(PermissionsCheck.secret("/d/admin.token", mode: 0o600) == [])
        #expect(PermissionsCheck.secret("/d/admin.token", mode: 0o400) == [])
        let found = PermissionsCheck.secret("/d/admin.token", mode: 0o644)
        #expect(found.map(\.severity) == [.error])
        #expect(found[0].text.contains("0644") && found[0].advice.hasPrefix("chmod 600 /d/admin.token"))
        #expect(PermissionsCheck.folder("/d", mode: 0o750).map(\.severity) == [.warning])
        #expect(PermissionsCheck.folder("/d", mode: 0o770).map(\.severity) == [.error])
    }

    @Test("Space, names and kind of a disk")
    func disk() {
        let gibibyte: Int64 = 1 << 30
        func codes(_ disk: FileSystem) -> [String] { DiskCheck.findings(disk, at: "/d").map(\.code) }
        #expect(codes(FileSystem(bytes: 100 * gibibyte, freeBytes: 50 * gibibyte)) == [])
        #expect(codes(FileSystem(bytes: 100 * gibibyte, freeBytes: 3 * gibibyte)) == ["disk_low"])
        #expect(codes(FileSystem(bytes: 100 * gibibyte, freeBytes: 1 << 20)) == ["disk_full"])
        #expect(
            codes(FileSystem(bytes: 100 * gibibyte, freeBytes: 50 * gibibyte, names: 5_000, freeNames: 3))
                == ["disk_names"])
        #expect(codes(FileSystem(bytes: 8 * gibibyte, freeBytes: 7 * gibibyte, kind: .memory)) == ["disk_memory"])
        #expect(
            codes(FileSystem(bytes: 8 * gibibyte, freeBytes: 7 * gibibyte, kind: .network("NFS"))) == ["disk_network"])
    }

    @Test("The kernel's tables of mounts, of listeners and of locks are read")
    func tables() {
        let mounts = """
            22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
            25 22 0:21 / /tmp rw,nosuid - tmpfs tmpfs rw
            99 22 0:40 / /srv rw shared:9 - nfs4 host:/srv rw
            """
        #expect(FileSystem.kind(of: 254 << 8, mounts: mounts) == .lasting)
        #expect(FileSystem.kind(of: 21, mounts: mounts) == .memory)
        #expect(FileSystem.kind(of: 40, mounts: mounts) == .network("nfs4"))
        let listeners = Listeners(
            table: """
                  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
                   0: 0100007F:1CE9 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 588 1 0 100 0 0 10 0
                   1: 0100007F:1CEA 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 589 1 0 100 0 0 10 0
                """)
        #expect(listeners.isListening(7401))
        #expect(!listeners.isListening(7402))
        let locks = LockHolders(
            table: """
                1: POSIX  ADVISORY  WRITE 12 fe:00:42 1073741824 1073742335
                2: FLOCK  ADVISORY  WRITE 27355 fe:00:16221056 0 EOF
                2: -> FLOCK  ADVISORY  WRITE 99 fe:00:16221056 0 EOF
                """)
        #expect(locks.process(holdingFile: 16_221_056) == 27_355)
        #expect(locks.process(holdingFile: 42) == nil)
    }

    @Test("A port is held by ours, by nobody, or by somebody else")
    func ports() {
        let listener = PlannedPorts.Listener(service: "intake", use: "RPC", address: "127.0.0.1:7401")
        func codes(_ isListening: Bool, _ holders: [Int32], _ own: Int32?) -> [String] {
            PortsCheck.running(listener, isListening: isListening, holders: holders, own: own).map(\.code)
        }
        #expect(codes(true, [7], 7) == [])
        #expect(codes(true, [], 7) == [])
        #expect(codes(false, [], 7) == ["port_silent"])
        #expect(codes(true, [8], 7) == ["port_taken"])
        let planned = PortsCheck.stopped(listener, code: EADDRINUSE, holders: [], isCertain: true)
        #expect(planned.severity == .error && planned.text.contains("in use"))
    }

    @Test("A service that does not answer, is not ready, or has stopped following")
    func services() {
        func codes(_ page: ReadinessPage?) -> [String] {
            ServicesCheck.findings("routing", page, isRunning: true).map(\.code)
        }
        func page(ready: Bool = true, state: String, problem: String) -> ReadinessPage {
            ReadinessPage(
                ready: ready, version: "1", reasons: ready ? [] : ["store: full"],
                follows: [.init(source: "intake", state: state, problem: problem)])
        }
        #expect(codes(page(state: "following", problem: "")) == [])
        #expect(codes(page(state: "stopped", problem: "term")) == ["follower_stopped"])
        #expect(codes(page(state: "waiting", problem: "refused")) == ["follower_waiting"])
        #expect(codes(page(ready: false, state: "following", problem: "")) == ["service_unready"])
        #expect(codes(nil) == ["service_silent"])
    }

    @Test("Sizes are written as people read them")
    func sizes() {
        #expect(ByteCount.text(0) == "0 B")
        #expect(ByteCount.text(1_536) == "1.5 KiB")
        #expect(ByteCount.text(256 << 20) == "256 MiB")
    }
}

@Suite("A diagnosis")
struct DiagnosisTests {
    private func diagnosis(_ reports: [CheckReport]) -> Diagnosis {
        Diagnosis(data: "/d", isRunning: true, reports: reports)
    }

    private func report(_ area: CheckReport.Area, _ severity: Severity) -> CheckReport {
        CheckReport(
            "stores", area, "5 whole", [Finding(severity, "code", service: "intake", "It broke", advice: "Mend it")])
    }

    @Test("Only errors fail, by what is broken")
    func status() {
        #expect(diagnosis([report(.data, .warning), report(.settings, .note)]).status == nil)
        #expect(diagnosis([report(.machine, .error)]).status == ExitStatus.software)
        #expect(diagnosis([report(.machine, .error), report(.settings, .error)]).status == ExitStatus.badSettings)
        #expect(diagnosis([report(.settings, .error), report(.data, .error)]).status == ExitStatus.dataError)
    }

    @Test("Each check has a line, each finding two")
    func text() throws {
        let well = CheckReport("disk", .machine, "50 GiB free", [])
        let lines = diagnosis([well, report(.data, .error)]).text.split(separator: "\n").map(String.init)
        #expect(
            lines == [
                "ok       disk    50 GiB free", "error    stores  1 finding",
                "    error    intake: It broke", "             -> Mend it",
            ])
        let json = try diagnosis([well, report(.data, .error)]).json()
        #expect(json.contains(#""severity":"error""#) && json.contains(#""code":"code""#))
    }
}

@Suite("Blobs that are named")
struct BlobNamesTests {
    @Test("The statement asks every column of Intake's schema that holds a blob's hash")
    func columns() throws {
        let tests = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        let golden = try #require(FileManager.default.contents(atPath: "/\(tests)/Golden/intake-schema.sql"))
        let schema = String(decoding: golden, as: UTF8.self)
        // A request's hash is bytes; a blob's is the text that its file is named by.
        let columns = schema.split(separator: "\n").compactMap { line -> String? in
            let words = line.split { " ,".contains($0) }.map(String.init)
            return words.count > 1 && words[0].hasSuffix("_hash") && words[1] == "TEXT" ? words[0] : nil
        }
        #expect(columns.count == 4)
        let statement = try #require(try BlobNames(service: "intake", store: NoStore())?.statement)
        #expect(Set(columns) == ["blob_hash", "source_hash"])
        #expect(statement.split(separator: "_hash >= ?").count - 1 == columns.count)
    }

    @Test("Where rows cannot be looked at, a blob is said to be in neither place for sure")
    func unseen() {
        let kept = EmbeddedBlobs(
            rows: BlobsInRows(inspector: SlowStore(), database: "/d/store.sqlite"), files: BlobFiles(folder: "/d"))
        let place = kept.place("ab12")
        #expect(place.contains("/d/store.sqlite store_blob ab12") && place.contains("/d/blobs/ab/ab12"))
        #expect(place.contains("could not be looked up") && place.contains("it took too long"))
        #expect(kept.cure("intake", "ab12").contains("with the service stopped"))
        #expect(throws: InspectionEnded.self) { try kept.hasContent("ab12") }
    }

    private struct SlowStore: StoreInspector {
        func rows(_ sql: String, _ values: [Value]) throws -> [Row] { throw InspectionEnded(.tookTooLong) }
        func damage(thorough: Bool) throws -> [String] { [] }
        func has(table: String) throws -> Bool { true }
        func close() {}
    }

    private struct NoStore: StoreInspector {
        func rows(_ sql: String, _ values: [Value]) throws -> [Row] { [] }
        func damage(thorough: Bool) throws -> [String] { [] }
        func has(table: String) throws -> Bool { true }
        func close() {}
    }
}
