import FoundationEssentials
import Glibc
import Mail

// Reading mail, on one thread: `MailBenchmark FILE COUNT` reads the mail in FILE so often and prints one line of JSON: seconds of the
// processor's time for all and for the longest.

guard CommandLine.arguments.count == 3, let count = Int(CommandLine.arguments[2]), count > 0 else {
    fatalError("usage: MailBenchmark FILE COUNT")
}
let raw = Array(try Data(contentsOf: URL(filePath: CommandLine.arguments[1])))

/// The processor's time that this process has used.
func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

let began = processorSeconds()
var longest = 0.0
var characters = 0
for _ in 0..<count {
    let start = processorSeconds()
    let mail = MailParser.parse(raw)
    longest = max(longest, processorSeconds() - start)
    characters += mail.newText.utf8.count + mail.html.utf8.count
}
let seconds = processorSeconds() - began
print(#"{"seconds": \#(seconds), "longest": \#(longest), "kept_bytes": \#(characters / count)}"#)
