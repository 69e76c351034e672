/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The seam to the disk and the clock: everything that filing asks of the system goes through here, so that a test can let
 * each call fail, keep a log of them, or set the time. Inside watch/ and its tests. */
#ifndef IRSORT_WATCH_OUTSIDE_H
#define IRSORT_WATCH_OUTSIDE_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/date.h"

/* Each as the call of that name in POSIX or Linux, errno included. */
struct outside {
    int (*open)(int folder, const char *name, int flags, mode_t mode);
    int (*close)(int descriptor);
    ssize_t (*read)(int descriptor, void *bytes, size_t size);
    ssize_t (*pread)(int descriptor, void *bytes, size_t size, off_t offset);
    ssize_t (*write)(int descriptor, const void *bytes, size_t size);
    int (*reserve)(int descriptor, off_t size);      /* fallocate: a full disk is told before it is filled */
    int (*fsync)(int descriptor);
    int (*fstat)(int descriptor, struct stat *out);
    int (*stat)(int folder, const char *name, struct stat *out); /* never through a link */
    int (*chmod)(int descriptor, mode_t mode);
    int (*set_time)(int descriptor, const struct timespec times[2]);
    int (*mkdir)(int folder, const char *name, mode_t mode);
    int (*rename)(int folder, const char *name, int to_folder, const char *to_name, unsigned flags); /* renameat2 */
    int (*link)(int folder, const char *name, int to_folder, const char *to_name);
    int (*unlink)(int folder, const char *name, int flags);
    /* Does anybody have the file open for writing? Only what this machine knows, and the file's owner (or a process with
     * CAP_LEASE) may ask; "no" where nothing can be known. */
    bool (*is_written)(int descriptor);
    DIR *(*list)(int descriptor); /* fdopendir: owns the descriptor if it succeeds */
    struct dirent *(*next)(DIR *list);
    int (*end_list)(DIR *list);
    int64_t (*now_ms)(void); /* runs on whatever becomes of the clock on the wall */
    int64_t (*wall_s)(void); /* seconds since 1970, UTC */
    date (*today)(void);
};

extern const struct outside outside_real;

/* Asked between the parts of what may take long: true to go on. What stops for it fails with ECANCELED. */
struct patience {
    bool (*go)(void *context);
    void *context;
};

bool patience_lasts(const struct patience *patience);

/* What tells one state of a file from another. */
struct identity {
    uint64_t inode; /* 0 where the file system gives no lasting numbers */
    int64_t size;        /* bytes */
    int64_t modified_ns; /* since 1970 */
    int64_t changed_ns;  /* its inode: set by the system, and by nobody else */
};

struct identity identity_of(const struct stat *status, bool lasting_inodes);

bool identity_same(const struct identity *a, const struct identity *b);

/* The same file with the same content; moving it to another folder sets `changed_ns`. */
bool identity_same_moved(const struct identity *a, const struct identity *b);

#endif
