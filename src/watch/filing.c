/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "watch/filing_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "watch/digest.h"
#include "watch/folder.h"

enum { FILE_MODE_MOST = 0664 };

enum filing_end filing_fail(struct error *error, enum filing_end end, const char *what)
{
    if (errno == ECANCELED)
        return FILING_STOPPED;
    error_set(error, ERROR_SETUP, "%s: %s", what, strerror(errno));
    return end;
}

/* What went wrong on this irsort's own side stops everything: another file would fare no better. */
enum filing_end filing_fail_disk(const struct store *store, struct error *error, const char *what)
{
    switch (errno) {
    case ENOSPC:
    case EDQUOT:
        error_set(error, ERROR_SETUP,
                  "there is no room left on the disk of %s; nothing was lost; make room, and it goes on", store->path);
        return FILING_PAUSE;
    case EROFS:
        error_set(error, ERROR_SETUP, "%s can only be read now; nothing was lost; mount it for writing, and it goes on",
                  store->path);
        return FILING_PAUSE;
    default:
        return filing_fail(error, FILING_PAUSE, what);
    }
}

void filing_close(const struct store *store, int *descriptor)
{
    if (*descriptor >= 0)
        store->outside->close(*descriptor);
    *descriptor = -1;
}

/* Where the new folder is put together. */
struct staging {
    int stage;  /* its parent */
    int folder; /* itself */
    int month;  /* where it goes */
    bool foreign;
};

/* On the disk, and read back from it: the very bytes that were hashed when they were taken. */
static enum filing_end settle_copy(const struct store *store, const struct intent *intent, int copy,
                                   struct error *error)
{
    char sha256[INTENT_HASH_SIZE];

    if (store->outside->chmod(copy, store->mode & FILE_MODE_MOST) < 0 || store->outside->fsync(copy) < 0)
        return filing_fail_disk(store, error, "the copy cannot be brought onto the disk");
    posix_fadvise(copy, 0, 0, POSIX_FADV_DONTNEED); /* not from memory, where that can be had */
    if (digest_descriptor(store->outside, &store->patience, copy, sha256) < 0)
        return filing_fail_disk(store, error, "the copy cannot be read back");
    if (strcmp(sha256, intent->sha256) != 0) {
        error_set(error, ERROR_SETUP, "a copy on the disk of %s is not what was written: look at that disk",
                  store->path);
        return FILING_PAUSE;
    }
    return FILING_DONE;
}

/* Another disk takes a copy of the copy. */
static enum filing_end stage_abroad(struct store *store, struct piece *piece, struct staging *staging,
                                    struct error *error)
{
    char key[INTENT_KEY_SIZE];
    char sha256[INTENT_HASH_SIZE];
    struct stat status;
    enum filing_end end;
    int copy = -1;

    staging->folder = folder_make(store->outside, staging->stage, intent_key_name(piece->intent.key, key), 0700, NULL);
    if (staging->folder < 0 || (copy = filing_make_copy(store, staging->folder, piece->kept)) < 0)
        return filing_fail_disk(store, error, "the result folder cannot be written to");
    end = filing_copy_bytes(store, piece->copy, copy, piece->intent.identity.size, sha256, error);
    if (end == FILING_CHANGED || end == FILING_LATER)
        end = filing_fail_disk(store, error, "the copy cannot be read back");
    if (end == FILING_DONE && store->outside->fstat(piece->copy, &status) == 0)
        store->outside->set_time(copy, (struct timespec[]){status.st_mtim, status.st_mtim});
    if (end == FILING_DONE)
        end = settle_copy(store, &piece->intent, copy, error);
    filing_close(store, &copy);
    return end;
}

static int write_records(const struct store *store, int folder, const struct filing *filing)
{
    struct stat status;

    for (size_t i = 0; i < filing->record_count; i++) {
        const struct record *record = &filing->records[i];
        if (folder_write_file(store->outside, folder, record->name, record->bytes, record->length,
                              store->mode & FILE_MODE_MOST) < 0)
            return -1;
    }
    /* a folder that hands its group on to what is made in it keeps doing so */
    if (store->outside->fstat(folder, &status) < 0 ||
        store->outside->chmod(folder, store->mode | (status.st_mode & S_ISGID)) < 0)
        return -1;
    return folder_sync(store->outside, folder);
}

/* Opens the month's folder and finds a name in it that is free. */
static int choose_folder(struct store *store, struct intent *intent, const char *label, struct staging *staging)
{
    struct results *results = &store->results[intent->place];
    char day[DATE_TEXT_SIZE];
    char month[sizeof results->month];
    struct stat status;
    bool made;

    date_format(intent->received, day);
    snprintf(month, sizeof month, "%.7s", day);
    staging->month = folder_make(store->outside, results->folder, month, store->mode, &made);
    if (staging->month < 0)
        return -1;
    if (made)
        results->month[0] = '\0';
    if (made && store->outside->chmod(staging->month, store->mode) < 0)
        return -1;
    if (strcmp(month, results->month) != 0) { /* an irsort that was killed may have made it and got no further */
        if (folder_sync(store->outside, results->folder) < 0)
            return -1;
        memcpy(results->month, month, sizeof month);
    }
    for (unsigned n = 1; n <= NAMES_MAX; n++) {
        int length = snprintf(intent->folder, sizeof intent->folder, "%s/%s%s%s %.*s", month, day,
                              label[0] != '\0' ? " " : "", label, KNOWN_DIGITS, intent->sha256);
        if (n > 1)
            snprintf(intent->folder + length, sizeof intent->folder - (size_t)length, " %u", n);
        if (store->outside->stat(staging->month, strchr(intent->folder, '/') + 1, &status) < 0)
            return errno == ENOENT ? 0 : -1;
    }
    errno = EEXIST;
    return -1;
}

/* Onto nothing that is there; where the file system cannot promise that, a name that was free a moment ago is the
 * nearest, and this process alone makes names here. */
int filing_move_new(const struct store *store, int folder, const char *name, int to_folder, const char *to_name)
{
    struct stat status;

    if (store->outside->rename(folder, name, to_folder, to_name, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS && errno != ENOTSUP)
        return -1;
    if (store->outside->stat(to_folder, to_name, &status) == 0) {
        errno = EEXIST;
        return -1;
    }
    return errno == ENOENT ? store->outside->rename(folder, name, to_folder, to_name, 0) : -1;
}

static bool is_unchanged(const struct store *store, const struct intent *intent)
{
    struct stat status;

    if (store->outside->stat(store->inbox, intent->name, &status) < 0)
        return false;
    struct identity now = identity_of(&status, store->lasting_inodes);
    return identity_same(&now, &intent->identity);
}

/* Out of its place again, and that on the disk: as long as a loss of power could bring it back the journal must know
 * it, or it would be taken for one that was filed, and its letters would never come onto the docket. */
static bool take_out(const struct store *store, const struct staging *staging, const char *name, const char *key)
{
    return store->outside->rename(staging->month, name, staging->stage, key, 0) == 0 &&
           folder_sync(store->outside, staging->month) == 0;
}

/* The folder comes in whole, and with it its letters onto the docket; or both stay out; or, where nobody can know whether the
 * docket has them, the folder is in and the journal knows it. */
static enum filing_end bring_in(struct store *store, struct piece *piece, const struct filing *filing,
                                const struct staging *staging, bool *open, struct error *error)
{
    const struct intent *intent = &piece->intent;
    const char *name = strchr(intent->folder, '/') + 1;
    const bool docketed = intent->place != PLACE_FAILED;
    char key[INTENT_KEY_SIZE];
    enum filing_end end = FILING_PAUSE;

    intent_key_name(intent->key, key);
    if (docketed && docket_begin(store->docket, error) < 0)
        return FILING_PAUSE;
    if (docketed && filing_enter(store, intent, filing, error) < 0)
        goto undo;
    if (!is_unchanged(store, intent)) {
        end = FILING_CHANGED;
        goto undo;
    }
    if (filing_move_new(store, staging->stage, key, staging->month, name) < 0) {
        end = filing_fail_disk(store, error, "the result folder cannot be put into place");
        goto undo;
    }
    if (folder_sync(store->outside, staging->month) < 0) {
        filing_fail_disk(store, error, "the result folder cannot be brought onto the disk");
        *open = !take_out(store, staging, name, key);
        goto undo;
    }
    *open = true;
    /* A commit that is told to have failed may be on the disk all the same, and after a loss of power be true. So the
     * folder stays, and filing_finish enters it again, which changes nothing where it is there. */
    if (docketed && docket_commit(store->docket, error) < 0)
        return FILING_PAUSE;
    return FILING_DONE;
undo:
    if (docketed)
        docket_rollback(store->docket);
    return end;
}

static enum filing_end commit(struct store *store, struct piece *piece, const struct filing *filing,
                              struct staging *staging, bool *open, struct error *error)
{
    struct intent *intent = &piece->intent;
    enum filing_end end =
        staging->foreign ? stage_abroad(store, piece, staging, error) : settle_copy(store, intent, piece->copy, error);

    if (end != FILING_DONE)
        return end;
    if (write_records(store, staging->folder, filing) < 0)
        return filing_fail_disk(store, error, "the records cannot be written");
    if (choose_folder(store, intent, filing->label, staging) < 0)
        return filing_fail_disk(store, error, "the folder of the month cannot be used");
    if (journal_write(store->outside, store->journal, intent) < 0)
        return filing_fail_disk(store, error, "the journal cannot be written");
    *open = true;
    bool stays = false;
    end = bring_in(store, piece, filing, staging, &stays, error);
    if (!stays)
        *open = journal_forget(store->outside, store->journal, intent->key) < 0 && errno != ENOENT;
    return end;
}

enum filing_end filing_commit(struct store *store, struct piece *piece, const struct filing *filing, bool *open,
                              struct error *error)
{
    const struct results *results = &store->results[filing->place];
    struct staging staging = {
        .stage = results->stage,
        .folder = results->foreign ? -1 : piece->folder,
        .month = -1,
        .foreign = results->foreign,
    };
    char key[INTENT_KEY_SIZE];
    enum filing_end end = FILING_CHANGED;

    *open = false;
    piece->intent.place = filing->place;
    if (is_unchanged(store, &piece->intent))
        end = commit(store, piece, filing, &staging, open, error);
    filing_close(store, &staging.month);
    if (staging.foreign) {
        filing_close(store, &staging.folder);
        if (!*open && folder_remove(store->outside, staging.stage, intent_key_name(piece->intent.key, key)) < 0)
            store->untidy = true;
    }
    if (end == FILING_DONE && filing->place != PLACE_REPEATS &&
        known_add(&store->known, known_short(piece->intent.sha256)) < 0) {
        error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
        end = FILING_PAUSE;
    }
    return end;
}
