// swift-tools-version: 6.2
import PackageDescription

// What Firstline's RPC and messages are compared with, as they come. The codec stands alone, for it is built in a fraction of the time.
let package = Package(
    name: "GRPCSwiftPeer",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/grpc/grpc-swift-2", exact: "2.4.3"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport", exact: "2.9.2"),
        .package(url: "https://github.com/grpc/grpc-swift-protobuf", exact: "2.4.1"),
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
    ],
    targets: [
        // `Generated` is made by protoc-gen-swift before the first build; see `peers.py`.
        .target(name: "Messages", dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")]),
        .executableTarget(
            name: "CodecPeer", dependencies: ["Messages", .product(name: "SwiftProtobuf", package: "swift-protobuf")]),
        .executableTarget(
            name: "RPCPeer",
            dependencies: [
                "Messages",
                .product(name: "GRPCCore", package: "grpc-swift-2"),
                .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
                .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
            ]),
    ]
)
