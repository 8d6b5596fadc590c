// The client: by completion queues (one thread each), by the callback API, or (streams) by the synchronous one.
#include "client.h"

#include <condition_variable>
#include <memory>
#include <thread>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "firstline/v1/intake.grpc.pb.h"
#include "firstline/v1/journal.grpc.pb.h"
#include "window.h"

namespace v1 = firstline::v1;

namespace {

std::shared_ptr<grpc::Channel> connect(const Options &options) {
    auto address = "127.0.0.1:" + std::to_string(options.port);
    if (options.tls.empty()) return grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
    grpc::SslCredentialsOptions tls;
    tls.pem_root_certs = Options::file(options.tls + "/ca.crt");
    tls.pem_private_key = Options::file(options.tls + "/gateway.key");
    tls.pem_cert_chain = Options::file(options.tls + "/gateway.crt");
    grpc::ChannelArguments arguments;
    arguments.SetSslTargetNameOverride("localhost");
    return grpc::CreateCustomChannel(address, grpc::SslCredentials(tls), arguments);
}

// What every call of Firstline's services carries.
void dress(grpc::ClientContext &context, const Options &options) {
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    if (options.tls.empty()) context.AddMetadata("service", "gateway");
}

// One caller: its next call begins when the last one was answered.
class Caller {
public:
    Caller(int number, v1::Intake::Stub &stub, const v1::CreateTicketRequest &request, const Options &options, Window &window)
        : number(number), stub(stub), request(request), options(options), window(window) {}

    void call(grpc::CompletionQueue &queue) {
        begin();
        reader = stub.AsyncCreateTicket(context.get(), request, &queue);
        reader->Finish(&reply, &status, this);
    }

    // The callback API: calls until the window is over, then `ended`.
    void call(std::function<void()> ended) {
        begin();
        stub.async()->CreateTicket(context.get(), &request, &reply, [this, ended](grpc::Status result) {
            status = std::move(result);
            if (answered()) call(ended);
            else ended();
        });
    }

    // Whether to go on.
    bool answered() {
        if (!status.ok() || reply.ticket().id() == 0) {
            std::cerr << "grpc-cpp-peer: a call failed: " << status.error_message() << "\n";
            std::_Exit(1);
        }
        return window.add(began);
    }

private:
    void begin() {
        context = std::make_unique<grpc::ClientContext>();
        dress(*context, options);
        context->AddMetadata("idempotency-key", "benchmark-caller-" + std::to_string(number) + "-" + std::to_string(calls++));
        began = Clock::now();
    }

    int number;
    int64_t calls = 0;
    v1::Intake::Stub &stub;
    const v1::CreateTicketRequest &request;
    const Options &options;
    Window &window;
    std::unique_ptr<grpc::ClientContext> context;
    std::unique_ptr<grpc::ClientAsyncResponseReader<v1::TicketReply>> reader;
    v1::TicketReply reply;
    grpc::Status status;
    Clock::time_point began;
};

// One completion queue and its share of the callers.
void run_queue(std::vector<Caller *> callers) {
    grpc::CompletionQueue queue;
    for (auto *caller : callers) caller->call(queue);
    void *tag = nullptr;
    bool ok = false;
    for (size_t running = callers.size(); running > 0 && queue.Next(&tag, &ok);) {
        auto *caller = static_cast<Caller *>(tag);
        if (caller->answered()) caller->call(queue);
        else running--;
    }
    queue.Shutdown();
    while (queue.Next(&tag, &ok)) {}
}

void run_callbacks(const std::vector<std::unique_ptr<Caller>> &callers) {
    std::mutex mutex;
    std::condition_variable ended;
    size_t running = callers.size();
    for (auto &caller : callers) {
        caller->call([&] {
            std::lock_guard lock(mutex);
            if (--running == 0) ended.notify_one();
        });
    }
    std::unique_lock lock(mutex);
    ended.wait(lock, [&] { return running == 0; });
}

// Whether to read on.
bool received(const v1::FollowResponse &response, int64_t &offset, Window &window) {
    if (response.entries_size() != 1 || response.entries(0).offset() != ++offset) {
        std::cerr << "grpc-cpp-peer: entries must come in order\n";
        std::_Exit(1);
    }
    return window.add(Clock::now());
}

void read_synchronously(v1::Journal::Stub &stub, grpc::ClientContext &context, const v1::FollowRequest &request, Window &window) {
    auto reader = stub.Follow(&context, request);
    v1::FollowResponse response;
    int64_t offset = 0;
    while (reader->Read(&response)) {
        if (!received(response, offset, window)) context.TryCancel();
    }
    reader->Finish();
}

void read_by_queue(v1::Journal::Stub &stub, grpc::ClientContext &context, const v1::FollowRequest &request, Window &window) {
    grpc::CompletionQueue queue;
    void *tag = nullptr;
    bool ok = false;
    auto reader = stub.AsyncFollow(&context, request, &queue, nullptr);
    queue.Next(&tag, &ok);
    v1::FollowResponse response;
    int64_t offset = 0;
    while (ok) {
        reader->Read(&response, nullptr);
        queue.Next(&tag, &ok);
        if (ok && !received(response, offset, window)) context.TryCancel();
    }
    grpc::Status status;
    reader->Finish(&status, nullptr);
    queue.Next(&tag, &ok);
    queue.Shutdown();
    while (queue.Next(&tag, &ok)) {}
}

struct Reader : grpc::ClientReadReactor<v1::FollowResponse> {
    grpc::ClientContext &context;
    Window &window;
    v1::FollowResponse response;
    int64_t offset = 0;
    std::mutex mutex;
    std::condition_variable ended;
    bool is_over = false;

    Reader(v1::Journal::Stub &stub, grpc::ClientContext &context, const v1::FollowRequest &request, Window &window)
        : context(context), window(window) {
        stub.async()->Follow(&context, &request, this);
        StartRead(&response);
        StartCall();
    }
    void OnReadDone(bool ok) override {
        if (!ok) return;
        if (!received(response, offset, window)) context.TryCancel();
        StartRead(&response);
    }
    void OnDone(const grpc::Status &) override {
        std::lock_guard lock(mutex);
        is_over = true;
        ended.notify_one();
    }
    void wait() {
        std::unique_lock lock(mutex);
        ended.wait(lock, [&] { return is_over; });
    }
};

} // namespace

int run_client(const Options &options) {
    auto stub = v1::Intake::NewStub(connect(options));
    const auto request = options.sample<v1::CreateTicketRequest>("request.bin");
    Window window(options);
    std::vector<std::unique_ptr<Caller>> callers;
    for (int number = 0; number < options.in_flight; number++) {
        callers.push_back(std::make_unique<Caller>(number, *stub, request, options, window));
    }
    if (options.api == "callback") {
        run_callbacks(callers);
    } else {
        std::vector<std::vector<Caller *>> shares(size_t(options.threads));
        for (size_t number = 0; number < callers.size(); number++) shares[number % shares.size()].push_back(callers[number].get());
        std::vector<std::thread> threads;
        for (auto &share : shares) threads.emplace_back(run_queue, share);
        for (auto &thread : threads) thread.join();
    }
    window.print("call", "calls");
    return 0;
}

int run_stream(const Options &options) {
    auto stub = v1::Journal::NewStub(connect(options));
    v1::FollowRequest request;
    request.set_follower("gateway");
    grpc::ClientContext context;
    if (options.tls.empty()) context.AddMetadata("service", "gateway");
    Window window(options);
    if (options.api == "callback") Reader(*stub, context, request, window).wait();
    else if (options.api == "sync") read_synchronously(*stub, context, request, window);
    else read_by_queue(*stub, context, request, window);
    window.print("entry", "entries");
    return 0;
}
