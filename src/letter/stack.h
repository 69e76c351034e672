/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Where one letter of a scanned stack ends and the next begins. */
#ifndef IRSORT_LETTER_STACK_H
#define IRSORT_LETTER_STACK_H

#include <stdbool.h>
#include <stddef.h>

#include "catalogue/catalogue.h"
#include "letter/page_text.h"

#define STACK_RUNNING_BOTTOM 0.16F /* of a later page's header, as a share of the page's height */

/* The page says in what was read of it which letter it is of, or which page: no more needs to be read to place it. */
bool stack_is_marked(const struct page_text *page);

/* A number alone in its header is that of its place behind the first page. */
bool stack_is_numbered(const struct page_text *first, const struct page_text *page);

/* The page is an insert that can move the last day of the letter that it came with: worth reading to its end. */
bool stack_is_insert(const struct catalogue *catalogue, const struct page_text *page);

/* The number behind "Page", 0 if none is printed. */
int stack_printed_page(const struct page_text *page);

/* The page says plainly which letter it is of: what stands elsewhere on it adds nothing to its place. `letter` are
 * the texts of the letter's pages, the first page first. */
bool stack_is_told(const struct page_text *letter, size_t count, const struct page_text *page);

/* Its printed number goes on from the letter's, or a number alone is that of its place, and nothing in its header, read
 * whole, speaks against that. */
bool stack_follows(const struct catalogue *catalogue, const struct page_text *letter, size_t count,
                   const struct page_text *page);

/* A later page's running header shows that day (YYYY-MM-DD). */
bool stack_shows_date(const struct page_text *page, const char *day);

enum { STACK_PRINTS_MAX = 16 };

/* Where the page says whose page it is: its number, page, date and taxpayer. Later pages say it in the same places.
 * Returns how many, at most STACK_PRINTS_MAX. */
size_t stack_prints(const struct page_text *page, struct box prints[STACK_PRINTS_MAX]);

enum stack_place {
    STACK_FOLLOWS,
    STACK_UNPROVEN, /* only the number ties it to the letter: neither date nor taxpayer agrees surely */
    STACK_DOUBTFUL, /* its header does not agree with the letter's in one thing: page, date or taxpayer */
    STACK_BEGINS,   /* it begins a letter of its own, or goes on with one that is not the one before it */
};

/* Where a page belongs that was read at least in its upper part and, if it is not marked, at its foot. In doubt a page
 * belongs to the letter before. */
enum stack_place stack_place(const struct catalogue *catalogue, const struct page_text *letter, size_t count,
                             const struct page_text *page);

#endif
