/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "watch/inside.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "watch/hooks.h"
#include "watch/record.h"

enum { RETRY_FIRST_MS = 5 * MS }; /* between two tries of one file; each time twice as long */

int64_t watch_back_off(unsigned tries, int64_t first, int64_t most)
{
    for (; tries > 1 && first < most; tries--)
        first *= 2;
    return first < most ? first : most;
}

void watch_give_up_piece(struct watch *watch, struct entry *entry)
{
    for (size_t i = 0; i < watch->reading_count; i++) {
        if (watch->reading[i] == entry)
            watch->reading[i] = watch->reading[--watch->reading_count];
    }
    if (entry->piece != NULL)
        filing_drop(&watch->store, entry->piece);
    free(entry->piece);
    entry->piece = NULL;
}

/* Looked at anew, as one that was never seen. */
void watch_begin_anew(struct entry *entry, int64_t now)
{
    entry->state = ENTRY_WAITING;
    entry->identity = (struct identity){0};
    entry->due = entry->since = now;
    entry->tries = 0;
    entry->retry = 0;
    entry->left = entry->told_incomplete = entry->told = entry->undocketed = entry->rereads = false;
    entry->hash = 0;
}

void watch_put_off(struct watch *watch, struct entry *entry, int64_t most)
{
    entry->state = entry->intent != NULL ? ENTRY_PENDING : ENTRY_WAITING;
    entry->tries++;
    entry->left = true;
    entry->retry = watch->outside->now_ms() + watch_back_off(entry->tries, RETRY_FIRST_MS, most);
    entry->due = entry->retry;
}

void watch_forget(struct watch *watch, struct entry *entry)
{
    watch_give_up_piece(watch, entry);
    free(entry->intent);
    inbox_remove(&watch->inbox, entry);
}

int watch_out_of_memory(struct error *error)
{
    return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
}

/* ---- after filing ---- */

/* The intent stands in the journal, to be finished later. */
int watch_make_pending(struct watch *watch, struct entry *entry, const struct intent *intent, int64_t most,
                       struct error *error)
{
    if (entry->intent == NULL)
        entry->intent = malloc(sizeof *entry->intent);
    if (entry->intent == NULL)
        return watch_out_of_memory(error); /* the next start finds it in the journal */
    *entry->intent = *intent;
    watch_put_off(watch, entry, most);
    return 0;
}

void watch_count_filed(struct watch *watch, const struct intent *intent)
{
    size_t *const counts[PLACE_COUNT] = {&watch->counts.filed, &watch->counts.review, &watch->counts.failed,
                                         &watch->counts.repeats};

    ++*counts[intent->place];
    watch_tell(watch, WATCH_INFO, "%s/%s", place_name(intent->place), intent->folder);
}

/* The original is gone, or is another file by now, or could not be removed. */
int watch_settle_leaving(struct watch *watch, struct entry *entry, const struct intent *intent, enum filing_end end,
                         struct error *problem, struct error *error)
{
    char path[STORE_PATH_SIZE];
    struct buffer line;

    if (end == FILING_DONE || end == FILING_CHANGED) {
        free(entry->intent);
        entry->intent = NULL;
        watch_begin_anew(entry, watch->outside->now_ms()); /* there may be a new one under its name */
        return 0;
    }
    if (end == FILING_PAUSE) {
        watch_make_pause(watch, problem);
    } else if (end == FILING_LATER && !entry->told) {
        buffer_init(&line, LINE_MAX_BYTES);
        buffer_printf(&line, "it is filed as %s, but %s", store_path_of(&watch->store, intent, path), problem->message);
        watch_tell_of(watch, WATCH_WARNING, entry->name, line.data != NULL ? line.data : problem->message);
        buffer_dispose(&line);
        entry->told = true;
    }
    return watch_make_pending(watch, entry, intent, end == FILING_PAUSE ? RETRY_MOST_MS : PENDING_MOST_MS, error);
}

int watch_settle_commit(struct watch *watch, struct entry *entry, enum filing_end end, bool open, struct error *problem,
                        struct error *error)
{
    const struct intent intent = entry->piece->intent;
    struct error leaving = {0};

    watch_give_up_piece(watch, entry);
    if (end == FILING_DONE) {
        watch_count_filed(watch, &intent);
        watch_end_trouble(watch);
        end = filing_leave(&watch->store, &intent, &leaving);
        return watch_settle_leaving(watch, entry, &intent, end, &leaving, error);
    }
    if (end == FILING_PAUSE)
        watch_make_pause(watch, problem);
    entry->undocketed = open;
    if (open)
        return watch_make_pending(watch, entry, &intent, RETRY_MOST_MS, error);
    if (end == FILING_CHANGED || end == FILING_STOPPED)
        watch_begin_anew(entry, watch->outside->now_ms());
    else
        watch_put_off(watch, entry, RETRY_MOST_MS);
    return 0;
}

/* ---- what was read ---- */

/* One letter at a time: records of failures and repeats are no letters. */
static void tell_hooks(struct watch *watch, const struct intent *intent, const struct filing *filing)
{
    char path[STORE_PATH_SIZE];

    if (watch->call.hooks == NULL || (intent->place != PLACE_FILED && intent->place != PLACE_REVIEW))
        return;
    store_path_of(&watch->store, intent, path);
    for (size_t i = 0; i < filing->record_count; i++)
        hooks_add(watch->call.hooks, intent->place == PLACE_FILED ? HOOK_FILED : HOOK_REVIEW, path,
                  filing->records[i].bytes, filing->records[i].length);
}

static bool may_pass(enum error_code code)
{
    return code == ERROR_TIMEOUT || code == ERROR_OUT_OF_MEMORY || code == ERROR_WORKER_DIED;
}

int watch_file_result(struct watch *watch, struct entry *entry, const struct worker_result *result, struct error *error)
{
    struct paperwork paperwork;
    struct error problem = {0};
    bool open;

    if (may_pass(result->error.code) && !entry->rereads) {
        watch_tell_of(watch, WATCH_NOTICE, entry->name, "reading it failed; it is tried once more");
        watch_give_up_piece(watch, entry);
        watch_put_off(watch, entry, RETRY_MOST_MS);
        entry->left = false;
        entry->rereads = true;
        inbox_move_last(&watch->inbox, entry);
        return 0;
    }
    if (paperwork_init(&paperwork, watch->call.catalogue, &entry->piece->intent, result, watch->call.settings.language,
                       error) < 0)
        return -1;
    enum filing_end end = filing_commit(&watch->store, entry->piece, &paperwork.filing, &open, &problem);
    if (end == FILING_DONE)
        tell_hooks(watch, &entry->piece->intent, &paperwork.filing);
    paperwork_dispose(&paperwork);
    return watch_settle_commit(watch, entry, end, open, &problem, error);
}

/* NULL for one that was given up meanwhile. */
static struct entry *find_reading(const struct watch *watch, uintptr_t serial)
{
    for (size_t i = 0; i < watch->reading_count; i++) {
        if (watch->reading[i]->serial == serial)
            return watch->reading[i];
    }
    return NULL;
}

int watch_take_results(struct watch *watch, int64_t until, struct error *error)
{
    const struct watch_reader *reader = watch->call.reader;
    struct worker_result result;
    struct error problem = {0};
    int got = 0;

    if (watch->outside->now_ms() < watch->reader_paused_until)
        return 0;
    while (watch->outside->now_ms() < until && (got = reader->next(reader->context, &result, &problem)) > 0) {
        struct entry *entry = find_reading(watch, (uintptr_t)result.tag);
        int done = entry != NULL ? watch_file_result(watch, entry, &result, error) : 0;
        worker_result_dispose(&result);
        if (done < 0)
            return -1;
    }
    if (got == 0)
        return 0;
    if (got > 0)
        return 0; /* there may be more: the sockets will say so */
    if (watch->call.settings.once)
        return error_set(error, problem.code, "%s", problem.message);
    watch_make_pause(watch, &problem);
    watch->reader_paused_until = watch->paused_until;
    return 0;
}
