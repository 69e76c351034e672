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
    PIX *pix;        /* as decoded; owned */
    int orientation; /* EXIF's 1 to 8: how to turn `pix` upright; 0 as 1 */
    double xres;     /* dots an inch along the rows of `pix`; 0 where not known */
    double yres;     /* along its columns */
    bool rendered;   /* see struct paper_page */
    bool incomplete; /* likewise */
};

/* Makes the page out of the picture, which is emptied whatever happens. */
int picture_to_page(struct picture *picture, struct paper_page *out, struct error *error);

/* Whether a picture of that size may be decoded; else ERROR_TOO_LARGE (or ERROR_DAMAGED for an empty one). */
int picture_check_size(int64_t width, int64_t height, struct error *error);

/* The same, where decoding takes so many bytes a pixel. */
int picture_check_memory(int64_t width, int64_t height, unsigned bytes, struct error *error);

/* The power of two by which the picture should be divided to suit PAGE_DPI_MAX and PAGE_PIXELS_MAX. */
int picture_reduction(int64_t width, int64_t height, double xres, double yres);

#endif
