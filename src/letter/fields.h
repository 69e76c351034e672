/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef IRSORT_LETTER_FIELDS_H
#define IRSORT_LETTER_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "catalogue/catalogue.h"
#include "letter/letter.h"
#include "letter/page_text.h"

/* Finds every field of patterns/fields.yaml on the letter's pages (the first page first) and puts them into `letter`
 * in the place of those it holds. A value is taken by its label, never by its order on the page. Two labels that say
 * different notice dates give a warning "notice-date-unsure", and the confidence of both is halved, unless one is the other
 * misread and the deadline tells which (fit.h). */
int fields_find(struct letter *letter, const struct catalogue *catalogue, const struct page_text *pages, size_t count,
                struct error *error);

enum field_told {
    FIELD_UNTOLD,  /* or not so surely */
    FIELD_PRINTED, /* a value that can be right */
    FIELD_IN_DAYS, /* no value, but the time, counted from the letter's date */
};

/* What one page tells of a field, at least that surely, or borne out by the notice date. `letter` has its notice date. */
enum field_told field_told(const struct letter *letter, const struct catalogue *catalogue, const struct page_text *page,
                           enum field_id field, double least);

/* The first value of a field that a page prints where its label says so, however unsure; false if there is none. */
bool field_glimpsed(const struct letter *letter, const struct catalogue *catalogue, const struct page_text *page,
                    enum field_id field, struct field_value *out);

#endif
