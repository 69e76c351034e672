/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Which rules of which notices hit a letter, which did not, and what came nearest: for people who write patterns. */
#ifndef IRSORT_LETTER_EXPLAIN_H
#define IRSORT_LETTER_EXPLAIN_H

#include "catalogue/catalogue.h"
#include "letter/letter.h"
#include "letter/page_text.h"

/* Fills `letter->why` of a letter that was identified from these pages: its candidates, then the notices that share most
 * with it. -1 on lack of memory. */
int explain(struct letter *letter, const struct catalogue *catalogue, const struct page_text *pages, size_t count,
            struct error *error);

#endif
