/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Counting days as the tax law does. Days handed in lie between 1900 and 2199. */
#ifndef IRSORT_RIGHTS_CALENDAR_H
#define IRSORT_RIGHTS_CALENDAR_H

#include <stdbool.h>

#include "base/date.h"

/* The legal holiday in the District of Columbia observed on that day, by its English name, or NULL.
 * D.C. Code 28-2701 and 1-612.02; Rev. Rul. 2015-13; moved days included. Static text. */
const char *calendar_holiday(date day);

/* The day itself, or the next one that is no Saturday, Sunday or D.C. holiday (IRC 7503). */
date calendar_roll(date day);

/* `count` days after `day`, which is not counted; DATE_NONE after 2199. */
date calendar_days(date day, unsigned count);

/* The n-th business day after `day`, which is not counted; DATE_NONE after 2199. D.C. Emancipation Day counts
 * as a business day: no source says, and that gives the earlier date. */
date calendar_business_days(date day, unsigned count);

/* The same month and day `years` later; 29 February becomes 28 February where that year has no 29th.
 * DATE_NONE after 2199. */
date calendar_years(date day, unsigned years);

#endif
