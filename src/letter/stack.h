/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Where one letter of a scanned stack ends and the next begins. */
#ifndef IRSORT_LETTER_STACK_H
#define IRSORT_LETTER_STACK_H

#include <stdbool.h>
#include <stddef.h>

#include "catalogue/catalogue.h"
#include "letter/page_text.h"

/* The page says in what was read of it which letter it is of, or which page: no more needs to be read to place it. */
bool stack_is_marked(const struct page_text *page);

/* The page is an insert that can move the last day of the letter that it came with: worth reading to its end. */
bool stack_is_insert(const struct catalogue *catalogue, const struct page_text *page);

/* True if `page` (read at least in its upper part and at its foot) begins a letter of its own, given the pages of the
 * letter before it, the first page first. In doubt a page belongs to the letter before. */
bool stack_begins_letter(const struct catalogue *catalogue, const struct page_text *letter, size_t count,
                         const struct page_text *page);

#endif
