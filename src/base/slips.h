/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How far a word that somebody typed is from one that is known. */
#ifndef IRSORT_BASE_SLIPS_H
#define IRSORT_BASE_SLIPS_H

enum { SLIPS_WORD_MAX = 31 }; /* bytes of a word; no number, key or option is longer */

/* Slips that turn one word into the other: a character more, less, another, or two that changed places. UINT_MAX if
 * one of them is longer than SLIPS_WORD_MAX. */
unsigned slips_between(const char *a, const char *b);

#endif
