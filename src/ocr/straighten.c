/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "ocr/straighten.h"

#include <math.h>
#include <string.h>

/* ---- the sheet on its ground ---- */

enum {
    FRAME_SIDE = 200,          /* pixels of the longer side when looking for the sheet: enough, and quick */
    FRAME_CONTRAST = 40,       /* grey levels between sheet and ground; less is a shadow on one sheet */
};
#define FRAME_SMALLEST 0.30F   /* share of the picture that a photographed sheet fills at least */
#define FRAME_LARGEST 0.97F    /* more than this and there is no ground to cut away */
#define FRAME_INSET 0.02F      /* a corner lies at least this far inside the picture, as a share of its longer side */
#define FRAME_TORN 0.015F      /* share of a sheet beyond its four sides; more, and a corner was torn off: its sides mislead */
#define FRAME_SLACK 2.0F       /* pixels beyond a side that roundings explain */

struct corner {
    float x, y;
};

/* The sheet's corners: the pixels of the blob that lie furthest in each diagonal direction. Clockwise from top left. */
static void find_corners(PIX *blob, struct corner corner[4])
{
    static const int along_x[] = {-1, 1, 1, -1};
    static const int along_y[] = {-1, -1, 1, 1};
    int best[4] = {INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN};
    l_int32 width = pixGetWidth(blob);
    l_int32 height = pixGetHeight(blob);

    for (l_int32 y = 0; y < height; y++) {
        for (l_int32 x = 0; x < width; x++) {
            l_uint32 on = 0;
            pixGetPixel(blob, x, y, &on);
            for (int i = 0; on && i < 4; i++) {
                int reach = along_x[i] * x + along_y[i] * y;
                if (reach > best[i]) {
                    best[i] = reach;
                    corner[i] = (struct corner){(float)x, (float)y};
                }
            }
        }
    }
}

static float distance(struct corner a, struct corner b)
{
    return hypotf(a.x - b.x, a.y - b.y);
}

/* The largest bright blob of a small copy, holes filled, as 1 bit; NULL if there is no plain bright sheet. */
static PIX *find_sheet(PIX *small)
{
    PIX *bright = NULL;
    PIX *filled = NULL;
    PIX *sheet = NULL;
    BOXA *boxes = NULL;
    PIXA *blobs = NULL;
    l_int32 threshold = 0;
    l_int32 dark = 0;
    l_int32 light = 0;

    if (pixSplitDistributionFgBg(small, 0.5F, 1, &threshold, &dark, &light, NULL) != 0 ||
        light - dark < FRAME_CONTRAST)
        return NULL;
    bright = pixThresholdToBinary(small, threshold);
    if (bright == NULL)
        return NULL;
    pixInvert(bright, bright);
    filled = pixCloseSafeBrick(NULL, bright, 7, 7); /* print and pen strokes are no holes in the sheet */
    if (filled != NULL)
        pixOpenBrick(filled, filled, 5, 5);
    boxes = filled ? pixConnComp(filled, &blobs, 4) : NULL;
    l_int32 largest = 0;
    l_int32 at = -1;
    for (l_int32 i = 0; boxes && i < pixaGetCount(blobs); i++) {
        l_int32 area = 0;
        PIX *blob = pixaGetPix(blobs, i, L_CLONE);
        pixCountPixels(blob, &area, NULL);
        pixDestroy(&blob);
        if (area > largest) {
            largest = area;
            at = i;
        }
    }
    if (at >= 0) {
        PIX *blob = pixaGetPix(blobs, at, L_CLONE);
        BOX *box = boxaGetBox(boxes, at, L_CLONE);
        l_int32 x;
        l_int32 y;
        boxGetGeometry(box, &x, &y, NULL, NULL);
        sheet = pixCreate(pixGetWidth(small), pixGetHeight(small), 1);
        if (sheet != NULL)
            pixRasterop(sheet, x, y, pixGetWidth(blob), pixGetHeight(blob), PIX_SRC, blob, 0, 0);
        boxDestroy(&box);
        pixDestroy(&blob);
    }
    boxaDestroy(&boxes);
    pixaDestroy(&blobs);
    pixDestroy(&filled);
    pixDestroy(&bright);
    return sheet;
}

/* Some corner of the sheet is not a corner of the picture. */
static bool lies_inside(const struct corner c[4], float width, float height)
{
    const struct corner rim[4] = {{0, 0}, {width - 1, 0}, {width - 1, height - 1}, {0, height - 1}};
    float least = FRAME_INSET * (width > height ? width : height);

    for (int i = 0; i < 4; i++) {
        if (distance(c[i], rim[i]) > least)
            return true;
    }
    return false;
}

/* Four sides in plausible proportion: a sheet, not a lamp. */
static bool is_sheet(const struct corner c[4], float area, float width, float height)
{
    float across = (distance(c[0], c[1]) + distance(c[3], c[2])) / 2;
    float down = (distance(c[0], c[3]) + distance(c[1], c[2])) / 2;
    float share = area / (width * height);
    float proportion = across > down ? across / down : down / across;
    float quad = fabsf((c[2].x - c[0].x) * (c[3].y - c[1].y) - (c[3].x - c[1].x) * (c[2].y - c[0].y)) / 2;

    return share > FRAME_SMALLEST && share < FRAME_LARGEST && proportion > 1.05F && proportion < 1.75F &&
           area > 0.90F * quad && lies_inside(c, width, height);
}

/* Pixels of the sheet that lie beyond the sides between its corners. */
static float beyond_sides(PIX *sheet, const struct corner c[4])
{
    float count = 0;

    for (l_int32 y = 0; y < pixGetHeight(sheet); y++) {
        for (l_int32 x = 0; x < pixGetWidth(sheet); x++) {
            l_uint32 on = 0;
            bool beyond = false;
            pixGetPixel(sheet, x, y, &on);
            for (int i = 0; on && i < 4; i++) {
                struct corner a = c[i];
                struct corner b = c[(i + 1) % 4];
                float cross = (b.x - a.x) * ((float)y - a.y) - (b.y - a.y) * ((float)x - a.x);
                beyond |= cross < -FRAME_SLACK * distance(a, b);
            }
            count += beyond;
        }
    }
    return count;
}

PIX *straighten_frame(PIX *grey, bool *found)
{
    l_int32 width = pixGetWidth(grey);
    l_int32 height = pixGetHeight(grey);
    int step = (width > height ? width : height) / FRAME_SIDE;
    float scale = step > 0 ? 1.0F / (float)step : 1;
    PIX *flat = NULL;
    l_int32 area = 0;
    struct corner corner[4] = {{0}};

    *found = false;
    PIX *small = step > 1 ? pixScaleByIntSampling(grey, step) : NULL;
    PIX *sheet = small ? find_sheet(small) : NULL;
    if (sheet != NULL) {
        pixCountPixels(sheet, &area, NULL);
        find_corners(sheet, corner);
        *found = is_sheet(corner, (float)area, (float)pixGetWidth(sheet), (float)pixGetHeight(sheet)) &&
                 beyond_sides(sheet, corner) <= FRAME_TORN * (float)area;
    }
    if (*found) {
        float across = (distance(corner[0], corner[1]) + distance(corner[3], corner[2])) / 2 / scale;
        float down = (distance(corner[0], corner[3]) + distance(corner[1], corner[2])) / 2 / scale;
        PTA *from = ptaCreate(4);
        PTA *to = ptaCreate(4);
        for (int i = 0; i < 4; i++) {
            ptaAddPt(from, corner[i].x / scale, corner[i].y / scale);
            ptaAddPt(to, i == 1 || i == 2 ? across - 1 : 0, i >= 2 ? down - 1 : 0);
        }
        PIX *warped = pixProjectivePta(grey, to, from, L_BRING_IN_WHITE);
        BOX *frame = boxCreate(0, 0, (l_int32)across, (l_int32)down);
        flat = warped ? pixClipRectangle(warped, frame, NULL) : NULL;
        boxDestroy(&frame);
        pixDestroy(&warped);
        ptaDestroy(&from);
        ptaDestroy(&to);
    }
    pixDestroy(&small);
    pixDestroy(&sheet);
    if (flat == NULL) {
        *found = false;
        return pixClone(grey);
    }
    return flat;
}

/* ---- light and ink ---- */

enum {
    TILE = 16,        /* pixels: background is estimated tile by tile */
    TILE_INK = 110,   /* grey level under which a pixel is print, not ground */
    TILE_GROUND = 60, /* ground pixels that a tile needs to be believed */
    GROUND = 245,     /* level that the ground is brought to */
    PAPER = 205,      /* from here on it is paper, and noise is wiped: the engine takes it for print on an empty page */
    INK = 160,        /* under this, on an even ground, is ink */
    FAINT = 130,      /* the darkest pixels of ordinary print are darker */
    FAINTEST = 218,   /* what is lighter shines through from the back of the sheet */
};
#define FEW_LINES 0.002 /* share of ink on a sheet with a few lines of print */
#define COUNTED 2       /* every second pixel of every second row */

/* The level that the darkest FEW_LINES of the pixels do not exceed; GROUND if it cannot be had. */
static int darkest(PIX *grey)
{
    NUMA *counts = pixGetGrayHistogram(grey, COUNTED);
    double pixels = (double)pixGetWidth(grey) * (double)pixGetHeight(grey) / (COUNTED * COUNTED);
    double seen = 0;
    int level = GROUND;

    for (int i = 0; counts != NULL && i < GROUND; i++) {
        l_float32 count = 0;
        numaGetFValue(counts, i, &count);
        seen += count;
        if (seen >= pixels * FEW_LINES) {
            level = i;
            break;
        }
    }
    numaDestroy(&counts);
    return level;
}

/* Faint print is made as dark as print is. */
static void strengthen(PIX *even)
{
    int dark = darkest(even);

    if (dark > FAINT && dark <= FAINTEST)
        pixGammaTRC(even, even, 1, dark - (GROUND - dark) / 4, GROUND);
}

PIX *straighten_light(PIX *grey)
{
    PIX *even = pixBackgroundNorm(grey, NULL, NULL, TILE, TILE, TILE_INK, TILE_GROUND, GROUND, 2, 2);

    if (even == NULL)
        return pixClone(grey); /* too little ground to estimate: leave it */
    strengthen(even);
    pixThresholdToValue(even, even, PAPER, 255);
    return even;
}

PIX *straighten_ink(PIX *grey)
{
    return pixThresholdToBinary(grey, INK);
}

/* ---- resolution ---- */

#define DOUBLED 0.17F /* share of inked rows that come in pairs; in a scan with detail it is under 0.11 */

bool straighten_doubled(PIX *ink)
{
    l_int32 words = pixGetWpl(ink);
    l_int32 height = pixGetHeight(ink);
    const l_uint32 *data = pixGetData(ink);
    int inked = 0;
    int pairs = 0;
    int run = 1; /* equal rows up to here: three or more are a rule or a streak, not a pair */

    for (l_int32 y = 1; y < height; y++) {
        const l_uint32 *row = data + (size_t)y * (size_t)words;
        l_uint32 any = 0;
        for (l_int32 i = 0; i < words; i++)
            any |= row[i];
        if (any != 0 && memcmp(row, row - words, (size_t)words * sizeof *row) == 0) {
            run++;
        } else {
            pairs += run == 2;
            run = 1;
        }
        inked += any != 0;
    }
    return (float)pairs > DOUBLED * (float)inked;
}

/* ---- orientation and skew ---- */

#define SKEW_SURE 2.5F
#define SKEW_LEAST 0.15F    /* degrees; less does no harm */

int straighten_turns(PIX *ink)
{
    l_float32 up = 0; /* ascenders against descenders, in standard deviations */
    l_float32 left = 0;

    if (pixOrientDetect(ink, &up, &left, 0, 0) != 0)
        return 0;
    if (fabsf(up) >= fabsf(left))
        return up < 0 ? 2 : 0;
    return left < 0 ? 3 : 1;
}

float straighten_skew(PIX *ink, bool upright)
{
    l_float32 degrees = 0;
    l_float32 confidence = 0;

    if (!upright || pixFindSkewSweepAndSearch(ink, &degrees, &confidence, 4, 2, 10.0F, 1.0F, 0.05F) != 0)
        return 0;
    if (confidence < SKEW_SURE || fabsf(degrees) < SKEW_LEAST)
        return 0;
    return degrees * (float)M_PI / 180.0F;
}

/* ---- rules and rims ---- */

#define RIM 0.07F   /* of the picture's side: a scanner's black border or a torn edge's shadow lies within it */

/* Everything that hangs on the rim of the picture and stays near it. */
static PIX *rims(PIX *ink)
{
    PIX *hanging = pixExtractBorderConnComps(ink, 8);
    PIXA *parts = NULL;
    BOXA *boxes = hanging ? pixConnComp(hanging, &parts, 8) : NULL;
    l_int32 across = pixGetWidth(ink);
    l_int32 down = pixGetHeight(ink);

    for (l_int32 i = 0; boxes != NULL && i < boxaGetCount(boxes); i++) {
        l_int32 x = 0;
        l_int32 y = 0;
        l_int32 width = 0;
        l_int32 height = 0;
        boxaGetBoxGeometry(boxes, i, &x, &y, &width, &height);
        PIX *part = pixaGetPix(parts, i, L_CLONE);
        if ((float)width > RIM * (float)across && (float)height > RIM * (float)down)
            pixRasterop(hanging, x, y, width, height, PIX_SUBTRACT, part, 0, 0); /* reaches inside: let it be */
        pixDestroy(&part);
    }
    boxaDestroy(&boxes);
    pixaDestroy(&parts);
    return hanging;
}

PIX *straighten_clutter(PIX *ink, int dpi)
{
    int rule = dpi * 2 / 5; /* longer than any stroke of a letter of body or heading size */
    PIX *clutter = pixOpenBrick(NULL, ink, rule, 1);
    PIX *upright = pixOpenBrick(NULL, ink, 1, rule);
    PIX *rim = rims(ink);

    if (clutter != NULL && upright != NULL) {
        pixOr(clutter, clutter, upright);
        pixDilateBrick(clutter, clutter, 3, 3);
        if (rim != NULL)
            pixOr(clutter, clutter, rim);
    }
    pixDestroy(&upright);
    pixDestroy(&rim);
    return clutter;
}
