/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Values out of text: shapes that the IRS prints, what OCR makes of them, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "letter/values.h"

/* `value` is what must be found at the very start of `text`; NULL: nothing. */
struct example {
    const char *text;
    const char *value;
    bool repaired;
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void check(enum field_shape shape, const struct example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct example *e = &examples[i];
        struct value value = {0};
        bool found = value_find(shape, e->text, 0, 0, &value);
        if (found != (e->value != NULL) || (found && strcmp(value.text, e->value) != 0))
            fail_msg("\"%s\" gives %s, not %s", e->text, found ? value.text : "nothing",
                     e->value ? e->value : "nothing");
        if (found && value.repaired != e->repaired)
            fail_msg("\"%s\": repaired is %d", e->text, value.repaired);
    }
}

static void dates_in_every_printed_shape(void **state)
{
    static const struct example examples[] = {
        {"January 24, 2022", "2022-01-24", false},
        {"May 6, 2025", "2025-05-06", false},
        {"May 06, 2025 LTR 2272C", "2025-05-06", false},
        {"Dec. 31, 2017", "2017-12-31", false},
        {"Sept. 5, 2017", "2017-09-05", false},
        {"Sep 5, 2017", "2017-09-05", false},
        {"APRIL 28, 2026", "2026-04-28", false},
        {"02-14-2014", "2014-02-14", false},
        {"02/14/2014", "2014-02-14", false},
        {"2/4/2014", "2014-02-04", false},
        {"24 de enero de 2025", "2025-01-24", false},
        {"1 de mayo de 2025", "2025-05-01", false},
        {"3 de diciembre del 2024", "2024-12-03", false},
        {"15 DE AGOSTO DE 2025", "2025-08-15", false},
        {"February 29, 2024", "2024-02-29", false}, /* a leap year */
    };

    (void)state;
    check(SHAPE_DATE, examples, COUNT(examples));
}

static void every_month_in_both_languages(void **state)
{
    static const char *const months[12][2] = {
        {"January", "enero"},   {"February", "febrero"},   {"March", "marzo"},
        {"April", "abril"},     {"May", "mayo"},           {"June", "junio"},
        {"July", "julio"},      {"August", "agosto"},      {"September", "septiembre"},
        {"October", "octubre"}, {"November", "noviembre"}, {"December", "diciembre"}};
    char text[64];
    char wanted[16];

    (void)state;
    for (int m = 0; m < 12; m++) {
        snprintf(wanted, sizeof wanted, "2025-%02d-17", m + 1);
        snprintf(text, sizeof text, "%s 17, 2025", months[m][0]);
        check(SHAPE_DATE, &(struct example){text, wanted, false}, 1);
        snprintf(text, sizeof text, "%.3s. 17, 2025", months[m][0]);
        check(SHAPE_DATE, &(struct example){text, wanted, false}, 1);
        snprintf(text, sizeof text, "17 de %s de 2025", months[m][1]);
        check(SHAPE_DATE, &(struct example){text, wanted, false}, 1);
    }
}

static void damaged_dates_are_mended_and_say_so(void **state)
{
    static const struct example examples[] = {
        {"January l3, 2025", "2025-01-13", true},
        {"January 1O, 2025", "2025-01-10", true},
        {"Januery 13, 2025", "2025-01-13", true},
        {"Septernber 5, 2017", "2017-09-05", true}, /* m as rn */
        {"Apnl 5, 2023", "2023-04-05", true},       /* ri as n */
        {"Apni5, 2023", "2023-04-05", true},
        {"Apnit 5, 2023", "2023-04-05", true},
        {"Jul. \u00b013, 2023", "2023-07-13", false}, /* a speck */
        {"Jul. (see 13), 2023", NULL, false},
        {"Appnnl 5, 2023", NULL, false},
        {"Novenber 3, 2025", "2025-11-03", true},
        {"January 13, 2O25", "2025-01-13", true},
        {"January 13 2025", "2025-01-13", false},
        {"January 13. 2025", "2025-01-13", false},
        {"January13, 2025", "2025-01-13", false}, /* the blank was not seen */
        {"August9,2024", "2024-08-09", false},
        {"May1 2025", "2025-05-01", false},
        {"0Z/14/2014", "2014-02-14", true},
    };

    (void)state;
    check(SHAPE_DATE, examples, COUNT(examples));
}

/* One character off both June and July, or March and May (in Spanish marzo and mayo): no guess is made. */
static void a_month_that_could_be_two_is_none(void **state)
{
    static const struct example examples[] = {
        {"Jun 1, 2025", "2025-06-01", false}, {"Jul 1, 2025", "2025-07-01", false},
        {"Ju 1, 2025", NULL, false},          {"Jure 1, 2025", "2025-06-01", true},
        {"Juny 1, 2025", NULL, false},        {"Juty 1, 2025", "2025-07-01", true},
        {"2 de mao de 2025", NULL, false},    {"2 de mavo de 2025", "2025-05-02", true},
    };

    (void)state;
    check(SHAPE_DATE, examples, COUNT(examples));
}

static void impossible_dates_are_none(void **state)
{
    static const struct example examples[] = {
        {"February 30, 2025", NULL, false},
        {"February 29, 2025", NULL, false},
        {"April 31, 2025", NULL, false},
        {"January 0, 2025", NULL, false},
        {"January 32, 2025", NULL, false},
        {"13/14/2014", NULL, false},
        {"02/14-2014", NULL, false},
        {"January 13, 1925", NULL, false},
        {"January 13, 2225", NULL, false},
        {"January 13, 25", NULL, false},
        {"02/14/14", NULL, false}, /* 2-digit years are not guessed at */
        {"January 13, 20251", NULL, false},
        {"January 2025", NULL, false},
        {"Smarxch 13, 2025", NULL, false},
        {"lO/OI/ZOZS", NULL, false}, /* without one plain digit it is a word */
        {"", NULL, false},
    };

    (void)state;
    check(SHAPE_DATE, examples, COUNT(examples));
}

static void money_with_and_without_cents(void **state)
{
    static const struct example examples[] = {
        {"$1,234.56", "1234.56", false},
        {"$1,234", "1234.00", false},
        {"$812.50", "812.50", false},
        {"$1,234,567.89", "1234567.89", false},
        {"$30, 356.19", "30356.19", false}, /* the engine saw a blank behind the comma */
        {"$1, 234, 567.89", "1234567.89", false},
        {"1,234.56", "1234.56", false},
        {"$ 47,634.54", "47634.54", false},
        {"$1234.56", "1234.56", false},
        {"$1,234.56 CR", "1234.56", false},
        {"$0.00", "0.00", false},
        {"$1,234.56.", "1234.56", false}, /* a full stop after it */
        {"1,234", NULL, false},           /* without sign and cents: any number */
        {"$1,23.56", NULL, false},
        {"$30, 35.19", NULL, false},
        {"$12,3456.00", NULL, false},
        {"$1.234", NULL, false},
        {"$1,234.5", NULL, false},
        {"$", NULL, false},
        {"$1,234.567", NULL, false},
        {"$1,234 567.89", NULL, false}, /* the rest of the number ran away */
    };

    (void)state;
    check(SHAPE_MONEY, examples, COUNT(examples));
}

static void taxpayer_numbers_give_four_digits(void **state)
{
    static const struct example examples[] = {
        {"XXX-XX-4417", "4417", false},
        {"xxx-xx-4417", "4417", false},
        {"***-**-4417", "4417", false},
        {"900-12-4417", "4417", false},
        {"900 - 12 - 4417", "4417", false},
        {"91-2344417", "4417", false},
        {"XX-XXX4417", "4417", false},
        {"XXX-XX-XXXX", NULL, false},
        {"900-12-44170", NULL, false},
        {"900-12-441", NULL, false},
        {"900-12", NULL, false},
    };

    (void)state;
    check(SHAPE_TIN, examples, COUNT(examples));
}

static void phones(void **state)
{
    static const struct example examples[] = {
        {"1-800-829-1040", "1-800-829-1040", false},
        {"800-829-1040", "800-829-1040", false},
        {"(800) 829-1040", "800-829-1040", false},
        {"800 829 1040", "800-829-1040", false},
        {"800.829.1040", "800-829-1040", false},
        {"1 (800) 829-1040", "1-800-829-1040", false},
        {"829-1040", NULL, false},
        {"900-12-4417", NULL, false},
        {"800-829-10401", NULL, false},
        {"XXX-XX-4417", NULL, false},
    };

    (void)state;
    check(SHAPE_PHONE, examples, COUNT(examples));
}

static void periods_and_pages(void **state)
{
    static const struct example periods[] = {
        {"2022", "2022", false},
        {"December 31, 2022", "2022-12-31", false},
        {"12-31-2022", "2022-12-31", false},
        {"1979", NULL, false},
        {"2101", NULL, false},
        {"20221", NULL, false},
        {"2O22", NULL, false}, /* a year stands alone: a mended one would be a guess */
    };
    static const struct example pages[] = {{"3", "3", false},
                                           {"12", "12", false},
                                           {"0", NULL, false},
                                           {"123", NULL, false},
                                           {"three", NULL, false}};

    (void)state;
    check(SHAPE_PERIOD, periods, COUNT(periods));
    check(SHAPE_PAGES, pages, COUNT(pages));
}

static void slack_and_place(void **state)
{
    struct value value;
    static const char text[] = "Notice date :; January 13, 2025 and more";

    (void)state;
    assert_false(value_find(SHAPE_DATE, text, 11, 2, &value));
    assert_true(value_find(SHAPE_DATE, text, 11, 6, &value));
    assert_int_equal(value.start, strstr(text, "January") - text);
    assert_int_equal(value.end, strstr(text, " and") - text);
    assert_false(value_find(SHAPE_PERIOD, "no. 12022", 0, 9, &value)); /* not out of the middle of a number */
    assert_false(value_find(SHAPE_PAGES, "x3", 0, 6, &value));
    assert_false(value_find(SHAPE_DATE, "", 0, 6, &value));
    assert_false(value_find(SHAPE_DATE, "2025", 4, 6, &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_in_every_printed_shape),
        cmocka_unit_test(every_month_in_both_languages),
        cmocka_unit_test(damaged_dates_are_mended_and_say_so),
        cmocka_unit_test(a_month_that_could_be_two_is_none),
        cmocka_unit_test(impossible_dates_are_none),
        cmocka_unit_test(money_with_and_without_cents),
        cmocka_unit_test(taxpayer_numbers_give_four_digits),
        cmocka_unit_test(phones),
        cmocka_unit_test(periods_and_pages),
        cmocka_unit_test(slack_and_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
