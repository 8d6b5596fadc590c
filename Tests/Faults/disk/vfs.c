// A disk that forgets: with FIRSTLINE_TEST_DISK=1 this is SQLite's default VFS, over "unix". What SQLite writes stays in memory, seen by
// every connection of the process, and reaches the file when SQLite syncs it. A process that is killed has lost the rest; at a crash a
// random part of it is there, in 512-byte sectors and in no order.
#define _GNU_SOURCE
#include "fault.h"

#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { SECTOR = 512 };

// A write or, without bytes, a cut to the size `offset`.
struct change {
    sqlite3_int64 offset;
    size_t count;
    unsigned char *bytes;
};

// What the process sees of one file, and what of that the disk does not have yet.
struct image {
    char *path;
    unsigned char *bytes;
    size_t size, room;
    struct change *changes;
    size_t change_count, change_room;
    // A handle through which it can be written at a crash.
    sqlite3_file *writable;
    struct image *next;
};

// An open file: `image` is null for what is only passed through.
struct disk_file {
    sqlite3_file base;
    struct image *image;
    sqlite3_file *real;
};

static sqlite3_vfs *below;
static struct image *images;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(file) (((struct disk_file *)(file))->real)
#define IMAGE(file) (((struct disk_file *)(file))->image)

static void resize(struct image *image, size_t size) {
    if (size > image->room) {
        image->room = size * 2;
        image->bytes = realloc(image->bytes, image->room);
        if (!image->bytes) abort();
    }
    if (size > image->size) memset(image->bytes + image->size, 0, size - image->size);
    image->size = size;
}

static void note(struct image *image, sqlite3_int64 offset, const void *bytes, size_t count) {
    if (image->change_count == image->change_room) {
        image->change_room = image->change_room ? image->change_room * 2 : 64;
        image->changes = realloc(image->changes, image->change_room * sizeof *image->changes);
        if (!image->changes) abort();
    }
    unsigned char *copy = NULL;
    if (bytes) {
        copy = malloc(count ? count : 1);
        if (!copy) abort();
        memcpy(copy, bytes, count);
    }
    image->changes[image->change_count++] = (struct change){offset, count, copy};
}

static void forget(struct image *image) {
    for (size_t index = 0; index < image->change_count; index++) free(image->changes[index].bytes);
    image->change_count = 0;
}

static int error_of(int failure, int otherwise) { return failure == ENOSPC ? SQLITE_FULL : otherwise; }

static int disk_close(sqlite3_file *file) {
    pthread_mutex_lock(&lock);
    if (IMAGE(file) && IMAGE(file)->writable == REAL(file)) IMAGE(file)->writable = NULL;
    int result = REAL(file)->pMethods->xClose(REAL(file));
    pthread_mutex_unlock(&lock);
    return result;
}

static int disk_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    struct image *image = IMAGE(file);
    pthread_mutex_lock(&lock);
    size_t there = (size_t)offset < image->size ? image->size - (size_t)offset : 0;
    size_t taken = there < (size_t)count ? there : (size_t)count;
    memcpy(bytes, image->bytes + offset, taken);
    pthread_mutex_unlock(&lock);
    if (taken == (size_t)count) return SQLITE_OK;
    memset((char *)bytes + taken, 0, (size_t)count - taken);
    return SQLITE_IOERR_SHORT_READ;
}

static int disk_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    int failure = fault_before(FAULT_WRITE);
    if (failure) return error_of(failure, SQLITE_IOERR_WRITE);
    struct image *image = IMAGE(file);
    pthread_mutex_lock(&lock);
    if ((size_t)offset + (size_t)count > image->size) resize(image, (size_t)offset + (size_t)count);
    memcpy(image->bytes + offset, bytes, (size_t)count);
    note(image, offset, bytes, (size_t)count);
    image->writable = REAL(file);
    pthread_mutex_unlock(&lock);
    return SQLITE_OK;
}

static int disk_truncate(sqlite3_file *file, sqlite3_int64 size) {
    int failure = fault_before(FAULT_TRUNCATE);
    if (failure) return error_of(failure, SQLITE_IOERR_TRUNCATE);
    pthread_mutex_lock(&lock);
    resize(IMAGE(file), (size_t)size);
    note(IMAGE(file), size, NULL, 0);
    IMAGE(file)->writable = REAL(file);
    pthread_mutex_unlock(&lock);
    return SQLITE_OK;
}

static int apply(sqlite3_file *real, const struct change *change) {
    if (!change->bytes) return real->pMethods->xTruncate(real, change->offset);
    return real->pMethods->xWrite(real, change->bytes, (int)change->count, change->offset);
}

static int disk_sync(sqlite3_file *file, int flags) {
    int failure = fault_before(FAULT_SYNC);
    if (failure) return SQLITE_IOERR_FSYNC;
    if (fault_lies) return SQLITE_OK;
    struct image *image = IMAGE(file);
    pthread_mutex_lock(&lock);
    bool passed = fault_passes;
    fault_passes = true;
    int result = SQLITE_OK;
    for (size_t index = 0; index < image->change_count && result == SQLITE_OK; index++) {
        result = apply(REAL(file), &image->changes[index]);
    }
    forget(image);
    if (result == SQLITE_OK) result = REAL(file)->pMethods->xSync(REAL(file), flags);
    fault_passes = passed;
    pthread_mutex_unlock(&lock);
    return result;
}

static int disk_size(sqlite3_file *file, sqlite3_int64 *size) {
    pthread_mutex_lock(&lock);
    *size = (sqlite3_int64)IMAGE(file)->size;
    pthread_mutex_unlock(&lock);
    return SQLITE_OK;
}

static int disk_control(sqlite3_file *file, int code, void *argument) {
    // These would let the real file grow before it is synced.
    if (code == SQLITE_FCNTL_SIZE_HINT || code == SQLITE_FCNTL_CHUNK_SIZE) return SQLITE_OK;
    return REAL(file)->pMethods->xFileControl(REAL(file), code, argument);
}

static int disk_lock(sqlite3_file *file, int level) { return REAL(file)->pMethods->xLock(REAL(file), level); }
static int disk_unlock(sqlite3_file *file, int level) { return REAL(file)->pMethods->xUnlock(REAL(file), level); }
static int disk_reserved(sqlite3_file *file, int *out) { return REAL(file)->pMethods->xCheckReservedLock(REAL(file), out); }
static int disk_sector(sqlite3_file *file) { return REAL(file)->pMethods->xSectorSize(REAL(file)); }
static int disk_traits(sqlite3_file *file) { return REAL(file)->pMethods->xDeviceCharacteristics(REAL(file)); }
static int disk_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out) {
    return REAL(file)->pMethods->xShmMap(REAL(file), page, size, extend, out);
}
static int disk_shm_lock(sqlite3_file *file, int offset, int count, int flags) {
    return REAL(file)->pMethods->xShmLock(REAL(file), offset, count, flags);
}
static void disk_shm_barrier(sqlite3_file *file) { REAL(file)->pMethods->xShmBarrier(REAL(file)); }
static int disk_shm_unmap(sqlite3_file *file, int remove) { return REAL(file)->pMethods->xShmUnmap(REAL(file), remove); }

// Version 2: no memory map, which would go past the image.
static const sqlite3_io_methods methods = {
    2, disk_close, disk_read, disk_write, disk_truncate, disk_sync, disk_size, disk_lock, disk_unlock, disk_reserved, disk_control,
    disk_sector, disk_traits, disk_shm_map, disk_shm_lock, disk_shm_barrier, disk_shm_unmap, NULL, NULL,
};

static int pass_close(sqlite3_file *file) { return REAL(file)->pMethods->xClose(REAL(file)); }
static int pass_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    return REAL(file)->pMethods->xRead(REAL(file), bytes, count, offset);
}
static int pass_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    return REAL(file)->pMethods->xWrite(REAL(file), bytes, count, offset);
}
static int pass_truncate(sqlite3_file *file, sqlite3_int64 size) { return REAL(file)->pMethods->xTruncate(REAL(file), size); }
static int pass_sync(sqlite3_file *file, int flags) { return REAL(file)->pMethods->xSync(REAL(file), flags); }
static int pass_size(sqlite3_file *file, sqlite3_int64 *size) { return REAL(file)->pMethods->xFileSize(REAL(file), size); }

// For SQLite's temporary files, which need not last.
static const sqlite3_io_methods passing = {
    1, pass_close, pass_read, pass_write, pass_truncate, pass_sync, pass_size, disk_lock, disk_unlock, disk_reserved, disk_control,
    disk_sector, disk_traits, NULL, NULL, NULL, NULL, NULL, NULL,
};

// The image of a file, read from the disk when nobody has it yet.
static struct image *image_of(const char *path, sqlite3_file *real) {
    for (struct image *image = images; image; image = image->next) {
        if (strcmp(image->path, path) == 0) return image;
    }
    struct image *image = calloc(1, sizeof *image);
    sqlite3_int64 size = 0;
    if (!image || real->pMethods->xFileSize(real, &size) != SQLITE_OK) abort();
    image->path = strdup(path);
    resize(image, (size_t)size);
    if (size > 0 && real->pMethods->xRead(real, image->bytes, (int)size, 0) != SQLITE_OK) abort();
    image->next = images;
    images = image;
    return image;
}

static int disk_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out) {
    (void)vfs;
    struct disk_file *opened = (struct disk_file *)file;
    opened->base.pMethods = NULL;
    opened->image = NULL;
    opened->real = (sqlite3_file *)(opened + 1);
    opened->real->pMethods = NULL;
    int failure = fault_before(FAULT_OPEN);
    if (failure) return error_of(failure, SQLITE_CANTOPEN);
    bool passed = fault_passes;
    fault_passes = true;
    pthread_mutex_lock(&lock);
    int result = below->xOpen(below, path, opened->real, flags, out);
    if (result == SQLITE_OK) {
        bool lasts = path && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL));
        opened->base.pMethods = lasts ? &methods : &passing;
        if (lasts) opened->image = image_of(path, opened->real);
    } else if (opened->real->pMethods) {
        opened->real->pMethods->xClose(opened->real);
    }
    pthread_mutex_unlock(&lock);
    fault_passes = passed;
    return result;
}

static int disk_delete(sqlite3_vfs *vfs, const char *path, int sync) {
    (void)vfs;
    pthread_mutex_lock(&lock);
    for (struct image **place = &images; *place; place = &(*place)->next) {
        struct image *image = *place;
        if (strcmp(image->path, path) != 0) continue;
        // Whoever still has it open goes on with it, unseen.
        *place = image->next;
        forget(image);
        image->writable = NULL;
        break;
    }
    pthread_mutex_unlock(&lock);
    return below->xDelete(below, path, sync);
}

static void keep_some(sqlite3_file *real, const struct change *change, uint32_t share) {
    if (!change->bytes) {
        if (fault_random(100) < share) apply(real, change);
        return;
    }
    for (size_t done = 0; done < change->count;) {
        size_t place = (size_t)change->offset + done;
        size_t count = SECTOR - place % SECTOR;
        if (count > change->count - done) count = change->count - done;
        struct change sector = {(sqlite3_int64)place, count, change->bytes + done};
        if (fault_random(100) < share) apply(real, &sector);
        done += count;
    }
}

void vfs_crash(void) {
    static const uint32_t shares[] = {0, 30, 60, 95, 100};
    // Whoever holds the lock is on its way to the disk; a moment later nobody writes any more.
    pthread_mutex_lock(&lock);
    for (struct image *image = images; image; image = image->next) {
        if (!image->writable) continue;
        uint32_t share = shares[fault_random(sizeof shares / sizeof *shares)];
        for (size_t index = 0; index < image->change_count; index++) {
            keep_some(image->writable, &image->changes[index], share);
        }
    }
}

__attribute__((constructor)) static void begin(void) {
    if (!getenv("FIRSTLINE_TEST_DISK")) return;
    below = sqlite3_vfs_find("unix");
    if (!below) abort();
    static sqlite3_vfs disk;
    disk = *below;
    disk.zName = "firstline-test-disk";
    disk.szOsFile = (int)sizeof(struct disk_file) + below->szOsFile;
    disk.pAppData = NULL;
    disk.xOpen = disk_open;
    disk.xDelete = disk_delete;
    if (sqlite3_vfs_register(&disk, 1) != SQLITE_OK) abort();
}
