/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a letter could be, and how well its number, headings, words and sender fit each of that. Inside letter/; the verdict is
 * identify.c's. */
#ifndef IRSORT_LETTER_WEIGH_H
#define IRSORT_LETTER_WEIGH_H

#include <stdbool.h>
#include <stddef.h>

#include "catalogue/catalogue.h"
#include "letter/marks.h"
#include "letter/number.h"
#include "letter/page_text.h"

/* What the letter could be: a notice of the catalogue, another number that is listed, or one that was just read. */
struct hypothesis {
    const struct notice *notice;     /* or NULL */
    const struct other_number *other; /* or NULL */
    double words;                    /* log, what headings, words and recipient say */
    const char *number;              /* of others and of unknown ones */
    const char *printed;             /* or NULL */
    double share;                    /* log, before anything is read */
    double score;                    /* log, later probability */
};

struct weighing {
    const struct catalogue *catalogue;
    const struct page_text *pages;
    size_t page_count;
    struct number_reading readings[NUMBER_READINGS_MAX];
    size_t reading_count;
    double *fits;                    /* of each reading to each hypothesis, log: [reading * hypothesis_count + hypothesis] */
    const struct notice *notices;
    size_t notice_count;
    struct wording *wordings;        /* of the notices, then of the others */
    struct feature_hits *hits;       /* of each wording */
    bool unnumbered;                 /* read to the end, and no number where one stands: whose account it is counts */
    enum recipient recipient;
    struct sender sender;
    struct hypothesis *hypotheses;   /* the notices first, in catalogue order */
    size_t hypothesis_count;
    size_t best;                     /* index of the likeliest */
    double probability;              /* that the likeliest listed notice is the right one, by the model */
};

/* Weighs everything on the pages, the first page first; `traits` is set to those of the likeliest notice. -1 without memory.
 * To be disposed of either way; catalogue and pages must live as long. */
int weigh(struct weighing *w, const struct catalogue *catalogue, const struct page_text *pages, size_t count, bool whole,
          double traits[TRAIT_COUNT]);
void weigh_dispose(struct weighing *w);

/* Index of the likeliest listed notice but those that are taken (may be NULL); notice_count if there is none. */
size_t weigh_likeliest(const struct weighing *w, const bool *taken);

/* The reading fits this hypothesis about as well as any. */
bool weigh_supports(const struct weighing *w, const struct number_reading *reading, const struct hypothesis *h);

/* A reading in a place of the letter's own (not a link) is a number, and fits another hypothesis much better. */
bool weigh_contradicts(const struct weighing *w, const struct number_reading *reading, const struct hypothesis *h);

/* A second number is printed in a header that has this hypothesis's, and reads like nothing of it. */
bool weigh_is_second(const struct weighing *w, const struct number_reading *reading, const struct hypothesis *h);

/* The reading was a slip: another look at the same print reads this hypothesis, and so does a print elsewhere; or most of many
 * looks at it do. A last letter that one look alone sees is never a slip: it may be faint. */
bool weigh_outvoted(const struct weighing *w, const struct number_reading *reading, const struct hypothesis *h);

/* Readings that support the hypothesis, with or without links. */
size_t weigh_support(const struct weighing *w, const struct hypothesis *h, bool links);

/* Prints of the likeliest letter's own number. */
size_t weigh_own_support(const struct weighing *w);

/* Log odds that the IRS sent it. */
double weigh_sender(const struct weighing *w);

/* What headings and words say for the hypothesis: natural log units. */
double weigh_words(const struct weighing *w, const struct hypothesis *h);

/* How much better they fit this hypothesis than any other letter whose words are known or shared. */
double weigh_words_margin(const struct weighing *w, size_t hypothesis);

/* Another notice whose long heading stands there while none of this one's does; NULL if there is none. */
const struct notice *weigh_rival_title(const struct weighing *w, size_t notice);

/* Another notice whose never-missing words are there, and not those of this one; NULL if there is none. */
const struct notice *weigh_rival_words(const struct weighing *w, size_t notice);

#endif
