/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The words of one page as they are read, in no order. Inside ocr/ only. */
#ifndef IRSORT_OCR_WORDS_H
#define IRSORT_OCR_WORDS_H

#include "ocr/ocr.h"

/* Zero-initialise it. */
struct words {
    struct ocr_word *list;
    size_t count;
    size_t room;
    size_t bytes; /* of all texts */
    bool more;    /* there was no room for a word: PAGE_WORDS_MAX or PAGE_TEXT_MAX was hit */
};

/* Adds a copy of the word, or sets `more`. 0, or -1 for lack of memory. */
int words_add(struct words *words, const struct ocr_word *word);

/* Forgets the words whose middle lies in the zone, or (NULL) all. */
void words_forget(struct words *words, const struct box *zone);

void words_dispose(struct words *words);

#endif
