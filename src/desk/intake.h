/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The desk's pile: scans that wait, are read in the sandboxed processes, and go on the docket. */
#ifndef IRSORT_DESK_INTAKE_H
#define IRSORT_DESK_INTAKE_H

#include <poll.h>

#include "base/date.h"
#include "desk/scans.h"
#include "docket/docket.h"
#include "worker/worker.h"

enum {
    INTAKE_KEPT_MAX = 300, /* items that are shown; the oldest that are through with are forgotten */
    INTAKE_LETTERS_MAX = 64, /* letters of an item that are named; the docket has all */
};

enum intake_state { INTAKE_WAITING, INTAKE_READING, INTAKE_DONE, INTAKE_FAILED };

struct intake_item {
    int64_t serial;
    enum intake_state state;
    bool repeat; /* the docket had it already */
    bool only_pages; /* it was filed before; its pages are wanted. Not shown */
    struct scans_slip slip;
    char *filed;     /* with only_pages: where it lies; NULL: with the desk */
    int64_t at;      /* seconds since 1970 when it came */
    int64_t read_ms; /* that reading took */
    int64_t begun_ms;
    struct error error; /* with INTAKE_FAILED */
    int64_t letters[INTAKE_LETTERS_MAX]; /* ids on the docket */
    size_t letter_count;
    struct intake_item *next;
};

struct intake;

/* Told of each item that changed; with only_pages when its pages are there (or cannot be had: INTAKE_FAILED). */
typedef void intake_tell_fn(void *context, const struct intake_item *item);

struct intake_call {
    struct scans *scans;
    struct docket *docket;
    struct worker_pool *pool; /* hands out bare pictures */
    date (*today)(void *context);
    intake_tell_fn *tell;
    void *context; /* of both */
};

/* Takes up what an earlier desk left waiting. */
int intake_open(struct intake **out, const struct intake_call *call, struct error *error);
void intake_close(struct intake *intake);

/* A scan that lies in waiting. Returns its item, NULL on lack of memory or room. */
const struct intake_item *intake_take(struct intake *intake, const struct scans_slip *slip, struct error *error);

/* Pages of a scan that is on the docket are wanted. Asked again while it is under way it does nothing. */
int intake_want_pages(struct intake *intake, const char *hash, const char *filed, struct error *error);

/* Whether one more upload may come. */
bool intake_has_room(const struct intake *intake);

/* Hands scans to the readers and takes what they read. -1 if reading itself is broken. */
int intake_turn(struct intake *intake, struct error *error);

/* Forgets an item that is through with. False if there is none of that number. */
bool intake_forget(struct intake *intake, int64_t serial);

/* Oldest first. */
const struct intake_item *intake_first(const struct intake *intake);

#endif
