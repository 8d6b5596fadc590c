import ArgumentParser
import Model
import NIOPosix
import RPC
import Synchronization
import Wire

/// Follows a journal, one entry a message.
struct StreamCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stream", abstract: "Reads a stream of journal entries.")

    @OptionGroup var options: ClientOptions

    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let client = try options.makeClient(on: group)
        let window = Window(warmUpSeconds: options.warmUpSeconds, seconds: options.seconds)
        async let processorTime = window.processorTime()
        let entries = try await withTaskExecutorPreference(client.executor) {
            try await read(JournalClient(client), window)
        }
        try JSONLine.print(
            Result(
                entries: entries.inWindow, entriesWithWarmUp: entries.total, seconds: options.seconds,
                processorTime: try await processorTime))
        client.close()
    }

    private func read(_ journal: JournalClient, _ window: Window) async throws -> (inWindow: Int, total: Int) {
        let offset = Mutex<Int64>(0)
        let counted = Mutex((inWindow: 0, total: 0))
        do {
            try await journal.follow(FollowRequest(follower: "gateway"), CallOptions(metadata: options.metadata)) {
                let now = ContinuousClock.now
                if now >= window.end { throw Enough() }
                for entry in $0.entries {
                    offset.withLock { offset in
                        offset += 1
                        precondition(entry.offset == offset, "entries come in order, each once")
                    }
                }
                counted.withLock { [count = $0.entries.count] counted in
                    counted.total += count
                    if now >= window.start { counted.inWindow += count }
                }
            }
        } catch is Enough {}
        return counted.withLock { $0 }
    }

    private struct Enough: Error {}

    private struct Result: Encodable {
        var entries: Int
        var entriesWithWarmUp: Int
        var seconds: Double
        var entriesPerSecond: Double
        var processorMicrosecondsPerEntry: Double

        enum CodingKeys: String, CodingKey {
            case entries
            case entriesWithWarmUp = "entries_with_warm_up"
            case seconds
            case entriesPerSecond = "entries_per_second"
            case processorMicrosecondsPerEntry = "cpu_us_per_entry"
        }

        init(entries: Int, entriesWithWarmUp: Int, seconds: Double, processorTime: Duration) {
            self.entries = entries
            self.entriesWithWarmUp = entriesWithWarmUp
            self.seconds = seconds
            entriesPerSecond = Double(entries) / seconds
            processorMicrosecondsPerEntry = processorTime.inMicroseconds / Double(entries)
        }
    }
}
