/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Inside rights/: one deadline. */
#ifndef IRSORT_RIGHTS_DEADLINE_H
#define IRSORT_RIGHTS_DEADLINE_H

#include "rights/rights.h"

/* 1990-01-01. Older dates on a letter have been misread: no notice of the catalogue gives time from before
 * then. */
#define RIGHTS_FIRST_DAY 7305

/* No day at all. */
void deadline_clear(struct deadline *deadline);

/* Works out the deadline of the clock from dates that were found plausible, and returns how it stands. `out`
 * is set where it returns STANDING_OPEN, _LAST_DAY or _PASSED. A printed date that cannot be right is left
 * out of it. */
enum standing deadline_of_clock(struct deadline *out, const struct clock *clock,
                                const struct known_dates *dates);

/* The same for one count alone: a follow-up. */
enum standing deadline_of_count(struct deadline *out, const struct count *count,
                                const struct known_dates *dates);

/* The clock's printed date is the day on which something ends for the person, not the last one to ask, and it
 * lies no earlier than the day counted: that one is kept, the printed one is only told. */
bool deadline_is_later_event(const struct deadline *deadline, const struct clock *clock);

/* Printed minus computed, 0 where they agree or one of them is not known. A printed weekend or holiday that
 * rolls to the computed day agrees with it. */
int deadline_difference(const struct deadline *deadline);

#endif
