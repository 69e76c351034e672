/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "ocr/strips.h"

#include <stdlib.h>

#include "base/limits.h"

enum { STEP = 2 }; /* pixels of the page to one in which ink is looked at: strokes are still apart */

/* Inches. */
#define WORD_GAP 0.15F   /* blank that words of a line may leave; columns and table cells leave more */
#define LOWEST 0.035F    /* a dash or a speck: what is lower is no line of print */
#define TALLEST 0.60F    /* a seal or a picture is higher */
#define NARROWEST 0.03F
#define FLATTEST 0.06F   /* a lower one that is … */
#define FLAT 8           /* … so many times as wide is what is left of a rule */

#define INSIDE 0.7F      /* share of a strip that lies in a larger one: the dots of its letters, an accent */
#define TWO_LINES 1.75F  /* in heights of an ordinary line */

/* Words of a line run together, lines stay apart. */
static BOXA *blots(PIX *print, int dpi)
{
    PIX *small = pixReduceRankBinaryCascade(print, 1, 0, 0, 0);
    PIX *joined = small ? pixCloseSafeBrick(NULL, small, (l_int32)(WORD_GAP * (float)dpi / STEP), 1) : NULL;
    BOXA *boxes = joined ? pixConnCompBB(joined, 8) : NULL;

    pixDestroy(&joined);
    pixDestroy(&small);
    return boxes;
}

static bool is_print(float width, float height)
{
    return height >= LOWEST && height <= TALLEST && width >= NARROWEST && (height >= FLATTEST || width < FLAT * height);
}

static float area(struct box box)
{
    return box_width(box) * box_height(box);
}

static float shared(struct box a, struct box b)
{
    float across = (a.right < b.right ? a.right : b.right) - (a.left > b.left ? a.left : b.left);
    float down = (a.bottom < b.bottom ? a.bottom : b.bottom) - (a.top > b.top ? a.top : b.top);

    return across > 0 && down > 0 ? across * down : 0;
}

/* Leaves out what lies in a larger strip. */
static size_t drop_inner(struct ocr_strip *strips, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        bool inner = false;
        for (size_t k = 0; k < count && !inner && strips[k].box.top < strips[i].box.bottom; k++)
            inner = k != i && area(strips[k].box) > area(strips[i].box) &&
                    shared(strips[k].box, strips[i].box) > INSIDE * area(strips[i].box);
        strips[i].read = inner; /* borrowed as a mark: all must be looked at before any is dropped */
    }
    for (size_t i = 0; i < count; i++) {
        if (!strips[i].read)
            strips[kept++] = strips[i];
    }
    return kept;
}

static int by_top(const void *a, const void *b)
{
    float one = ((const struct ocr_strip *)a)->box.top;
    float other = ((const struct ocr_strip *)b)->box.top;

    return (one > other) - (one < other);
}

static int by_size(const void *a, const void *b)
{
    float one = *(const float *)a;
    float other = *(const float *)b;

    return (one > other) - (one < other);
}

/* The height of an ordinary line: the middle one, each strip counted by its width. */
static int tell_sizes(struct ocr_strip *strips, size_t count)
{
    float *heights = calloc(count + 1, sizeof *heights);

    if (heights == NULL)
        return -1;
    for (size_t i = 0; i < count; i++)
        heights[i] = box_height(strips[i].box);
    qsort(heights, count, sizeof *heights, by_size);
    for (size_t i = 0; i < count; i++) {
        strips[i].size = box_height(strips[i].box) / heights[count / 2];
        strips[i].several_lines = strips[i].size > TWO_LINES;
    }
    free(heights);
    return 0;
}

int strips_find(struct ocr_strip **out, size_t *count, bool *more, PIX *print, int dpi)
{
    BOXA *boxes = blots(print, dpi);
    l_int32 all = boxes ? boxaGetCount(boxes) : 0;
    struct ocr_strip *strips = calloc((size_t)all + 1, sizeof *strips);
    float across = (float)pixGetWidth(print) / STEP;
    float down = (float)pixGetHeight(print) / STEP;
    float inch = (float)dpi / STEP;
    size_t found = 0;

    if (boxes == NULL || strips == NULL)
        goto failed;
    *more = false;
    for (l_int32 i = 0; i < all && !*more; i++) {
        l_int32 x = 0;
        l_int32 y = 0;
        l_int32 width = 0;
        l_int32 height = 0;
        boxaGetBoxGeometry(boxes, i, &x, &y, &width, &height);
        if (!is_print((float)width / inch, (float)height / inch))
            continue;
        *more = found == PAGE_STRIPS_MAX;
        if (!*more)
            strips[found++].box = (struct box){(float)x / across, (float)y / down, (float)(x + width) / across,
                                               (float)(y + height) / down};
    }
    qsort(strips, found, sizeof *strips, by_top);
    found = drop_inner(strips, found);
    if (tell_sizes(strips, found) != 0)
        goto failed;
    boxaDestroy(&boxes);
    *out = strips;
    *count = found;
    return 0;
failed:
    boxaDestroy(&boxes);
    free(strips);
    return -1;
}
