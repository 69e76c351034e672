/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One letter with what follows from it: what every kind of report is made from. */
#ifndef IRSORT_REPORT_FINDING_H
#define IRSORT_REPORT_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "catalogue/catalogue.h"
#include "letter/letter.h"
#include "rights/rights.h"

/* What it would be if a person found that it is this notice. */
struct maybe {
    const struct notice *notice;
    const struct candidate *candidate; /* of the letter */
    struct rights rights;
};

struct finding {
    const struct letter *letter; /* borrowed; NULL where a notice was asked for without a scan */
    const struct notice *notice; /* NULL unless the letter is identified */
    struct known_dates dates;    /* what `rights` was worked out from */
    struct rights rights;        /* empty without `notice` */
    struct maybe maybes[LETTER_CANDIDATES_MAX]; /* only of a letter for review; earliest act_by first */
    size_t maybe_count;
};

/* Works out the rights of a letter as of that day. A letter that is not surely identified gets none, only
 * maybes. An identified letter whose notice the catalogue does not have is an error: the reader cannot be
 * trusted. */
int finding_init(struct finding *finding, const struct catalogue *catalogue, const struct letter *letter,
                 date as_of, struct error *error);

/* The same for a notice and dates that a person gave. */
int finding_init_notice(struct finding *finding, const struct notice *notice, const struct known_dates *dates,
                        struct error *error);

/* The warnings that came from counting are those of the rights; while it is not sure which notice the letter
 * is, those of its own dates, which all that it may be have in common. Calls `each` with them in order; it
 * returns 0, or -1 to stop. */
int finding_each_warning(const struct finding *finding,
                         int (*each)(void *to, const struct rights_warning *warning), void *to);

void finding_dispose(struct finding *finding);

#endif
