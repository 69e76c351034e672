/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The way of one file inside the worker: pages, lines, letters. */
#ifndef IRSORT_WORKER_READING_H
#define IRSORT_WORKER_READING_H

#include <stddef.h>

#include "base/error.h"
#include "catalogue/catalogue.h"
#include "letter/letter.h"

/* The recognition engine and what it needs, made once for many files. */
struct reader;

/* What a letter may come with besides what was understood; each costs time. */
enum reader_extra {
    READER_PICTURES = 1, /* of its pages, painted, see show.h */
    READER_REASONS = 2,  /* which rules hit and which did not */
    READER_SPANISH = 4,  /* in pictures */
    READER_BARE = 8,     /* pictures of the upright pages alone, see bare.h */
};

/* From now on, letters come with these extras: a sum of enum reader_extra. */
void reader_want(struct reader *reader, unsigned extras);

int reader_new(struct reader **out, const struct catalogue *catalogue, struct error *error);
void reader_free(struct reader *reader);

/* Told that a page of the file is begun: `page`, from 1, of `pages`. */
typedef void reader_page_fn(const void *context, unsigned page, unsigned pages);

/* From now on `told` is called as pages are begun. */
void reader_tell(struct reader *reader, reader_page_fn *told, const void *context);

/* Reads the file behind `descriptor` and hands out its letters (to be freed by letters_free). */
int reader_read(struct reader *reader, int descriptor, struct letter **letters, size_t *count,
                struct error *error);

void letters_free(struct letter *letters, size_t count);

#endif
