/* SPDX-License-Identifier: AGPL-3.0-or-later */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <stdlib.h>
#include <string.h>

#include "catalogue/regex.h"

static void *compile(const char *pattern)
{
    void *code;
    struct regex_error error;

    if (regex_compile(&code, pattern, &error) != 0)
        fail_msg("%s: %s", pattern, error.message);
    return code;
}

static int find(const char *pattern, const char *subject, size_t from, struct regex_match *match)
{
    void *code = compile(pattern);
    int result = regex_find(code, subject, strlen(subject), from, match);

    regex_free(code);
    return result;
}

static void groups_are_found(void **state)
{
    struct regex_match match;

    (void)state;
    assert_int_equal(find("(a)(x)?(b)", "zab", 0, &match), 1);
    assert_int_equal(match.start[0], 1);
    assert_int_equal(match.end[0], 3);
    assert_int_equal(match.start[1], 1);
    assert_int_equal(match.end[1], 2);
    assert_true(match.start[2] == REGEX_NONE && match.end[2] == REGEX_NONE);
    assert_int_equal(match.start[3], 2);
    assert_true(match.start[4] == REGEX_NONE);
}

static void more_groups_than_kept_do_no_harm(void **state)
{
    struct regex_match match;

    (void)state;
    assert_int_equal(find("(a)(b)(c)(d)(e)(f)", "abcdef", 0, &match), 1);
    assert_int_equal(match.end[0], 6);
    assert_int_equal(match.start[4], 3);
    assert_int_equal(match.end[4], 4);
}

static void the_search_starts_where_asked(void **state)
{
    struct regex_match match;

    (void)state;
    assert_int_equal(find("a", "a-a", 1, &match), 1);
    assert_int_equal(match.start[0], 2);
    assert_int_equal(find("^a", "a-a", 2, &match), 0);
    assert_int_equal(find("a", "a-a", 3, &match), 0);
    assert_int_equal(find("a", "a-a", 4, &match), 0);
}

static void letters_match_whatever_their_case(void **state)
{
    struct regex_match match;

    (void)state;
    assert_int_equal(find("notice", "NOTICE", 0, &match), 1);
    assert_int_equal(find("período", "PERÍODO", 0, &match), 1);
    assert_int_equal(find("^\\w+$", "añíÉ", 0, &match), 1);
}

static void the_dot_stays_on_its_line(void **state)
{
    struct regex_match match;

    (void)state;
    assert_int_equal(find("a.b", "a\nb", 0, &match), 0);
    assert_int_equal(find("^b", "a\nb", 0, &match), 0);
}

static void ill_formed_text_is_passed_over(void **state)
{
    struct regex_match match;

    (void)state;
    assert_int_equal(find("notice", "\xff\xc3 notice \xe2\x82", 0, &match), 1);
    assert_int_equal(match.start[0], 3);
    assert_int_equal(find("a.b",
                          "a\xff"
                          "b",
                          0, &match),
                     0);
}

static void a_search_without_end_is_stopped(void **state)
{
    char subject[64];
    struct regex_match match;

    (void)state;
    memset(subject, 'a', sizeof subject - 1);
    subject[sizeof subject - 1] = '\0';
    assert_int_equal(find("(a+)+b?$x", subject, 0, &match), 0); /* PCRE2 sees that there is no x */
    memcpy(subject + sizeof subject - 3, "!x", 2);
    assert_int_equal(find("(a+)+x", subject, 0, &match), -1);
}

/* A pattern cannot raise its own limits. */
static void a_pattern_cannot_ask_for_more(void **state)
{
    struct regex_match match;

    (void)state;
    assert_int_equal(
        find("(*LIMIT_MATCH=4000000000)(a+)+x", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!x", 0, &match),
        -1);
}

static void bad_patterns_say_what_and_where(void **state)
{
    static const struct {
        const char *pattern;
        size_t offset;
        const char *message;
    } bad[] = {
        {"ab(c", 4, "parenthesis"}, {"a[", 2, "terminating ]"}, {"*a", 0, "quantifier"},
        {"a\\Cb", 3, "\\C"},        {"a\xff", 1, "UTF-8"},
        {"(*LIMIT_MATCH=1", 15, "VERB"}, /* no place past the pattern's end */
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        void *code;
        struct regex_error error;
        assert_int_equal(regex_compile(&code, bad[i].pattern, &error), -1);
        assert_null(code);
        assert_int_equal(error.offset, bad[i].offset);
        assert_non_null(strstr(error.message, bad[i].message));
    }
}

static void a_pattern_has_a_bound(void **state)
{
    char *pattern = malloc(REGEX_PATTERN_MAX + 2);
    void *code;
    struct regex_error error;

    (void)state;
    assert_non_null(pattern);
    memset(pattern, 'a', REGEX_PATTERN_MAX + 1);
    pattern[REGEX_PATTERN_MAX + 1] = '\0';
    assert_int_equal(regex_compile(&code, pattern, &error), -1);
    pattern[REGEX_PATTERN_MAX] = '\0';
    assert_int_equal(regex_compile(&code, pattern, &error), 0);
    regex_free(code);
    free(pattern);
}

static void try_all(const char *const *patterns, size_t count, const char *wrong)
{
    size_t failures = 0;

    for (size_t i = 0; i < count; i++) {
        struct regex_error error = {.message = ""};
        void *code = compile(patterns[i]);
        int result = regex_try(code, patterns[i], &error);
        if ((result == 0) != (wrong == NULL) || (wrong != NULL && strstr(error.message, wrong) == NULL)) {
            print_error("%s: %d %s\n", patterns[i], result, error.message);
            failures++;
        }
        regex_free(code);
    }
    assert_int_equal(failures, 0);
}

#define TRY(patterns, wrong) try_all(patterns, sizeof(patterns) / sizeof *(patterns), wrong)

static void slow_patterns_are_refused(void **state)
{
    static const char *const slow[] = {
        "(a+)+$",
        "(a|aa)+$",
        "(?:\\w+\\s?)+:",
        "(\\d+|\\w+)*;",
        "notice date:? (?:[a-z]+ ?)* end",
        "(.+)+$",
        "x|y|(?:b+)+c",
        "(?i:due (?:by|on) (?<when>(?:\\d+[ /-]?)+)) only",
        "(?<=by )(?:[^,;]+,?)+;",
        "\\s*\\s*\\s*:",
        "(?:é+)+!",
        "a{1,}(?:b{2,}b*)*(?:b{20,40})*c",
        "[[:digit:]]*[[:digit:]]*[[:digit:]]*x",
    };

    (void)state;
    TRY(slow, "too many steps");
}

static void patterns_that_take_nothing_are_refused(void **state)
{
    static const char *const empty[] = {"a*", "(?:x|)", "\\b", "(?=notice)", "^", "(?<=a)", "x?y?", "(?!q)"};

    (void)state;
    TRY(empty, "empty text");
}

static void honest_patterns_pass(void **state)
{
    static const char *const honest[] = {
        "notice\\s*date",
        "cp\\s?504b\\b",
        "respond\\s+by\\s*:?",
        "(?:amount|total)\\s+(?:you\\s+owe|due)(?:\\s+(?:immediately|by|now))?",
        "page\\s+(\\d+)\\s+of\\s+(\\d+)",
        "\\(?\\d{3}\\)?[ .-]?\\d{3}[ .-]?\\d{4}",
        "form\\s+(?:9423|12153|433-?[a-f])(?:\\s*\\(rev\\.[^)]{1,20}\\))?",
        "internal\\s+revenue\\s+service",
        "fecha\\s+(?:límite|del\\s+aviso)",
        "we will levy.{0,80}state tax refund",
        "(?<!not )a lien",
        ".*total",
    };

    (void)state;
    TRY(honest, NULL);
}

/* Patterns that end in the middle of something must not lead the reader of patterns astray. */
static void odd_patterns_are_read_to_their_end(void **state)
{
    static const char *const odd[] = {
        "a\\Q+*\\E", "[]x]y",           "[^]x]y",        "a(?#note)b", "(*UCP)a", "(?i)a",  "\\x{41}b",
        "\\p{Lu}b",  "(?P<n>a)\\k<n>b", "(?|a(b)|c(d))", "(?'n'a)b",   "a{3}",    "a{,3}b", "a++b",
        "a*?b",      "a{2,5}?b",
    };

    (void)state;
    TRY(odd, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_are_found),
        cmocka_unit_test(more_groups_than_kept_do_no_harm),
        cmocka_unit_test(the_search_starts_where_asked),
        cmocka_unit_test(letters_match_whatever_their_case),
        cmocka_unit_test(the_dot_stays_on_its_line),
        cmocka_unit_test(ill_formed_text_is_passed_over),
        cmocka_unit_test(a_search_without_end_is_stopped),
        cmocka_unit_test(a_pattern_cannot_ask_for_more),
        cmocka_unit_test(bad_patterns_say_what_and_where),
        cmocka_unit_test(a_pattern_has_a_bound),
        cmocka_unit_test(slow_patterns_are_refused),
        cmocka_unit_test(patterns_that_take_nothing_are_refused),
        cmocka_unit_test(honest_patterns_pass),
        cmocka_unit_test(odd_patterns_are_read_to_their_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
