/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "watch/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "watch/ending.h"
#include "watch/folder.h"
#include "watch/hooks.h"
#include "watch/inbox.h"
#include "watch/name.h"
#include "watch/record.h"

enum {
    MS = 1000,
    TURN_MS = 200,             /* of taking and filing in one turn, so that signals are heard */
    READING_MAX = 64,          /* more than any pool wants */
    PAUSE_FIRST_MS = 5 * MS,   /* after what stops everything; each time twice as long */
    PAUSE_MOST_MS = 300 * MS,
    RETRY_FIRST_MS = 5 * MS,   /* the same for one file */
    RETRY_MOST_MS = 600 * MS,
    PENDING_MOST_MS = 3600 * MS,
    INCOMPLETE_MOST_MS = 30 * MS, /* a file that is not complete is looked at so often at the least */
    AWAY_MS = 5 * MS,          /* a folder that is gone is looked for so often */
    LINE_MAX_BYTES = 1 << 14,
};

struct watch {
    struct watch_call call;
    const struct outside *outside;
    struct store store;
    bool away; /* the folder is gone; `store` is closed */
    struct events events;
    struct inbox inbox;
    struct entry *reading[READING_MAX];
    uintptr_t serial; /* of the last file that was given to a reader: no two are the same */
    size_t reading_count;
    struct watch_counts counts; /* the first four */
    int64_t settle_ms;
    int64_t next_rescan;
    int64_t away_until;
    int64_t paused_until; /* 0: not paused */
    int64_t pause_ms;
    int64_t reader_paused_until;
    char trouble[ERROR_MESSAGE_MAX]; /* what was told last, and is not over */
    bool stopping;
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

/* ---- telling: never what stands on a page, and a name only where a person must find the file ---- */

static void tell(struct watch *watch, enum watch_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void tell(struct watch *watch, enum watch_level level, const char *format, ...)
{
    char line[LINE_MAX_BYTES];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    watch->call.tell(watch->call.context, level, line);
}

static void tell_of(struct watch *watch, enum watch_level level, const char *name, const char *what)
{
    struct buffer shown;

    buffer_init(&shown, LINE_MAX_BYTES / 2);
    name_show(&shown, name);
    tell(watch, level, "%s: %s", shown.data != NULL ? shown.data : "", what);
    buffer_dispose(&shown);
}

/* The same trouble is told once, until it is over. */
static void tell_trouble(struct watch *watch, const char *what)
{
    if (strcmp(watch->trouble, what) == 0)
        return;
    snprintf(watch->trouble, sizeof watch->trouble, "%.*s", (int)sizeof watch->trouble - 1, what);
    tell(watch, WATCH_ERROR, "%s", what);
}

static void end_trouble(struct watch *watch)
{
    watch->paused_until = 0;
    watch->pause_ms = 0;
    if (watch->trouble[0] == '\0')
        return;
    watch->trouble[0] = '\0';
    tell(watch, WATCH_NOTICE, "it goes on");
}

/* Nothing is taken for a while. */
static void make_pause(struct watch *watch, const struct error *error)
{
    watch->pause_ms = watch->pause_ms == 0                   ? PAUSE_FIRST_MS
                      : watch->pause_ms * 2 < PAUSE_MOST_MS ? watch->pause_ms * 2
                                                             : PAUSE_MOST_MS;
    watch->paused_until = watch->outside->now_ms() + watch->pause_ms;
    watch->next_rescan = 0; /* is the folder still there? */
    tell_trouble(watch, error->message);
}

/* ---- entries ---- */

static int64_t back_off(unsigned tries, int64_t first, int64_t most)
{
    for (; tries > 1 && first < most; tries--)
        first *= 2;
    return first < most ? first : most;
}

static void give_up_piece(struct watch *watch, struct entry *entry)
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
static void begin_anew(struct entry *entry, int64_t now)
{
    entry->state = ENTRY_WAITING;
    entry->identity = (struct identity){0};
    entry->due = entry->since = now;
    entry->tries = 0;
    entry->retry = 0;
    entry->left = entry->told_incomplete = entry->told = entry->rereads = false;
    entry->hash = 0;
}

static void put_off(struct watch *watch, struct entry *entry, int64_t most)
{
    entry->state = entry->intent != NULL ? ENTRY_PENDING : ENTRY_WAITING;
    entry->tries++;
    entry->left = true;
    entry->retry = watch->outside->now_ms() + back_off(entry->tries, RETRY_FIRST_MS, most);
    entry->due = entry->retry;
}

static void forget(struct watch *watch, struct entry *entry)
{
    give_up_piece(watch, entry);
    free(entry->intent);
    inbox_remove(&watch->inbox, entry);
}

static int out_of_memory(struct error *error)
{
    return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
}

/* ---- after filing ---- */

/* The intent stands in the journal, to be finished later. */
static int make_pending(struct watch *watch, struct entry *entry, const struct intent *intent, struct error *error)
{
    if (entry->intent == NULL)
        entry->intent = malloc(sizeof *entry->intent);
    if (entry->intent == NULL)
        return out_of_memory(error); /* the next start finds it in the journal */
    *entry->intent = *intent;
    put_off(watch, entry, PENDING_MOST_MS);
    return 0;
}

static void count_filed(struct watch *watch, const struct intent *intent)
{
    size_t *const counts[PLACE_COUNT] = {&watch->counts.filed, &watch->counts.review, &watch->counts.failed,
                                         &watch->counts.repeats};

    ++*counts[intent->place];
    tell(watch, WATCH_INFO, "%s/%s", place_name(intent->place), intent->folder);
}

/* The original is gone, or is another file by now, or could not be removed. */
static int settle_leaving(struct watch *watch, struct entry *entry, const struct intent *intent, enum filing_end end,
                          struct error *problem, struct error *error)
{
    char path[STORE_PATH_SIZE];
    struct buffer line;

    if (end == FILING_DONE || end == FILING_CHANGED) {
        free(entry->intent);
        entry->intent = NULL;
        begin_anew(entry, watch->outside->now_ms()); /* there may be a new one under its name */
        return 0;
    }
    if (end == FILING_PAUSE) {
        make_pause(watch, problem);
    } else if (end == FILING_LATER && !entry->told) {
        buffer_init(&line, LINE_MAX_BYTES);
        buffer_printf(&line, "it is filed as %s, but %s", store_path_of(&watch->store, intent, path), problem->message);
        tell_of(watch, WATCH_WARNING, entry->name, line.data != NULL ? line.data : problem->message);
        buffer_dispose(&line);
        entry->told = true;
    }
    return make_pending(watch, entry, intent, error);
}

static int settle_commit(struct watch *watch, struct entry *entry, enum filing_end end, bool open,
                         struct error *problem, struct error *error)
{
    const struct intent intent = entry->piece->intent;
    struct error leaving = {0};

    give_up_piece(watch, entry);
    if (end == FILING_DONE) {
        count_filed(watch, &intent);
        end_trouble(watch);
        end = filing_leave(&watch->store, &intent, &leaving);
        return settle_leaving(watch, entry, &intent, end, &leaving, error);
    }
    if (end == FILING_PAUSE)
        make_pause(watch, problem);
    if (open)
        return make_pending(watch, entry, &intent, error);
    if (end == FILING_CHANGED || end == FILING_STOPPED)
        begin_anew(entry, watch->outside->now_ms());
    else
        put_off(watch, entry, RETRY_MOST_MS);
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

static int file_result(struct watch *watch, struct entry *entry, const struct worker_result *result,
                       struct error *error)
{
    struct paperwork paperwork;
    struct error problem = {0};
    bool open;

    if (may_pass(result->error.code) && !entry->rereads) {
        tell_of(watch, WATCH_NOTICE, entry->name, "reading it failed; it is tried once more");
        give_up_piece(watch, entry);
        put_off(watch, entry, RETRY_MOST_MS);
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
    return settle_commit(watch, entry, end, open, &problem, error);
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

static int take_results(struct watch *watch, int64_t until, struct error *error)
{
    const struct watch_reader *reader = watch->call.reader;
    struct worker_result result;
    struct error problem = {0};
    int got = 0;

    if (watch->outside->now_ms() < watch->reader_paused_until)
        return 0;
    while (watch->outside->now_ms() < until && (got = reader->next(reader->context, &result, &problem)) > 0) {
        struct entry *entry = find_reading(watch, (uintptr_t)result.tag);
        int done = entry != NULL ? file_result(watch, entry, &result, error) : 0;
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
    make_pause(watch, &problem);
    watch->reader_paused_until = watch->paused_until;
    return 0;
}

/* ---- taking ---- */

static bool go_on(void *context)
{
    struct watch *watch = context;

    if (!watch->call.keep_going(watch->call.context))
        watch->stopping = true;
    return !watch->stopping;
}

static bool is_being_read(const struct watch *watch, const struct entry *entry, uint32_t hash)
{
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
    return settle_commit(watch, entry, end, open, &problem, error);
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
        return file_result(watch, entry, &result, error);
    copy = filing_open_copy(&watch->store, entry->piece);
    if (copy < 0) {
        error_set(&problem, ERROR_SETUP, "the copy cannot be opened: %s", strerror(errno));
        return settle_commit(watch, entry, FILING_PAUSE, false, &problem, error);
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
        return out_of_memory(error);
    *entry->piece = (struct piece){.folder = -1, .copy = -1};
    struct intent *intent = &entry->piece->intent;
    snprintf(intent->name, sizeof intent->name, "%s", entry->name);
    intent->identity = entry->identity;
    intent->received = watch->outside->today();
    enum filing_end end = filing_take(&watch->store, entry->piece, &problem);
    if (end != FILING_DONE) {
        if (end == FILING_LATER && !entry->told) {
            tell_of(watch, WATCH_WARNING, entry->name, problem.message);
            entry->told = true;
        }
        return settle_commit(watch, entry, end, false, &problem, error);
    }
    entry->hash = known_short(intent->sha256);
    if (is_being_read(watch, entry, entry->hash)) {
        give_up_piece(watch, entry);
        wait_for_twin(watch, entry);
        return 0;
    }
    int known = filing_is_known(&watch->store, intent, &first, &problem);
    if (known < 0)
        return settle_commit(watch, entry, watch->stopping ? FILING_STOPPED : FILING_PAUSE, false, &problem, error);
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
    return !watch->call.settings.once ||
           watch->outside->wall_s() - entry->identity.changed_ns / 1000000000 < patience;
}

static void wait_for_end(struct watch *watch, struct entry *entry, const char *lack, int64_t now)
{
    char line[256];

    entry->tries++;
    entry->left = true;
    entry->retry = entry->due = now + back_off(entry->tries, watch->settle_ms, INCOMPLETE_MOST_MS);
    if (entry->told_incomplete || (!watch->call.settings.once && now - entry->since < INCOMPLETE_MOST_MS))
        return;
    snprintf(line, sizeof line, "not complete: %s; it waits", lack);
    tell_of(watch, WATCH_NOTICE, entry->name, line);
    entry->told_incomplete = true;
}

static int look_at_settled(struct watch *watch, struct entry *entry, int64_t now, struct error *error)
{
    const char *lack;

    if (now < entry->retry) {
        entry->due = entry->retry;
        return 0;
    }
    if (entry->hash != 0 && is_being_read(watch, entry, entry->hash)) {
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
        tell_of(watch, WATCH_NOTICE, entry->name, what);
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
    enum filing_end end = filing_finish(&watch->store, entry->intent, NULL, &problem);
    const struct intent intent = *entry->intent;
    return settle_leaving(watch, entry, &intent, end, &problem, error);
}

/* One look at what lies under a name. The entry may be gone afterwards. */
static int look(struct watch *watch, struct entry *entry, int64_t now, struct error *error)
{
    struct stat status;
    bool is_there = watch->outside->stat(watch->store.inbox, entry->name, &status) == 0;

    if (!is_there && errno != ENOENT) {
        if (!entry->told)
            tell_of(watch, WATCH_WARNING, entry->name, strerror(errno));
        entry->told = true;
        put_off(watch, entry, RETRY_MOST_MS);
        return 0;
    }
    struct identity identity = is_there ? identity_of(&status, watch->store.lasting_inodes) : (struct identity){0};
    if (entry->state == ENTRY_PENDING)
        return finish_pending(watch, entry, identity_same_moved(&identity, &entry->intent->identity), now, error);
    if (!is_there) {
        forget(watch, entry);
        return 0;
    }
    if (!S_ISREG(status.st_mode)) {
        ignore(watch, entry, &status);
        return 0;
    }
    if (entry->state == ENTRY_IGNORED || !identity_same(&identity, &entry->identity)) {
        begin_anew(entry, now);
        entry->identity = identity;
        entry->retry = entry->due = now + watch->settle_ms;
        return 0;
    }
    return look_at_settled(watch, entry, now, error);
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
        forget(watch, entry);
    }
    events_close(&watch->events);
    store_close(&watch->store);
    watch->away = true;
    tell_trouble(watch, why);
}

static int look_through(struct watch *watch, struct error *error)
{
    char line[PATH_MAX + 128];
    struct entry *next;
    bool polled = watch->events.hearing != HEARING_EVENTS;

    watch->next_rescan = watch->outside->now_ms() + (int64_t)(polled ? watch->call.settings.rescan_polled_s
                                                                     : watch->call.settings.rescan_s) * MS;
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
            forget(watch, entry);
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
        tell(watch, WATCH_NOTICE, end == FILING_DONE ? "what was begun before is finished: %s/%s"
                                                     : "what was begun before is undone: %s/%s",
             place_name(intent->place), intent->folder);
        return;
    }
    if (end != FILING_STOPPED)
        tell_of(watch, WATCH_WARNING, intent->name, problem->message);
    entry = inbox_add(&watch->inbox, intent->name);
    if (entry == NULL || entry->intent != NULL)
        return; /* the next start has it */
    entry->told = true;
    make_pending(watch, entry, intent, NULL);
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
    const struct patience patience = {go_on, watch};
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
                                                                         : watch->call.settings.settle_polled_s) * MS;
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
        end_trouble(watch);
    else
        tell_trouble(watch, problem.message);
}

int watch_open(struct watch **out, const struct watch_call *call, struct error *error)
{
    struct watch *watch = calloc(1, sizeof *watch);

    if (watch == NULL)
        return out_of_memory(error);
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
        forget(watch, watch->inbox.first);
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
            if (look(watch, entry, now, error) < 0)
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
    if (take_results(watch, until, error) < 0) /* also what is of no use any more, while the folder is away */
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
        give_up_piece(watch, entry);
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
