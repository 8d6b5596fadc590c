// swift-tools-version: 6.2
import PackageDescription

/// One set of compiler settings for every Swift target of the package.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    // A debug build, which the tests run, watches over every access; a release build does without, for it costs a twentieth of a call.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

// Products of other packages, by the name that the tables below use.
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let collections: Target.Dependency = .product(name: "Collections", package: "swift-collections")
let configuration: Target.Dependency = .product(name: "Configuration", package: "swift-configuration")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTP2: Target.Dependency = .product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioHPACK: Target.Dependency = .product(name: "NIOHPACK", package: "swift-nio-http2")
let nioPOSIX: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

/// A Swift library at `path` with our settings.
func library(
    _ name: String, _ path: String, _ dependencies: [Target.Dependency], exclude: [String] = [],
    resources: [Resource]? = nil
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: path, exclude: exclude, resources: resources,
        swiftSettings: settings)
}

/// A shared library of the toolchain that executables are linked with before all else, so that a static one has nothing left to give:
/// the containers' build names ICU (`deploy/containers/compile`). The path to it is kept, so that the programs also run where they are built.
let sharedLibrary: [LinkerSetting] =
    if let path = Context.environment["FIRSTLINE_SHARED_LIBRARY"], let end = path.lastIndex(of: "/") {
        [.unsafeFlags([path, "-Xlinker", "-rpath=\(path[..<end])"])]
    } else {
        []
    }

/// An executable at `path` with our settings.
func executable(_ name: String, _ path: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: path, swiftSettings: settings, linkerSettings: sharedLibrary)
}

/// The tests of one target, in `Tests/NAME`.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: settings)
}

let systemLibraries: [Target] = [
    .systemLibrary(name: "COpenSSL", path: "Shared/COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
        name: "CGMime", path: "Shared/CGMime", pkgConfig: "gmime-3.0", providers: [.apt(["libgmime-3.0-dev"])]),
    .systemLibrary(
        name: "CCurl", path: "Shared/CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CGumbo", path: "Shared/CGumbo", pkgConfig: "gumbo", providers: [.apt(["libgumbo-dev"])]),
    .systemLibrary(
        name: "CPostgreSQL", path: "Shared/CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CStemmer", path: "Shared/CStemmer", providers: [.apt(["libstemmer-dev"])]),
]

let shared: [Target] = [
    library("Model", "Shared/Model", [], exclude: ["Generated/README.md"]),
    .target(
        name: "CWire", path: "Shared/CWire", exclude: ["README.md"], linkerSettings: [.linkedLibrary("protobuf-c")]),
    library("Wire", "Shared/Wire", ["Model", "CWire"], exclude: ["Generated/README.md"]),
    library("RPC", "Shared/RPC", ["Wire", "Model", "COpenSSL", nio, nioPOSIX, nioHTTP2, nioHPACK, logging]),
    library("Store", "Shared/Store", ["COpenSSL", "CPostgreSQL", grdb, sqlite, logging]),
    library(
        "ServiceKit", "Shared/ServiceKit",
        [
            "Model", "Wire", "RPC", "Store", "COpenSSL", nio, nioPOSIX, logging, configuration, system,
            serviceLifecycle, unixSignals, hummingbird, httpTypes,
        ]),
    library(
        "FirstlineTesting", "Shared/Testing", ["Model", "Wire", "RPC", "Store", "ServiceKit", nio, nioPOSIX, logging]),
    .target(name: "CMemoryDisk", dependencies: [sqlite], path: "Shared/CMemoryDisk"),
    .target(
        name: "CDescriptor", path: "Shared/CDescriptor", exclude: ["README.md"],
        linkerSettings: [.linkedLibrary("protobuf-c")]),
    executable("MessageGenerator", "Shared/MessageGenerator", ["CDescriptor"]),
]

let services: [Target] = [
    library("Mail", "Services/Intake/Mail", ["Model", "CGMime", "CGumbo"]),
    library(
        "IntakeServer", "Services/Intake/Server",
        [
            "Model", "Wire", "RPC", "Store", "ServiceKit", "Mail", "CStemmer", "CCurl", nio, nioPOSIX, logging,
            serviceLifecycle, subprocess, system,
        ]),
    executable("IntakeMain", "Services/Intake/Main", ["IntakeServer", "ServiceKit"]),
    library(
        "RoutingServer", "Services/Routing/Server",
        [
            "Model", "Wire", "RPC", "Store", "ServiceKit", logging, serviceLifecycle,
        ]),
    executable("RoutingMain", "Services/Routing/Main", ["RoutingServer", "ServiceKit"]),
    library(
        "SLATimerServer", "Services/SLATimer/Server",
        [
            "Model", "Wire", "RPC", "Store", "ServiceKit", logging, serviceLifecycle,
        ]),
    executable("SLATimerMain", "Services/SLATimer/Main", ["SLATimerServer", "ServiceKit"]),
    library(
        "NotificationServer", "Services/Notification/Server",
        [
            "Model", "Wire", "RPC", "Store", "ServiceKit", "CGMime", "CCurl", logging, serviceLifecycle, mustache,
        ]),
    executable("NotificationMain", "Services/Notification/Main", ["NotificationServer", "ServiceKit"]),
    library(
        "GatewayServer", "Services/Gateway/Server",
        [
            "Model", "Wire", "RPC", "Store", "ServiceKit", nio, nioPOSIX, logging, serviceLifecycle,
            hummingbird, mustache,
            httpTypes,
        ], resources: [.embedInCode("Web")]),
    executable("GatewayMain", "Services/Gateway/Main", ["GatewayServer", "ServiceKit"]),
    library(
        "FirstlineCommand", "Services/Firstline/Command",
        [
            "Model", "Wire", "RPC", "Store", "COpenSSL", logging, argumentParser, subprocess, system, unixSignals,
        ]),
    executable("FirstlineMain", "Services/Firstline/Main", ["FirstlineCommand", argumentParser]),
]

let suites: [Target] = [
    tests("ModelTests", ["Model"]),
    tests("WireTests", ["Model", "Wire", "CWire", "CDescriptor", "FirstlineTesting"]),
    tests("RPCTests", ["Model", "Wire", "RPC", nio, nioPOSIX, nioEmbedded, nioHTTP2, nioHPACK, logging]),
    tests("StoreTests", ["Store", "FirstlineTesting", grdb]),
    tests(
        "ServiceKitTests",
        [
            "ServiceKit", "Model", "Wire", "RPC", "Store", "FirstlineTesting", logging, nio, nioPOSIX, subprocess,
            system,
        ]),
    tests("MailTests", ["Mail", "Model"]),
    tests(
        "IntakeTests",
        [
            "IntakeServer", "Mail", "Model", "Wire", "RPC", "Store", "ServiceKit", "FirstlineTesting", logging, nio,
            nioPOSIX, serviceLifecycle,
        ]),
    tests(
        "RoutingTests", ["RoutingServer", "Model", "Wire", "RPC", "Store", "ServiceKit", "FirstlineTesting", logging]),
    tests(
        "SLATimerTests", ["SLATimerServer", "Model", "Wire", "RPC", "Store", "ServiceKit", "FirstlineTesting", logging]),
    tests(
        "NotificationTests",
        [
            "NotificationServer", "Model", "Wire", "RPC", "Store", "ServiceKit", "FirstlineTesting", logging,
        ]),
    tests(
        "GatewayTests",
        [
            "GatewayServer", "IntakeServer", "Model", "Wire", "RPC", "Store", "ServiceKit", "FirstlineTesting", logging,
            httpTypes,
        ]),
    tests(
        "Simulation",
        [
            "IntakeServer", "RoutingServer", "SLATimerServer", "NotificationServer", "CMemoryDisk", "Model", "Wire",
            "Store", "ServiceKit", "FirstlineTesting", logging, grdb, serviceLifecycle,
        ]),
    tests("FirstlineCommandTests", ["FirstlineCommand", "Model", "Wire", "RPC", "Store", "FirstlineTesting"]),
]

/// One set of fuzz targets: the tests replay their corpus, and libFuzzer's own executable (`Tests/Fuzz/fuzz` builds it) looks for more.
let fuzzing: [Target] =
    Context.environment["FIRSTLINE_FUZZ"] == nil
    ? [
        .testTarget(
            name: "Fuzz", dependencies: ["Wire", "RPC", "Mail", "IntakeServer", nio], path: "Tests/Fuzz",
            exclude: ["Entry", "Corpus", "fuzz", "seed.py"], swiftSettings: settings)
    ]
    : [
        .executableTarget(
            name: "Fuzzer", dependencies: ["Wire", "RPC", "Mail", "IntakeServer", nio], path: "Tests/Fuzz",
            exclude: ["Corpus", "fuzz", "seed.py", "ReplayTests.swift"],
            swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])])
    ]

/// Our side of the benchmarks; `Tests/Benchmarks/run` builds and drives them.
let benchmarks: [Target] = [
    executable(
        "RPCBenchmark", "Tests/Benchmarks/Firstline",
        ["Model", "Wire", "RPC", "ServiceKit", nioPOSIX, logging, argumentParser, unixSignals]),
    executable(
        "StoreBenchmark", "Tests/Benchmarks/Store",
        ["Model", "Wire", "RPC", "Store", "ServiceKit", "IntakeServer", logging]),
    executable("MailBenchmark", "Tests/Benchmarks/Mail", ["Mail"]),
]

let package = Package(
    name: "Firstline",
    products: [
        .executable(name: "firstline", targets: ["FirstlineMain"]),
        .executable(name: "firstline-intake", targets: ["IntakeMain"]),
        .executable(name: "firstline-routing", targets: ["RoutingMain"]),
        .executable(name: "firstline-sla-timer", targets: ["SLATimerMain"]),
        .executable(name: "firstline-notification", targets: ["NotificationMain"]),
        .executable(name: "firstline-gateway", targets: ["GatewayMain"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0",
            traits: ["YAML", "CommandLineArguments"]),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
    ],
    targets: systemLibraries + shared + services + suites + benchmarks + fuzzing
)
