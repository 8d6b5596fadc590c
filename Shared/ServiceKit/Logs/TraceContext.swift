public import Model

/// The trace to which the present work belongs. It follows the task: into log lines, and into the calls that it makes.
public enum TraceContext {
    @TaskLocal public static var current: TraceParent?
}
