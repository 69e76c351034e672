/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef IRSORT_OCR_FAINT_H
#define IRSORT_OCR_FAINT_H

#include <stdbool.h>

#include <leptonica/allheaders.h>

/* On a page without ink, seen in small (8 bit): something stands out from the ground that is no noise, such as print that
 * is too faint to be read. */
bool faint_print(PIX *small);

#endif
