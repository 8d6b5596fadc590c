public import Model

/// The trace to which the present work belongs. It follows the task: into log lines, and into the calls that it makes.
public enum TraceContext {
    @TaskLocal public static var current: TraceParent?

    /// As it is journaled; empty for none. A transaction runs in the writer's task: read this before it begins.
    public static var header: String { current?.description ?? "" }

    /// Does work that came from outside within its trace: the one that the caller names, else a new one.
    public static func beginning<Result>(
        continuing header: String? = nil, _ work: (TraceParent) async throws -> Result
    ) async rethrows -> Result {
        var generator = TraceRandomness()
        let trace = TraceParent(continuing: header, using: &generator)
        return try await $current.withValue(trace) { try await work(trace) }
    }

    /// Does work that was asked for earlier within the trace that was kept with it.
    /// - Parameter header: as `header` gave it; without a trace where it is empty.
    public static func resuming<Result>(_ header: String, _ work: () async throws -> Result) async rethrows -> Result {
        try await $current.withValue(TraceParent(header), operation: work)
    }
}
