/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "watch/inside.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "watch/folder.h"
#include "watch/name.h"

enum {
    TURN_MS = 200,    /* of taking and filing in one turn, so that signals are heard */
    AWAY_MS = 5 * MS, /* a folder that is gone is looked for so often */
};

void watch_settings_init(struct watch_settings *settings)
{
    *settings = (struct watch_settings){
        .settle_s = WATCH_SETTLE_S,
        .settle_polled_s = WATCH_SETTLE_POLLED_S,
        .rescan_s = WATCH_RESCAN_S,
        .rescan_polled_s = WATCH_RESCAN_POLLED_S,
        .patience_s = WATCH_PATIENCE_S,
    };
}

/* ---- who is there ---- */

static bool is_own(const char *name)
{
    for (enum place place = 0; place < PLACE_COUNT; place++) {
        if (strcmp(name, place_name(place)) == 0)
            return true;
    }
    return strcmp(name, STORE_OWN_NAME) == 0;
}

static void hear_of(void *context, const char *name)
{
    struct watch *watch = context;

    if (is_own(name)) /* what becomes of the folder itself is heard of only when nobody has it open any more */
        watch->next_rescan = 0;
    if (name_is_litter(name) || is_own(name))
        return;
    struct entry *entry = inbox_add(&watch->inbox, name);
    if (entry == NULL)
        watch->next_rescan = 0; /* out of memory: it is found again */
    else if (entry->state != ENTRY_READING)
        entry->due = 0;
}

static int see(void *context, const char *name)
{
    struct watch *watch = context;

    if (name_is_litter(name) || is_own(name))
        return 0;
    struct entry *entry = inbox_add(&watch->inbox, name);
    if (entry == NULL) {
        errno = ENOMEM;
        return -1;
    }
    entry->round = watch->inbox.round;
    if (entry->state != ENTRY_READING)
        entry->due = 0;
    return 0;
}

static void go_away(struct watch *watch, const char *why)
{
    struct entry *next;

    for (struct entry *entry = watch->inbox.first; entry != NULL; entry = next) {
        next = entry->next;
        watch_forget(watch, entry);
    }
    events_close(&watch->events);
    store_close(&watch->store);
    watch->away = true;
    watch_tell_trouble(watch, why);
}

static int look_through(struct watch *watch, struct error *error)
{
    char line[PATH_MAX + 128];
    struct entry *next;
    bool polled = watch->events.hearing != HEARING_EVENTS;

    watch->next_rescan = watch->outside->now_ms() +
                         (int64_t)(polled ? watch->call.settings.rescan_polled_s : watch->call.settings.rescan_s) * MS;
    watch->inbox.round++;
    if (!store_is_there(&watch->store) || folder_each(watch->outside, watch->store.inbox, see, watch) < 0) {
        snprintf(line, sizeof line, "%s is gone, or it or a folder of irsort's in it was moved; it is waited for",
                 watch->store.path);
        if (watch->call.settings.once)
            return error_set(error, ERROR_SETUP, "%s is gone", watch->store.path);
        go_away(watch, line);
        return 0;
    }
    for (struct entry *entry = watch->inbox.first; entry != NULL; entry = next) {
        next = entry->next;
        bool gone = entry->round != watch->inbox.round;
        if (gone && (entry->state == ENTRY_WAITING || entry->state == ENTRY_IGNORED))
            watch_forget(watch, entry);
    }
    if (watch->store.untidy && watch->reading_count == 0)
        filing_sweep(&watch->store);
    return 0;
}

/* ---- opening ---- */

static void hear_recovered(void *context, const struct intent *intent, enum filing_end end, const struct error *problem)
{
    struct watch *watch = context;
    struct entry *entry;

    if (end == FILING_DONE || end == FILING_CHANGED) {
        watch_tell(watch, WATCH_NOTICE,
                   end == FILING_DONE ? "what was begun before is finished: %s/%s"
                                      : "what was begun before is undone: %s/%s",
                   place_name(intent->place), intent->folder);
        return;
    }
    if (end != FILING_STOPPED)
        watch_tell_of(watch, WATCH_WARNING, intent->name, problem->message);
    entry = inbox_add(&watch->inbox, intent->name);
    if (entry == NULL || entry->intent != NULL)
        return; /* the next start has it */
    entry->told = true;
    entry->undocketed = end == FILING_PAUSE;
    watch_make_pending(watch, entry, intent, PENDING_MOST_MS, NULL);
}

/* By events where the try shows that they come, unless the settings say otherwise. */
static int listen_to_folder(struct watch *watch, struct error *error)
{
    struct events *events = &watch->events;

    events_open(events, watch->store.inbox, watch->store.path);
    if (watch->call.settings.polling == POLLING_ALWAYS) {
        events_close(events);
        events->hearing = HEARING_FOREIGN;
    } else if (watch->call.settings.polling == POLLING_NEVER) {
        if (events->descriptor < 0 || events->hearing == HEARING_DEAF) {
            events_close(events);
            return error_set(error, ERROR_SETUP,
                             "no events come of this folder, and its settings want no looking (polling: never)");
        }
        events->hearing = HEARING_EVENTS;
    }
    return 0;
}

static int open_folder(struct watch *watch, bool make, struct error *error)
{
    const struct patience patience = {watch_goes_on, watch};
    bool local;

    if (store_open(&watch->store, watch->outside, &patience, watch->call.folder, make, error) < 0)
        return -1;
    events_file_system(watch->store.inbox, &local);
    watch->store.docket = watch->call.docket;
    watch->store.lasting_inodes = local;
    if (filing_recover(&watch->store, hear_recovered, watch, error) < 0) {
        store_close(&watch->store);
        return -1;
    }
    if (listen_to_folder(watch, error) < 0) {
        store_close(&watch->store);
        return -1;
    }
    watch->settle_ms = (int64_t)(watch->events.hearing == HEARING_EVENTS ? watch->call.settings.settle_s
                                                                         : watch->call.settings.settle_polled_s) *
                       MS;
    watch->next_rescan = 0;
    watch->away = false;
    return 0;
}

static void come_back(struct watch *watch, int64_t now)
{
    struct error problem = {0};

    if (now < watch->away_until)
        return;
    watch->away_until = now + AWAY_MS;
    if (open_folder(watch, false, &problem) == 0)
        watch_end_trouble(watch);
    else
        watch_tell_trouble(watch, problem.message);
}

int watch_open(struct watch **out, const struct watch_call *call, struct error *error)
{
    struct watch *watch = calloc(1, sizeof *watch);

    if (watch == NULL)
        return watch_out_of_memory(error);
    watch->call = *call;
    watch->outside = call->outside;
    watch->events.descriptor = -1;
    watch->away = true;
    if (open_folder(watch, true, error) < 0) {
        watch_close(watch);
        return -1;
    }
    *out = watch;
    return 0;
}

void watch_close(struct watch *watch)
{
    if (watch == NULL)
        return;
    while (watch->inbox.first != NULL)
        watch_forget(watch, watch->inbox.first);
    events_close(&watch->events);
    if (!watch->away)
        store_close(&watch->store);
    free(watch);
}

/* ---- a turn ---- */

static bool may_take(const struct watch *watch, int64_t now)
{
    const struct watch_reader *reader = watch->call.reader;

    return !watch->stopping && now >= watch->paused_until && watch->reading_count < READING_MAX &&
           reader->wants(reader->context);
}

/* A look that may lead to more than a look waits for its turn. */
static bool may_look(const struct watch *watch, const struct entry *entry, int64_t now)
{
    if (entry->state == ENTRY_PENDING)
        return now >= watch->paused_until;
    bool settled = entry->state == ENTRY_WAITING && entry->identity.changed_ns != 0 && now >= entry->retry;
    return !settled || may_take(watch, now);
}

/* Looks at every entry whose time has come; `nearest` gets the time of the next one. */
static int look_at_due(struct watch *watch, int64_t until, int64_t *nearest, struct error *error)
{
    struct entry *next;
    int64_t now = watch->outside->now_ms();

    for (struct entry *entry = watch->inbox.first; entry != NULL && !watch->away; entry = next) {
        next = entry->next;
        if (entry->state == ENTRY_READING)
            continue;
        if (now >= entry->due && may_look(watch, entry, now)) {
            if (now >= until) {
                *nearest = now;
                return 0;
            }
            if (watch_look(watch, entry, now, error) < 0)
                return -1;
            now = watch->outside->now_ms();
            *nearest = now; /* its next time is seen in the next turn */
        } else if (now < entry->due && entry->due < *nearest) {
            *nearest = entry->due;
        }
    }
    return 0;
}

static bool is_done(const struct watch *watch)
{
    for (const struct entry *entry = watch->inbox.first; entry != NULL; entry = entry->next) {
        if (entry->state == ENTRY_READING || (entry->state != ENTRY_IGNORED && !entry->left))
            return false;
    }
    return true;
}

static void prepare_wait(struct watch *watch, int64_t nearest, struct pollfd *polled, size_t *count, int *timeout_ms)
{
    const struct watch_reader *reader = watch->call.reader;
    int64_t now = watch->outside->now_ms();
    int reader_ms = -1;

    *count = 0;
    if (watch->away)
        nearest = watch->away_until;
    else if (watch->next_rescan < nearest)
        nearest = watch->next_rescan;
    if (now < watch->paused_until && watch->paused_until < nearest)
        nearest = watch->paused_until;
    if (now >= watch->reader_paused_until)
        *count = reader->polled(reader->context, polled, &reader_ms);
    if (watch->events.descriptor >= 0)
        polled[(*count)++] = (struct pollfd){.fd = watch->events.descriptor, .events = POLLIN};
    int64_t left = nearest <= now ? 0 : nearest - now;
    if (reader_ms >= 0 && reader_ms < left)
        left = reader_ms;
    *timeout_ms = left < INT32_MAX ? (int)left : INT32_MAX;
}

int watch_turn(struct watch *watch, struct pollfd *polled, size_t *count, int *timeout_ms, struct error *error)
{
    int64_t now = watch->outside->now_ms();
    int64_t until = now + TURN_MS;
    int64_t nearest = INT64_MAX;

    if (watch->away)
        come_back(watch, now);
    if (!watch->away && watch->events.descriptor >= 0 && events_read(&watch->events, hear_of, watch))
        watch->next_rescan = 0;
    if (!watch->away && now >= watch->next_rescan && look_through(watch, error) < 0)
        return -1;
    if (watch_take_results(watch, until, error) < 0) /* also what is of no use any more, while the folder is away */
        return -1;
    if (!watch->away && look_at_due(watch, until, &nearest, error) < 0)
        return -1;
    if (watch->call.settings.once && watch->paused_until != 0)
        return error_set(error, ERROR_SETUP, "%s", watch->trouble);
    prepare_wait(watch, nearest, polled, count, timeout_ms);
    return watch->call.settings.once && is_done(watch) ? 0 : 1;
}

void watch_change_reader(struct watch *watch, const struct watch_reader *reader, const struct catalogue *catalogue)
{
    int64_t now = watch->outside->now_ms();

    while (watch->reading_count > 0) {
        struct entry *entry = watch->reading[0];
        watch_give_up_piece(watch, entry);
        entry->state = ENTRY_WAITING;
        entry->due = now;
    }
    watch->call.reader = reader;
    watch->call.catalogue = catalogue;
    watch->reader_paused_until = 0;
    watch->paused_until = 0;
}

void watch_count(const struct watch *watch, struct watch_counts *out)
{
    *out = watch->counts;
    for (const struct entry *entry = watch->inbox.first; entry != NULL; entry = entry->next) {
        out->reading += entry->state == ENTRY_READING;
        out->waiting += entry->state == ENTRY_WAITING;
        out->stuck += entry->told && (entry->state == ENTRY_WAITING || entry->state == ENTRY_PENDING);
    }
}

enum hearing watch_hearing(const struct watch *watch)
{
    return watch->events.hearing;
}
