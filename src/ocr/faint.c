/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "ocr/faint.h"

enum {
    AROUND = 10,        /* pixels to each side over which the ground is averaged: more than a line of print */
    LEVELS = 256,
    STANDS_OUT = 4,     /* levels darker than the ground; less is how a scanner sees clean paper */
    DEVIATIONS = 4,     /* of the noise, likewise */
    RIM_PARTS = 16,     /* of the sides: the outermost holds shadows */
};
#define ONE_DEVIATION 0.84 /* share of a normal distribution below it */
#define SHARE 0.003        /* of the page: some lines of print; a fold or a hair has less */

/* How much darker than its surroundings each pixel is, without the rim. */
static PIX *relief(PIX *small)
{
    l_int32 width = pixGetWidth(small);
    l_int32 height = pixGetHeight(small);
    PIX *ground = pixBlockconv(small, AROUND, AROUND);
    PIX *darker = ground ? pixSubtractGray(NULL, ground, small) : NULL;
    BOX *inside = boxCreate(width / RIM_PARTS, height / RIM_PARTS, width - 2 * (width / RIM_PARTS),
                            height - 2 * (height / RIM_PARTS));
    PIX *out = darker && inside ? pixClipRectangle(darker, inside, NULL) : NULL;

    boxDestroy(&inside);
    pixDestroy(&darker);
    pixDestroy(&ground);
    return out;
}

bool faint_print(PIX *small)
{
    PIX *darker = relief(small);
    NUMA *counts = darker ? pixGetGrayHistogram(darker, 1) : NULL;
    double pixels = darker ? (double)pixGetWidth(darker) * (double)pixGetHeight(darker) : 0;
    double seen = 0;
    double standing_out = 0;
    int noise = -1;

    for (int level = 0; counts != NULL && level < LEVELS; level++) {
        l_float32 count = 0;
        numaGetFValue(counts, level, &count);
        seen += count;
        if (noise < 0 && seen >= ONE_DEVIATION * pixels)
            noise = level;
        if (noise >= 0 && level >= STANDS_OUT && level > DEVIATIONS * noise)
            standing_out += count;
    }
    numaDestroy(&counts);
    pixDestroy(&darker);
    return standing_out > SHARE * pixels;
}
