/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "watch/filing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "watch/digest.h"
#include "watch/folder.h"
#include "watch/name.h"

#define ACTOR "irsort watch"

enum {
    CHUNK = 1 << 18,            /* bytes copied at once */
    FILE_MODE_MOST = 0664,
    RECORD_BYTES_MAX = 1 << 22, /* of a record that is read back: far above what the bounds of a letter allow */
    NAMES_MAX = 10000,          /* results of the same content, label and day */
    PATH_TEXT_MAX = 1 << 15,    /* bytes: PATH_MAX, each replaced by up to three */
};

static enum filing_end fail(struct error *error, enum filing_end end, const char *what)
{
    if (errno == ECANCELED)
        return FILING_STOPPED;
    error_set(error, ERROR_SETUP, "%s: %s", what, strerror(errno));
    return end;
}

/* What went wrong on this irsort's own side stops everything: another file would fare no better. */
static enum filing_end fail_disk(const struct store *store, struct error *error, const char *what)
{
    switch (errno) {
    case ENOSPC:
    case EDQUOT:
        error_set(error, ERROR_SETUP, "there is no room left on the disk of %s; nothing was lost; make room, and it goes on",
                  store->path);
        return FILING_PAUSE;
    case EROFS:
        error_set(error, ERROR_SETUP, "%s can only be read now; nothing was lost; mount it for writing, and it goes on",
                  store->path);
        return FILING_PAUSE;
    default:
        return fail(error, FILING_PAUSE, what);
    }
}

/* The dropped file could not be opened or read. */
static enum filing_end fail_source(struct error *error)
{
    switch (errno) {
    case ENOENT:
    case ELOOP:
    case ENXIO:
    case ENOTDIR:
        return FILING_CHANGED;
    case ESTALE:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
        return fail(error, FILING_PAUSE, "the file cannot be read now");
    default:
        return fail(error, FILING_LATER, "the file cannot be read");
    }
}

static void close_one(const struct store *store, int *descriptor)
{
    if (*descriptor >= 0)
        store->outside->close(*descriptor);
    *descriptor = -1;
}

/* ---- taking ---- */

/* Under its own name; under a plain one where the file system does not have such names. */
static int make_copy(const struct store *store, int folder, char kept[NAME_MAX + 1])
{
    const int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    int copy = store->outside->open(folder, kept, flags, 0600);

    if (copy < 0 && (errno == EILSEQ || errno == EINVAL || errno == ENAMETOOLONG)) {
        snprintf(kept, NAME_MAX + 1, "original");
        copy = store->outside->open(folder, kept, flags, 0600);
    }
    return copy;
}

/* From `from`, which is read at its own place, to the end of `to`. */
static enum filing_end copy_bytes(const struct store *store, int from, int to, int64_t size,
                                  char sha256[INTENT_HASH_SIZE], struct error *error)
{
    struct sha256_ctx hash;
    int64_t done = 0;
    char *chunk = malloc(CHUNK);
    enum filing_end end = FILING_DONE;

    if (chunk == NULL)
        return fail_disk(store, error, "the file cannot be copied");
    sha256_init(&hash);
    if (size > 0 && store->outside->reserve(to, size) < 0 && (errno == ENOSPC || errno == EDQUOT))
        end = fail_disk(store, error, "the file cannot be copied");
    while (end == FILING_DONE) {
        ssize_t got = store->outside->pread(from, chunk, CHUNK, done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            end = fail_source(error);
        else if (got == 0)
            break;
        else if ((done += got) > size)
            end = FILING_CHANGED;
        else if (!patience_lasts(&store->patience))
            end = FILING_STOPPED;
        else if (folder_write_all(store->outside, to, chunk, (size_t)got) < 0)
            end = fail_disk(store, error, "the file cannot be copied");
        else
            sha256_update(&hash, (size_t)got, (uint8_t *)chunk);
    }
    free(chunk);
    if (end == FILING_DONE && done != size)
        end = FILING_CHANGED;
    if (end == FILING_DONE)
        digest_end(&hash, sha256);
    return end;
}

/* Is the open file a plain one, and as it was when it settled? */
static enum filing_end check_source(const struct store *store, int source, const struct identity *identity,
                                    struct timespec times[2], struct error *error)
{
    struct stat status;

    if (store->outside->fstat(source, &status) < 0)
        return fail_source(error);
    struct identity now = identity_of(&status, store->lasting_inodes);
    times[0] = status.st_mtim;
    times[1] = status.st_mtim;
    return S_ISREG(status.st_mode) && identity_same(&now, identity) ? FILING_DONE : FILING_CHANGED;
}

static enum filing_end copy_source(struct store *store, struct piece *piece, int source, struct error *error)
{
    struct intent *intent = &piece->intent;
    char key[INTENT_KEY_SIZE];
    struct timespec times[2];
    enum filing_end end;

    intent->key = store->next_key++;
    piece->folder = folder_make(store->outside, store->spool, intent_key_name(intent->key, key), 0700, NULL);
    if (piece->folder < 0)
        return fail_disk(store, error, "no folder can be made in the spool");
    name_keep(intent->name, piece->kept);
    piece->copy = make_copy(store, piece->folder, piece->kept);
    if (piece->copy < 0)
        return fail_disk(store, error, "no file can be made in the spool");
    end = copy_bytes(store, source, piece->copy, intent->identity.size, intent->sha256, error);
    if (end == FILING_DONE) /* what was copied is one state of it, not half of each of two */
        end = check_source(store, source, &intent->identity, times, error);
    if (end == FILING_DONE)
        store->outside->set_time(piece->copy, times); /* a kindness; nothing depends on it */
    return end;
}

enum filing_end filing_take(struct store *store, struct piece *piece, struct error *error)
{
    struct timespec times[2];
    enum filing_end end;

    piece->folder = piece->copy = -1;
    int source = store->outside->open(store->inbox, piece->intent.name,
                                      O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
    if (source < 0)
        return fail_source(error);
    end = check_source(store, source, &piece->intent.identity, times, error);
    if (end == FILING_DONE)
        end = copy_source(store, piece, source, error);
    close_one(store, &source);
    if (end != FILING_DONE)
        filing_drop(store, piece);
    return end;
}

int filing_open_copy(const struct store *store, const struct piece *piece)
{
    return store->outside->open(piece->folder, piece->kept, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);
}

void filing_drop(struct store *store, struct piece *piece)
{
    char key[INTENT_KEY_SIZE];

    close_one(store, &piece->copy);
    close_one(store, &piece->folder);
    if (piece->intent.key != 0 && folder_remove(store->outside, store->spool, intent_key_name(piece->intent.key, key)) < 0)
        store->untidy = true;
}

/* ---- the docket ---- */

struct entering {
    struct store *store;
    const struct intent *intent;
    struct buffer file;
    struct buffer filed;
    struct docket_scan scan;
    struct docket_actor actor;
};

static int entering_init(struct entering *entering, struct store *store, const struct intent *intent,
                         struct error *error)
{
    char path[STORE_PATH_SIZE];

    entering->store = store;
    entering->intent = intent;
    buffer_init(&entering->file, PATH_TEXT_MAX);
    buffer_init(&entering->filed, PATH_TEXT_MAX);
    name_utf8(&entering->file, intent->name);
    name_utf8(&entering->filed, store_path_of(store, intent, path));
    if (entering->file.failed || entering->filed.failed)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    entering->actor = (struct docket_actor){ACTOR, store->outside->wall_s()};
    entering->scan = (struct docket_scan){.sha256 = intent->sha256,
                                          .file = entering->file.data,
                                          .filed = entering->filed.data,
                                          .received = intent->received};
    return 0;
}

static void entering_dispose(struct entering *entering)
{
    buffer_dispose(&entering->file);
    buffer_dispose(&entering->filed);
}

static int enter_letter(struct entering *entering, const struct letter *letter, struct error *error)
{
    struct docket_filed filed;

    return docket_file(entering->store->docket, &entering->scan, letter, &entering->actor, &filed, error);
}

static int enter_repeat(struct entering *entering, struct error *error)
{
    size_t letters;

    return docket_repeat(entering->store->docket, &entering->scan, &entering->actor, &letters, error);
}

/* A failure may have undone all of the transaction: then it is undone whole. */
static int enter(struct store *store, const struct intent *intent, const struct filing *filing, struct error *error)
{
    struct entering entering;
    int result = entering_init(&entering, store, intent, error);

    if (result == 0 && intent->place == PLACE_REPEATS)
        result = enter_repeat(&entering, error);
    for (size_t i = 0; result == 0 && i < filing->letter_count; i++)
        result = enter_letter(&entering, &filing->letters[i], error);
    entering_dispose(&entering);
    return result;
}

/* The n-th record of letters, from 1: letter.json, letter-2.json … */
static void name_record(size_t n, char out[32])
{
    if (n == 1)
        snprintf(out, 32, "letter.json");
    else
        snprintf(out, 32, "letter-%zu.json", n);
}

/* The same from the records that are filed. What is no record any more, somebody has changed; it is told, and the original
 * stays. */
static int enter_record(struct entering *entering, int folder, const char *name, char *text, struct error *error)
{
    struct letter letter;
    size_t length;

    if (folder_read_file(entering->store->outside, folder, name, text, RECORD_BYTES_MAX, &length) < 0) {
        int number = errno;
        if (number != ENOENT)
            error_set(error, ERROR_SETUP, "its record %s cannot be read: %s", name, strerror(number));
        errno = number;
        return -1;
    }
    json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    int result = json != NULL ? letter_from_json(&letter, json, error)
                              : error_set(error, ERROR_SETUP, "its record %s is not whole", name);
    json_decref(json);
    if (result == 0) {
        result = enter_letter(entering, &letter, error);
        letter_dispose(&letter);
    }
    errno = EIO;
    return result;
}

static int enter_records(struct store *store, const struct intent *intent, struct error *error)
{
    struct entering entering;
    char name[32];
    char *text = malloc(RECORD_BYTES_MAX);
    int folder = folder_open(store->outside, store->results[intent->place].folder, intent->folder);
    int result = entering_init(&entering, store, intent, error);

    if (result == 0 && (text == NULL || folder < 0))
        result = error_set(error, ERROR_SETUP, "its records cannot be read: %s", strerror(errno));
    if (result == 0 && intent->place == PLACE_REPEATS)
        result = enter_repeat(&entering, error);
    for (size_t n = 1; result == 0 && (intent->place == PLACE_FILED || intent->place == PLACE_REVIEW); n++) {
        name_record(n, name);
        if (enter_record(&entering, folder, name, text, error) == 0)
            continue;
        if (errno != ENOENT || error->code != ERROR_NONE || n == 1)
            result = error_set(error, ERROR_SETUP, "its record %s is not there", name);
        break;
    }
    close_one(store, &folder);
    free(text);
    entering_dispose(&entering);
    return result;
}

int filing_is_known(struct store *store, const struct intent *intent, struct intent *first, struct error *error)
{
    struct entering entering;
    size_t letters = 0;
    int found = store_find(store, intent->sha256, first);

    if (found < 0)
        return error_set(error, ERROR_SETUP, "what is filed cannot be looked through: %s", strerror(errno));
    if (found > 0)
        return 1;
    *first = (struct intent){0};
    int result = entering_init(&entering, store, intent, error);
    if (result == 0 && docket_begin(store->docket, error) < 0)
        result = -1;
    else if (result == 0) {
        result = docket_repeat(store->docket, &entering.scan, &entering.actor, &letters, error); /* only to see */
        docket_rollback(store->docket);
    }
    entering_dispose(&entering);
    return result < 0 ? -1 : letters > 0;
}

static int enter_again(struct store *store, const struct intent *intent, struct error *error)
{
    if (intent->place == PLACE_FAILED)
        return 0;
    if (docket_begin(store->docket, error) < 0)
        return -1;
    if (enter_records(store, intent, error) == 0)
        return docket_commit(store->docket, error);
    docket_rollback(store->docket);
    return -1;
}

/* ---- filing ---- */

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
        return fail_disk(store, error, "the copy cannot be brought onto the disk");
    posix_fadvise(copy, 0, 0, POSIX_FADV_DONTNEED); /* not from memory, where that can be had */
    if (digest_descriptor(store->outside, &store->patience, copy, sha256) < 0)
        return fail_disk(store, error, "the copy cannot be read back");
    if (strcmp(sha256, intent->sha256) != 0) {
        error_set(error, ERROR_SETUP, "a copy on the disk of %s is not what was written: look at that disk", store->path);
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

    staging->folder =
        folder_make(store->outside, staging->stage, intent_key_name(piece->intent.key, key), 0700, NULL);
    if (staging->folder < 0 || (copy = make_copy(store, staging->folder, piece->kept)) < 0)
        return fail_disk(store, error, "the result folder cannot be written to");
    end = copy_bytes(store, piece->copy, copy, piece->intent.identity.size, sha256, error);
    if (end == FILING_CHANGED || end == FILING_LATER)
        end = fail_disk(store, error, "the copy cannot be read back");
    if (end == FILING_DONE && store->outside->fstat(piece->copy, &status) == 0)
        store->outside->set_time(copy, (struct timespec[]){status.st_mtim, status.st_mtim});
    if (end == FILING_DONE)
        end = settle_copy(store, &piece->intent, copy, error);
    close_one(store, &copy);
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

/* Onto nothing that is there; where the file system cannot promise that, a name that was free a moment ago is the nearest,
 * and this process alone makes names here. */
static int move_new(const struct store *store, int folder, const char *name, int to_folder, const char *to_name)
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

/* Out of its place again, and that on the disk: as long as a loss of power could bring it back the journal must know it, or
 * it would be taken for one that was filed, and its letters would never come onto the docket. */
static bool take_out(const struct store *store, const struct staging *staging, const char *name, const char *key)
{
    return store->outside->rename(staging->month, name, staging->stage, key, 0) == 0 &&
           folder_sync(store->outside, staging->month) == 0;
}

/* The folder comes in whole, and with it its letters onto the docket; or both stay out. */
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
    if (docketed && enter(store, intent, filing, error) < 0)
        goto undo;
    if (!is_unchanged(store, intent)) {
        end = FILING_CHANGED;
        goto undo;
    }
    if (move_new(store, staging->stage, key, staging->month, name) < 0) {
        end = fail_disk(store, error, "the result folder cannot be put into place");
        goto undo;
    }
    if (folder_sync(store->outside, staging->month) < 0) {
        fail_disk(store, error, "the result folder cannot be brought onto the disk");
        *open = !take_out(store, staging, name, key);
        goto undo;
    }
    if (docketed && docket_commit(store->docket, error) < 0) {
        *open = !take_out(store, staging, name, key);
        return FILING_PAUSE;
    }
    *open = true;
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
    enum filing_end end = staging->foreign ? stage_abroad(store, piece, staging, error)
                                           : settle_copy(store, intent, piece->copy, error);

    if (end != FILING_DONE)
        return end;
    if (write_records(store, staging->folder, filing) < 0)
        return fail_disk(store, error, "the records cannot be written");
    if (choose_folder(store, intent, filing->label, staging) < 0)
        return fail_disk(store, error, "the folder of the month cannot be used");
    if (journal_write(store->outside, store->journal, intent) < 0)
        return fail_disk(store, error, "the journal cannot be written");
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
    close_one(store, &staging.month);
    if (staging.foreign) {
        close_one(store, &staging.folder);
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

/* ---- the original goes ---- */

/* Under its name, or under one beside it where that is taken: "scan.pdf" becomes "scan (2).pdf". */
static int put_back(const struct store *store, const char *key, const char *name)
{
    const char *dot = strrchr(name, '.');
    size_t stem = dot != NULL && dot > name ? (size_t)(dot - name) : strlen(name);
    char other[NAME_MAX + 1];

    if (move_new(store, store->leaving, key, store->inbox, name) == 0)
        return 0;
    for (unsigned n = 2; errno == EEXIST && n <= NAMES_MAX; n++) {
        int room = NAME_MAX - 8 - (int)strlen(name + stem);
        snprintf(other, sizeof other, "%.*s (%u)%s", (int)stem < room ? (int)stem : room, name, n, name + stem);
        if (move_new(store, store->leaving, key, store->inbox, other) == 0)
            return 0;
    }
    return -1;
}

/* The system says that something was done to the file, which may be that it was put back here once: its content tells. */
static enum filing_end check_content(const struct store *store, const struct intent *intent, int descriptor,
                                     struct error *error)
{
    char sha256[INTENT_HASH_SIZE];

    if (digest_descriptor(store->outside, &store->patience, descriptor, sha256) < 0)
        return fail(error, FILING_LATER, "the original cannot be looked at");
    return strcmp(sha256, intent->sha256) == 0 ? FILING_DONE : FILING_CHANGED;
}

/* What lies in `leaving`: is it what was filed, with nobody writing to it? Its name is gone, so nobody can begin to. */
static enum filing_end check_leaving(const struct store *store, const struct intent *intent, const char *key,
                                     bool doubtful, struct error *error)
{
    struct stat status;
    enum filing_end end;
    int descriptor =
        store->outside->open(store->leaving, key, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);

    if (descriptor < 0)
        return errno == ELOOP || errno == ENXIO ? FILING_CHANGED
                                                : fail(error, FILING_LATER, "the original cannot be looked at");
    if (store->outside->fstat(descriptor, &status) < 0) {
        end = fail(error, FILING_LATER, "the original cannot be looked at");
    } else {
        struct identity now = identity_of(&status, store->lasting_inodes);
        end = S_ISREG(status.st_mode) && identity_same_moved(&now, &intent->identity) ? FILING_DONE : FILING_CHANGED;
    }
    if (end == FILING_DONE && store->outside->is_written(descriptor)) {
        error_set(error, ERROR_SETUP, "another program has it open for writing");
        end = FILING_LATER;
    }
    if (end == FILING_DONE && doubtful)
        end = check_content(store, intent, descriptor, error);
    close_one(store, &descriptor);
    return end;
}

/* A file cannot be removed on condition that it is still the same. So it is moved out of everybody's reach, looked at there,
 * and put back if it is another. */
static enum filing_end remove_original(const struct store *store, const struct intent *intent, struct error *error)
{
    char key[INTENT_KEY_SIZE];
    struct stat status;
    enum filing_end end;
    bool waits = store->outside->stat(store->leaving, intent_key_name(intent->key, key), &status) == 0;
    bool doubtful = waits;

    if (!waits && errno != ENOENT)
        return fail(error, FILING_LATER, "the original cannot be removed from the inbox");
    if (!waits) {
        if (store->outside->stat(store->inbox, intent->name, &status) < 0)
            return errno == ENOENT ? FILING_DONE : fail(error, FILING_LATER, "the original cannot be looked at");
        struct identity now = identity_of(&status, store->lasting_inodes);
        if (!identity_same_moved(&now, &intent->identity))
            return FILING_CHANGED;
        doubtful = !identity_same(&now, &intent->identity);
        if (store->outside->rename(store->inbox, intent->name, store->leaving, key, 0) < 0)
            return errno == ENOENT ? FILING_DONE
                                   : fail(error, FILING_LATER, "the original cannot be removed from the inbox");
    }
    end = check_leaving(store, intent, key, doubtful, error);
    if (end == FILING_DONE && store->outside->unlink(store->leaving, key, 0) < 0)
        end = fail(error, FILING_LATER, "the original cannot be removed from the inbox");
    if (end != FILING_DONE && put_back(store, key, intent->name) < 0)
        return fail(error, FILING_LATER, "a file of the inbox lies in .irsort/leaving and cannot be put back");
    return end;
}

/* Then the journal forgets it; only then, and only when that is on the disk: or it would be taken once more. */
enum filing_end filing_leave(struct store *store, const struct intent *intent, struct error *error)
{
    enum filing_end end = remove_original(store, intent, error);

    if (end != FILING_DONE && end != FILING_CHANGED)
        return end;
    if (folder_sync(store->outside, store->leaving) < 0 || folder_sync(store->outside, store->inbox) < 0)
        return fail(error, FILING_LATER, "that the original is gone cannot be brought onto the disk");
    if (journal_forget(store->outside, store->journal, intent->key) < 0 && errno != ENOENT)
        return fail(error, FILING_LATER, "the journal cannot be written");
    return end;
}

/* ---- to the end, from wherever it stands ---- */

/* What was put together for it, if it did not come into place. */
static int remove_stages(const struct store *store, const struct intent *intent)
{
    const struct results *results = &store->results[intent->place];
    char key[INTENT_KEY_SIZE];

    intent_key_name(intent->key, key);
    if (folder_remove(store->outside, store->spool, key) < 0)
        return -1;
    return results->foreign ? folder_remove(store->outside, results->stage, key) : 0;
}

/* The names that lead to the result are on the disk before anything is built on it. */
static int sync_result(const struct store *store, const struct intent *intent)
{
    const struct results *results = &store->results[intent->place];
    char month[INTENT_FOLDER_SIZE];

    snprintf(month, sizeof month, "%.*s", (int)strcspn(intent->folder, "/"), intent->folder);
    int folder = folder_open(store->outside, results->folder, month);
    if (folder < 0)
        return -1;
    int result = folder_sync(store->outside, folder);
    int number = errno;
    store->outside->close(folder);
    errno = number;
    return result < 0 ? -1 : folder_sync(store->outside, results->folder);
}

static enum filing_end undo(const struct store *store, const struct intent *intent, struct error *error)
{
    char key[INTENT_KEY_SIZE];
    struct stat status;

    if (store->outside->stat(store->leaving, intent_key_name(intent->key, key), &status) == 0) {
        if (put_back(store, key, intent->name) < 0 || folder_sync(store->outside, store->inbox) < 0)
            return fail(error, FILING_LATER, "a file of the inbox lies in .irsort/leaving and cannot be put back");
    } else if (errno != ENOENT) {
        return fail(error, FILING_LATER, "the private folder cannot be looked at");
    }
    if (sync_result(store, intent) < 0 && errno != ENOENT) /* that it is not there; as in take_out */
        return fail(error, FILING_LATER, "the result's folder cannot be brought onto the disk");
    if (remove_stages(store, intent) < 0 ||
        (journal_forget(store->outside, store->journal, intent->key) < 0 && errno != ENOENT))
        return fail(error, FILING_LATER, "what was begun cannot be undone");
    return FILING_CHANGED;
}

enum filing_end filing_finish(struct store *store, const struct intent *intent, bool *filed, struct error *error)
{
    int holds = store_holds(store, intent);

    if (filed != NULL)
        *filed = false;
    if (holds < 0)
        return fail(error, FILING_LATER, "the result cannot be looked at");
    if (holds == 0)
        return undo(store, intent, error);
    if (sync_result(store, intent) < 0)
        return fail(error, FILING_LATER, "the result cannot be brought onto the disk");
    if (enter_again(store, intent, error) < 0)
        return FILING_PAUSE;
    if (intent->place != PLACE_REPEATS && known_add(&store->known, known_short(intent->sha256)) < 0)
        return fail(error, FILING_PAUSE, "the result cannot be remembered");
    if (filed != NULL)
        *filed = true;
    if (remove_stages(store, intent) < 0)
        store->untidy = true;
    return filing_leave(store, intent, error);
}

/* ---- at start ---- */

struct recovery {
    struct store *store;
    filing_told_fn *told;
    void *context;
    int swept; /* the folder that is being cleared up */
};

static int recover_one(void *context, const char *name)
{
    struct recovery *recovery = context;
    struct store *store = recovery->store;
    uint64_t key = intent_key_parse(name);
    struct error error = {0};
    struct intent intent;
    int got = key != 0 ? journal_read(store->outside, store->journal, key, &intent) : 0;

    if (got < 0)
        return -1;
    if (got == 0) /* not written to its end: nothing was done yet that it would tell of */
        return store->outside->unlink(store->journal, name, 0);
    enum filing_end end = filing_finish(store, &intent, NULL, &error);
    if (recovery->told != NULL)
        recovery->told(recovery->context, &intent, end, &error);
    return 0;
}

static bool is_pending(const struct store *store, uint64_t key)
{
    char name[INTENT_KEY_SIZE];
    struct stat status;

    return key != 0 && store->outside->stat(store->journal, intent_key_name(key, name), &status) == 0;
}

static int sweep_stage(void *context, const char *name)
{
    const struct recovery *recovery = context;

    if (is_pending(recovery->store, intent_key_parse(name)))
        return 0;
    if (folder_remove(recovery->store->outside, recovery->swept, name) == 0)
        return 0;
    return errno == ENOTDIR ? recovery->store->outside->unlink(recovery->swept, name, 0) : -1;
}

/* Only if somebody took the journal away. */
static int sweep_leaving(void *context, const char *name)
{
    const struct recovery *recovery = context;
    char found[NAME_MAX + 1];

    if (is_pending(recovery->store, intent_key_parse(name)))
        return 0;
    snprintf(found, sizeof found, "found-%.200s", name);
    return put_back(recovery->store, name, found);
}

int filing_sweep(struct store *store)
{
    struct recovery recovery = {.store = store, .swept = store->spool};

    if (folder_each(store->outside, store->spool, sweep_stage, &recovery) < 0)
        return -1;
    for (enum place place = 0; place < PLACE_COUNT; place++) {
        recovery.swept = store->results[place].stage;
        if (store->results[place].foreign && folder_each(store->outside, recovery.swept, sweep_stage, &recovery) < 0)
            return -1;
    }
    store->untidy = false;
    return 0;
}

int filing_recover(struct store *store, filing_told_fn *told, void *context, struct error *error)
{
    struct recovery recovery = {.store = store, .told = told, .context = context};

    if (folder_each(store->outside, store->journal, recover_one, &recovery) < 0)
        return error_set(error, ERROR_SETUP, "the journal of %s cannot be read: %s", store->path, strerror(errno));
    if (filing_sweep(store) < 0 || folder_each(store->outside, store->leaving, sweep_leaving, &recovery) < 0)
        return error_set(error, ERROR_SETUP, "what an earlier irsort left in %s cannot be cleared up: %s", store->path,
                         strerror(errno));
    return 0;
}
