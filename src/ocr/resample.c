/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "ocr/resample.h"

#include <math.h>
#include <stddef.h>

enum {
    SPAN_MOST = 32, /* pixels between two exactly projected points: between them a line is straight enough */
    ONE = 1 << 16,  /* fixed point */
    WHITE = 255,
};
#define ALMOST_ONE 0.999 /* rounds up what is positive */
#define PLAIN 1e-3       /* pixels over a whole side */

/* ---- mappings ---- */

struct mapping mapping_scale(double factor)
{
    return (struct mapping){{{factor, 0, 0}, {0, factor, 0}, {0, 0, 1}}};
}

struct mapping mapping_turn(int quarters, double width, double height)
{
    switch (quarters & 3) {
    case 1: /* the left edge has become the upper one */
        return (struct mapping){{{0, 1, 0}, {-1, 0, height}, {0, 0, 1}}};
    case 2:
        return (struct mapping){{{-1, 0, width}, {0, -1, height}, {0, 0, 1}}};
    case 3:
        return (struct mapping){{{0, -1, width}, {1, 0, 0}, {0, 0, 1}}};
    default:
        return mapping_scale(1);
    }
}

struct mapping mapping_rotate(double angle, double width, double height)
{
    double c = cos(angle);
    double s = sin(angle);
    double x = width / 2;
    double y = height / 2;

    return (struct mapping){{{c, s, x - c * x - s * y}, {-s, c, y + s * x - c * y}, {0, 0, 1}}};
}

int mapping_corners(struct mapping *out, const struct point corner[4], double width, double height)
{
    PTA *from = ptaCreate(4);
    PTA *to = ptaCreate(4);
    l_float32 *v = NULL;
    int status = -1;

    for (int i = 0; i < 4 && from != NULL && to != NULL; i++) {
        ptaAddPt(from, i == 1 || i == 2 ? (float)width : 0, i >= 2 ? (float)height : 0);
        ptaAddPt(to, (float)corner[i].x, (float)corner[i].y);
    }
    if (from != NULL && to != NULL && getProjectiveXformCoeffs(from, to, &v) == 0) {
        *out = (struct mapping){{{v[0], v[1], v[2]}, {v[3], v[4], v[5]}, {v[6], v[7], 1}}};
        status = 0;
    }
    LEPT_FREE(v);
    ptaDestroy(&from);
    ptaDestroy(&to);
    return status;
}

struct mapping mapping_after(struct mapping outer, struct mapping inner)
{
    struct mapping out;

    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++)
            out.m[i][j] =
                outer.m[i][0] * inner.m[0][j] + outer.m[i][1] * inner.m[1][j] + outer.m[i][2] * inner.m[2][j];
    }
    return out;
}

struct point mapping_apply(const struct mapping *mapping, struct point p)
{
    const double(*m)[3] = mapping->m;
    double w = m[2][0] * p.x + m[2][1] * p.y + m[2][2];

    return (struct point){(m[0][0] * p.x + m[0][1] * p.y + m[0][2]) / w,
                          (m[1][0] * p.x + m[1][1] * p.y + m[1][2]) / w};
}

bool mapping_is_plain(const struct mapping *mapping)
{
    enum { SIDE = 4000 };
    static const struct point probes[] = {{0, 0}, {SIDE, 0}, {0, SIDE}};
    struct point origin = mapping_apply(mapping, probes[0]);

    for (int i = 0; i < 3; i++) {
        struct point p = mapping_apply(mapping, probes[i]);
        if (fabs(p.x - probes[i].x - rint(origin.x)) > PLAIN ||
            fabs(p.y - probes[i].y - rint(origin.y)) > PLAIN)
            return false;
    }
    return true;
}

/* ---- the pass ---- */

struct span {
    l_uint32 *out; /* the row */
    int from, to;  /* pixels of it */
    int64_t x, y;  /* of the first one in the source, fixed point, between the middles of pixels */
    int64_t step_x, step_y;
    unsigned gain;
};

static unsigned tone(const uint8_t *table, unsigned level, unsigned gain)
{
    unsigned lit = level * gain >> 8;

    return table[lit < WHITE ? lit : WHITE];
}

/* The pixels of the span lie at whole places, one after another. */
static void copy_span(const PIX *source, const uint8_t *table, const struct span *s)
{
    const l_uint32 *row = pixGetData((PIX *)source) + (s->y / ONE) * pixGetWpl(source);
    l_int32 shift = (l_int32)(s->x / ONE) - s->from;
    l_uint32 *out = s->out;
    unsigned gain = s->gain;
    int i = s->from;
    int to = s->to;

    for (; i < to && (i & 3) != 0; i++)
        SET_DATA_BYTE(out, i, tone(table, GET_DATA_BYTE(row, i + shift), gain));
    if ((shift & 3) == 0) { /* by whole words, the first pixel in the highest byte */
        for (; i + 4 <= to; i += 4) {
            l_uint32 four = row[(i + shift) / 4];
            out[i / 4] = tone(table, four >> 24, gain) << 24 | tone(table, four >> 16 & 255, gain) << 16 |
                         tone(table, four >> 8 & 255, gain) << 8 | tone(table, four & 255, gain);
        }
    }
    for (; i < to; i++)
        SET_DATA_BYTE(out, i, tone(table, GET_DATA_BYTE(row, i + shift), gain));
}

/* Between four pixels. */
static unsigned between(const l_uint32 *row, const l_uint32 *next, l_int32 at, unsigned part_x,
                        unsigned part_y)
{
    unsigned above = GET_DATA_BYTE(row, at) * (256 - part_x) + GET_DATA_BYTE(row, at + 1) * part_x;
    unsigned below = GET_DATA_BYTE(next, at) * (256 - part_x) + GET_DATA_BYTE(next, at + 1) * part_x;

    return (above * (256 - part_y) + below * part_y) >> 16;
}

/* All of the span lies within the source. */
static void inner_span(const PIX *source, const uint8_t *table, const struct span *s)
{
    const l_uint32 *data = pixGetData((PIX *)source);
    l_int32 words = pixGetWpl(source);
    l_uint32 *out = s->out;
    unsigned gain = s->gain;
    int64_t x = s->x;
    int64_t y = s->y;
    int64_t step_x = s->step_x;
    int64_t step_y = s->step_y;
    int to = s->to;

    for (int i = s->from; i < to; i++, x += step_x, y += step_y) {
        const l_uint32 *row = data + (y >> 16) * words;
        unsigned level = between(row, row + words, (l_int32)(x >> 16), (x >> 8) & 255, (y >> 8) & 255);
        SET_DATA_BYTE(out, i, tone(table, level, gain));
    }
}

static void rim_span(const PIX *source, const uint8_t *table, const struct span *s)
{
    const l_uint32 *data = pixGetData((PIX *)source);
    l_int32 words = pixGetWpl(source);
    l_int32 width = pixGetWidth(source);
    l_int32 height = pixGetHeight(source);
    int64_t x = s->x;
    int64_t y = s->y;

    for (int i = s->from; i < s->to; i++, x += s->step_x, y += s->step_y) {
        int64_t across = (x + ONE / 2) >> 16; /* the nearest pixel will do */
        int64_t down = (y + ONE / 2) >> 16;
        bool outside = across < 0 || down < 0 || across >= width || down >= height;
        unsigned level = WHITE;
        if (!outside)
            level = tone(table, GET_DATA_BYTE(data + down * words, across), s->gain);
        SET_DATA_BYTE(s->out, i, level);
    }
}

/* A row of cells: their gains, and whether they are busy. */
struct cells {
    const l_uint32 *gain; /* NULL: one everywhere */
    const l_uint32 *busy; /* NULL: all are */
    l_int32 gains, flags; /* how many there are of each; what lies beyond belongs to the last one */
};

static const l_uint32 *row_of(PIX *cells, l_int32 row)
{
    l_int32 height = pixGetHeight(cells);

    return pixGetData(cells) + (ptrdiff_t)(row < height ? row : height - 1) * pixGetWpl(cells);
}

static struct cells cells_at(const struct light *light, int y)
{
    struct cells cells = {0};
    l_int32 row = (l_int32)(y / light->cell);

    if (light->gain != NULL) {
        cells.gain = row_of(light->gain, row);
        cells.gains = pixGetWidth(light->gain);
    }
    if (light->busy != NULL) {
        cells.busy = row_of(light->busy, row);
        cells.flags = pixGetWidth(light->busy);
    }
    return cells;
}

static unsigned gain_of(const struct cells *cells, l_int32 cell)
{
    if (cells->gain == NULL)
        return 256;
    return GET_DATA_TWO_BYTES(cells->gain, cell < cells->gains ? cell : cells->gains - 1);
}

static bool is_busy(const struct cells *cells, l_int32 cell)
{
    return cells->busy == NULL ||
           GET_DATA_BIT(cells->busy, cell < cells->flags ? cell : cells->flags - 1) != 0;
}

static bool is_inside(struct point p, double most_x, double most_y)
{
    return p.x > 1 && p.y > 1 && p.x < most_x && p.y < most_y;
}

/* Fills the span, whose first pixel comes from `a` and whose end from `b`. */
static void fill_span(PIX *source, struct point a, struct point b, bool plain, const uint8_t *table,
                      struct span *s)
{
    double most_x = pixGetWidth(source) - 1;
    double most_y = pixGetHeight(source) - 1;
    double length = s->to - s->from;

    s->x = (int64_t)((a.x - 0.5) * ONE + 0.5);
    s->y = (int64_t)((a.y - 0.5) * ONE + 0.5);
    s->step_x = (int64_t)((b.x - a.x) / length * ONE);
    s->step_y = (int64_t)((b.y - a.y) / length * ONE);
    if (!is_inside(a, most_x, most_y) || !is_inside(b, most_x, most_y))
        rim_span(source, table, s);
    else if (plain)
        copy_span(source, table, s);
    else
        inner_span(source, table, s);
}

PIX *resample(PIX *source, const struct mapping *from, const BOX *box, const struct light *light)
{
    bool plain = mapping_is_plain(from);
    l_int32 left = 0;
    l_int32 top = 0;
    l_int32 width = 0;
    l_int32 height = 0;

    boxGetGeometry((BOX *)box, &left, &top, &width, &height);
    PIX *out = pixCreateNoInit(width, height, 8);
    if (out == NULL)
        return NULL;
    pixSetAll(out);
    for (int y = 0; y < height; y++) {
        struct cells cells = cells_at(light, top + y);
        struct span span = {.out = pixGetData(out) + (size_t)y * (size_t)pixGetWpl(out)};
        struct point next = {0};
        int known = -1; /* the pixel that `next` is of */
        l_int32 cell = (l_int32)(left / light->cell);
        for (int x = 0; x < width; x = span.to) {
            int end = (int)((cell + 1) * light->cell + ALMOST_ONE) - left; /* of the cell */
            span.from = x;
            span.to = end < x + SPAN_MOST ? end : x + SPAN_MOST;
            span.to = span.to < width ? span.to : width;
            l_int32 here = cell;
            cell += span.to == end;
            if (!is_busy(&cells, here))
                continue;
            struct point a =
                known == x ? next : mapping_apply(from, (struct point){left + x + 0.5, top + y + 0.5});
            next = mapping_apply(from, (struct point){left + span.to + 0.5, top + y + 0.5});
            known = span.to;
            span.gain = gain_of(&cells, here);
            fill_span(source, a, next, plain, light->tone, &span);
        }
    }
    return out;
}
