import Foundation
import Model
import Testing

@testable import IntakeServer

@Suite("Mails whose reading ends the process")
struct ReadingMarksTests {
    private static let hash = String(repeating: "a", count: 64)
    private static let other = String(repeating: "b", count: 64)

    /// Ends a process in the middle of reading: what the file held then is what the next one finds.
    private func crash(_ path: String, reading hashes: [String]) throws {
        let marks = try ReadingMarks(path: path)
        func deeper(_ rest: ArraySlice<String>) throws -> Data {
            guard let hash = rest.first else { return try Data(contentsOf: URL(fileURLWithPath: path)) }
            return try #require(try marks.reading(hash) { Result { try deeper(rest.dropFirst()) } }?.get())
        }
        let left = try deeper(hashes[...])
        try left.write(to: URL(fileURLWithPath: path))
    }

    private func inFolder(_ body: (_ path: String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/firstline-marks-\(RandomToken.make())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder + "/reading")
    }

    @Test("The third time, a mail is not read; after that it is a new one")
    func thirdTime() throws {
        try inFolder { path in
            try crash(path, reading: [Self.hash])
            try crash(path, reading: [Self.hash])
            let marks = try ReadingMarks(path: path)
            #expect(marks.reading(Self.hash) { true } == nil)
            #expect(marks.reading(Self.hash) { true } == true)
        }
    }

    @Test("A mail that was read in the end has no count left")
    func readInTheEnd() throws {
        try inFolder { path in
            try crash(path, reading: [Self.hash])
            let marks = try ReadingMarks(path: path)
            #expect(marks.reading(Self.hash) { true } == true)
            try crash(path, reading: [Self.hash])
            #expect(try ReadingMarks(path: path).reading(Self.hash) { true } == true)
        }
    }

    @Test("A mail beside one that ends the process twice is read")
    func bystander() throws {
        try inFolder { path in
            try crash(path, reading: [Self.other, Self.hash])
            try crash(path, reading: [Self.hash])
            let marks = try ReadingMarks(path: path)
            #expect(marks.reading(Self.other) { true } == true)
            #expect(marks.reading(Self.hash) { true } == nil)
        }
    }

    @Test("The same mail to several recipients at once is no failure")
    func severalRecipients() throws {
        try inFolder { path in
            let marks = try ReadingMarks(path: path)
            let depth = marks.reading(Self.hash) {
                marks.reading(Self.hash) { marks.reading(Self.hash) { marks.reading(Self.hash) { 4 } } }
            }
            #expect(depth == 4)
            try crash(path, reading: [Self.hash, Self.hash, Self.hash])
            #expect(try ReadingMarks(path: path).reading(Self.hash) { true } == true)
        }
    }

    @Test("More mails at once than there are places for cost a count, and no mail")
    func manyAtOnce() throws {
        try inFolder { path in
            let hashes = (0..<300).map { number in
                let digits = String(number)
                return String(repeating: "0", count: 64 - digits.count) + digits
            }
            try crash(path, reading: hashes)
            let marks = try ReadingMarks(path: path)
            for hash in hashes { #expect(marks.reading(hash) { true } == true) }
        }
    }
}
