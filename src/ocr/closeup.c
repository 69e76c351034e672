/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "ocr/closeup.h"

#include <stdbool.h>

#include "ocr/ocr.h"

enum {
    BORDER = 12,         /* pixels of white round the line: the engine needs some */
    DARK = 170,          /* under this is ink, on a page whose ground is white and whose print is dark */
    TIPS = 2,            /* pixels kept above and below the ink */
    WHITE = 255,
    STROKE = 3,          /* pixels: a gap of two between strokes one above the other is a row that was lost, not print */
    SAUVOLA_HALF = 12,   /* half window in pixels: about a line of print at twice its size */
};
#define SAUVOLA_FACTOR 0.30F
#define ROOM 0.5F        /* round the line, in its heights: boxes of words are rough */
#define CORE 0.25F       /* of its height to either side of the middle is surely the line's own */

/* Ways to look at a print. Each goes wrong on other damage, so that what many of them see is there. */
struct way {
    float scale;
    int soft;    /* half side of what is averaged, in pixels after scaling */
    bool mend;   /* strokes that a lost row cuts are joined */
    bool local;  /* ink is told from ground by local contrast */
};

static const struct way ways[OCR_LINE_LOOKS] = {
    {2, 1, false, false}, {1, 1, false, false}, {3, 1, false, false}, {2, 1, true, false},
    {2, 0, false, false}, {3, 2, false, false}, {1.5F, 1, false, false}, {2, 1, false, true},
};

/* Puts `next` in the place of *picture. */
static int replace(PIX **picture, PIX *next)
{
    if (next == NULL)
        return -1;
    pixDestroy(picture);
    *picture = next;
    return 0;
}

static bool is_bare(NUMA *rows, l_int32 row)
{
    l_int32 ink = 0;

    numaGetIValue(rows, row, &ink);
    return ink == 0;
}

/* Wipes what belongs to the lines above and below: a lone line is expected, and bits of others confuse. `middle` and `height` are
 * the line's, in rows of the picture. */
static int isolate(PIX *grey, l_int32 middle, l_int32 height)
{
    l_int32 width = pixGetWidth(grey);
    l_int32 rows = pixGetHeight(grey);
    l_int32 core = (l_int32)(CORE * (float)height);
    l_int32 top = middle > core ? middle - core : 0;
    l_int32 bottom = middle + core < rows ? middle + core : rows;
    PIX *ink = pixThresholdToBinary(grey, DARK);
    NUMA *count = ink ? pixCountPixelsByRow(ink, NULL) : NULL;

    pixDestroy(&ink);
    if (count == NULL)
        return -1;
    while (top > 0 && !is_bare(count, top - 1))
        top--;
    while (bottom < rows && !is_bare(count, bottom))
        bottom++;
    numaDestroy(&count);
    if (top > TIPS)
        pixRasterop(grey, 0, 0, width, top - TIPS, PIX_SET, NULL, 0, 0);
    if (bottom + TIPS < rows)
        pixRasterop(grey, 0, bottom + TIPS, width, rows - bottom - TIPS, PIX_SET, NULL, 0, 0);
    return 0;
}

/* Dark runs go up and down over gaps of less than a stroke. */
static int mend(PIX **grey)
{
    return replace(grey, pixOpenGray(*grey, 1, STROKE));
}

/* Too small a picture stays grey. */
static int binarise(PIX **grey)
{
    PIX *ink = NULL;

    if (pixSauvolaBinarize(*grey, SAUVOLA_HALF, SAUVOLA_FACTOR, 1, NULL, NULL, NULL, &ink) != 0)
        return 0;
    return replace(grey, ink);
}

static PIX *clip(PIX *page, l_int32 x, l_int32 y, l_int32 width, l_int32 height)
{
    BOX *box = boxCreate(x, y, width, height);
    PIX *out = box ? pixClipRectangle(page, box, NULL) : NULL;

    boxDestroy(&box);
    return out;
}

PIX *closeup_cut(PIX *page, BOX *line, unsigned look, float *scale)
{
    const struct way *way = &ways[look % OCR_LINE_LOOKS];
    l_int32 x = 0;
    l_int32 y = 0;
    l_int32 width = 0;
    l_int32 height = 0;

    boxGetGeometry(line, &x, &y, &width, &height);
    l_int32 room = (l_int32)(ROOM * (float)height);
    l_int32 left = x > room ? x - room : 0;
    l_int32 top = y > room ? y - room : 0;
    PIX *out = clip(page, left, top, x + width + room - left, y + height + room - top);
    *scale = way->scale;
    if (out == NULL || replace(&out, pixConvertTo8(out, 0)) != 0 || isolate(out, y + height / 2 - top, height) != 0 ||
        (way->mend && mend(&out) != 0) || replace(&out, pixScale(out, way->scale, way->scale)) != 0 ||
        (way->soft > 0 && replace(&out, pixBlockconv(out, way->soft, way->soft)) != 0) ||
        (way->local && binarise(&out) != 0) ||
        replace(&out, pixAddBorder(out, BORDER, pixGetDepth(out) == 1 ? 0 : WHITE)) != 0)
        pixDestroy(&out);
    return out;
}
