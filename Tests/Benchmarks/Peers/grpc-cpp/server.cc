// The server: by completion queues (one thread each), by the callback API, or (streams) by the synchronous one.
#include "server.h"

#include <csignal>
#include <memory>
#include <thread>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "firstline/v1/intake.grpc.pb.h"
#include "firstline/v1/journal.grpc.pb.h"

namespace v1 = firstline::v1;

namespace {

// What ours checks too: a subject, and a key.
grpc::Status verdict(const v1::CreateTicketRequest &request, const std::multimap<grpc::string_ref, grpc::string_ref> &metadata) {
    if (request.subject().empty() || metadata.find("idempotency-key") == metadata.end()) {
        return {grpc::StatusCode::INVALID_ARGUMENT, "subject and idempotency key are required"};
    }
    return grpc::Status::OK;
}

// The next entry of an endless journal.
void advance(v1::FollowResponse &response) {
    auto *entry = response.mutable_entries(0);
    entry->set_offset(entry->offset() + 1);
    entry->set_at_ms(entry->at_ms() + 1);
    response.set_head(entry->offset());
}

v1::FollowResponse before_first(v1::FollowResponse entry) {
    entry.mutable_entries(0)->set_offset(0);
    return entry;
}

// An event of a completion queue.
struct Event {
    virtual ~Event() = default;
    virtual void happened(bool ok) = 0;
};

struct QueueServices {
    v1::Intake::WithAsyncMethod_CreateTicket<v1::Intake::Service> intake;
    v1::Journal::WithAsyncMethod_Follow<v1::Journal::Service> journal;
};

struct CreateTicket : Event {
    QueueServices &services;
    grpc::ServerCompletionQueue &queue;
    const v1::TicketReply &reply;
    grpc::ServerContext context;
    v1::CreateTicketRequest request;
    grpc::ServerAsyncResponseWriter<v1::TicketReply> responder{&context};
    bool is_answered = false;

    CreateTicket(QueueServices &services, grpc::ServerCompletionQueue &queue, const v1::TicketReply &reply)
        : services(services), queue(queue), reply(reply) {
        services.intake.RequestCreateTicket(&context, &request, &responder, &queue, &queue, this);
    }

    void happened(bool ok) override {
        if (!ok || is_answered) {
            delete this;
            return;
        }
        new CreateTicket(services, queue, reply);
        is_answered = true;
        auto status = verdict(request, context.client_metadata());
        if (status.ok()) responder.Finish(reply, status, this);
        else responder.FinishWithError(status, this);
    }
};

struct Follow : Event {
    QueueServices &services;
    grpc::ServerCompletionQueue &queue;
    grpc::ServerContext context;
    v1::FollowRequest request;
    v1::FollowResponse response;
    grpc::ServerAsyncWriter<v1::FollowResponse> writer{&context};
    bool is_started = false, is_over = false;

    Follow(QueueServices &services, grpc::ServerCompletionQueue &queue, const v1::FollowResponse &first)
        : services(services), queue(queue), response(first) {
        services.journal.RequestFollow(&context, &request, &writer, &queue, &queue, this);
    }

    void happened(bool ok) override {
        if (is_over || (!ok && !is_started)) {
            delete this;
        } else if (!ok) {
            is_over = true;
            writer.Finish(grpc::Status::CANCELLED, this);
        } else {
            if (!is_started) new Follow(services, queue, response);
            is_started = true;
            advance(response);
            writer.Write(response, this);
        }
    }
};

void serve(grpc::ServerCompletionQueue &queue) {
    void *tag = nullptr;
    bool ok = false;
    while (queue.Next(&tag, &ok)) static_cast<Event *>(tag)->happened(ok);
}

struct CallbackIntake : v1::Intake::CallbackService {
    v1::TicketReply reply;
    grpc::ServerUnaryReactor *CreateTicket(
        grpc::CallbackServerContext *context, const v1::CreateTicketRequest *request, v1::TicketReply *response) override {
        auto *reactor = context->DefaultReactor();
        *response = reply;
        reactor->Finish(verdict(*request, context->client_metadata()));
        return reactor;
    }
};

struct CallbackJournal : v1::Journal::CallbackService {
    v1::FollowResponse first;

    struct Writer : grpc::ServerWriteReactor<v1::FollowResponse> {
        v1::FollowResponse response;
        explicit Writer(const v1::FollowResponse &first) : response(first) { next(); }
        void next() {
            advance(response);
            StartWrite(&response);
        }
        void OnWriteDone(bool ok) override { ok ? next() : Finish(grpc::Status::CANCELLED); }
        void OnDone() override { delete this; }
    };

    grpc::ServerWriteReactor<v1::FollowResponse> *Follow(grpc::CallbackServerContext *, const v1::FollowRequest *) override {
        return new Writer(first);
    }
};

struct SyncJournal : v1::Journal::Service {
    v1::FollowResponse first;
    grpc::Status Follow(grpc::ServerContext *, const v1::FollowRequest *, grpc::ServerWriter<v1::FollowResponse> *writer) override {
        auto response = first;
        do advance(response);
        while (writer->Write(response));
        return grpc::Status::CANCELLED;
    }
};

std::shared_ptr<grpc::ServerCredentials> credentials(const Options &options) {
    if (options.tls.empty()) return grpc::InsecureServerCredentials();
    grpc::SslServerCredentialsOptions tls(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    tls.pem_root_certs = Options::file(options.tls + "/ca.crt");
    tls.pem_key_cert_pairs.push_back({Options::file(options.tls + "/intake.key"), Options::file(options.tls + "/intake.crt")});
    return grpc::SslServerCredentials(tls);
}

// A server lives no longer than this, whoever forgets it.
constexpr timespec longest_life{600, 0};

void wait_for_end() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigtimedwait(&signals, nullptr, &longest_life);
}

} // namespace

[[noreturn]] void run_server(const Options &options) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);

    const auto reply = options.sample<v1::TicketReply>("reply.bin");
    const auto first = before_first(options.sample<v1::FollowResponse>("entry.bin"));
    QueueServices queued;
    CallbackIntake callback_intake;
    CallbackJournal callback_journal;
    SyncJournal sync_journal;
    callback_intake.reply = reply, callback_journal.first = first, sync_journal.first = first;

    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", credentials(options), &port);
    std::vector<std::unique_ptr<grpc::ServerCompletionQueue>> queues;
    if (options.api == "callback") {
        builder.RegisterService(&callback_intake).RegisterService(&callback_journal);
    } else if (options.api == "sync") {
        builder.RegisterService(&sync_journal);
    } else {
        builder.RegisterService(&queued.intake).RegisterService(&queued.journal);
        for (int number = 0; number < options.threads; number++) queues.push_back(builder.AddCompletionQueue());
    }
    auto server = builder.BuildAndStart();
    if (!server) throw std::runtime_error("cannot listen");
    std::vector<std::thread> threads;
    for (auto &queue : queues) {
        for (int slot = 0; slot < 64; slot++) new CreateTicket(queued, *queue, reply);
        new Follow(queued, *queue, first);
        threads.emplace_back([&queue] { serve(*queue); });
    }
    double cpu = cpu_us();
    std::printf("{\"port\": %d}\n", port);
    std::fflush(stdout);
    wait_for_end();
    std::printf("{\"cpu_seconds\": %.6f}\n", (cpu_us() - cpu) / 1e6);
    std::fflush(stdout);
    // All is measured: taking the queues down in good order would tell nothing more.
    std::_Exit(0);
}
