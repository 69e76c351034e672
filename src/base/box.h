/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef IRSORT_BASE_BOX_H
#define IRSORT_BASE_BOX_H

#include <stdbool.h>

/* Fractions of the upright page, 0 to 1: left, top, right, bottom. */
struct box {
    float left, top, right, bottom;
};

#define BOX_PAGE ((struct box){0.0F, 0.0F, 1.0F, 1.0F})

static inline float box_width(struct box box)
{
    return box.right - box.left;
}

static inline float box_height(struct box box)
{
    return box.bottom - box.top;
}

static inline float box_middle(struct box box)
{
    return (box.top + box.bottom) / 2;
}

/* The smallest box around both. */
static inline struct box box_join(struct box a, struct box b)
{
    return (struct box){a.left < b.left ? a.left : b.left, a.top < b.top ? a.top : b.top,
                        a.right > b.right ? a.right : b.right, a.bottom > b.bottom ? a.bottom : b.bottom};
}

/* The middle of `inner` lies in `outer`. */
static inline bool box_holds(struct box outer, struct box inner)
{
    float x = (inner.left + inner.right) / 2;
    float y = box_middle(inner);

    return x >= outer.left && x <= outer.right && y >= outer.top && y <= outer.bottom;
}

/* How much of the narrower one's width both share, 0 to 1. */
static inline float box_overlap_x(struct box a, struct box b)
{
    float shared = (a.right < b.right ? a.right : b.right) - (a.left > b.left ? a.left : b.left);
    float narrow = box_width(a) < box_width(b) ? box_width(a) : box_width(b);

    return shared <= 0 || narrow <= 0 ? 0 : shared / narrow;
}

/* How much of the lower one's height both share, 0 to 1. */
static inline float box_overlap_y(struct box a, struct box b)
{
    float shared = (a.bottom < b.bottom ? a.bottom : b.bottom) - (a.top > b.top ? a.top : b.top);
    float low = box_height(a) < box_height(b) ? box_height(a) : box_height(b);

    return shared <= 0 || low <= 0 ? 0 : shared / low;
}

#endif
