/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What was understood of one letter: plain values, owned by the struct. */
#ifndef IRSORT_LETTER_LETTER_H
#define IRSORT_LETTER_LETTER_H

#include <stdbool.h>
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
    LETTER_TEXT_SIZE = 200,    /* evidence and values; longer text is cut, and ends with … */
    LETTER_CODE_SIZE = 40,
    LETTER_CANDIDATES_MAX = 5,
    LETTER_EVIDENCE_MAX = 24,
    LETTER_PERIODS_MAX = 24,   /* values in one list field */
    LETTER_WARNINGS_MAX = 24,  /* more than there are codes */
    LETTER_WHY_MAX = 3,
    LETTER_WHY_RULES_MAX = 100,
    LETTER_PICTURE_MAX = 4 << 20, /* bytes of a page's picture */
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

/* A page as it was read, for a person. */
struct letter_picture {
    unsigned page;
    unsigned char *png;
    size_t size;
    unsigned char *full; /* the same with more dots; NULL: there is none */
    size_t full_size;
};

/* One rule of a notice's pattern, and what the letter has of it: for people who write patterns. */
enum why_found {
    WHY_HIT,
    WHY_PART,       /* a heading, but more stands in its line: it counts for less */
    WHY_NO_HEADING, /* the words are there, but not as a heading stands */
    WHY_NEAR,       /* something is like it; `off` says how much */
    WHY_NOTHING,
    WHY_FOUND_COUNT
};

/* "hit", "part", "no-heading", "near", "nothing". */
const char *why_found_name(enum why_found found);

struct why_rule {
    char rule[LETTER_RULE_SIZE];     /* "CP504/titles[2]" */
    char wanted[LETTER_TEXT_SIZE];   /* as the pattern has it */
    enum why_found found;
    unsigned off, allowed;           /* characters that differ, and how many may */
    unsigned page;                   /* 0 with WHY_NOTHING, and box and text are empty */
    struct box box;
    char text[LETTER_TEXT_SIZE];     /* as read; taxpayer numbers masked */
};

/* How one notice fares. */
struct why {
    char id[LETTER_ID_SIZE];
    double confidence;               /* 0 for one that is no candidate */
    struct why_rule *rules;
    size_t rule_count;
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
    struct box unread_date;              /* where the notice date stands, but could not be read, and on which page: stays here */
    unsigned unread_page;                /* 0: nowhere */
    enum language language;
    struct candidate candidates[LETTER_CANDIDATES_MAX]; /* best first */
    size_t candidate_count;
    struct evidence evidence[LETTER_EVIDENCE_MAX];
    size_t evidence_count;
    struct field fields[FIELD_COUNT];
    struct warning warnings[LETTER_WARNINGS_MAX];
    size_t warning_count;
    struct letter_picture *pictures; /* only where they were asked for; in the order of pages, at most one a page */
    size_t picture_count;
    struct why why[LETTER_WHY_MAX];  /* only where it was asked for: the candidates, then what comes nearest */
    size_t why_count;
};

void letter_init(struct letter *letter);
void letter_dispose(struct letter *letter);

/* Adds a page number; -1 on lack of memory. */
int letter_add_page(struct letter *letter, unsigned page);

/* Appends a copy of the value; over LETTER_PERIODS_MAX it is dropped. -1 on lack of memory. */
int letter_add_field(struct letter *letter, enum field_id field, const struct field_value *value);

/* Appends a copy of the rule to the last of `why`; over LETTER_WHY_RULES_MAX it is dropped. -1 on lack of memory. */
int letter_add_why_rule(struct letter *letter, const struct why_rule *rule);

/* Appends a copy of a picture; -1 on lack of memory. */
int letter_add_picture(struct letter *letter, unsigned page, const void *png, size_t size);

/* Gives the last picture a copy of the same with more dots; -1 on lack of memory. */
int letter_add_full_picture(struct letter *letter, const void *png, size_t size);

void letter_drop_pictures(struct letter *letter);

bool letter_has_warning(const struct letter *letter, const char *code);

/* Warns that a bound of base/limits.h or of this file was hit: something was not looked at. */
void letter_warn_cut_short(struct letter *letter);

/* Adds a warning unless one with that code is there or the list is full. */
void letter_warn(struct letter *letter, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The first value of the field as a date, DATE_NONE if it was not found. */
date letter_date(const struct letter *letter, enum field_id field);

/* The letter's part of irsort.letter/1: everything but `schema`, `source.file`, `source.sha256`, `rights`, `act_by`
 * and `notice.title`. New reference; NULL on lack of memory. */
json_t *letter_to_json(const struct letter *letter);

/* `why` as a list, and the way back from a process that is not trusted. New reference; NULL on lack of memory. */
json_t *letter_why_to_json(const struct letter *letter);
int letter_why_from_json(struct letter *letter, const json_t *json, struct error *error);

/* The pictures, as a list of {"page", "png", "full"} with PNGs in base64, `full` only where there is one: they go over the wire, and into no answer to a user.
 * New reference; NULL on lack of memory. */
json_t *letter_pictures_to_json(const struct letter *letter);

/* The way back, with the same care: they are of the letter's pages, in order, bounded, and begin as PNG does. */
int letter_pictures_from_json(struct letter *letter, const json_t *json, struct error *error);

/* The way back, for the parent of a worker, which it does not trust: every member is checked for kind and bound.
 * On failure `letter` is left initialised and empty. */
int letter_from_json(struct letter *letter, const json_t *json, struct error *error);

#endif
