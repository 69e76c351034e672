/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The words of one page in the orders in which letters are understood. Inside letter/ and worker/. */
#ifndef IRSORT_LETTER_PAGE_TEXT_H
#define IRSORT_LETTER_PAGE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/box.h"
#include "base/error.h"
#include "ocr/ocr.h"

/* A run of words with the text they make: a line, a row across columns, or a paragraph. */
struct text_run {
    size_t *words;      /* indexes into page_text.words */
    size_t *starts;     /* where each word begins in `text` */
    size_t count;
    char *text;         /* words with one blank between; a hyphen at a line's end stays */
    struct box box;
};

/* The page's text without blanks, punctuation and case, lookalikes folded: what phrases are searched in. */
struct folded {
    char *text;
    size_t *words;      /* the word each character came from */
    size_t length;
};

struct page_text {
    unsigned number;            /* in the source file, from 1 */
    bool second_look;           /* the same page read again in another way */
    struct ocr_word *words;     /* own copies */
    size_t word_count;
    struct text_run *lines;     /* as ocr_line, paragraph by paragraph */
    size_t line_count;
    struct text_run *rows;      /* lines at one height, left to right, top to bottom */
    size_t row_count;
    struct text_run *paragraphs;
    size_t paragraph_count;
    struct text_run whole;      /* every line, paragraph by paragraph */
    struct folded folded;
    float read_to;              /* how far down the page was read, as a fraction */
};

/* Copies what the page holds now. */
int page_text_init(struct page_text *out, const struct ocr_page *page, unsigned number, float read_to,
                   struct error *error);

/* The same from lines that came from elsewhere. */
int page_text_from_lines(struct page_text *out, const struct ocr_line *lines, size_t count, unsigned number,
                         float read_to, struct error *error);

/* A line of that text which stands there, read once more: its words' places are guessed by their lengths. */
int page_text_look(struct page_text *out, const char *text, struct box line, float confidence, unsigned number,
                   struct error *error);

/* The line in which that box stands, if it is no longer than so many words; NULL if there is none. */
const struct text_run *page_text_line_at(const struct page_text *page, struct box box, size_t words);

void page_text_dispose(struct page_text *text);

/* Box around the words that characters `from` to `to` (not included) of the run's text touch. */
struct box text_run_box(const struct page_text *page, const struct text_run *run, size_t from, size_t to);

/* Lowest confidence of those words. */
float text_run_confidence(const struct page_text *page, const struct text_run *run, size_t from, size_t to);

/* One character as it counts in comparing: a lower-case letter or digit without accent, lookalikes (0 and o, 1 and l,
 * 5 and s, 8 and b) made one; 0 for what does not count. */
char fold_character(unsigned character);

/* A text folded likewise; to be freed. NULL on lack of memory. */
char *fold_text(const char *text);

#endif
