/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Which contents may have been filed already: the short hashes that the result folders' names end with. A hit is to be
 * looked at closer; no hit is sure. Inside watch/. */
#ifndef IRSORT_WATCH_KNOWN_H
#define IRSORT_WATCH_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KNOWN_DIGITS = 8 }; /* of a hash in a folder's name; nine in a row could be taken for a taxpayer number */

/* Four bytes and some for each. Zero-initialise it. */
struct known {
    uint32_t *slots; /* 0: free */
    size_t size;     /* a power of two, or 0 */
    size_t count;
    bool has_zero;
};

/* The first KNOWN_DIGITS of a hash in hex. */
uint32_t known_short(const char *sha256);

int known_add(struct known *known, uint32_t hash); /* -1 on lack of memory */
bool known_has(const struct known *known, uint32_t hash);
void known_dispose(struct known *known);

/* The short hash of a result folder's name, "2026-03-02 LT11 0a1b2c3d" or "… 0a1b2c3d 2"; false if it has none. */
bool known_parse(const char *folder, uint32_t *hash);

#endif
