/* SPDX-License-Identifier: AGPL-3.0-or-later */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <math.h>

#include "catalogue/regex.h"
#include "tree.h"

struct fixture {
    char tree[TREE_PATH_SIZE];
    struct catalogue *catalogue;
};

static int load(void **state)
{
    static struct fixture fixture;
    struct error error = {0};

    tree_make(fixture.tree);
    if (catalogue_new(&fixture.catalogue, fixture.tree, NULL, NULL, &error) != 0) {
        print_error("%s\n", error.message);
        return -1;
    }
    *state = &fixture;
    return 0;
}

static int unload(void **state)
{
    struct fixture *fixture = *state;

    catalogue_free(fixture->catalogue);
    tree_drop(fixture->tree);
    return 0;
}

static const struct catalogue *catalogue_of(void **state)
{
    return ((struct fixture *)*state)->catalogue;
}

static void clocks_are_as_written(void **state)
{
    const struct clock *clock = catalogue_find_clock(catalogue_of(state), "cdp-levy-30");
    char path[TREE_PATH_SIZE];

    assert_non_null(clock);
    assert_string_equal(clock->track, "cdp-levy");
    assert_int_equal(clock->kind, KIND_STATUTORY);
    assert_int_equal(*clock->printed, FIELD_HEARING_BY);
    assert_int_equal(clock->count->from, START_NOTICE_DATE);
    assert_int_equal(clock->count->first->count, 5);
    assert_int_equal(clock->count->first->unit, UNIT_BUSINESS_DAYS);
    assert_int_equal(clock->count->period.count, 30);
    assert_int_equal(clock->count->period.unit, UNIT_DAYS);
    assert_true(clock->count->roll);
    assert_int_equal(clock->safe->from, START_LIEN_FILED);
    assert_null(clock->safe->first);
    assert_int_equal(clock->safe->period.unit, UNIT_YEARS);
    assert_false(clock->safe->roll);
    assert_null(clock->after_track);
    assert_int_equal(clock->follow_ups_count, 1);
    assert_string_equal(clock->follow_ups[0].name, "tell-the-officer");
    assert_int_equal(clock->follow_ups[0].count.from, START_CONFERENCE);
    assert_string_equal(clock->follow_ups[0].what.in[LANGUAGE_ES], "Avise al oficial");
    assert_string_equal(clock->form, "12153");
    assert_string_equal(clock->how.in[LANGUAGE_EN], "Send it");
    assert_string_equal(clock->how.in[LANGUAGE_ES], "Envíelo");
    assert_int_equal(clock->authority_count, 2);
    assert_string_equal(clock->authority[1], "IRC 7503");
    assert_int_equal(clock->sources_count, 2);
    assert_string_equal(clock->sources[0], "a statute");
    assert_string_equal(clock->checked, "2026-01-05");
    assert_string_equal(
        clock->file, tree_path(((struct fixture *)*state)->tree, "patterns/clocks/cdp-levy-30.yaml", path));

    clock = catalogue_find_clock(catalogue_of(state), "eh-levy");
    assert_non_null(clock);
    assert_null(clock->count);
    assert_null(clock->safe);
    assert_null(clock->printed);
    assert_null(clock->form);
    assert_int_equal(clock->follow_ups_count, 0);
    assert_string_equal(clock->after_track, "cdp-levy");
    assert_null(catalogue_find_clock(catalogue_of(state), "eh-levy-"));
}

static void notices_are_as_written(void **state)
{
    const struct notice *notice = catalogue_find_notice(catalogue_of(state), "LT11");

    assert_non_null(notice);
    assert_int_equal(notice->style, STYLE_LT);
    assert_string_equal(notice->class_name, "cdp-levy-notice");
    assert_string_equal(notice->title.in[LANGUAGE_ES], "Un título");
    assert_int_equal(notice->numbers_count, 2);
    assert_int_equal(notice->titles_count, 2);
    assert_false(notice->titles[0].unverified);
    assert_true(notice->titles[1].unverified);
    assert_int_equal(notice->phrases_count, 1);
    assert_int_equal(notice->excludes_count, 1);
    assert_int_equal(notice->rights_count, 3);
    assert_int_equal(notice->rights[0].available, AVAILABLE_YES);
    assert_ptr_equal(notice->rights[0].clock, catalogue_find_clock(catalogue_of(state), "cdp-levy-30"));
    assert_string_equal(notice->rights[0].note->in[LANGUAGE_ES], "nota");
    assert_null(notice->rights[0].effect);
    assert_int_equal(notice->rights[1].available, AVAILABLE_CONDITIONAL);
    assert_string_equal(notice->rights[1].condition->in[LANGUAGE_EN], "if");
    assert_int_equal(notice->rights[2].available, AVAILABLE_NO);
    assert_null(notice->rights[2].clock);
    assert_string_equal(notice->rights[2].authority[0], "IRC 7429");
}

static void expressions_are_compiled(void **state)
{
    const struct catalogue *catalogue = catalogue_of(state);
    const struct notice *notice = catalogue_find_notice(catalogue, "LT11");
    const struct mail *mail = catalogue_mail(catalogue);
    struct regex_match match;
    size_t count;
    const struct field_rule *rules = catalogue_fields(catalogue, &count);

    assert_int_equal(regex_find(notice->excludes[0].code, "see CP 504", 10, 0, &match), 1);
    assert_int_equal(count, 2);
    assert_int_equal(rules[0].field, FIELD_NOTICE_DATE);
    assert_true(rules[0].labels[0].below);
    assert_false(rules[1].labels[0].below);
    assert_int_equal(rules[1].labels[0].zone, ZONE_ANY);
    assert_int_equal(rules[1].shape, SHAPE_MONEY);
    assert_int_equal(regex_find(rules[1].labels[0].code, "Amount due", 10, 0, &match), 1);
    assert_int_equal(mail->letterhead_count, 1);
    assert_true(mail->letterhead[0].weight == 3.5);
    assert_int_equal(regex_find(mail->letterhead[0].code, "Internal Revenue", 16, 0, &match), 1);
    assert_int_equal(regex_find(mail->enclosures[0].code, "Form 12153", 10, 0, &match), 1);
    assert_int_equal(regex_find(mail->imitations[0].code, "TAX RELIEF", 10, 0, &match), 1);
    assert_int_equal(mail->others_count, 2);
    assert_string_equal(mail->others[1].printed, "Letter 105C");
}

static void lists_are_sorted(void **state)
{
    size_t count;
    const struct notice *notices = catalogue_notices(catalogue_of(state), &count);

    assert_int_equal(count, 2);
    assert_string_equal(notices[0].id, "CP504");
    assert_string_equal(notices[1].id, "LT11");
    const struct clock *clocks = catalogue_clocks(catalogue_of(state), &count);
    assert_int_equal(count, 2);
    assert_string_equal(clocks[0].name, "cdp-levy-30");
    assert_string_equal(clocks[1].name, "eh-levy");
}

static void a_notice_is_found_however_it_is_written(void **state)
{
    static const struct {
        const char *name;
        const char *id; /* NULL: none */
    } names[] = {
        {"LT11", "LT11"},
        {"lt 11", "LT11"},
        {"LT-11", "LT11"},
        {"Letter 1058", "LT11"},
        {"LTR 1058", "LT11"},
        {"Ltr 1058", "LT11"},
        {"L1058", "LT11"},
        {"l 1058", "LT11"},
        {"Letter LT11", "LT11"},
        {"CP504", "CP504"},
        {"CP-504", "CP504"},
        {"CP\xe2\x80\x91"
         "504",
         "CP504"},
        {"cp\xc2\xa0"
         "604",
         "CP504"},
        {"Notice CP504", "CP504"},
        {" Notice  CP 504\n", "CP504"},
        {"CP504B", NULL},
        {"CP50", NULL},
        {"504", NULL},
        {"1058", NULL},
        {"", NULL},
        {"Notice", NULL},
        {"Letter", NULL},
        {"CP297\xc2\xa2", NULL},
        {"CP504\xff", NULL},
        {"CP504 CP504 CP504 CP504 CP504 CP504 CP504 CP504 CP504 CP504 CP504 CP504 CP504 CP504", NULL},
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct notice *notice = catalogue_find_notice(catalogue_of(state), names[i].name);
        if (names[i].id == NULL ? notice != NULL : notice == NULL || strcmp(notice->id, names[i].id) != 0)
            fail_msg("\"%s\" gave %s", names[i].name, notice != NULL ? notice->id : "nothing");
    }
}

static void fields_have_names(void **state)
{
    enum field_id field;

    (void)state;
    assert_string_equal(field_name(FIELD_NOTICE_DATE), "notice_date");
    assert_string_equal(field_name(FIELD_PAGES_PRINTED), "pages_printed");
    for (int i = 0; i < FIELD_COUNT; i++) {
        assert_true(field_parse(field_name((enum field_id)i), &field));
        assert_int_equal(field, i);
    }
    assert_false(field_parse("notice date", &field));
    assert_false(field_parse("", &field));
}

static void near(double actual, double probability)
{
    if (fabs(exp(actual) - probability) > 1e-12)
        fail_msg("%g is not %g", exp(actual), probability);
}

/* The tree counts 10,000 fives: 9,900 right, 80 read as S, 20 lost; and 30 apostrophes made up. To each of
 * the 69 things that can be read a twentieth is added: 10,003.45 in all. */
static void confusions_are_smoothed_counts(void **state)
{
    const struct catalogue *catalogue = catalogue_of(state);

    near(catalogue_confusion(catalogue, '5', '5'), 9900.05 / 10003.45);
    near(catalogue_confusion(catalogue, '5', 'S'), 80.05 / 10003.45);
    near(catalogue_confusion(catalogue, '5', 's'), 80.05 / 10003.45);
    near(catalogue_confusion(catalogue, '5', 0), 20.05 / 10003.45);
    near(catalogue_confusion(catalogue, '5', 'B'), 0.05 / 10003.45);
    near(catalogue_confusion(catalogue, '5', '\xc2'), 0.05 / 10003.45);
    near(catalogue_confusion(catalogue, '5', ' '), 0.05 / 10003.45);
    near(catalogue_confusion(catalogue, 0, '\''), 30.05 / 10003.45);
    near(catalogue_confusion(catalogue, 0, 'X'), 0.05 / 10003.45);
    near(catalogue_confusion(catalogue, 'A', 'A'), 1.0 / 69);
}

/* base -1, odds 0.5, number 2, against -3: log odds -1 + 0.5 * 4 + 2 * 0.5 - 3 = -1 are a probability of 1 / (1 + e). */
static void confidence_is_a_weighted_sum_of_log_odds(void **state)
{
    const double traits[TRAIT_COUNT] = {
        [TRAIT_BASE] = 1, [TRAIT_ODDS] = 4, [TRAIT_NUMBER] = 0.5, [TRAIT_SENDER] = 1, [TRAIT_AGAINST] = 1};

    assert_true(fabs(catalogue_confidence(catalogue_of(state), traits) - 1 / (1 + exp(1))) < 1e-12);
}

static void a_row_of_confusions_is_a_distribution(void **state)
{
    double sum = exp(catalogue_confusion(catalogue_of(state), '5', 0));

    for (int read = '!'; read <= '~'; read++) {
        if (read < 'a' || read > 'z')
            sum += exp(catalogue_confusion(catalogue_of(state), '5', (char)read));
    }
    assert_true(fabs(sum - 1) < 1e-9);
}

static void print_fault(void *context, const struct fault *fault)
{
    (void)context;
    print_error("%s:%u:%u: %s: %s\n", fault->file, fault->line, fault->column, fault->field, fault->what);
}

/* The files that are shipped. */
static void the_project_s_own_files_are_right(void **state)
{
    struct catalogue *catalogue;
    struct error error = {0};

    (void)state;
    if (access(PROJECT_DIR "/patterns", F_OK) != 0)
        skip();
    assert_int_equal(catalogue_new(&catalogue, PROJECT_DIR, print_fault, NULL, &error), 0);

    /* What the confusions are for: a 5 that is read as S is likelier than one that is read as X, and both are
     * unlikely. */
    assert_true(catalogue_confusion(catalogue, '5', 'S') > catalogue_confusion(catalogue, '5', 'X') + 2);
    assert_true(exp(catalogue_confusion(catalogue, '5', '5')) > 0.95);
    catalogue_free(catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clocks_are_as_written),
        cmocka_unit_test(notices_are_as_written),
        cmocka_unit_test(expressions_are_compiled),
        cmocka_unit_test(lists_are_sorted),
        cmocka_unit_test(a_notice_is_found_however_it_is_written),
        cmocka_unit_test(fields_have_names),
        cmocka_unit_test(confusions_are_smoothed_counts),
        cmocka_unit_test(confidence_is_a_weighted_sum_of_log_odds),
        cmocka_unit_test(a_row_of_confusions_is_a_distribution),
        cmocka_unit_test(the_project_s_own_files_are_right),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
