// gRPC C++ as the peer of Firstline's RPC: the same messages, metadata and deadlines, by the same command line as ours.
// Usage: grpc-cpp-peer server|client|stream --samples DIR [--tls DIR] [--api queue|callback|sync] [--threads N]
//        client, stream: --port N [--in-flight N] [--seconds S] [--warm-up-seconds S]
#include "client.h"
#include "server.h"

int main(int count, char **arguments) {
    try {
        std::string command = count > 1 ? arguments[1] : "";
        Options options(count, arguments);
        if (command == "server") run_server(options);
        if (command == "client") return run_client(options);
        if (command == "stream") return run_stream(options);
        throw std::invalid_argument("server, client or stream?");
    } catch (const std::exception &error) {
        std::cerr << "grpc-cpp-peer: " << error.what() << "\n";
        return 64;
    }
}
