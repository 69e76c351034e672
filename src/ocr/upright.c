/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "ocr/upright.h"

#include <math.h>
#include <string.h>

#include "ocr/straighten.h"

enum {
    DPI_COARSE = 140, /* below, digits of body size are told apart by guess */
    DPI_LEAST = 180,  /* below, small print is enlarged: the engine finds no lines in it */
    DPI_ENLARGED = 220,
    DPI_MOST = 320, /* above, more pixels cost time and tell nothing */
    DPI_REDUCED = 300,
    DPI_SMALL_MOST = 110, /* of the small copy: lines show well, a stroke is about a pixel */
    DPI_FINE = 220,       /* from here on a fourth of the pixels shows where print and its lines are */
    DPI_ASCENDERS = 220,  /* enough to tell ascenders from descenders; 150 are not */
    CELL = 16,            /* pixels of the page: its light is measured cell by cell */
    INK_SMALL = 190,      /* under this is ink in small, where a stroke is mixed with the ground beside it */
    BUSY_SLACK = 25,      /* levels over paper's: a hair that is mixed with its ground is no paper */
    BUSY_MOST = 240,      /* the ground is brought to 245, of which noise takes away some */
    WHITE = 255,
    DARK_SMALL = 110, /* a black border, a hole: no stroke of print is as dark in small */
};
#define LETTER_LONG_SIDE 11.0 /* inches */
#define BESIDE 0.5F           /* inches: more than what makes a rule */
#define REDUCE 1.6            /* pixels to one pixel from which averaging beats interpolation */
#define CROPPED 0.006         /* of a side: corners so near to an upright rectangle's need no warping */
#define BLANK_INK 0.0004F     /* share of ink on a page with half a line of print */
#define MIDDLE_FROM 0.3F      /* of the page's height */
#define MIDDLE_TO 0.6F
#define UPSIDE_SURE 8.0F      /* standard deviations, as Leptonica has it */

/* Puts `next` in the place of *picture. */
static int replace(PIX **picture, PIX *next)
{
    if (next == NULL)
        return -1;
    pixDestroy(picture);
    *picture = next;
    return 0;
}

/* ---- the source ---- */

static PIX *halve(PIX *picture)
{
    return pixGetDepth(picture) == 1 ? pixScaleToGray2(picture) : pixScaleAreaMap2(picture);
}

static int make_small(struct upright *sheet)
{
    int status = replace(&sheet->small, pixClone(sheet->source));

    sheet->small_step = 1;
    while (status == 0 && sheet->dpi > DPI_SMALL_MOST * sheet->small_step) {
        status = replace(&sheet->small, halve(sheet->small));
        sheet->small_step *= 2;
    }
    if (status == 0 && pixGetDepth(sheet->small) == 1)
        status = replace(&sheet->small, pixConvert1To8(NULL, sheet->small, 255, 0));
    return status;
}

static int wipe_dots(struct upright *sheet)
{
    return pixGetDepth(sheet->source) == 1 ? replace(&sheet->source, straighten_dots(sheet->source)) : 0;
}

/* A negative is made the sheet that it was; the rest of the program never sees it. */
static int make_positive(struct upright *sheet)
{
    if (!straighten_negative(sheet->small))
        return 0;
    if (replace(&sheet->source, pixInvert(NULL, sheet->source)) != 0)
        return -1;
    return replace(&sheet->small, pixInvert(NULL, sheet->small));
}

static bool is_plain(const struct upright *sheet)
{
    return mapping_is_plain(&sheet->from);
}

/* The source is grey from now on: what is between two dots can be told better so. */
static int make_grey(struct upright *sheet)
{
    if (pixGetDepth(sheet->source) == 8)
        return 0;
    return replace(&sheet->source, pixConvert1To8(NULL, sheet->source, 255, 0));
}

/* Whether the corners, clockwise from the upper left, are those of an upright rectangle, and which. */
static bool is_crop(const struct point corner[4], BOX *box)
{
    double left = fmax(corner[0].x, corner[3].x);
    double top = fmax(corner[0].y, corner[1].y);
    double right = fmin(corner[1].x, corner[2].x);
    double bottom = fmin(corner[2].y, corner[3].y);
    const struct point crop[4] = {{left, top}, {right, top}, {right, bottom}, {left, bottom}};
    double least = CROPPED * fmax(right - left, bottom - top);

    boxSetGeometry(box, (l_int32)left, (l_int32)top, (l_int32)(right - left), (l_int32)(bottom - top));
    for (int i = 0; i < 4; i++) {
        if (hypot(corner[i].x - crop[i].x, corner[i].y - crop[i].y) > least)
            return false;
    }
    return true;
}

/* Where the sheet lies on a darker ground, it alone is the page. */
static int take_frame(struct upright *sheet)
{
    struct point corner[4] = {{0}};
    BOX *crop = boxCreate(0, 0, 1, 1);
    int status = crop != NULL ? 0 : -1;

    if (status != 0 || !straighten_frame(sheet->small, corner))
        goto done;
    for (int i = 0; i < 4; i++)
        corner[i] = (struct point){corner[i].x * sheet->small_step, corner[i].y * sheet->small_step};
    double across = (hypot(corner[1].x - corner[0].x, corner[1].y - corner[0].y) +
                     hypot(corner[2].x - corner[3].x, corner[2].y - corner[3].y)) /
                    2;
    double down = (hypot(corner[3].x - corner[0].x, corner[3].y - corner[0].y) +
                   hypot(corner[2].x - corner[1].x, corner[2].y - corner[1].y)) /
                  2;
    if (is_crop(corner, crop)) {
        status = replace(&sheet->source, pixClipRectangle(sheet->source, crop, NULL));
        sheet->width = status == 0 ? pixGetWidth(sheet->source) : 0;
        sheet->height = status == 0 ? pixGetHeight(sheet->source) : 0;
        sheet->seen = sheet->height;
    } else if (mapping_corners(&sheet->from, corner, across, down) == 0) {
        sheet->width = (int)across;
        sheet->height = (int)down;
        sheet->seen = sheet->height;
        status = make_grey(sheet);
    }
    sheet->dpi = (int)(fmax(across, down) / LETTER_LONG_SIDE);
    if (status == 0)
        status = make_small(sheet);
done:
    boxDestroy(&crop);
    return status;
}

/* ---- the page in small ---- */

/* Rows of a picture, `to` not included. */
struct rows {
    int from, to;
};

/* Rows of the page, `step` of whose pixels make one. */
static PIX *view_rows(const struct upright *sheet, PIX *source, int source_step, double step, double shift,
                      const struct light *light, struct rows rows)
{
    struct mapping from = mapping_after(sheet->from, mapping_scale(step));
    BOX *box = boxCreate(0, rows.from, (l_int32)ceil(sheet->width / step), rows.to - rows.from);

    from = mapping_after(mapping_scale(1.0 / source_step), from);
    from.m[0][2] += shift;
    from.m[1][2] += shift;
    PIX *out = box ? resample(source, &from, box, light) : NULL;
    boxDestroy(&box);
    return out;
}

static PIX *view(const struct upright *sheet, PIX *source, int source_step, double step, double shift,
                 const struct light *light)
{
    return view_rows(sheet, source, source_step, step, shift, light, (struct rows){0, (int)ceil(sheet->seen / step)});
}

static PIX *clip_rows(PIX *picture, struct rows rows)
{
    l_int32 height = pixGetHeight(picture);
    BOX *box = boxCreate(0, rows.from, pixGetWidth(picture), (rows.to < height ? rows.to : height) - rows.from);
    PIX *out = box ? pixClipRectangle(picture, box, NULL) : NULL;

    boxDestroy(&box);
    return out;
}

static void untouched(struct light *light)
{
    pixDestroy(&light->gain);
    pixDestroy(&light->busy);
    light->cell = CELL;
    for (int i = 0; i < 256; i++)
        light->tone[i] = (uint8_t)i;
}

/* Evens the light of the page in small, and keeps what was measured for the page. */
static int mend_light(struct upright *sheet, PIX **small)
{
    int cell = CELL / sheet->ink_step;

    pixDestroy(&sheet->light.gain);
    if (!sheet->even)
        sheet->light.gain = straighten_gain(*small, cell); /* NULL: too small a picture to tell */
    return sheet->light.gain == NULL
               ? 0
               : replace(small, pixApplyInvBackgroundGrayMap(*small, sheet->light.gain, cell, cell));
}

/* The least level that becomes lighter than that. */
static int level_over(const struct light *light, int tone)
{
    int level = WHITE;

    while (level > 0 && light->tone[level - 1] > tone)
        level--;
    return level;
}

/* Marks the cells that hold anything but paper, and those round them. */
static int find_busy(struct upright *sheet, PIX *small)
{
    int paper = level_over(&sheet->light, WHITE - 1) + BUSY_SLACK;
    PIX *marks = pixThresholdToBinary(small, paper < BUSY_MOST ? paper : BUSY_MOST);
    PIX *cells = marks ? pixReduceRankBinaryCascade(marks, 1, 1, sheet->ink_step == 2 ? 1 : 0, 0) : NULL;
    int status = cells ? replace(&sheet->light.busy, pixDilateBrick(NULL, cells, 3, 3)) : -1;

    pixDestroy(&cells);
    pixDestroy(&marks);
    return status;
}

/* Measures how dark the print is, on a sample of the page's own pixels. */
static int measure_tone(struct upright *sheet)
{
    struct light light = sheet->light;
    double shift =
        is_plain(sheet) ? 0.5 : 0; /* falls on the middle of a pixel: print is not mixed with its ground */

    if (sheet->even)
        return 0;
    int step = sheet->ink_step * 2;
    light.cell = (double)CELL / step;
    light.busy = NULL;
    PIX *sample = view(sheet, sheet->source, 1, step, shift, &light);
    PIX *rims = pixReduceRankBinary2(sheet->rims, 1, NULL);
    int status = sample != NULL && rims != NULL ? 0 : -1;
    if (status == 0) {
        pixSetMasked(sample, rims, WHITE);
        straighten_tone(sample, sheet->light.tone);
    }
    pixDestroy(&rims);
    pixDestroy(&sample);
    return status;
}

/* The page in small. */
static PIX *view_small(const struct upright *sheet)
{
    struct light none = {.cell = CELL};

    if (is_plain(sheet) && sheet->small_step == sheet->ink_step)
        return pixClone(sheet->small);
    for (int i = 0; i < 256; i++)
        none.tone[i] = (uint8_t)i;
    return view(sheet, sheet->small, sheet->small_step, sheet->ink_step, 0, &none);
}

/* Makes `ink`, `rims` and `light` for the page as it is mapped now. */
static int survey(struct upright *sheet)
{
    PIX *small = NULL;
    PIX *dark = NULL;
    int status = -1;

    sheet->ink_step = sheet->dpi >= DPI_FINE ? 4 : 2;
    small = view_small(sheet);
    if (small == NULL || mend_light(sheet, &small) != 0)
        goto done;
    dark = pixThresholdToBinary(small, DARK_SMALL);
    if (dark == NULL ||
        replace(&sheet->rims, straighten_rims(dark, (float)sheet->dpi / (float)sheet->ink_step)) != 0 ||
        (!sheet->toned && measure_tone(sheet) != 0) || find_busy(sheet, small) != 0 ||
        replace(&sheet->ink, pixThresholdToBinary(small, level_over(&sheet->light, INK_SMALL))) != 0)
        goto done;
    pixSubtract(sheet->ink, sheet->ink, sheet->rims);
    sheet->toned = true;
    status = 0;
done:
    pixDestroy(&dark);
    pixDestroy(&small);
    return status;
}

/* ---- upright and level ---- */

static void swap_sides(struct upright *sheet)
{
    int width = sheet->width;

    sheet->width = sheet->height;
    sheet->height = width;
    sheet->seen = width;
}

static int turn(struct upright *sheet, int quarters)
{
    quarters &= 3;
    if (quarters == 0)
        return 0;
    if (is_plain(sheet)) {
        if (replace(&sheet->source, pixRotateOrth(sheet->source, quarters)) != 0 ||
            replace(&sheet->small, pixRotateOrth(sheet->small, quarters)) != 0)
            return -1;
    } else {
        sheet->from = mapping_after(sheet->from, mapping_turn(quarters, sheet->width, sheet->height));
    }
    sheet->turned = (sheet->turned + quarters) & 3;
    if (quarters % 2 != 0)
        swap_sides(sheet);
    return 0;
}

/* The size that the engine reads best and fastest. */
static int normalise_size(struct upright *sheet)
{
    int least = sheet->glance ? 1 : DPI_LEAST;
    double dpi = sheet->dpi > DPI_MOST ? DPI_REDUCED : sheet->dpi < least ? DPI_ENLARGED : sheet->dpi;
    double factor = sheet->dpi / dpi;
    double reduce = pixGetDepth(sheet->source) == 1 ? sqrt(REDUCE) : REDUCE;

    while (factor > reduce) {
        if (replace(&sheet->source, halve(sheet->source)) != 0)
            return -1;
        sheet->from = mapping_after(mapping_scale(0.5), mapping_after(sheet->from, mapping_scale(2)));
        sheet->width /= 2;
        sheet->height /= 2;
        sheet->seen /= 2;
        sheet->dpi /= 2;
        sheet->small_step = sheet->small_step > 1 ? sheet->small_step / 2 : 1;
        factor /= 2;
        reduce = REDUCE;
    }
    if (sheet->dpi <= DPI_MOST && sheet->dpi >= least)
        return 0;
    dpi = sheet->dpi > DPI_MOST ? DPI_REDUCED : DPI_ENLARGED;
    factor = sheet->dpi / dpi;
    sheet->from = mapping_after(sheet->from, mapping_scale(factor));
    sheet->width = (int)(sheet->width / factor);
    sheet->height = (int)(sheet->height / factor);
    sheet->seen = (int)(sheet->seen / factor);
    sheet->dpi = (int)dpi;
    return make_grey(sheet);
}

/* Not one black pixel: the back of a sheet, of which a stack may have thousands. */
static bool is_empty(PIX *image)
{
    l_int32 empty = 0;

    return pixGetDepth(image) == 1 && pixZero(image, &empty) == 0 && empty == 1;
}

/* Whether the page stands on its head, told by its print between two heights. */
static int find_upside_of(struct upright *sheet, float top, float bottom, float *up)
{
    bool grey = pixGetDepth(sheet->source) != 1;
    double step = grey && sheet->dpi > DPI_ASCENDERS ? (double)sheet->dpi / DPI_ASCENDERS : 1;
    struct light light = sheet->light;
    struct rows rows = {(int)(top * (float)sheet->height / step), (int)(bottom * (float)sheet->height / step)};
    PIX *ink = NULL;

    light.cell = CELL / step;
    if (grey) {
        PIX *view = view_rows(sheet, sheet->source, 1, step, 0, &light, rows);
        ink = view ? straighten_ink(view) : NULL;
        pixDestroy(&view);
    } else {
        ink = clip_rows(sheet->source, rows);
    }
    if (ink == NULL)
        return -1;
    *up = straighten_upside(ink);
    pixDestroy(&ink);
    return 0;
}

/* The middle, where a letter has its text, mostly says enough. */
static int find_upside(struct upright *sheet, float *up)
{
    if (find_upside_of(sheet, MIDDLE_FROM, MIDDLE_TO, up) != 0)
        return -1;
    return fabsf(*up) >= UPSIDE_SURE ? 0 : find_upside_of(sheet, 0, 1, up);
}

static int level(struct upright *sheet)
{
    bool crosswise = false;
    double skew = 0;
    float up = 0;

    sheet->sure = false;
    if (is_empty(sheet->ink)) /* nothing to tell by how it lies, and nothing is read of it */
        return 0;
    sheet->sure = straighten_lines(sheet->ink, &crosswise, &skew);
    crosswise = crosswise && !sheet->glance; /* it lies like the page before, or else it cannot be read */
    if (crosswise && turn(sheet, 1) != 0)
        return -1;
    if (skew != 0) {
        sheet->from = mapping_after(sheet->from, mapping_rotate(skew, sheet->width, sheet->height));
        if (make_grey(sheet) != 0)
            return -1;
    }
    if ((crosswise || skew != 0) && survey(sheet) != 0)
        return -1;
    if (sheet->glance)
        return 0;
    if (find_upside(sheet, &up) != 0)
        return -1;
    sheet->sure = sheet->sure && fabsf(up) >= UPSIDE_SURE;
    return up < 0 ? upright_turn(sheet, 2) : 0;
}

/* ---- clean ---- */

/* A dot alone is dust. */
static int make_map(struct upright *sheet)
{
    int levels = sheet->ink_step == 4 ? 1 : 2; /* halvings from the small ink to the map */

    return replace(&sheet->map,
                   pixReduceRankBinaryCascade(sheet->ink, levels > 1 ? 2 : 1, levels > 1 ? 1 : 0, 0, 0));
}

/* Little ink: is it more than dust? */
static int judge_blank(struct upright *sheet)
{
    l_float32 share = 0;

    if (pixForegroundFraction(sheet->ink, &share) != 0)
        return -1;
    if (share < BLANK_INK * 20) {
        PIX *shapes = pixSelectBySize(sheet->ink, 3, 3, 8, L_SELECT_IF_BOTH, L_SELECT_IF_GT, NULL);
        if (shapes == NULL || pixForegroundFraction(shapes, &share) != 0)
            share = 0;
        pixDestroy(&shapes);
    }
    sheet->blank = share < BLANK_INK;
    return 0;
}

PIX *upright_picture(const struct upright *sheet)
{
    if (pixGetDepth(sheet->source) == 1)
        return pixClone(sheet->source);
    return view(sheet, sheet->source, 1, 1, 0, &sheet->light);
}

/* Wipes what the mask marks, one of whose pixels stands for `step` of the picture's in each direction. */
static int wipe(PIX *picture, PIX *mask, int step)
{
    BOXA *boxes = pixConnCompBB(mask, 8);
    int status = boxes != NULL ? 0 : -1;

    for (l_int32 i = 0; status == 0 && i < boxaGetCount(boxes); i++) {
        BOX *box = boxaGetBox(boxes, i, L_CLONE);
        PIX *part = pixClipRectangle(mask, box, NULL);
        l_int32 x = 0;
        l_int32 y = 0;
        boxGetGeometry(box, &x, &y, NULL, NULL);
        if (part == NULL || (step > 1 && replace(&part, pixExpandReplicate(part, step)) != 0))
            status = -1;
        else if (pixGetDepth(picture) == 1)
            pixRasterop(picture, x * step, y * step, pixGetWidth(part), pixGetHeight(part), PIX_SUBTRACT,
                        part, 0, 0);
        else
            pixSetMaskedGeneral(picture, part, WHITE, x * step, y * step);
        pixDestroy(&part);
        boxDestroy(&box);
    }
    boxaDestroy(&boxes);
    return status;
}

/* Rows of the page without rules, rims and holes, and their ink. */
static int clean_rows(const struct upright *sheet, struct rows rows, PIX **clean, PIX **print)
{
    bool one_bit = pixGetDepth(sheet->source) == 1;
    struct rows small = {rows.from / sheet->ink_step, (rows.to + sheet->ink_step - 1) / sheet->ink_step};
    PIX *picture = one_bit ? clip_rows(sheet->source, rows)
                           : view_rows(sheet, sheet->source, 1, 1, 0, &sheet->light, rows);
    PIX *rims = clip_rows(sheet->rims, small);
    PIX *ink = picture == NULL ? NULL : one_bit ? pixClone(picture) : straighten_ink(picture);
    PIX *rules = ink ? straighten_rules(ink, sheet->dpi) : NULL;
    int status = -1;

    if (rims == NULL || rules == NULL || wipe(picture, rules, 1) != 0 || wipe(picture, rims, sheet->ink_step) != 0 ||
        (!one_bit && (wipe(ink, rules, 1) != 0 || wipe(ink, rims, sheet->ink_step) != 0)))
        goto done;
    *clean = pixClone(picture);
    *print = pixClone(ink);
    status = 0;
done:
    pixDestroy(&rules);
    pixDestroy(&rims);
    pixDestroy(&ink);
    pixDestroy(&picture);
    return status;
}

/* Nothing of the page is made yet: white. */
static int begin_clean(struct upright *sheet)
{
    int depth = pixGetDepth(sheet->source);

    if (replace(&sheet->clean, pixCreate(sheet->width, sheet->height, depth)) != 0 ||
        replace(&sheet->print, pixCreate(sheet->width, sheet->height, 1)) != 0)
        return -1;
    if (depth == 8)
        pixSetAll(sheet->clean);
    sheet->reach = 0;
    return 0;
}

/* Rows beside those that are wanted are looked at too: a rule that runs over the edge is one only by its length. */
int upright_reach(struct upright *sheet, float to)
{
    int beside = (int)(BESIDE * (float)sheet->dpi) / CELL * CELL;
    int end = to < 1 ? (int)(to * (float)sheet->height) / CELL * CELL + CELL : sheet->height;
    struct rows rows = {sheet->reach > beside ? sheet->reach - beside : 0, end + beside};
    PIX *clean = NULL;
    PIX *print = NULL;

    end = end < sheet->height ? end : sheet->height;
    rows.to = rows.to < sheet->height ? rows.to : sheet->height;
    if (end <= sheet->reach)
        return 0;
    if (clean_rows(sheet, rows, &clean, &print) != 0)
        return -1;
    pixRasterop(sheet->clean, 0, sheet->reach, sheet->width, end - sheet->reach, PIX_SRC, clean, 0,
                sheet->reach - rows.from);
    pixRasterop(sheet->print, 0, sheet->reach, sheet->width, end - sheet->reach, PIX_SRC, print, 0,
                sheet->reach - rows.from);
    sheet->reach = end;
    pixDestroy(&clean);
    pixDestroy(&print);
    return 0;
}

/* ---- all of it ---- */

int upright_init(struct upright *sheet, const struct paper_page *paper)
{
    *sheet = (struct upright){.source = pixClone(paper->image),
                              .dpi = paper->dpi,
                              .glance = paper->glance,
                              .width = pixGetWidth(paper->image),
                              .height = pixGetHeight(paper->image) + paper->below,
                              .seen = pixGetHeight(paper->image),
                              .from = mapping_scale(1),
                              .even = paper->rendered || pixGetDepth(paper->image) == 1};
    untouched(&sheet->light);
    if ((pixGetDepth(paper->image) == 1 && replace(&sheet->source, straighten_lost_rows(paper->image)) != 0) ||
        wipe_dots(sheet) != 0 || make_small(sheet) != 0 || make_positive(sheet) != 0 ||
        (!paper->rendered && !paper->glance && take_frame(sheet) != 0))
        goto fail;
    sheet->coarse =
        sheet->dpi < DPI_COARSE || (pixGetDepth(paper->image) == 1 && straighten_doubled(paper->image));
    bool empty = sheet->dpi >= DPI_LEAST && is_empty(paper->image); /* nothing is read of it, however many dots it has */
    if ((!empty && normalise_size(sheet) != 0) || survey(sheet) != 0 || level(sheet) != 0 || make_map(sheet) != 0 ||
        judge_blank(sheet) != 0 || begin_clean(sheet) != 0)
        goto fail;
    return 0;
fail:
    upright_dispose(sheet);
    return -1;
}

int upright_turn(struct upright *sheet, int quarters)
{
    if (turn(sheet, quarters) != 0 || survey(sheet) != 0)
        return -1;
    return sheet->clean == NULL || (make_map(sheet) == 0 && begin_clean(sheet) == 0) ? 0 : -1;
}

void upright_dispose(struct upright *sheet)
{
    pixDestroy(&sheet->clean);
    pixDestroy(&sheet->print);
    pixDestroy(&sheet->map);
    pixDestroy(&sheet->source);
    pixDestroy(&sheet->small);
    pixDestroy(&sheet->light.gain);
    pixDestroy(&sheet->light.busy);
    pixDestroy(&sheet->ink);
    pixDestroy(&sheet->rims);
}
