/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "worker/parts.h"

#include <math.h>

/* Shares of the page. */
#define HEADER_TO 0.42F
#define LATER_TO 0.30F
#define HEADING_FROM 0.17F
#define HEADING_TO 0.45F
#define HEADING_NARROWEST 0.15F
#define BAND_FROM 0.23F /* under the address */
#define BAND_TO 0.345F
#define LETTERHEAD_TO 0.085F
#define ADDRESS_FROM 0.09F
#define ADDRESS_TO 0.30F
#define MIDDLE_TO 0.62F
#define RUNNING_TO 0.11F
#define RUNNING_WIDEST 0.45F
#define FOOT_WIDEST 0.55F /* "Letter 3172 (DO) (Rev. 6-2011) Catalog Number 34456F"; a sentence's line is wider */
#define RIM 0.022F        /* where a fax machine prints its line */
#define WIDE 0.30F        /* as the line of a sentence is */
#define FLUSH 0.012F      /* left edges so near to one another are one margin */
#define SAME_PLACE 0.5F   /* share of either's height and width that lies in the other */

#define LARGE 1.4F        /* heights of the page's ordinary line */

enum { LETTERHEAD_LINES = 2 };

static const struct box header = PARTS_HEADER;
static const struct box header_box = PARTS_HEADER_BOX;
static const struct box later_header = PARTS_LATER_HEADER;
static const struct box foot = PARTS_FOOT;

static bool is_wide(const struct ocr_strip *strip)
{
    return box_width(strip->box) > WIDE;
}

static bool is_large(const struct ocr_strip *strip)
{
    return strip->size >= LARGE;
}

/* Upper left: the sender. */
static bool is_upper_left(const struct ocr_strip *strip)
{
    return strip->box.left < header_box.left && strip->box.top > RIM && strip->box.top < LETTERHEAD_TO;
}

static bool is_address(const struct ocr_strip *strip)
{
    return strip->box.left < header_box.left && strip->box.top > ADDRESS_FROM && strip->box.bottom < ADDRESS_TO &&
           !is_wide(strip) && !is_large(strip);
}

/* How many of the strips before it are of that kind. */
static size_t count_before(bool (*is)(const struct ocr_strip *strip), const struct ocr_strip *strip, size_t before)
{
    size_t count = 0;

    for (size_t i = 1; i <= before; i++)
        count += is(strip - i);
    return count;
}

static bool is_in_header_box(const struct ocr_strip *strip)
{
    return strip->box.left >= header_box.left && strip->box.top > RIM && strip->box.bottom < header_box.bottom;
}

/* Large print under the address. */
static bool is_heading(const struct ocr_strip *strip)
{
    return is_large(strip) && box_width(strip->box) > HEADING_NARROWEST && strip->box.top > HEADING_FROM &&
           strip->box.top < HEADING_TO;
}

/* Of the letterhead two lines say who it is; what follows is its address. */
static bool in_first_look(const struct draft *draft, const struct ocr_strip *strip, size_t before)
{
    (void)draft;
    return is_in_header_box(strip) || is_heading(strip) ||
           (is_upper_left(strip) && count_before(is_upper_left, strip, before) < LETTERHEAD_LINES);
}

/* Where the heading is that is printed no larger than the text. */
static bool in_heading_band(const struct draft *draft, const struct ocr_strip *strip, size_t before)
{
    (void)draft, (void)before;
    return strip->box.top > BAND_FROM && strip->box.top < BAND_TO;
}

static bool in_upper(const struct draft *draft, const struct ocr_strip *strip, size_t before)
{
    (void)draft, (void)before;
    return box_holds(header, strip->box);
}

static bool in_early(const struct draft *draft, const struct ocr_strip *strip, size_t before)
{
    (void)draft, (void)before;
    return strip->box.top > RUNNING_TO && strip->box.top < MIDDLE_TO;
}

/* The first line of the address is the name, which later pages may bear; a barcode over it is higher than print. */
static bool in_name(const struct draft *draft, const struct ocr_strip *strip, size_t before)
{
    (void)draft;
    return is_address(strip) && count_before(is_address, strip, before) == 0;
}

static bool in_foot(const struct draft *draft, const struct ocr_strip *strip, size_t before)
{
    (void)draft, (void)before;
    return box_holds(foot, strip->box) && box_width(strip->box) < FOOT_WIDEST;
}

static bool anywhere(const struct draft *draft, const struct ocr_strip *strip, size_t before)
{
    (void)draft, (void)strip, (void)before;
    return true;
}

static bool in_known_places(const struct draft *draft, const struct ocr_strip *strip, size_t before)
{
    (void)before;
    for (size_t i = 0; i < draft->print_count && !is_wide(strip); i++) {
        if (box_overlap_x(draft->prints[i], strip->box) > SAME_PLACE &&
            box_overlap_y(draft->prints[i], strip->box) > SAME_PLACE)
            return true;
    }
    return false;
}

static bool in_running_header(const struct draft *draft, const struct ocr_strip *strip, size_t before)
{
    (void)draft, (void)before;
    return strip->box.top > RIM && strip->box.top < RUNNING_TO && box_width(strip->box) < RUNNING_WIDEST &&
           !is_large(strip);
}

static bool in_later_upper(const struct draft *draft, const struct ocr_strip *strip, size_t before)
{
    (void)draft, (void)before;
    return box_holds(later_header, strip->box);
}

const struct part part_first_look = {in_first_look, HEADING_TO};
const struct part part_heading_band = {in_heading_band, HEADER_TO};
const struct part part_upper = {in_upper, HEADER_TO};
const struct part part_early = {in_early, MIDDLE_TO};
const struct part part_name = {in_name, ADDRESS_TO};
const struct part part_foot = {in_foot, 1};
const struct part part_whole = {anywhere, 1};
const struct part part_known_places = {in_known_places, RUNNING_TO};
const struct part part_running_header = {in_running_header, RUNNING_TO};
const struct part part_later_upper = {in_later_upper, LATER_TO};

/* The last line of a paragraph may be short: it stands under a wide one, and begins where that does. */
static bool goes_on(const struct ocr_strip *wide, const struct ocr_strip *strip)
{
    float gap = strip->box.top - wide->box.bottom;

    return is_wide(wide) && fabsf(strip->box.left - wide->box.left) < FLUSH && gap > 0 && gap < box_height(wide->box);
}

bool part_is_sentence(const struct ocr_strip *strip, size_t before)
{
    bool sentence = is_wide(strip);

    for (size_t i = 1; i <= before && !sentence; i++)
        sentence = goes_on(strip - i, strip);
    return sentence;
}

bool part_is_close(const struct ocr_strip *strip, const struct ocr_strip *next)
{
    return next->box.top - strip->box.bottom < box_height(strip->box);
}
