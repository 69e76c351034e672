/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Words put together to lines and paragraphs by their places. Inside ocr/ only. */
#ifndef IRSORT_OCR_LINES_H
#define IRSORT_OCR_LINES_H

#include "ocr/ocr.h"

struct ocr_lines {
    struct ocr_word *words; /* in line order; texts belong to the caller of lines_build */
    struct ocr_line *lines; /* `text` is owned */
    size_t line_count;
};

/* Sorts copies of the words into lines and the lines into paragraphs, and masks taxpayer numbers in both, in the caller's
 * texts too. `aspect` is the page's height over its width. */
int lines_build(struct ocr_lines *out, const struct ocr_word *words, size_t count, float aspect, struct error *error);
void lines_dispose(struct ocr_lines *lines);

#endif
