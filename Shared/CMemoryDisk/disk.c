// The disks, their files, and what a cut of the power leaves of them.
#include <stdlib.h>
#include <string.h>

#include "file.h"

#define SECTOR_BYTES 512

void image_resize(image *image, int64_t count) {
    if (count > image->capacity) {
        int64_t capacity = image->capacity ? image->capacity : 65536;
        while (capacity < count) capacity *= 2;
        image->bytes = realloc(image->bytes, (size_t)capacity);
        if (!image->bytes) abort();
        image->capacity = capacity;
    }
    if (count > image->count) memset(image->bytes + image->count, 0, (size_t)(count - image->count));
    image->count = count;
}

static void image_copy(image *to, const image *from) {
    to->count = 0;
    image_resize(to, from->count);
    if (from->count) memcpy(to->bytes, from->bytes, (size_t)from->count);
}

node *node_open(memory_disk *disk, const char *path, bool may_create) {
    for (node *node = disk->nodes; node; node = node->next)
        if (!strcmp(node->path, path)) return node;
    if (!may_create) return NULL;
    node *node = calloc(1, sizeof *node);
    if (!node) abort();
    node->disk = disk;
    node->path = strdup(path);
    node->next = disk->nodes;
    disk->nodes = node;
    return node;
}

void node_forget_pending(node *node) {
    while (node->first) {
        pending *next = node->first->next;
        free(node->first);
        node->first = next;
    }
    node->last = NULL;
}

static void node_free(node *node) {
    node_forget_pending(node);
    for (int index = 0; index < SHARED_REGIONS; index++) free(node->regions[index]);
    free(node->now.bytes);
    free(node->synced.bytes);
    free(node->path);
    free(node);
}

void node_remove(memory_disk *disk, node *removed) {
    for (node **place = &disk->nodes; *place; place = &(*place)->next) {
        if (*place != removed) continue;
        *place = removed->next;
        break;
    }
    removed->is_dead = true;
    if (removed->open_count == 0) node_free(removed);
}

void node_release(node *node) {
    if (--node->open_count == 0 && node->is_dead) node_free(node);
}

bool memory_disk_allows(node *node, bool is_change) {
    memory_disk *disk = node->disk;
    if (node->is_dead || disk->has_failed) return false;
    if (is_change && disk->writes_left >= 0 && disk->writes_left-- == 0) {
        disk->has_failed = true;
        return false;
    }
    return true;
}

static uint64_t next_random(uint64_t *state) {
    // SplitMix64.
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/// Brings to the disk what chance left of an unsynced change: the sectors of a write each by themselves.
static void keep_some(node *node, const pending *change, bool is_whole, uint64_t *state) {
    if (change->count < 0) {
        if (is_whole || next_random(state) % 2) image_resize(&node->synced, change->offset);
        return;
    }
    for (int64_t done = 0; done < change->count;) {
        int64_t sector = SECTOR_BYTES - (change->offset + done) % SECTOR_BYTES;
        int64_t count = sector < change->count - done ? sector : change->count - done;
        if (is_whole || next_random(state) % 2) {
            int64_t end = change->offset + done + count;
            if (end > node->synced.count) image_resize(&node->synced, end);
            memcpy(node->synced.bytes + change->offset + done, change->bytes + done, (size_t)count);
        }
        done += count;
    }
}

void memory_disk_cut_power(memory_disk *disk, uint64_t seed) {
    node *old = disk->nodes;
    disk->nodes = NULL;
    while (old) {
        node *following = old->next;
        uint64_t fate = next_random(&seed) % 4;  // Nothing; a prefix; whatever; everything.
        for (pending *change = old->first; change && fate != 0; change = change->next) {
            if (fate == 1 && next_random(&seed) % 4 == 0) {
                keep_some(old, change, false, &seed);
                break;
            }
            keep_some(old, change, fate != 2, &seed);
        }
        node *fresh = node_open(disk, old->path, true);
        image_copy(&fresh->synced, &old->synced);
        image_copy(&fresh->now, &old->synced);
        old->next = NULL;
        old->is_dead = true;
        if (old->open_count == 0) node_free(old);
        old = following;
    }
    disk->has_failed = false;
    disk->writes_left = -1;
    disk->is_full = false;
}

static pthread_mutex_t disks_lock = PTHREAD_MUTEX_INITIALIZER;
static memory_disk *disks;

memory_disk *memory_disk_of(const char *path) {
    pthread_mutex_lock(&disks_lock);
    memory_disk *disk = disks;
    while (disk) {
        size_t count = strlen(disk->folder);
        if (!strncmp(path, disk->folder, count) && path[count] == '/') break;
        disk = disk->next;
    }
    pthread_mutex_unlock(&disks_lock);
    return disk;
}

memory_disk *memory_disk_create(const char *folder) {
    memory_disk *disk = calloc(1, sizeof *disk);
    if (!disk) abort();
    disk->folder = strdup(folder);
    disk->writes_left = -1;
    pthread_mutex_lock(&disks_lock);
    disk->next = disks;
    disks = disk;
    pthread_mutex_unlock(&disks_lock);
    return disk;
}

memory_disk *memory_disk_copy(const memory_disk *source, const char *folder) {
    memory_disk *disk = memory_disk_create(folder);
    for (const node *from = source->nodes; from; from = from->next) {
        size_t length = strlen(folder) + strlen(from->path) + 1;
        char *path = malloc(length);
        if (!path) abort();
        strcpy(path, folder);
        strcat(path, from->path + strlen(source->folder));
        node *to = node_open(disk, path, true);
        free(path);
        image_copy(&to->now, &from->synced);
        image_copy(&to->synced, &from->synced);
    }
    return disk;
}

void memory_disk_destroy(memory_disk *disk) {
    pthread_mutex_lock(&disks_lock);
    for (memory_disk **place = &disks; *place; place = &(*place)->next) {
        if (*place != disk) continue;
        *place = disk->next;
        break;
    }
    pthread_mutex_unlock(&disks_lock);
    while (disk->nodes) {
        node *node = disk->nodes;
        disk->nodes = node->next;
        node_free(node);
    }
    free(disk->folder);
    free(disk);
}

void memory_disk_fail_after(memory_disk *disk, int64_t writes) { disk->writes_left = writes; }

bool memory_disk_has_failed(const memory_disk *disk) { return disk->has_failed; }

void memory_disk_set_full(memory_disk *disk, bool is_full) { disk->is_full = is_full; }

int64_t memory_disk_syncs(const memory_disk *disk) { return disk->syncs; }

int64_t memory_disk_unsynced_bytes(const memory_disk *disk) {
    int64_t bytes = 0;
    for (const node *node = disk->nodes; node; node = node->next)
        for (const pending *change = node->first; change; change = change->next)
            if (change->count > 0) bytes += change->count;
    return bytes;
}
