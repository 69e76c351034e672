/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a page shows besides its number: headings, telltale words, the sender. Inside letter/. */
#ifndef IRSORT_LETTER_MARKS_H
#define IRSORT_LETTER_MARKS_H

#include <stdbool.h>
#include <stddef.h>

#include "catalogue/catalogue.h"
#include "letter/page_text.h"

enum { MARK_TEXT_SIZE = 160 };

/* A place on a page where something was found, and the words that stand there. */
struct mark {
    bool found;
    bool named;             /* `text` is what the pattern's group 1 took, a name */
    unsigned page;
    struct box box;
    char text[MARK_TEXT_SIZE];
};

/* How the headings and words of one notice are found on a letter's pages. */
struct feature_hits {
    size_t title;           /* index of the best heading; meaningful if title_mark.found */
    bool title_whole;       /* nothing else stands in that heading */
    size_t title_length;    /* folded characters */
    struct mark title_mark;
    unsigned phrases;       /* phrases seen in a source that were found */
    unsigned expected;      /* unverified ones that were found */
    size_t phrase;          /* index of the first found */
    struct mark phrase_mark;
};

/* `hits` has one entry a notice of the catalogue. Headings are looked for on the first page only. 0, or -1 without
 * memory. */
int marks_features(const struct catalogue *catalogue, const struct page_text *pages, size_t count,
                   struct feature_hits *hits);

/* Who sent the page: log odds, from the marks that were found. */
struct sender {
    double irs;             /* sum of the letterhead's weights */
    double imitation;       /* sum of the imitations' weights */
    const struct mail_mark *strongest_irs;
    struct mark irs_mark;
    const struct mail_mark *strongest_imitation;
    struct mark imitation_mark;
    bool names_irs;         /* the department or the service is named somewhere on the page */
    const struct mail_mark *enclosure; /* the page is a form or publication, or NULL */
    struct mark enclosure_mark;
};

void marks_sender(const struct catalogue *catalogue, const struct page_text *page, struct sender *out);

/* The mark of an insert that can move the letter's last day, NULL if the page is none. */
const struct mail_mark *marks_insert(const struct catalogue *catalogue, const struct page_text *page, struct mark *where);

/* The first of the notice's exclusions that hits a heading of the page; NULL if none does. */
const struct exclusion *marks_exclusion(const struct notice *notice, const struct page_text *page, struct mark *where);

/* Where a feature's words, or those most like them, stand on a page. */
struct feature_place {
    unsigned errors;  /* characters wrong, missing or too many */
    unsigned allowed; /* so many may be, and they still count as the same words */
    bool heading;     /* they stand where and as a heading stands */
    bool whole;       /* and hardly anything else stands in their line */
    struct mark mark; /* not found: nothing on the page is like them */
};

/* 0, or -1 without memory. */
int marks_nearest(const struct page_text *page, const char *words, struct feature_place *out);

#endif
