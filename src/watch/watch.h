/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The watched folder: what is dropped into it is taken when it is complete, read, filed and entered in the docket.
 * CONTRACT.md says what is promised, docs/watch.md how it is kept. */
#ifndef IRSORT_WATCH_WATCH_H
#define IRSORT_WATCH_WATCH_H

#include <poll.h>

#include "base/text.h"
#include "catalogue/catalogue.h"
#include "docket/docket.h"
#include "settings/settings.h"
#include "watch/events.h"
#include "watch/outside.h"
#include "worker/worker.h"

/* How one folder is watched; watch_settings_init gives each its default. */
struct watch_settings {
    unsigned settle_s;        /* size and times must stay the same so long before a file is taken */
    unsigned settle_polled_s; /* the same where other machines write: they may hold back what they wrote */
    unsigned rescan_s;        /* the folder is looked through so often, events or not */
    unsigned rescan_polled_s; /* the same where events are not relied on */
    unsigned patience_s;      /* a file without its format's end is taken when it did not change for so long */
    enum language language;   /* of the records */
    enum settings_polling polling;
    bool once;                /* take what is there, and end */
};

enum {
    WATCH_SETTLE_S = 2,         /* scanners pause less between two writes of a page */
    WATCH_SETTLE_POLLED_S = 10, /* SMB and NFS clients hold written bytes back for some seconds */
    WATCH_RESCAN_S = 60,
    WATCH_RESCAN_POLLED_S = 5,
    WATCH_PATIENCE_S = 600, /* slow scanners take minutes for the pages of one file */
};

void watch_settings_init(struct watch_settings *settings);

/* Who reads: the pool, or a test. As the worker_pool_ functions of these names. */
struct watch_reader {
    void *context;
    bool (*wants)(const void *context);
    int (*submit)(void *context, int descriptor, void *tag, struct error *error);
    int (*next)(void *context, struct worker_result *out, struct error *error);
    size_t (*polled)(const void *context, struct pollfd *polled, int *timeout_ms);
};

/* A line for the log. `level` as syslog's. */
enum watch_level { WATCH_ERROR = 3, WATCH_WARNING = 4, WATCH_NOTICE = 5, WATCH_INFO = 6 };
typedef void watch_tell_fn(void *context, enum watch_level level, const char *line);

/* Programs that are told of what was filed; hooks.h. */
struct hooks;

struct watch_counts {
    size_t filed;   /* since it was opened, as the next three */
    size_t review;
    size_t failed;
    size_t repeats;
    size_t waiting; /* in the folder: not complete yet, or not yet their turn */
    size_t reading;
    size_t stuck;   /* of those that wait: cannot be taken, or cannot be removed, for a reason that was told */
};

struct watch;

/* Everything is borrowed but the settings. Finishes or undoes what an earlier irsort left. `keep_going` is asked between the
 * parts of a long copy. Errors: ERROR_USAGE, ERROR_SETUP, ERROR_OUT_OF_MEMORY. */
struct watch_call {
    const char *folder;
    struct watch_settings settings;
    const struct outside *outside;
    const struct watch_reader *reader;
    const struct catalogue *catalogue;
    struct docket *docket;
    struct hooks *hooks; /* NULL: none */
    watch_tell_fn *tell;
    bool (*keep_going)(void *context);
    void *context; /* of both */
};

int watch_open(struct watch **out, const struct watch_call *call, struct error *error);

/* What is being read is undone: the dropped files are still where they were. */
void watch_close(struct watch *watch);

/* One turn: takes what is complete, files what was read, and hands out what to wait for until the next one: at most
 * WATCH_POLLED_MAX entries and a time. Returns 1 to go on, 0 when `once` is set and nothing is left to do, -1 if reading
 * itself is broken or memory ran out. */
enum { WATCH_POLLED_MAX = WORKER_POLLED_MAX + 1 };
int watch_turn(struct watch *watch, struct pollfd *polled, size_t *count, int *timeout_ms, struct error *error);

/* From now on reading and rights go by these; what is being read starts again. */
void watch_change_reader(struct watch *watch, const struct watch_reader *reader, const struct catalogue *catalogue);

void watch_count(const struct watch *watch, struct watch_counts *out);
enum hearing watch_hearing(const struct watch *watch);

#endif
