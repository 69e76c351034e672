/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Clocks and notices built by hand, so that rights/ is tested without the pattern files. */
#ifndef IRSORT_TESTS_RIGHTS_LAW_H
#define IRSORT_TESTS_RIGHTS_LAW_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rights/calendar.h"
#include "rights/rights.h"

static enum field_id hearing_by = FIELD_HEARING_BY;
static enum field_id respond_by = FIELD_RESPOND_BY;
static enum field_id termination_date = FIELD_TERMINATION_DATE;

static struct period five_business_days = {5, UNIT_BUSINESS_DAYS};

static struct count thirty_days = {.from = START_NOTICE_DATE, .period = {30, UNIT_DAYS}, .roll = true};
static struct count thirty_days_flat = {.from = START_NOTICE_DATE, .period = {30, UNIT_DAYS}};
static struct count one_year = {.from = START_NOTICE_DATE, .period = {1, UNIT_YEARS}, .roll = true};
static struct count one_year_flat = {.from = START_NOTICE_DATE, .period = {1, UNIT_YEARS}};
static struct count lien_thirty_days = {
    .from = START_LIEN_FILED, .first = &five_business_days, .period = {30, UNIT_DAYS}, .roll = true};
static struct count lien_one_year = {
    .from = START_LIEN_FILED, .first = &five_business_days, .period = {1, UNIT_YEARS}, .roll = true};

static struct follow_up after_conference[] = {
    {.name = "tell", .count = {.from = START_CONFERENCE, .period = {2, UNIT_BUSINESS_DAYS}}},
    {.name = "send", .count = {.from = START_CONFERENCE, .period = {3, UNIT_BUSINESS_DAYS}}},
    {.name = "no-call", .count = {.from = START_CONFERENCE_ASKED, .period = {4, UNIT_BUSINESS_DAYS}}},
    {.name = "seized", .count = {.from = START_SEIZURE_NOTICE, .period = {10, UNIT_BUSINESS_DAYS}}},
};

static const struct clock clocks[] = {
    {.name = "levy", .track = "cdp-levy", .printed = &hearing_by, .count = &thirty_days},
    {.name = "levy-year", .track = "equivalent-hearing-levy", .count = &one_year, .after_track = "cdp-levy"},
    {.name = "lien",
     .track = "cdp-lien",
     .printed = &hearing_by,
     .count = &lien_thirty_days,
     .safe = &thirty_days},
    {.name = "lien-year",
     .track = "equivalent-hearing-lien",
     .count = &lien_one_year,
     .safe = &one_year_flat,
     .after_track = "cdp-lien"},
    {.name = "cap",
     .track = "cap",
     .kind = KIND_ADMINISTRATIVE,
     .follow_ups = after_conference,
     .follow_ups_count = 4},
    {.name = "agreement",
     .track = "ia-termination-appeal",
     .kind = KIND_ADMINISTRATIVE,
     .printed = &respond_by,
     .count = &thirty_days_flat},
    {.name = "plan",
     .track = "ia-termination-appeal",
     .kind = KIND_ADMINISTRATIVE,
     .printed = &termination_date,
     .count = &thirty_days},
    {.name = "refund-levy",
     .track = "state-refund-levy-warning",
     .kind = KIND_PRACTICE,
     .printed = &respond_by,
     .count = &thirty_days_flat},
    {.name = "pay-by", .track = "payment-due", .kind = KIND_ADMINISTRATIVE, .printed = &respond_by},
    {.name = "printed-law", .track = "tax-court", .kind = KIND_STATUTORY, .printed = &hearing_by},
};

static inline const struct clock *clock_named(const char *name)
{
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        if (strcmp(clocks[i].name, name) == 0)
            return &clocks[i];
    }
    fail_msg("no clock %s", name);
    return NULL;
}

static inline struct notice_right right_of(const char *clock, enum availability available)
{
    const struct clock *found = clock_named(clock);

    return (struct notice_right){.track = found->track,
                                 .available = available,
                                 .clock_name = found->name,
                                 .clock = available == AVAILABLE_NO ? NULL : found};
}

/* "2026-03-02", or "-" for none. */
static inline date day_of(const char *text)
{
    if (strcmp(text, "-") == 0)
        return DATE_NONE;
    date day = date_parse(text);
    if (day == DATE_NONE)
        fail_msg("no date: %s", text);
    return day;
}

static inline void assert_day(const char *what, const char *expected, date got)
{
    char text[DATE_TEXT_SIZE] = "-";

    if (got != DATE_NONE)
        date_format(got, text);
    if (strcmp(expected, text) != 0)
        fail_msg("%s: expected %s, got %s", what, expected, text);
}

enum { COLUMNS_MAX = 16, LINE_SIZE = 1024 };

/* The next line of a table of `columns` columns, comments left out; false at the end. */
static inline bool next_row(FILE *table, char line[LINE_SIZE], char *column[COLUMNS_MAX], int columns)
{
    while (fgets(line, LINE_SIZE, table) != NULL) {
        if (line[0] == '#')
            continue;
        line[strcspn(line, "\n")] = '\0';
        char *rest = line;
        int count = 0;
        while (rest != NULL && count < COLUMNS_MAX)
            column[count++] = strsep(&rest, "\t");
        if (count != columns || rest != NULL)
            fail_msg("%d columns instead of %d: %s", count, columns, line);
        return true;
    }
    return false;
}

static inline FILE *open_table(const char *name)
{
    char path[4096];

    snprintf(path, sizeof path, PROJECT_DIR "/tests/rights/%s", name);
    FILE *table = fopen(path, "r");
    if (table == NULL)
        fail_msg("cannot open %s", path);
    return table;
}

#endif
