/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "commands/day.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"

enum { PARTS = 3, PART_DIGITS_MAX = 4 };

struct typed {
    int parts[PARTS];
    size_t digits[PARTS];
};

/* Three numbers with one mark between each two, and nothing else. */
static int split(const char *text, struct typed *out)
{
    for (int i = 0; i < PARTS; i++) {
        size_t digits = strspn(text, "0123456789");
        if (digits == 0 || digits > PART_DIGITS_MAX)
            return -1;
        out->parts[i] = atoi(text);
        out->digits[i] = digits;
        text += digits;
        if (i == PARTS - 1)
            return *text == '\0' ? 0 : -1;
        if (*text == '\0' || strchr("-/.", *text) == NULL)
            return -1;
        text++;
    }
    return -1;
}

const char *day_reason(const char *text, char out[DAY_REASON_SIZE])
{
    struct typed typed;
    char first[DATE_TEXT_SIZE];
    char second[DATE_TEXT_SIZE];

    out[0] = '\0';
    if (split(text, &typed) < 0)
        return out;
    if (typed.digits[0] == 4) {
        date day = date_from_civil(typed.parts[0], typed.parts[1], typed.parts[2]);
        if (day != DATE_NONE)
            snprintf(out, DAY_REASON_SIZE, "; write %s", date_format(day, first));
        else
            snprintf(out, DAY_REASON_SIZE, "; there is no such day between 1900 and 2199");
        return out;
    }
    if (typed.digits[2] != 4) {
        snprintf(out, DAY_REASON_SIZE, "; the year comes first and has four digits");
        return out;
    }
    date american = date_from_civil(typed.parts[2], typed.parts[0], typed.parts[1]);
    date european = date_from_civil(typed.parts[2], typed.parts[1], typed.parts[0]);
    if (american == DATE_NONE && european == DATE_NONE)
        snprintf(out, DAY_REASON_SIZE, "; there is no such day between 1900 and 2199");
    else if (american == european || american == DATE_NONE || european == DATE_NONE)
        snprintf(out, DAY_REASON_SIZE, "; write %s",
                 date_format(american != DATE_NONE ? american : european, first));
    else
        snprintf(out, DAY_REASON_SIZE, ", which can be two days; write %s or %s",
                 date_format(american, first), date_format(european, second));
    return out;
}
