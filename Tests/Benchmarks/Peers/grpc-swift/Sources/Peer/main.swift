// grpc-swift-2 and swift-protobuf as peers of Firstline's RPC and messages, by the same command line as ours, as they come: no tuning of theirs
// is published that would change them for this load.
// Usage: Peer server --samples DIR
//        Peer client --samples DIR --port N [--in-flight N] [--seconds S] [--warm-up-seconds S]
//        Peer codec --samples DIR [--count N]
import Foundation

let options = Options(CommandLine.arguments.dropFirst(2))
switch CommandLine.arguments.dropFirst().first {
case "server": try await runServer(options)
case "client": try await runClient(options)
case "codec": try runCodec(options)
default: fatalError("server, client or codec?")
}
