#ifndef MEMORY_DISK_H
#define MEMORY_DISK_H

#include <stdbool.h>
#include <stdint.h>

/// A disk in memory for SQLite, that can lose power: what was written and not synced is then lost, wholly, in part, or not at all.
///
/// It stands for all files beneath one folder; the files of other folders stay with the system. Each disk belongs to one thread.
typedef struct memory_disk memory_disk;

/// Puts the disks in front of SQLite's own way to files. Once a process, before any connection is opened.
void memory_disk_install(void);

/// An empty disk for the files beneath `folder`.
memory_disk *memory_disk_create(const char *folder);

/// A disk with the same synced files beneath another folder. No file of `source` may be open.
memory_disk *memory_disk_copy(const memory_disk *source, const char *folder);

/// Forgets the disk. None of its files may be open.
void memory_disk_destroy(memory_disk *disk);

/// Cuts the power: every open file fails from now on, for good, and the disk holds what was synced, with some of what was not.
/// - Parameter seed: chooses what of the unsynced is there.
void memory_disk_cut_power(memory_disk *disk, uint64_t seed);

/// From the `writes`-th write, sync or truncation after now, everything fails, as if the power had gone there; -1 for never.
/// `memory_disk_cut_power` must follow.
void memory_disk_fail_after(memory_disk *disk, int64_t writes);

/// Whether the power has gone by `memory_disk_fail_after`, and was not cut since.
bool memory_disk_has_failed(const memory_disk *disk);

/// While set, no file grows: SQLITE_FULL.
void memory_disk_set_full(memory_disk *disk, bool is_full);

/// Syncs since the disk was made.
int64_t memory_disk_syncs(const memory_disk *disk);

/// Bytes written and not yet synced.
int64_t memory_disk_unsynced_bytes(const memory_disk *disk);

#endif
