/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The desk's pile: scans that wait, are read in the sandboxed processes, and go on the docket. */
#ifndef IRSORT_DESK_PILE_H
#define IRSORT_DESK_PILE_H

#include <poll.h>

#include "base/date.h"
#include "desk/scans.h"
#include "docket/docket.h"
#include "worker/worker.h"

enum {
    PILE_KEPT_MAX = 300, /* items that are shown; the oldest that are through with are forgotten */
    PILE_LETTERS_MAX = 64, /* letters of an item that are named; the docket has all */
    PILE_PAGE_MS = 100, /* between two tellings of an item's pages: more often nobody can read, and a reader that a file
                         * has taken over could flood the open pages */
};

enum pile_state { PILE_WAITING, PILE_READING, PILE_DONE, PILE_FAILED };

struct pile_item {
    int64_t serial;
    enum pile_state state;
    bool repeat; /* the docket had it already */
    bool only_pages; /* it was filed before; its pages are wanted. Not shown */
    struct scans_slip slip;
    char *filed;     /* with only_pages: where it lies; NULL: with the desk */
    int64_t at;      /* seconds since 1970 when it came */
    int64_t read_ms; /* that reading took */
    int64_t begun_ms;
    unsigned page, pages; /* with PILE_READING: which is being read, of how many; 0: it has not begun */
    int64_t page_ms;      /* when that was told */
    struct error error; /* with PILE_FAILED */
    int64_t letters[PILE_LETTERS_MAX]; /* ids on the docket */
    size_t letter_count;
    struct pile_item *next;
};

struct pile;

/* Told of each item that changed; with only_pages when its pages are there (or cannot be had: PILE_FAILED). */
typedef void pile_tell_fn(void *context, const struct pile_item *item);

struct pile_call {
    struct scans *scans;
    struct docket *docket;
    struct worker_pool *pool; /* hands out bare pictures */
    date (*today)(void *context);
    pile_tell_fn *tell;
    void *context; /* of both */
};

/* Takes up what an earlier desk left waiting. */
int pile_open(struct pile **out, const struct pile_call *call, struct error *error);
void pile_close(struct pile *pile);

/* A scan that lies in waiting. Returns its item, NULL on lack of memory or room. */
const struct pile_item *pile_take(struct pile *pile, const struct scans_slip *slip, struct error *error);

/* Pages of a scan that is on the docket are wanted. Asked again while it is under way it does nothing. */
int pile_want_pages(struct pile *pile, const char *hash, const char *filed, struct error *error);

/* Whether one more upload may come. */
bool pile_has_room(const struct pile *pile);

/* Hands scans to the readers and takes what they read. -1 if reading itself is broken. */
int pile_turn(struct pile *pile, struct error *error);

/* Forgets an item that is through with. False if there is none of that number. */
bool pile_forget(struct pile *pile, int64_t serial);

/* Oldest first. */
const struct pile_item *pile_first(const struct pile *pile);

#endif
