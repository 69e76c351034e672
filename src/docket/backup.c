/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A copy that is whole, checked and on the disk before it gets its name. Until then it is in memory, and then
 * in a file without a name, of which nothing is left however the program ends. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "docket/inside.h"

/* Where a file system knows no files without a name; one a folder, so that what a killed run leaves is found
 * by the next. */
#define UNFINISHED ".irsort-backup"

enum {
    /* of a database file: how it is written to and how it is read */
    HEADER_WRITING = 18,
    HEADER_READING = 19,
    HEADER_SIZE = 100,
    WITHOUT_LOG = 1, /* one file, with no log beside it */
};

/* The file that the copy is written to. */
struct draft {
    int file;
    char parent[PATH_MAX]; /* the folder of the copy */
    char name[PATH_MAX];   /* its own until it is finished, with the folder; empty where it has none */
};

static int fail_copy(const char *path, const char *why, struct error *error)
{
    return error_set(error, ERROR_SETUP,
                     "the backup %s cannot be written: %s; the docket itself is untouched", path, why);
}

static int fail_exists(const char *path, struct error *error)
{
    return error_set(error, ERROR_SETUP,
                     "%s is there already, and a backup never overwrites; choose another name", path);
}

/* ---- in memory ---- */

static int copy_pages(struct docket *docket, sqlite3 *copy, const char *path, struct error *error)
{
    sqlite3_backup *backup = sqlite3_backup_init(copy, "main", docket->db, "main");

    if (backup == NULL)
        return fail_copy(path, sqlite3_errmsg(copy), error);
    int step = sqlite3_backup_step(backup, -1);
    int finish = sqlite3_backup_finish(backup);
    if (step != SQLITE_DONE) /* SQLite's own bound on what is in memory */
        return fail_copy(path, step == SQLITE_FULL ? "it would be larger than 1 GiB" : sqlite3_errstr(step),
                         error);
    return finish == SQLITE_OK ? 0 : fail_copy(path, sqlite3_errmsg(copy), error);
}

/* The very bytes that are to be written are a database that is whole. */
static int check_copy(unsigned char *bytes, sqlite3_int64 size, const char *path, struct error *error)
{
    sqlite3 *copy = NULL;
    sqlite3_stmt *statement = NULL;
    const char *verdict = NULL;
    int result = -1;

    if (sqlite3_open_v2(":memory:", &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
        sqlite3_deserialize(copy, "main", bytes, size, size, SQLITE_DESERIALIZE_READONLY) != SQLITE_OK ||
        sqlite3_prepare_v2(copy, "PRAGMA integrity_check(1)", -1, &statement, NULL) != SQLITE_OK) {
        fail_copy(path, copy != NULL ? sqlite3_errmsg(copy) : "out of memory", error);
        goto done;
    }
    if (sqlite3_step(statement) == SQLITE_ROW)
        verdict = docket_column(statement, 0);
    if (verdict == NULL || strcmp(verdict, "ok") != 0) {
        fail_copy(path, "the copy is not whole; the docket may be damaged", error);
        goto done;
    }
    result = 0;
done:
    sqlite3_finalize(statement);
    sqlite3_close(copy);
    return result;
}

/* The bytes of the docket as one file; they are the connection's, which is the caller's to close. */
static int take_copy(struct docket *docket, sqlite3 **copy, unsigned char **bytes, sqlite3_int64 *size,
                     const char *path, struct error *error)
{
    if (sqlite3_open_v2("copy", copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        "memdb") != SQLITE_OK)
        return fail_copy(path, *copy != NULL ? sqlite3_errmsg(*copy) : "out of memory", error);
    if (copy_pages(docket, *copy, path, error) < 0)
        return -1;
    *bytes = sqlite3_serialize(*copy, "main", size, SQLITE_SERIALIZE_NOCOPY);
    if (*bytes == NULL || *size < HEADER_SIZE)
        return fail_copy(path, "the copy is not whole; the docket may be damaged", error);
    (*bytes)[HEADER_WRITING] = (*bytes)[HEADER_READING] = WITHOUT_LOG;
    return check_copy(*bytes, *size, path, error);
}

/* ---- on the disk ---- */

/* What a run left that was killed. -1 if it is another run's that goes on. */
static int drop_remains(const char *name)
{
    int file = open(name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (file < 0)
        return -1;
    int result = flock(file, LOCK_EX | LOCK_NB);
    if (result == 0)
        result = unlink(name);
    int number = errno;
    close(file);
    errno = number;
    return result;
}

/* A file with a name that is locked while it is written, so that no other run takes it for remains. */
static int open_named(struct draft *draft)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    struct stat status;

    if (snprintf(draft->name, sizeof draft->name, "%s/" UNFINISHED, draft->parent) >=
        (int)sizeof draft->name) {
        errno = ENAMETOOLONG;
        return -1;
    }
    draft->file = open(draft->name, flags, 0600);
    if (draft->file < 0 && errno == EEXIST && drop_remains(draft->name) == 0)
        draft->file = open(draft->name, flags, 0600);
    if (draft->file < 0 || flock(draft->file, LOCK_EX | LOCK_NB) < 0 || fstat(draft->file, &status) < 0) {
        draft->name[0] = '\0'; /* not this run's */
        return -1;
    }
    if (status.st_nlink == 1)
        return 0;
    draft->name[0] = '\0'; /* taken for remains, and dropped, before it was locked */
    errno = EWOULDBLOCK;
    return -1;
}

static int open_draft(struct draft *draft)
{
    draft->file = open(draft->parent, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
    if (draft->file >= 0)
        return 0;
    /* the last is said by kernels that do not know the flag */
    return errno == EOPNOTSUPP || errno == EINVAL || errno == EISDIR ? open_named(draft) : -1;
}

static int write_draft(const struct draft *draft, const unsigned char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(draft->file, bytes, size);
        if (written < 0 && errno != EINTR)
            return -1;
        if (written > 0) {
            bytes += written;
            size -= (size_t)written;
        }
    }
    return fsync(draft->file);
}

/* Gives the copy its name, unless a file has it already. */
static int name_draft(struct draft *draft, const char *path)
{
    char own[64];

    if (draft->name[0] == '\0') {
        snprintf(own, sizeof own, "/proc/self/fd/%d", draft->file);
        return linkat(AT_FDCWD, own, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
    }
    if (renameat2(AT_FDCWD, draft->name, AT_FDCWD, path, RENAME_NOREPLACE) < 0) {
        /* not every file system can rename without overwriting */
        if ((errno != EINVAL && errno != ENOSYS) || link(draft->name, path) < 0)
            return -1;
        unlink(draft->name); /* else it is remains */
    }
    draft->name[0] = '\0';
    return 0;
}

static int sync_folder(const char *name)
{
    int folder = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (folder < 0)
        return -1;
    int result = fsync(folder);
    close(folder);
    return result;
}

static int store_copy(const unsigned char *bytes, size_t size, const char *path, struct error *error)
{
    struct draft draft = {.file = -1};
    char folder[PATH_MAX];
    int result = -1;

    snprintf(folder, sizeof folder, "%s", path);
    snprintf(draft.parent, sizeof draft.parent, "%s", dirname(folder));
    if (open_draft(&draft) < 0) {
        fail_copy(path, errno == EWOULDBLOCK ? "another backup is being written there" : strerror(errno),
                  error);
        goto done;
    }
    if (write_draft(&draft, bytes, size) < 0) {
        fail_copy(path, strerror(errno), error);
        goto done;
    }
    if (name_draft(&draft, path) < 0) {
        if (errno == EEXIST)
            fail_exists(path, error);
        else
            fail_copy(path, strerror(errno), error);
        goto done;
    }
    if (sync_folder(draft.parent) < 0) {
        fail_copy(path, strerror(errno), error);
        goto done;
    }
    result = 0;
done:
    if (draft.name[0] != '\0')
        unlink(draft.name);
    if (draft.file >= 0)
        close(draft.file);
    return result;
}

int docket_backup(struct docket *docket, const char *path, struct error *error)
{
    sqlite3 *copy = NULL;
    unsigned char *bytes = NULL;
    sqlite3_int64 size = 0;
    int result = -1;

    if (access(path, F_OK) == 0)
        return fail_exists(path, error);
    if (strlen(path) >= PATH_MAX)
        return fail_copy(path, "the name is too long", error);
    if (take_copy(docket, &copy, &bytes, &size, path, error) == 0)
        result = store_copy(bytes, (size_t)size, path, error);
    sqlite3_close(copy);
    return result;
}
