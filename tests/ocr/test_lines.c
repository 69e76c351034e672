/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Words, in whatever order the engine gives them, become lines and paragraphs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ocr/lines.h"

enum { WORDS_MAX = 400 };

#define ASPECT (11.0F / 8.5F)
#define HEIGHT 0.011F
#define LETTER 0.0085F /* a character's width */
#define LEADING 0.015F /* from line to line */

struct setting {
    struct ocr_word words[WORDS_MAX];
    size_t count;
};

/* Sets the text word by word from that place on. */
static void set(struct setting *out, float left, float top, float size, const char *text)
{
    char copy[256];
    char *rest = copy;

    snprintf(copy, sizeof copy, "%s", text);
    for (char *word; (word = strtok_r(NULL, " ", &rest)) != NULL;) {
        float width = LETTER * size * (float)strlen(word);
        assert_true(out->count < WORDS_MAX);
        out->words[out->count++] = (struct ocr_word){
            .text = strdup(word), .box = {left, top, left + width, top + HEIGHT * size}, .confidence = 0.9F};
        left += width + LETTER * size;
    }
}

static void shuffle(struct setting *out, unsigned seed)
{
    for (size_t i = out->count; i > 1; i--) {
        seed = seed * 1103515245 + 12345;
        size_t k = (seed >> 16) % i;
        struct ocr_word word = out->words[k];
        out->words[k] = out->words[i - 1];
        out->words[i - 1] = word;
    }
}

static struct ocr_lines build(struct setting *setting)
{
    struct ocr_lines lines;
    struct error error = {0};

    shuffle(setting, 1913);
    assert_int_equal(lines_build(&lines, setting->words, setting->count, ASPECT, &error), 0);
    return lines;
}

static void finish(struct setting *setting, struct ocr_lines *lines)
{
    lines_dispose(lines);
    for (size_t i = 0; i < setting->count; i++)
        free(setting->words[i].text);
}

static void words_come_in_order(void **state)
{
    struct setting s = {.count = 0};

    (void)state;
    set(&s, 0.06F, 0.30F, 1, "We have not received your payment. You must");
    set(&s, 0.06F, 0.30F + LEADING, 1, "pay the amount at once, or call us.");
    struct ocr_lines lines = build(&s);
    assert_int_equal(lines.line_count, 2);
    assert_string_equal(lines.lines[0].text, "We have not received your payment. You must");
    assert_string_equal(lines.lines[1].text, "pay the amount at once, or call us.");
    assert_int_equal(lines.lines[0].paragraph, lines.lines[1].paragraph);
    assert_float_equal(lines.lines[0].box.left, 0.06, 1e-5);
    assert_float_equal(lines.lines[0].box.bottom, 0.30 + (double)HEIGHT, 1e-5);
    finish(&s, &lines);
}

/* The header box: labels in one column, values in another. A sentence must not run from one into the other.
 */
static void columns_stay_apart(void **state)
{
    struct setting s = {.count = 0};

    (void)state;
    set(&s, 0.06F, 0.04F, 1, "Department of the Treasury");
    set(&s, 0.06F, 0.04F + LEADING, 1, "Internal Revenue Service");
    set(&s, 0.60F, 0.04F, 1, "Notice");
    set(&s, 0.60F, 0.04F + LEADING, 1, "Notice date");
    set(&s, 0.80F, 0.04F, 1, "CP504");
    set(&s, 0.80F, 0.04F + LEADING, 1, "May 6, 2025");
    struct ocr_lines lines = build(&s);
    static const char *const wanted[] = {"Department of the Treasury",
                                         "Internal Revenue Service",
                                         "Notice",
                                         "Notice date",
                                         "CP504",
                                         "May 6, 2025"};
    assert_int_equal(lines.line_count, 6);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(lines.lines[i].text, wanted[i]);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(lines.lines[i].paragraph, lines.lines[i / 2 * 2].paragraph);
    assert_int_not_equal(lines.lines[0].paragraph, lines.lines[2].paragraph);
    assert_int_not_equal(lines.lines[2].paragraph, lines.lines[4].paragraph);
    finish(&s, &lines);
}

static void a_blank_line_and_a_larger_type_begin_paragraphs(void **state)
{
    struct setting s = {.count = 0};

    (void)state;
    set(&s, 0.06F, 0.20F, 2, "Final notice");
    set(&s, 0.06F, 0.20F + 2 * LEADING, 1, "We have not received your payment.");
    set(&s, 0.06F, 0.20F + 3 * LEADING, 1, "You must pay it at once.");
    set(&s, 0.06F, 0.20F + 5 * LEADING, 1, "You can call us about it.");
    struct ocr_lines lines = build(&s);
    assert_int_equal(lines.line_count, 4);
    assert_int_not_equal(lines.lines[0].paragraph, lines.lines[1].paragraph);
    assert_int_equal(lines.lines[1].paragraph, lines.lines[2].paragraph);
    assert_int_not_equal(lines.lines[2].paragraph, lines.lines[3].paragraph);
    finish(&s, &lines);
}

/* A line that climbs a little from word to word is one line still. */
static void a_slight_slope_is_one_line(void **state)
{
    struct setting s = {.count = 0};

    (void)state;
    set(&s, 0.06F, 0.30F, 1, "one two three four five six seven eight nine ten eleven twelve");
    for (size_t i = 0; i < s.count; i++) {
        s.words[i].box.top += 0.0008F * (float)i;
        s.words[i].box.bottom += 0.0008F * (float)i;
    }
    struct ocr_lines lines = build(&s);
    assert_int_equal(lines.line_count, 1);
    finish(&s, &lines);
}

/* However words lie: each is in exactly one line, lines are in the order of their paragraphs, and paragraphs
 * are numbered without a gap. */
static void every_word_is_in_one_line(void **state)
{
    unsigned seed = 42;

    (void)state;
    for (int round = 0; round < 50; round++) {
        struct setting s = {.count = 0};
        size_t words = 0;
        char text[16];
        for (int i = 0; i < 60; i++) {
            float place[2];
            for (int k = 0; k < 2; k++) {
                seed = seed * 1103515245 + 12345;
                place[k] = (float)(seed >> 16 & 1023) / 1200;
            }
            snprintf(text, sizeof text, "w%d", i);
            set(&s, place[0], place[1], 1, text);
        }
        struct ocr_lines lines = build(&s);
        bool seen[60] = {false};
        for (size_t l = 0; l < lines.line_count; l++) {
            const struct ocr_line *line = &lines.lines[l];
            assert_true(line->word_count > 0);
            words += line->word_count;
            for (size_t w = 0; w < line->word_count; w++) {
                int number = atoi(line->words[w].text + 1);
                assert_false(seen[number]);
                seen[number] = true;
                assert_true(w == 0 || line->words[w].box.left >= line->words[w - 1].box.left);
            }
            size_t before = l > 0 ? lines.lines[l - 1].paragraph : 0;
            assert_true(line->paragraph == before || line->paragraph == before + 1);
        }
        assert_int_equal(words, 60);
        finish(&s, &lines);
    }
}

/* As soon as there is a line, no one behind it sees more than the last four digits, in the line or in its words. */
static void taxpayer_numbers_are_masked_at_once(void **state)
{
    struct setting s = {.count = 0};

    (void)state;
    set(&s, 0.06F, 0.30F, 1, "Your number: 900 12 4417 (SSN)");
    set(&s, 0.06F, 0.40F, 1, "EIN 98-7654321, call 1-800-829-1040");
    struct ocr_lines lines = build(&s);
    assert_int_equal(lines.line_count, 2);
    assert_string_equal(lines.lines[0].text, "Your number: XXX XX 4417 (SSN)");
    assert_string_equal(lines.lines[0].words[2].text, "XXX");
    assert_string_equal(lines.lines[0].words[3].text, "XX");
    assert_string_equal(lines.lines[0].words[4].text, "4417");
    assert_string_equal(lines.lines[1].text, "EIN XX-XXX4321, call 1-800-829-1040");
    assert_string_equal(lines.lines[1].words[1].text, "XX-XXX4321,");
    finish(&s, &lines);
}

static void nothing_gives_nothing(void **state)
{
    struct ocr_lines lines;
    struct error error = {0};

    (void)state;
    assert_int_equal(lines_build(&lines, NULL, 0, ASPECT, &error), 0);
    assert_int_equal(lines.line_count, 0);
    lines_dispose(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_come_in_order),
        cmocka_unit_test(columns_stay_apart),
        cmocka_unit_test(a_blank_line_and_a_larger_type_begin_paragraphs),
        cmocka_unit_test(a_slight_slope_is_one_line),
        cmocka_unit_test(every_word_is_in_one_line),
        cmocka_unit_test(taxpayer_numbers_are_masked_at_once),
        cmocka_unit_test(nothing_gives_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
