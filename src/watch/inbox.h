/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The files that lie in the folder, as far as they were seen: names and what is known of each, never their content. About
 * 150 bytes and its name for each. Inside watch/. */
#ifndef IRSORT_WATCH_INBOX_H
#define IRSORT_WATCH_INBOX_H

#include "watch/filing.h"

enum entry_state {
    ENTRY_WAITING,
    ENTRY_READING,
    ENTRY_PENDING, /* it stands in the journal: it was filed, and is still to go; or it is to be undone */
    ENTRY_IGNORED, /* a folder, a link, a device: told once, for as long as it is there */
};

struct entry {
    struct entry *next, *previous; /* in the order in which they were first seen */
    struct entry *chain;
    enum entry_state state;
    struct identity identity;
    int64_t since;        /* ms: unchanged since then */
    int64_t due;          /* ms: when to look at it next */
    int64_t retry;        /* ms: not to be tried before, while it does not change */
    unsigned tries;       /* looks that came to nothing, while it did not change */
    bool left;            /* it was looked at and cannot be taken now */
    bool told_incomplete; /* that it waits for its end */
    bool told;            /* why it cannot be taken, or removed */
    bool undocketed;      /* ENTRY_PENDING: its folder may be in its place without its letters being on the docket */
    bool rereads;         /* its reading failed for what may pass, and is tried once more */
    uint32_t hash;        /* the beginning of its content's; 0: not known */
    unsigned round;       /* the last looking-through that saw it */
    uintptr_t serial;     /* ENTRY_READING: the tag that its result comes with */
    struct piece *piece;  /* owned: ENTRY_READING */
    struct intent *intent; /* owned: ENTRY_PENDING */
    char name[];
};

struct inbox {
    struct entry *first, *last;
    struct entry **chains;
    size_t size; /* of `chains`: a power of two, or 0 */
    size_t count;
    unsigned round;
};

struct entry *inbox_find(const struct inbox *inbox, const char *name);

/* The entry of that name, a new one if need be; NULL on lack of memory. */
struct entry *inbox_add(struct inbox *inbox, const char *name);

/* Frees it; it must own nothing any more. */
void inbox_remove(struct inbox *inbox, struct entry *entry);

/* Behind all others. */
void inbox_move_last(struct inbox *inbox, struct entry *entry);

#endif
