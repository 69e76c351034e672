/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "watch/filing_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "watch/digest.h"
#include "watch/folder.h"
#include "watch/name.h"

enum { CHUNK = 1 << 18 }; /* bytes copied at once */

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
        return filing_fail(error, FILING_PAUSE, "the file cannot be read now");
    default:
        return filing_fail(error, FILING_LATER, "the file cannot be read");
    }
}

/* Under its own name; under a plain one where the file system does not have such names. */
int filing_make_copy(const struct store *store, int folder, char kept[NAME_MAX + 1])
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
enum filing_end filing_copy_bytes(const struct store *store, int from, int to, int64_t size,
                                  char sha256[INTENT_HASH_SIZE], struct error *error)
{
    struct sha256_ctx hash;
    int64_t done = 0;
    char *chunk = malloc(CHUNK);
    enum filing_end end = FILING_DONE;

    if (chunk == NULL)
        return filing_fail_disk(store, error, "the file cannot be copied");
    sha256_init(&hash);
    if (size > 0 && store->outside->reserve(to, size) < 0 && (errno == ENOSPC || errno == EDQUOT))
        end = filing_fail_disk(store, error, "the file cannot be copied");
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
            end = filing_fail_disk(store, error, "the file cannot be copied");
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
        return filing_fail_disk(store, error, "no folder can be made in the spool");
    name_keep(intent->name, piece->kept);
    piece->copy = filing_make_copy(store, piece->folder, piece->kept);
    if (piece->copy < 0)
        return filing_fail_disk(store, error, "no file can be made in the spool");
    end = filing_copy_bytes(store, source, piece->copy, intent->identity.size, intent->sha256, error);
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
    filing_close(store, &source);
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

    filing_close(store, &piece->copy);
    filing_close(store, &piece->folder);
    if (piece->intent.key != 0 &&
        folder_remove(store->outside, store->spool, intent_key_name(piece->intent.key, key)) < 0)
        store->untidy = true;
}
