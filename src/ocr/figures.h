/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Where figures may stand in a row, told by the ink of a line. Inside ocr/ only. */
#ifndef IRSORT_OCR_FIGURES_H
#define IRSORT_OCR_FIGURES_H

#include <leptonica/allheaders.h>

#include "ocr/ocr.h"

/* Finds the pieces of lines on a page that are tall throughout and long enough for a taxpayer number, cut
 * between words. `print` is the page's ink, 1 bit. `out` is to be freed. 0, or -1 for lack of memory. */
int figures_find(struct box **out, size_t *count, PIX *print, int dpi);

#endif
