/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Civil (proleptic Gregorian) dates without a time zone: a date is a count of days, so arithmetic is plain. */
#ifndef IRSORT_BASE_DATE_H
#define IRSORT_BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

/* Days since 1970-01-01. */
typedef int32_t date;

#define DATE_NONE INT32_MIN
#define DATE_TEXT_SIZE 11 /* "YYYY-MM-DD" and NUL */

enum weekday { SUNDAY, MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY };

/* The day, or DATE_NONE where there is no such day (31 February) or the year is outside 1900 to 2199. */
date date_from_civil(int year, int month, int day);

void date_to_civil(date day, int *year, int *month, int *day_of_month);

enum weekday date_weekday(date day);

/* Exactly "YYYY-MM-DD", else DATE_NONE. */
date date_parse(const char *text);

/* "YYYY-MM-DD" into `out`; returns `out`. */
const char *date_format(date day, char out[DATE_TEXT_SIZE]);

/* Today in this machine's time zone. */
date date_today(void);

#endif
