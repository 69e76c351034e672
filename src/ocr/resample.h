/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One picture out of another: turned, levelled, scaled, seen from above and evenly lit, in a single pass.
 * Inside ocr/ only. */
#ifndef IRSORT_OCR_RESAMPLE_H
#define IRSORT_OCR_RESAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include <leptonica/allheaders.h>

/* Takes (x, y, 1) to (u, v, w); the point is (u/w, v/w). A pixel's middle lies at half past its index. */
struct mapping {
    double m[3][3];
};

struct point {
    double x, y;
};

struct mapping mapping_scale(double factor);
/* About a picture of that size: where a point of the picture turned by quarters clockwise comes from. */
struct mapping mapping_turn(int quarters, double width, double height);
/* Where a point of the picture turned by that angle (radians clockwise) about its middle comes from. */
struct mapping mapping_rotate(double angle, double width, double height);
/* Takes the rectangle from (0, 0) to (width, height) to four corners, clockwise from the upper left. -1 if
 * they are in line. */
int mapping_corners(struct mapping *out, const struct point corner[4], double width, double height);
/* First `inner`, then `outer`. */
struct mapping mapping_after(struct mapping outer, struct mapping inner);
struct point mapping_apply(const struct mapping *mapping, struct point point);
/* Nothing but a shift by whole pixels. */
bool mapping_is_plain(const struct mapping *mapping);

/* What a pixel's level becomes: times the gain of its cell, then through the table. */
struct light {
    PIX *gain;   /* 16 bit, 256 is one; NULL: one everywhere */
    PIX *busy;   /* 1 bit: the cells that are not all white, the others need no look; NULL: any may be */
    double cell; /* side of a cell in pixels of the new picture */
    uint8_t tone[256];
};

/* Part of a new picture of 8 bits, `box` in its pixels; `from` says where a point of it lies in `source` (8
 * bit). What lies outside the source is white. NULL for lack of memory. */
PIX *resample(PIX *source, const struct mapping *from, const BOX *box, const struct light *light);

#endif
