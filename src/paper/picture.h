/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Between a decoder and a page: a picture of any depth becomes an upright grey or 1-bit page with square
 * pixels. */
#ifndef IRSORT_PAPER_PICTURE_H
#define IRSORT_PAPER_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include <leptonica/allheaders.h>

#include "base/error.h"
#include "paper/paper.h"

struct picture {
    enum paper_detail detail; /* that is wanted of it */
    PIX *pix;        /* as decoded; owned */
    int orientation; /* EXIF's 1 to 8: how to turn `pix` upright; 0 as 1 */
    double xres;     /* dots an inch along the rows of `pix`; 0 where not known */
    double yres;     /* along its columns */
    bool rendered;   /* see struct paper_page */
    bool incomplete; /* likewise */
    int below;       /* rows of the page under `pix` that are left out of a glance */
};

/* Makes the page out of the picture, which is emptied whatever happens. */
int picture_to_page(struct picture *picture, struct paper_page *out, struct error *error);

/* Whether a picture of that size may be decoded; else ERROR_TOO_LARGE (or ERROR_DAMAGED for an empty one). */
int picture_check_size(int64_t width, int64_t height, struct error *error);

/* The same, where decoding takes so many bytes a pixel. */
int picture_check_memory(int64_t width, int64_t height, unsigned bytes, struct error *error);

/* How many of a page's rows, as many as `height`, are wanted. */
int picture_rows(const struct picture *picture, int height);

/* The power of two by which the picture, of that size, decoded or not, should be divided to suit PAGE_DPI_MAX,
 * PAGE_PIXELS_MAX and the detail that is wanted. */
int picture_reduction(const struct picture *picture, int64_t width, int64_t height);

enum { EIGHTHS = 8 };

/* How many eighths of its dots a grey picture needs that can be decoded to so many: no more than picture_reduction leaves, and
 * no more than tell anything. */
int picture_eighths(const struct picture *picture, int64_t width, int64_t height);

#endif
