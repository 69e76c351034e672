/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "watch/outside.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { NS_PER_S = 1000000000, MS_PER_S = 1000, NS_PER_MS = 1000000 };

static int do_open(int folder, const char *name, int flags, mode_t mode)
{
    return openat(folder, name, flags, mode);
}

static ssize_t do_read(int descriptor, void *bytes, size_t size)
{
    return read(descriptor, bytes, size);
}

static ssize_t do_pread(int descriptor, void *bytes, size_t size, off_t offset)
{
    return pread(descriptor, bytes, size, offset);
}

static int do_reserve(int descriptor, off_t size)
{
    return fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, size);
}

static int do_stat(int folder, const char *name, struct stat *out)
{
    return fstatat(folder, name, out, AT_SYMLINK_NOFOLLOW);
}

static int do_link(int folder, const char *name, int to_folder, const char *to_name)
{
    return linkat(folder, name, to_folder, to_name, 0);
}

/* The kernel grants a read lease only where nobody writes; it is given back at once. Should somebody want to write in that
 * moment, the kernel makes him wait for it and sends a signal: one that is ignored unless somebody waits for it. */
static bool do_is_written(int descriptor)
{
    fcntl(descriptor, F_SETSIG, SIGURG);
    if (fcntl(descriptor, F_SETLEASE, F_RDLCK) < 0)
        return errno == EAGAIN;
    fcntl(descriptor, F_SETLEASE, F_UNLCK);
    return false;
}

static int64_t do_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * MS_PER_S + now.tv_nsec / NS_PER_MS;
}

static int64_t do_wall_s(void)
{
    return time(NULL);
}

const struct outside outside_real = {
    .open = do_open,
    .close = close,
    .read = do_read,
    .pread = do_pread,
    .write = write,
    .reserve = do_reserve,
    .fsync = fsync,
    .fstat = fstat,
    .stat = do_stat,
    .chmod = fchmod,
    .set_time = futimens,
    .mkdir = mkdirat,
    .rename = renameat2,
    .link = do_link,
    .unlink = unlinkat,
    .is_written = do_is_written,
    .list = fdopendir,
    .next = readdir,
    .end_list = closedir,
    .now_ms = do_now_ms,
    .wall_s = do_wall_s,
    .today = date_today,
};

bool patience_lasts(const struct patience *patience)
{
    if (patience->go(patience->context))
        return true;
    errno = ECANCELED;
    return false;
}

struct identity identity_of(const struct stat *status, bool lasting_inodes)
{
    return (struct identity){
        .inode = lasting_inodes ? status->st_ino : 0,
        .size = status->st_size,
        .modified_ns = (int64_t)status->st_mtim.tv_sec * NS_PER_S + status->st_mtim.tv_nsec,
        .changed_ns = (int64_t)status->st_ctim.tv_sec * NS_PER_S + status->st_ctim.tv_nsec,
    };
}

bool identity_same_moved(const struct identity *a, const struct identity *b)
{
    return a->inode == b->inode && a->size == b->size && a->modified_ns == b->modified_ns;
}

bool identity_same(const struct identity *a, const struct identity *b)
{
    return identity_same_moved(a, b) && a->changed_ns == b->changed_ns;
}
