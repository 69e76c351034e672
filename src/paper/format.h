/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What paper.c asks of the reader of one kind of file. */
#ifndef IRSORT_PAPER_FORMAT_H
#define IRSORT_PAPER_FORMAT_H

#include <stddef.h>

#include "base/error.h"
#include "paper/picture.h"

/* A file's bytes; they outlive every state that was opened on them. */
struct bytes {
    const unsigned char *data;
    size_t size;
};

struct format {
    /* Looks the file over and counts its pages, none decoded. `state` is handed back to the other two. */
    int (*open)(void **state, const struct bytes *file, size_t *page_count, struct error *error);
    int (*load)(void *state, size_t index, struct picture *out, struct error *error);
    void (*close)(void *state);
};

extern const struct format pdf_format;
extern const struct format tiff_format;
extern const struct format jpeg_format;
extern const struct format heic_format;
extern const struct format raster_format; /* PNG, WebP, PNM */

#endif
