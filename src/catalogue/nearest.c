/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* For a number that nobody knows: which one may have been meant. */
#include <string.h>

#include "base/slips.h"
#include "catalogue/draft.h"

enum {
    TYPED_MAX = 15, /* bytes; no number is longer */
    SLIPS_MAX = 2,  /* with three a short number becomes any other */
};

static unsigned distance_of_notice(const struct notice *notice, const char *typed)
{
    unsigned best = slips_between(typed, notice->id);

    for (unsigned i = 0; i < notice->numbers_count; i++) {
        unsigned other = slips_between(typed, notice->numbers[i]);
        if (other < best)
            best = other;
    }
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
    for (unsigned wanted = 0; wanted <= SLIPS_MAX && wanted < length; wanted++) {
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
