/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"

static void grows_and_hands_over(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 100000);
    buffer_text(&buffer, "CP");
    buffer_byte(&buffer, ' ');
    buffer_printf(&buffer, "%d%s", 504, "B");
    assert_string_equal(buffer.data, "CP 504B");
    assert_int_equal(buffer.length, 7);
    for (int i = 0; i < 10000; i++)
        buffer_printf(&buffer, "%d", i % 10);
    assert_int_equal(buffer.length, 10007);
    assert_false(buffer.failed);
    char *text = buffer_take(&buffer);
    assert_non_null(text);
    assert_int_equal(strlen(text), 10007);
    assert_memory_equal(text + 10000, "3456789", 8);
    free(text);
    assert_null(buffer.data);
    assert_int_equal(buffer.length, 0);
    buffer_text(&buffer, "again");
    assert_string_equal(buffer.data, "again");
    buffer_dispose(&buffer);
    assert_null(buffer.data);
    assert_int_equal(buffer.limit, 100000);
}

/* The limit itself still fits; one byte more, in whatever way it is added, does not. */
static void keeps_to_its_limit(void **state)
{
    (void)state;
    for (int way = 0; way < 4; way++) {
        struct buffer buffer;
        buffer_init(&buffer, 8);
        buffer_text(&buffer, "1234567");
        buffer_byte(&buffer, '8');
        assert_false(buffer.failed);
        switch (way) {
        case 0:
            buffer_byte(&buffer, '9');
            break;
        case 1:
            buffer_text(&buffer, "9");
            break;
        case 2:
            buffer_printf(&buffer, "%d", 9);
            break;
        default:
            buffer_add(&buffer, "9", SIZE_MAX); /* refused before a byte is looked at */
        }
        assert_true(buffer.failed);
        assert_string_equal(buffer.data, "12345678");
        buffer_text(&buffer, ""); /* no way back */
        assert_true(buffer.failed);
        assert_null(buffer_take(&buffer));
        assert_null(buffer.data);
    }
}

static void what_does_not_fit_is_not_added_in_part(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 8);
    buffer_text(&buffer, "12345");
    buffer_text(&buffer, "6789");
    assert_string_equal(buffer.data, "12345");
    buffer_clear(&buffer);
    assert_false(buffer.failed);
    assert_string_equal(buffer.data, "");
    buffer_text(&buffer, "6789");
    assert_string_equal(buffer.data, "6789");
    buffer_dispose(&buffer);
}

static void nothing_added(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 0);
    buffer_clear(&buffer);
    char *text = buffer_take(&buffer);
    assert_non_null(text);
    assert_string_equal(text, "");
    free(text);
    buffer_dispose(&buffer);
    buffer_byte(&buffer, 'x');
    assert_true(buffer.failed);
    buffer_dispose(&buffer);
}

static void bytes_may_be_nul(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 100);
    buffer_add(&buffer, "a\0b", 3);
    buffer_add(&buffer, NULL, 0);
    assert_int_equal(buffer.length, 3);
    assert_memory_equal(buffer.data, "a\0b", 4);
    buffer_dispose(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_and_hands_over),
        cmocka_unit_test(keeps_to_its_limit),
        cmocka_unit_test(what_does_not_fit_is_not_added_in_part),
        cmocka_unit_test(nothing_added),
        cmocka_unit_test(bytes_may_be_nul),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
