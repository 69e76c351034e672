/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef IRSORT_PAPER_TIFF_CHECK_H
#define IRSORT_PAPER_TIFF_CHECK_H

#include <stdint.h>

#include "base/error.h"
#include "paper/format.h"

/* Decodes every strip or tile of the directory at `offset` once, to see whether all of its rows are there:
 * libtiff hands out what it has and says nothing. ERROR_DAMAGED if not. */
int tiff_check(const struct bytes *file, uint64_t offset, struct error *error);

#endif
