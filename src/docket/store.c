/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The file: opened, known to be ours, brought up to date; statements, steps of work, and what can go wrong.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "docket/inside.h"
#include "docket/schema.h"

enum {
    PATIENCE_MS =
        3000, /* others hold the file for milliseconds; longer is a program that hangs, or a long take */
    NEAREST_MAX = 3, /* more would be a list to search */
    NEAREST_SIZE = 80,
};

static int out_of_memory(struct error *error)
{
    return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
}

/* ---- what can go wrong ---- */

static int tell_open_failure(const struct docket *docket, int system, struct error *error)
{
    return error_set(error, ERROR_SETUP,
                     "%s cannot be opened: %s; see that this user may read and write it and its "
                     "directory, or name another with --file",
                     docket->path, system != 0 ? strerror(system) : sqlite3_errmsg(docket->db));
}

int docket_fail(const struct docket *docket, struct error *error)
{
    int code = sqlite3_extended_errcode(docket->db);

    switch (code & 0xFF) {
    case SQLITE_NOMEM:
        return out_of_memory(error);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return error_set(
            error, ERROR_SETUP,
            "%s is locked: another program is writing to it; nothing was changed; try again in a moment",
            docket->path);
    case SQLITE_NOTADB:
        return error_set(
            error, ERROR_SETUP,
            "%s is not a docket (not an SQLite file); it was left as it is; name another with --file",
            docket->path);
    case SQLITE_CORRUPT:
        return error_set(
            error, ERROR_SETUP,
            "%s is damaged; put it aside with its -wal file and copy the last backup there, or take the "
            "letter.json files again into a new one (--file NEW --take …)",
            docket->path);
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return error_set(
            error, ERROR_SETUP,
            "%s can only be read by this user; nothing was changed; see that it and its directory may be "
            "written",
            docket->path);
    case SQLITE_FULL:
        return error_set(
            error, ERROR_SETUP,
            "there is no room left on the disk of %s; nothing was changed; make room and try again",
            docket->path);
    case SQLITE_CANTOPEN:
        return tell_open_failure(docket, sqlite3_system_errno(docket->db), error);
    case SQLITE_IOERR:
        return error_set(
            error, ERROR_SETUP,
            "the disk of %s failed (%s); what was reported as done before is kept; look at the disk, then "
            "try again",
            docket->path, sqlite3_errmsg(docket->db));
    default:
        return error_set(error, ERROR_SETUP, "%s: %s", docket->path, sqlite3_errmsg(docket->db));
    }
}

/* ---- statements ---- */

static int bind(sqlite3_stmt *statement, const char *types, va_list args)
{
    int result = SQLITE_OK;

    for (int i = 0; types[i] != '\0' && result == SQLITE_OK; i++) {
        if (types[i] == 'i')
            result = sqlite3_bind_int64(statement, i + 1, va_arg(args, int64_t));
        else
            result = sqlite3_bind_text(statement, i + 1, va_arg(args, const char *), -1, SQLITE_STATIC);
    }
    return result;
}

static int prepare(struct docket *docket, sqlite3_stmt **out, struct error *error, const char *sql,
                   const char *types, va_list args)
{
    sqlite3_stmt *statement = NULL;

    *out = NULL;
    if (docket->stale)
        docket_rollback(docket);
    if (docket->stale)
        return out_of_memory(error);
    if (sqlite3_prepare_v2(docket->db, sql, -1, &statement, NULL) != SQLITE_OK)
        return docket_fail(docket, error);
    if (bind(statement, types, args) != SQLITE_OK) {
        docket_fail(docket, error);
        sqlite3_finalize(statement);
        return -1;
    }
    *out = statement;
    return 0;
}

int docket_prepare(struct docket *docket, sqlite3_stmt **out, struct error *error, const char *sql,
                   const char *types, ...)
{
    va_list args;

    va_start(args, types);
    int result = prepare(docket, out, error, sql, types, args);
    va_end(args);
    return result;
}

int docket_run(struct docket *docket, struct error *error, const char *sql, const char *types, ...)
{
    sqlite3_stmt *statement;
    va_list args;
    int step;

    va_start(args, types);
    int result = prepare(docket, &statement, error, sql, types, args);
    va_end(args);
    if (result < 0)
        return -1;
    do {
        step = sqlite3_step(statement);
    } while (step == SQLITE_ROW);
    if (step != SQLITE_DONE)
        result = docket_fail(docket, error);
    sqlite3_finalize(statement);
    return result;
}

int docket_number(struct docket *docket, int64_t *out, int64_t fallback, struct error *error, const char *sql,
                  const char *types, ...)
{
    sqlite3_stmt *statement;
    va_list args;

    *out = fallback;
    va_start(args, types);
    int result = prepare(docket, &statement, error, sql, types, args);
    va_end(args);
    if (result < 0)
        return -1;
    int step = sqlite3_step(statement);
    if (step == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL)
        *out = sqlite3_column_int64(statement, 0);
    else if (step != SQLITE_ROW && step != SQLITE_DONE)
        result = docket_fail(docket, error);
    sqlite3_finalize(statement);
    return result;
}

const char *docket_column(sqlite3_stmt *statement, int column)
{
    return (const char *)sqlite3_column_text(statement, column);
}

/* ---- steps of work ---- */

int docket_begin(struct docket *docket, struct error *error)
{
    return docket_run(docket, error, "BEGIN IMMEDIATE", "");
}

int docket_commit(struct docket *docket, struct error *error)
{
    if (docket_run(docket, error, "COMMIT", "") == 0)
        return 0;
    docket_rollback(docket);
    return -1;
}

/* Undoing may need memory that is not there; then it is done before anything else. */
void docket_rollback(struct docket *docket)
{
    docket->stale = false;
    if (sqlite3_get_autocommit(docket->db)) /* SQLite may have undone it by itself, on a full disk */
        return;
    docket->stale = sqlite3_step(docket->roll_back) != SQLITE_DONE;
    sqlite3_reset(docket->roll_back);
}

/* A transaction of its own has no savepoint in it, so that the end of the step is the end of it. */
int docket_enter(struct docket *docket, struct error *error)
{
    if (sqlite3_get_autocommit(docket->db))
        return docket_run(docket, error, "BEGIN IMMEDIATE", "");
    if (docket_run(docket, error, "SAVEPOINT step", "") < 0)
        return -1;
    docket->depth++;
    return 0;
}

int docket_leave(struct docket *docket, int result, struct error *error)
{
    if (docket->depth == 0) {
        if (result == 0)
            return docket_commit(docket, error);
        docket_rollback(docket);
        return -1;
    }
    docket->depth--;
    if (sqlite3_get_autocommit(docket->db)) /* the whole transaction was undone by an error */
        return -1;
    if (result < 0) {
        docket->stale = sqlite3_step(docket->roll_back_step) != SQLITE_DONE; /* then all of it must go */
        sqlite3_reset(docket->roll_back_step);
    }
    sqlite3_step(docket->end_step);
    return sqlite3_reset(docket->end_step) == SQLITE_OK ? result : docket_fail(docket, error);
}

static void list_nearest(struct docket *docket, int64_t id, char list[NEAREST_SIZE])
{
    sqlite3_stmt *statement;
    size_t length = 0;

    list[0] = '\0';
    if (docket_prepare(docket, &statement, NULL, "SELECT id FROM letters ORDER BY abs(id - ?1), id LIMIT ?2",
                       "ii", id, (int64_t)NEAREST_MAX) < 0)
        return;
    while (sqlite3_step(statement) == SQLITE_ROW && length < NEAREST_SIZE)
        length += (size_t)snprintf(list + length, NEAREST_SIZE - length, "%s%lld", length > 0 ? ", " : "",
                                   (long long)sqlite3_column_int64(statement, 0));
    sqlite3_finalize(statement);
}

int docket_need(struct docket *docket, int64_t id, struct error *error)
{
    char nearest[NEAREST_SIZE];
    int64_t found;

    if (docket_number(docket, &found, -1, error, "SELECT id FROM letters WHERE id = ?", "i", id) < 0)
        return -1;
    if (found == id)
        return 0;
    list_nearest(docket, id, nearest);
    if (nearest[0] == '\0')
        return error_set(error, ERROR_USAGE, "there is no letter %lld in %s: it has no letter yet",
                         (long long)id, docket->path);
    return error_set(error, ERROR_USAGE, "there is no letter %lld in %s; the nearest: %s", (long long)id,
                     docket->path, nearest);
}

int docket_record(struct docket *docket, int64_t id, const struct docket_actor *actor, const char *what,
                  const char *point, const char *before, const char *after, struct error *error)
{
    if (docket_check_text(actor->who, DOCKET_NAME_MAX, error) < 0)
        return -1;
    return docket_run(
        docket, error,
        "INSERT INTO history (letter_id, at, who, what, point, before, after) VALUES (?, ?, ?, ?, ?, ?, ?)",
        "iisssss", id, actor->at, actor->who, what, point, before, after);
}

/* ---- opening ---- */

/* A docket whose directory is lost with the power is lost. */
static int sync_directory(const char *path)
{
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (directory < 0)
        return -1;
    int result = fsync(directory);
    int number = errno;
    close(directory);
    errno = number;
    return result < 0 && number != EINVAL ? -1 : 0; /* some file systems know no such thing */
}

/* Makes each directory that leads to the file, as far as they are not there. One that is there may have been made by an irsort
 * that ended before it was on the disk; where that cannot be seen to, as with those of the system, it was not so. */
static int make_parents(const char *path, struct error *error)
{
    char directory[PATH_MAX];
    char above[PATH_MAX];
    size_t length = strlen(path);

    if (length >= sizeof directory)
        return error_set(error, ERROR_SETUP, "the name of the docket is too long");
    for (size_t i = 1; i < length; i++) {
        if (path[i] != '/')
            continue;
        memcpy(directory, path, i);
        directory[i] = '\0';
        bool made = mkdir(directory, 0700) == 0;
        if (!made && errno != EEXIST)
            return error_set(error, ERROR_SETUP,
                             "the directory %s cannot be made: %s; name another file with --file", directory,
                             strerror(errno));
        memcpy(above, directory, i + 1);
        if (sync_directory(dirname(above)) < 0 && made)
            return error_set(error, ERROR_SETUP,
                             "the directory %s cannot be brought onto the disk: %s; name another file with --file",
                             directory, strerror(errno));
    }
    return 0;
}

/* SQLite would make the file with the umask's permissions; and it would take a directory or a device. */
static int check_file(const char *path, enum docket_opening opening, struct error *error)
{
    struct stat status;

    if (opening == DOCKET_START) {
        if (make_parents(path, error) < 0)
            return -1;
        int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOCTTY | O_CLOEXEC, 0600);
        if (file >= 0)
            close(file);
        else if (errno != EEXIST)
            return error_set(error, ERROR_SETUP, "%s cannot be made: %s; name another with --file", path,
                             strerror(errno));
    }
    if (stat(path, &status) < 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return error_set(
                error, ERROR_SETUP,
                "there is no docket at %s; `irsort docket --take FILE` starts one there, --file names "
                "another",
                path);
        return error_set(error, ERROR_SETUP, "%s cannot be reached: %s", path, strerror(errno));
    }
    if (!S_ISREG(status.st_mode))
        return error_set(error, ERROR_SETUP, "%s is not a file; name another with --file", path);
    return 0;
}

/* A file without tables and version may become a docket, if one is to be started; any other must be one of
 * ours. */
static int check_is_ours(struct docket *docket, enum docket_opening opening, struct error *error)
{
    int64_t application;
    int64_t version;
    int64_t tables;

    if (docket_number(docket, &application, 0, error, "PRAGMA application_id", "") < 0 ||
        docket_number(docket, &version, 0, error, "PRAGMA user_version", "") < 0 ||
        docket_number(docket, &tables, 0, error, "SELECT count(*) FROM sqlite_schema", "") < 0)
        return -1;
    if (application == SCHEMA_APPLICATION)
        return 0;
    if (application != 0 || version != 0 || tables != 0)
        return error_set(
            error, ERROR_SETUP,
            "%s is the database of another program; it was left as it is; name another with --file",
            docket->path);
    if (opening == DOCKET_EXISTING)
        return error_set(
            error, ERROR_SETUP,
            "%s is empty, no docket; if there was one, copy the last backup there; `irsort docket --take "
            "FILE` starts a new one",
            docket->path);
    return 0;
}

/* WAL and FULL: what was reported as done is on the disk, and reading never waits for writing. Nothing that a
 * page said goes into a temporary file. */
static int keep_log(struct docket *docket, struct error *error)
{
    sqlite3_stmt *statement;
    int result = -1;

    if (docket_prepare(docket, &statement, error, "PRAGMA journal_mode = WAL", "") < 0)
        return -1;
    if (sqlite3_step(statement) != SQLITE_ROW) {
        docket_fail(docket, error);
        goto done;
    }
    const char *mode = docket_column(statement, 0);
    if (mode == NULL || strcmp(mode, "wal") != 0) {
        error_set(error, ERROR_SETUP,
                  "%s cannot be kept safely where it is (no write-ahead log there; a network folder?); name "
                  "a file on a "
                  "disk of this machine with --file",
                  docket->path);
        goto done;
    }
    result = 0;
done:
    sqlite3_finalize(statement);
    return result;
}

/* What a process that was killed had written into the log, and not yet brought onto the disk, can be read: so it is taken for
 * kept, and letters leave the inbox because of it. It is brought there now. */
static int settle_log(const struct docket *docket, struct error *error)
{
    const char *path = sqlite3_filename_wal(sqlite3_db_filename(docket->db, "main"));
    char directory[PATH_MAX];
    int log = open(path, O_RDONLY | O_CLOEXEC);

    if (log < 0)
        return errno == ENOENT ? 0 : error_set(error, ERROR_SETUP, "%s cannot be opened: %s", path, strerror(errno));
    bool failed = fsync(log) < 0 && errno != EINVAL;
    int number = errno;
    close(log);
    if (failed)
        return error_set(error, ERROR_SETUP, "%s cannot be brought onto the disk: %s", path, strerror(number));
    snprintf(directory, sizeof directory, "%s", path);
    sync_directory(dirname(directory)); /* as in make_parents: it is not always ours to see to */
    return 0;
}

static int open_database(struct docket *docket, enum docket_opening opening, struct error *error)
{
    static const char settings[] =
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
        "PRAGMA recursive_triggers = ON; PRAGMA temp_store = MEMORY;"
        "PRAGMA cell_size_check = ON";

    if (sqlite3_open_v2(docket->path, &docket->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK) {
        if (docket->db == NULL)
            return out_of_memory(error);
        return docket_fail(docket, error);
    }
    sqlite3_extended_result_codes(docket->db, 1);
    sqlite3_busy_timeout(docket->db, PATIENCE_MS);
    sqlite3_db_config(docket->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (check_is_ours(docket, opening, error) < 0)
        return -1;
    if (sqlite3_exec(docket->db, settings, NULL, NULL, NULL) != SQLITE_OK)
        return docket_fail(docket, error);
    if (docket_prepare(docket, &docket->roll_back, error, "ROLLBACK", "") < 0 ||
        docket_prepare(docket, &docket->roll_back_step, error, "ROLLBACK TO step", "") < 0 ||
        docket_prepare(docket, &docket->end_step, error, "RELEASE step", "") < 0)
        return -1;
    if (schema_migrate(docket, schema_steps, schema_step_count, error) < 0)
        return -1;
    if (sqlite3_db_readonly(docket->db, "main"))
        return 0;
    return keep_log(docket, error) < 0 ? -1 : settle_log(docket, error);
}

int docket_open(struct docket **out, const char *path, enum docket_opening opening, struct error *error)
{
    struct docket *docket = NULL;
    int result = -1;

    if (check_file(path, opening, error) < 0)
        return -1;
    docket = calloc(1, sizeof *docket);
    if (docket != NULL)
        docket->path = calloc(1, strlen(path) + 1);
    if (docket == NULL || docket->path == NULL) {
        out_of_memory(error);
        goto done;
    }
    memcpy(docket->path, path, strlen(path));
    if (open_database(docket, opening, error) < 0)
        goto done;
    *out = docket;
    result = 0;
done:
    if (result < 0)
        docket_close(docket);
    return result;
}

void docket_close(struct docket *docket)
{
    if (docket == NULL)
        return;
    sqlite3_finalize(docket->roll_back);
    sqlite3_finalize(docket->roll_back_step);
    sqlite3_finalize(docket->end_step);
    sqlite3_close(docket->db);
    free(docket->path);
    free(docket);
}
