/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "commands/snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "irsort-patterns-"

enum {
    FILE_BYTES_MAX = 16 << 20, /* of a pattern file: far above any, and not a device without end */
    NAMES_MAX = 1000,
    CHUNK = 1 << 16,
};

/* ---- where ---- */

static const char *find_parent(void)
{
    static const char *const variables[] = {"RUNTIME_DIRECTORY", "XDG_RUNTIME_DIR", "TMPDIR"};

    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *path = getenv(variables[i]);
        if (path != NULL && path[0] == '/' && strchr(path, ':') == NULL && access(path, W_OK | X_OK) == 0)
            return path;
    }
    return "/tmp";
}

static void remove_tree(char *path)
{
    FTS *tree = fts_open((char *[]){path, NULL}, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    FTSENT *entry;

    while (tree != NULL && (entry = fts_read(tree)) != NULL) {
        if (entry->fts_info == FTS_DP)
            rmdir(entry->fts_accpath);
        else if (entry->fts_info != FTS_D)
            unlink(entry->fts_accpath);
    }
    if (tree != NULL)
        fts_close(tree);
}

/* Of this user, and of a process that is no more. */
static void remove_stale(const char *parent)
{
    DIR *list = opendir(parent);
    struct dirent *entry;
    struct stat status;
    char path[PATH_MAX];

    while (list != NULL && (entry = readdir(list)) != NULL) {
        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0)
            continue;
        long process = strtol(entry->d_name + strlen(PREFIX), NULL, 10);
        if (process <= 0 || kill((pid_t)process, 0) == 0 || errno != ESRCH ||
            snprintf(path, sizeof path, "%s/%s", parent, entry->d_name) >= (int)sizeof path)
            continue;
        if (lstat(path, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid())
            remove_tree(path);
    }
    if (list != NULL)
        closedir(list);
}

static int make_directory(struct snapshot *snapshot, struct error *error)
{
    const char *parent = find_parent();

    remove_stale(parent);
    for (unsigned n = 0; n < NAMES_MAX; n++) {
        if (snprintf(snapshot->path, sizeof snapshot->path, "%s/" PREFIX "%ld-%u", parent, (long)getpid(), n) >=
            (int)sizeof snapshot->path)
            break;
        if (mkdir(snapshot->path, 0700) == 0)
            return 0;
        if (errno != EEXIST)
            break;
    }
    snapshot->path[0] = '\0';
    return error_set(error, ERROR_SETUP, "a copy of the patterns cannot be made in %s: %s", parent, strerror(errno));
}

/* ---- what ---- */

static int copy_bytes(int from, int to)
{
    char chunk[CHUNK];
    size_t total = 0;
    ssize_t got;

    while ((got = read(from, chunk, sizeof chunk)) > 0) {
        total += (size_t)got;
        if (total > FILE_BYTES_MAX) {
            errno = EFBIG;
            return -1;
        }
        if (write(to, chunk, (size_t)got) != got)
            return -1;
    }
    return got < 0 ? -1 : 0;
}

static int copy_file(const char *from_path, const char *to_path)
{
    int from = open(from_path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    int to = from >= 0 ? open(to_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    int result = to >= 0 ? copy_bytes(from, to) : -1;
    int number = errno;

    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
    errno = number;
    return result;
}

static int copy_entry(const struct snapshot *snapshot, const char *data_directory, const FTSENT *entry)
{
    char path[PATH_MAX];

    if (snprintf(path, sizeof path, "%s%s", snapshot->path, entry->fts_path + strlen(data_directory)) >=
        (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    switch (entry->fts_info) {
    case FTS_D:
        return mkdir(path, 0700);
    case FTS_F:
        return copy_file(entry->fts_accpath, path);
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        errno = entry->fts_errno;
        return -1;
    default:
        return 0;
    }
}

static int copy_tree(const struct snapshot *snapshot, const char *data_directory, const char *name, struct error *error)
{
    char path[PATH_MAX];
    FTSENT *entry;
    int result = 0;

    if (snprintf(path, sizeof path, "%s/%s", data_directory, name) >= (int)sizeof path)
        return error_set(error, ERROR_SETUP, "the path of the patterns is too long");
    FTS *tree = fts_open((char *[]){path, NULL}, FTS_LOGICAL | FTS_NOCHDIR, NULL);
    if (tree == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    while (result == 0 && (errno = 0, entry = fts_read(tree)) != NULL) {
        result = copy_entry(snapshot, data_directory, entry);
        if (result < 0)
            error_set(error, ERROR_SETUP, "%s cannot be copied: %s", entry->fts_path, strerror(errno));
    }
    if (result == 0 && errno != 0)
        result = error_set(error, ERROR_SETUP, "%s cannot be read to its end: %s", path, strerror(errno));
    fts_close(tree);
    return result;
}

int snapshot_take(struct snapshot *snapshot, const char *data_directory, struct error *error)
{
    snapshot->path[0] = '\0';
    if (make_directory(snapshot, error) < 0)
        return -1;
    if (copy_tree(snapshot, data_directory, "patterns", error) == 0 &&
        copy_tree(snapshot, data_directory, "models", error) == 0)
        return 0;
    snapshot_drop(snapshot);
    return -1;
}

void snapshot_drop(struct snapshot *snapshot)
{
    if (snapshot->path[0] != '\0')
        remove_tree(snapshot->path);
    snapshot->path[0] = '\0';
}
