/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Values as they are printed on letters, read from text that OCR may have damaged. */
#ifndef IRSORT_LETTER_VALUES_H
#define IRSORT_LETTER_VALUES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/date.h"
#include "catalogue/catalogue.h"

enum { VALUE_TEXT_SIZE = 32 };

/* A value found in a text. */
struct value {
    char text[VALUE_TEXT_SIZE]; /* in the form of the JSON contract */
    size_t start, end;          /* where it stands, in bytes; end not included */
    bool repaired;              /* a character had to be read as another one */
    bool impossible;            /* not found: what stands there is shaped like a date, but there is no such day */
};

/* The value of that shape which begins at `from` or at most `slack` bytes later; false if none does: then only
 * `impossible` of `out` is set, and where that is true the place. */
bool value_find(enum field_shape shape, const char *text, size_t from, size_t slack, struct value *out);

/* Of the same length, and one character apart at most: one value may be the other one misread. */
bool value_nearly_equal(const char *a, const char *b);

#endif
