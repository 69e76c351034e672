/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef IRSORT_PAPER_JPEG_H
#define IRSORT_PAPER_JPEG_H

#include <stddef.h>

#include "base/error.h"
#include "paper/picture.h"

/* Decodes a JPEG to grey, at a half, a quarter or an eighth where that suffices. Resolution and orientation
 * come from its own headers, unless `out->xres` says the resolution already. ERROR_DAMAGED if a part of it is
 * missing. */
int jpeg_decode(const unsigned char *data, size_t size, struct picture *out, struct error *error);

#endif
