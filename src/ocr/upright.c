/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "ocr/upright.h"

#include "ocr/straighten.h"

enum {
    DPI_COARSE = 140,   /* below, digits of body size are told apart by guess */
    DPI_LEAST = 180,    /* below, small print is enlarged: the engine finds no lines in it */
    DPI_ENLARGED = 220,
    DPI_MOST = 320,     /* above, more pixels cost time and tell nothing */
    DPI_REDUCED = 300,
};
#define LETTER_LONG_SIDE 11.0F /* inches */
#define BLANK_INK 0.0004F      /* share of ink on a page with half a line of print */

/* Puts `next` in the place of *picture. */
static int replace(PIX **picture, PIX *next)
{
    if (next == NULL)
        return -1;
    pixDestroy(picture);
    *picture = next;
    return 0;
}

static PIX *ink_of(PIX *picture)
{
    return pixGetDepth(picture) == 1 ? pixClone(picture) : straighten_ink(picture);
}

/* The size that the engine reads best and fastest. */
static int normalise_size(struct upright *sheet)
{
    float factor = sheet->dpi > DPI_MOST    ? (float)DPI_REDUCED / (float)sheet->dpi
                   : sheet->dpi < DPI_LEAST ? (float)DPI_ENLARGED / (float)sheet->dpi
                                           : 1.0F;

    if (factor == 1.0F)
        return 0;
    sheet->dpi = (int)((float)sheet->dpi * factor);
    if (pixGetDepth(sheet->picture) == 1 && factor < 1)
        return replace(&sheet->picture, pixScaleToGray(sheet->picture, factor));
    if (pixGetDepth(sheet->picture) == 1 && replace(&sheet->picture, pixConvert1To8(NULL, sheet->picture, 255, 0)) != 0)
        return -1;
    return replace(&sheet->picture, factor < 1 ? pixScaleAreaMap(sheet->picture, factor, factor)
                                              : pixScaleLI(sheet->picture, factor, factor));
}

static int flatten(struct upright *sheet)
{
    bool found = false;

    if (replace(&sheet->picture, straighten_frame(sheet->picture, &found)) != 0)
        return -1;
    if (found) {
        int longer = pixGetWidth(sheet->picture) > pixGetHeight(sheet->picture) ? pixGetWidth(sheet->picture)
                                                                              : pixGetHeight(sheet->picture);
        sheet->dpi = (int)((float)longer / LETTER_LONG_SIDE);
    }
    return 0;
}

static int turn(struct upright *sheet, int quarters)
{
    quarters %= 4;
    if (quarters == 0)
        return 0;
    return replace(&sheet->picture, pixRotateOrth(sheet->picture, quarters));
}

/* Upright and level. */
static int level(struct upright *sheet)
{
    int status = -1;
    PIX *ink = ink_of(sheet->picture);

    if (ink == NULL)
        return -1;
    int quarters = straighten_turns(ink);
    if (quarters != 0 && (turn(sheet, quarters) != 0 || replace(&ink, pixRotateOrth(ink, quarters)) != 0))
        goto done;
    float skew = straighten_skew(ink, true);
    if (skew != 0 && replace(&sheet->picture, pixRotate(sheet->picture, skew,
                                                       pixGetDepth(sheet->picture) == 1 ? L_ROTATE_SHEAR
                                                                                       : L_ROTATE_AREA_MAP,
                                                       L_BRING_IN_WHITE, 0, 0)) != 0)
        goto done;
    status = 0;
done:
    pixDestroy(&ink);
    return status;
}

/* A pixel alone is dust; what is left in a square of UPRIGHT_MAP_STEP pixels marks it. */
static PIX *map_of(PIX *ink)
{
    return pixReduceRankBinaryCascade(ink, 2, 1, 1, 0);
}

/* Makes `clean` and `map` from `picture`. */
static int clean(struct upright *sheet)
{
    PIX *ink = ink_of(sheet->picture);
    PIX *clutter = ink ? straighten_clutter(ink, sheet->dpi) : NULL;
    l_float32 share = 0;
    int status = -1;

    if (clutter == NULL || replace(&sheet->clean, pixCopy(NULL, sheet->picture)) != 0)
        goto done;
    if (pixGetDepth(sheet->clean) == 1)
        pixSubtract(sheet->clean, sheet->clean, clutter);
    else
        pixSetMasked(sheet->clean, clutter, 255);
    pixSubtract(ink, ink, clutter);
    if (replace(&sheet->map, map_of(ink)) != 0)
        goto done;
    if (pixForegroundFraction(ink, &share) != 0)
        goto done;
    if (share < BLANK_INK * 20) { /* little ink: is it more than dust? */
        PIX *shapes = pixSelectBySize(ink, 3, 3, 8, L_SELECT_IF_BOTH, L_SELECT_IF_GT, NULL);
        if (shapes == NULL || pixForegroundFraction(shapes, &share) != 0)
            share = 0;
        pixDestroy(&shapes);
    }
    sheet->blank = share < BLANK_INK;
    status = 0;
done:
    pixDestroy(&clutter);
    pixDestroy(&ink);
    return status;
}

int upright_init(struct upright *sheet, const struct paper_page *paper)
{
    *sheet = (struct upright){.picture = pixClone(paper->image), .dpi = paper->dpi};
    bool scanned_grey = pixGetDepth(sheet->picture) == 8 && !paper->rendered;
    l_int32 bare = 0;
    if (pixGetDepth(sheet->picture) == 1 && pixZero(sheet->picture, &bare) == 0 && bare) { /* nothing to straighten */
        sheet->blank = true;
        sheet->clean = pixClone(sheet->picture);
        sheet->map = pixCreate(pixGetWidth(sheet->picture) / UPRIGHT_MAP_STEP + 1,
                               pixGetHeight(sheet->picture) / UPRIGHT_MAP_STEP + 1, 1);
        if (sheet->clean == NULL || sheet->map == NULL)
            goto fail;
        return 0;
    }
    if (scanned_grey && flatten(sheet) != 0)
        goto fail;
    sheet->coarse = sheet->dpi < DPI_COARSE || (pixGetDepth(sheet->picture) == 1 && straighten_doubled(sheet->picture));
    if (normalise_size(sheet) != 0 ||
        (scanned_grey && replace(&sheet->picture, straighten_light(sheet->picture)) != 0) || level(sheet) != 0 ||
        clean(sheet) != 0)
        goto fail;
    return 0;
fail:
    upright_dispose(sheet);
    return -1;
}

int upright_turn(struct upright *sheet, int quarters)
{
    return turn(sheet, quarters) != 0 || clean(sheet) != 0 ? -1 : 0;
}

void upright_dispose(struct upright *sheet)
{
    pixDestroy(&sheet->picture);
    pixDestroy(&sheet->clean);
    pixDestroy(&sheet->map);
}
