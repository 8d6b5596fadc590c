// The least that answers a message with a message: one epoll loop, frames of a 4-byte length and a protobuf-c message, answers in order. No
// streams, deadlines, metadata or status: the floor that the RPC's processor time is compared with.
// Usage: epoll-peer server --samples DIR
//        epoll-peer client --samples DIR --port N [--in-flight N] [--seconds S] [--warm-up-seconds S]
#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "firstline/v1/intake.pb-c.h"

enum { BUFFER = 1 << 20, RECEIVE = 64 * 1024, LIMIT_IN_FLIGHT = 4096, LIMIT_CALLS = 8 * 1000 * 1000, LONGEST_LIFE_SECONDS = 600 };

struct connection {
    int socket;
    size_t received, waiting;  // Bytes in `input` and in `output`.
    uint8_t input[BUFFER], output[BUFFER];
};

struct options {
    const char *samples;
    int port, in_flight;
    double seconds, warm_up_seconds;
};

static void stop(const char *why) {
    fprintf(stderr, "epoll-peer: %s: %s\n", why, strerror(errno));
    exit(1);
}

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static double cpu_us(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

// Messages are decoded into memory that is taken in order and given back at once.
static uint8_t arena[64 * 1024];
static size_t arena_used;

static void *take(void *context, size_t size) {
    (void)context;
    size_t start = (arena_used + 15) & ~(size_t)15;
    if (size > sizeof arena - start) return NULL;
    arena_used = start + size;
    return arena + start;
}

static void give_back(void *context, void *memory) { (void)context, (void)memory; }

static ProtobufCAllocator allocator = {take, give_back, NULL};

static ProtobufCMessage *decode(const ProtobufCMessageDescriptor *type, const uint8_t *bytes, size_t length) {
    arena_used = 0;
    ProtobufCMessage *message = protobuf_c_message_unpack(type, &allocator, length, bytes);
    if (!message) stop("cannot decode");
    return message;
}

static ProtobufCMessage *sample(const struct options *options, const char *name, const ProtobufCMessageDescriptor *type) {
    char path[4096];
    uint8_t bytes[4096];
    snprintf(path, sizeof path, "%s/%s", options->samples, name);
    FILE *file = fopen(path, "rb");
    if (!file) stop(path);
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    ProtobufCMessage *message = protobuf_c_message_unpack(type, NULL, length, bytes);
    if (!message) stop(path);
    return message;
}

static void append(struct connection *connection, const ProtobufCMessage *message) {
    size_t length = protobuf_c_message_get_packed_size(message);
    if (connection->waiting + 4 + length > BUFFER) stop("the output is full");
    uint8_t *frame = connection->output + connection->waiting;
    uint32_t prefix = htonl((uint32_t)length);
    memcpy(frame, &prefix, 4);
    protobuf_c_message_pack(message, frame + 4);
    connection->waiting += 4 + length;
}

// Writes what waits; whether all of it went.
static int flush(struct connection *connection) {
    size_t sent = 0;
    while (sent < connection->waiting) {
        ssize_t count = send(connection->socket, connection->output + sent, connection->waiting - sent, MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN) break;
        if (count < 0) stop("send");
        sent += (size_t)count;
    }
    memmove(connection->output, connection->output + sent, connection->waiting - sent);
    connection->waiting -= sent;
    return connection->waiting == 0;
}

// Reads once and hands each whole frame to `received`; whether the connection lives.
static int receive(struct connection *connection, void (*received)(struct connection *, const uint8_t *, size_t)) {
    size_t room = BUFFER - connection->received;
    ssize_t count = recv(connection->socket, connection->input + connection->received, room < RECEIVE ? room : RECEIVE, 0);
    if (count == 0 || (count < 0 && errno == ECONNRESET)) return 0;
    if (count < 0 && errno == EAGAIN) return 1;
    if (count < 0) stop("recv");
    connection->received += (size_t)count;
    size_t place = 0;
    while (connection->received - place >= 4) {
        uint32_t length;
        memcpy(&length, connection->input + place, 4);
        length = ntohl(length);
        if (length > RECEIVE) stop("a frame is too long");
        if (connection->received - place - 4 < length) break;
        received(connection, connection->input + place + 4, length);
        place += 4 + length;
    }
    memmove(connection->input, connection->input + place, connection->received - place);
    connection->received -= place;
    return 1;
}

static void watch(int poll, int operation, int socket, uint32_t events) {
    struct epoll_event event = {.events = events, .data.fd = socket};
    if (epoll_ctl(poll, operation, socket, &event) < 0) stop("epoll_ctl");
}

static void want_speed(int socket) {
    int one = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static volatile sig_atomic_t is_ending;

static void end(int signal) {
    (void)signal;
    is_ending = 1;
}

static ProtobufCMessage *reply;

static void answer(struct connection *connection, const uint8_t *bytes, size_t length) {
    Firstline__V1__CreateTicketRequest *request =
        (Firstline__V1__CreateTicketRequest *)decode(&firstline__v1__create_ticket_request__descriptor, bytes, length);
    if (request->subject.len == 0) stop("a request without a subject");
    append(connection, reply);
}

static void serve(const struct options *options) {
    struct sigaction action = {.sa_handler = end};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGALRM, &action, NULL);
    alarm(LONGEST_LIFE_SECONDS);
    reply = sample(options, "reply.bin", &firstline__v1__ticket_reply__descriptor);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), poll = epoll_create1(0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 16) < 0) stop("listen");
    getsockname(listener, (struct sockaddr *)&address, &size);
    watch(poll, EPOLL_CTL_ADD, listener, EPOLLIN);
    double cpu = cpu_us();
    printf("{\"port\": %d}\n", ntohs(address.sin_port));
    fflush(stdout);
    // One connection at a time is all that is measured.
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection) stop("calloc");
    connection->socket = -1;
    while (!is_ending) {
        struct epoll_event event;
        if (epoll_wait(poll, &event, 1, -1) < 1) continue;
        if (event.data.fd == listener) {
            int accepted = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
            if (accepted < 0) continue;
            if (connection->socket >= 0) stop("a second connection");
            want_speed(accepted);
            connection->socket = accepted;
            watch(poll, EPOLL_CTL_ADD, accepted, EPOLLIN);
        } else {
            if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) && !receive(connection, answer)) {
                close(connection->socket);
                *connection = (struct connection){.socket = -1};
                continue;
            }
            watch(poll, EPOLL_CTL_MOD, connection->socket, flush(connection) ? EPOLLIN : EPOLLIN | EPOLLOUT);
        }
    }
    printf("{\"cpu_seconds\": %f}\n", (cpu_us() - cpu) / 1e6);
    free(connection);
}

static struct {
    const ProtobufCMessage *request;
    int64_t began[LIMIT_IN_FLIGHT];  // Answers come in order: a ring.
    size_t oldest, newest;
    uint32_t *latencies;
    size_t calls, calls_with_warm_up;
    int64_t start, end;
    double cpu_at_start, cpu;
} load;

static void call(struct connection *connection) {
    load.began[load.newest++ % LIMIT_IN_FLIGHT] = now_ns();
    append(connection, load.request);
}

static void answered(struct connection *connection, const uint8_t *bytes, size_t length) {
    Firstline__V1__TicketReply *received = (Firstline__V1__TicketReply *)decode(&firstline__v1__ticket_reply__descriptor, bytes, length);
    if (!received->ticket || received->ticket->id == 0) stop("an answer without a ticket");
    int64_t now = now_ns(), latency = now - load.began[load.oldest++ % LIMIT_IN_FLIGHT];
    load.calls_with_warm_up++;
    if (now >= load.start && load.cpu_at_start == 0) load.cpu_at_start = cpu_us();
    if (now >= load.start && now < load.end && load.calls < LIMIT_CALLS) load.latencies[load.calls++] = (uint32_t)latency;
    if (now < load.end) call(connection);
    else if (load.cpu == 0) load.cpu = cpu_us() - load.cpu_at_start;
}

static int ascending(const void *left, const void *right) {
    uint32_t first = *(const uint32_t *)left, second = *(const uint32_t *)right;
    return (first > second) - (first < second);
}

static void run_client(const struct options *options) {
    load.request = sample(options, "request.bin", &firstline__v1__create_ticket_request__descriptor);
    load.latencies = malloc(LIMIT_CALLS * sizeof *load.latencies);
    struct connection *connection = calloc(1, sizeof *connection);
    if (!load.latencies || !connection || options->in_flight < 1 || options->in_flight > LIMIT_IN_FLIGHT) stop("bad size");
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)options->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    connection->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(connection->socket, (struct sockaddr *)&address, sizeof address) < 0) stop("connect");
    want_speed(connection->socket);
    load.start = now_ns() + (int64_t)(options->warm_up_seconds * 1e9);
    load.end = load.start + (int64_t)(options->seconds * 1e9);
    for (int place = 0; place < options->in_flight; place++) call(connection);
    while (load.oldest < load.newest) {
        flush(connection);
        if (!receive(connection, answered)) stop("the server went away");
    }
    qsort(load.latencies, load.calls, sizeof *load.latencies, ascending);
    double count = (double)load.calls;
    printf("{\"calls\": %zu, \"calls_with_warm_up\": %zu, \"seconds\": %g, \"calls_per_second\": %.1f, \"p50_us\": %.1f, \"p99_us\": %.1f, "
           "\"cpu_us_per_call\": %.3f}\n",
           load.calls, load.calls_with_warm_up, options->seconds, count / options->seconds, load.latencies[load.calls / 2] / 1e3,
           load.latencies[load.calls * 99 / 100] / 1e3, load.cpu / count);
    close(connection->socket);
    free(connection);
    free(load.latencies);
}

int main(int count, char **arguments) {
    struct options options = {.in_flight = 16, .seconds = 3, .warm_up_seconds = 1};
    for (int place = 2; place + 1 < count; place += 2) {
        const char *name = arguments[place], *value = arguments[place + 1];
        if (!strcmp(name, "--samples")) options.samples = value;
        else if (!strcmp(name, "--port")) options.port = atoi(value);
        else if (!strcmp(name, "--in-flight")) options.in_flight = atoi(value);
        else if (!strcmp(name, "--seconds")) options.seconds = atof(value);
        else if (!strcmp(name, "--warm-up-seconds")) options.warm_up_seconds = atof(value);
        else return 64;
    }
    if (count < 2 || !options.samples) return 64;
    if (!strcmp(arguments[1], "server")) serve(&options);
    else if (!strcmp(arguments[1], "client")) run_client(&options);
    else return 64;
    return 0;
}
