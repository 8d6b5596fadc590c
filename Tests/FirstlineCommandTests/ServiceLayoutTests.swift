import FoundationEssentials
import Testing

@testable import FirstlineCommand

@Suite("Where services that stand apart have their folders and settings")
struct ServiceLayoutTests {
    @Test("A unit's lines, drop-ins and files are read as systemd reads them")
    func unit() throws {
        let folder =
            FileManager.default.temporaryDirectory.path(percentEncoded: false)
            + "/unit-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(
            atPath: folder + "/a@.service.d", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try """
        [Unit]
        Environment=NOT=HERE
        [Service]
        # A comment
        Environment=DATA=/var/%i "QUOTED=two words" \\
            NEXT=line%%
        EnvironmentFile=-\(folder)/%i.env
        EnvironmentFile=-\(folder)/missing.env
        """.write(toFile: folder + "/a@.service", atomically: true, encoding: .utf8)
        try "[Service]\nEnvironment=NEXT=dropped\n".write(
            toFile: folder + "/a@.service.d/more.conf", atomically: true, encoding: .utf8)
        try "# note\nSTORE='postgres://a b'\n\nDATA=/srv\n".write(
            toFile: folder + "/routing.env", atomically: true, encoding: .utf8)
        let intake = try UnitFile(path: folder + "/a@.service", instance: "intake").environment
        #expect(intake == ["DATA": "/var/intake", "QUOTED": "two words", "NEXT": "dropped"])
        let routing = try UnitFile(path: folder + "/a@.service", instance: "routing").environment
        #expect(routing["DATA"] == "/srv" && routing["STORE"] == "postgres://a b")
        #expect(throws: CommandFailure.self) { try UnitFile(path: folder + "/none", instance: "a") }
    }

    @Test("A named folder is stronger than the unit's, and the data folder's own comes last")
    func folders() throws {
        var layout = try ServiceLayout(unit: nil, folders: ["intake=/srv/a"])
        layout.settings = ["intake": ["FIRSTLINE_DATA": "/b"], "routing": ["FIRSTLINE_DATA": "/c"]]
        let installation = Installation(folder: "/d")
        #expect(
            ["intake", "routing", "gateway"].map { layout.folder(of: $0, in: installation) } == [
                "/srv/a", "/c", "/d/gateway",
            ])
        #expect(layout.isApart && !ServiceLayout().isApart)
        for wrong in ["nobody=/a", "intake", "=x"] {
            #expect(throws: CommandFailure.self) { try ServiceLayout(unit: nil, folders: [wrong]) }
        }
    }
}
