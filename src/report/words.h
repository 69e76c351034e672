/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The card's own words in each language. A sentence that lacks a translation does not compile. */
#ifndef IRSORT_REPORT_WORDS_H
#define IRSORT_REPORT_WORDS_H

#include "base/buffer.h"
#include "base/date.h"
#include "base/text.h"
#include "catalogue/catalogue.h"

enum word {
#define WORD(name, en, es) WORD_##name,
#include "report/words.def"
#undef WORD
    WORD_COUNT
};

/* Static text, with {0}, {1} … where values go. */
const char *words_text(enum word word, enum language language);

/* Adds the sentence to `out`, with {n} replaced by values[n]. A value that is not there gives nothing. */
void words_fill(struct buffer *out, enum word word, enum language language, const char *const *values,
                size_t count);

/* A short text by value, so that it can be made inside a call. */
struct short_text {
    char text[96];
};

/* words_fill into a short text; what is too long is cut. */
struct short_text words_short(enum word word, enum language language, const char *const *values,
                              size_t count);

/* "Wednesday, February 12, 2025", "miércoles 12 de febrero de 2025". */
struct short_text words_date(date day, enum language language);

/* "Wednesday", "miércoles". Static text. */
const char *words_weekday(date day, enum language language);

/* "30 days left", "today is the last day", "3 days ago". */
struct short_text words_days_left(int days, enum language language);

/* "1 day", "5 days". */
struct short_text words_day_count(unsigned days, enum language language);

/* "3 business days". */
struct short_text words_period(const struct period *period, enum language language);

/* What a date counts from, by the name that deadlines use ("notice_date"): "the date of the letter". A name
 * that is not known gives itself. */
const char *words_origin(const char *name, enum language language);

/* What a field of a letter is called: "Amount due". Static text. */
const char *words_field(enum field_id field, enum language language);

/* The name that deadlines use for that event. Static text. */
const char *words_start_name(enum clock_start start);

/* What a right is called for people: "Hearing about the levy (Collection Due Process)"; see tracks.def. A
 * right that has no name there gives its track. */
const char *words_right(const struct notice_right *right, enum language language);

/* "en" or "es"; -1 if it is neither. */
int words_language(const char *name, enum language *out);

#endif
