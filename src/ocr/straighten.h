/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a scan needs to look like the sheet it was: found on small copies of it, so that it costs little.
 * Inside ocr/ only. What returns a picture returns a new one; NULL only for lack of memory. */
#ifndef IRSORT_OCR_STRAIGHTEN_H
#define IRSORT_OCR_STRAIGHTEN_H

#include <stdbool.h>
#include <stdint.h>

#include <leptonica/allheaders.h>

#include "ocr/resample.h"

/* Where a scanner of one bit made dots of the sheet's grey: the picture without them; a clone where it did not. 1 bit. */
PIX *straighten_dots(PIX *ink);

/* True if the picture is a negative: light print on a dark sheet, and no light sheet anywhere. 8 bit. */
bool straighten_negative(PIX *small);

/* True if the sheet lies on a darker ground (a photo, a scanner's open lid); then its corners in pixels of
 * `small`, clockwise from the upper left. 8 bit. */
bool straighten_frame(PIX *small, struct point corner[4]);

/* For each cell of so many pixels, 256 times what brings its ground to white. 8 bit in, 16 bit out. */
PIX *straighten_gain(PIX *small, int cell);

/* What each level of an evenly lit picture is to become: paper is wiped, faint print made as dark as print
 * is. `even` may be a sample of the picture's pixels. 8 bit. */
void straighten_tone(PIX *even, uint8_t tone[256]);

/* Ink as ones. 8 bit in (even light), 1 bit out. */
PIX *straighten_ink(PIX *grey);

/* Rows were doubled to make the dots square: half of the detail is not there. 1 bit. */
bool straighten_doubled(PIX *ink);

/* Rows that a fax lost on its way, white across the page where print goes on above and below, are filled with what both have in
 * common: a copy of the picture; a clone where none was lost. 1 bit. */
PIX *straighten_lost_rows(PIX *ink);

/* Whether lines of print run from top to bottom, and by how many radians they are to be turned clockwise,
 * then or at once, to run level; 0 where that does no good. True if that is sure. 1 bit, 50 to 110 dots an
 * inch. */
bool straighten_lines(PIX *ink, bool *crosswise, double *skew);

/* Positive if print that runs level is the right way up, negative if it stands on its head, in standard
 * deviations; 0 if there is too little print to tell. 1 bit, 150 to 300 dots an inch. */
float straighten_upside(PIX *ink);

/* Everything that hangs on the picture's edges, holes and other solid marks near them, as a mask. 1 bit. */
PIX *straighten_rims(PIX *dark, float dpi);

/* Long rules, as a mask. 1 bit. */
PIX *straighten_rules(PIX *ink, int dpi);

#endif
