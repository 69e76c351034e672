/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The reader of the wire against answers that a hostile worker might give: whatever is accepted is within every bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "worker/wire.h"

enum { MUTANTS = 60000, TEXT_MAX = 1 << 16 };

/* A letter with something in every list. */
static void make_letter(struct letter *letter, unsigned page)
{
    const struct field_value dated = {"2025-01-13", page, {0.5F, 0.1F, 0.75F, 0.125F}, 0.9};
    const struct field_value period = {"2023-12-31", page, {0.5F, 0.2F, 0.75F, 0.25F}, 0.8};

    letter_init(letter);
    letter_add_page(letter, page);
    letter->status = LETTER_IDENTIFIED;
    strcpy(letter->id, "CP504");
    strcpy(letter->printed, "CP 504");
    letter->confidence = 0.998;
    letter->candidates[0] = (struct candidate){"CP504", 0.998};
    letter->candidates[1] = (struct candidate){"CP504B", 0.001};
    letter->candidate_count = 2;
    letter->evidence[0] =
        (struct evidence){"number", "CP504/number", page, {0.8F, 0.04F, 0.9F, 0.06F}, "CP504 \xC3\xA9 \"\\"};
    letter->evidence_count = 1;
    letter_add_field(letter, FIELD_NOTICE_DATE, &dated);
    letter_add_field(letter, FIELD_TAX_PERIODS, &period);
    letter_add_field(letter, FIELD_TAX_PERIODS, &period);
    letter_warn(letter, "pages-missing", "the letter says it has %d pages", 4);
}

static char *make_answer(unsigned count)
{
    struct letter letter;
    json_t *list = json_array();

    for (unsigned i = 0; i < count; i++) {
        make_letter(&letter, i + 1);
        json_array_append_new(list, letter_to_json(&letter));
        letter_dispose(&letter);
    }
    json_t *message = json_pack("{s:o}", "letters", list);
    char *text = json_dumps(message, JSON_COMPACT);
    json_decref(message);
    assert_non_null(text);
    return text;
}

static int take(const char *text, size_t length, size_t *count)
{
    struct letter *letters;
    struct error error = {0};
    int result = wire_take_answer(text, length, &letters, count, &error);

    for (size_t i = 0; i < *count; i++)
        letter_dispose(&letters[i]);
    free(letters);
    return result;
}

/* A reader that a file has taken over may put into its message what it has read. */
static void test_message_is_masked(void **state)
{
    static const char text[] = "{\"error\": {\"code\": \"damaged\", \"message\": \"of 900-12-4417, it seems\"}}";
    struct letter *letters;
    struct error error = {0};
    size_t count;

    (void)state;
    assert_int_equal(wire_take_answer(text, strlen(text), &letters, &count, &error), 0);
    assert_int_equal(error.code, ERROR_DAMAGED);
    assert_string_equal(error.message, "of XXX-XX-4417, it seems");
}

/* ---- bounds ---- */

static void test_length(void **state)
{
    uint32_t prefix[2] = {htonl(WIRE_ANSWER_MAX), htonl(7)};
    char bytes[WIRE_PREFIX_SIZE];

    (void)state;
    memcpy(bytes, prefix, sizeof bytes);
    assert_int_equal(wire_length(bytes, 7), WIRE_ANSWER_MAX);
    assert_int_equal(wire_length(bytes, 8), 0);
    prefix[0] = htonl(WIRE_ANSWER_MAX + 1);
    memcpy(bytes, prefix, sizeof bytes);
    assert_int_equal(wire_length(bytes, 7), 0);
    prefix[0] = 0;
    memcpy(bytes, prefix, sizeof bytes);
    assert_int_equal(wire_length(bytes, 7), 0);
}

static void test_number_of_letters(void **state)
{
    size_t count;
    char *text = make_answer(WIRE_LETTERS_MAX);

    (void)state;
    assert_int_equal(take(text, strlen(text), &count), 0);
    assert_int_equal(count, WIRE_LETTERS_MAX);
    free(text);
    text = make_answer(WIRE_LETTERS_MAX + 1);
    assert_int_equal(take(text, strlen(text), &count), -1);
    assert_int_equal(count, 0);
    free(text);
}

/* A greeting with `depth` lists in one another, itself the first. */
static int greet(int depth)
{
    char text[TEXT_MAX] = "{\"ready\": true, \"x\": ";
    struct error error = {0};

    for (int i = 1; i < depth; i++)
        strcat(text, "[");
    for (int i = 1; i < depth; i++)
        strcat(text, "]");
    strcat(text, "}");
    return wire_take_greeting(text, strlen(text), &error);
}

static void test_nesting(void **state)
{
    (void)state;
    assert_int_equal(greet(WIRE_NESTING_MAX), 0);
    assert_int_equal(greet(WIRE_NESTING_MAX + 1), -1);
}

/* A greeting that counts as `memory` bytes once it is taken apart: a list of noughts, then blanks. What one of each counts
 * is worker/wire.c's to say; a text and its parts count together. */
static int greet_with(size_t memory)
{
    enum { OBJECT = 400, LIST = 150, VALUE = 100 };
    static const char head[] = "{\"ready\": true, \"x\": [0";
    size_t room = memory - OBJECT - LIST - 3 * VALUE - strlen(head) - strlen("]}"); /* two colons and a comma */
    size_t values = room / (VALUE + strlen(",0"));
    size_t blanks = room % (VALUE + strlen(",0"));
    char *text = malloc(strlen(head) + 2 * values + blanks + 3);
    char *at = text + sprintf(text, "%s", head);
    struct error error = {0};

    for (size_t i = 0; i < values; i++)
        at += sprintf(at, ",0");
    at += sprintf(at, "]%*s}", (int)blanks, "");
    int result = wire_take_greeting(text, (size_t)(at - text), &error);
    free(text);
    return result;
}

static void test_memory(void **state)
{
    (void)state;
    assert_int_equal(greet_with(WIRE_MEMORY_MAX), 0);
    assert_int_equal(greet_with((size_t)WIRE_MEMORY_MAX + 1), -1);
}

/* Brackets inside a text are text, also behind an escaped quotation mark or backslash. */
static void test_brackets_in_text(void **state)
{
    static const char *const texts[] = {
        "{\"ready\": true, \"x\": \"[[[[[[[[[[[[[[[[[[[[[[[[[[\"}",
        "{\"ready\": true, \"x\": \"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[\"}",
        "{\"ready\": true, \"\\\\\": [[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]}",
    };
    struct error error = {0};

    (void)state;
    assert_int_equal(wire_take_greeting(texts[0], strlen(texts[0]), &error), 0);
    assert_int_equal(wire_take_greeting(texts[1], strlen(texts[1]), &error), 0);
    assert_int_equal(wire_take_greeting(texts[2], strlen(texts[2]), &error), -1);
}

/* ---- which page is being read ---- */

static void test_page(void **state)
{
    static const struct {
        const char *text;
        int result;
        unsigned page, pages;
    } cases[] = {
        {"{\"page\": 3, \"pages\": 12}", 1, 3, 12},
        {"{\"page\": 1, \"pages\": 1}", 1, 1, 1},
        {"{\"page\": 2000, \"pages\": 2000}", 1, PAPER_PAGES_MAX, PAPER_PAGES_MAX},
        {"{\"letters\": []}", 0, 0, 0},
        {"{\"pages\": 12}", 0, 0, 0},
        {"{\"page\": 3, ", 0, 0, 0},
        {"", 0, 0, 0},
        {"{\"page\": 0, \"pages\": 12}", -1, 0, 0},
        {"{\"page\": -1, \"pages\": 12}", -1, 0, 0},
        {"{\"page\": 13, \"pages\": 12}", -1, 0, 0},
        {"{\"page\": 1, \"pages\": 2001}", -1, 0, 0},
        {"{\"page\": 4294967297, \"pages\": 4294967297}", -1, 0, 0},
        {"{\"page\": 1}", -1, 0, 0},
        {"{\"page\": \"1\", \"pages\": 2}", -1, 0, 0},
        {"{\"page\": 1.5, \"pages\": 2}", -1, 0, 0},
        {"{\"page\": 1, \"pages\": 2, \"letters\": []}", -1, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned page = 0;
        unsigned pages = 0;
        if (wire_take_page(cases[i].text, strlen(cases[i].text), &page, &pages) != cases[i].result)
            fail_msg("%s", cases[i].text);
        assert_int_equal(page, cases[i].page);
        assert_int_equal(pages, cases[i].pages);
    }
    json_t *json = wire_page(3, 12);
    char *text = json_dumps(json, JSON_COMPACT);
    unsigned page;
    unsigned pages;
    assert_int_equal(wire_take_page(text, strlen(text), &page, &pages), 1);
    assert_int_equal(page, 3);
    assert_int_equal(pages, 12);
    free(text);
    json_decref(json);
}

/* With blanks at its end: at the bound, and one byte past it. */
static void test_page_is_bounded(void **state)
{
    char text[WIRE_PAGE_MAX + 2];
    unsigned page;
    unsigned pages;

    (void)state;
    snprintf(text, sizeof text, "%-*s", WIRE_PAGE_MAX + 1, "{\"page\": 3, \"pages\": 12}");
    assert_int_equal(wire_take_page(text, WIRE_PAGE_MAX, &page, &pages), 1);
    assert_int_equal(wire_take_page(text, WIRE_PAGE_MAX + 1, &page, &pages), 0);
}

/* ---- mutants ---- */

static uint32_t random_state = 20250113;

static uint32_t draw(uint32_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % below;
}

/* Spoils the text in one of the ways in which JSON can be wrong or, worse, right. Returns its new length. */
static size_t spoil(char *text, size_t length)
{
    static const char *const pieces[] = {
        "-1",      "0",       "1e308",    "4294967296", "99999999999999999999", "1.0000001", "null",    "true",  "[]",
        "{}",      "\"\"",    "\\u0000", "\\u001b",   "\\ud800",            "\xFF",      "\xC0\x80", "\xED\xA0\x80",
        "\"es\"", "\"blank\"", "2025-02-30", ",",       ":",                  "\"id\":",   "[[[[[[[[",
    };
    size_t at = draw((uint32_t)length);
    size_t some = draw(12) + 1;

    switch (draw(5)) {
    case 0:
        text[at] = (char)draw(256);
        return length;
    case 1: /* some bytes are missing */
        some = some < length - at ? some : length - at;
        memmove(text + at, text + at + some, length - at - some);
        return length - some > 0 ? length - some : length;
    case 2: /* a part comes twice */
        some = draw(200) + 1;
        some = some < length - at ? some : length - at;
        memmove(text + at + some, text + at, length - at);
        return length + some;
    case 3: /* cut short */
        return at > 0 ? at : 1;
    default: { /* a value, or part of one, becomes another */
        const char *piece = pieces[draw(sizeof pieces / sizeof *pieces)];
        size_t size = strlen(piece);
        while (at > 0 && text[at - 1] != ':' && text[at - 1] != ',' && text[at - 1] != '[')
            at--;
        size_t end = at;
        while (end < length && text[end] != ',' && text[end] != '}' && text[end] != ']')
            end++;
        memmove(text + at + size, text + end, length - end);
        memcpy(text + at, piece, size);
        return length - (end - at) + size;
    }
    }
}

static void assert_share(double value)
{
    assert_true(value >= 0 && value <= 1);
}

static void assert_place(unsigned page, const struct box *box)
{
    assert_in_range(page, 1, 10000);
    assert_share(box->left);
    assert_share(box->top);
    assert_true(box->left <= box->right && box->top <= box->bottom);
    assert_share(box->right);
    assert_share(box->bottom);
}

/* Ended within its room, well-formed, and nothing in it drives a terminal. */
static void assert_words(const char *text, size_t size)
{
    assert_non_null(memchr(text, 0, size));
    for (const char *next = text; *next != 0;) {
        uint32_t character = utf8_next(&next);
        assert_true(character >= 0x20 && !(character >= 0x7F && character < 0xA0));
    }
}

static void assert_sound(const struct letter *letter)
{
    assert_in_range(letter->status, 0, LETTER_STATUS_COUNT - 1);
    assert_in_range(letter->language, 0, LANGUAGE_COUNT - 1);
    assert_int_equal(letter->status == LETTER_IDENTIFIED, letter->id[0] != 0);
    assert_words(letter->id, sizeof letter->id);
    assert_words(letter->printed, sizeof letter->printed);
    assert_share(letter->confidence);
    for (size_t i = 0; i < letter->page_count; i++)
        assert_true(letter->pages[i] >= 1 && (i == 0 || letter->pages[i] > letter->pages[i - 1]));
    assert_in_range(letter->candidate_count, 0, LETTER_CANDIDATES_MAX);
    for (size_t i = 0; i < letter->candidate_count; i++)
        assert_share(letter->candidates[i].confidence);
    assert_in_range(letter->evidence_count, 0, LETTER_EVIDENCE_MAX);
    for (size_t i = 0; i < letter->evidence_count; i++) {
        assert_place(letter->evidence[i].page, &letter->evidence[i].box);
        assert_words(letter->evidence[i].text, sizeof letter->evidence[i].text);
        assert_words(letter->evidence[i].rule, sizeof letter->evidence[i].rule);
    }
    assert_in_range(letter->warning_count, 0, LETTER_WARNINGS_MAX);
    for (size_t i = 0; i < letter->warning_count; i++)
        assert_words(letter->warnings[i].text, sizeof letter->warnings[i].text);
    for (enum field_id field = 0; field < FIELD_COUNT; field++) {
        assert_in_range(letter->fields[field].count, 0, field == FIELD_TAX_PERIODS ? LETTER_PERIODS_MAX : 1);
        for (size_t i = 0; i < letter->fields[field].count; i++) {
            const struct field_value *value = &letter->fields[field].values[i];
            assert_place(value->page, &value->box);
            assert_share(value->confidence);
            assert_words(value->value, sizeof value->value);
        }
    }
    if (letter->fields[FIELD_NOTICE_DATE].count > 0)
        assert_int_not_equal(letter_date(letter, FIELD_NOTICE_DATE), DATE_NONE);
}

static void test_mutants(void **state)
{
    char *answer = make_answer(2);
    size_t answer_length = strlen(answer);
    char *text = malloc(TEXT_MAX);
    unsigned accepted = 0;

    (void)state;
    for (unsigned i = 0; i < MUTANTS; i++) {
        struct letter *letters;
        size_t count;
        size_t length = answer_length;
        struct error error = {0};
        memcpy(text, answer, length);
        for (unsigned changes = draw(3) + 1; changes > 0; changes--)
            length = spoil(text, length);
        char *exact = malloc(length); /* so that a sanitizer sees a byte read too far */
        memcpy(exact, text, length);
        if (wire_take_answer(exact, length, &letters, &count, &error) == 0 && error.code == ERROR_NONE) {
            accepted++;
            for (size_t k = 0; k < count; k++) {
                assert_sound(&letters[k]);
                letter_dispose(&letters[k]);
            }
            free(letters);
        }
        free(exact);
    }
    /* else it would be the spelling of JSON that was tested */
    assert_in_range(accepted, MUTANTS / 100, MUTANTS / 2);
    free(text);
    free(answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_message_is_masked),
        cmocka_unit_test(test_length),  cmocka_unit_test(test_number_of_letters),
        cmocka_unit_test(test_nesting),
        cmocka_unit_test(test_memory), cmocka_unit_test(test_brackets_in_text),
        cmocka_unit_test(test_page), cmocka_unit_test(test_page_is_bounded),
        cmocka_unit_test(test_mutants),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
