/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/date.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { FIRST_YEAR = 1900, LAST_YEAR = 2199 };

static bool leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_length(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month == 2 && leap(year) ? 29 : days[month - 1];
}

/* Days from 1970-01-01 to 1 January of `year`, for year >= 1. */
static int32_t days_before_year(int year)
{
    int y = year - 1;

    return 365 * y + y / 4 - y / 100 + y / 400 - 719162;
}

date date_from_civil(int year, int month, int day)
{
    if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12 || day < 1 || day > month_length(year, month))
        return DATE_NONE;
    int32_t days = days_before_year(year) + day - 1;
    for (int m = 1; m < month; m++)
        days += month_length(year, m);
    return days;
}

void date_to_civil(date day, int *year, int *month, int *day_of_month)
{
    int y = 1970 + (int)(day / 366);

    while (days_before_year(y + 1) <= day)
        y++;
    while (days_before_year(y) > day)
        y--;
    int rest = day - days_before_year(y);
    int m = 1;
    while (rest >= month_length(y, m))
        rest -= month_length(y, m++);
    *year = y;
    *month = m;
    *day_of_month = rest + 1;
}

enum weekday date_weekday(date day)
{
    int since_thursday = (int)(day % 7); /* 1970-01-01 was a Thursday */

    return (enum weekday)((since_thursday + 7 + THURSDAY) % 7);
}

date date_parse(const char *text)
{
    int number[3] = {0};
    static const char shape[] = "0000-11-22";

    if (strlen(text) != sizeof shape - 1)
        return DATE_NONE;
    for (int i = 0; shape[i] != '\0'; i++) {
        if (shape[i] == '-') {
            if (text[i] != '-')
                return DATE_NONE;
        } else if (text[i] < '0' || text[i] > '9') {
            return DATE_NONE;
        } else {
            int *part = &number[shape[i] - '0'];
            *part = *part * 10 + (text[i] - '0');
        }
    }
    return date_from_civil(number[0], number[1], number[2]);
}

const char *date_format(date day, char out[DATE_TEXT_SIZE])
{
    int year;
    int month;
    int day_of_month;

    date_to_civil(day, &year, &month, &day_of_month);
    snprintf(out, DATE_TEXT_SIZE, "%04u-%02u-%02u", (unsigned)year % 10000, (unsigned)month % 100,
             (unsigned)day_of_month % 100);
    return out;
}

date date_today(void)
{
    time_t now = time(NULL);
    struct tm local;

    localtime_r(&now, &local);
    return date_from_civil(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
}
