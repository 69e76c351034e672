/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Every file of explained/ is a test: pages as text, and which rules hit them. The keys of its head:
 *
 *     notices: CP504 CP523        that are explained, in that order; more may follow
 *     hit: CP504 Notice of Intent to Levy
 *     part, no-heading, near, nothing: the same for the other outcomes; an exclusion's words are its regex
 *     off: 1 CP504 CP604          so many characters differ
 *     text: CP504 CP504 = CP 504  what was found for a rule, behind the last " = "
 *     page: 2 CP504 state tax refund */
#include <glob.h>

#include "letter/explain.h"
#include "letter/identify.h"
#include "pages.h"

static struct catalogue *catalogue;

/* The rule of the notice that `wanted` begins with, whose words are the rest. */
static const struct why_rule *find_rule(const struct letter *letter, const char *wanted)
{
    const char *words = strchr(wanted, ' ');

    for (size_t i = 0; words != NULL && i < letter->why_count; i++) {
        const struct why *why = &letter->why[i];
        if (strlen(why->id) != (size_t)(words - wanted) || strncmp(why->id, wanted, strlen(why->id)) != 0)
            continue;
        for (size_t r = 0; r < why->rule_count; r++) {
            if (strcmp(why->rules[r].wanted, words + 1) == 0)
                return &why->rules[r];
        }
    }
    fail_msg("no rule was explained that is: %s", wanted);
    return NULL;
}

static void check_notices(const struct letter *letter, const char *wanted)
{
    char told[CASE_LINE] = "";

    for (size_t i = 0; i < letter->why_count; i++) {
        size_t used = strlen(told);
        snprintf(told + used, sizeof told - used, "%s%s", i > 0 ? " " : "", letter->why[i].id);
    }
    if (strncmp(told, wanted, strlen(wanted)) != 0)
        fail_msg("%s were explained, %s are wanted", told, wanted);
}

static void check_number(unsigned found, const struct case_key *key)
{
    if (found != (unsigned)atoi(key->value))
        fail_msg("%s: %s is wanted, %u was found", key->name, key->value, found);
}

static void check_text(const struct letter *letter, const char *value)
{
    char rule[CASE_LINE];
    char *text;

    snprintf(rule, sizeof rule, "%s", value);
    text = strstr(rule, " = ");
    assert_non_null(text);
    *text = '\0';
    assert_string_equal(find_rule(letter, rule)->text, text + 3);
}

static void check(const struct case_key *key, const struct letter *letter)
{
    const char *rest = strchr(key->value, ' ');

    if (strcmp(key->name, "notices") == 0) {
        check_notices(letter, key->value);
    } else if (strcmp(key->name, "off") == 0) {
        check_number(find_rule(letter, rest + 1)->off, key);
    } else if (strcmp(key->name, "page") == 0) {
        check_number(find_rule(letter, rest + 1)->page, key);
    } else if (strcmp(key->name, "text") == 0) {
        check_text(letter, key->value);
    } else {
        const char *found = why_found_name(find_rule(letter, key->value)->found);
        if (strcmp(found, key->name) != 0)
            fail_msg("%s: it was found as %s, not as %s", key->value, found, key->name);
    }
}

static void run_case(void **state)
{
    struct case_file file;
    struct letter letter;
    struct error error = {0};
    bool enough;

    case_load(&file, *state);
    assert_true(file.key_count > 0);
    letter_init(&letter);
    assert_int_equal(identify(&letter, catalogue, file.pages, file.page_count, true, &enough, &error), 0);
    assert_int_equal(explain(&letter, catalogue, file.pages, file.page_count, &error), 0);
    for (size_t i = 0; i < file.key_count; i++)
        check(&file.keys[i], &letter);
    letter_dispose(&letter);
    case_dispose(&file);
}

static void nothing_read_is_not_explained(void **state)
{
    struct letter letter;
    struct error error = {0};

    (void)state;
    letter_init(&letter);
    assert_int_equal(explain(&letter, catalogue, NULL, 0, &error), 0);
    assert_int_equal(letter.why_count, 0);
    letter_dispose(&letter);
}

int main(void)
{
    glob_t files;

    catalogue = load_catalogue();
    if (glob(PROJECT_DIR "/tests/letter/explained/*.txt", 0, NULL, &files) != 0)
        return 1;
    struct CMUnitTest tests[files.gl_pathc + 1];
    for (size_t i = 0; i < files.gl_pathc; i++)
        tests[i] = (struct CMUnitTest){.name = strrchr(files.gl_pathv[i], '/') + 1,
                                       .test_func = run_case,
                                       .initial_state = files.gl_pathv[i]};
    tests[files.gl_pathc] = (struct CMUnitTest)cmocka_unit_test(nothing_read_is_not_explained);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    globfree(&files);
    catalogue_free(catalogue);
    return failed;
}
