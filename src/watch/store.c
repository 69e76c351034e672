/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "watch/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "watch/digest.h"
#include "watch/folder.h"

enum {
    MODE_MOST = 0775,
    LOCK_TRIES = 20, /* of 50 ms: a child of one that was killed may hold the lock for a moment */
    LOCK_PAUSE_NS = 50 * 1000 * 1000,
};

static int fail(struct error *error, const char *what, const char *path)
{
    switch (errno) {
    case EROFS:
        return error_set(error, ERROR_SETUP, "%s %s: its file system can only be read; mount it for writing", what, path);
    case EACCES:
    case EPERM:
        return error_set(error, ERROR_SETUP, "%s %s: this user may not; it must be able to read, write and enter it", what,
                         path);
    case ENOSPC:
    case EDQUOT:
        return error_set(error, ERROR_SETUP, "%s %s: there is no room left; make room", what, path);
    default:
        return error_set(error, ERROR_SETUP, "%s %s: %s", what, path, strerror(errno));
    }
}

/* ---- where it may be ---- */

int store_check_place(const char *path, struct error *error)
{
    char above[PATH_MAX];
    char own[PATH_MAX + sizeof STORE_OWN_NAME];
    struct stat status;
    char *slash;

    if (strcmp(path, "/") == 0)
        return error_set(error, ERROR_USAGE,
                         "/ holds everything on this machine and cannot be watched; give the folder that scans come into");
    snprintf(above, sizeof above, "%s", path);
    while ((slash = strrchr(above, '/')) != NULL) {
        *slash = '\0';
        snprintf(own, sizeof own, "%s/" STORE_OWN_NAME, above);
        if (lstat(own, &status) == 0)
            return error_set(error, ERROR_USAGE,
                             "%s lies inside %s, which is watched itself: a folder inside a watched one cannot be "
                             "watched; choose another, or remove %s if that one is not watched any more",
                             path, above[0] != '\0' ? above : "/", own);
    }
    return 0;
}

static int open_inbox(struct store *store, const char *path, struct error *error)
{
    struct stat status;

    if (realpath(path, store->path) == NULL) {
        if (errno == ENOENT || errno == ENOTDIR)
            return error_set(error, ERROR_SETUP, "there is no folder %s", path);
        return fail(error, "cannot reach", path);
    }
    if (store_check_place(store->path, error) < 0)
        return -1;
    store->inbox = folder_open(store->outside, AT_FDCWD, store->path);
    if (store->inbox < 0 && errno == ENOTDIR)
        return error_set(error, ERROR_SETUP, "%s is not a folder", path);
    if (store->inbox < 0 || store->outside->fstat(store->inbox, &status) < 0)
        return fail(error, "cannot open", path);
    store->mode = status.st_mode & MODE_MOST;
    return 0;
}

/* ---- the private part ---- */

static int take_lock(struct store *store, struct error *error)
{
    const struct timespec pause = {.tv_nsec = LOCK_PAUSE_NS};
    char holder[32] = "";
    size_t length;

    store->lock = store->outside->open(store->own, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (store->lock < 0)
        return fail(error, "cannot make the lock in", store->path);
    for (int i = 0; flock(store->lock, LOCK_EX | LOCK_NB) < 0; i++) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return fail(error, "cannot lock", store->path);
        if (i < LOCK_TRIES) {
            nanosleep(&pause, NULL);
            continue;
        }
        if (folder_read_file(store->outside, store->own, "lock", holder, sizeof holder - 1, &length) < 0)
            length = 0;
        holder[length] = '\0';
        return error_set(error, ERROR_USAGE,
                         "another irsort%s%s watches %s already; one is enough, and this one stops", holder[0] != '\0' ? ", process " : "",
                         holder, store->path);
    }
    int size = snprintf(holder, sizeof holder, "%ld", (long)getpid());
    if (ftruncate(store->lock, 0) < 0 || pwrite(store->lock, holder, (size_t)size, 0) != size)
        return fail(error, "cannot write to the lock in", store->path);
    return 0;
}

static int open_own(struct store *store, bool make, struct error *error)
{
    const struct {
        const char *name;
        int *folder;
    } parts[] = {{"spool", &store->spool}, {"journal", &store->journal}, {"leaving", &store->leaving}};

    store->own = make ? folder_make(store->outside, store->inbox, STORE_OWN_NAME, 0700, NULL)
                      : folder_open(store->outside, store->inbox, STORE_OWN_NAME);
    if (store->own < 0)
        return fail(error, "cannot make or open " STORE_OWN_NAME " in", store->path);
    if (take_lock(store, error) < 0)
        return -1;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        *parts[i].folder = folder_make(store->outside, store->own, parts[i].name, 0700, NULL);
        if (*parts[i].folder < 0)
            return fail(error, "cannot make a folder in " STORE_OWN_NAME " of", store->path);
    }
    if (folder_sync(store->outside, store->own) < 0 || folder_sync(store->outside, store->inbox) < 0)
        return fail(error, "cannot write to", store->path);
    return 0;
}

/* ---- the result folders ---- */

/* Another mount may have the same device number, so it is tried. A new folder is never moved onto another one. */
static int find_stage(struct store *store, struct results *results)
{
    static const char probe[] = "probe";
    const struct outside *outside = store->outside;

    if ((outside->unlink(store->spool, probe, AT_REMOVEDIR) < 0 && errno != ENOENT) ||
        outside->mkdir(store->spool, probe, 0700) < 0)
        return -1;
    results->foreign = outside->rename(store->spool, probe, results->folder, ".irsort-probe", 0) < 0;
    if (!results->foreign)
        return outside->unlink(results->folder, ".irsort-probe", AT_REMOVEDIR);
    int number = errno;
    outside->unlink(store->spool, probe, AT_REMOVEDIR);
    errno = number;
    if (number != EXDEV)
        return -1;
    results->stage = folder_make(outside, results->folder, STORE_OWN_NAME, 0700, NULL);
    return results->stage < 0 ? -1 : 0;
}

static int open_results(struct store *store, enum place place, struct error *error)
{
    struct results *results = &store->results[place];
    const char *name = place_name(place);
    char path[PATH_MAX + 16];
    bool made = false;

    snprintf(path, sizeof path, "%s/%s", store->path, name);
    results->folder = folder_make(store->outside, store->inbox, name, store->mode, &made);
    if (results->folder < 0 && (errno == ELOOP || errno == ENOTDIR))
        return error_set(error, ERROR_SETUP,
                         "%s is not a folder (a link is not followed); put a folder or a mounted disk there", path);
    if (results->folder < 0 || (made && store->outside->chmod(results->folder, store->mode) < 0))
        return fail(error, "cannot make or open", path);
    if (find_stage(store, results) < 0)
        return fail(error, "cannot write to", path);
    if (!results->foreign)
        results->stage = store->spool;
    return 0;
}

/* ---- what is known ---- */

/* A walk through the folders of a place, month by month. */
struct walk {
    const struct store *store;
    int folder; /* of the place, then of the month */
    int (*each)(void *context, const char *month, const char *name);
    void *context;
    const char *month;
};

static int walk_entry(void *context, const char *name)
{
    const struct walk *walk = context;

    return walk->each(walk->context, walk->month, name);
}

static int walk_month(void *context, const char *name)
{
    struct walk *walk = context;
    struct walk inner = *walk;

    if (name[0] == '.')
        return 0;
    inner.month = name;
    inner.folder = folder_open(walk->store->outside, walk->folder, name);
    if (inner.folder < 0) /* a file that somebody put there, or a month that is gone */
        return errno == ENOTDIR || errno == ELOOP || errno == ENOENT ? 0 : -1;
    int result = folder_each(walk->store->outside, inner.folder, walk_entry, &inner);
    int number = errno;
    walk->store->outside->close(inner.folder);
    errno = number;
    return result;
}

static int walk_place(const struct store *store, enum place place,
                      int (*each)(void *context, const char *month, const char *name), void *context)
{
    struct walk walk = {.store = store, .folder = store->results[place].folder, .each = each, .context = context};

    return folder_each(store->outside, walk.folder, walk_month, &walk);
}

static int learn(void *context, const char *month, const char *name)
{
    uint32_t hash;

    (void)month;
    return known_parse(name, &hash) ? known_add(context, hash) : 0;
}

struct search {
    const struct store *store;
    struct intent *intent;
    uint32_t hash;
};

static int search_entry(void *context, const char *month, const char *name)
{
    struct search *search = context;
    uint32_t hash;

    if (!known_parse(name, &hash) || hash != search->hash)
        return 0;
    if (snprintf(search->intent->folder, sizeof search->intent->folder, "%s/%s", month, name) >=
        (int)sizeof search->intent->folder)
        return 0;
    return store_holds(search->store, search->intent);
}

int store_find(const struct store *store, const char *sha256, struct intent *out)
{
    struct search search = {store, out, known_short(sha256)};

    *out = (struct intent){0};
    snprintf(out->sha256, sizeof out->sha256, "%s", sha256);
    if (!known_has(&store->known, search.hash))
        return 0;
    for (out->place = 0; out->place < PLACE_REPEATS; out->place++) {
        int result = walk_place(store, out->place, search_entry, &search);
        if (result != 0)
            return result;
    }
    return 0;
}

struct holding {
    const struct store *store;
    const char *sha256;
    int folder;
};

static int holds_entry(void *context, const char *name)
{
    const struct holding *holding = context;
    char sha256[INTENT_HASH_SIZE];
    int result = digest_file(holding->store->outside, &holding->store->patience, holding->folder, name, sha256);

    if (result < 0)
        return errno == ENOENT || errno == ELOOP || errno == EISDIR ? 0 : -1;
    return strcmp(sha256, holding->sha256) == 0;
}

int store_holds(const struct store *store, const struct intent *intent)
{
    struct holding holding = {.store = store, .sha256 = intent->sha256};

    holding.folder = folder_open(store->outside, store->results[intent->place].folder, intent->folder);
    if (holding.folder < 0)
        return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? 0 : -1;
    int result = folder_each(store->outside, holding.folder, holds_entry, &holding);
    int number = errno;
    store->outside->close(holding.folder);
    errno = number;
    return result;
}

const char *store_path_of(const struct store *store, const struct intent *intent, char out[STORE_PATH_SIZE])
{
    snprintf(out, STORE_PATH_SIZE, "%s/%s/%s", store->path, place_name(intent->place), intent->folder);
    return out;
}

/* ---- opening and closing ---- */

static int note_key(void *context, const char *name)
{
    struct store *store = context;
    uint64_t key = intent_key_parse(name);

    if (key >= store->next_key)
        store->next_key = key + 1;
    return 0;
}

int store_open(struct store *store, const struct outside *outside, const struct patience *patience, const char *path,
               bool make, struct error *error)
{
    *store = (struct store){
        .outside = outside, .patience = *patience, .inbox = -1, .own = -1, .lock = -1, .spool = -1, .journal = -1, .leaving = -1, .next_key = 1};
    for (enum place place = 0; place < PLACE_COUNT; place++)
        store->results[place] = (struct results){.folder = -1, .stage = -1};
    if (open_inbox(store, path, error) < 0 || open_own(store, make, error) < 0)
        goto failed;
    for (enum place place = 0; place < PLACE_COUNT; place++) {
        if (open_results(store, place, error) < 0)
            goto failed;
        if (place != PLACE_REPEATS && walk_place(store, place, learn, &store->known) < 0) {
            fail(error, "cannot look through the results in", store->path);
            goto failed;
        }
    }
    if (folder_sync(outside, store->inbox) < 0 || folder_each(outside, store->journal, note_key, store) < 0 ||
        folder_each(outside, store->leaving, note_key, store) < 0) {
        fail(error, "cannot look through " STORE_OWN_NAME " of", store->path);
        goto failed;
    }
    return 0;
failed:
    store_close(store);
    return -1;
}

void store_close(struct store *store)
{
    int folders[] = {store->inbox, store->own, store->spool, store->journal, store->leaving, store->lock};

    for (enum place place = 0; place < PLACE_COUNT; place++) {
        struct results *results = &store->results[place];
        if (results->foreign && results->stage >= 0)
            store->outside->close(results->stage);
        if (results->folder >= 0)
            store->outside->close(results->folder);
        *results = (struct results){.folder = -1, .stage = -1};
    }
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        if (folders[i] >= 0)
            store->outside->close(folders[i]);
    }
    known_dispose(&store->known);
    store->inbox = store->own = store->spool = store->journal = store->leaving = store->lock = -1;
}

/* ---- is it still there ---- */

static bool is_same_folder(const struct outside *outside, int folder, const char *name, int open)
{
    struct stat at_path;
    struct stat of_open;

    return outside->stat(folder, name, &at_path) == 0 && outside->fstat(open, &of_open) == 0 &&
           at_path.st_dev == of_open.st_dev && at_path.st_ino == of_open.st_ino;
}

bool store_is_there(const struct store *store)
{
    for (enum place place = 0; place < PLACE_COUNT; place++) {
        if (!is_same_folder(store->outside, store->inbox, place_name(place), store->results[place].folder))
            return false;
    }
    return store->inbox >= 0 && is_same_folder(store->outside, AT_FDCWD, store->path, store->inbox) &&
           is_same_folder(store->outside, store->inbox, STORE_OWN_NAME, store->own) &&
           is_same_folder(store->outside, store->own, "lock", store->lock);
}
