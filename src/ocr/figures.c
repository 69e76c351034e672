/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "ocr/figures.h"

#include <stdlib.h>
#include <string.h>

enum {
    WORD_BITS = 32,
    STEP = 2,   /* pixels of the page to one in which lines are looked for */
    SPECKS = 2, /* columns that stand out over a line: dust */
    FOOT_SHARE = 3,
    FOOT_OF = 4, /* of the columns end on the line or above: of round letters only the middle stands on it */
};

/* In heights of a figure. */
#define TIP 0.12F /* figures, and capitals, reach so near to the top; small letters without a stem do not */
#define DASH_FROM 0.30F /* between these heights, and no thicker than that, is a dash */
#define DASH_TO 0.95F
#define DASH_THICK 0.30F
#define NINE 5.0F /* what nine figures of a narrow face take */
#define LOW_LONGEST                                                                                          \
    0.75F              /* between two tips of figures; a small letter between two stems, not two of them     \
                        */
#define AROUND 4.0F    /* to each side: where the height is measured, because a line may climb */
#define WORD_GAP 0.25F /* blank between words */
#define REACH 2.0F     /* how far a place is made longer to end where a word does */
/* Inches. */
#define BLANK_IN_LINE 0.20F /* between two groups of a number, in a form */
#define LOST_ROW 0.015F
#define STREAK 0.45F    /* longer than any stroke of print */
#define LOWEST 0.045F   /* figures; smaller print nobody can read */
#define NARROWEST 0.28F /* nine of them */
/* Shares. */
#define TALL_LEAST 0.50F  /* of the inked columns: their tip is high */
#define INKED_LEAST 0.35F /* of all columns */
#define BARE 0.25F        /* of the ink that a row has in the mean: where lines that touch part */

/* A column of the line: the rows of its first and last ink; top is the height of the line where there is
 * none. */
struct column {
    int top, bottom, inked;
    int line_top, line_foot; /* of figures, if some stand here */
    int kind;
};

struct line {
    struct column *columns;
    int width, height;
    int least; /* rows: what is lower is not shown to anybody who could read it */
};

static int measure(struct line *line, PIX *ink)
{
    line->width = pixGetWidth(ink);
    line->height = pixGetHeight(ink);
    line->columns = malloc((size_t)line->width * sizeof *line->columns);
    if (line->columns == NULL)
        return -1;
    for (int x = 0; x < line->width; x++)
        line->columns[x] = (struct column){.top = line->height, .bottom = -1};
    for (int y = 0; y < line->height; y++) {
        const l_uint32 *row = pixGetData(ink) + (size_t)y * (size_t)pixGetWpl(ink);
        for (int x = 0; x < line->width; x++) {
            if (x % WORD_BITS == 0 && row[x / WORD_BITS] == 0) {
                x += WORD_BITS - 1;
                continue;
            }
            if (!GET_DATA_BIT(row, x))
                continue;
            struct column *c = &line->columns[x];
            c->top = c->top < y ? c->top : y;
            c->bottom = y;
            c->inked++;
        }
    }
    return 0;
}

/* Where figures stand in those columns: from the highest ink, but for specks, to the line on which most
 * letters stand. */
static void extent(const struct line *line, int from, int to, int *counts, int *top, int *foot)
{
    int inked = 0;
    int seen = 0;

    from = from > 0 ? from : 0;
    to = to < line->width ? to : line->width;
    memset(counts, 0, 2 * (size_t)line->height * sizeof *counts);
    int *tops = counts;
    int *bottoms = counts + line->height;
    for (int x = from; x < to; x++) {
        if (line->columns[x].inked == 0)
            continue;
        tops[line->columns[x].top]++;
        bottoms[line->columns[x].bottom]++;
        inked++;
    }
    for (*top = 0; *top < line->height - 1 && seen + tops[*top] <= SPECKS; ++*top)
        seen += tops[*top];
    seen = 0;
    for (*foot = 0; *foot < line->height && FOOT_OF * seen < FOOT_SHARE * inked; ++*foot)
        seen += bottoms[*foot];
    *foot = *foot > *top ? *foot : *top + 1;
}

enum kind { BLANK, DASH, TALL, LOW, KINDS };

static enum kind kind_of(const struct column *c, int top, int foot)
{
    float height = (float)(foot - top);

    if (c->inked == 0 || c->top >= foot)
        return BLANK;
    if ((float)(c->top - top) <= TIP * height + 1)
        return TALL;
    bool middle = (float)(c->top - top) >= DASH_FROM * height && (float)(c->bottom - top) <= DASH_TO * height;
    return middle && (float)(c->bottom - c->top) <= DASH_THICK * height ? DASH : LOW;
}

static int tell_kinds(struct line *line)
{
    int *counts = calloc(2 * (size_t)line->height, sizeof *counts);
    int around = (int)(AROUND * (float)line->height);
    int top = 0;
    int foot = line->height;

    if (counts == NULL)
        return -1;
    for (int x = 0; x < line->width; x++) {
        struct column *c = &line->columns[x];
        if (x % line->height == 0)
            extent(line, x - around, x + around, counts, &top, &foot);
        c->line_top = top;
        c->line_foot = foot;
        c->kind = kind_of(c, top, foot);
    }
    free(counts);
    return 0;
}

/* Moves an end of a place, from `x` on by `step`, to where a word ends. */
static int word_end(const struct line *line, int x, int step, float height)
{
    int limit = (int)(REACH * height);
    int blank = 0;

    for (int moved = 0; moved < limit && x + step >= 0 && x + step < line->width; moved++) {
        x += step;
        blank = line->columns[x].inked == 0 ? blank + 1 : 0;
        if ((float)blank > WORD_GAP * height)
            break;
    }
    return x - step * blank;
}

static int add(struct box **list, size_t *count, struct box box)
{
    struct box *longer = realloc(*list, (*count + 1) * sizeof *longer);

    if (longer == NULL)
        return -1;
    *list = longer;
    longer[(*count)++] = box;
    return 0;
}

/* As many columns as nine figures take, which move along the line. */
struct window {
    int counts[KINDS];
    int low;    /* at its end, since the last tall one */
    int low_at; /* the last column that stood in too long a row of low ones; -1 if none did */
};

static bool is_like_figures(const struct window *window, int from)
{
    int inked = window->counts[TALL] + window->counts[LOW];
    int all = inked + window->counts[BLANK] + window->counts[DASH];

    return window->low_at < from && (float)window->counts[TALL] >= TALL_LEAST * (float)inked &&
           (float)inked >= INKED_LEAST * (float)all;
}

/* The place from column `from` to `to`, made longer to whole words. */
static int add_place(struct box **list, size_t *count, const struct line *line, int from, int to,
                     const struct box *all)
{
    float wide = box_width(*all) / (float)line->width;
    float tall = box_height(*all) / (float)line->height;
    int top = line->columns[from].line_top;
    int foot = line->columns[from].line_foot;
    int left = word_end(line, from, -1, (float)(foot - top));
    int right = word_end(line, to - 1, 1, (float)(foot - top)) + 1;

    for (int x = from; x < to; x++) {
        top = line->columns[x].line_top < top ? line->columns[x].line_top : top;
        foot = line->columns[x].line_foot > foot ? line->columns[x].line_foot : foot;
    }
    if (foot - top < line->least)
        return 0;
    return add(list, count,
               (struct box){all->left + (float)left * wide, all->top + (float)top * tall,
                            all->left + (float)right * wide, all->top + (float)foot * tall});
}

static int find(struct box **list, size_t *count, const struct line *line, const struct box *all)
{
    struct window window = {.low_at = -1};
    int from = 0;   /* of the window */
    int begin = -1; /* of the place in hand */
    int end = 0;

    for (int x = 0; x < line->width; x++) {
        struct column *c = &line->columns[x];
        float height = (float)(c->line_foot - c->line_top);
        window.counts[c->kind]++;
        window.low = c->kind == TALL ? 0 : window.low + (c->kind == LOW);
        if ((float)window.low > LOW_LONGEST * height && c->kind == LOW)
            window.low_at = x;
        while ((float)(x + 1 - from) > NINE * height)
            window.counts[line->columns[from++].kind]--;
        if ((float)(x + 2 - from) < NINE * height || !is_like_figures(&window, from))
            continue;
        if (begin >= 0 && from > end) {
            if (add_place(list, count, line, begin, end, all) != 0)
                return -1;
            begin = -1;
        }
        begin = begin < 0 ? from : begin;
        end = x + 1;
    }
    return begin < 0 ? 0 : add_place(list, count, line, begin, end, all);
}

/* ---- the page ---- */

/* What a scanner's dirt or a fold draws down the page touches all lines: it is taken out. */
static int drop_streaks(PIX *small, int dpi)
{
    PIX *streaks = pixOpenBrick(NULL, small, 1, (l_int32)(STREAK * (float)dpi / STEP));
    int status = streaks != NULL && pixSubtract(small, small, streaks) != NULL ? 0 : -1;

    pixDestroy(&streaks);
    return status;
}

/* Words of a line run together, and what a lost row cuts; lines stay apart, mostly. */
static BOXA *find_lines(PIX *print, int dpi)
{
    PIX *small = pixReduceRankBinaryCascade(print, 1, 0, 0, 0);
    PIX *joined = NULL;
    BOXA *boxes = NULL;

    if (small != NULL && drop_streaks(small, dpi) == 0)
        joined = pixCloseSafeBrick(NULL, small, (l_int32)(BLANK_IN_LINE * (float)dpi / STEP),
                                   (l_int32)(LOST_ROW * (float)dpi / STEP) + 1);
    if (joined != NULL)
        boxes = pixConnCompBB(joined, 8);
    pixDestroy(&joined);
    pixDestroy(&small);
    return boxes;
}

/* The row between two at which lines part; 0 if none is bare enough: large print. */
static int parting(NUMA *rows, int from, int to)
{
    int best = from;
    l_int32 least = INT32_MAX;
    l_float32 mean = 0;

    for (int y = from; y < to; y++) {
        l_int32 ink = 0;
        numaGetIValue(rows, y, &ink);
        if (ink < least) {
            least = ink;
            best = y;
        }
    }
    numaGetMean(rows, &mean);
    return (float)least < BARE * mean ? best : 0;
}

/* Looks at the ink that stands at x, y; of several lines that touch at each alone. */
static int look_at(struct box **list, size_t *count, PIX *ink, int x, int y, int least, int ordinary,
                   PIX *page)
{
    int height = pixGetHeight(ink);
    int lines = (height + ordinary / 2) / ordinary > 1 ? (height + ordinary / 2) / ordinary : 1;
    NUMA *rows = pixCountPixelsByRow(ink, NULL);
    int status = rows != NULL ? 0 : -1;
    int from = 0;

    for (int i = 1; i <= lines && status == 0; i++) {
        int share = height / lines;
        int to = i == lines ? height : parting(rows, i * share - share / 3, i * share + share / 3);
        if (to == 0)
            continue;
        BOX *box = boxCreate(0, from, pixGetWidth(ink), to - from);
        PIX *part = box ? pixClipRectangle(ink, box, NULL) : NULL;
        struct line line = {.least = least};
        status = -1;
        if (part != NULL && measure(&line, part) == 0 && tell_kinds(&line) == 0) {
            float across = (float)pixGetWidth(page);
            float down = (float)pixGetHeight(page);
            struct box place = {(float)x / across, (float)(y + from) / down, (float)(x + line.width) / across,
                                (float)(y + to) / down};
            status = find(list, count, &line, &place);
        }
        free(line.columns);
        pixDestroy(&part);
        boxDestroy(&box);
        from = to;
    }
    numaDestroy(&rows);
    return status;
}

/* The height of a line, in pixels of the page: the middle one. */
static int ordinary_height(BOXA *boxes, int least)
{
    l_int32 height = 0;
    BOXA *lines = boxaSelectBySize(boxes, 0, least, L_SELECT_HEIGHT, L_SELECT_IF_GTE, NULL);

    if (lines != NULL && boxaGetCount(lines) > 0)
        boxaGetMedianVals(lines, NULL, NULL, NULL, NULL, NULL, &height);
    boxaDestroy(&lines);
    return STEP * (height > least ? height : least);
}

int figures_find(struct box **out, size_t *count, PIX *print, int dpi)
{
    BOXA *boxes = find_lines(print, dpi);
    int least = (int)(LOWEST * (float)dpi / STEP);
    int ordinary = boxes != NULL ? ordinary_height(boxes, least) : 0;
    int status = boxes != NULL ? 0 : -1;

    *out = NULL;
    *count = 0;
    for (l_int32 i = 0; i < (boxes ? boxaGetCount(boxes) : 0) && status == 0; i++) {
        l_int32 x = 0;
        l_int32 y = 0;
        l_int32 width = 0;
        l_int32 height = 0;
        boxaGetBoxGeometry(boxes, i, &x, &y, &width, &height);
        if (height < least || (float)width < NARROWEST * (float)dpi / STEP)
            continue;
        BOX *box = boxCreate(STEP * x, STEP * y, STEP * width, STEP * height);
        PIX *ink = box ? pixClipRectangle(print, box, NULL) : NULL;
        status =
            ink != NULL ? look_at(out, count, ink, STEP * x, STEP * y, STEP * least, ordinary, print) : -1;
        pixDestroy(&ink);
        boxDestroy(&box);
    }
    boxaDestroy(&boxes);
    if (status != 0)
        free(*out);
    return status;
}
