/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef IRSORT_LETTER_FIELDS_H
#define IRSORT_LETTER_FIELDS_H

#include <stddef.h>

#include "base/error.h"
#include "catalogue/catalogue.h"
#include "letter/letter.h"
#include "letter/page_text.h"

/* Finds every field of patterns/fields.yaml on the letter's pages (the first page first) and puts them into `letter`
 * in the place of those it holds. A value is taken by its label, never by its order on the page. Two labels that say
 * different notice dates give a warning "notice-date-unsure", and the confidence of both is halved. */
int fields_find(struct letter *letter, const struct catalogue *catalogue, const struct page_text *pages, size_t count,
                struct error *error);

#endif
