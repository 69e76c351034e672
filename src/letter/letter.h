/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What was understood of one letter: plain values, owned by the struct. */
#ifndef IRSORT_LETTER_LETTER_H
#define IRSORT_LETTER_LETTER_H

#include <stddef.h>

#include <jansson.h>

#include "base/box.h"
#include "base/date.h"
#include "base/error.h"
#include "catalogue/catalogue.h"

enum letter_status {
    LETTER_IDENTIFIED,
    LETTER_REVIEW,
    LETTER_IRS_UNLISTED,
    LETTER_NOT_IRS,
    LETTER_BLANK,
    LETTER_UNREADABLE,
    LETTER_STATUS_COUNT
};

/* "identified", "review", "irs-unlisted", … */
const char *letter_status_name(enum letter_status status);

enum {
    LETTER_ID_SIZE = 16,       /* "CP297C" */
    LETTER_NUMBER_SIZE = 48,   /* a number as printed: "Letter 3172 (DO)" */
    LETTER_RULE_SIZE = 64,     /* "CP504/number" */
    LETTER_TEXT_SIZE = 200,    /* evidence and values; longer text is cut */
    LETTER_CODE_SIZE = 40,
    LETTER_CANDIDATES_MAX = 5,
    LETTER_EVIDENCE_MAX = 24,
    LETTER_PERIODS_MAX = 24,   /* values in one list field */
    LETTER_WARNINGS_MAX = 12,
};

struct candidate {
    char id[LETTER_ID_SIZE];
    double confidence;
};

struct evidence {
    char kind[16];             /* "number", "title", "phrase", "letterhead", "enclosure", "imitation", "exclusion" */
    char rule[LETTER_RULE_SIZE];
    unsigned page;             /* from 1 inside the source file */
    struct box box;
    char text[LETTER_TEXT_SIZE]; /* as read; taxpayer numbers masked */
};

struct field_value {
    char value[LETTER_TEXT_SIZE]; /* dates YYYY-MM-DD, money "1234.56", see CONTRACT */
    unsigned page;
    struct box box;
    double confidence;
};

struct field {
    size_t count;              /* 0: not found. More than 1 only for FIELD_TAX_PERIODS */
    struct field_value *values;
};

struct warning {
    char code[LETTER_CODE_SIZE];
    char text[LETTER_TEXT_SIZE * 2];
};

struct letter {
    unsigned *pages;           /* in the source file, from 1, ascending */
    size_t page_count;
    enum letter_status status;
    char id[LETTER_ID_SIZE];             /* "" unless identified */
    char printed[LETTER_NUMBER_SIZE];    /* the number as printed; "" if none could be read */
    double confidence;                   /* probability that the verdict is right */
    char likeliest[LETTER_ID_SIZE];      /* listed notice; this and `traits` are what models/ is fitted on, and stay here */
    double traits[TRAIT_COUNT];
    enum language language;
    struct candidate candidates[LETTER_CANDIDATES_MAX]; /* best first */
    size_t candidate_count;
    struct evidence evidence[LETTER_EVIDENCE_MAX];
    size_t evidence_count;
    struct field fields[FIELD_COUNT];
    struct warning warnings[LETTER_WARNINGS_MAX];
    size_t warning_count;
};

void letter_init(struct letter *letter);
void letter_dispose(struct letter *letter);

/* Adds a page number; -1 on lack of memory. */
int letter_add_page(struct letter *letter, unsigned page);

/* Appends a copy of the value; over LETTER_PERIODS_MAX it is dropped. -1 on lack of memory. */
int letter_add_field(struct letter *letter, enum field_id field, const struct field_value *value);

/* Adds a warning unless one with that code is there or the list is full. */
void letter_warn(struct letter *letter, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The first value of the field as a date, DATE_NONE if it was not found. */
date letter_date(const struct letter *letter, enum field_id field);

/* The letter's part of irsort.letter/1: everything but `schema`, `source.file`, `source.sha256`, `rights`, `act_by`
 * and `notice.title`. New reference; NULL on lack of memory. */
json_t *letter_to_json(const struct letter *letter);

/* The way back, for the parent of a worker, which it does not trust: every member is checked for kind and bound.
 * On failure `letter` is left initialised and empty. */
int letter_from_json(struct letter *letter, const json_t *json, struct error *error);

#endif
