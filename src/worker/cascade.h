/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How much of a page is read, and in which order: the cheapest part that can decide comes first, and reading ends when
 * it has decided. Inside worker/. */
#ifndef IRSORT_WORKER_CASCADE_H
#define IRSORT_WORKER_CASCADE_H

#include "worker/draft.h"
#include "worker/sheet.h"

/* Reads a letter's first page into `draft`, which has no text yet, as far as it takes to know the letter. */
int cascade_first_page(struct draft *draft, const struct sheet *sheet, struct error *error);

enum cascade_turn {
    CASCADE_TAKEN,  /* it belongs to the letter, and its text was added */
    CASCADE_BEGINS, /* it begins another letter; the draft is as it was */
    CASCADE_UNSURE, /* a glance does not do: show it in full; the draft is as it was */
};

/* Reads a page that follows as far as it takes to place it. `first` is the letter's first page while its name was not read yet,
 * which may be needed for that, and else NULL. */
int cascade_later_page(struct draft *draft, const struct sheet *first, const struct sheet *sheet, enum cascade_turn *turn,
                       struct error *error);

#endif
