/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Close looks at single prints, in several ways: what many of them see is there. Inside worker/. */
#ifndef IRSORT_WORKER_LOOKS_H
#define IRSORT_WORKER_LOOKS_H

#include "worker/draft.h"
#include "worker/sheet.h"

/* At a number that stands alone: no heading and no words say yet that the letter is that one. If the looks agree on it, the
 * draft has enough. */
int looks_at_lone_number(struct draft *draft, const struct sheet *sheet, struct error *error);

/* At the prints of a number that was read in several ways; what is seen is added to what was read. */
int looks_at_numbers(struct draft *draft, const struct sheet *sheet, struct error *error);

/* At the print of a notice date on this page that was not read surely, or not at all. */
int looks_at_date(struct draft *draft, const struct sheet *sheet, struct error *error);

/* At the print of a last day on the first page that was not read surely. */
int looks_at_day(struct draft *draft, const struct sheet *sheet, struct error *error);

#endif
