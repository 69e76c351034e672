/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A disk that fills up or fails: at each write, sync, truncation and opening of a file there is a clear
 * error, and the docket is then as it was before or as it was to be. SQLite's files go through a layer of the
 * test's own. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "shelf.h"

/* ---- the layer ---- */

struct layered {
    sqlite3_file file;
    sqlite3_file *below;
};

static sqlite3_vfs *below;
static sqlite3_vfs layer;
static long calls_until_failure = -1; /* negative: never; from then on each fails, as on a full disk */
static int failure;                   /* SQLite's code for it */

static bool must_fail(void)
{
    if (calls_until_failure == 0)
        return true;
    if (calls_until_failure > 0)
        calls_until_failure--;
    return false;
}

#define BELOW(file) (((struct layered *)(file))->below)

static int do_close(sqlite3_file *file)
{
    return BELOW(file)->pMethods->xClose(BELOW(file));
}

static int do_read(sqlite3_file *file, void *data, int count, sqlite3_int64 offset)
{
    return BELOW(file)->pMethods->xRead(BELOW(file), data, count, offset);
}

static int do_write(sqlite3_file *file, const void *data, int count, sqlite3_int64 offset)
{
    return must_fail() ? failure : BELOW(file)->pMethods->xWrite(BELOW(file), data, count, offset);
}

static int do_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return must_fail() ? failure : BELOW(file)->pMethods->xTruncate(BELOW(file), size);
}

static int do_sync(sqlite3_file *file, int flags)
{
    return must_fail() ? failure : BELOW(file)->pMethods->xSync(BELOW(file), flags);
}

static int do_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return BELOW(file)->pMethods->xFileSize(BELOW(file), size);
}

static int do_lock(sqlite3_file *file, int level)
{
    return BELOW(file)->pMethods->xLock(BELOW(file), level);
}

static int do_unlock(sqlite3_file *file, int level)
{
    return BELOW(file)->pMethods->xUnlock(BELOW(file), level);
}

static int do_check_lock(sqlite3_file *file, int *out)
{
    return BELOW(file)->pMethods->xCheckReservedLock(BELOW(file), out);
}

static int do_control(sqlite3_file *file, int operation, void *argument)
{
    return BELOW(file)->pMethods->xFileControl(BELOW(file), operation, argument);
}

static int do_sector(sqlite3_file *file)
{
    return BELOW(file)->pMethods->xSectorSize(BELOW(file));
}

static int do_traits(sqlite3_file *file)
{
    return BELOW(file)->pMethods->xDeviceCharacteristics(BELOW(file));
}

static int do_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
    return extend && must_fail() ? failure
                                 : BELOW(file)->pMethods->xShmMap(BELOW(file), page, size, extend, out);
}

static int do_shared_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return BELOW(file)->pMethods->xShmLock(BELOW(file), offset, count, flags);
}

static void do_barrier(sqlite3_file *file)
{
    BELOW(file)->pMethods->xShmBarrier(BELOW(file));
}

static int do_unmap(sqlite3_file *file, int delete_it)
{
    return BELOW(file)->pMethods->xShmUnmap(BELOW(file), delete_it);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = do_close,
    .xRead = do_read,
    .xWrite = do_write,
    .xTruncate = do_truncate,
    .xSync = do_sync,
    .xFileSize = do_size,
    .xLock = do_lock,
    .xUnlock = do_unlock,
    .xCheckReservedLock = do_check_lock,
    .xFileControl = do_control,
    .xSectorSize = do_sector,
    .xDeviceCharacteristics = do_traits,
    .xShmMap = do_map,
    .xShmLock = do_shared_lock,
    .xShmBarrier = do_barrier,
    .xShmUnmap = do_unmap,
};

static int do_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    struct layered *layered = (struct layered *)file;

    (void)vfs;
    file->pMethods = NULL;
    if ((flags & SQLITE_OPEN_CREATE) != 0 && must_fail())
        return SQLITE_CANTOPEN;
    layered->below = (sqlite3_file *)(layered + 1);
    int code = below->xOpen(below, name, layered->below, flags, out_flags);
    if (layered->below->pMethods != NULL)
        file->pMethods = &methods;
    return code;
}

static int put_layer(void **state)
{
    (void)state;
    below = sqlite3_vfs_find(NULL);
    if (below == NULL)
        return -1;
    layer = *below;
    layer.zName = "failing";
    layer.szOsFile = (int)sizeof(struct layered) + below->szOsFile;
    layer.xOpen = do_open;
    return sqlite3_vfs_register(&layer, 1) == SQLITE_OK ? 0 : -1;
}

/* ---- every step fails ---- */

typedef int work_fn(struct error *error);

enum { FAILURES_MAX = 2000 };

static void assert_whole(void)
{
    assert_int_equal(sql_number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"),
                     0);
    /* a letter is there with its record, its arrival and its history, or not at all */
    assert_int_equal(
        sql_number("SELECT (SELECT count(*) FROM letters) = (SELECT count(*) FROM records) AND"
                   " (SELECT count(*) FROM letters) = (SELECT count(*) FROM arrivals) AND"
                   " (SELECT count(*) FROM letters) = (SELECT count(*) FROM history WHERE what = 'taken')"),
        1);
}

/* Runs the work with one more call let through each time, on a docket opened anew after each failure, until
 * it succeeds; returns how often it failed. */
static long fail_everywhere(work_fn *work, const char *said)
{
    for (long allowed = 0; allowed < FAILURES_MAX; allowed++) {
        struct error error = {0};
        calls_until_failure = allowed;
        int result = work(&error);
        calls_until_failure = -1;
        if (result == 0)
            return allowed;
        assert_int_equal(error.code, ERROR_SETUP);
        assert_has(error.message, "docket.db");
        if (strstr(error.message, said) == NULL && strstr(error.message, "cannot be opened") == NULL)
            fail_msg("after %ld: %s", allowed, error.message);
        assert_whole();
        docket_close(docket);
        docket = open_docket(path, DOCKET_EXISTING);
    }
    return -1;
}

static int file_one(struct error *error)
{
    char hash[65];
    struct letter letter;
    struct docket_filed filed;
    const struct docket_scan scan = {
        .sha256 = hash_of(2, hash), .file = "mail.pdf", .received = day("2026-03-05")};

    sample_letter(&letter, LETTER_IDENTIFIED, "LT11", "2026-03-02");
    int result = docket_file(docket, &scan, &letter, &maria, &filed, error);
    letter_dispose(&letter);
    return result;
}

static int note_one(struct error *error)
{
    return docket_note(docket, 1, "called", &maria, error);
}

static int start_one(struct error *error)
{
    struct docket *started = NULL;

    unlink("new-docket.db");
    unlink("new-docket.db-wal");
    unlink("new-docket.db-shm");
    unlink("new-docket.db-journal");
    if (docket_open(&started, "new-docket.db", DOCKET_START, error) < 0)
        return -1;
    docket_close(started);
    return 0;
}

static void on_a_full_disk(void **state)
{
    (void)state;
    failure = SQLITE_FULL;
    file_notice("LT11", "2026-03-02", NULL, 1, "2026-03-05");
    assert_true(fail_everywhere(file_one, "no room left") > 2);
    assert_int_equal(sql_number("SELECT count(*) FROM letters"), 2);
    assert_true(fail_everywhere(note_one, "no room left") > 2);
    assert_int_equal(sql_number("SELECT count(*) FROM history WHERE what = 'note'"), 1);
    assert_true(fail_everywhere(start_one, "no room left") > 5);
}

static void on_a_failing_disk(void **state)
{
    (void)state;
    failure = SQLITE_IOERR_WRITE;
    file_notice("LT11", "2026-03-02", NULL, 1, "2026-03-05");
    assert_true(fail_everywhere(file_one, "failed") > 2);
    assert_int_equal(sql_number("SELECT count(*) FROM letters"), 2);
    assert_true(fail_everywhere(start_one, "failed") > 5);
}

/* ---- the backup ---- */

/* How many names stand beside the docket. */
static int names_beside(void)
{
    int names = 0;
    DIR *folder = opendir(".");

    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        names += strncmp(entry->d_name, "docket.db", 9) != 0 && strcmp(entry->d_name, ".") != 0 &&
                 strcmp(entry->d_name, "..") != 0;
    closedir(folder);
    return names;
}

static void limit_files(rlim_t size)
{
    const struct rlimit limit = {size, RLIM_INFINITY};

    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Nothing half made gets the name of a backup, or stays under another. */
static void a_backup_that_fails(void **state)
{
    enum { PAGE = 4096 };
    long failures = 0;
    int result = -1;

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    file_notice("LT11", "2026-03-02", NULL, 1, "2026-03-05");
    for (; result < 0; failures++) {
        struct error error = {0};
        limit_files((rlim_t)failures * PAGE);
        result = docket_backup(docket, "copy.db", &error);
        limit_files(RLIM_INFINITY);
        if (result < 0) {
            assert_has(error.message, "copy.db cannot be written: File too large");
            assert_int_equal(names_beside(), 0);
            assert_true(failures < FAILURES_MAX);
        }
    }
    assert_true(failures > 10);
    assert_int_equal(names_beside(), 1);
}

/* As where the file system knows no files without a name. */
static void forbid_nameless(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp flag = SCMP_A2(SCMP_CMP_MASKED_EQ, O_TMPFILE, O_TMPFILE);

    assert_int_equal(seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EOPNOTSUPP), SCMP_SYS(openat), 1, &flag), 0);
}

/* A process of its own backs the docket up to `name`; it is killed where it makes that call, if that is none
 * of -1. Returns what became of it, as wait tells it. */
static int back_up_apart(const char *name, bool nameless, int killed_at)
{
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        struct error error = {0};
        struct docket *own = open_docket(path, DOCKET_EXISTING);
        scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
        if (!nameless)
            forbid_nameless(filter);
        if (killed_at >= 0 && seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, killed_at, 0) != 0)
            _exit(2);
        if (seccomp_load(filter) != 0)
            _exit(2);
        _exit(docket_backup(own, name, &error) == 0 ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void a_backup_that_is_killed(void **state)
{
    const int calls[] = {SCMP_SYS(write), SCMP_SYS(fsync), SCMP_SYS(linkat)};

    (void)state;
    file_notice("LT11", "2026-03-02", NULL, 1, "2026-03-05");
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        int status = back_up_apart("copy.db", true, calls[i]);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
        assert_int_equal(names_beside(), 0);
    }
    assert_int_equal(back_up_apart("copy.db", true, -1), 0);
    assert_int_equal(names_beside(), 1);
}

/* Then what is left has one name, is its owner's only, and goes with the next backup. */
static void a_backup_where_every_file_has_a_name(void **state)
{
    const int calls[] = {SCMP_SYS(write), SCMP_SYS(fsync), SCMP_SYS(renameat2)};
    struct stat status;

    (void)state;
    file_notice("LT11", "2026-03-02", NULL, 1, "2026-03-05");
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        int ended = back_up_apart("copy.db", false, calls[i]);
        assert_true(WIFSIGNALED(ended) && WTERMSIG(ended) == SIGSYS);
        assert_int_equal(names_beside(), 1);
        assert_int_equal(stat(".irsort-backup", &status), 0);
        assert_int_equal(status.st_mode & 07777, 0600);
    }
    int other = open(".irsort-backup", O_RDONLY | O_CLOEXEC); /* one that is at work */
    assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
    int refused = back_up_apart("copy.db", false, -1);
    assert_true(WIFEXITED(refused) && WEXITSTATUS(refused) == 1);
    assert_int_equal(stat(".irsort-backup", &status), 0);
    close(other);

    assert_int_equal(back_up_apart("another.db", false, -1), 0);
    assert_int_equal(names_beside(), 1);
    assert_int_equal(stat("another.db", &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    docket_close(open_docket("another.db", DOCKET_EXISTING));
    assert_int_equal(WEXITSTATUS(back_up_apart("another.db", false, -1)), 1); /* never overwrites */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(on_a_full_disk), TEST(on_a_failing_disk),
                                       TEST(a_backup_that_fails), TEST(a_backup_that_is_killed),
                                       TEST(a_backup_where_every_file_has_a_name)};

    return cmocka_run_group_tests(tests, put_layer, NULL);
}
