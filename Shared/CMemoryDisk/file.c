// SQLite's methods on an open file of a disk.
#include <stdlib.h>
#include <string.h>

#include "file.h"

static handle *of(sqlite3_file *file) { return (handle *)file; }

static int file_close(sqlite3_file *file) {
    handle *handle = of(file);
    node *node = handle->node;
    if (node->reserved == handle) node->reserved = NULL;
    if (node->exclusive == handle) node->exclusive = NULL;
    if (handle->lock != SQLITE_LOCK_NONE) node->shared_locks--;
    node_release(node);
    return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *into, int count, sqlite3_int64 offset) {
    node *node = of(file)->node;
    if (!memory_disk_allows(node, false)) return SQLITE_IOERR_READ;
    int64_t there = node->now.count - offset;
    if (there >= count) {
        memcpy(into, node->now.bytes + offset, (size_t)count);
        return SQLITE_OK;
    }
    memset(into, 0, (size_t)count);
    if (there > 0) memcpy(into, node->now.bytes + offset, (size_t)there);
    return SQLITE_IOERR_SHORT_READ;
}

static void note(node *node, int64_t offset, int64_t count, const void *bytes) {
    pending *change = malloc(sizeof *change + (count > 0 ? (size_t)count : 0));
    if (!change) abort();
    change->next = NULL;
    change->offset = offset;
    change->count = count;
    if (count > 0) memcpy(change->bytes, bytes, (size_t)count);
    if (node->last) node->last->next = change; else node->first = change;
    node->last = change;
}

static int file_write(sqlite3_file *file, const void *from, int count, sqlite3_int64 offset) {
    node *node = of(file)->node;
    if (!memory_disk_allows(node, true)) return SQLITE_IOERR_WRITE;
    if (offset + count > node->now.count) {
        if (node->disk->is_full) return SQLITE_FULL;
        image_resize(&node->now, offset + count);
    }
    memcpy(node->now.bytes + offset, from, (size_t)count);
    note(node, offset, count, from);
    return SQLITE_OK;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
    node *node = of(file)->node;
    if (!memory_disk_allows(node, true)) return SQLITE_IOERR_TRUNCATE;
    image_resize(&node->now, size);
    note(node, size, -1, NULL);
    return SQLITE_OK;
}

static int file_sync(sqlite3_file *file, int flags) {
    (void)flags;
    node *node = of(file)->node;
    if (!memory_disk_allows(node, true)) return SQLITE_IOERR_FSYNC;
    for (pending *change = node->first; change; change = change->next) {
        if (change->count < 0) {
            image_resize(&node->synced, change->offset);
        } else {
            if (change->offset + change->count > node->synced.count)
                image_resize(&node->synced, change->offset + change->count);
            memcpy(node->synced.bytes + change->offset, change->bytes, (size_t)change->count);
        }
    }
    node_forget_pending(node);
    node->disk->syncs++;
    return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
    node *node = of(file)->node;
    if (!memory_disk_allows(node, false)) return SQLITE_IOERR_FSTAT;
    *size = node->now.count;
    return SQLITE_OK;
}

static int file_lock(sqlite3_file *file, int wanted) {
    handle *handle = of(file);
    node *node = handle->node;
    if (!memory_disk_allows(node, false)) return SQLITE_IOERR_LOCK;
    if (handle->lock >= wanted) return SQLITE_OK;
    if (node->exclusive && node->exclusive != handle) return SQLITE_BUSY;
    if (handle->lock == SQLITE_LOCK_NONE) {
        node->shared_locks++;
        handle->lock = SQLITE_LOCK_SHARED;
    }
    if (wanted >= SQLITE_LOCK_RESERVED) {
        if (node->reserved && node->reserved != handle) return SQLITE_BUSY;
        node->reserved = handle;
    }
    if (wanted == SQLITE_LOCK_EXCLUSIVE) {
        if (node->shared_locks > 1) return SQLITE_BUSY;
        node->exclusive = handle;
    }
    handle->lock = wanted;
    return SQLITE_OK;
}

static int file_unlock(sqlite3_file *file, int wanted) {
    handle *handle = of(file);
    node *node = handle->node;
    if (handle->lock <= wanted) return SQLITE_OK;
    if (node->exclusive == handle) node->exclusive = NULL;
    if (node->reserved == handle) node->reserved = NULL;
    if (wanted == SQLITE_LOCK_NONE) node->shared_locks--;
    handle->lock = wanted;
    return SQLITE_OK;
}

static int file_check_reserved(sqlite3_file *file, int *is_reserved) {
    *is_reserved = of(file)->node->reserved != NULL;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int operation, void *argument) {
    (void)file, (void)operation, (void)argument;
    return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *file) {
    (void)file;
    return 512;
}

static int file_characteristics(sqlite3_file *file) {
    (void)file;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int shared_map(sqlite3_file *file, int region, int count, int may_extend, void volatile **into) {
    node *node = of(file)->node;
    *into = NULL;
    if (!memory_disk_allows(node, false) || region >= SHARED_REGIONS || count > REGION_BYTES) return SQLITE_IOERR_SHMMAP;
    if (!node->regions[region] && may_extend) {
        node->regions[region] = calloc(1, REGION_BYTES);
        if (!node->regions[region]) return SQLITE_NOMEM;
    }
    *into = node->regions[region];
    return SQLITE_OK;
}

static int shared_lock(sqlite3_file *file, int offset, int count, int flags) {
    handle *handle = of(file);
    node *node = handle->node;
    uint16_t mask = (uint16_t)(((1u << count) - 1) << offset);
    if (flags & SQLITE_SHM_UNLOCK) {
        for (int index = offset; index < offset + count; index++) {
            uint16_t bit = (uint16_t)(1u << index);
            if (handle->shared_mask & bit) node->region_shared[index]--;
            if (handle->exclusive_mask & bit) node->region_exclusive[index]--;
        }
        handle->shared_mask &= (uint16_t)~mask;
        handle->exclusive_mask &= (uint16_t)~mask;
        return SQLITE_OK;
    }
    if (!memory_disk_allows(node, false)) return SQLITE_IOERR_SHMLOCK;
    bool is_exclusive = flags & SQLITE_SHM_EXCLUSIVE;
    for (int index = offset; index < offset + count; index++) {
        uint16_t bit = (uint16_t)(1u << index);
        int own_shared = (handle->shared_mask & bit) != 0, own_exclusive = (handle->exclusive_mask & bit) != 0;
        if (node->region_exclusive[index] > own_exclusive) return SQLITE_BUSY;
        if (is_exclusive && node->region_shared[index] > own_shared) return SQLITE_BUSY;
    }
    for (int index = offset; index < offset + count; index++) {
        uint16_t bit = (uint16_t)(1u << index);
        if (is_exclusive && !(handle->exclusive_mask & bit)) node->region_exclusive[index]++;
        if (!is_exclusive && !(handle->shared_mask & bit)) node->region_shared[index]++;
    }
    if (is_exclusive) handle->exclusive_mask |= mask; else handle->shared_mask |= mask;
    return SQLITE_OK;
}

static void shared_barrier(sqlite3_file *file) { (void)file; }

static int shared_unmap(sqlite3_file *file, int is_deleted) {
    handle *handle = of(file);
    shared_lock(file, 0, SQLITE_SHM_NLOCK, SQLITE_SHM_UNLOCK | SQLITE_SHM_SHARED);
    if (is_deleted) {
        for (int index = 0; index < SHARED_REGIONS; index++) {
            free(handle->node->regions[index]);
            handle->node->regions[index] = NULL;
        }
    }
    return SQLITE_OK;
}

const sqlite3_io_methods memory_disk_methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = shared_map,
    .xShmLock = shared_lock,
    .xShmBarrier = shared_barrier,
    .xShmUnmap = shared_unmap,
};
