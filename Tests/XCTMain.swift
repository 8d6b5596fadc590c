import Testing
import XCTest

/// Runs the tests of the package, all of which are of Swift Testing. Standing here under the name that the package manager looks
/// for, it spares the build the search for XCTest cases, which would need an index store.
@main struct Runner {
    static func main() async {
        let arguments = CommandLine.arguments
        let library = arguments.firstIndex(of: "--testing-library").map { arguments[$0 + 1] } ?? "xctest"
        if library == "swift-testing" {
            await Testing.__swiftPMEntryPoint() as Never
        }
        XCTMain([])
    }
}
