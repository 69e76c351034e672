/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"

static void first_error_wins(void **state)
{
    struct error error = {0};

    (void)state;
    assert_int_equal(error_set(&error, ERROR_DAMAGED, "page %d", 3), -1);
    assert_int_equal(error_set(&error, ERROR_TIMEOUT, "later"), -1);
    assert_int_equal(error.code, ERROR_DAMAGED);
    assert_string_equal(error.message, "page 3");
    assert_int_equal(error_set(NULL, ERROR_TIMEOUT, "nobody listens"), -1);
}

/* Around the bound, in every place of a character of four bytes, no character is left half. */
static void long_messages_are_cut_at_a_character(void **state)
{
    static const char character[] = "\xF0\x90\x8D\x88";

    (void)state;
    for (size_t before = ERROR_MESSAGE_MAX - 8; before < ERROR_MESSAGE_MAX + 2; before++) {
        struct error error = {0};
        char text[ERROR_MESSAGE_MAX + 16];
        memset(text, 'x', before);
        strcpy(text + before, character);
        error_set(&error, ERROR_DAMAGED, "%s", text);
        size_t room = ERROR_MESSAGE_MAX - 1;
        size_t expected = before + 4 <= room ? before + 4 : before <= room ? before : room;
        assert_int_equal(strlen(error.message), expected);
        assert_memory_equal(error.message, text, expected);
    }
}

/* The names of an unreadable input are part of the JSON contract. */
static void names(void **state)
{
    static const struct {
        enum error_code code;
        const char *name;
    } cases[] = {
        {ERROR_NOT_FOUND, "not-found"},           {ERROR_NOT_READABLE, "not-readable"},
        {ERROR_NOT_REGULAR, "not-regular"},       {ERROR_EMPTY, "empty"},
        {ERROR_UNKNOWN_FORMAT, "unknown-format"}, {ERROR_DAMAGED, "damaged"},
        {ERROR_ENCRYPTED_PDF, "encrypted-pdf"},   {ERROR_TOO_LARGE, "too-large"},
        {ERROR_TOO_MANY_PAGES, "too-many-pages"}, {ERROR_TIMEOUT, "timeout"},
        {ERROR_OUT_OF_MEMORY, "out-of-memory"},   {ERROR_WORKER_DIED, "worker-died"},
    };
    enum error_code code = ERROR_USAGE;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(error_code_name(cases[i].code), cases[i].name);
        assert_true(error_code_parse(cases[i].name, &code));
        assert_int_equal(code, cases[i].code);
    }
    code = ERROR_USAGE;
    assert_false(error_code_parse("Empty", &code));
    assert_false(error_code_parse("", &code));
    assert_int_equal(code, ERROR_USAGE);
    assert_string_equal(error_code_name((enum error_code)1000), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_error_wins),
        cmocka_unit_test(long_messages_are_cut_at_a_character),
        cmocka_unit_test(names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
