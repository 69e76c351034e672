/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How a dropped file gets into the results: copied, read, filed whole, entered in the docket, and only then gone from where
 * it was dropped. docs/watch.md has the table of the steps and of what is done after a crash between any two. Inside
 * watch/. */
#ifndef IRSORT_WATCH_FILING_H
#define IRSORT_WATCH_FILING_H

#include <stdbool.h>

#include "letter/letter.h"
#include "watch/store.h"

/* How a step ended. With all but the first two `error` says why, and nothing was lost or half done. */
enum filing_end {
    FILING_DONE,
    FILING_CHANGED, /* the dropped file is not what it was, or is gone: it is to be looked at anew */
    FILING_LATER,   /* this file cannot be taken now */
    FILING_PAUSE,   /* no file could be: the disk or the docket is full, away, or may not be written */
    FILING_STOPPED, /* irsort is to end */
};

/* One dropped file in hand. */
struct piece {
    struct intent intent;
    char kept[NAME_MAX + 1]; /* the copy's name: the dropped file's own where that can be */
    int folder;              /* spool/<key>, or -1 */
    int copy;                /* to read and write, or -1 */
};

/* Copies the file into the spool and hashes it on the way; nothing of it is changed. `piece->intent` has name, identity and
 * day. On anything but FILING_DONE nothing is left. */
enum filing_end filing_take(struct store *store, struct piece *piece, struct error *error);

/* A descriptor of the copy that can only be read, to be closed by the caller; -1 with errno set. */
int filing_open_copy(const struct store *store, const struct piece *piece);

/* Undoes filing_take. */
void filing_drop(struct store *store, struct piece *piece);

/* Was this content filed before? 1 with the intent that says where (folder "" if only the docket knows it), 0, or -1. */
int filing_is_known(struct store *store, const struct intent *intent, struct intent *first, struct error *error);

/* A file that goes beside the original. */
struct record {
    const char *name;
    const char *bytes;
    size_t length;
};

/* What is to be filed. */
struct filing {
    enum place place;
    const char *label; /* part of the folder's name: "LT11"; "" for none */
    const struct record *records;
    size_t record_count;
    const struct letter *letters; /* for the docket; none for what failed and for repeats */
    size_t letter_count;
};

/* Files the piece and enters it in the docket: after FILING_DONE it is there for good, and only the original is to go
 * (filing_leave). Otherwise the piece is to be dropped, and if `*open` is true its intent stands in the journal still, for
 * filing_finish. */
enum filing_end filing_commit(struct store *store, struct piece *piece, const struct filing *filing, bool *open,
                              struct error *error);

/* Removes the original, if it is still the same, and takes the intent out of the journal: FILING_DONE, FILING_CHANGED.
 * Otherwise it stands there still, for filing_finish. */
enum filing_end filing_leave(struct store *store, const struct intent *intent, struct error *error);

/* Brings what the journal says of the intent to its end, from whatever step it came to: where the result is not there it is
 * undone (FILING_CHANGED); where it is there it is entered in the docket, and the original, if it is still the same, is
 * removed. FILING_DONE and FILING_CHANGED take it out of the journal. `filed` (may be NULL) tells that the result is
 * there and in the docket. */
enum filing_end filing_finish(struct store *store, const struct intent *intent, bool *filed, struct error *error);

/* Removes what the journal does not know from where copies are made. Nothing may be in hand. */
int filing_sweep(struct store *store);

/* At start: finishes all that the journal has, and clears up what it does not know. `told` (may be NULL) hears about each;
 * one that ended neither with FILING_DONE nor FILING_CHANGED is to be finished later. */
typedef void filing_told_fn(void *context, const struct intent *intent, enum filing_end end, const struct error *error);
int filing_recover(struct store *store, filing_told_fn *told, void *context, struct error *error);

#endif
