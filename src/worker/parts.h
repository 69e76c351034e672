/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Where on a page what is printed: the zones and parts in which it is read. Inside worker/. */
#ifndef IRSORT_WORKER_PARTS_H
#define IRSORT_WORKER_PARTS_H

#include "ocr/ocr.h"
#include "worker/draft.h"

/* Zones of the upright page. Macros, for initialisers too, where clang takes no object for a constant. */
#define PARTS_HEADER {0, 0, 1, 0.42F}           /* letterhead, header box, address, heading */
#define PARTS_LATER_HEADER {0, 0, 1, 0.30F}     /* of a later page: enough to see that it belongs to the letter */
#define PARTS_HEADER_BOX {0.42F, 0, 1, 0.32F}   /* upper right: the number, the date, whose letter it is */
#define PARTS_REST {0, 0.40F, 1, 1}             /* overlaps the header, so that no line is lost between */
#define PARTS_FOOT {0, 0.86F, 1, 1}

/* The strips of a page that a step reads; none of them begins below `to`. `before` strips stand before `strip` in the
 * page's list. */
struct part {
    bool (*holds)(const struct draft *draft, const struct ocr_strip *strip, size_t before);
    float to;
};

/* Of a letter's first page. */
extern const struct part part_first_look;
extern const struct part part_heading_band;
extern const struct part part_upper;
extern const struct part part_early; /* the text down to its middle */
extern const struct part part_name;
extern const struct part part_foot;
extern const struct part part_whole;

/* Of a later page. */
extern const struct part part_known_places; /* where the page before said whose page it is */
extern const struct part part_running_header;
extern const struct part part_later_upper;

/* It is a line of a sentence, not a cell of a table or a line of an address. `before` as above. */
bool part_is_sentence(const struct ocr_strip *strip, size_t before);

/* The second stands in the first one's row, or in the next one. */
bool part_is_close(const struct ocr_strip *strip, const struct ocr_strip *next);

#endif
