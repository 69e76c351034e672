/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* SHA-256 of files. Inside watch/. */
#ifndef IRSORT_WATCH_DIGEST_H
#define IRSORT_WATCH_DIGEST_H

#include <nettle/sha2.h>

#include "watch/journal.h"

/* The hash in hex of what went into `context`. */
void digest_end(struct sha256_ctx *context, char out[INTENT_HASH_SIZE]);

/* Of all that the descriptor's file holds; -1 with errno set. */
int digest_descriptor(const struct outside *outside, const struct patience *patience, int descriptor,
                      char out[INTENT_HASH_SIZE]);

/* Of a plain file, not through a link; -1 with errno set, EISDIR for a folder. */
int digest_file(const struct outside *outside, const struct patience *patience, int folder, const char *name,
                char out[INTENT_HASH_SIZE]);

#endif
