/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "watch/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "watch/ending.h"
#include "watch/record.h"

enum { INCOMPLETE_MOST_MS = 30 * MS }; /* a file that is not complete is looked at so often at the least */

bool watch_goes_on(void *context)
{
    struct watch *watch = context;

    if (!watch->call.keep_going(watch->call.context))
        watch->stopping = true;
    return !watch->stopping;
}

/* What becomes of that content is not known yet. */
static bool has_twin(const struct watch *watch, const struct entry *entry, uint32_t hash)
{
    for (const struct entry *other = watch->inbox.first; other != NULL; other = other->next) {
        if (other->state == ENTRY_PENDING && other->undocketed && known_short(other->intent->sha256) == hash)
            return true;
    }
    for (size_t i = 0; i < watch->reading_count; i++) {
        if (watch->reading[i] != entry && known_short(watch->reading[i]->piece->intent.sha256) == hash)
            return true;
    }
    return false;
}

/* What has the same content waits until it is known what becomes of the first. */
static void wait_for_twin(struct watch *watch, struct entry *entry)
{
    entry->state = ENTRY_WAITING;
    entry->due = watch->outside->now_ms() + MS;
}

static int file_repeat(struct watch *watch, struct entry *entry, const struct intent *first, struct error *error)
{
    struct paperwork paperwork;
    struct error problem = {0};
    bool open;

    if (paperwork_init_repeat(&paperwork, &entry->piece->intent, first, error) < 0)
        return -1;
    enum filing_end end = filing_commit(&watch->store, entry->piece, &paperwork.filing, &open, &problem);
    paperwork_dispose(&paperwork);
    return watch_settle_commit(watch, entry, end, open, &problem, error);
}

/* Larger than any reader takes, or empty: it is not even given to one. */
static bool is_refused(const struct intent *intent, struct worker_result *result)
{
    if (intent->identity.size == 0)
        error_set(&result->error, ERROR_EMPTY, "the file is empty");
    else if ((uint64_t)intent->identity.size > PAPER_FILE_MAX)
        error_set(&result->error, ERROR_TOO_LARGE, "the file is larger than %lu MiB", PAPER_FILE_MAX >> 20);
    return result->error.code != ERROR_NONE;
}

static int give_to_reader(struct watch *watch, struct entry *entry, struct error *error)
{
    const struct watch_reader *reader = watch->call.reader;
    struct worker_result result = {0};
    struct error problem = {0};
    int copy;

    if (is_refused(&entry->piece->intent, &result))
        return watch_file_result(watch, entry, &result, error);
    copy = filing_open_copy(&watch->store, entry->piece);
    if (copy < 0) {
        error_set(&problem, ERROR_SETUP, "the copy cannot be opened: %s", strerror(errno));
        return watch_settle_commit(watch, entry, FILING_PAUSE, false, &problem, error);
    }
    entry->serial = ++watch->serial;
    if (reader->submit(reader->context, copy, (void *)entry->serial, error) < 0)
        return -1;
    entry->state = ENTRY_READING;
    watch->reading[watch->reading_count++] = entry;
    return 0;
}

/* It is complete: copied, and then read, unless its content is known. */
static int take(struct watch *watch, struct entry *entry, struct error *error)
{
    struct error problem = {0};
    struct intent first;

    entry->piece = malloc(sizeof *entry->piece);
    if (entry->piece == NULL)
        return watch_out_of_memory(error);
    *entry->piece = (struct piece){.folder = -1, .copy = -1};
    struct intent *intent = &entry->piece->intent;
    snprintf(intent->name, sizeof intent->name, "%s", entry->name);
    intent->identity = entry->identity;
    intent->received = watch->outside->today();
    enum filing_end end = filing_take(&watch->store, entry->piece, &problem);
    if (end != FILING_DONE) {
        if (end == FILING_LATER && !entry->told) {
            watch_tell_of(watch, WATCH_WARNING, entry->name, problem.message);
            entry->told = true;
        }
        return watch_settle_commit(watch, entry, end, false, &problem, error);
    }
    entry->hash = known_short(intent->sha256);
    if (has_twin(watch, entry, entry->hash)) {
        watch_give_up_piece(watch, entry);
        wait_for_twin(watch, entry);
        return 0;
    }
    int known = filing_is_known(&watch->store, intent, &first, &problem);
    if (known < 0)
        return watch_settle_commit(watch, entry, watch->stopping ? FILING_STOPPED : FILING_PAUSE, false, &problem,
                                   error);
    return known > 0 ? file_repeat(watch, entry, &first, error) : give_to_reader(watch, entry, error);
}

/* ---- is it complete ---- */

/* NULL if it is, else what is missing. */
static const char *find_lack(struct watch *watch, const struct entry *entry)
{
    const char *lack = NULL;
    struct stat status;
    int descriptor = watch->outside->open(watch->store.inbox, entry->name,
                                          O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);

    if (descriptor < 0)
        return NULL; /* taking it will say why */
    if (watch->outside->is_written(descriptor))
        lack = "another program has it open for writing";
    else if (watch->outside->fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) &&
             ending_look(watch->outside, descriptor, status.st_size) == ENDING_MISSING)
        lack = "its end is missing";
    watch->outside->close(descriptor);
    return lack;
}

static bool is_patient(const struct watch *watch, const struct entry *entry, int64_t now)
{
    int64_t patience = (int64_t)watch->call.settings.patience_s;

    if (now - entry->since >= patience * MS)
        return false;
    /* one that runs now and then has nothing but the file's own times to go by */
    return !watch->call.settings.once || watch->outside->wall_s() - entry->identity.changed_ns / 1000000000 < patience;
}

static void wait_for_end(struct watch *watch, struct entry *entry, const char *lack, int64_t now)
{
    char line[256];

    entry->tries++;
    entry->left = true;
    entry->retry = entry->due = now + watch_back_off(entry->tries, watch->settle_ms, INCOMPLETE_MOST_MS);
    if (entry->told_incomplete || (!watch->call.settings.once && now - entry->since < INCOMPLETE_MOST_MS))
        return;
    snprintf(line, sizeof line, "not complete: %s; it waits", lack);
    watch_tell_of(watch, WATCH_NOTICE, entry->name, line);
    entry->told_incomplete = true;
}

static int look_at_settled(struct watch *watch, struct entry *entry, int64_t now, struct error *error)
{
    const char *lack;

    if (now < entry->retry) {
        entry->due = entry->retry;
        return 0;
    }
    if (entry->hash != 0 && has_twin(watch, entry, entry->hash)) {
        wait_for_twin(watch, entry);
        return 0;
    }
    lack = find_lack(watch, entry);
    if (lack != NULL && is_patient(watch, entry, now)) {
        wait_for_end(watch, entry, lack, now);
        return 0;
    }
    return take(watch, entry, error);
}

static void ignore(struct watch *watch, struct entry *entry, const struct stat *status)
{
    const char *what = S_ISDIR(status->st_mode)   ? "a folder; files in it are not taken"
                       : S_ISLNK(status->st_mode) ? "a link; it is not followed"
                                                  : "no plain file; it is not taken";

    if (entry->state != ENTRY_IGNORED)
        watch_tell_of(watch, WATCH_NOTICE, entry->name, what);
    entry->state = ENTRY_IGNORED;
    entry->due = INT64_MAX;
}

static int finish_pending(struct watch *watch, struct entry *entry, bool is_same, int64_t now, struct error *error)
{
    struct error problem = {0};

    if (is_same && now < entry->retry) {
        entry->due = entry->retry;
        return 0;
    }
    bool filed;
    enum filing_end end = filing_finish(&watch->store, entry->intent, &filed, &problem);
    const struct intent intent = *entry->intent;
    if (filed && entry->undocketed) {
        watch_count_filed(watch, &intent);
        watch_end_trouble(watch);
        entry->undocketed = false;
    }
    return watch_settle_leaving(watch, entry, &intent, end, &problem, error);
}

/* One look at what lies under a name. The entry may be gone afterwards. */
int watch_look(struct watch *watch, struct entry *entry, int64_t now, struct error *error)
{
    struct stat status;
    bool is_there = watch->outside->stat(watch->store.inbox, entry->name, &status) == 0;

    if (!is_there && errno != ENOENT) {
        if (!entry->told)
            watch_tell_of(watch, WATCH_WARNING, entry->name, strerror(errno));
        entry->told = true;
        watch_put_off(watch, entry, RETRY_MOST_MS);
        return 0;
    }
    struct identity identity = is_there ? identity_of(&status, watch->store.lasting_inodes) : (struct identity){0};
    if (entry->state == ENTRY_PENDING)
        return finish_pending(watch, entry, identity_same_moved(&identity, &entry->intent->identity), now, error);
    if (!is_there) {
        watch_forget(watch, entry);
        return 0;
    }
    if (!S_ISREG(status.st_mode)) {
        ignore(watch, entry, &status);
        return 0;
    }
    if (entry->state == ENTRY_IGNORED || !identity_same(&identity, &entry->identity)) {
        watch_begin_anew(entry, now);
        entry->identity = identity;
        entry->retry = entry->due = now + watch->settle_ms;
        return 0;
    }
    return look_at_settled(watch, entry, now, error);
}
