// Files and names below FIRSTLINE_TEST_FOLDER: their calls are counted and may fail; at a crash what was not synced is partly lost.
// SQLite's own files are left to vfs.c where the test disk is on.
#define _GNU_SOURCE
#include "fault.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST_DESCRIPTORS = 4096, MOST_PENDING = 4096 };

// An open file of the folder. SQLite's log, database and index are no plain files.
struct tracked {
    char *path;
    bool plain;
};

// A plain file written to since its last sync.
struct unsynced {
    char *path;
    off_t kept;
};

// A name made since its folder's last sync: `from` is empty for a new file.
struct naming {
    char *from, *to;
};

static char folder[PATH_MAX];
static size_t folder_length;
static struct tracked table[MOST_DESCRIPTORS];
static struct unsynced dirty[MOST_PENDING];
static struct naming namings[MOST_PENDING];
static int dirty_count, naming_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor(102))) static void begin(void) {
    const char *path = getenv("FIRSTLINE_TEST_FOLDER");
    if (path && realpath(path, folder)) folder_length = strlen(folder);
}

// What a service owes to nobody does not count: keys that it only reads, and the file that tells where it listens, which is written
// under another name first.
static bool inside(const char *path) {
    static const char *const passed[] = {".key", ".pub", ".token", "endpoints.json", "/.dat.nosync"};
    if (folder_length == 0 || strncmp(path, folder, folder_length) != 0 || path[folder_length] != '/') return false;
    for (size_t index = 0; index < sizeof passed / sizeof *passed; index++) {
        if (strstr(path + folder_length, passed[index])) return false;
    }
    return true;
}

static bool is_plain(const char *path) {
    const char *name = strrchr(path, '/');
    return strstr(name, ".sqlite") == NULL && strcmp(name, "/lock") != 0;
}

static bool is_tracked(int descriptor) {
    return descriptor >= 0 && descriptor < MOST_DESCRIPTORS && table[descriptor].path != NULL;
}

static void note_name(const char *from, const char *to) {
    if (naming_count < MOST_PENDING) namings[naming_count++] = (struct naming){strdup(from), strdup(to)};
}

static int opened(const char *path, int flags, int descriptor, bool existed) {
    if (descriptor < 0 || descriptor >= MOST_DESCRIPTORS || !inside(path)) return descriptor;
    pthread_mutex_lock(&lock);
    free(table[descriptor].path);
    table[descriptor] = (struct tracked){strdup(path), is_plain(path)};
    if ((flags & O_CREAT) && !existed && is_plain(path)) note_name("", path);
    pthread_mutex_unlock(&lock);
    return descriptor;
}

static int open_file(int at, const char *path, int flags, mode_t mode) {
    bool counts = inside(path) && !fault_passes;
    bool existed = true;
    if (counts) {
        int failure = fault_before(FAULT_OPEN);
        if (failure) return errno = failure, -1;
        existed = syscall(SYS_faccessat, AT_FDCWD, path, F_OK) == 0;
    }
    long descriptor = syscall(SYS_openat, at, path, flags, mode);
    return counts ? opened(path, flags, (int)descriptor, existed) : (int)descriptor;
}

#define MODE(flags, last)                                                                                                      \
    mode_t mode = 0;                                                                                                           \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                                                                                     \
        va_list arguments;                                                                                                     \
        va_start(arguments, last);                                                                                             \
        mode = va_arg(arguments, mode_t);                                                                                      \
        va_end(arguments);                                                                                                     \
    }

int open(const char *path, int flags, ...) {
    MODE(flags, flags)
    return open_file(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    MODE(flags, flags)
    return open_file(AT_FDCWD, path, flags, mode);
}

int openat(int at, const char *path, int flags, ...) {
    MODE(flags, flags)
    return open_file(at, path, flags, mode);
}

int openat64(int at, const char *path, int flags, ...) {
    MODE(flags, flags)
    return open_file(at, path, flags, mode);
}

int close(int descriptor) {
    if (is_tracked(descriptor)) {
        pthread_mutex_lock(&lock);
        free(table[descriptor].path);
        table[descriptor].path = NULL;
        pthread_mutex_unlock(&lock);
    }
    return (int)syscall(SYS_close, descriptor);
}

// Before the first write since the last sync: what is there now is what a crash keeps.
static int before_change(int descriptor, enum fault_call call) {
    if (fault_passes || !is_tracked(descriptor)) return 0;
    int failure = fault_before(call);
    if (failure) return failure;
    pthread_mutex_lock(&lock);
    if (table[descriptor].plain) {
        int index = 0;
        while (index < dirty_count && strcmp(dirty[index].path, table[descriptor].path) != 0) index++;
        struct stat status;
        if (index == dirty_count && dirty_count < MOST_PENDING && fstat(descriptor, &status) == 0) {
            dirty[dirty_count++] = (struct unsynced){strdup(table[descriptor].path), status.st_size};
        }
    }
    pthread_mutex_unlock(&lock);
    return 0;
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
    int failure = before_change(descriptor, FAULT_WRITE);
    if (failure) return errno = failure, -1;
    return syscall(SYS_write, descriptor, bytes, count);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    int failure = before_change(descriptor, FAULT_WRITE);
    if (failure) return errno = failure, -1;
    return syscall(SYS_pwrite64, descriptor, bytes, count, offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
    return pwrite(descriptor, bytes, count, offset);
}

int ftruncate(int descriptor, off_t size) {
    int failure = before_change(descriptor, FAULT_TRUNCATE);
    if (failure) return errno = failure, -1;
    return (int)syscall(SYS_ftruncate, descriptor, size);
}

int ftruncate64(int descriptor, off64_t size) { return ftruncate(descriptor, size); }

static bool stands_in(const char *path, const char *parent) {
    size_t length = strlen(parent);
    return strncmp(path, parent, length) == 0 && path[length] == '/' && strchr(path + length + 1, '/') == NULL;
}

// A file's bytes, or a folder's names, are durable now.
static void synced(const char *path) {
    pthread_mutex_lock(&lock);
    for (int index = 0; index < dirty_count; index++) {
        if (strcmp(dirty[index].path, path) != 0) continue;
        free(dirty[index].path);
        dirty[index] = dirty[--dirty_count];
        break;
    }
    int kept = 0;
    for (int index = 0; index < naming_count; index++) {
        if (stands_in(namings[index].to, path)) free(namings[index].from), free(namings[index].to);
        else namings[kept++] = namings[index];
    }
    naming_count = kept;
    pthread_mutex_unlock(&lock);
}

// SQLite syncs the folder of its files, and passes over an error of that; the store does so too, and does not. So such a sync never fails here.
static bool is_store_folder(const char *path) {
    char name[PATH_MAX];
    snprintf(name, sizeof name, "%s/store.sqlite", path);
    return syscall(SYS_faccessat, AT_FDCWD, name, F_OK) == 0;
}

static int sync_file(int descriptor, long number) {
    bool ours = is_tracked(descriptor) && !fault_passes;
    if (ours && !is_store_folder(table[descriptor].path)) {
        int failure = fault_before(FAULT_SYNC);
        if (failure) return errno = failure, -1;
    }
    if (ours && fault_lies) return 0;
    int result = (int)syscall(number, descriptor);
    if (ours && result == 0) synced(table[descriptor].path);
    return result;
}

int fsync(int descriptor) { return sync_file(descriptor, SYS_fsync); }
int fdatasync(int descriptor) { return sync_file(descriptor, SYS_fdatasync); }

int rename(const char *from, const char *to) {
    bool counts = inside(to) && !fault_passes;
    if (counts) {
        int failure = fault_before(FAULT_RENAME);
        if (failure) return errno = failure, -1;
    }
    int result = (int)syscall(SYS_rename, from, to);
    if (counts && result == 0) {
        pthread_mutex_lock(&lock);
        note_name(from, to);
        for (int index = 0; index < dirty_count; index++) {
            if (strcmp(dirty[index].path, from) != 0) continue;
            free(dirty[index].path);
            dirty[index].path = strdup(to);
        }
        pthread_mutex_unlock(&lock);
    }
    return result;
}

// The newest names go first: one made of another is undone before it.
void files_crash(void) {
    for (int index = 0; index < dirty_count; index++) {
        struct stat status;
        if (stat(dirty[index].path, &status) != 0 || status.st_size <= dirty[index].kept) continue;
        off_t grown = status.st_size - dirty[index].kept;
        if (truncate(dirty[index].path, dirty[index].kept + fault_random((uint32_t)grown)) != 0) continue;
    }
    for (int index = naming_count - 1; index >= 0; index--) {
        if (fault_random(2) == 0) continue;
        if (namings[index].from[0] == 0) syscall(SYS_unlink, namings[index].to);
        else syscall(SYS_rename, namings[index].to, namings[index].from);
    }
}
