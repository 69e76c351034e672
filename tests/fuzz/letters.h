/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What holds for every letter, wherever it comes from. */
#ifndef IRSORT_TESTS_FUZZ_LETTERS_H
#define IRSORT_TESTS_FUZZ_LETTERS_H

#include "harness.h"
#include "letter/letter.h"

static inline void check_share(double share)
{
    MUST(share >= 0 && share <= 1);
}

static inline void check_text(const char *text, size_t size)
{
    MUST(memchr(text, '\0', size) != NULL);
}

static inline void check_box(struct box box)
{
    MUST(box.left >= 0 && box.left <= box.right && box.right <= 1);
    MUST(box.top >= 0 && box.top <= box.bottom && box.bottom <= 1);
}

static inline void check_field(enum field_id id, const struct field_value *value)
{
    check_text(value->value, sizeof value->value);
    MUST(value->value[0] != '\0' && value->page >= 1);
    check_box(value->box);
    check_share(value->confidence);
    if (id == FIELD_NOTICE_DATE || id == FIELD_HEARING_BY || id == FIELD_RESPOND_BY ||
        id == FIELD_TERMINATION_DATE || id == FIELD_LIEN_FILED)
        MUST(date_parse(value->value) != DATE_NONE);
    if (id == FIELD_TIN_LAST4)
        MUST(strlen(value->value) == 4 && strspn(value->value, "0123456789") == 4);
}

static inline void check_letter(const struct letter *letter)
{
    MUST(letter->status < LETTER_STATUS_COUNT && letter->language < LANGUAGE_COUNT);
    MUST((letter->status == LETTER_IDENTIFIED) == (letter->id[0] != '\0'));
    check_text(letter->id, sizeof letter->id);
    check_text(letter->printed, sizeof letter->printed);
    check_share(letter->confidence);
    MUST(letter->candidate_count <= LETTER_CANDIDATES_MAX && letter->evidence_count <= LETTER_EVIDENCE_MAX);
    MUST(letter->warning_count <= LETTER_WARNINGS_MAX);
    for (size_t i = 0; i < letter->candidate_count; i++) {
        check_text(letter->candidates[i].id, sizeof letter->candidates[i].id);
        check_share(letter->candidates[i].confidence);
    }
    for (size_t i = 0; i < letter->evidence_count; i++) {
        check_text(letter->evidence[i].text, sizeof letter->evidence[i].text);
        check_box(letter->evidence[i].box);
        MUST(letter->evidence[i].page >= 1);
    }
    for (size_t i = 0; i < letter->warning_count; i++)
        check_text(letter->warnings[i].text, sizeof letter->warnings[i].text);
    for (enum field_id id = 0; id < FIELD_COUNT; id++) {
        MUST(letter->fields[id].count <= (id == FIELD_TAX_PERIODS ? LETTER_PERIODS_MAX : 1));
        for (size_t i = 0; i < letter->fields[id].count; i++)
            check_field(id, &letter->fields[id].values[i]);
    }
}

/* The letter goes over the wire and arrives as it was: its JSON is taken, and gives the same JSON. */
static inline void check_goes_over(const struct letter *letter)
{
    struct letter arrived;
    struct error error = {0};
    json_t *json = letter_to_json(letter);

    MUST(json != NULL);
    if (letter_from_json(&arrived, json, &error) != 0) {
        fprintf(stderr, "%s\n", error.message);
        MUST(!"a letter is refused by its own reader");
    }
    json_t *again = letter_to_json(&arrived);
    MUST(again != NULL && json_equal(json, again));
    json_decref(json);
    json_decref(again);
    letter_dispose(&arrived);
}

#endif
