/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How much of a page is read, and in which order: the cheapest part that can decide comes first, and reading ends when
 * it has decided. Inside worker/. */
#ifndef IRSORT_WORKER_CASCADE_H
#define IRSORT_WORKER_CASCADE_H

#include "ocr/ocr.h"
#include "worker/draft.h"

/* A page on its way through the steps. */
struct sheet {
    struct ocr_page *page;
    struct ocr_engine *engine;
    unsigned number;        /* in the source file, from 1 */
};

/* Reads a letter's first page into `draft`, which has no text yet, as far as it takes to know the letter. */
int cascade_first_page(struct draft *draft, const struct sheet *sheet, struct error *error);

/* Reads a page that follows as far as it takes to place it. `begins` tells that it begins another letter; the draft is
 * then as it was. Else its text is added. */
int cascade_later_page(struct draft *draft, const struct sheet *sheet, bool *begins, struct error *error);

#endif
