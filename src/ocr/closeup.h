/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A single line cut out of the page and made ready for a close look. Inside ocr/ only. */
#ifndef IRSORT_OCR_CLOSEUP_H
#define IRSORT_OCR_CLOSEUP_H

#include <leptonica/allheaders.h>

/* The line in that box (pixels of the page) without its neighbours, in one of OCR_LINE_LOOKS ways; `scale` is set to the
 * picture's pixels a pixel of the page. NULL for lack of memory. */
PIX *closeup_cut(PIX *page, BOX *line, unsigned look, float *scale);

#endif
