/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Letters on their way through the wire: what is sent arrives, what is wrong is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "letter/letter.h"

static void add(struct letter *letter, enum field_id field, const char *text, unsigned page)
{
    struct field_value value = {.page = page, .box = {0.79F, 0.07F, 0.92F, 0.09F}, .confidence = 0.99};

    strcpy(value.value, text);
    assert_int_equal(letter_add_field(letter, field, &value), 0);
}

static void make_letter(struct letter *letter)
{
    letter_init(letter);
    assert_int_equal(letter_add_page(letter, 3), 0);
    assert_int_equal(letter_add_page(letter, 4), 0);
    letter->status = LETTER_IDENTIFIED;
    strcpy(letter->id, "CP504");
    strcpy(letter->printed, "CP 504");
    letter->confidence = 0.998;
    letter->language = LANGUAGE_ES;
    letter->candidates[0] = (struct candidate){"CP504", 0.998};
    letter->candidates[1] = (struct candidate){"CP504B", 0.001};
    letter->candidate_count = 2;
    letter->evidence[0] = (struct evidence){.kind = "number",
                                            .rule = "CP504/number",
                                            .page = 3,
                                            .box = {0.1F, 0.2F, 0.3F, 0.4F},
                                            .text = "Aviso «CP504»"};
    letter->evidence_count = 1;
    add(letter, FIELD_NOTICE_DATE, "2025-01-13", 3);
    add(letter, FIELD_TIN_LAST4, "1234", 3);
    add(letter, FIELD_TAX_PERIODS, "2021-12-31", 3);
    add(letter, FIELD_TAX_PERIODS, "2022-12-31", 4);
    letter_warn(letter, "printed-date-differs", "by %d days", 2);
}

static void test_what_is_sent_arrives(void **state)
{
    struct letter sent;
    struct letter got;
    struct error error = {0};

    (void)state;
    make_letter(&sent);
    json_t *json = letter_to_json(&sent);
    assert_non_null(json);
    char *text = json_dumps(json, 0);
    json_decref(json);
    json = json_loads(text, 0, NULL);
    free(text);
    assert_int_equal(letter_from_json(&got, json, &error), 0);
    assert_int_equal(got.page_count, 2);
    assert_int_equal(got.pages[0], 3);
    assert_int_equal(got.pages[1], 4);
    assert_int_equal(got.status, LETTER_IDENTIFIED);
    assert_string_equal(got.id, "CP504");
    assert_string_equal(got.printed, "CP 504");
    assert_float_equal(got.confidence, 0.998, 1e-9);
    assert_int_equal(got.language, LANGUAGE_ES);
    assert_int_equal(got.candidate_count, 2);
    assert_string_equal(got.candidates[1].id, "CP504B");
    assert_int_equal(got.evidence_count, 1);
    assert_string_equal(got.evidence[0].kind, "number");
    assert_string_equal(got.evidence[0].rule, "CP504/number");
    assert_string_equal(got.evidence[0].text, "Aviso «CP504»");
    assert_float_equal(got.evidence[0].box.bottom, 0.4, 1e-4);
    assert_int_equal(got.fields[FIELD_NOTICE_DATE].count, 1);
    assert_string_equal(got.fields[FIELD_NOTICE_DATE].values[0].value, "2025-01-13");
    assert_int_equal(letter_date(&got, FIELD_NOTICE_DATE), date_from_civil(2025, 1, 13));
    assert_int_equal(letter_date(&got, FIELD_RESPOND_BY), DATE_NONE);
    assert_int_equal(got.fields[FIELD_TAX_PERIODS].count, 2);
    assert_int_equal(got.fields[FIELD_TAX_PERIODS].values[1].page, 4);
    assert_int_equal(got.fields[FIELD_AMOUNT_DUE].count, 0);
    assert_int_equal(got.warning_count, 1);
    assert_string_equal(got.warnings[0].text, "by 2 days");
    json_decref(json);
    letter_dispose(&sent);
    letter_dispose(&got);
}

static void test_shape_of_the_contract(void **state)
{
    struct letter letter;

    (void)state;
    make_letter(&letter);
    letter.evidence[0].box = (struct box){0.123456F, -0.001F, 1.0002F, 0.5F};
    json_t *json = letter_to_json(&letter);
    const json_t *box = json_object_get(json_array_get(json_object_get(json, "evidence"), 0), "box");
    assert_true(json_real_value(json_array_get(box, 0)) == 0.1235);
    assert_true(json_real_value(json_array_get(box, 1)) == 0.0);
    assert_true(json_real_value(json_array_get(box, 2)) == 1.0);
    assert_true(json_is_array(json_object_get(json_object_get(json, "fields"), "tax_periods")));
    assert_true(json_is_object(json_object_get(json_object_get(json, "fields"), "tin_last4")));
    assert_null(json_object_get(json_object_get(json, "fields"), "amount_due"));
    json_decref(json);
    letter_dispose(&letter);

    letter_init(&letter);
    letter.status = LETTER_NOT_IRS;
    json = letter_to_json(&letter);
    assert_true(json_is_null(json_object_get(json_object_get(json, "notice"), "id")));
    assert_true(json_is_null(json_object_get(json_object_get(json, "notice"), "printed")));
    json_decref(json);
}

/* Reading cuts texts by bytes and may hand over what a page made of a smudge. */
static void test_foul_text_is_cleaned(void **state)
{
    struct letter letter;
    struct letter got;
    struct error error = {0};

    (void)state;
    make_letter(&letter);
    strcpy(letter.evidence[0].text, "a\x1b[2J\n\xC3");
    memset(letter.warnings[0].text, 0xFF, sizeof letter.warnings[0].text - 1);
    json_t *json = letter_to_json(&letter);
    assert_int_equal(letter_from_json(&got, json, &error), 0);
    assert_string_equal(got.evidence[0].text, "a [2J ?");
    assert_int_equal(strlen(got.warnings[0].text), sizeof letter.warnings[0].text - 1);
    json_decref(json);
    letter_dispose(&letter);
    letter_dispose(&got);
}

/* Each replaces one member of a good letter: path, JSON. */
static const char *const hostile[][2] = {
    {"source", "{\"pages\": [0]}"},
    {"source", "{\"pages\": [4, 3]}"},
    {"source", "{\"pages\": [3, 3]}"},
    {"source", "{\"pages\": [99999999]}"},
    {"source", "{\"pages\": [\"3\"]}"},
    {"source", "{\"pages\": 3}"},
    {"source", "null"},
    {"status", "\"sure\""},
    {"status", "1"},
    {"status", "\"review\""},                                              /* with an id */
    {"notice", "{\"id\": null, \"confidence\": 1, \"language\": \"en\"}"}, /* identified as nothing */
    {"notice", "{\"id\": \"A123456789012345\", \"confidence\": 1, \"language\": \"en\"}"},
    {"notice", "{\"id\": \"CP\\u000504\", \"confidence\": 1, \"language\": \"en\"}"},
    {"notice", "{\"id\": \"CP504\", \"confidence\": 1.5, \"language\": \"en\"}"},
    {"notice", "{\"id\": \"CP504\", \"confidence\": \"1\", \"language\": \"en\"}"},
    {"notice", "{\"id\": \"CP504\", \"confidence\": 1, \"language\": \"fr\"}"},
    {"notice", "{\"id\": [\"CP504\"], \"confidence\": 1, \"language\": \"en\"}"},
    {"notice", "[]"},
    {"candidates", "[1]"},
    {"candidates", "[{}, {}, {}, {}, {}, {}]"},
    {"candidates", "{}"},
    {"evidence",
     "[{\"kind\": \"number\", \"rule\": \"r\", \"page\": 1, \"box\": [0, 0, 1], \"text\": \"\"}]"},
    {"evidence",
     "[{\"kind\": \"number\", \"rule\": \"r\", \"page\": 1, \"box\": [1, 0, 0, 1], \"text\": \"\"}]"},
    {"evidence",
     "[{\"kind\": \"number\", \"rule\": \"r\", \"page\": 1, \"box\": [0, 0, 1, 2], \"text\": \"\"}]"},
    {"evidence",
     "[{\"kind\": \"number\", \"rule\": \"r\", \"page\": -1, \"box\": [0, 0, 1, 1], \"text\": \"\"}]"},
    {"evidence",
     "[{\"kind\": \"a kind too long for it\", \"rule\": \"r\", \"page\": 1, \"box\": [0, 0, 1, 1], "
     "\"text\": \"\"}]"},
    {"evidence", "[{\"kind\": \"number\", \"rule\": \"r\", \"page\": 1, \"box\": [0, 0, 1, 1], "
                 "\"text\": \"\\u001b[31m\"}]"},
    {"fields", "[]"},
    {"fields", "{\"notice_date\": {\"value\": \"2025-02-31\", \"page\": 1, \"box\": [0, 0, 1, 1], "
               "\"confidence\": 1}}"},
    {"fields", "{\"tin_last4\": {\"value\": \"900-12-1234\", \"page\": 1, \"box\": [0, 0, 1, 1], "
               "\"confidence\": 1}}"},
    {"fields", "{\"notice_date\": [{\"value\": \"2025-02-01\", \"page\": 1, \"box\": [0, 0, 1, 1], "
               "\"confidence\": 1}]}"},
    {"fields",
     "{\"tax_periods\": {\"value\": \"2025\", \"page\": 1, \"box\": [0, 0, 1, 1], \"confidence\": 1}}"},
    {"warnings", "[{\"code\": \"c\"}]"},
    {"warnings", "\"\""},
};

static void test_hostile_json_is_refused(void **state)
{
    struct letter letter;

    (void)state;
    make_letter(&letter);
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        struct letter got;
        struct error error = {0};
        json_t *json = letter_to_json(&letter);
        json_t *member = json_loads(hostile[i][1], JSON_DECODE_ANY, NULL);
        assert_non_null(member);
        assert_int_equal(json_object_set_new(json, hostile[i][0], member), 0);
        if (letter_from_json(&got, json, &error) == 0)
            fail_msg("accepted: %s %s", hostile[i][0], hostile[i][1]);
        assert_int_equal(error.code, ERROR_WORKER_DIED);
        assert_null(got.pages);
        assert_int_equal(got.page_count, 0);
        json_decref(json);
    }
    letter_dispose(&letter);
}

static void test_json_of_another_kind_is_refused(void **state)
{
    static const char *const others[] = {"null", "[]", "{}", "3", "\"letter\""};

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct letter got;
        struct error error = {0};
        json_t *json = json_loads(others[i], JSON_DECODE_ANY, NULL);
        assert_int_equal(letter_from_json(&got, json, &error), -1);
        json_decref(json);
    }
}

static void test_lists_are_bounded(void **state)
{
    struct letter letter;
    char code[8];

    (void)state;
    letter_init(&letter);
    for (int i = 0; i < 100; i++) {
        add(&letter, FIELD_TAX_PERIODS, "2020", 1);
        add(&letter, FIELD_AMOUNT_DUE, i == 0 ? "1.00" : "2.00", 1);
        snprintf(code, sizeof code, "w%d", i);
        letter_warn(&letter, code, "x");
        letter_warn(&letter, "w0", "again");
    }
    assert_int_equal(letter.fields[FIELD_TAX_PERIODS].count, LETTER_PERIODS_MAX);
    assert_int_equal(letter.fields[FIELD_AMOUNT_DUE].count, 1);
    assert_string_equal(letter.fields[FIELD_AMOUNT_DUE].values[0].value, "1.00");
    assert_int_equal(letter.warning_count, LETTER_WARNINGS_MAX);
    assert_string_equal(letter.warnings[0].text, "x");
    letter_dispose(&letter);
}

/* ---- what goes with a letter only where it was asked for ---- */

static const unsigned char png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 0, 0xFF, 0, 1};

static void add_extras(struct letter *letter)
{
    struct why_rule rule = {.rule = "CP504/titles[1]", .wanted = "Intento «de»", .found = WHY_NEAR, .off = 3, .allowed = 2,
                            .page = 4, .box = {0.1F, 0.2F, 0.3F, 0.4F}, .text = "intent"};

    assert_int_equal(letter_add_picture(letter, 3, png, sizeof png), 0);
    assert_int_equal(letter_add_picture(letter, 4, png, sizeof png - 1), 0);
    assert_int_equal(letter_add_full_picture(letter, png, sizeof png - 2), 0);
    letter->why[letter->why_count++] = (struct why){.id = "CP504", .confidence = 0.998};
    assert_int_equal(letter_add_why_rule(letter, &rule), 0);
    rule = (struct why_rule){.rule = "CP504/titles[2]", .wanted = "x", .found = WHY_NOTHING};
    assert_int_equal(letter_add_why_rule(letter, &rule), 0);
    letter->why[letter->why_count++] = (struct why){.id = "LT11"};
}

static void test_extras_arrive(void **state)
{
    struct letter sent;
    struct letter got;
    struct error error = {0};

    (void)state;
    make_letter(&sent);
    add_extras(&sent);
    make_letter(&got);
    json_t *pictures = letter_pictures_to_json(&sent);
    json_t *why = letter_why_to_json(&sent);
    assert_int_equal(letter_pictures_from_json(&got, pictures, &error), 0);
    assert_int_equal(letter_why_from_json(&got, why, &error), 0);
    assert_int_equal(got.picture_count, 2);
    assert_int_equal(got.pictures[1].page, 4);
    assert_int_equal(got.pictures[0].size, sizeof png);
    assert_int_equal(got.pictures[1].size, sizeof png - 1);
    assert_memory_equal(got.pictures[0].png, png, sizeof png);
    assert_null(got.pictures[0].full);
    assert_int_equal(got.pictures[1].full_size, sizeof png - 2);
    assert_memory_equal(got.pictures[1].full, png, sizeof png - 2);
    assert_int_equal(got.why_count, 2);
    assert_string_equal(got.why[1].id, "LT11");
    assert_int_equal(got.why[1].rule_count, 0);
    assert_int_equal(got.why[0].rule_count, 2);
    assert_float_equal(got.why[0].confidence, 0.998, 1e-9);
    const struct why_rule *rule = &got.why[0].rules[0];
    assert_string_equal(rule->rule, "CP504/titles[1]");
    assert_string_equal(rule->wanted, "Intento «de»");
    assert_int_equal(rule->found, WHY_NEAR);
    assert_int_equal(rule->off, 3);
    assert_int_equal(rule->allowed, 2);
    assert_int_equal(rule->page, 4);
    assert_float_equal(rule->box.bottom, 0.4, 1e-4);
    assert_string_equal(rule->text, "intent");
    assert_int_equal(got.why[0].rules[1].found, WHY_NOTHING);
    /* a letter that was not asked for them has none */
    assert_int_equal(letter_pictures_from_json(&got, NULL, &error), 0);
    assert_int_equal(letter_why_from_json(&got, NULL, &error), 0);
    json_decref(pictures);
    json_decref(why);
    letter_dispose(&sent);
    letter_dispose(&got);
}

#define SIGNED "iVBORw0KGgoA" /* the base64 of a PNG's first bytes and one more */
#define RULE(found, rest) "[{\"id\": \"CP504\", \"confidence\": 1, \"rules\": [{\"rule\": \"r\", \"wanted\": \"w\", \"found\": \"" found "\", " rest "}]}]"

static const char *const hostile_pictures[] = {
    "{}",
    "[3]",
    "[{\"page\": 3}]",
    "[{\"page\": 5, \"png\": \"" SIGNED "\"}]",                                      /* not of this letter */
    "[{\"page\": 3, \"png\": \"" SIGNED "\"}, {\"page\": 3, \"png\": \"" SIGNED "\"}]", /* twice */
    "[{\"page\": 4, \"png\": \"" SIGNED "\"}, {\"page\": 3, \"png\": \"" SIGNED "\"}]",
    "[{\"page\": \"3\", \"png\": \"" SIGNED "\"}]",
    "[{\"page\": 3, \"png\": \"\"}]",
    "[{\"page\": 3, \"png\": \"iVBORw0K\"}]",     /* cut in its signature */
    "[{\"page\": 3, \"png\": \"iVBORw0KGgoA=\"}]", /* no base64 */
    "[{\"page\": 3, \"png\": \"iVBORw0KGg!A\"}]",
    "[{\"page\": 3, \"png\": \"IyEvYmluL3NoCg==\"}]", /* a script */
    "[{\"page\": 3, \"png\": [1]}]",
    "[{\"page\": 3, \"full\": \"" SIGNED "\"}]",
    "[{\"page\": 3, \"png\": \"" SIGNED "\", \"full\": null}]",
    "[{\"page\": 3, \"png\": \"" SIGNED "\", \"full\": \"IyEvYmluL3NoCg==\"}]",
    "[{\"page\": 3, \"png\": \"" SIGNED "\", \"full\": \"iVBORw0KGg!A\"}]",
};

static const char *const hostile_why[] = {
    "{}",
    "[1]",
    "[{\"id\": \"CP504\", \"confidence\": 2, \"rules\": []}]",
    "[{\"id\": \"CP504\", \"confidence\": 1, \"rules\": {}}]",
    "[{\"id\": \"an id that is too long\", \"confidence\": 1, \"rules\": []}]",
    "[{\"id\": \"A\", \"confidence\": 0, \"rules\": []}, {\"id\": \"B\", \"confidence\": 0, \"rules\": []}, {\"id\": \"C\", "
    "\"confidence\": 0, \"rules\": []}, {\"id\": \"D\", \"confidence\": 0, \"rules\": []}]",
    RULE("sure", "\"off\": 0, \"allowed\": 0, \"text\": \"\", \"page\": 1, \"box\": [0, 0, 1, 1]"),
    RULE("hit", "\"off\": -1, \"allowed\": 0, \"text\": \"\", \"page\": 1, \"box\": [0, 0, 1, 1]"),
    RULE("hit", "\"off\": 0, \"allowed\": 99999, \"text\": \"\", \"page\": 1, \"box\": [0, 0, 1, 1]"),
    RULE("hit", "\"off\": 0, \"allowed\": 0, \"text\": \"\", \"page\": 0, \"box\": [0, 0, 1, 1]"),
    RULE("hit", "\"off\": 0, \"allowed\": 0, \"text\": \"\", \"page\": 1, \"box\": [1, 0, 0, 1]"),
    RULE("hit", "\"off\": 0, \"allowed\": 0, \"text\": \"\\u001b[2J\", \"page\": 1, \"box\": [0, 0, 1, 1]"),
    RULE("hit", "\"off\": 0, \"allowed\": 0, \"page\": 1, \"box\": [0, 0, 1, 1]"),
};

static void refuse(const char *text, int take(struct letter *, const json_t *, struct error *))
{
    struct letter letter;
    struct error error = {0};
    json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);

    if (json == NULL)
        fail_msg("no JSON: %s", text);
    make_letter(&letter);
    if (take(&letter, json, &error) == 0)
        fail_msg("accepted: %s", text);
    assert_int_equal(error.code, ERROR_WORKER_DIED);
    letter_dispose(&letter);
    json_decref(json);
}

static void test_hostile_extras_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof hostile_pictures / sizeof *hostile_pictures; i++)
        refuse(hostile_pictures[i], letter_pictures_from_json);
    for (size_t i = 0; i < sizeof hostile_why / sizeof *hostile_why; i++)
        refuse(hostile_why[i], letter_why_from_json);
}

/* At the bound, and one byte past it. */
static void test_pictures_are_bounded(void **state)
{
    unsigned char *large = calloc(1, LETTER_PICTURE_MAX + 1);

    (void)state;
    assert_non_null(large);
    memcpy(large, png, sizeof png);
    for (size_t over = 0; over < 2; over++) {
        struct letter sent;
        struct letter got;
        struct error error = {0};
        make_letter(&sent);
        make_letter(&got);
        assert_int_equal(letter_add_picture(&sent, 3, large, LETTER_PICTURE_MAX + over), 0);
        assert_int_equal(letter_add_picture(&sent, 4, png, sizeof png), 0);
        assert_int_equal(letter_add_full_picture(&sent, large, LETTER_PICTURE_MAX + over), 0);
        json_t *json = letter_pictures_to_json(&sent);
        assert_int_equal(letter_pictures_from_json(&got, json, &error), over == 0 ? 0 : -1);
        assert_int_equal(got.picture_count, over == 0 ? 2 : 0);
        json_array_remove(json, 0); /* too large in `full` alone */
        struct letter again;
        make_letter(&again);
        assert_int_equal(letter_pictures_from_json(&again, json, &error), over == 0 ? 0 : -1);
        letter_dispose(&again);
        json_decref(json);
        letter_dispose(&sent);
        letter_dispose(&got);
    }
    free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_sent_arrives),
        cmocka_unit_test(test_shape_of_the_contract),
        cmocka_unit_test(test_foul_text_is_cleaned),
        cmocka_unit_test(test_hostile_json_is_refused),
        cmocka_unit_test(test_extras_arrive),
        cmocka_unit_test(test_hostile_extras_are_refused),
        cmocka_unit_test(test_pictures_are_bounded),
        cmocka_unit_test(test_json_of_another_kind_is_refused),
        cmocka_unit_test(test_lists_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
