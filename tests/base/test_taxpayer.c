/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/taxpayer.h"

static void masks_hide_all_but_four_digits(void **state)
{
    static const struct {
        const char *text, *masked;
    } examples[] = {
        {"900-12-4417", "XXX-XX-4417"},
        {"SSN 900 12 4417.", "SSN XXX XX 4417."},
        {"EIN 91-2344417", "EIN XX-XXX4417"},
        {"900124417", "XXXXX4417"},
        {"a900124417b", "aXXXXX4417b"},
        {"900-12-4417 and 911-45-6788", "XXX-XX-4417 and XXX-XX-6788"},
        {"XXX-XX-4417", "XXX-XX-4417"},
        {"1-800-829-1040", "1-800-829-1040"},
        {"9001244170", "9001244170"}, /* ten digits: a telephone, a reply reference */
        {"January 13, 2025, $1,234.56", "January 13, 2025, $1,234.56"},
        {"66002-0001", "66002-0001"}, /* ZIP+4 */
        {"", ""},
        /* what OCR makes of the hyphens, and of a digit */
        {"900\u201312\u20134417", "XXX\u2013XX\u20134417"},
        {"900\u201412-4417", "XXX\u2014XX-4417"},
        {"900 - 12 - 4417", "XXX - XX - 4417"},
        {"900-12 4417", "XXX-XX 4417"},
        {"900.12.4417", "XXX.XX.4417"},
        {"900-124417", "XXX-XX4417"},
        {"91\u20132344417", "XX\u2013XXX4417"},
        {"91 2344417", "XX XXX4417"},
        {"9O0-l2-4417", "XXX-XX-4417"},
        {"900-12-44I7", "XXX-XX-44I7"},
        {"QSO-lO-4417", "QSO-lO-4417"}, /* a name: fewer than five digits are digits */
        {"LT11 1234567, CP504 123456", "LT11 1234567, CP504 123456"}, /* a notice, and what stands beside it */
        {"EIN98-7654321, SSN900 12 4417", "EINXX-XXX4321, SSNXXX XX 4417"},
        {"98 7654321 and 900 124417", "XX XXX4321 and XXX XX4417"},
        {"EIN98 7654321, SSN900 124417", "EINXX XXX4321, SSNXXX XX4417"}, /* glued to its label, the hyphen lost */
        {"lt11 1234567, cp504 123456", "lt11 1234567, cp504 123456"},
        {"98 765432Q900124417", "XX XXX432QXXXXX4417"}, /* the first ran on into the second */
        {"1 (800) 829-1040", "1 (800) 829-1040"},
        {"01-13-2025, 12-31-2024", "01-13-2025, 12-31-2024"},
    };
    char text[64];

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        snprintf(text, sizeof text, "%s", examples[i].text);
        taxpayer_mask(text);
        assert_string_equal(text, examples[i].masked);
    }
}

static void digits_are_read_as_what_they_are(void **state)
{
    bool misread = false;

    (void)state;
    assert_int_equal(taxpayer_digit('7', &misread), 7);
    assert_false(misread);
    assert_int_equal(taxpayer_digit('O', &misread), 0);
    assert_true(misread);
    misread = false;
    assert_int_equal(taxpayer_digit('X', &misread), -1);
    assert_int_equal(taxpayer_digit('\0', &misread), -1);
    assert_false(misread);
}

/* Of pictures: what OCR makes of a number on a fax must be blotted out, what people want to compare should not be. */
static void what_may_be_one_is_told(void **state)
{
    static const struct {
        const char *text;
        enum taxpayer_look look;
    } examples[] = {
        {"900-12-4417", TAXPAYER_LIKELY},
        {"900124417 QZ SMIT 30 0 202312 670 00000123456", TAXPAYER_LIKELY},
        {"900 / 12 / 4417", TAXPAYER_LIKELY},
        {"90-2344417", TAXPAYER_LIKELY},
        {"9 0 0 1 2 4 4 1 7", TAXPAYER_LIKELY},   /* a box for each figure */
        {"900~12:4417", TAXPAYER_LIKELY},
        {"90012-4417", TAXPAYER_LIKELY},          /* a hyphen lost: as a ZIP code is, but after no state */
        {"9OO-l2-44I7 ", TAXPAYER_LIKELY},
        {"900-12-441", TAXPAYER_UNCLEAR},         /* one figure lost */
        {"9001-12-4417", TAXPAYER_UNCLEAR},       /* one doubled */
        {"1000677010", TAXPAYER_UNCLEAR},
        {"KS 66002-0001", TAXPAYER_NONE},
        {"800-555-0118", TAXPAYER_NONE},
        {"Call 1-800-555-0118", TAXPAYER_NONE},
        {"12/31/2022", TAXPAYER_NONE},
        {"January 13, 2025, $39,993.13", TAXPAYER_NONE},
        {"XXX-XX-4417", TAXPAYER_NONE},
        {"SOLID OIL BOSS", TAXPAYER_NONE},
        {"", TAXPAYER_NONE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        if (taxpayer_look(examples[i].text) != examples[i].look)
            fail_msg("%s", examples[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks_hide_all_but_four_digits),
        cmocka_unit_test(digits_are_read_as_what_they_are),
        cmocka_unit_test(what_may_be_one_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
