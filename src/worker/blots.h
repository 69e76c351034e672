/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Where taxpayer numbers stand on a page that is to be shown, whether it was read there or not. Inside
 * worker/. */
#ifndef IRSORT_WORKER_BLOTS_H
#define IRSORT_WORKER_BLOTS_H

#include "letter/letter.h"
#include "worker/sheet.h"

struct blots {
    struct box *boxes;
    size_t count;
};

/* Finds what is to be blotted out: what was masked where it was read, and, wherever else figures may stand in a row,
 * what is or may be a number; but nothing that was understood as another value of the letter. `out` is empty on an
 * error. */
int blots_find(struct blots *out, const struct sheet *sheet, const struct letter *letter, struct error *error);
void blots_dispose(struct blots *blots);

#endif
