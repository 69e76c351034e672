/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A copy that is whole, checked and on the disk before it gets its name. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "docket/inside.h"

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

static int copy_pages(struct docket *docket, sqlite3 *copy, const char *path, struct error *error)
{
    sqlite3_backup *backup = sqlite3_backup_init(copy, "main", docket->db, "main");

    if (backup == NULL)
        return fail_copy(path, sqlite3_errmsg(copy), error);
    int step = sqlite3_backup_step(backup, -1);
    int finish = sqlite3_backup_finish(backup);
    if (step != SQLITE_DONE)
        return fail_copy(path, sqlite3_errstr(step), error);
    return finish == SQLITE_OK ? 0 : fail_copy(path, sqlite3_errmsg(copy), error);
}

/* One file without a log beside it, found whole. */
static int check_copy(struct docket *copy, const char *path, struct error *error)
{
    sqlite3_stmt *statement;
    struct error problem = {0};

    if (docket_run(copy, &problem, "PRAGMA journal_mode = DELETE", "") < 0 ||
        docket_prepare(copy, &statement, &problem, "PRAGMA integrity_check(1)", "") < 0)
        return fail_copy(path, problem.message, error);
    const char *verdict = sqlite3_step(statement) == SQLITE_ROW ? docket_column(statement, 0) : NULL;
    bool whole = verdict != NULL && strcmp(verdict, "ok") == 0;
    sqlite3_finalize(statement);
    return whole ? 0 : fail_copy(path, "the copy is not whole; the docket may be damaged", error);
}

static int write_copy(struct docket *docket, char *temporary, const char *path, struct error *error)
{
    struct docket copy = {.path = temporary};
    int result = -1;

    if (sqlite3_open_v2(temporary, &copy.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK) {
        fail_copy(path, copy.db != NULL ? sqlite3_errmsg(copy.db) : "out of memory", error);
        goto done;
    }
    if (copy_pages(docket, copy.db, path, error) < 0 || check_copy(&copy, path, error) < 0)
        goto done;
    result = 0;
done:
    if (sqlite3_close(copy.db) != SQLITE_OK)
        result = fail_copy(path, "it cannot be closed", error);
    return result;
}

static int sync_path(const char *name, int flags)
{
    int file = open(name, flags | O_CLOEXEC);

    if (file < 0)
        return -1;
    int result = fsync(file);
    close(file);
    return result;
}

/* Not every file system can rename without overwriting. */
static int name_new(const char *temporary, const char *path)
{
    if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL || link(temporary, path) < 0)
        return -1;
    return unlink(temporary);
}

/* Gives the copy its name, unless a file has it already; then that name is on the disk too. */
static int name_copy(const char *temporary, const char *path, struct error *error)
{
    char parent[PATH_MAX];

    snprintf(parent, sizeof parent, "%s", path);
    if (sync_path(temporary, O_RDONLY) < 0)
        return fail_copy(path, strerror(errno), error);
    if (name_new(temporary, path) < 0) {
        if (errno == EEXIST)
            return fail_exists(path, error);
        return fail_copy(path, strerror(errno), error);
    }
    if (sync_path(dirname(parent), O_RDONLY | O_DIRECTORY) < 0)
        return fail_copy(path, strerror(errno), error);
    return 0;
}

/* With what SQLite leaves beside a file that it could not finish. */
static void drop_copy(const char *temporary)
{
    static const char *const ends[] = {"", "-journal", "-wal", "-shm"};
    char name[PATH_MAX + 16];

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(name, sizeof name, "%s%s", temporary, ends[i]);
        unlink(name);
    }
}

int docket_backup(struct docket *docket, const char *path, struct error *error)
{
    char temporary[PATH_MAX];
    int result = -1;

    if (access(path, F_OK) == 0)
        return fail_exists(path, error);
    if (snprintf(temporary, sizeof temporary, "%s.XXXXXX", path) >= (int)sizeof temporary)
        return fail_copy(path, "the name is too long", error);
    int file = mkostemp(temporary, O_CLOEXEC); /* 0600 */
    if (file < 0)
        return fail_copy(path, strerror(errno), error);
    close(file);
    if (write_copy(docket, temporary, path, error) == 0)
        result = name_copy(temporary, path, error);
    if (result < 0)
        drop_copy(temporary);
    return result;
}
