/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Steps that make a scan look like the sheet it was. Inside ocr/ only.
 * Each returns a new picture (or a clone where there was nothing to do); NULL only for lack of memory. */
#ifndef IRSORT_OCR_STRAIGHTEN_H
#define IRSORT_OCR_STRAIGHTEN_H

#include <stdbool.h>

#include <leptonica/allheaders.h>

/* If the sheet lies on a darker ground (a photo), it alone, seen from straight above. 8 bit. `found` tells. */
PIX *straighten_frame(PIX *grey, bool *found);

/* Even light, white ground. 8 bit. */
PIX *straighten_light(PIX *grey);

/* Ink as ones. 8 bit in (even light), 1 bit out. */
PIX *straighten_ink(PIX *grey);

/* Rows were doubled to make the dots square: half of the detail is not there. 1 bit. */
bool straighten_doubled(PIX *ink);

/* Quarter turns clockwise that make the text upright, 0 to 3. */
int straighten_turns(PIX *ink);

/* Radians to turn clockwise so that lines run level; 0 if that cannot be told. */
float straighten_skew(PIX *ink, bool upright);

/* Long rules and everything that hangs on the rim of the picture, as a mask. 1 bit. */
PIX *straighten_clutter(PIX *ink, int dpi);

#endif
