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
    bool undecided;         /* a pattern hit a bound: whether it is there is not known */
    unsigned page;
    struct box box;
    char text[MARK_TEXT_SIZE];
};

/* The headings and words of one kind of letter, listed or not. */
struct wording {
    const struct feature *titles;
    size_t titles_count;
    const struct feature *phrases;
    size_t phrases_count;
};

/* How they are found on a letter's pages. */
struct feature_hits {
    size_t title;           /* index of the best heading; meaningful if title_mark.found */
    bool title_whole;       /* nothing else stands in that heading */
    size_t title_length;    /* folded characters */
    struct mark title_mark;
    unsigned phrases;       /* phrases seen in a source that were found */
    unsigned expected;      /* unverified ones that were found */
    bool always;            /* a phrase was found that no such notice goes without */
    bool telling;           /* and a source shows that phrase */
    bool never;             /* such a phrase was not found */
    size_t phrase;          /* index of the first found */
    struct mark phrase_mark;
};

/* Those of the catalogue's notices, in their order, then those of its other numbers: an array to be freed, its length in
 * `count`; NULL without memory. */
struct wording *marks_wordings(const struct catalogue *catalogue, size_t *count);

/* `hits` has one entry a wording. Headings are looked for on the first page only. 0, or -1 without memory. */
int marks_features(const struct wording *wordings, size_t wording_count, const struct page_text *pages, size_t count,
                   struct feature_hits *hits);

/* Whose account the letter is about, by the shape of the taxpayer number and the forms it names; RECIPIENT_ANYONE if that
 * cannot be told, or not without contradiction. */
enum recipient marks_recipient(const struct page_text *pages, size_t count);

/* Who sent the page: log odds, from the marks that were found. */
struct sender {
    double irs;             /* sum of the letterhead's weights */
    double imitation;       /* sum of the imitations' weights */
    const struct mail_mark *strongest_irs;
    struct mark irs_mark;
    const struct mail_mark *strongest_imitation;
    struct mark imitation_mark;
    bool names_irs;         /* the department or the service is named somewhere on the page */
    bool undecided;         /* a pattern hit a bound: there may be more marks than were found */
    const struct mail_mark *enclosure; /* the page is a form or publication, or NULL */
    struct mark enclosure_mark;
};

void marks_sender(const struct catalogue *catalogue, const struct page_text *page, struct sender *out);

/* The mark of an insert that can move the letter's last day, NULL if the page is none or (where->undecided) may be one. */
const struct mail_mark *marks_insert(const struct catalogue *catalogue, const struct page_text *page, struct mark *where);

/* The first of the notice's exclusions that hits a heading of the page; NULL if none does or (where->undecided) may. */
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
