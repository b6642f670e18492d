/* A small disk for tests, on every machine and without rights: put before the C library (LD_PRELOAD), it lets the files
   below the folder $SMALL_DISK take as many bytes, in blocks, as the file $SMALL_DISK_ROOM says, and no more. A write
   that needs more fails as on a full disk; what is removed gives its room back. Without the second file there is room. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define BLOCK 4096

static long long blocks(long long bytes) { return (bytes + BLOCK - 1) / BLOCK * BLOCK; }

static long long used(const char *folder) {
    long long sum = 0;
    DIR *entries = opendir(folder);
    struct dirent *entry;
    while (entries && (entry = readdir(entries))) {
        char path[PATH_MAX];
        struct stat file;
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        if (snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) >= (int)sizeof path) continue;
        if (lstat(path, &file)) continue;
        if (S_ISDIR(file.st_mode)) sum += used(path);
        else if (S_ISREG(file.st_mode)) sum += blocks(file.st_size);
    }
    if (entries) closedir(entries);
    return sum;
}

/* Whether `fd` may be written up to `end`, or for an appending write by `count` more bytes if `end` is -1. */
static int has_room(int fd, long long end, long long count) {
    const char *disk = getenv("SMALL_DISK"), *said = getenv("SMALL_DISK_ROOM");
    char link[64], path[PATH_MAX];
    struct stat file;
    long long room;
    if (!disk || !said || fstat(fd, &file) || !S_ISREG(file.st_mode)) return 1;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 1;
    path[length] = 0;
    if (strncmp(path, disk, strlen(disk)) || path[strlen(disk)] != '/') return 1;
    FILE *limit = fopen(said, "r");
    if (!limit) return 1;
    int is_said = fscanf(limit, "%lld", &room) == 1;
    fclose(limit);
    if (end < 0) end = (fcntl(fd, F_GETFL) & O_APPEND ? file.st_size : lseek(fd, 0, SEEK_CUR)) + count;
    long long more = blocks(end) - blocks(file.st_size);
    return !is_said || more <= 0 || used(disk) + more <= room;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FULL (errno = ENOSPC, -1)

ssize_t write(int fd, const void *bytes, size_t count) {
    return has_room(fd, -1, count) ? REAL(write)(fd, bytes, count) : FULL;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
    return has_room(fd, at + count, 0) ? REAL(pwrite)(fd, bytes, count, at) : FULL;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
    return has_room(fd, at + count, 0) ? REAL(pwrite64)(fd, bytes, count, at) : FULL;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    long long sum = 0;
    for (int part = 0; part < count; part++) sum += parts[part].iov_len;
    return has_room(fd, -1, sum) ? REAL(writev)(fd, parts, count) : FULL;
}
