/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Which rules hit and which did not, for people who write patterns. */
#ifndef IRSORT_REPORT_WHY_H
#define IRSORT_REPORT_WHY_H

#include "letter/letter.h"
#include "report/sheet.h"

/* Writes what `letter->why` holds, below the letter's card. */
void why_write(struct sheet *sheet, const struct letter *letter);

#endif
