/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Where print stands on a page, told by its ink. Inside ocr/ only. */
#ifndef IRSORT_OCR_STRIPS_H
#define IRSORT_OCR_STRIPS_H

#include <leptonica/allheaders.h>

#include "ocr/ocr.h"

/* Finds the strips of a page by its ink (1 bit), top to bottom. `out` is to be freed. `more`: there are more of them than
 * PAGE_STRIPS_MAX. 0, or -1 for lack of memory. */
int strips_find(struct ocr_strip **out, size_t *count, bool *more, PIX *print, int dpi);

#endif
