// Faults that a test plants into one running executable by LD_PRELOAD: see README.md beside this file.
#ifndef FIRSTLINE_FAULT_H
#define FIRSTLINE_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What is counted, each with a counter of its own.
enum fault_call { FAULT_WRITE, FAULT_SYNC, FAULT_RENAME, FAULT_TRUNCATE, FAULT_OPEN, FAULT_CALLS };

// Counts a call and says what becomes of it: 0, or the errno that it fails with. May not return at all: then the process is dead.
int fault_before(enum fault_call call);

// Whether this thread's calls are the test disk's own and do not count.
extern __thread bool fault_passes;

// Whether syncs are passed over and reported as done, as by a bad disk: what the harness must see.
extern bool fault_lies;

// From the seeded generator: 0 up to `bound`.
uint32_t fault_random(uint32_t bound);

// Ends the process as a power failure does: what was not synced is partly there, partly not.
_Noreturn void fault_crash(void);

// The overlay's part and the plain files' part of a power failure.
void vfs_crash(void);
void files_crash(void);

#endif
