/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A letter from JSON that may come from a process that a hostile file has taken over: nothing is believed. */
#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "letter/letter.h"

/* More pages than any file may have: a page number above is nonsense. */
enum { PAGE_NUMBER_MAX = 10000 };

static int bad(struct error *error, const char *member)
{
    return error_set(error, ERROR_WORKER_DIED, "reading this file gave an answer that makes no sense (%s)",
                     member);
}

/* Copies a text without controls that fits; an absent or null one is "" where `optional`. */
static int take_text(const json_t *object, const char *name, bool optional, char *out, size_t size,
                     struct error *error)
{
    const json_t *member = json_object_get(object, name);
    const char *text = json_string_value(member);

    out[0] = '\0';
    if (optional && (member == NULL || json_is_null(member)))
        return 0;
    if (text == NULL || json_string_length(member) >= size || strlen(text) != json_string_length(member))
        return bad(error, name);
    for (const char *next = text; *next != '\0';) {
        uint32_t character = utf8_next(&next);
        if (character < 0x20 || (character >= 0x7F && character < 0xA0))
            return bad(error, name);
    }
    memcpy(out, text, strlen(text) + 1);
    return 0;
}

static int take_share(const json_t *json, const char *name, double *out, struct error *error)
{
    double value = json_number_value(json);

    if (!json_is_number(json) || !(value >= 0 && value <= 1))
        return bad(error, name);
    *out = value;
    return 0;
}

static int take_page(const json_t *json, unsigned *out, struct error *error)
{
    json_int_t value = json_integer_value(json);

    if (!json_is_integer(json) || value < 1 || value > PAGE_NUMBER_MAX)
        return bad(error, "page");
    *out = (unsigned)value;
    return 0;
}

static int take_box(const json_t *json, struct box *out, struct error *error)
{
    double side[4];

    if (json_array_size(json) != 4)
        return bad(error, "box");
    for (size_t i = 0; i < 4; i++) {
        if (take_share(json_array_get(json, i), "box", &side[i], error) < 0)
            return -1;
    }
    if (side[0] > side[2] || side[1] > side[3])
        return bad(error, "box");
    *out = (struct box){(float)side[0], (float)side[1], (float)side[2], (float)side[3]};
    return 0;
}

static int take_pages(struct letter *letter, const json_t *json, struct error *error)
{
    const json_t *pages = json_object_get(json_object_get(json, "source"), "pages");
    unsigned before = 0;

    if (!json_is_array(pages) || json_array_size(pages) > PAGE_NUMBER_MAX)
        return bad(error, "pages");
    for (size_t i = 0; i < json_array_size(pages); i++) {
        unsigned page = 0;
        if (take_page(json_array_get(pages, i), &page, error) < 0)
            return -1;
        if (page <= before)
            return bad(error, "pages");
        if (letter_add_page(letter, page) < 0)
            return error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory for a letter");
        before = page;
    }
    return 0;
}

static int take_status(struct letter *letter, const json_t *json, struct error *error)
{
    const char *name = json_string_value(json_object_get(json, "status"));

    for (enum letter_status status = 0; name != NULL && status < LETTER_STATUS_COUNT; status++) {
        if (strcmp(letter_status_name(status), name) == 0) {
            letter->status = status;
            return 0;
        }
    }
    return bad(error, "status");
}

static int take_notice(struct letter *letter, const json_t *json, struct error *error)
{
    const json_t *notice = json_object_get(json, "notice");
    const char *language = json_string_value(json_object_get(notice, "language"));

    if (take_text(notice, "id", true, letter->id, sizeof letter->id, error) < 0 ||
        take_text(notice, "printed", true, letter->printed, sizeof letter->printed, error) < 0 ||
        take_share(json_object_get(notice, "confidence"), "confidence", &letter->confidence, error) < 0)
        return -1;
    if ((letter->status == LETTER_IDENTIFIED) != (letter->id[0] != '\0'))
        return bad(error, "id");
    if (language == NULL || (strcmp(language, "en") != 0 && strcmp(language, "es") != 0))
        return bad(error, "language");
    letter->language = strcmp(language, "es") == 0 ? LANGUAGE_ES : LANGUAGE_EN;
    return 0;
}

static int take_candidate(struct letter *letter, const json_t *json, struct error *error)
{
    struct candidate *candidate = &letter->candidates[letter->candidate_count++];

    if (take_text(json, "id", false, candidate->id, sizeof candidate->id, error) < 0)
        return -1;
    return take_share(json_object_get(json, "confidence"), "confidence", &candidate->confidence, error);
}

static int take_evidence(struct letter *letter, const json_t *json, struct error *error)
{
    struct evidence *evidence = &letter->evidence[letter->evidence_count++];

    if (take_text(json, "kind", false, evidence->kind, sizeof evidence->kind, error) < 0 ||
        take_text(json, "rule", false, evidence->rule, sizeof evidence->rule, error) < 0 ||
        take_text(json, "text", false, evidence->text, sizeof evidence->text, error) < 0 ||
        take_page(json_object_get(json, "page"), &evidence->page, error) < 0)
        return -1;
    return take_box(json_object_get(json, "box"), &evidence->box, error);
}

static int take_warning(struct letter *letter, const json_t *json, struct error *error)
{
    struct warning *warning = &letter->warnings[letter->warning_count++];

    if (take_text(json, "code", false, warning->code, sizeof warning->code, error) < 0)
        return -1;
    return take_text(json, "text", false, warning->text, sizeof warning->text, error);
}

static int take_list(struct letter *letter, const json_t *json, const char *name, size_t most,
                     int take(struct letter *, const json_t *, struct error *), struct error *error)
{
    const json_t *list = json_object_get(json, name);

    if (!json_is_array(list) || json_array_size(list) > most)
        return bad(error, name);
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (take(letter, json_array_get(list, i), error) < 0)
            return -1;
    }
    return 0;
}

/* Whether the text may be the value of that field, where a wrong one would do harm. */
static bool fits_field(enum field_id field, const char *value)
{
    switch (field) {
    case FIELD_NOTICE_DATE:
    case FIELD_RESPOND_BY:
    case FIELD_HEARING_BY:
    case FIELD_HEARING_BY_LATER:
    case FIELD_TERMINATION_DATE:
    case FIELD_LIEN_FILED:
        return date_parse(value) != DATE_NONE;
    case FIELD_TIN_LAST4:
        return strlen(value) == 4 && strspn(value, "0123456789") == 4;
    default:
        return value[0] != '\0';
    }
}

static int take_value(struct letter *letter, enum field_id field, const json_t *json, struct error *error)
{
    struct field_value value = {0};

    if (take_text(json, "value", false, value.value, sizeof value.value, error) < 0 ||
        take_page(json_object_get(json, "page"), &value.page, error) < 0 ||
        take_box(json_object_get(json, "box"), &value.box, error) < 0 ||
        take_share(json_object_get(json, "confidence"), "confidence", &value.confidence, error) < 0)
        return -1;
    if (!fits_field(field, value.value))
        return bad(error, field_name(field));
    if (letter_add_field(letter, field, &value) < 0)
        return error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory for a letter");
    return 0;
}

static int take_fields(struct letter *letter, const json_t *json, struct error *error)
{
    const json_t *fields = json_object_get(json, "fields");

    if (!json_is_object(fields))
        return bad(error, "fields");
    for (enum field_id field = 0; field < FIELD_COUNT; field++) {
        const json_t *member = json_object_get(fields, field_name(field));
        if (member == NULL)
            continue;
        if (field != FIELD_TAX_PERIODS) {
            if (take_value(letter, field, member, error) < 0)
                return -1;
            continue;
        }
        if (!json_is_array(member) || json_array_size(member) > LETTER_PERIODS_MAX)
            return bad(error, field_name(field));
        for (size_t i = 0; i < json_array_size(member); i++) {
            if (take_value(letter, field, json_array_get(member, i), error) < 0)
                return -1;
        }
    }
    return 0;
}

int letter_from_json(struct letter *letter, const json_t *json, struct error *error)
{
    letter_init(letter);
    if (take_pages(letter, json, error) == 0 && take_status(letter, json, error) == 0 &&
        take_notice(letter, json, error) == 0 &&
        take_list(letter, json, "candidates", LETTER_CANDIDATES_MAX, take_candidate, error) == 0 &&
        take_list(letter, json, "evidence", LETTER_EVIDENCE_MAX, take_evidence, error) == 0 &&
        take_fields(letter, json, error) == 0 &&
        take_list(letter, json, "warnings", LETTER_WARNINGS_MAX, take_warning, error) == 0)
        return 0;
    letter_dispose(letter);
    return -1;
}

static int take_why_rule(struct letter *letter, const json_t *json, struct error *error)
{
    struct why_rule rule = {.found = WHY_FOUND_COUNT};
    const char *found = json_string_value(json_object_get(json, "found"));
    json_int_t off = json_integer_value(json_object_get(json, "off"));
    json_int_t allowed = json_integer_value(json_object_get(json, "allowed"));

    if (take_text(json, "rule", false, rule.rule, sizeof rule.rule, error) < 0 ||
        take_text(json, "wanted", false, rule.wanted, sizeof rule.wanted, error) < 0 ||
        take_text(json, "text", false, rule.text, sizeof rule.text, error) < 0)
        return -1;
    for (enum why_found i = 0; found != NULL && i < WHY_FOUND_COUNT; i++) {
        if (strcmp(why_found_name(i), found) == 0)
            rule.found = i;
    }
    if (rule.found == WHY_FOUND_COUNT || off < 0 || off > LETTER_TEXT_SIZE || allowed < 0 || allowed > LETTER_TEXT_SIZE)
        return bad(error, "why");
    rule.off = (unsigned)off;
    rule.allowed = (unsigned)allowed;
    if (rule.found != WHY_NOTHING && (take_page(json_object_get(json, "page"), &rule.page, error) < 0 ||
                                      take_box(json_object_get(json, "box"), &rule.box, error) < 0))
        return -1;
    if (letter_add_why_rule(letter, &rule) < 0)
        return error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory for a letter");
    return 0;
}

static int take_why(struct letter *letter, const json_t *json, struct error *error)
{
    struct why *why = &letter->why[letter->why_count++];
    const json_t *rules = json_object_get(json, "rules");

    *why = (struct why){0};
    if (take_text(json, "id", false, why->id, sizeof why->id, error) < 0 ||
        take_share(json_object_get(json, "confidence"), "confidence", &why->confidence, error) < 0)
        return -1;
    if (!json_is_array(rules) || json_array_size(rules) > LETTER_WHY_RULES_MAX)
        return bad(error, "why");
    for (size_t i = 0; i < json_array_size(rules); i++) {
        if (take_why_rule(letter, json_array_get(rules, i), error) < 0)
            return -1;
    }
    return 0;
}

int letter_why_from_json(struct letter *letter, const json_t *json, struct error *error)
{
    if (json == NULL)
        return 0;
    if (!json_is_array(json) || json_array_size(json) > LETTER_WHY_MAX)
        return bad(error, "why");
    for (size_t i = 0; i < json_array_size(json); i++) {
        if (take_why(letter, json_array_get(json, i), error) < 0)
            return -1;
    }
    return 0;
}
