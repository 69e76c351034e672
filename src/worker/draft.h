/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A letter while its pages come in: what was read of it, what is understood so far, and what speaks against it. Inside
 * worker/. */
#ifndef IRSORT_WORKER_DRAFT_H
#define IRSORT_WORKER_DRAFT_H

#include <stdbool.h>

#include "letter/letter.h"
#include "letter/page_text.h"
#include "letter/stack.h"

struct draft {
    const struct catalogue *catalogue;
    struct letter letter;
    struct page_text *texts; /* of its pages that hold text; the first page first */
    size_t text_count;
    bool enough;             /* identified, and a heading agrees, or close looks at the number do */
    bool stale;              /* a page came in since it was understood */
    bool whole;              /* the first page was read to its end */
    bool nameless;           /* the addressee's name on it was not read yet: pages that follow may need it */
    bool cut_short;          /* the engine gave up on a zone, or there was more on it than is looked at */
    bool coarse;             /* the first page has too few dots an inch */
    bool headless;           /* a later page of a letter that does not stand before it */
    bool all_blank;
    unsigned faint_page;     /* that looks blank, but may hold print that is too faint; 0 if there is none */
    unsigned damaged_page;   /* that could not be read, or not all of it; 0 if there is none */
    struct box prints[STACK_PRINTS_MAX]; /* where the last page that said so said whose page it is */
    size_t print_count;
    unsigned doubtful_page;  /* whose header does not quite agree with the first page's; 0 if there is none */
    unsigned unproven_page;  /* that nothing ties to the letter but its number; 0 if there is none */
    char voted_number[LETTER_ID_SIZE];    /* the notice whose number close looks agreed on; "" if none was taken */
    char voted_date[DATE_TEXT_SIZE];      /* the notice date that close looks agreed on; "" if none was taken */
    struct field_value looked_date;       /* what close looks read where no other could; page 0: nothing */
    char dissenting_date[DATE_TEXT_SIZE]; /* what one gave instead while they did not agree; "" if none did */
    char looked_day[DATE_TEXT_SIZE];      /* the last day that was looked at closely; "" if none was */
    char voted_day[DATE_TEXT_SIZE];       /* … and on which the looks agreed */
};

void draft_init(struct draft *draft, const struct catalogue *catalogue);
void draft_dispose(struct draft *draft);

/* Adds a page's text, which is taken over. */
int draft_add_text(struct draft *draft, struct page_text *text, struct error *error);

/* Understands the letter anew from all that was read so far. */
int draft_understand(struct draft *draft, struct error *error);

/* The notice it is identified as; NULL if it is not. */
const struct notice *draft_notice(const struct draft *draft);

/* Identified with a heading that agrees, and dated surely: more reading would change nothing. */
bool draft_is_settled(const struct draft *draft);

/* A deadline that the law takes from print, if the letter prints one, has not been found, or
 * not surely. */
bool draft_wants_deadline(const struct draft *draft);

/* One of them is of a right whose days the law counts. */
bool draft_counts_deadline(const struct draft *draft);

/* The first page's text, which may have grown since it was understood, tells every such deadline. */
bool draft_sees_deadline(const struct draft *draft);

/* Such a deadline that the first page prints, if it was not read surely and not looked at closely; false if there is none. */
bool draft_unsure_day(const struct draft *draft, struct field_value *out);

/* The right deadline can only be had from print, on whatever page: the start of its clock is not on the letter. Or the number
 * is gone, and the words of every page must tell. */
bool draft_wants_later_pages(const struct draft *draft);

/* No notice date was found yet: a later page's header may print it. */
bool draft_lacks_date(const struct draft *draft);

/* Something of the header is not clear: the number, or the date. */
bool draft_wants_second_look(const struct draft *draft);

/* Where the first page prints the number by which the letter was identified; NULL if it does not. */
const struct evidence *draft_number(const struct draft *draft);

/* It is for a person because its number was read in several ways, or not surely: close looks at the prints may tell. */
bool draft_doubts_number(const struct draft *draft);

/* Lines of the first page in which a number stands where a letter says what it is; returns how many, at most DRAFT_NUMBER_LINES. */
enum { DRAFT_NUMBER_LINES = 3 };
size_t draft_number_lines(const struct draft *draft, struct box lines[DRAFT_NUMBER_LINES]);

/* The notice date, if it was read on that page and no look at it was sure; NULL otherwise. */
const struct field_value *draft_unsure_date(const struct draft *draft, unsigned page);

/* Where the identified letter's notice date stands on that page, if it could not be read; NULL otherwise. */
const struct box *draft_unread_date(const struct draft *draft, unsigned page);

/* Gives the letter a date that close looks there agreed on. */
int draft_date(struct draft *draft, const char *iso, struct error *error);

/* What must be said of the letter when all of its pages are in: a date on any of them may differ from the first page's. */
int draft_close(struct draft *draft, struct error *error);

#endif
