/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What paper/ takes for a sheet of paper. What a file may ask of this machine is bounded in base/limits.h. */
#ifndef IRSORT_PAPER_LIMITS_H
#define IRSORT_PAPER_LIMITS_H

#include "base/limits.h"

enum {
    /* Above this resolution recognition gets slower, not better. */
    PAGE_DPI_MAX = 400,

    /* So many dots an inch of a grey page tell as much as more do. A 300 dpi page is decoded to 225. */
    GREY_DPI_ENOUGH = 215,

    /* The least to which PAPER_GLANCE goes: at 150 the fixtures' letters are read as well as at 300. */
    GLANCE_DPI_MIN = 145,

    /* Pixels of a page as handed on: a legal sheet (8.5 x 14 in) at PAGE_DPI_MAX. */
    PAGE_PIXELS_MAX = 400 * 400 * 17 / 2 * 14,

    /* Text drawn from a PDF is sharp: more dots would cost time and add nothing. */
    RENDER_DPI = 200,

    /* What a file may claim as its resolution; outside, it is taken for nonsense and estimated. */
    CLAIMED_DPI_MIN = 50,
    CLAIMED_DPI_MAX = 1200,

    /* The longer side of a piece of paper in inches, from a receipt's stub to a tabloid sheet. A resolution
     * that gives another size (a photo's 72 dpi) is not believed. */
    PAPER_INCHES_MIN = 4,
    PAPER_INCHES_MAX = 18,
};

/* Missing rows up to this share of a picture's height are forgiven: scanners miscount by a few. */
#define MISSING_ROWS_FORGIVEN 0.03

/* Share of a page's height that a glance shows: its header, and enough lines to level it by. */
#define GLANCE_SHARE 0.42

#endif
