/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Is the end of a file there, as its format has it? A file that is still being written mostly lacks it. Inside watch/. */
#ifndef IRSORT_WATCH_ENDING_H
#define IRSORT_WATCH_ENDING_H

#include "watch/outside.h"

enum ending {
    ENDING_THERE,
    ENDING_MISSING, /* also of a file of a few bytes or one that begins with zeros: room for one that is to come */
    ENDING_UNKNOWN, /* the format is not known, or has no end that could be looked for */
    ENDING_ERROR,   /* the file could not be read; errno says why */
};

/* Reads little of a PDF, TIFF or HEIC file, a JPEG as a whole. It trusts nothing that it reads. */
enum ending ending_look(const struct outside *outside, int descriptor, int64_t size);

#endif
