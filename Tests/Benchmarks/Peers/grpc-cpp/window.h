// When a measurement begins and ends, and what fell into it. Several threads may add.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <vector>

#include "options.h"

class Window {
public:
    explicit Window(const Options &options)
        : start(Clock::now() + duration(options.warm_up_seconds)), end(start + duration(options.seconds)), seconds(options.seconds) {}

    bool is_over() const { return Clock::now() >= end; }

    // Something was done that began at `began`; whether to go on.
    bool add(Clock::time_point began) {
        auto now = Clock::now();
        std::lock_guard lock(mutex);
        total++;
        if (now < start) return true;
        if (!begun) begun = true, cpu_at_start = cpu_us();
        if (now < end) {
            nanoseconds.push_back(uint32_t(std::min<int64_t>((now - began).count(), UINT32_MAX)));
        } else if (!ended) {
            ended = true, cpu = cpu_us() - cpu_at_start;
        }
        return now < end;
    }

    // One line of JSON. `noun` is "call" or "entry", `plural` its plural.
    void print(const char *noun, const char *plural) {
        std::sort(nanoseconds.begin(), nanoseconds.end());
        auto count = double(nanoseconds.size());
        std::printf(
            "{\"%s\": %.0f, \"%s_with_warm_up\": %lld, \"seconds\": %g, \"%s_per_second\": %.1f, \"p50_us\": %.1f, \"p99_us\": %.1f, "
            "\"cpu_us_per_%s\": %.3f}\n",
            plural, count, plural, (long long)total, seconds, plural, count / seconds, percentile(0.5), percentile(0.99), noun, cpu / count);
        std::fflush(stdout);
    }

private:
    static Clock::duration duration(double seconds) {
        return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    }

    double percentile(double share) const {
        if (nanoseconds.empty()) throw std::runtime_error("nothing was done in the window");
        return nanoseconds[std::min(nanoseconds.size() - 1, size_t(double(nanoseconds.size()) * share))] / 1e3;
    }

    Clock::time_point start, end;
    double seconds;
    std::mutex mutex;
    std::vector<uint32_t> nanoseconds;
    int64_t total = 0;
    bool begun = false, ended = false;
    double cpu_at_start = 0, cpu = 0;
};
