/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "rights/calendar.h"

#include <stddef.h>

enum { FIXED_DAY = -1, LAST_YEAR = 2199 };

struct holiday {
    const char *name;
    int month;
    int day;       /* of the month; with a weekday: the first day of the seven among which it falls */
    int weekday;   /* or FIXED_DAY */
    int since;     /* first year; 0 where it is older than any letter that is counted */
    int every;     /* years between two of them */
    bool stays;    /* a Saturday does not move it to the Friday before */
    bool business; /* counts as a business day all the same */
};

/* As the law stands today, carried back to the first year of each: nothing is counted from before 1990, so
 * older forms of a rule (Veterans Day in October, 1971 to 1977) are left out. Emancipation Day: the D.C. act
 * that made it a legal holiday took effect in April 2005. Juneteenth: assumed from its first federal year.
 * D.C. Code 28-2701 moves Inauguration Day from a Sunday only. Where two fall on one day the first in the
 * table gives the name. */
static const struct holiday holidays[] = {
    {"New Year's Day", 1, 1, FIXED_DAY, 0, 1, false, false},
    {"Birthday of Martin Luther King, Jr.", 1, 15, MONDAY, 1986, 1, false, false},
    {"Inauguration Day", 1, 20, FIXED_DAY, 1937, 4, true, false},
    {"Washington's Birthday", 2, 15, MONDAY, 0, 1, false, false},
    {"D.C. Emancipation Day", 4, 16, FIXED_DAY, 2005, 1, false, true},
    {"Memorial Day", 5, 25, MONDAY, 0, 1, false, false},
    {"Juneteenth", 6, 19, FIXED_DAY, 2021, 1, false, false},
    {"Independence Day", 7, 4, FIXED_DAY, 0, 1, false, false},
    {"Labor Day", 9, 1, MONDAY, 0, 1, false, false},
    {"Columbus Day / Indigenous Peoples' Day", 10, 8, MONDAY, 0, 1, false, false},
    {"Veterans Day", 11, 11, FIXED_DAY, 0, 1, false, false},
    {"Thanksgiving Day", 11, 22, THURSDAY, 0, 1, false, false},
    {"Christmas Day", 12, 25, FIXED_DAY, 0, 1, false, false},
};

#define HOLIDAY_COUNT (sizeof holidays / sizeof *holidays)

struct civil {
    int year, month, day;
};

static struct civil civil_of(date day)
{
    struct civil civil;

    date_to_civil(day, &civil.year, &civil.month, &civil.day);
    return civil;
}

/* Whether the holiday's own date, not yet moved, is `on`. */
static bool falls_on(const struct holiday *holiday, struct civil on, enum weekday weekday)
{
    if (on.month != holiday->month || on.year < holiday->since ||
        (on.year - holiday->since) % holiday->every != 0)
        return false;
    if (holiday->weekday == FIXED_DAY)
        return on.day == holiday->day;
    return (int)weekday == holiday->weekday && on.day >= holiday->day && on.day < holiday->day + 7;
}

static const struct holiday *observed_on(date day)
{
    enum weekday weekday = date_weekday(day);
    struct civil on = civil_of(day);
    /* The weekend day that may have been moved to this one. */
    struct civil moved = weekday == FRIDAY ? civil_of(day + 1) : weekday == MONDAY ? civil_of(day - 1) : on;

    for (const struct holiday *holiday = holidays; holiday < holidays + HOLIDAY_COUNT; holiday++) {
        if (weekday == SUNDAY || (weekday == SATURDAY && !holiday->stays))
            continue;
        if (falls_on(holiday, on, weekday))
            return holiday;
        if (holiday->weekday == FIXED_DAY && !(weekday == FRIDAY && holiday->stays) &&
            falls_on(holiday, moved, weekday))
            return holiday;
    }
    return NULL;
}

static bool weekend(date day)
{
    enum weekday weekday = date_weekday(day);

    return weekday == SATURDAY || weekday == SUNDAY;
}

static date last_day(void)
{
    return date_from_civil(LAST_YEAR, 12, 31);
}

const char *calendar_holiday(date day)
{
    const struct holiday *holiday = observed_on(day);

    return holiday != NULL ? holiday->name : NULL;
}

date calendar_roll(date day)
{
    while (weekend(day) || observed_on(day) != NULL)
        day++;
    return day;
}

date calendar_days(date day, unsigned count)
{
    date last = last_day();

    if (day > last || count > (unsigned)(last - day))
        return DATE_NONE;
    return day + (date)count;
}

date calendar_business_days(date day, unsigned count)
{
    date last = last_day();

    while (count > 0) {
        if (day >= last)
            return DATE_NONE;
        day++;
        const struct holiday *holiday = observed_on(day);
        if (!weekend(day) && (holiday == NULL || holiday->business))
            count--;
    }
    return day;
}

date calendar_years(date day, unsigned years)
{
    struct civil civil = civil_of(day);

    if (civil.year > LAST_YEAR || years > (unsigned)(LAST_YEAR - civil.year))
        return DATE_NONE;
    int year = civil.year + (int)years;
    date later = date_from_civil(year, civil.month, civil.day);
    return later != DATE_NONE ? later : date_from_civil(year, 2, 28);
}
