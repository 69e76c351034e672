/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Which letter is it? */
#ifndef IRSORT_LETTER_IDENTIFY_H
#define IRSORT_LETTER_IDENTIFY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "catalogue/catalogue.h"
#include "letter/letter.h"
#include "letter/page_text.h"

/* Weighs the number, the headings, the words and the sender of one letter's pages (at least one, the first page first)
 * and sets status, id, printed, confidence, language, candidates and evidence of `letter`, and warnings that say why a
 * person must look. `whole` says that the first page was read to its end: only then is what was not found not there.
 * `*enough` is set when more text of these pages would not change the answer. */
int identify(struct letter *letter, const struct catalogue *catalogue, const struct page_text *pages, size_t count,
             bool whole, bool *enough, struct error *error);

/* The number could not be read: words on later pages, read whole, may tell which letter it is. */
bool identify_lacks_number(const struct letter *letter);

#endif
