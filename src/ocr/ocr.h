/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* From a page's picture to lines of text with their places. */
#ifndef IRSORT_OCR_OCR_H
#define IRSORT_OCR_OCR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/box.h"
#include "base/error.h"
#include "paper/paper.h"

/* ---- the engine: one a process, kept warm ---- */

struct ocr_engine;

int ocr_engine_new(struct ocr_engine **out, struct error *error);
void ocr_engine_free(struct ocr_engine *engine);

/* ---- what was read ---- */

struct ocr_word {
    char *text;         /* UTF-8, no blanks, not empty */
    struct box box;
    float confidence;   /* 0 to 1, as the engine says */
};

/* Words that stand side by side without a wide gap. */
struct ocr_line {
    const struct ocr_word *words;
    size_t word_count;
    char *text;         /* the words with one blank between */
    struct box box;
    size_t paragraph;   /* lines of one paragraph follow one another and share this number */
};

/* ---- a page, made upright, that is read zone by zone ---- */

struct ocr_page;

/* Straightens the picture: frame, quarter turns, skew, light. The picture is copied. */
int ocr_page_new(struct ocr_page **out, const struct paper_page *paper, struct error *error);
void ocr_page_free(struct ocr_page *page);

/* There is practically no ink on it. */
bool ocr_page_blank(const struct ocr_page *page);

/* There is something on a blank page after all: print, perhaps, that is too faint to be read. */
bool ocr_page_faint(const struct ocr_page *page);

/* So few dots an inch that one digit may look like another: no reading of it is sure. A fax at standard resolution, or
 * anything under 140 dpi. */
bool ocr_page_coarse(const struct ocr_page *page);

/* It does not lie upright in the file. */
bool ocr_page_turned(const struct ocr_page *page);

/* The cheap test of orientation is sure of itself: no reading is needed to know that this way is up. */
bool ocr_page_upright(const struct ocr_page *page);

/* Turns the picture by quarter turns clockwise and forgets what was read. */
int ocr_page_turn(struct ocr_page *page, int quarters, struct error *error);

enum ocr_way {
    OCR_PLAIN,
    OCR_CLOSE,  /* a second opinion: enlarged and binarised by local contrast */
};

/* Reads a zone. What was read in it before is replaced. Returns 0; 1 if the engine gave up early or the page holds more
 * words or strips than are looked at (base/limits.h), so that the text is not to be trusted; -1 on an error. */
int ocr_page_read(struct ocr_page *page, struct ocr_engine *engine, struct box zone, enum ocr_way way,
                  struct error *error);

/* A piece of a line of print that stands apart, found by its ink: cheap to find, and cheap to read alone. */
struct ocr_strip {
    struct box box;
    float size;         /* its height in those of the page's ordinary line: a heading has more than 1 */
    bool several_lines; /* they touch */
    bool read;
};

/* The strips that begin in the upper part of the page, down to that share of its height, top to bottom; perhaps some
 * more. Owned by the page, valid until the next call or turn. */
int ocr_page_strips(struct ocr_page *page, float to, const struct ocr_strip **out, size_t *count, struct error *error);

/* Reads a strip, if that was not done before. Returns as ocr_page_read. The lines are made anew by ocr_page_settle. */
int ocr_page_read_strip(struct ocr_page *page, struct ocr_engine *engine, size_t strip, struct error *error);
int ocr_page_settle(struct ocr_page *page, struct error *error);

enum { OCR_LINE_LOOKS = 8 };

/* Reads a single line cut out closely, in one of OCR_LINE_LOOKS ways (size, softness, contrast), the first of which go wrong least:
 * looks that agree are worth more than one look's word for it. What was read of the page stays as it is. The text (to be freed)
 * may be empty. */
int ocr_page_read_line(const struct ocr_page *page, struct ocr_engine *engine, struct box line, unsigned look,
                       char **out, struct error *error);

/* Places where the ink of a line could be nine figures in a row, in the whole page, whether it was read or not: few of them are.
 * Cheap. `out` is to be freed. */
int ocr_page_figures(struct ocr_page *page, struct box **out, size_t *count, struct error *error);

/* Reads such a place alone. What was read of the page stays as it is. `out` (to be freed) may be empty; `sure` is the
 * least that the engine says of a word with digits in it, or of any where there are none. Returns as ocr_page_read. */
int ocr_page_read_figures(struct ocr_page *page, struct ocr_engine *engine, struct box place, char **out, float *sure,
                          struct error *error);

/* Everything read so far, paragraph by paragraph, top to bottom, taxpayer numbers masked. Valid until the next call that reads or turns. */
const struct ocr_line *ocr_page_lines(const struct ocr_page *page, size_t *count);

/* The zones that were read since the page was last turned, in that order; owned by the page. */
const struct box *ocr_page_zones(const struct ocr_page *page, size_t *count);

/* Letters in words that look like words: the judge of orientation. */
double ocr_page_legibility(const struct ocr_page *page);

/* The upright picture, 1 or 8 bit; owned by the page, until it is turned. NULL for lack of memory. */
const PIX *ocr_page_picture(const struct ocr_page *page);

#endif
