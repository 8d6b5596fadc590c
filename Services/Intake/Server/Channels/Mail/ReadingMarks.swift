import Foundation
import Store
import Synchronization

/// Remembers beyond the end of the process which mails are being read, so that one whose reading ends it is not read for ever.
///
/// A mail under way stands in a small file by its hash, with the number of its tries. The file is never synced: it need survive the process, not
/// the machine. A mail that ended the process twice is not read a third time.
final class ReadingMarks: Sendable {
    /// Reading it ended the process this often: then it is not read.
    private static let mostTries: UInt8 = 2
    /// The most mails under way that are marked; those beyond are read without a mark.
    private static let slotCount = 256
    private static let hashBytes = 64
    private static let slotBytes = hashBytes + 1

    private struct Mark {
        let slot: Int
        /// How often its reading ended a process before this one.
        var tries: UInt8
        /// How many read it now: the same mail may come to several recipients at once.
        var readers = 0
    }

    private struct State {
        /// By hash.
        var marks: [[UInt8]: Mark] = [:]
        var freeSlots = Array((0..<ReadingMarks.slotCount).reversed())
    }

    private let descriptor: Int32
    private let state: Mutex<State>
    /// Held while a mail is read that may have ended the process, so that of several it is known which one did.
    private let suspect = NSLock()

    /// Takes up what the process before left.
    init(path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StoreError.io(code: errno, message: "open \(path)") }
        var bytes = [UInt8](repeating: 0, count: Self.slotCount * Self.slotBytes)
        let count = max(0, pread(descriptor, &bytes, bytes.count, 0))
        var left = State()
        for slot in 0..<(count / Self.slotBytes) {
            let start = slot * Self.slotBytes
            let tries = bytes[start + Self.hashBytes]
            guard tries > 0 else { continue }
            left.marks[Array(bytes[start..<(start + Self.hashBytes)])] = Mark(slot: slot, tries: tries)
            left.freeSlots.removeAll { $0 == slot }
        }
        state = Mutex(left)
    }

    deinit { close(descriptor) }

    /// Reads a mail between its two marks.
    /// - Parameter hash: of its content, in hexadecimal.
    /// - Returns: nil, and nothing was read, if that ended the process too often.
    func reading<Result>(_ hash: String, _ read: () -> Result) -> Result? {
        let hash = Array(hash.utf8.prefix(Self.hashBytes))
        let isSuspect = state.withLock { $0.marks[hash].map { $0.tries > 0 } ?? false }
        guard isSuspect else { return attempt(hash, read) }
        suspect.lock()
        defer { suspect.unlock() }
        return attempt(hash, read)
    }

    private func attempt<Result>(_ hash: [UInt8], _ read: () -> Result) -> Result? {
        guard begin(hash) else { return nil }
        defer { end(hash) }
        return read()
    }

    /// - Returns: whether the mail may be read.
    private func begin(_ hash: [UInt8]) -> Bool {
        state.withLock { state in
            if state.marks[hash] == nil, let slot = state.freeSlots.popLast() {
                state.marks[hash] = Mark(slot: slot, tries: 0)
            }
            guard var mark = state.marks[hash] else { return true }
            guard mark.tries < Self.mostTries else {
                clear(hash, mark, &state)
                return false
            }
            mark.readers += 1
            if mark.readers == 1 { write(hash, tries: mark.tries + 1, mark.slot) }
            state.marks[hash] = mark
            return true
        }
    }

    private func end(_ hash: [UInt8]) {
        state.withLock { state in
            guard var mark = state.marks[hash] else { return }
            mark.readers -= 1
            state.marks[hash] = mark
            if mark.readers == 0 { clear(hash, mark, &state) }
        }
    }

    private func clear(_ hash: [UInt8], _ mark: Mark, _ state: inout State) {
        state.marks[hash] = nil
        state.freeSlots.append(mark.slot)
        write([], tries: 0, mark.slot)
    }

    private func write(_ hash: [UInt8], tries: UInt8, _ slot: Int) {
        let bytes = hash + [UInt8](repeating: 0, count: Self.hashBytes - hash.count) + [tries]
        // A mark that cannot be written costs a count, not the mail.
        _ = pwrite(descriptor, bytes, bytes.count, off_t(slot * Self.slotBytes))
    }
}
