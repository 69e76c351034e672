/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The docket: every letter that came in, with what people found out and did about it, in one SQLite file.
 * What is stored is what was read and what people said; which deadline is open is worked out anew each day
 * (agenda.h).
 *
 * Errors: ERROR_SETUP where the file cannot be used (the message names it and the mend), ERROR_USAGE where
 * the call asks for what is not there or cannot be, ERROR_OUT_OF_MEMORY. A call that fails changes nothing.
 */
#ifndef IRSORT_DOCKET_DOCKET_H
#define IRSORT_DOCKET_DOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/date.h"
#include "base/error.h"
#include "letter/letter.h"

enum {
    DOCKET_TEXT_MAX = 2000, /* bytes of a note: a page of it belongs into the client's file */
    DOCKET_NAME_MAX = 80,   /* bytes of a reference or a person's name: fits on a line */
};

struct docket;

enum docket_opening {
    DOCKET_EXISTING, /* a docket that is not there is an error: it must not pass for an empty one */
    DOCKET_START, /* makes it (0600), and the directories that lead to it (0700), where they are not there */
};

/* Opens the file and brings an older one up to date. A newer one, or a file that is no docket, is left as it
 * is. */
int docket_open(struct docket **out, const char *path, enum docket_opening opening, struct error *error);
void docket_close(struct docket *docket);

/* Who does something, and when: stands in the history. */
struct docket_actor {
    const char *who;
    int64_t at; /* seconds since 1970, UTC */
};

/* Makes all calls until docket_commit one step: after a crash all of them are there, or none. Each call below
 * is such a step by itself. Others can read meanwhile, but not write. */
int docket_begin(struct docket *docket, struct error *error);
int docket_commit(struct docket *docket, struct error *error);
void docket_rollback(struct docket *docket);

/* ---- letters come in ---- */

/* One arrival of a scan. */
struct docket_scan {
    const char *sha256; /* of the scan's content, 64 hex digits */
    const char *file;   /* as it was named when it came; UTF-8 */
    const char *filed;  /* where it is kept; NULL if that is not known */
    date received;
    const char *ref; /* the clinic's reference of the client; NULL if not given */
    bool retake; /* a record that is read once more, not a scan that came again: if it is known, all stays */
};

enum docket_outcome {
    DOCKET_TAKEN,
    DOCKET_REPEAT, /* it was there already, and this arrival is noted beside the first */
    DOCKET_KNOWN,  /* a retake, or this very arrival was noted already: nothing was changed */
};

struct docket_filed {
    int64_t id;
    enum docket_outcome outcome;
    int64_t
        rescan_of; /* the first letter with the same notice, date and last four digits; 0 if there is none */
};

/* Puts one letter of a scan in; it needs a page. A letter is known by the scan's hash and its first page, and
 * what was read the first time stays: a repeat changes nothing of it. Taxpayer numbers are masked once more.
 */
int docket_file(struct docket *docket, const struct docket_scan *scan, const struct letter *letter,
                const struct docket_actor *actor, struct docket_filed *out, struct error *error);

/* Notes that the scan came again, with all letters that it has on the docket; their number, 0 for a scan that
 * is not known, goes into `letters`. For a scan that need not be read once more. */
int docket_repeat(struct docket *docket, const struct docket_scan *scan, const struct docket_actor *actor,
                  size_t *letters, struct error *error);

/* ---- people work on them; an unknown id is told with the nearest ones ---- */

int docket_done(struct docket *docket, int64_t id, bool done, const struct docket_actor *actor,
                struct error *error);
int docket_note(struct docket *docket, int64_t id, const char *text, const struct docket_actor *actor,
                struct error *error);

/* An empty text takes the name or the reference away. */
int docket_assign(struct docket *docket, int64_t id, const char *name, const struct docket_actor *actor,
                  struct error *error);
int docket_refer(struct docket *docket, int64_t id, const char *ref, const struct docket_actor *actor,
                 struct error *error);

/* What a person saw on the paper. `point` is "notice" (the value is an id of the catalogue, which the caller
 * has looked up) or a field's name; an empty value says that the letter has no such field. A letter for
 * review becomes identified once its notice and every date that was read on it are settled, this way or by
 * docket_confirm. */
int docket_correct(struct docket *docket, int64_t id, const char *point, const char *value,
                   const struct docket_actor *actor, struct error *error);

/* The value that stands there is right. With NULL for `point` everything is. */
int docket_confirm(struct docket *docket, int64_t id, const char *point, const struct docket_actor *actor,
                   struct error *error);

/* ---- looking ---- */

/* One letter as it stands now. Texts are the docket's until the callback returns; NULL where there is none.
 */
struct docket_letter {
    int64_t id;
    const char *sha256;
    unsigned first_page;
    const char *file;
    const char *filed;
    date received;
    enum letter_status status;
    const char *notice;              /* id, where it is surely known */
    const char *printed;             /* the number as printed */
    const char *fields[FIELD_COUNT]; /* several tax periods with "; " between them */
    const char *candidates;          /* unless identified: ids with a blank between, likeliest first */
    const char *reason_code;         /* unless identified: the first warning of the reader */
    const char *reason;
    const char *unsettled; /* points that a person must still settle, with a blank between */
    const char *ref;
    const char *assigned;
    const char *note; /* the last one */
    bool done;
    int64_t rescan_of;   /* 0: none */
    bool rescan_is_sure; /* nothing that was read tells the two apart, amount and tax periods included */
};

/* Returns 0 to go on, or -1 with `error` set. */
typedef int docket_letter_fn(void *context, const struct docket_letter *letter, struct error *error);

/* Calls back for every letter, in the order of their ids. */
int docket_letters(struct docket *docket, docket_letter_fn *each, void *context, struct error *error);

/* The same for one letter. ERROR_USAGE where there is none with that id. */
int docket_find(struct docket *docket, int64_t id, docket_letter_fn *each, void *context, struct error *error);

/* What was read of the letter when it came, with its evidence and places; to be disposed of with letter_dispose. */
int docket_reading(struct docket *docket, int64_t id, struct letter *out, struct error *error);

/* A number that is another one after every change of the docket, whoever made it. */
int docket_version(struct docket *docket, uint64_t *out, struct error *error);

struct docket_event {
    int64_t at;
    const char *who;
    const char *what;  /* "taken", "repeat", "done", "undone", "note", "assigned", "ref", "corrected",
                          "confirmed",  "settled" */
    const char *point; /* "notice" or a field, where it is about one; else NULL */
    const char *before;
    const char *after;
};

typedef int docket_event_fn(void *context, const struct docket_event *event, struct error *error);

/* Calls back for all that happened with the letter, oldest first. It can only grow: the file refuses to
 * change it. */
int docket_history(struct docket *docket, int64_t id, docket_event_fn *each, void *context,
                   struct error *error);

/* Writes a whole, checked copy, a docket of its own, to a file that must not be there yet. */
int docket_backup(struct docket *docket, const char *path, struct error *error);

#endif
