/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Letters made by hand for the tests of reports. Every person in them is invented. */
#ifndef TESTS_REPORT_SAMPLE_H
#define TESTS_REPORT_SAMPLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue/catalogue.h"
#include "report/card.h"

#define SHA256 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static inline date day(const char *text)
{
    date parsed = date_parse(text);

    assert_int_not_equal(parsed, DATE_NONE);
    return parsed;
}

static inline struct catalogue *sample_catalogue(void)
{
    char directory[4096];
    struct catalogue *catalogue = NULL;
    struct error error = {0};

    if (catalogue_find_directory(directory, sizeof directory, &error) < 0 ||
        catalogue_new(&catalogue, directory, NULL, NULL, &error) < 0)
        fail_msg("%s", error.message);
    return catalogue;
}

static inline void sample_field(struct letter *letter, enum field_id field, const char *text)
{
    struct field_value value = {.page = 1, .box = {0.79F, 0.04F, 0.92F, 0.06F}, .confidence = 0.98};

    snprintf(value.value, sizeof value.value, "%s", text);
    assert_int_equal(letter_add_field(letter, field, &value), 0);
}

/* Three pages, the number read at the top right; `id` is NULL for a letter that is not identified. */
static inline void sample_letter(struct letter *letter, enum letter_status status, const char *id,
                                 const char *notice_date)
{
    letter_init(letter);
    letter->status = status;
    letter->confidence = 0.998;
    if (id != NULL) {
        snprintf(letter->id, sizeof letter->id, "%s", id);
        snprintf(letter->printed, sizeof letter->printed, "%s", id);
    }
    for (unsigned page = 1; page <= 3; page++)
        assert_int_equal(letter_add_page(letter, page), 0);
    letter->evidence[0] = (struct evidence){.kind = "number",
                                            .rule = "CP504/number",
                                            .page = 1,
                                            .box = {0.79F, 0.04F, 0.92F, 0.06F},
                                            .text = "CP504"};
    letter->evidence_count = 1;
    if (notice_date != NULL)
        sample_field(letter, FIELD_NOTICE_DATE, notice_date);
}

static inline void sample_candidate(struct letter *letter, const char *id, double confidence)
{
    struct candidate *candidate = &letter->candidates[letter->candidate_count++];

    snprintf(candidate->id, sizeof candidate->id, "%s", id);
    candidate->confidence = confidence;
}

/* The card as text, to be freed. */
static inline char *sample_card(const struct finding *finding, const char *file, enum language language)
{
    struct buffer out;

    buffer_init(&out, 1 << 20);
    struct sheet sheet = {.out = &out, .language = language};
    card_write(&sheet, finding, file);
    char *text = buffer_take(&out);
    assert_non_null(text);
    return text;
}

static inline void assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" is not in:\n%s", part, text);
}

static inline void assert_has_not(const char *text, const char *part)
{
    if (strstr(text, part) != NULL)
        fail_msg("\"%s\" is in:\n%s", part, text);
}

/* Where `part` begins in `text`. */
static inline size_t offset_of(const char *text, const char *part)
{
    assert_has(text, part);
    return (size_t)(strstr(text, part) - text);
}

#endif
