/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A letter as its part of irsort.letter/1. */
#include <math.h>
#include <string.h>

#include "base/buffer.h"
#include "base/utf8.h"
#include "letter/letter.h"

#define ILL_FORMED 0xFFFDu

static bool is_control(uint32_t character)
{
    return character < 0x20 || (character >= 0x7F && character < 0xA0);
}

/* The text in well-formed UTF-8; line breaks and other controls become blanks, for no terminal shall obey a
 * letter. NULL on lack of memory. */
static json_t *text_json(const char *text)
{
    struct buffer clean;
    char bytes[4];
    uint32_t character;

    buffer_init(&clean, strlen(text));
    buffer_text(&clean, "");
    while ((character = utf8_next(&text)) != 0) {
        if (is_control(character))
            character = ' ';
        else if (character == ILL_FORMED)
            character = '?'; /* U+FFFD itself would take three bytes for one */
        buffer_add(&clean, bytes, utf8_put(character, bytes));
    }
    json_t *json = clean.failed ? NULL : json_stringn(clean.data, clean.length);
    buffer_dispose(&clean);
    return json;
}

static json_t *text_or_null(const char *text)
{
    return text[0] == '\0' ? json_null() : text_json(text);
}

/* 0 to 1, also where a sum of roundings came out beside it. */
static double share(double value)
{
    return value > 0 ? fmin(value, 1) : 0;
}

static double round4(double value)
{
    return round(share(value) * 1e4) / 1e4;
}

static json_t *box_json(struct box box)
{
    return json_pack("[f, f, f, f]", round4(box.left), round4(box.top), round4(box.right),
                     round4(box.bottom));
}

static json_t *source_json(const struct letter *letter)
{
    json_t *pages = json_array();

    for (size_t i = 0; pages != NULL && i < letter->page_count; i++) {
        if (json_array_append_new(pages, json_integer(letter->pages[i])) < 0) {
            json_decref(pages);
            return NULL;
        }
    }
    return json_pack("{s:o}", "pages", pages);
}

static json_t *notice_json(const struct letter *letter)
{
    static const char *const languages[LANGUAGE_COUNT] = {[LANGUAGE_EN] = "en", [LANGUAGE_ES] = "es"};

    return json_pack("{s:o, s:o, s:f, s:s}", "id", text_or_null(letter->id), "printed",
                     text_or_null(letter->printed), "confidence", share(letter->confidence), "language",
                     languages[letter->language]);
}

static json_t *candidate_json(const struct letter *letter, size_t i)
{
    return json_pack("{s:o, s:f}", "id", text_json(letter->candidates[i].id), "confidence",
                     share(letter->candidates[i].confidence));
}

static json_t *evidence_json(const struct letter *letter, size_t i)
{
    const struct evidence *evidence = &letter->evidence[i];

    return json_pack("{s:o, s:o, s:i, s:o, s:o}", "kind", text_json(evidence->kind), "rule",
                     text_json(evidence->rule), "page", (int)evidence->page, "box", box_json(evidence->box),
                     "text", text_json(evidence->text));
}

static json_t *warning_json(const struct letter *letter, size_t i)
{
    return json_pack("{s:o, s:o}", "code", text_json(letter->warnings[i].code), "text",
                     text_json(letter->warnings[i].text));
}

static json_t *list_json(const struct letter *letter, size_t count,
                         json_t *item(const struct letter *, size_t))
{
    json_t *list = json_array();

    for (size_t i = 0; list != NULL && i < count; i++) {
        if (json_array_append_new(list, item(letter, i)) < 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *value_json(const struct field_value *value)
{
    return json_pack("{s:o, s:i, s:o, s:f}", "value", text_json(value->value), "page", (int)value->page,
                     "box", box_json(value->box), "confidence", share(value->confidence));
}

static json_t *field_json(const struct letter *letter, enum field_id field)
{
    const struct field *values = &letter->fields[field];

    if (field != FIELD_TAX_PERIODS)
        return value_json(&values->values[0]);
    json_t *list = json_array();
    for (size_t i = 0; list != NULL && i < values->count; i++) {
        if (json_array_append_new(list, value_json(&values->values[i])) < 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *fields_json(const struct letter *letter)
{
    json_t *fields = json_object();

    for (enum field_id field = 0; fields != NULL && field < FIELD_COUNT; field++) {
        if (letter->fields[field].count > 0 &&
            json_object_set_new(fields, field_name(field), field_json(letter, field)) < 0) {
            json_decref(fields);
            return NULL;
        }
    }
    return fields;
}

json_t *letter_to_json(const struct letter *letter)
{
    /* json_pack drops all of them if one is NULL */
    return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "source", source_json(letter), "status",
                     letter_status_name(letter->status), "notice", notice_json(letter), "candidates",
                     list_json(letter, letter->candidate_count, candidate_json), "evidence",
                     list_json(letter, letter->evidence_count, evidence_json), "fields", fields_json(letter),
                     "warnings", list_json(letter, letter->warning_count, warning_json));
}

static json_t *why_rule_json(const struct why_rule *rule)
{
    json_t *box = rule->found == WHY_NOTHING ? json_null() : box_json(rule->box);
    json_t *page = rule->found == WHY_NOTHING ? json_null() : json_integer(rule->page);

    return json_pack("{s:o, s:o, s:s, s:i, s:i, s:o, s:o, s:o}", "rule", text_json(rule->rule), "wanted",
                     text_json(rule->wanted), "found", why_found_name(rule->found), "off", (int)rule->off, "allowed",
                     (int)rule->allowed, "page", page, "box", box, "text", text_json(rule->text));
}

static json_t *why_json(const struct letter *letter, size_t i)
{
    const struct why *why = &letter->why[i];
    json_t *rules = json_array();

    for (size_t r = 0; rules != NULL && r < why->rule_count; r++) {
        if (json_array_append_new(rules, why_rule_json(&why->rules[r])) < 0) {
            json_decref(rules);
            return NULL;
        }
    }
    return json_pack("{s:o, s:f, s:o}", "id", text_json(why->id), "confidence", share(why->confidence), "rules", rules);
}

json_t *letter_why_to_json(const struct letter *letter)
{
    return list_json(letter, letter->why_count, why_json);
}
