#ifndef MEMORY_DISK_FILE_H
#define MEMORY_DISK_FILE_H

#include <pthread.h>
#include <sqlite3.h>

#include "memory_disk.h"

/// Bytes that grow.
typedef struct {
    uint8_t *bytes;
    int64_t count;
    int64_t capacity;
} image;

/// A write that was not synced, or a truncation (`bytes` is null).
typedef struct pending {
    struct pending *next;
    int64_t offset;
    int64_t count;
    uint8_t bytes[];
} pending;

#define SHARED_REGIONS 64
#define REGION_BYTES 32768

/// One file in one life of the disk: a cut of the power leaves it to those who have it open, dead.
typedef struct node {
    struct node *next;
    memory_disk *disk;
    char *path;
    image now;     // As readers see it.
    image synced;  // As the disk has it.
    pending *first, *last;
    int open_count;
    bool is_dead;
    int shared_locks;
    struct handle *reserved, *exclusive;
    uint8_t *regions[SHARED_REGIONS];
    int region_shared[SQLITE_SHM_NLOCK];
    int region_exclusive[SQLITE_SHM_NLOCK];
} node;

/// One open file of SQLite's.
typedef struct handle {
    sqlite3_file base;
    node *node;
    int lock;
    uint16_t shared_mask, exclusive_mask;
} handle;

struct memory_disk {
    memory_disk *next;
    char *folder;
    node *nodes;
    bool is_full;
    bool has_failed;
    int64_t writes_left;  // -1: no end.
    int64_t syncs;
};

extern const sqlite3_io_methods memory_disk_methods;

/// Makes room for `count` bytes; what is new is zero.
void image_resize(image *image, int64_t count);

node *node_open(memory_disk *disk, const char *path, bool may_create);
void node_remove(memory_disk *disk, node *node);
void node_release(node *node);
void node_forget_pending(node *node);

/// Whether the power is on; counts the operation when it changes something.
bool memory_disk_allows(node *node, bool is_change);

#endif
