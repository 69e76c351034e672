/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/why.h"
#include "sample.h"

static void add(struct letter *letter, const char *rule, const char *wanted, enum why_found found, unsigned off,
                const char *text)
{
    struct why_rule added = {.found = found, .off = off, .allowed = 2, .page = 1, .box = {0.8F, 0.04F, 0.9F, 0.06F}};

    snprintf(added.rule, sizeof added.rule, "%s", rule);
    snprintf(added.wanted, sizeof added.wanted, "%s", wanted);
    snprintf(added.text, sizeof added.text, "%s", text);
    assert_int_equal(letter_add_why_rule(letter, &added), 0);
}

static char *write_why(const struct letter *letter, enum language language)
{
    struct buffer out;

    buffer_init(&out, 1 << 16);
    struct sheet sheet = {.out = &out, .language = language};
    why_write(&sheet, letter);
    char *written = buffer_take(&out);
    assert_non_null(written);
    return written;
}

static void begin(struct letter *letter, const char *id, double confidence)
{
    struct why *why = &letter->why[letter->why_count++];

    *why = (struct why){.confidence = confidence};
    snprintf(why->id, sizeof why->id, "%s", id);
}

static void what_hit_comes_first(void **state)
{
    struct letter letter;

    (void)state;
    letter_init(&letter);
    begin(&letter, "CP504", 0.99999);
    add(&letter, "CP504/numbers[0]", "CP504", WHY_NEAR, 1, "CP50A");
    add(&letter, "CP504/titles[0]", "Some Heading", WHY_NOTHING, 0, "");
    add(&letter, "CP504/titles[1]", "A Heading", WHY_PART, 0, "a heading");
    add(&letter, "CP504/titles[2]", "No Heading", WHY_NO_HEADING, 0, "no heading");
    add(&letter, "CP504/phrases[0]", "some words", WHY_HIT, 1, "some w\x1bords");
    add(&letter, "CP504/excludes[0]", "\\bemployer", WHY_HIT, 0, "Employer");
    begin(&letter, "LT11", 0);
    char *written = write_why(&letter, LANGUAGE_EN);
    assert_string_equal(written,
                        "\nWHICH RULES HIT, AND WHICH DID NOT\n"
                        "  CP504, probability 99.9 of 100:\n"
                        "    HIT CP504/phrases[0] \"some words\": page 1, top right, \"some w\\x1bords\"\n"
                        "    AGAINST CP504/excludes[0] \"\\bemployer\": page 1, top right, \"Employer\"\n"
                        "    part CP504/titles[1] \"A Heading\": more stands in that line, so it counts for\n"
                        "      less: page 1, top right, \"a heading\"\n"
                        "    no CP504/titles[2] \"No Heading\": it is there, but not as a heading: page 1,\n"
                        "      top right, \"no heading\"\n"
                        "    no CP504/numbers[0] \"CP504\": nearest is page 1, top right, \"CP50A\",\n"
                        "      characters off: 1 (allowed: 2)\n"
                        "    no CP504/titles[0] \"Some Heading\": nothing like it\n"
                        "  LT11, no candidate:\n");
    free(written);
    letter_dispose(&letter);
}

static void nothing_near_is_said(void **state)
{
    struct letter letter;

    (void)state;
    letter_init(&letter);
    char *written = write_why(&letter, LANGUAGE_ES);
    assert_string_equal(written, "\nQUÉ REGLAS COINCIDEN Y CUÁLES NO\n  Ninguna regla de ningún aviso se acerca.\n");
    free(written);
    letter_dispose(&letter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_hit_comes_first),
        cmocka_unit_test(nothing_near_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
