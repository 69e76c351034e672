/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The days that the law counts, as a check digit: where they lead from one printed date to another, neither was misread. */
#ifndef IRSORT_LETTER_FIT_H
#define IRSORT_LETTER_FIT_H

#include <stdbool.h>

#include "catalogue/catalogue.h"
#include "letter/letter.h"

/* That day is the one to which the law's days lead from the letter's notice date, or where that falls on a weekend the Monday
 * after it: as good as read surely. */
bool fit_day(const struct letter *letter, const struct catalogue *catalogue, enum field_id field, const char *day);

/* The law's days lead from that notice date to the very deadline that the letter prints, and that was read surely: were a digit
 * of either date misread, they would not meet. */
bool fit_date(const struct letter *letter, const struct catalogue *catalogue, const char *day);

#endif
