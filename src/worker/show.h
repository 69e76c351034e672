/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Pictures of pages for people: what was read, and where what was understood stands. */
#ifndef IRSORT_WORKER_SHOW_H
#define IRSORT_WORKER_SHOW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "letter/letter.h"
#include "ocr/ocr.h"

/* The pages of a letter that is still being read, small and grey. Empty when all is zero. */
struct show {
    struct shown_page *pages;
    size_t count;
};

/* Keeps a page as it was read. Of a letter of very many pages only the first are kept. -1 on lack of memory. */
int show_keep(struct show *show, const struct ocr_page *page, unsigned number, struct error *error);

/* Paints the kept pages of the letter, which is as good as finished, with words in that language, and adds them to
 * it as pictures. `spent` counts the bytes of all pictures of a file; over a bound no more are added. -1 on lack of
 * memory. */
int show_paint(const struct show *show, struct letter *letter, enum language language, size_t *spent,
               struct error *error);

void show_dispose(struct show *show);

/* A page in grey at that width. To be destroyed; NULL on lack of memory. */
PIX *show_grey(const PIX *picture, int width);

/* A box, and so many pixels of room round it, in pixels of a picture of that size, at least one wide. To be
 * destroyed; NULL on lack of memory. */
BOX *show_place(struct box box, int width, int height, int room);

#endif
