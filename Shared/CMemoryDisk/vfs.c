// SQLite's way to files: the disks in memory for their folders, the system for all others.
#include <string.h>

#include "file.h"

memory_disk *memory_disk_of(const char *path);

static sqlite3_vfs *system_vfs;
static sqlite3_vfs vfs;

static int vfs_open(sqlite3_vfs *self, const char *path, sqlite3_file *file, int flags, int *out_flags) {
    (void)self;
    memory_disk *disk = path ? memory_disk_of(path) : NULL;
    if (!disk) return system_vfs->xOpen(system_vfs, path, file, flags, out_flags);
    memset(file, 0, sizeof(handle));
    if (disk->has_failed) return SQLITE_CANTOPEN;
    node *node = node_open(disk, path, flags & SQLITE_OPEN_CREATE);
    if (!node) return SQLITE_CANTOPEN;
    node->open_count++;
    handle *opened = (handle *)file;
    opened->base.pMethods = &memory_disk_methods;
    opened->node = node;
    if (out_flags) *out_flags = flags;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *self, const char *path, int is_synced) {
    (void)self;
    memory_disk *disk = memory_disk_of(path);
    if (!disk) return system_vfs->xDelete(system_vfs, path, is_synced);
    node *node = node_open(disk, path, false);
    if (!node) return SQLITE_IOERR_DELETE_NOENT;
    if (!memory_disk_allows(node, true)) return SQLITE_IOERR_DELETE;
    node_remove(disk, node);
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *self, const char *path, int flags, int *result) {
    (void)self;
    memory_disk *disk = memory_disk_of(path);
    if (!disk) return system_vfs->xAccess(system_vfs, path, flags, result);
    node *node = node_open(disk, path, false);
    // As the system's: an empty file counts as none.
    *result = node && (flags != SQLITE_ACCESS_EXISTS || node->now.count > 0);
    return SQLITE_OK;
}

static int vfs_full_pathname(sqlite3_vfs *self, const char *path, int count, char *full) {
    (void)self;
    if (!memory_disk_of(path)) return system_vfs->xFullPathname(system_vfs, path, count, full);
    if ((int)strlen(path) >= count) return SQLITE_CANTOPEN;
    strcpy(full, path);
    return SQLITE_OK;
}

void memory_disk_install(void) {
    if (system_vfs) return;
    system_vfs = sqlite3_vfs_find(NULL);
    vfs = *system_vfs;
    vfs.zName = "memory-disk";
    vfs.pNext = NULL;
    if (vfs.szOsFile < (int)sizeof(handle)) vfs.szOsFile = (int)sizeof(handle);
    vfs.xOpen = vfs_open;
    vfs.xDelete = vfs_delete;
    vfs.xAccess = vfs_access;
    vfs.xFullPathname = vfs_full_pathname;
    sqlite3_vfs_register(&vfs, 1);
}
