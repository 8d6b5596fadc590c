public import Logging
public import Store

/// How a process logs: made once, from its settings.
public struct LogSetup: Sendable {
    public var service: String
    public var level: Logger.Level
    public var format: LogFormat
    public var sink: LogSink
    public var clock: any WallClock

    public init(
        service: String, level: Logger.Level = .info, format: LogFormat = .json, sink: LogSink = .standardError,
        clock: any WallClock = SystemClock()
    ) {
        self.service = service
        self.level = level
        self.format = format
        self.sink = sink
        self.clock = clock
    }

    public func handler(label: String) -> any LogHandler {
        StructuredLogHandler(service: service, label: label, level: level, format: format, sink: sink, clock: clock)
    }

    /// The service's own logger.
    public func logger() -> Logger { Logger(label: service, factory: handler) }
}
