// grpc-swift-2 as a peer of Firstline's RPC, by the same command line as ours, as it comes: no tuning of its own is published that would change
// it for this load.
// Usage: RPCPeer server --samples DIR
//        RPCPeer client --samples DIR --port N [--in-flight N] [--seconds S] [--warm-up-seconds S]
import Messages

let options = Options(CommandLine.arguments.dropFirst(2))
switch CommandLine.arguments.dropFirst().first {
case "server": try await runServer(options)
case "client": try await runClient(options)
default: fatalError("server or client?")
}
