/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The letter's own number: where it stands, and which number was printed there given what was read. */
#ifndef IRSORT_LETTER_NUMBER_H
#define IRSORT_LETTER_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#include "catalogue/catalogue.h"
#include "letter/page_text.h"

/* Where a letter says what it is. A number anywhere else is only mentioned. */
enum number_place {
    PLACE_HEADER, /* upper right: "Notice CP504", "LTR 2272C" */
    PLACE_FOOTER, /* "Letter 1058 (Rev. 9-2017)" */
    PLACE_STUB,   /* the part that goes back with the payment */
    PLACE_LINK,   /* irs.gov/cp504 */
};

enum {
    NUMBER_TOKEN_SIZE = 12, /* longest number, "L3172DO", and some strokes that were read as characters */
    NUMBER_READINGS_MAX = 40, /* some prints, some looks at each */
};

struct number_reading {
    char token[NUMBER_TOKEN_SIZE]; /* as in notice.numbers: "CP504", "L2272C"; characters as read */
    char text[64];                 /* as it stands on the page */
    enum number_place place;
    bool letter;                   /* it stood behind the word Letter or LTR */
    unsigned page;
    struct box box;
    float confidence;              /* 0 to 1, the engine's lowest of its words */
    bool cut;                      /* it touches the edge of the picture: its end may be missing */
    bool more;                     /* of the last one: another number was read, and there was no room for it */
};

/* Appends what stands on the page in the places of a number; returns the new count, at most NUMBER_READINGS_MAX. */
size_t number_find(const struct page_text *page, struct number_reading *readings, size_t count);

/* Natural log of the probability that `reading` is what is read where `number` was printed. */
double number_likelihood(const struct catalogue *catalogue, const struct number_reading *reading, const char *number);

/* It has the shape of a number of the IRS's: CP, LT or (of a letter) L, digits, at most two letters. */
bool number_well_formed(const struct number_reading *reading);

/* Both are looks at one print. */
bool number_same_print(const struct number_reading *a, const struct number_reading *b);

/* The text names that very number, character by character, and no longer one: "LTR 2272C" names L2272C, not L2272. */
bool number_named(const char *text, const char *number);

/* "CP504" -> "CP 504", "L2272C" -> "Letter 2272C". */
void number_print(const char *token, char *out, size_t size);

#endif
