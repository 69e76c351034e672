/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* For a number that nobody knows: which one may have been meant. */
#include <string.h>

#include "catalogue/draft.h"

enum {
    TYPED_MAX = 15,   /* bytes; no number is longer */
    DISTANCE_MAX = 2, /* slips; with three a short number becomes any other */
};

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Slips that turn one into the other: a character more, less, another, or two that changed places. */
static unsigned distance(const char *a, const char *b)
{
    unsigned rows[TYPED_MAX + 1][TYPED_MAX + 1];
    size_t height = strlen(a);
    size_t width = strlen(b);

    for (size_t i = 0; i <= height; i++) {
        for (size_t j = 0; j <= width; j++) {
            if (i == 0 || j == 0) {
                rows[i][j] = (unsigned)(i + j);
                continue;
            }
            unsigned other = rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            rows[i][j] = least(other, least(rows[i - 1][j], rows[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                rows[i][j] = least(rows[i][j], rows[i - 2][j - 2] + 1);
        }
    }
    return rows[height][width];
}

static unsigned distance_of_notice(const struct notice *notice, const char *typed)
{
    unsigned best = distance(typed, notice->id);

    for (unsigned i = 0; i < notice->numbers_count; i++)
        best = least(best, distance(typed, notice->numbers[i]));
    return best;
}

size_t catalogue_nearest(const struct catalogue *catalogue, const char *name, const struct notice **out,
                         size_t max)
{
    char typed[TYPED_MAX + 2];
    size_t count = 0;

    number_normalise(name, typed, sizeof typed);
    size_t length = strlen(typed);
    if (length > TYPED_MAX)
        return 0;
    for (unsigned wanted = 0; wanted <= DISTANCE_MAX && wanted < length; wanted++) {
        for (size_t i = 0; i < catalogue->notice_count && count < max; i++) {
            if (distance_of_notice(&catalogue->notices[i], typed) == wanted)
                out[count++] = &catalogue->notices[i];
        }
    }
    return count;
}

const struct other_number *catalogue_find_other(const struct catalogue *catalogue, const char *name)
{
    char typed[TYPED_MAX + 2];

    number_normalise(name, typed, sizeof typed);
    for (unsigned i = 0; i < catalogue->mail.others_count; i++) {
        if (strcmp(catalogue->mail.others[i].number, typed) == 0)
            return &catalogue->mail.others[i];
    }
    return NULL;
}
