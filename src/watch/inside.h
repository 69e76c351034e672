/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the parts of watching share: watch.c has the folder and the turns, watch_take.c looks at a file and takes it,
 * watch_settle.c goes on with what was read and filed, watch_tell.c says what a person must know. Inside
 * watch/watch*.c. */
#ifndef IRSORT_WATCH_INSIDE_H
#define IRSORT_WATCH_INSIDE_H

#include "watch/inbox.h"
#include "watch/watch.h"

enum {
    MS = 1000,
    READING_MAX = 64,         /* more than any pool wants */
    RETRY_MOST_MS = 600 * MS, /* one file is tried so often at the least */
    PENDING_MOST_MS = 3600 * MS, /* and one that is filed, whose original cannot be removed */
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

/* ---- telling: never what stands on a page, and a name only where a person must find the file ---- */

void watch_tell(struct watch *watch, enum watch_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void watch_tell_of(struct watch *watch, enum watch_level level, const char *name, const char *what);

/* The same trouble is told once, until it is over. */
void watch_tell_trouble(struct watch *watch, const char *what);
void watch_end_trouble(struct watch *watch);

/* Nothing is taken for a while. */
void watch_make_pause(struct watch *watch, const struct error *error);

/* ---- entries ---- */

/* Milliseconds until the next of so many tries. */
int64_t watch_back_off(unsigned tries, int64_t first, int64_t most);

/* What was copied of it is removed. */
void watch_give_up_piece(struct watch *watch, struct entry *entry);

/* Looked at anew, as one that was never seen. */
void watch_begin_anew(struct entry *entry, int64_t now);
void watch_put_off(struct watch *watch, struct entry *entry, int64_t most);
void watch_forget(struct watch *watch, struct entry *entry);
int watch_out_of_memory(struct error *error);

/* ---- what was filed, and what was read; -1 only for what ends irsort ---- */

/* The intent stands in the journal, to be finished later: it is tried so often at the least. */
int watch_make_pending(struct watch *watch, struct entry *entry, const struct intent *intent, int64_t most,
                       struct error *error);
void watch_count_filed(struct watch *watch, const struct intent *intent);

/* The original is gone, or is another file by now, or could not be removed. */
int watch_settle_leaving(struct watch *watch, struct entry *entry, const struct intent *intent, enum filing_end end,
                         struct error *problem, struct error *error);

/* After filing_commit, or what came before it; `open` as that tells. */
int watch_settle_commit(struct watch *watch, struct entry *entry, enum filing_end end, bool open, struct error *problem,
                        struct error *error);

/* Files it. */
int watch_file_result(struct watch *watch, struct entry *entry, const struct worker_result *result,
                      struct error *error);

/* What the readers have ready, until that time. */
int watch_take_results(struct watch *watch, int64_t until, struct error *error);

/* ---- taking ---- */

/* Asked in long steps, with the watch for context: is irsort to go on? */
bool watch_goes_on(void *context);

/* One look at what lies under a name; what is complete is taken. The entry may be gone afterwards. */
int watch_look(struct watch *watch, struct entry *entry, int64_t now, struct error *error);

#endif
