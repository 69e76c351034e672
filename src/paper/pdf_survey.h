/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a PDF page would show, found by running it past a device that draws nothing. */
#ifndef IRSORT_PAPER_PDF_SURVEY_H
#define IRSORT_PAPER_PDF_SURVEY_H

#include <stdbool.h>

#include <mupdf/fitz.h>
#include <mupdf/pdf.h>

struct pdf_survey {
    fz_image *scan; /* the one picture that is all the page shows, or NULL; to be dropped by the caller */
    fz_matrix scan_place; /* from the unit square, top row at 0, to the page */
    bool scan_is_mask;    /* a stencil through which black is painted */
    bool empty;           /* nothing is shown at all */
    bool endless;         /* more than PDF_MARKS_MAX: the survey was broken off */
    bool mostly_picture;  /* pictures cover more than half of the page */
    int64_t width_max;    /* the sides of the picture with the most pixels, to be checked before decoding */
    int64_t height_max;
};

/* `page_box` is the page in the space in which it is run. Throws as MuPDF does; `out` then holds nothing. */
void pdf_survey(fz_context *context, pdf_page *page, fz_rect page_box, fz_cookie *cookie,
                struct pdf_survey *out);

#endif
