/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A scanned page's picture as it lies in the PDF, without drawing the page. */
#ifndef IRSORT_PAPER_PDF_RAW_H
#define IRSORT_PAPER_PDF_RAW_H

#include "base/error.h"
#include "paper/pdf_survey.h"
#include "paper/picture.h"

/* Takes the survey's scan with its place on the page obeyed. Returns 1 with `out`, 0 where it had better be
 * drawn (slanted, rare colours), -1 where the picture is damaged. Throws as MuPDF does. */
int pdf_raw(fz_context *context, const struct pdf_survey *survey, struct picture *out, struct error *error);

/* The pixmap in grey, as a PIX. Throws as MuPDF does. */
int pdf_take_grey(fz_context *context, fz_pixmap *pixmap, struct picture *out, struct error *error);

#endif
