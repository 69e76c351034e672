/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Tesseract, behind one call. Inside ocr/ only. */
#ifndef IRSORT_OCR_ENGINE_H
#define IRSORT_OCR_ENGINE_H

#include <stdint.h>

#include <leptonica/allheaders.h>

#include "base/error.h"
#include "ocr/ocr.h"

/* Takes each word as it is read: UTF-8 text (valid during the call), place in pixels of the picture, confidence 0 to 1.
 * Returns 0 to go on. */
typedef int ocr_word_fn(void *context, const char *text, const BOX *place, float confidence);

enum engine_layout {
    ENGINE_SCATTERED, /* islands of text anywhere */
    ENGINE_BLOCK,     /* lines under one another */
    ENGINE_LINE,
};

/* Recognises the picture, whose text lies like that. `left_ms` are the milliseconds of processor that it may take; what it
 * took is taken off. Returns 0; 1 if the engine gave up before the end, or none were left; -1 on an error. */
int ocr_engine_recognise(struct ocr_engine *engine, PIX *picture, int dpi, enum engine_layout layout, int64_t *left_ms,
                         ocr_word_fn *on_word, void *context, struct error *error);

/* The same picture's text taken as one line; to be freed. */
int ocr_engine_read_line(struct ocr_engine *engine, PIX *picture, int dpi, char **out, struct error *error);

#endif
