/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "watch/filing_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "watch/digest.h"
#include "watch/folder.h"

/* Under its name, or under one beside it where that is taken: "scan.pdf" becomes "scan (2).pdf". */
int filing_put_back(const struct store *store, const char *key, const char *name)
{
    const char *dot = strrchr(name, '.');
    size_t stem = dot != NULL && dot > name ? (size_t)(dot - name) : strlen(name);
    char other[NAME_MAX + 1];

    if (filing_move_new(store, store->leaving, key, store->inbox, name) == 0)
        return 0;
    for (unsigned n = 2; errno == EEXIST && n <= NAMES_MAX; n++) {
        int room = NAME_MAX - 8 - (int)strlen(name + stem);
        snprintf(other, sizeof other, "%.*s (%u)%s", (int)stem < room ? (int)stem : room, name, n, name + stem);
        if (filing_move_new(store, store->leaving, key, store->inbox, other) == 0)
            return 0;
    }
    return -1;
}

/* The system says that something was done to the file, which may be that it was put back here once: its content tells.
 */
static enum filing_end check_content(const struct store *store, const struct intent *intent, int descriptor,
                                     struct error *error)
{
    char sha256[INTENT_HASH_SIZE];

    if (digest_descriptor(store->outside, &store->patience, descriptor, sha256) < 0)
        return filing_fail(error, FILING_LATER, "the original cannot be looked at");
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
                                                : filing_fail(error, FILING_LATER, "the original cannot be looked at");
    if (store->outside->fstat(descriptor, &status) < 0) {
        end = filing_fail(error, FILING_LATER, "the original cannot be looked at");
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
    filing_close(store, &descriptor);
    return end;
}

/* A file cannot be removed on condition that it is still the same. So it is moved out of everybody's reach, looked at
 * there, and put back if it is another. */
static enum filing_end remove_original(const struct store *store, const struct intent *intent, struct error *error)
{
    char key[INTENT_KEY_SIZE];
    struct stat status;
    enum filing_end end;
    bool waits = store->outside->stat(store->leaving, intent_key_name(intent->key, key), &status) == 0;
    bool doubtful = waits;

    if (!waits && errno != ENOENT)
        return filing_fail(error, FILING_LATER, "the original cannot be removed from the inbox");
    if (!waits) {
        if (store->outside->stat(store->inbox, intent->name, &status) < 0)
            return errno == ENOENT ? FILING_DONE : filing_fail(error, FILING_LATER, "the original cannot be looked at");
        struct identity now = identity_of(&status, store->lasting_inodes);
        if (!identity_same_moved(&now, &intent->identity))
            return FILING_CHANGED;
        doubtful = !identity_same(&now, &intent->identity);
        if (store->outside->rename(store->inbox, intent->name, store->leaving, key, 0) < 0)
            return errno == ENOENT ? FILING_DONE
                                   : filing_fail(error, FILING_LATER, "the original cannot be removed from the inbox");
    }
    end = check_leaving(store, intent, key, doubtful, error);
    if (end == FILING_DONE && store->outside->unlink(store->leaving, key, 0) < 0)
        end = filing_fail(error, FILING_LATER, "the original cannot be removed from the inbox");
    if (end != FILING_DONE && filing_put_back(store, key, intent->name) < 0)
        return filing_fail(error, FILING_LATER, "a file of the inbox lies in .irsort/leaving and cannot be put back");
    return end;
}

/* Then the journal forgets it; only then, and only when that is on the disk: or it would be taken once more. */
enum filing_end filing_leave(struct store *store, const struct intent *intent, struct error *error)
{
    enum filing_end end = remove_original(store, intent, error);

    if (end != FILING_DONE && end != FILING_CHANGED)
        return end;
    if (folder_sync(store->outside, store->leaving) < 0 || folder_sync(store->outside, store->inbox) < 0)
        return filing_fail(error, FILING_LATER, "that the original is gone cannot be brought onto the disk");
    if (journal_forget(store->outside, store->journal, intent->key) < 0 && errno != ENOENT)
        return filing_fail(error, FILING_LATER, "the journal cannot be written");
    return end;
}
