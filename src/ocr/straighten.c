/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "ocr/straighten.h"

#include <math.h>
#include <string.h>

/* ---- the sheet on its ground ---- */

enum {
    FRAME_SIDE = 300,   /* pixels of the longer side when looking for the sheet: enough, and quick */
    DARKEST_SHEET = 24, /* grey level of a sheet in a deep shadow */
};
#define FRAME_SMALLEST 0.30 /* share of the picture that a photographed sheet fills at least */
#define FRAME_LARGEST 0.97  /* more than this and there is no ground to cut away */
#define FRAME_INSET 0.02    /* a corner lies at least this far inside the picture, as a share of its longer side */
#define FRAME_FULL 0.92     /* share of the four corners' area that a sheet fills: it may curl */
#define FRAME_TORN 0.015    /* share of a sheet beyond its four sides; more, and a corner was torn off: its sides mislead */
#define FRAME_SLACK 2.0     /* pixels beyond a side that roundings explain */
#define FRAME_STEP 1.15     /* from one level at which a sheet is looked for to the next */
#define FRAME_CONTRAST 0.15 /* share by which it is darker right outside of a sheet */
#define LID_CONTRAST 0.65   /* the same where ground is seen on one side only: no shadow is as dark */
#define GROUND_SEEN 0.2     /* share of the picture's edge that is darker where there is any ground */
#define GROUND_DARK 0.75    /* of the sheet's level: the ground is darker */

/* The sheet's corners: the pixels of the blob that lie furthest in each diagonal direction. Clockwise from
 * top left. */
static void find_corners(PIX *blob, struct point corner[4])
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
                    corner[i] = (struct point){x, y};
                }
            }
        }
    }
}

static double distance(struct point a, struct point b)
{
    return hypot(a.x - b.x, a.y - b.y);
}

/* Share of the picture's edge that is darker than that. */
static double dark_edge(PIX *tiny, int level)
{
    l_int32 width = pixGetWidth(tiny);
    l_int32 height = pixGetHeight(tiny);
    int dark = 0;

    for (int i = 0; i < 2 * (width + height); i++) {
        bool along = i < 2 * width;
        int place = along ? i / 2 : (i - 2 * width) / 2;
        l_uint32 value = 0;
        pixGetPixel(tiny, along ? place : i % 2 * (width - 1), along ? i % 2 * (height - 1) : place, &value);
        dark += (int)value < level;
    }
    return (double)dark / (2 * (width + height));
}

/* The largest blob of what is as bright as that, holes filled, as 1 bit; NULL if there is none, or no memory.
 */
static PIX *find_blob(PIX *tiny, int level)
{
    PIX *bright = pixThresholdToBinary(tiny, level);
    PIX *filled = NULL;
    PIX *sheet = NULL;
    BOXA *boxes = NULL;
    PIXA *blobs = NULL;
    l_int32 largest = 0;
    l_int32 at = -1;

    if (bright == NULL)
        return NULL;
    pixInvert(bright, bright);
    filled = pixCloseSafeBrick(NULL, bright, 7, 7); /* print and pen strokes are no holes in the sheet */
    if (filled != NULL)
        pixOpenBrick(filled, filled, 5, 5);
    boxes = filled ? pixConnComp(filled, &blobs, 4) : NULL;
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
    if (at >= 0 && (sheet = pixCreateTemplate(filled)) != NULL) {
        PIX *blob = pixaGetPix(blobs, at, L_CLONE);
        l_int32 x = 0;
        l_int32 y = 0;
        boxaGetBoxGeometry(boxes, at, &x, &y, NULL, NULL);
        pixRasterop(sheet, x, y, pixGetWidth(blob), pixGetHeight(blob), PIX_SRC, blob, 0, 0);
        pixDestroy(&blob);
    }
    boxaDestroy(&boxes);
    pixaDestroy(&blobs);
    pixDestroy(&filled);
    pixDestroy(&bright);
    return sheet;
}

/* Some corner of the sheet is not a corner of the picture. */
static bool lies_inside(const struct point c[4], double width, double height)
{
    const struct point rim[4] = {{0, 0}, {width - 1, 0}, {width - 1, height - 1}, {0, height - 1}};
    double least = FRAME_INSET * (width > height ? width : height);

    for (int i = 0; i < 4; i++) {
        if (distance(c[i], rim[i]) > least)
            return true;
    }
    return false;
}

/* Four sides in plausible proportion: a sheet, not a lamp. */
static bool is_sheet(const struct point c[4], double area, double width, double height)
{
    double across = (distance(c[0], c[1]) + distance(c[3], c[2])) / 2;
    double down = (distance(c[0], c[3]) + distance(c[1], c[2])) / 2;
    double share = area / (width * height);
    double proportion = across > down ? across / down : down / across;
    double quad = fabs((c[2].x - c[0].x) * (c[3].y - c[1].y) - (c[3].x - c[1].x) * (c[2].y - c[0].y)) / 2;

    return share > FRAME_SMALLEST && share < FRAME_LARGEST && proportion > 1.05 && proportion < 1.75 &&
           area > FRAME_FULL * quad && lies_inside(c, width, height);
}

/* Share of the sheet that lies beyond the sides between its corners. */
static double beyond_sides(PIX *sheet, const struct point c[4], double area)
{
    double count = 0;

    for (l_int32 y = 0; y < pixGetHeight(sheet); y++) {
        for (l_int32 x = 0; x < pixGetWidth(sheet); x++) {
            l_uint32 on = 0;
            bool beyond = false;
            pixGetPixel(sheet, x, y, &on);
            for (int i = 0; on && i < 4; i++) {
                struct point a = c[i];
                struct point b = c[(i + 1) % 4];
                double cross = (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x);
                beyond |= cross < -FRAME_SLACK * distance(a, b);
            }
            count += beyond;
        }
    }
    return count / area;
}

/* How much darker it is just outside of a side than just inside, as a share, on the average; 1 where the side
 * is not in the picture. */
static double side_contrast(PIX *tiny, struct point from, struct point to)
{
    enum { POINTS = 24, AWAY = 3 };
    double length = distance(from, to);
    struct point inward = {-(to.y - from.y) / length * AWAY, (to.x - from.x) / length * AWAY};
    double sum = 0;
    int seen = 0;

    for (int i = 1; i < POINTS; i++) {
        struct point p = {from.x + (to.x - from.x) * i / POINTS, from.y + (to.y - from.y) * i / POINTS};
        l_uint32 inside = 0;
        l_uint32 outside = 0;
        if (pixGetPixel(tiny, (l_int32)(p.x + inward.x), (l_int32)(p.y + inward.y), &inside) != 0 ||
            inside == 0 ||
            pixGetPixel(tiny, (l_int32)(p.x - inward.x), (l_int32)(p.y - inward.y), &outside) != 0)
            continue;
        sum += outside < inside ? 1 - (double)outside / inside : 0;
        seen++;
    }
    return seen > POINTS / 2 ? sum / seen : 1;
}

/* How clearly the least clear side of the sheet stands out, 0 to 1; 0 if that may be the same paper in a
 * shadow. */
static double frame_contrast(PIX *tiny, const struct point corner[4])
{
    double least = 1;
    int cut = 0;

    for (int i = 0; i < 4; i++) {
        double contrast = side_contrast(tiny, corner[i], corner[(i + 1) % 4]);
        cut += contrast == 1;
        least = contrast < least ? contrast : least;
    }
    return least >= (cut >= 3 ? LID_CONTRAST : FRAME_CONTRAST) ? least : 0;
}

/* Half in somebody's shadow, a sheet is not brighter everywhere than a desk is anywhere: it is looked for at
 * level after level, and taken where its sides are sharpest. */
static bool find_sheet(PIX *tiny, struct point best[4])
{
    double clearest = 0;
    l_float32 bright = 0;

    if (pixGetRankValueMasked(tiny, NULL, 0, 0, 2, 0.8F, &bright, NULL) != 0 ||
        dark_edge(tiny, (int)(bright * GROUND_DARK)) < GROUND_SEEN)
        return false;
    double level = DARKEST_SHEET;
    while (level < bright) {
        PIX *sheet = find_blob(tiny, (int)level);
        struct point corner[4] = {{0}};
        l_int32 area = 0;
        if (sheet != NULL && pixCountPixels(sheet, &area, NULL) == 0 &&
            area > FRAME_SMALLEST * pixGetWidth(tiny) * pixGetHeight(tiny)) {
            find_corners(sheet, corner);
            bool whole = is_sheet(corner, area, pixGetWidth(sheet), pixGetHeight(sheet)) &&
                         beyond_sides(sheet, corner, area) <= FRAME_TORN;
            double contrast = whole ? frame_contrast(tiny, corner) : 0;
            if (contrast > clearest) {
                clearest = contrast;
                memcpy(best, corner, sizeof corner);
            }
        }
        pixDestroy(&sheet);
        level *= FRAME_STEP;
    }
    return clearest > 0;
}

bool straighten_frame(PIX *small, struct point corner[4])
{
    int longer = pixGetWidth(small) > pixGetHeight(small) ? pixGetWidth(small) : pixGetHeight(small);
    int step = (longer + FRAME_SIDE - 1) / FRAME_SIDE;
    PIX *tiny = step > 1 ? pixScaleByIntSampling(small, step) : pixClone(small);
    bool found = tiny != NULL && find_sheet(tiny, corner);

    for (int i = 0; i < 4; i++) { /* the outer rim of those pixels */
        corner[i].x = (corner[i].x + (i == 1 || i == 2)) * step;
        corner[i].y = (corner[i].y + (i >= 2)) * step;
    }
    pixDestroy(&tiny);
    return found;
}

/* ---- dots in place of grey ---- */

#define DOTS_OF_PAGE 0.03 /* share of the pixels: a fax's specks are fewer */
#define DOTS_MOST 0.35    /* of all that is ink: darker is no paper, and mere noise must not look read */
#define DOTS_OF_INK 0.4   /* a stroke is two pixels wide, but at its rim */

PIX *straighten_dots(PIX *ink)
{
    PIX *strokes = pixOpenBrick(NULL, ink, 2, 2);
    PIX *print = NULL;
    l_float32 all = 0;
    l_float32 wide = 1;

    if (strokes != NULL && pixForegroundFraction(ink, &all) == 0 && pixForegroundFraction(strokes, &wide) == 0)
        print = all < DOTS_MOST && all - wide > DOTS_OF_PAGE && all - wide > DOTS_OF_INK * all
                    ? pixSeedfillBinary(NULL, strokes, ink, 4)
                    : pixClone(ink);
    pixDestroy(&strokes);
    return print;
}

/* ---- a negative ---- */

enum {
    NEGATIVE_GROUND = 64, /* the level that half of it keeps under: paper in poor light is lighter */
    NEGATIVE_PRINT = 128, /* its print is lighter than this even in small, where a stroke is mixed with the ground */
    NEGATIVE_RIM = 10,    /* parts of the sides: the outermost holds what lies round the sheet */
    NEGATIVE_SHEET = 30,  /* parts of the width: what is as light over so much is paper, or a lamp's reflection */
};
#define NEGATIVE_LEAST 0.002 /* share of the print: a black page has none */
#define NEGATIVE_MOST 0.3

bool straighten_negative(PIX *small)
{
    l_int32 width = pixGetWidth(small);
    l_int32 height = pixGetHeight(small);
    l_int32 sheet = width / NEGATIVE_SHEET + 1;
    l_float32 median = 0;
    l_float32 print = 0;
    l_float32 paper = 1;
    BOX *inside = boxCreate(width / NEGATIVE_RIM, height / NEGATIVE_RIM, width - 2 * (width / NEGATIVE_RIM),
                            height - 2 * (height / NEGATIVE_RIM));
    PIX *middle = inside ? pixClipRectangle(small, inside, NULL) : NULL;
    bool dark = middle != NULL && pixGetRankValueMasked(middle, NULL, 0, 0, 2, 0.5F, &median, NULL) == 0 &&
                median < NEGATIVE_GROUND;
    PIX *light = dark ? pixThresholdToBinary(middle, NEGATIVE_PRINT) : NULL;

    if (light != NULL) {
        pixInvert(light, light);
        PIX *wide = pixErodeBrick(NULL, light, sheet, sheet);
        if (wide == NULL || pixForegroundFraction(light, &print) != 0 || pixForegroundFraction(wide, &paper) != 0)
            paper = 1;
        pixDestroy(&wide);
    }
    pixDestroy(&light);
    pixDestroy(&middle);
    boxDestroy(&inside);
    return paper == 0 && print > NEGATIVE_LEAST && print < NEGATIVE_MOST;
}

/* ---- light and ink ---- */

enum {
    DARKEST_GROUND = 60, /* grey level: what is darker over a wide area is no paper */
    CLOSED = 7,          /* cells: print and marks that are narrower are no ground */
    SMOOTHED = 1,        /* cells to each side */
    GROUND = 245,        /* level that the ground is brought to */
    INK = 160,           /* under this, on an even ground, is ink */
    PAPER = 205,    /* from here on it is paper, and noise is wiped: the engine takes it for print on an empty
                       page */
    FAINT = 130,    /* the darkest pixels of ordinary print are darker */
    FAINTEST = 218, /* what is lighter shines through from the back of the sheet */
};
#define FEW_LINES 0.002 /* share of ink on a sheet with a few lines of print */

/* The lightest level in each cell, also in those that are cut off at the far edges. */
static PIX *lightest_of(PIX *small, int cell)
{
    l_int32 across = pixGetWidth(small) % cell != 0;
    l_int32 down = pixGetHeight(small) % cell != 0;
    PIX *lightest = pixScaleGrayMinMax(small, cell, cell, L_CHOOSE_MAX);
    PIX *whole = lightest ? pixExtendByReplication(lightest, across, down) : NULL;

    pixDestroy(&lightest);
    return whole;
}

PIX *straighten_gain(PIX *small, int cell)
{
    PIX *lightest = lightest_of(small, cell);
    PIX *ground = lightest ? pixCloseGray(lightest, CLOSED, CLOSED) : NULL;
    PIX *gain = NULL;

    if (ground != NULL && pixThresholdToValue(ground, ground, DARKEST_GROUND, DARKEST_GROUND - 1) != NULL)
        gain = pixGetInvBackgroundMap(ground, GROUND, SMOOTHED, SMOOTHED);
    pixDestroy(&ground);
    pixDestroy(&lightest);
    return gain;
}

/* The level that the darkest FEW_LINES of the pixels do not exceed; GROUND if it cannot be had. */
static int darkest(PIX *grey)
{
    NUMA *counts = pixGetGrayHistogram(grey, 1);
    double pixels = (double)pixGetWidth(grey) * (double)pixGetHeight(grey);
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

void straighten_tone(PIX *even, uint8_t tone[256])
{
    int dark = darkest(even);
    bool faint = dark > FAINT && dark <= FAINTEST; /* is made as dark as print is */
    int black = faint ? dark - (GROUND - dark) / 4 : 0;
    int white = faint ? GROUND : 255;

    for (int i = 0; i < 256; i++) {
        int level = i <= black ? 0 : i >= white ? 255 : (i - black) * 255 / (white - black);
        tone[i] = (uint8_t)(level < PAPER ? level : 255);
    }
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

/* ---- lost rows ---- */

enum {
    LOST_MOST = 2,    /* rows lost together; more of a stroke cannot be guessed */
    LOST_INK_LEAST = 12, /* pixels of print in the row above: fewer go on below by chance */
};
#define LOST_SHARED 0.4F /* of the ink of the row above and of that below lies in one column: strokes go on */

static int ink_of(const l_uint32 *row, l_int32 words)
{
    int count = 0;

    for (l_int32 i = 0; i < words; i++)
        count += __builtin_popcount(row[i]);
    return count;
}

/* Strokes of the one row go on in the other. */
static bool goes_on(const l_uint32 *above, const l_uint32 *below, l_int32 words)
{
    int upper = ink_of(above, words);
    int lower = ink_of(below, words);
    int shared = 0;

    if (upper < LOST_INK_LEAST || lower < LOST_INK_LEAST)
        return false;
    for (l_int32 i = 0; i < words; i++)
        shared += __builtin_popcount(above[i] & below[i]);
    return (float)shared > LOST_SHARED * (float)(upper > lower ? upper : lower);
}

static bool is_empty(const l_uint32 *row, l_int32 words)
{
    for (l_int32 i = 0; i < words; i++) {
        if (row[i] != 0)
            return false;
    }
    return true;
}

PIX *straighten_lost_rows(PIX *ink)
{
    l_int32 words = pixGetWpl(ink);
    l_int32 height = pixGetHeight(ink);
    const l_uint32 *data = pixGetData(ink);
    PIX *mended = NULL;
    l_int32 lost = 0; /* white rows up to here */

    for (l_int32 y = 1; y < height; y++) {
        const l_uint32 *row = data + (size_t)y * (size_t)words;
        if (is_empty(row, words)) {
            lost++;
            continue;
        }
        const l_uint32 *above = row - (size_t)(lost + 1) * (size_t)words;
        if (lost > 0 && lost <= LOST_MOST && lost < y && goes_on(above, row, words)) {
            if (mended == NULL && (mended = pixCopy(NULL, ink)) == NULL)
                return NULL;
            for (l_int32 k = y - lost; k < y; k++) {
                l_uint32 *fill = pixGetData(mended) + (size_t)k * (size_t)words;
                for (l_int32 i = 0; i < words; i++)
                    fill[i] = above[i] & row[i];
            }
        }
        lost = 0;
    }
    return mended != NULL ? mended : pixClone(ink);
}

/* ---- orientation and skew ---- */

#define SKEW_SURE 2.5F   /* best score of a sweep against the worst */
#define SKEW_CLEAR 6.0F  /* so clear that nobody need look whether lines run the other way */
#define SKEW_MOST 11.5F  /* degrees to either side; a best angle at the end of a sweep is none */
#define SKEW_LEAST 0.25F /* degrees; less does no harm */
#define SKEW_FINE 0.05F
#define WORD_MOST 40    /* pixels at 50 to 110 dots an inch */
#define CROSSWISE 1.25F /* how much better lines must show in the other direction */

/* How well lines show at the best angle, in degrees; 0 if there is none. */
static float sweep(PIX *ink, float *degrees, float *confidence)
{
    l_float32 score = 0;

    *degrees = 0;
    *confidence = 0;
    if (pixFindSkewSweepAndSearchScore(ink, degrees, confidence, &score, 2, 1, 0, SKEW_MOST, 1.0F,
                                       SKEW_FINE) != 0)
        return 0;
    return score;
}

/* Without what is longer than any word, across or down: a scratch of the scanner's glass is a line, but none
 * of print. */
static PIX *leave_words(PIX *ink)
{
    PIX *across = pixOpenBrick(NULL, ink, WORD_MOST, 1);
    PIX *words = across ? pixSubtract(NULL, ink, across) : NULL;
    PIX *down = words ? pixOpenBrick(NULL, words, 1, WORD_MOST) : NULL;

    if (down != NULL)
        pixSubtract(words, words, down);
    pixDestroy(&across);
    pixDestroy(&down);
    return words;
}

bool straighten_lines(PIX *ink, bool *crosswise, double *skew)
{
    float degrees[2] = {0};
    float confidence[2] = {0};
    PIX *words = leave_words(ink);
    float level = words ? sweep(words, &degrees[0], &confidence[0]) : 0;
    PIX *turned = words ? pixRotate90(words, 1) : NULL;
    float upright = confidence[0] < SKEW_CLEAR && turned ? sweep(turned, &degrees[1], &confidence[1]) : 0;

    pixDestroy(&turned);
    pixDestroy(&words);
    *crosswise = upright > level * CROSSWISE;
    bool sure = confidence[*crosswise] >= SKEW_SURE;
    bool level_enough = fabsf(degrees[*crosswise]) < SKEW_LEAST;
    *skew = sure && !level_enough ? degrees[*crosswise] * M_PI / 180 : 0;
    return sure && (upright > level * CROSSWISE || level > upright * CROSSWISE);
}

float straighten_upside(PIX *ink)
{
    l_float32 up = 0;

    return pixUpDownDetect(ink, &up, 0, 0, 0) == 0 ? up : 0;
}

/* ---- rules, rims and holes ---- */

#define RIM                                                                                                  \
    0.07F /* of the picture's side: a scanner's black border, a hole or a torn edge's shadow lies within it  \
           */
#define SOLID 0.08F     /* inches: no stroke of a letter is as wide */
#define RULE_LEAST 0.4F /* inches: longer than any stroke of a letter of body or heading size */

/* All but the middle of a picture. */
static void keep_rim(PIX *mask)
{
    l_int32 across = pixGetWidth(mask);
    l_int32 down = pixGetHeight(mask);
    l_int32 x = (l_int32)(RIM * (float)across);
    l_int32 y = (l_int32)(RIM * (float)down);

    pixRasterop(mask, x, y, across - 2 * x, down - 2 * y, PIX_CLR, NULL, 0, 0);
}

/* Everything that hangs on the edge of the picture and stays near it. */
static PIX *hanging_parts(PIX *dark)
{
    PIX *hanging = pixExtractBorderConnComps(dark, 8);
    PIXA *parts = NULL;
    BOXA *boxes = hanging ? pixConnComp(hanging, &parts, 8) : NULL;
    l_int32 across = pixGetWidth(dark);
    l_int32 down = pixGetHeight(dark);

    for (l_int32 i = 0; boxes != NULL && i < boxaGetCount(boxes); i++) {
        l_int32 x = 0;
        l_int32 y = 0;
        l_int32 width = 0;
        l_int32 height = 0;
        boxaGetBoxGeometry(boxes, i, &x, &y, &width, &height);
        PIX *part = pixaGetPix(parts, i, L_CLONE);
        if ((float)width > RIM * (float)across && (float)height > RIM * (float)down)
            pixRasterop(hanging, x, y, width, height, PIX_SUBTRACT, part, 0,
                        0); /* reaches inside: let it be */
        pixDestroy(&part);
    }
    boxaDestroy(&boxes);
    pixaDestroy(&parts);
    return hanging;
}

PIX *straighten_rims(PIX *dark, float dpi)
{
    l_int32 solid = (l_int32)(SOLID * dpi) > 3 ? (l_int32)(SOLID * dpi) : 3;
    PIX *rims = hanging_parts(dark);
    PIX *blobs = pixOpenBrick(NULL, dark, solid, solid);

    if (rims != NULL && blobs != NULL) {
        keep_rim(blobs);
        pixDilateBrick(blobs, blobs, 3, 3);
        pixOr(rims, rims, blobs);
    }
    pixDestroy(&blobs);
    return rims;
}

/* Marks of the reduced picture that may be rules, as boxes in pixels of the ink; NULL for lack of memory. */
static BOXA *find_suspects(PIX *ink, int rule, bool across)
{
    enum { STEP = 4 };
    int length = rule / STEP - 2;
    PIX *small = pixReduceRankBinaryCascade(ink, 1, 1, 0, 0);
    PIX *runs = small ? pixOpenBrick(NULL, small, across ? length : 1, across ? 1 : length) : NULL;
    BOXA *boxes = runs ? pixConnCompBB(runs, 8) : NULL;
    BOXA *out = boxes ? boxaCreate(boxaGetCount(boxes)) : NULL;

    for (l_int32 i = 0; out != NULL && i < boxaGetCount(boxes); i++) {
        l_int32 x = 0;
        l_int32 y = 0;
        l_int32 width = 0;
        l_int32 height = 0;
        boxaGetBoxGeometry(boxes, i, &x, &y, &width, &height);
        boxaAddBox(out,
                   boxCreate((x - 1 > 0 ? x - 1 : 0) * STEP, (y - 1 > 0 ? y - 1 : 0) * STEP,
                             (width + 2) * STEP, (height + 2) * STEP),
                   L_INSERT);
    }
    boxaDestroy(&boxes);
    pixDestroy(&runs);
    pixDestroy(&small);
    return out;
}

static int add_rules(PIX *rules, PIX *ink, int rule, bool across)
{
    BOXA *suspects = find_suspects(ink, rule, across);
    int status = suspects != NULL ? 0 : -1;

    for (l_int32 i = 0; status == 0 && i < boxaGetCount(suspects); i++) {
        BOX *box = boxaGetBox(suspects, i, L_CLONE);
        BOX *clipped = NULL;
        PIX *part = pixClipRectangle(ink, box, &clipped);
        PIX *runs = part ? pixOpenCompBrick(NULL, part, across ? rule : 1, across ? 1 : rule) : NULL;
        l_int32 x = 0;
        l_int32 y = 0;
        if (runs == NULL || boxGetGeometry(clipped, &x, &y, NULL, NULL) != 0)
            status = -1;
        else
            pixRasterop(rules, x, y, pixGetWidth(runs), pixGetHeight(runs), PIX_PAINT, runs, 0, 0);
        pixDestroy(&runs);
        pixDestroy(&part);
        boxDestroy(&clipped);
        boxDestroy(&box);
    }
    boxaDestroy(&suspects);
    return status;
}

PIX *straighten_rules(PIX *ink, int dpi)
{
    int rule = (int)(RULE_LEAST * (float)dpi);
    PIX *rules = pixCreateTemplate(ink);
    l_int32 none = 1;

    if (rules != NULL && (add_rules(rules, ink, rule, true) != 0 || add_rules(rules, ink, rule, false) != 0))
        pixDestroy(&rules);
    if (rules != NULL && pixZero(rules, &none) == 0 && none == 0)
        pixDilateBrick(rules, rules, 3, 3);
    return rules;
}
