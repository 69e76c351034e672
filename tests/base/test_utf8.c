/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"

enum { REPLACEMENT = 0xFFFD, LAST_CHARACTER = 0x10FFFF };

static bool scalar(uint32_t character)
{
    return character <= LAST_CHARACTER && (character < 0xD800 || character > 0xDFFF);
}

static void every_character_round_trips(void **state)
{
    (void)state;
    for (uint32_t character = 1; character <= LAST_CHARACTER + 2; character++) {
        char bytes[5] = {0};
        const char *at = bytes;
        size_t length = utf8_put(character, bytes);
        size_t expected = !scalar(character)    ? 3
                          : character < 0x80    ? 1
                          : character < 0x800   ? 2
                          : character < 0x10000 ? 3
                                                : 4;
        assert_int_equal(length, expected);
        assert_int_equal(strlen(bytes), length);
        assert_int_equal(utf8_next(&at), scalar(character) ? character : REPLACEMENT);
        assert_ptr_equal(at, bytes + length);
    }
}

static void bytes_as_published(void **state)
{
    static const struct {
        uint32_t character;
        const char *bytes;
    } cases[] = {
        {'$', "$"},
        {0xA2, "\xC2\xA2"},
        {0xF1, "\xC3\xB1"},
        {0x20AC, "\xE2\x82\xAC"},
        {0x10348, "\xF0\x90\x8D\x88"},
        {LAST_CHARACTER, "\xF4\x8F\xBF\xBF"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char bytes[5] = {0};
        utf8_put(cases[i].character, bytes);
        assert_string_equal(bytes, cases[i].bytes);
    }
}

/* Each ill-formed byte is one U+FFFD, and what follows is read again from the next byte. */
static void ill_formed(void **state)
{
    static const struct {
        const char *bytes;
        const uint32_t characters[6]; /* until 0 */
    } cases[] = {
        {"\x80", {REPLACEMENT}},
        {"a\xBF"
         "b",
         {'a', REPLACEMENT, 'b'}},
        {"\xC3", {REPLACEMENT}}, /* cut at the end */
        {"\xC3"
         "a",
         {REPLACEMENT, 'a'}},
        {"\xE2\x82", {REPLACEMENT, REPLACEMENT}},
        {"\xF0\x90\x8D", {REPLACEMENT, REPLACEMENT, REPLACEMENT}},
        {"\xE2\xC3\xB1", {REPLACEMENT, 0xF1}},    /* a whole character right after */
        {"\xC0\x80", {REPLACEMENT, REPLACEMENT}}, /* longer than needed: NUL */
        {"\xC1\xBF", {REPLACEMENT, REPLACEMENT}},
        {"\xE0\x80\xAF", {REPLACEMENT, REPLACEMENT, REPLACEMENT}},
        {"\xF0\x80\x80\xAF", {REPLACEMENT, REPLACEMENT, REPLACEMENT, REPLACEMENT}},
        {"\xED\xA0\x80", {REPLACEMENT, REPLACEMENT, REPLACEMENT}}, /* a surrogate */
        {"\xED\x9F\xBF", {0xD7FF}},
        {"\xEE\x80\x80", {0xE000}},
        {"\xF4\x90\x80\x80", {REPLACEMENT, REPLACEMENT, REPLACEMENT, REPLACEMENT}}, /* over U+10FFFF */
        {"\xF5", {REPLACEMENT}},
        {"\xFE\xFF", {REPLACEMENT, REPLACEMENT}},
        {"", {0}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *at = cases[i].bytes;
        size_t count = 0;
        for (; cases[i].characters[count] != 0; count++)
            assert_int_equal(utf8_next(&at), cases[i].characters[count]);
        assert_int_equal(utf8_next(&at), 0);
        assert_ptr_equal(at, cases[i].bytes + strlen(cases[i].bytes));
        assert_int_equal(utf8_next(&at), 0); /* and stays there */
        assert_int_equal(utf8_length(cases[i].bytes), count);
    }
}

/* Cut after any byte and trimmed, a text is the longest run of whole characters that fits. */
static void trim_after_every_byte(void **state)
{
    static const char text[] = "a\xC3\xB1\xE2\x82\xAC\xF0\x90\x8D\x88z";
    static const size_t whole[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11};

    (void)state;
    for (size_t length = 0; length < sizeof text; length++) {
        char cut[sizeof text];
        memcpy(cut, text, length);
        cut[length] = '\0';
        utf8_trim(cut);
        assert_int_equal(strlen(cut), whole[length]);
        assert_memory_equal(cut, text, whole[length]);
    }
}

static void trim_of_ill_formed_stays_inside(void **state)
{
    static const char *const texts[] = {"\x80", "\x80\x80\x80\x80\x80\x80", "\xC3", "\xFF", "a\xFF", "\xF0"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char copy[16];
        strcpy(copy, texts[i]);
        utf8_trim(copy);
        assert_true(strlen(copy) <= strlen(texts[i]));
        assert_memory_equal(copy, texts[i], strlen(copy));
    }
}

/* What does not fit ends with an ellipsis, at a character, and nothing comes behind it. */
static void appended_text_says_where_it_was_cut(void **state)
{
    char out[12] = "";

    (void)state;
    utf8_append(out, sizeof out, "seven", 5);
    utf8_append(out, sizeof out, "-elevenths", 6);
    assert_string_equal(out, "seven-eleve"); /* it fits to the last byte */
    out[0] = '\0';
    utf8_append(out, sizeof out, "seven", 100);
    utf8_append(out, sizeof out, "-eleventh", 100);
    assert_string_equal(out, "seven-el\xE2\x80\xA6");
    utf8_append(out, sizeof out, "x", 1);
    assert_string_equal(out, "seven-el\xE2\x80\xA6");
    out[0] = '\0';
    utf8_append(out, sizeof out, "1234567\xC3\xB1\xC3\xB1\xC3\xB1", 100); /* the cut falls into a character */
    assert_string_equal(out, "1234567\xE2\x80\xA6");
    out[0] = '\0';
    utf8_append(out, sizeof out, "12345678901", 100);
    utf8_append(out, sizeof out, "2", 1); /* what was there before gives way */
    assert_string_equal(out, "12345678\xE2\x80\xA6");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character_round_trips),
        cmocka_unit_test(bytes_as_published),
        cmocka_unit_test(ill_formed),
        cmocka_unit_test(trim_after_every_byte),
        cmocka_unit_test(trim_of_ill_formed_stays_inside),
        cmocka_unit_test(appended_text_says_where_it_was_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
