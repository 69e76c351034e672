/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the parts of filing share; each has one face in filing.h. Inside watch/filing*.c. */
#ifndef IRSORT_WATCH_FILING_INSIDE_H
#define IRSORT_WATCH_FILING_INSIDE_H

#include "watch/filing.h"

enum { NAMES_MAX = 10000 }; /* tried for one that is free */

/* `end` with what went wrong, from errno; FILING_STOPPED where that is because irsort is to end. */
enum filing_end filing_fail(struct error *error, enum filing_end end, const char *what);

/* The same for what went wrong on this irsort's own side, which stops everything: another file would fare no better. */
enum filing_end filing_fail_disk(const struct store *store, struct error *error, const char *what);

/* Closes it, if it is open, and makes it -1. */
void filing_close(const struct store *store, int *descriptor);

/* A new file to copy into; `kept` is the name that is wanted, and becomes the one that it has. -1 with errno. */
int filing_make_copy(const struct store *store, int folder, char kept[NAME_MAX + 1]);

/* From `from`, which is read at its own place and must have that size, to the end of `to`, hashed on the way. */
enum filing_end filing_copy_bytes(const struct store *store, int from, int to, int64_t size,
                                  char sha256[INTENT_HASH_SIZE], struct error *error);

/* Puts the letters, or that it is a repeat, onto the docket, within a transaction of the caller's. */
int filing_enter(struct store *store, const struct intent *intent, const struct filing *filing, struct error *error);

/* The same from the records that are filed, as a step of its own. */
int filing_enter_again(struct store *store, const struct intent *intent, struct error *error);

/* Renames onto nothing that is there; -1 with errno. */
int filing_move_new(const struct store *store, int folder, const char *name, int to_folder, const char *to_name);

/* From `leaving` into the inbox; -1 with errno. */
int filing_put_back(const struct store *store, const char *key, const char *name);

#endif
