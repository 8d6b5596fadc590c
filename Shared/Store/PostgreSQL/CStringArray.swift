#if canImport(Glibc)
    import Glibc
#endif

/// Texts as a C function takes a list of them: pointers to NUL-terminated copies, and a null pointer at the end.
final class CStringArray {
    private let copies: [UnsafeMutablePointer<CChar>]
    let pointers: [UnsafePointer<CChar>?]

    init(_ texts: [String]) {
        copies = texts.map { strdup($0) }
        pointers = copies.map { UnsafePointer($0) } + [nil]
    }

    deinit {
        for copy in copies { free(copy) }
    }
}
