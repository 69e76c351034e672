/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The rig's disk, each of whose calls is counted, and may fail or be the last. */
#ifndef TESTS_WATCH_CALLS_H
#define TESTS_WATCH_CALLS_H

#include <errno.h>

#include "rig.h"

static size_t calls;                               /* made so far */
static int (*before_call)(const char *call);       /* the errno it is to fail with; 0: none. May be NULL */

static inline bool call_fails(const char *call)
{
    int saved = errno;
    int number;

    calls++;
    number = before_call != NULL ? before_call(call) : 0;
    errno = number != 0 ? number : saved;
    return number != 0;
}

#define CALL(type, name, failed, parameters, arguments)                                                                \
    static inline type call_##name parameters                                                                          \
    {                                                                                                                  \
        if (call_fails(#name))                                                                                         \
            return failed;                                                                                             \
        return outside_real.name arguments;                                                                            \
    }

CALL(int, open, -1, (int at, const char *name, int flags, mode_t mode), (at, name, flags, mode))
CALL(ssize_t, read, -1, (int descriptor, void *bytes, size_t size), (descriptor, bytes, size))
CALL(ssize_t, pread, -1, (int descriptor, void *bytes, size_t size, off_t offset), (descriptor, bytes, size, offset))
CALL(ssize_t, write, -1, (int descriptor, const void *bytes, size_t size), (descriptor, bytes, size))
CALL(int, reserve, -1, (int descriptor, off_t size), (descriptor, size))
CALL(int, fsync, -1, (int descriptor), (descriptor))
CALL(int, fstat, -1, (int descriptor, struct stat *out), (descriptor, out))
CALL(int, stat, -1, (int at, const char *name, struct stat *out), (at, name, out))
CALL(int, chmod, -1, (int descriptor, mode_t mode), (descriptor, mode))
CALL(int, set_time, -1, (int descriptor, const struct timespec times[2]), (descriptor, times))
CALL(int, mkdir, -1, (int at, const char *name, mode_t mode), (at, name, mode))
CALL(int, rename, -1, (int at, const char *name, int to, const char *to_name, unsigned flags), (at, name, to, to_name, flags))
CALL(int, link, -1, (int at, const char *name, int to, const char *to_name), (at, name, to, to_name))
CALL(int, unlink, -1, (int at, const char *name, int flags), (at, name, flags))
CALL(DIR *, list, NULL, (int descriptor), (descriptor))
CALL(struct dirent *, next, NULL, (DIR * list), (list))

/* As the kernel does: the descriptor is gone, and something was lost. */
static inline int call_close(int descriptor)
{
    int result = outside_real.close(descriptor);

    return call_fails("close") ? -1 : result;
}

static inline void calls_use(void)
{
    outside.open = call_open;
    outside.close = call_close;
    outside.read = call_read;
    outside.pread = call_pread;
    outside.write = call_write;
    outside.reserve = call_reserve;
    outside.fsync = call_fsync;
    outside.fstat = call_fstat;
    outside.stat = call_stat;
    outside.chmod = call_chmod;
    outside.set_time = call_set_time;
    outside.mkdir = call_mkdir;
    outside.rename = call_rename;
    outside.link = call_link;
    outside.unlink = call_unlink;
    outside.list = call_list;
    outside.next = call_next;
    calls = 0;
    before_call = NULL;
}

#endif
