/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A file's pages as pictures. */
#ifndef IRSORT_PAPER_PAPER_H
#define IRSORT_PAPER_PAPER_H

#include <stdbool.h>
#include <stddef.h>

#include <leptonica/allheaders.h>

#include "base/error.h"

struct paper;

/* Opens the file behind `descriptor` (read from its start; not closed). Kind is told by its bytes, never by a
 * name: PDF, TIFF, PNG, JPEG, WebP, PNM, HEIC. Errors: ERROR_EMPTY, ERROR_UNKNOWN_FORMAT, ERROR_DAMAGED,
 * ERROR_ENCRYPTED_PDF, ERROR_TOO_LARGE, ERROR_TOO_MANY_PAGES, ERROR_OUT_OF_MEMORY, ERROR_NOT_READABLE. */
int paper_open(struct paper **out, int descriptor, struct error *error);
void paper_close(struct paper *paper);

size_t paper_page_count(const struct paper *paper);

/* One page as it lies in the file, EXIF orientation and PDF rotation obeyed. */
struct paper_page {
    PIX *image;    /* 1 bit (ink is 1) or 8 bit grey, no colour map; xres = yres; owned by the page */
    int dpi;       /* of `image`, dots an inch; estimated from the size where the file does not say */
    bool glance;
    int below;     /* rows that a glance leaves out under `image` */
    bool rendered; /* drawn from a PDF's text and lines: sharp, no scanner noise */
    bool incomplete; /* some of its picture's data is missing from a file that is whole besides: part of it may be blank */
};

enum paper_detail {
    PAPER_FULL,
    PAPER_GLANCE, /* the upper part, at half the dots where a grey page has enough of them: to see whose page it is */
};

/* `index` counts from 0. Non-square resolution (fax 204 x 98 or 204 x 196) is made square. Errors as
 * paper_open. */
int paper_load(struct paper *paper, size_t index, enum paper_detail detail, struct paper_page *out,
               struct error *error);
void paper_page_dispose(struct paper_page *page);

#endif
