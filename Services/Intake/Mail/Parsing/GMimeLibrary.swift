import CGMime

/// GMime needs to be started once in a process.
enum GMimeLibrary {
    private static let started: Void = g_mime_init()

    static func start() { _ = started }
}
