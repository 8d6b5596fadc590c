// What the command line says, the clock, and the processor's time.
#pragma once

#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>

using Clock = std::chrono::steady_clock;

struct Options {
    std::string samples;       // The folder of request.bin, reply.bin and entry.bin.
    std::string tls;           // The folder of the certificates; empty for plain TCP.
    std::string api = "queue"; // queue (completion queue), callback, or sync (streams only).
    int threads = 1;           // That serve completion queues.
    int port = 0;
    int in_flight = 16;
    double seconds = 3, warm_up_seconds = 1;

    Options(int count, char **arguments) {
        for (int place = 2; place + 1 < count; place += 2) set(arguments[place], arguments[place + 1]);
        if (samples.empty()) throw std::invalid_argument("--samples is missing");
    }

    template <typename Message>
    Message sample(const char *name) const {
        Message message;
        if (!message.ParseFromString(file(samples + "/" + name))) throw std::runtime_error(std::string("no message: ") + name);
        return message;
    }

    static std::string file(const std::string &path) {
        std::ifstream stream(path, std::ios::binary);
        if (!stream) throw std::runtime_error("cannot read " + path);
        return {std::istreambuf_iterator<char>(stream), {}};
    }

private:
    void set(const std::string &name, const char *value) {
        if (name == "--samples") samples = value;
        else if (name == "--tls") tls = value;
        else if (name == "--api") api = value;
        else if (name == "--threads") threads = std::atoi(value);
        else if (name == "--port") port = std::atoi(value);
        else if (name == "--in-flight") in_flight = std::atoi(value);
        else if (name == "--seconds") seconds = std::atof(value);
        else if (name == "--warm-up-seconds") warm_up_seconds = std::atof(value);
        else throw std::invalid_argument("unknown option " + name);
    }
};

// User and system time of this process, in microseconds.
inline double cpu_us() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    auto sum = [](const timeval &time) { return double(time.tv_sec) * 1e6 + double(time.tv_usec); };
    return sum(usage.ru_utime) + sum(usage.ru_stime);
}
