/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What irsort knows: the files of patterns/ and models/, read once, checked whole, and never changed after.
 * The structs mirror the files; the schema that loads each stands beside the loader. All pointers belong to the
 * catalogue and live as long as it does. A list is never NULL-terminated: its length is in `<list>_count`. */
#ifndef IRSORT_CATALOGUE_CATALOGUE_H
#define IRSORT_CATALOGUE_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"
#include "source/fault.h"

/* ---- patterns/clocks/<name>.yaml: one right and how its time is counted ---- */

enum deadline_kind { KIND_STATUTORY, KIND_ADMINISTRATIVE, KIND_PRACTICE };

/* The event a period is counted from. Day 0 is the day of the event. */
enum clock_start {
    START_NOTICE_DATE,        /* printed on the letter */
    START_LIEN_FILED,         /* the day the Notice of Federal Tax Lien was filed */
    START_CONFERENCE,         /* the talk with the Collection manager */
    START_CONFERENCE_ASKED,   /* the day that talk was asked for */
    START_SEIZURE_NOTICE,     /* Form 2433 handed over or left */
    START_REVIEW_ASKED,       /* the request for a review under section 7429 */
    START_REVIEW_ANSWERED,    /* what the IRS determined on it */
    START_COUNT
};

enum period_unit { UNIT_DAYS, UNIT_BUSINESS_DAYS, UNIT_YEARS };

struct period {
    unsigned count;
    enum period_unit unit;
};

/* Fields of a letter; the names in JSON and YAML are in fields.c. */
enum field_id {
    FIELD_NOTICE_DATE,
    FIELD_AMOUNT_DUE,
    FIELD_TAX_PERIODS,
    FIELD_TIN_LAST4,
    FIELD_RESPOND_BY,
    FIELD_HEARING_BY,
    FIELD_HEARING_BY_LATER, /* where two last days are printed, as with an insert that moves it: the later one */
    FIELD_TERMINATION_DATE,
    FIELD_LIEN_FILED,
    FIELD_CONTACT_PHONE,
    FIELD_PAGES_PRINTED,
    FIELD_COUNT,
};

/* "notice_date" and so on. */
const char *field_name(enum field_id field);

/* The field of that name; false if there is none. */
bool field_parse(const char *name, enum field_id *out);

/* One way of counting. */
struct count {
    enum clock_start from;
    struct period *first; /* counted before `period` starts (a lien's five business days), or NULL */
    struct period period;
    bool roll;            /* a last day on a weekend or D.C. holiday moves on (IRC 7503) */
};

/* A later deadline that an event of its own starts: what to do after the manager conference, for example. */
struct follow_up {
    char *name;           /* "tell-the-officer" */
    struct count count;
    struct text what;
};

struct clock {
    char *name;
    char *track;
    enum deadline_kind kind;
    enum field_id *printed; /* a date of this field, if the letter has it, is the deadline; or NULL */
    struct count *count;    /* NULL: no time of its own */
    struct count *safe;     /* used when the event of `count` is not known: never a later day; or NULL */
    struct text *afterwards; /* what is left to do when the time is over, where the law gives a second one; or NULL */
    char *after_track;      /* it is the second best while this track is still open ("cdp-levy"); or NULL */
    struct follow_up *follow_ups;
    unsigned follow_ups_count;
    char *form;             /* "12153"; or NULL */
    struct text how;
    struct text effect;
    char **authority;
    unsigned authority_count;
    char **sources;         /* where the authority was read */
    unsigned sources_count;
    char *checked;          /* "YYYY-MM-DD": the day on which clock and sources were last compared */
    char *certainty;
    char *file;             /* set by the loader */
};

/* ---- patterns/notices/<id>.yaml ---- */

enum notice_style {
    STYLE_CP,     /* CP notice: number in the header box and on the stub */
    STYLE_LT,     /* ACS letter with a header box like a CP notice */
    STYLE_LETTER, /* form letter: "Letter nnnn (Rev. …)" in the footer */
    STYLE_C       /* computer letter: "LTR nnnnC" on the date line */
};

/* Words that are printed on the notice. Plain text, compared with tolerance for OCR's errors. */
struct feature {
    char *text;
    bool unverified;  /* expected, not seen in a source: never the only evidence */
    bool always;      /* of a phrase: no such notice goes without it, and its twins have it not */
};

/* An ordinary PCRE2 pattern over a page's text in reading order, case-insensitive, blanks folded. */
struct exclusion {
    char *regex;
    char *why;        /* said when it hits */
    void *code;       /* pcre2_code, compiled by the loader */
};

/* Whose account it is about: the IRS numbers notices to individuals and to businesses apart. */
enum recipient { RECIPIENT_ANYONE, RECIPIENT_INDIVIDUAL, RECIPIENT_BUSINESS };

enum availability { AVAILABLE_YES, AVAILABLE_NO, AVAILABLE_CONDITIONAL };

struct notice_right {
    char *track;
    enum availability available;
    char *clock_name;          /* NULL only where not available */
    struct text *condition;    /* with AVAILABLE_CONDITIONAL, else NULL */
    struct text *effect;       /* where it differs from the clock's; or NULL */
    struct text *note;         /* or NULL */
    char **authority;          /* added to the clock's, or alone where not available */
    unsigned authority_count;
    const struct clock *clock; /* found by the loader */
};

struct notice {
    char *id;
    char *printed;             /* as people write it: "CP 504", "Letter 1058" */
    enum notice_style style;
    char *class_name;          /* "cdp-levy-notice-before-levy": see docs */
    struct text title;
    enum recipient recipient;
    char **numbers;            /* every number that is printed for it, without blanks: "CP504", "CP604" */
    unsigned numbers_count;
    struct feature *titles;
    unsigned titles_count;
    struct feature *phrases;
    unsigned phrases_count;
    struct exclusion *excludes;
    unsigned excludes_count;
    struct text what;          /* what this letter is, one or two plain sentences */
    struct text means;         /* what it means for the person */
    struct text came;          /* what has happened before it, so that it was sent */
    struct text next;          /* what to do next */
    struct notice_right *rights; /* in the order in which a person should consider them */
    unsigned rights_count;
    char **sources;
    unsigned sources_count;
    char *certainty;
    char *file;                /* set by the loader */
};

/* ---- patterns/fields.yaml ---- */

enum field_shape { SHAPE_DATE, SHAPE_MONEY, SHAPE_TIN, SHAPE_PHONE, SHAPE_PERIOD, SHAPE_PAGES };

/* Where on the upright first page a label may stand. */
enum field_zone { ZONE_HEADER, ZONE_BODY, ZONE_STUB, ZONE_ANY };

struct field_label {
    char *regex;        /* what stands before the value */
    enum field_zone zone;
    bool below;         /* the value may stand on the line below the label */
    void *code;         /* pcre2_code, compiled by the loader */
};

struct field_rule {
    enum field_id field;
    enum field_shape shape;
    struct field_label *labels; /* best first */
    unsigned labels_count;
    struct field_label *in_days; /* words that give the time in days from the letter's date: no date needs to be printed */
    unsigned in_days_count;
};

/* ---- patterns/mail.yaml ---- */

struct mail_mark {
    char *regex;
    char *name;
    double weight;      /* log odds that the page is what the list says */
    bool moves_date;    /* an insert that can set another last day than the letter that it came with */
    bool head;          /* of an imitation: it counts in the top third only */
    void *code;
};

/* A number of the IRS's that is not in the catalogue. It competes with the listed ones, so that a CP504B is not
 * taken for a CP504. */
struct other_number {
    char *number;       /* "CP504B" */
    char *printed;      /* "CP 504B" */
    char *title;
    enum recipient recipient;
    struct feature *titles;  /* printed headings and words, where a source shows them: they compete too */
    unsigned titles_count;
    struct feature *phrases;
    unsigned phrases_count;
};

struct mail {
    struct mail_mark *letterhead;   /* of the IRS */
    unsigned letterhead_count;
    struct mail_mark *enclosures;   /* headings of forms and publications */
    unsigned enclosures_count;
    struct exclusion *cautions;     /* paragraphs in which the IRS warns of swindlers: no imitation there counts */
    unsigned cautions_count;
    struct mail_mark *imitations;   /* advertisements, other agencies, a taxpayer's own letter */
    unsigned imitations_count;
    struct other_number *others;
    unsigned others_count;
};

/* ---- the whole ---- */

struct catalogue;

/* Loads `directory`/patterns and `directory`/models, checks everything, compiles every pattern. Every fault is told
 * to `on_fault` (may be NULL); if there was one nothing is handed out, `error` is ERROR_PATTERNS with the first fault
 * and -1 is returned. */
int catalogue_new(struct catalogue **out, const char *directory, fault_fn *on_fault, void *context,
                  struct error *error);
void catalogue_free(struct catalogue *catalogue);

/* The directory that holds patterns/ and models/: $IRSORT_DATA, else <program>/../share/irsort, else the source tree
 * that this program was built from. Written into `out`. */
int catalogue_find_directory(char *out, size_t size, struct error *error);

/* Sorted by id. */
const struct notice *catalogue_notices(const struct catalogue *catalogue, size_t *count);
const struct clock *catalogue_clocks(const struct catalogue *catalogue, size_t *count);
const struct field_rule *catalogue_fields(const struct catalogue *catalogue, size_t *count);
const struct mail *catalogue_mail(const struct catalogue *catalogue);

/* By id or by any printed number, however it is written: "LT11", "lt 11", "Letter 1058", "L1058", "CP-504". */
const struct notice *catalogue_find_notice(const struct catalogue *catalogue, const char *name);

/* A listed number that is not in the catalogue, however it is written; NULL if there is none. */
const struct other_number *catalogue_find_other(const struct catalogue *catalogue, const char *name);

/* At most `max` notices whose number is a slip or two away from `name`, nearest first, into `out`; how many. */
size_t catalogue_nearest(const struct catalogue *catalogue, const char *name, const struct notice **out, size_t max);

const struct clock *catalogue_find_clock(const struct catalogue *catalogue, const char *name);

/* ---- models/confusions.tsv ---- */

/* Natural log of the probability that OCR prints `read` where `printed` stood (both ASCII, upper case).
 * read = 0: the character was lost; printed = 0: one was made up. */
double catalogue_confusion(const struct catalogue *catalogue, char printed, char read);

/* ---- models/confidence.tsv ---- */

/* What was found on a letter, as numbers, of the likeliest listed notice. */
enum trait {
    TRAIT_BASE,    /* 1 */
    TRAIT_ODDS,    /* with some number read: log odds of the notice against all else, by number, headings and words; -6 to 12 */
    TRAIT_WORDS,   /* without one: the same */
    TRAIT_NUMBER,  /* the engine's confidence in the number that fits, 0 if none was read */
    TRAIT_PRINTS,  /* further prints of the number that agree; at most 3 */
    TRAIT_SENDER,  /* log odds that the IRS sent it; -3 to 3, which is sure */
    TRAIT_MARGIN,  /* without a number: by how much its words fit better than any other letter's; 0 to 6 */
    TRAIT_AGAINST, /* numbers and headings of other letters where its own should stand; at most 2 */
    TRAIT_COUNT
};

/* "base" and so on, as in the file. */
const char *trait_name(enum trait trait);

/* The probability that the notice is the right one. */
double catalogue_confidence(const struct catalogue *catalogue, const double traits[TRAIT_COUNT]);

#endif
