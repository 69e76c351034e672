/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A second way to count: a simulation that walks day by day with counters of its own and marks each year's
 * holidays, using nothing of base/date or rights/calendar. Days are indices into `walk`. */
#ifndef IRSORT_TESTS_RIGHTS_WALK_H
#define IRSORT_TESTS_RIGHTS_WALK_H

#include "law.h"

enum {
    FIRST_YEAR = 2013,
    FIRST_CHECKED = 2015,
    LAST_CHECKED = 2035,
    LAST_YEAR = 2040,
    DAYS_MAX = 366 * (LAST_YEAR - FIRST_YEAR + 1),
    EPOCH_TO_FIRST = 15706, /* days from 1970-01-01 to 2013-01-01, a Tuesday */
};

struct walked {
    int year, month, day, weekday; /* 0 is Sunday */
    bool closed;                   /* a weekend or a holiday */
    bool emancipation;             /* closed for Emancipation Day alone */
};

static struct walked walk[DAYS_MAX];
static int walk_length;

static inline int length_of(int year, int month)
{
    if (month == 2)
        return year % 4 == 0 ? 29 : 28; /* right from 1901 to 2099 */
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static inline int index_of(int year, int month, int day)
{
    for (int i = 0; i < walk_length; i++) {
        if (walk[i].year == year && walk[i].month == month && walk[i].day == day)
            return i;
    }
    return -1;
}

static inline void close_moved(int year, int month, int day, bool from_saturday)
{
    int i = index_of(year, month, day);

    if (walk[i].weekday == 6 && from_saturday)
        i--;
    else if (walk[i].weekday == 0)
        i++;
    walk[i].emancipation = month == 4 && !walk[i].closed;
    walk[i].closed = true;
}

/* The n-th such weekday of the month; n = 0 is the last. */
static inline void close_nth(int year, int month, int weekday, int n)
{
    int seen = 0;
    int last = -1;

    for (int i = index_of(year, month, 1); walk[i].month == month; i++) {
        if (walk[i].weekday != weekday)
            continue;
        last = i;
        if (++seen == n)
            break;
    }
    walk[last].closed = true;
}

static inline int build_walk(void **state)
{
    int weekday = 2;

    (void)state;
    for (int year = FIRST_YEAR; year <= LAST_YEAR; year++) {
        for (int month = 1; month <= 12; month++) {
            for (int day = 1; day <= length_of(year, month); day++) {
                walk[walk_length++] =
                    (struct walked){year, month, day, weekday, weekday == 0 || weekday == 6, false};
                weekday = (weekday + 1) % 7;
            }
        }
    }
    for (int year = FIRST_YEAR + 1; year < LAST_YEAR; year++) {
        close_moved(year, 1, 1, true);
        close_nth(year, 1, 1, 3);
        close_nth(year, 2, 1, 3);
        close_nth(year, 5, 1, 0);
        close_nth(year, 9, 1, 1);
        close_nth(year, 10, 1, 2);
        close_nth(year, 11, 4, 4);
        close_moved(year, 4, 16, true);
        close_moved(year, 7, 4, true);
        close_moved(year, 11, 11, true);
        close_moved(year, 12, 25, true);
        if (year >= 2021)
            close_moved(year, 6, 19, true);
        if (year % 4 == 1)
            close_moved(year, 1, 20, false);
    }
    return 0;
}

static inline date walked_date(int i)
{
    return EPOCH_TO_FIRST + i;
}

static inline int walk_business_days(int i, unsigned count)
{
    for (; count > 0; count--) {
        do
            i++;
        while (walk[i].closed && !walk[i].emancipation);
    }
    return i;
}

/* On to the day itself, or to 28 February where 1 March comes first. */
static inline int walk_years(int from, unsigned count)
{
    int i = from;

    while (count > 0) {
        i++;
        bool same = walk[i].month == walk[from].month && walk[i].day == walk[from].day;
        bool missing = walk[from].month == 2 && walk[from].day == 29 && walk[i].month == 2 &&
                       walk[i].day == 28 && walk[i + 1].month == 3;
        count -= same || missing;
    }
    return i;
}

static inline int walk_roll(int i)
{
    while (walk[i].closed)
        i++;
    return i;
}

#endif
