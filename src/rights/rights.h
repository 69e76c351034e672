/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* From a notice and its dates to what can still be done about it, and by when. */
#ifndef IRSORT_RIGHTS_RIGHTS_H
#define IRSORT_RIGHTS_RIGHTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/date.h"
#include "base/error.h"
#include "catalogue/catalogue.h"

/* What is known of the dates. DATE_NONE where it is not. */
struct known_dates {
    date as_of;                /* today; must be known */
    date start[START_COUNT];   /* events that clocks count from */
    date printed[FIELD_COUNT]; /* dates printed on the letter: respond_by, hearing_by (and _later),
                                  termination_date */
};

/* All DATE_NONE but `as_of`. */
void known_dates_init(struct known_dates *dates, date as_of);

/* All that a letter tells: `text_of` gives the text of a field of it, YYYY-MM-DD, NULL where it was not found. Whoever has
 * a letter's fields asks here, so that card, list and calendar go by the same dates. */
typedef const char *letter_text_fn(const void *letter, enum field_id field);
void known_dates_of_letter(struct known_dates *dates, date as_of, letter_text_fn *text_of, const void *letter);

enum standing {
    STANDING_OPEN,
    STANDING_LAST_DAY,
    STANDING_PASSED,
    STANDING_NO_CLOCK,
    STANDING_NEEDS_DATE,
    STANDING_NOT_AVAILABLE,
};

/* "open", "last-day", … Static text. */
const char *standing_name(enum standing standing);

enum basis { BASIS_PRINTED, BASIS_COMPUTED };

/* Days are DATE_NONE where there is none. */
struct deadline {
    date day;                 /* the day to act on */
    enum basis basis;         /* where `day` comes from */
    const char *counted_from; /* "notice_date", "lien_filed", "hearing_by", …: what `day` came from */
    date rolled_from;         /* the weekend or holiday that `day` moved from */
    date printed; /* both, where both are known; a printed date that cannot be right is left out */
    date computed;
    date fallback; /* IRC 7503: the day that a printed weekend or holiday rolls to */
    bool safe;     /* counted from an earlier event because the right one is not known */
    int days_left; /* from as_of to `day`; negative when passed */
};

struct follow_up_deadline {
    const struct follow_up *follow_up;
    bool known; /* the event's date is known, `deadline` is set */
    struct deadline deadline;
    enum standing standing;
};

struct right {
    const struct notice_right *rule; /* track, availability, condition, clock (NULL where not available) */
    enum standing standing;
    bool has_deadline;
    struct deadline deadline;
    bool better_open; /* the track it comes after is still open: use that one first */
    struct follow_up_deadline *follow_ups;
    size_t follow_up_count;
};

/* A letter may be dated for a day on which it is to arrive: no source says how far ahead. A date that is
 * further ahead of the day on which the letter is in hand was misread. */
enum { RIGHTS_NOTICE_AHEAD_MAX = 21 };

/* Codes: "notice-date-ahead" (used), "notice-date-in-the-future", "notice-date-implausible",
 * "lien-filed-in-the-future", "lien-filed-after-letter", "lien-filed-implausible" (that date was not used),
 * and with a right: "printed-date-implausible" (not used), "printed-date-differs" (used),
 * "printed-date-not-a-workday" (used). */
struct rights_warning {
    char code[40];
    const struct right *right; /* or NULL */
    int days; /* printed minus computed with "printed-date-differs", notice date minus today with the dates
                 ahead, else 0 */
    date day; /* the date that it is about */
};

enum { RIGHTS_WARNINGS_MAX = 16 };

struct rights {
    struct right *list; /* in the notice's order */
    size_t count;
    const struct right *act_by; /* earliest deadline still open; NULL if none */
    struct rights_warning warnings[RIGHTS_WARNINGS_MAX];
    size_t warning_count;
};

/* Works out every right of the notice as of `dates->as_of`; `notice` must outlive `rights`.
 * A printed date comes before a computed one (Publication 1660). When the printed day has gone by but its
 * fallback, the computed day or a later printed one has not, that later day becomes the one to act on:
 * STANDING_PASSED means that no day is left. Not so for a KIND_PRACTICE day, on which something happens to
 * the person rather than a right ends. Errors: ERROR_USAGE (no `as_of`), ERROR_PATTERNS (a right without its
 * clock), ERROR_OUT_OF_MEMORY. */
int rights_init(struct rights *rights, const struct notice *notice, const struct known_dates *dates,
                struct error *error);
void rights_dispose(struct rights *rights);

/* Its safe day has gone by so lately that the real last day may not be over: the five business days after a
 * filing that is not known, a weekend or holiday, and a letter that ran ahead of the filing are together less
 * than this. */
enum { RIGHTS_SAFE_DOUBT_DAYS = 60 };
bool rights_perhaps_open(const struct right *right);

#endif
