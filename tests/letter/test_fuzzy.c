/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The quick search against a slow one that fills the whole table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "letter/fuzzy.h"

enum { HAYSTACK_MAX = 200 };

/* Edit distance of two texts. */
static unsigned distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    static unsigned cost[FUZZY_NEEDLE_MAX + 1][HAYSTACK_MAX + 1];

    for (size_t i = 0; i <= a_length; i++) {
        for (size_t k = 0; k <= b_length; k++) {
            if (i == 0 || k == 0) {
                cost[i][k] = (unsigned)(i + k);
                continue;
            }
            unsigned best = cost[i - 1][k - 1] + (a[i - 1] != b[k - 1]);
            if (cost[i - 1][k] + 1 < best)
                best = cost[i - 1][k] + 1;
            if (cost[i][k - 1] + 1 < best)
                best = cost[i][k - 1] + 1;
            cost[i][k] = best;
        }
    }
    return cost[a_length][b_length];
}

/* The fewest errors at which the needle ends before each place of the haystack: row by row, without any
 * cut-off. */
static unsigned fewest_errors(const char *needle, const char *haystack, size_t length, size_t *first_end)
{
    unsigned cost[FUZZY_NEEDLE_MAX + 1];
    size_t size = strlen(needle);
    unsigned best = (unsigned)size;

    *first_end = 0;
    for (size_t i = 0; i <= size; i++)
        cost[i] = (unsigned)i;
    for (size_t at = 0; at < length; at++) {
        unsigned diagonal = 0;
        for (size_t i = 1; i <= size; i++) {
            unsigned here = diagonal + (needle[i - 1] != haystack[at]);
            diagonal = cost[i];
            here = cost[i] + 1 < here ? cost[i] + 1 : here;
            here = cost[i - 1] + 1 < here ? cost[i - 1] + 1 : here;
            cost[i] = here;
        }
        if (cost[size] < best) {
            best = cost[size];
            *first_end = at + 1;
        }
    }
    return best;
}

/* xorshift32: the same texts every time. */
static unsigned random_below(unsigned *state, unsigned below)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state % below;
}

static void random_text(unsigned *state, char *out, size_t length, unsigned letters)
{
    for (size_t i = 0; i < length; i++)
        out[i] = (char)('a' + random_below(state, letters));
    out[length] = '\0';
}

/* Copies `text` with up to `errors` characters changed, lost or made up. */
static size_t damage(unsigned *state, char *out, const char *text, unsigned errors, unsigned letters)
{
    size_t length = strlen(text);

    memcpy(out, text, length + 1);
    for (unsigned e = 0; e < errors; e++) {
        size_t at = random_below(state, (unsigned)length);
        unsigned kind = random_below(state, 3);
        char letter = (char)('a' + random_below(state, letters));
        if (kind == 0) {
            out[at] = letter;
        } else if (kind == 1 && length > 1) {
            memmove(out + at, out + at + 1, length - at);
            length--;
        } else {
            memmove(out + at + 1, out + at, length - at + 1);
            out[at] = letter;
            length++;
        }
    }
    return length;
}

typedef bool find_fn(const char *needle, const char *haystack, size_t length, struct fuzzy_match *out);

static unsigned third(size_t length)
{
    return (unsigned)length / 3;
}

static void agrees_with_the_table(find_fn *find, unsigned tolerance(size_t length))
{
    enum { ROUNDS = 20000 };
    unsigned seed = 20250113;
    unsigned found_count = 0;

    for (int round = 0; round < ROUNDS; round++) {
        char needle[64];
        char haystack[HAYSTACK_MAX + 1];
        unsigned letters = 2 + random_below(&seed, 6); /* few letters: many near misses */
        size_t size = 1 + random_below(&seed, 45);
        random_text(&seed, needle, size, letters);
        random_text(&seed, haystack, random_below(&seed, 60), letters);
        if (random_below(&seed, 4) != 0)
            damage(&seed, haystack + strlen(haystack), needle, random_below(&seed, 8), letters);
        size_t used = strlen(haystack);
        random_text(&seed, haystack + used, random_below(&seed, 60), letters);
        size_t length = strlen(haystack);

        size_t end;
        unsigned fewest = fewest_errors(needle, haystack, length, &end);
        bool wanted = fewest <= tolerance(size) && end > 0;
        struct fuzzy_match match = {0};
        bool found = find(needle, haystack, length, &match);
        if (found != wanted)
            fail_msg("%s in %s: %u errors, found is %d", needle, haystack, fewest, found);
        if (!found)
            continue;
        found_count++;
        if (match.errors != fewest || match.end != end)
            fail_msg("%s in %s: %u errors at %zu, not %u at %zu", needle, haystack, match.errors, match.end,
                     fewest, end);
        assert_true(match.start < match.end && match.end <= length);
        assert_int_equal(distance(needle, size, haystack + match.start, match.end - match.start), fewest);
    }
    assert_true(found_count > ROUNDS / 4);
}

static void agrees_with_the_whole_table(void **state)
{
    (void)state;
    agrees_with_the_table(fuzzy_find, fuzzy_tolerance);
}

/* The same search with another bound. */
static void nearest_agrees_with_the_whole_table(void **state)
{
    (void)state;
    agrees_with_the_table(fuzzy_nearest, third);
}

static void words_are_as_far_apart_as_the_table_says(void **state)
{
    unsigned seed = 2463534242U;
    char word[FUZZY_WORD_MAX + 8];
    char other[2 * FUZZY_WORD_MAX];

    (void)state;
    for (size_t round = 0; round < 2000; round++) {
        random_text(&seed, word, 1 + random_below(&seed, 12), 3);
        damage(&seed, other, word, 4, 3);
        assert_int_equal(fuzzy_distance(word, other), distance(word, strlen(word), other, strlen(other)));
    }
    random_text(&seed, word, FUZZY_WORD_MAX + 1, 3);
    assert_int_equal(fuzzy_distance(word, word), FUZZY_WORD_MAX);
}

static void only_the_given_length_is_searched(void **state)
{
    struct fuzzy_match match;

    (void)state;
    assert_false(fuzzy_find("levy", "noticeoflevy", 8, &match));
    assert_true(fuzzy_find("levy", "noticeoflevy", 12, &match));
    assert_int_equal(match.start, 8);
    assert_int_equal(match.end, 12);
    assert_false(fuzzy_find("", "noticeoflevy", 12, &match));
    assert_false(fuzzy_find("levy", "", 0, &match));
}

static void a_needle_too_long_is_cut(void **state)
{
    char needle[FUZZY_NEEDLE_MAX + 51];
    struct fuzzy_match match;
    unsigned seed = 1040;

    (void)state;
    random_text(&seed, needle, FUZZY_NEEDLE_MAX + 50, 26);
    assert_true(fuzzy_find(needle, needle, FUZZY_NEEDLE_MAX, &match));
    assert_int_equal(match.end, FUZZY_NEEDLE_MAX);
    assert_int_equal(match.errors, 0);
}

static void tolerance_grows_slowly(void **state)
{
    (void)state;
    assert_int_equal(fuzzy_tolerance(4), 0); /* a word of four letters with one wrong is another word */
    for (size_t length = 1; length <= FUZZY_NEEDLE_MAX; length++) {
        assert_true(fuzzy_tolerance(length) <= fuzzy_tolerance(length + 1));
        assert_true(fuzzy_tolerance(length) * 6 <= length);
    }
    assert_true(fuzzy_tolerance(40) >= 3); /* OCR of a bad fax: about one character in ten */
}

/* Headings that mean different rights must be further apart than the tolerance, whichever way they are
 * compared. */
static void headings_that_differ_in_law_stay_apart(void **state)
{
    static const char *const pairs[][2] = {
        {"notlceoflntenttolevy", "notlceoflevyandnotlceofyourrlght"},
        {"notlceofyourrlghttoahearlng", "notlceoflntenttolevy"},
        {"notlceoflntenttotermlnateyourlnstallmentagreement", "notlceoflntenttolevyandyourrlghttoahearlng"},
        {"flnalnotlcenotlceoflntenttolevy", "flnalnotlcenotlceoflevy"},
    };
    struct fuzzy_match match;

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        assert_true(fuzzy_find(pairs[i][0], pairs[i][0], strlen(pairs[i][0]), &match));
        assert_false(fuzzy_find(pairs[i][0], pairs[i][1], strlen(pairs[i][1]), &match));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_whole_table),
        cmocka_unit_test(nearest_agrees_with_the_whole_table),
        cmocka_unit_test(words_are_as_far_apart_as_the_table_says),
        cmocka_unit_test(only_the_given_length_is_searched),
        cmocka_unit_test(a_needle_too_long_is_cut),
        cmocka_unit_test(tolerance_grows_slowly),
        cmocka_unit_test(headings_that_differ_in_law_stay_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
