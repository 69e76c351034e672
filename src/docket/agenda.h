/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The docket as of a day: every open deadline, soonest first, worked out from the stored fields. */
#ifndef IRSORT_DOCKET_AGENDA_H
#define IRSORT_DOCKET_AGENDA_H

#include "catalogue/catalogue.h"
#include "docket/docket.h"
#include "rights/rights.h"

/* In the order in which they stand; AGENDA_LOOK and AGENDA_OPEN stand among each other, by their days. */
enum agenda_state {
    AGENDA_MISSED, /* the day went by while the letter was here, and nobody marked it done */
    AGENDA_LOOK,   /* no day is sure: a person must look */
    AGENDA_OPEN,   /* its last day is to come, or today */
    AGENDA_PASSED, /* every day went by, before it came or as a warning */
    AGENDA_NONE,   /* no deadline counts from it */
    AGENDA_DONE,
};

/* "missed", "look", … Static text. */
const char *agenda_state_name(enum agenda_state state);

/* Why a person must look. */
enum agenda_look {
    LOOK_UNSURE,   /* the letter's own reason says why */
    LOOK_UNLISTED, /* IRS mail that is not in the catalogue */
    LOOK_UNREADABLE,
    LOOK_NO_DATE,   /* the date that a deadline counts from is not known, or cannot be right */
    LOOK_NO_NOTICE, /* the catalogue does not have this notice any more */
};

struct agenda_row {
    const struct docket_letter *letter;
    enum agenda_state state;
    date by;                         /* sorts it: the day, or for AGENDA_LOOK the earliest that it may be */
    const struct notice *notice;     /* NULL unless it is surely known */
    const struct notice_right *rule; /* AGENDA_MISSED, AGENDA_OPEN, AGENDA_PASSED; else NULL */
    struct deadline deadline;        /* with `rule` */
    bool second_best;                /* a better right of the letter is still open */
    char warning[40];                /* code of what counting warns of, see rights.h; "" if of nothing */
    int warning_days;
    enum agenda_look look;
    /* AGENDA_LOOK: the notice, and its right, that would give the earliest day; NULL if none would */
    const struct notice *maybe;
    const struct notice_right *maybe_rule;
    date maybe_by;
};

struct agenda_filter {
    const char *ref;             /* only letters of that reference; NULL: all */
    const struct notice *notice; /* only letters that are it or may be it; NULL: all */
    int within; /* only days at most so many days off, and what must be looked at; negative: all */
    bool all;   /* also what is done, without a deadline, or a second scan of a listed letter */
};

struct agenda {
    date as_of;
    struct agenda_row *rows;
    size_t count;
    size_t size;
    size_t of_state[AGENDA_DONE + 1]; /* rows of each state */
    struct agenda_block *letters;     /* owned */
};

/* ERROR_OUT_OF_MEMORY, or what docket_letters fails with; then `agenda` is empty. */
int agenda_init(struct agenda *agenda, struct docket *docket, const struct catalogue *catalogue, date as_of,
                const struct agenda_filter *filter, struct error *error);
void agenda_dispose(struct agenda *agenda);

#endif
