/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "letter/fuzzy.h"

#include <string.h>

unsigned fuzzy_tolerance(size_t length)
{
    return length < 9 ? 0 : length < 14 ? 1 : (unsigned)(length / 10) + 1;
}

static bool find(const char *needle, const char *haystack, size_t length, unsigned limit, struct fuzzy_match *out)
{
    unsigned cost[FUZZY_NEEDLE_MAX + 1]; /* of the needle's first i characters, ending here */
    size_t start[FUZZY_NEEDLE_MAX + 1];  /* where that alignment begins */
    size_t size = strnlen(needle, FUZZY_NEEDLE_MAX);
    bool found = false;

    if (size == 0)
        return false;
    for (size_t i = 0; i <= size; i++) {
        cost[i] = (unsigned)i;
        start[i] = 0;
    }
    size_t active = limit < size ? limit : size; /* the last row that can still be within the limit */
    for (size_t at = 0; at < length; at++) {
        unsigned diagonal = cost[0];
        size_t diagonal_start = start[0];
        start[0] = at + 1;
        size_t last = active < size ? active + 1 : size;
        if (last > active) { /* the row below the active ones was not kept up to date */
            cost[last] = limit + 1;
            start[last] = at;
        }
        for (size_t i = 1; i <= last; i++) {
            unsigned match = diagonal + (needle[i - 1] != haystack[at]);
            size_t match_start = i == 1 ? at : diagonal_start;
            diagonal = cost[i];
            diagonal_start = start[i];
            unsigned best = match;
            size_t from = match_start;
            if (cost[i] + 1 < best) { /* a character too many in the haystack */
                best = cost[i] + 1;
                from = start[i];
            }
            if (cost[i - 1] + 1 < best) { /* one lost */
                best = cost[i - 1] + 1;
                from = start[i - 1];
            }
            cost[i] = best;
            start[i] = from;
        }
        active = last;
        while (active > 0 && cost[active] > limit)
            active--;
        if (last == size && active == size && (!found || cost[size] < out->errors)) {
            *out = (struct fuzzy_match){start[size], at + 1, cost[size]};
            found = true;
            if (cost[size] == 0)
                return true;
        }
    }
    return found;
}

bool fuzzy_find(const char *needle, const char *haystack, size_t length, struct fuzzy_match *out)
{
    return find(needle, haystack, length, fuzzy_tolerance(strnlen(needle, FUZZY_NEEDLE_MAX)), out);
}

bool fuzzy_nearest(const char *needle, const char *haystack, size_t length, struct fuzzy_match *out)
{
    return find(needle, haystack, length, (unsigned)strnlen(needle, FUZZY_NEEDLE_MAX) / 3, out);
}

unsigned fuzzy_distance(const char *a, const char *b)
{
    unsigned cost[FUZZY_WORD_MAX + 1]; /* from the word so far to the first i characters of b */
    size_t size = strlen(b);

    if (size > FUZZY_WORD_MAX || strlen(a) > FUZZY_WORD_MAX)
        return FUZZY_WORD_MAX;
    for (size_t i = 0; i <= size; i++)
        cost[i] = (unsigned)i;
    for (; *a != '\0'; a++) {
        unsigned diagonal = cost[0]++;
        for (size_t i = 1; i <= size; i++) {
            unsigned best = diagonal + (*a != b[i - 1]);
            diagonal = cost[i];
            if (cost[i] + 1 < best)
                best = cost[i] + 1;
            if (cost[i - 1] + 1 < best)
                best = cost[i - 1] + 1;
            cost[i] = best;
        }
    }
    return cost[size];
}
