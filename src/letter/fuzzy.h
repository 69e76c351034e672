/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef IRSORT_LETTER_FUZZY_H
#define IRSORT_LETTER_FUZZY_H

#include <stdbool.h>
#include <stddef.h>

enum { FUZZY_NEEDLE_MAX = 256 }; /* folded characters; a longer phrase is cut */

struct fuzzy_match {
    size_t start, end; /* in the haystack, end not included */
    unsigned errors;   /* characters wrong, missing or too many */
};

/* How many errors a needle of that length may have and still be the same words: none in a short one, about one in ten
 * in a long one. "Notice of levy" and "Notice of intent to levy" are further apart than that. */
unsigned fuzzy_tolerance(size_t length);

/* The best place (fewest errors, then the first) of `needle` in the first `length` characters of `haystack`, both
 * folded; false if none has few enough errors. Time: haystack times tolerance (Ukkonen's cut-off). */
bool fuzzy_find(const char *needle, const char *haystack, size_t length, struct fuzzy_match *out);

/* The same with up to a third of the needle's characters wrong: what is most like it, for people to look at. */
bool fuzzy_nearest(const char *needle, const char *haystack, size_t length, struct fuzzy_match *out);

/* How many characters of one word are wrong, missing or too many in the other (Levenshtein's distance). Words longer than
 * FUZZY_WORD_MAX are that far apart. */
enum { FUZZY_WORD_MAX = 32 };
unsigned fuzzy_distance(const char *a, const char *b);

#endif
