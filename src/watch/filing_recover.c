/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "watch/filing_inside.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "watch/folder.h"

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
        if (filing_put_back(store, key, intent->name) < 0 || folder_sync(store->outside, store->inbox) < 0)
            return filing_fail(error, FILING_LATER,
                               "a file of the inbox lies in .irsort/leaving and cannot be put back");
    } else if (errno != ENOENT) {
        return filing_fail(error, FILING_LATER, "the private folder cannot be looked at");
    }
    if (sync_result(store, intent) < 0 && errno != ENOENT) /* that it is not there; as in take_out */
        return filing_fail(error, FILING_LATER, "the result's folder cannot be brought onto the disk");
    if (remove_stages(store, intent) < 0 ||
        (journal_forget(store->outside, store->journal, intent->key) < 0 && errno != ENOENT))
        return filing_fail(error, FILING_LATER, "what was begun cannot be undone");
    return FILING_CHANGED;
}

enum filing_end filing_finish(struct store *store, const struct intent *intent, bool *filed, struct error *error)
{
    int holds = store_holds(store, intent);

    if (filed != NULL)
        *filed = false;
    if (holds < 0)
        return filing_fail(error, FILING_LATER, "the result cannot be looked at");
    if (holds == 0)
        return undo(store, intent, error);
    if (sync_result(store, intent) < 0)
        return filing_fail(error, FILING_LATER, "the result cannot be brought onto the disk");
    if (filing_enter_again(store, intent, error) < 0)
        return FILING_PAUSE;
    if (intent->place != PLACE_REPEATS && known_add(&store->known, known_short(intent->sha256)) < 0)
        return filing_fail(error, FILING_PAUSE, "the result cannot be remembered");
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
    return filing_put_back(recovery->store, name, found);
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
