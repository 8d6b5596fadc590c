import Glibc

/// What libFuzzer calls with each input. The environment says which target this run is for.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    chosenTarget.run(UnsafeRawBufferPointer(start: start, count: count))
    return 0
}

private let chosenTarget: FuzzTarget = {
    let name = getenv("FIRSTLINE_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else { fatalError("FIRSTLINE_FUZZ_TARGET names no target: \(name)") }
    return target
}()
