import Glibc
import Model
import Testing
import Wire

/// Messages that are short to write and long to read: as wide, as deep and as odd as protobuf's encoding allows.
@Suite("Wide and deep messages", .serialized)
struct WideMessageTests {
    /// Bytes for a message, and whether it is one.
    struct Shape: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var bytes: [UInt8]
        /// Nil: it is a message or too large, as the arena's ceiling has it.
        var isMessage: Bool?
    }

    private static func repeated(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
        Array(repeatElement(bytes, count: count).joined())
    }

    // Field 1000 is none of CreateTicketRequest's; 7 is tags, 11 attachment_ids, 4 the requester.
    private static let shapes = [
        Shape(testDescription: "a million unknown numbers", bytes: repeated([0xC0, 0x3E, 1], 1_000_000)),
        Shape(testDescription: "a million unknown empty pieces", bytes: repeated([0xC2, 0x3E, 0], 1_000_000)),
        Shape(testDescription: "a million empty tags", bytes: repeated([0x3A, 0], 1_000_000)),
        Shape(
            testDescription: "a million numbers, each a field", bytes: repeated([0x58, 1], 1_000_000)),
        Shape(
            testDescription: "four million packed numbers",
            bytes: [0x5A, 0x80, 0x92, 0xF4, 0x01] + repeated([1], 4_000_000), isMessage: true),
        Shape(
            testDescription: "a million packed pieces of one", bytes: repeated([0x5A, 1, 1], 1_000_000)
        ),
        Shape(testDescription: "one message merged a million times", bytes: repeated([0x22, 2, 8, 1], 1_000_000)),
        Shape(
            testDescription: "a number of eleven bytes", bytes: [0x58] + repeated([0xFF], 10) + [1], isMessage: false),
        Shape(
            testDescription: "a number without an end", bytes: [0x58] + repeated([0x80], 1_000_000), isMessage: false),
        Shape(testDescription: "a length of 2^63", bytes: [0x3A] + repeated([0xFF], 8) + [0x7F], isMessage: false),
        Shape(
            testDescription: "a length beyond the end", bytes: [0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 1], isMessage: false
        ),
        Shape(
            testDescription: "a million groups in one another", bytes: repeated([0xC3, 0x3E], 1_000_000),
            isMessage: false),
        Shape(testDescription: "a field without a number", bytes: [0x00, 1], isMessage: false),
        Shape(testDescription: "a packed number cut off", bytes: [0x5A, 2, 1, 0x80], isMessage: false),
    ]

    @Test("Each is a message, refused as none, or too large; the memory stays within the ceiling", arguments: shapes)
    func shape(_ shape: Shape) throws {
        let before = Self.peakKilobytes()
        do throws(MessageError) {
            _ = try CreateTicketRequest(serialized: shape.bytes)
            #expect(shape.isMessage != false)
        } catch {
            switch error.fault {
            case .tooLarge(let limit):
                #expect(shape.isMessage == nil)
                #expect(limit <= 48 << 20)
            default: #expect(shape.isMessage == false)
            }
        }
        // The arena's ceiling and the Swift values; other tests run beside this one, so the bound is a wide one.
        #expect(Self.peakKilobytes() - before < 400_000)
    }

    /// The most memory that this process has held.
    private static func peakKilobytes() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss
    }
}
