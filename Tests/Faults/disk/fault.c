// Which call fails, and how: read once from the environment.
//
//   FIRSTLINE_TEST_FAULT=ACTION:CALL:FIRST[+STEP[xTIMES]]
//                                    ACTION kill, crash, EIO or ENOSPC; CALL write, sync, rename, truncate, open or any;
//                                    the FIRST call, with a step each STEP-th after it, so many TIMES
//   FIRSTLINE_TEST_LIES=1            every sync says that it was done, and does nothing
//   FIRSTLINE_TEST_SEED=N                           seeds what a crash leaves behind
//   FIRSTLINE_TEST_CALLS=FILE                       takes the counters, as they grow: six 64-bit numbers, the last counts faults
#define _GNU_SOURCE
#include "fault.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum action { ACTION_NONE, ACTION_KILL, ACTION_CRASH, ACTION_FAIL };

static const char *const names[FAULT_CALLS] = {"write", "sync", "rename", "truncate", "open"};

static enum action action;
static int failure;
static bool planted[FAULT_CALLS];
static uint64_t first, step, times;
static uint64_t local[FAULT_CALLS + 1];
static uint64_t *counters = local;
static uint64_t seen;
static uint64_t state = 0x9E3779B97F4A7C15u;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__thread bool fault_passes;
bool fault_lies;

uint32_t fault_random(uint32_t bound) {
    // splitmix64 (Steele, Lea and Flood 2014)
    uint64_t z = (state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (uint32_t)((z ^ (z >> 31)) >> 32) % bound;
}

static _Noreturn void die(void) {
    for (;;) syscall(SYS_kill, getpid(), SIGKILL);
}

_Noreturn void fault_crash(void) {
    fault_passes = true;
    vfs_crash();
    files_crash();
    die();
}

static void map_counters(const char *path) {
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0 || ftruncate(descriptor, sizeof local) != 0) abort();
    void *memory = mmap(NULL, sizeof local, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (memory == MAP_FAILED) abort();
    close(descriptor);
    counters = memory;
}

static void plant(const char *text) {
    char name[16], call[16];
    unsigned long long from = 0, every = 0, most = 0;
    if (sscanf(text, "%15[^:]:%15[^:]:%llu+%llux%llu", name, call, &from, &every, &most) < 3) abort();
    if (strcmp(name, "kill") == 0) action = ACTION_KILL;
    else if (strcmp(name, "crash") == 0) action = ACTION_CRASH;
    else if (strcmp(name, "EIO") == 0) action = ACTION_FAIL, failure = EIO;
    else if (strcmp(name, "ENOSPC") == 0) action = ACTION_FAIL, failure = ENOSPC;
    else abort();
    bool any = strcmp(call, "any") == 0;
    bool known = any;
    for (int index = 0; index < FAULT_CALLS; index++) {
        planted[index] = any || strcmp(call, names[index]) == 0;
        known = known || planted[index];
    }
    if (!known || from == 0) abort();
    first = from;
    step = every;
    times = most;
}

__attribute__((constructor(101))) static void begin(void) {
    fault_passes = true;
    const char *seed = getenv("FIRSTLINE_TEST_SEED");
    if (seed) state ^= strtoull(seed, NULL, 10);
    fault_lies = getenv("FIRSTLINE_TEST_LIES") != NULL;
    const char *calls = getenv("FIRSTLINE_TEST_CALLS");
    if (calls) map_counters(calls);
    const char *fault = getenv("FIRSTLINE_TEST_FAULT");
    if (fault) plant(fault);
    fault_passes = false;
}

int fault_before(enum fault_call call) {
    if (fault_passes) return 0;
    __atomic_add_fetch(&counters[call], 1, __ATOMIC_RELAXED);
    if (!planted[call]) return 0;
    uint64_t number = __atomic_add_fetch(&seen, 1, __ATOMIC_RELAXED);
    bool hits = number == first || (step != 0 && number > first && (number - first) % step == 0);
    if (!hits || (times != 0 && (number - first) / step >= times)) return 0;
    __atomic_add_fetch(&counters[FAULT_CALLS], 1, __ATOMIC_RELAXED);
    // A sync takes its time: what was promised too soon is heard before the end.
    if (call == FAULT_SYNC && action != ACTION_FAIL) usleep(10000);
    switch (action) {
    case ACTION_KILL: die();
    case ACTION_CRASH:
        // One crash is enough, whoever comes first.
        pthread_mutex_lock(&lock);
        fault_crash();
    default: return failure;
    }
}
