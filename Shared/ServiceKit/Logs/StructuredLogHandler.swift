public import Logging
import Model
import Store

/// Writes each log event as one line: `ts`, `level`, `service`, `message`, `trace_id`, then the event's own metadata.
public struct StructuredLogHandler: LogHandler {
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    public var logLevel: Logger.Level
    private let service: String
    private let label: String
    private let format: LogFormat
    private let sink: LogSink
    private let clock: any WallClock

    init(
        service: String, label: String, level: Logger.Level, format: LogFormat, sink: LogSink, clock: any WallClock
    ) {
        self.service = service
        self.label = label
        logLevel = level
        self.format = format
        self.sink = sink
        self.clock = clock
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var fields = metadata
        if let provided = metadataProvider?.get() { fields.merge(provided) { _, new in new } }
        if let own = event.metadata { fields.merge(own) { _, new in new } }
        if let error = event.error { fields["error"] = "\(error)" }
        let instant = Instant(milliseconds: clock.nowMilliseconds)
        switch format {
        case .json: sink.write(json(event, fields, instant))
        case .text: sink.write(text(event, fields, instant))
        }
    }

    private func json(_ event: LogEvent, _ fields: Logger.Metadata, _ instant: Instant) -> String {
        var line = JSONLine()
        line.add("ts", instant.description)
        line.add("level", event.level.rawValue)
        line.add("service", service)
        line.add("message", event.message.description)
        if let trace = TraceContext.current { line.add("trace_id", trace.traceID) }
        if label != service { line.add("logger", label) }
        for key in fields.keys.sorted() { line.add(key, fields[key]!.description) }
        return line.ended()
    }

    private func text(_ event: LogEvent, _ fields: Logger.Metadata, _ instant: Instant) -> String {
        let details = fields.keys.sorted().map { "\($0)=\(fields[$0]!)" }.joined(separator: " ")
        let line = "\(instant) \(event.level.rawValue.uppercased()) \(service): \(event.message) \(details)"
        // A line stays one, whatever is in it.
        return line.map { $0.isNewline ? " " : String($0) }.joined() + "\n"
    }
}

/// A JSON object on one line (RFC 8259), written field by field.
struct JSONLine {
    private var text = "{"

    mutating func add(_ key: String, _ value: String) {
        if text.utf8.count > 1 { text += "," }
        append(key)
        text += ":"
        append(value)
    }

    func ended() -> String { text + "}\n" }

    private mutating func append(_ string: String) {
        text += "\""
        // Hardly anything needs more than to be copied.
        if string.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C && $0 != 0x7F }) {
            text += string
        } else {
            appendEscaped(string)
        }
        text += "\""
    }

    private mutating func appendEscaped(_ string: String) {
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let hex = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
