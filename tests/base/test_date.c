/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/date.h"

static bool leap(int year)
{
    return year % 400 == 0 || (year % 100 != 0 && year % 4 == 0);
}

/* Walks three centuries with counters of its own. 1900-01-01 was a Monday, 25567 days before 1970. */
static void every_day_round_trips(void **state)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    date expected = -25567;
    int weekday = MONDAY;

    (void)state;
    for (int year = 1900; year <= 2199; year++) {
        for (int month = 1; month <= 12; month++) {
            int length = lengths[month - 1] + (month == 2 && leap(year));
            for (int day = 1; day <= length; day++, expected++, weekday = (weekday + 1) % 7) {
                int y;
                int m;
                int d;
                char text[DATE_TEXT_SIZE];
                char plain[32];
                assert_int_equal(date_from_civil(year, month, day), expected);
                date_to_civil(expected, &y, &m, &d);
                assert_true(y == year && m == month && d == day);
                assert_int_equal(date_weekday(expected), weekday);
                snprintf(plain, sizeof plain, "%d-%02d-%02d", year, month, day);
                assert_string_equal(date_format(expected, text), plain);
                assert_int_equal(date_parse(text), expected);
            }
            assert_int_equal(date_from_civil(year, month, length + 1), DATE_NONE);
            assert_int_equal(date_from_civil(year, month, 0), DATE_NONE);
        }
    }
}

/* Days that anyone can look up, so that the walk itself is held to something. */
static void days_known_from_elsewhere(void **state)
{
    static const struct {
        const char *text;
        date day;
        enum weekday weekday;
    } cases[] = {
        {"1970-01-01", 0, THURSDAY},    {"1969-12-31", -1, WEDNESDAY},   {"2000-01-01", 10957, SATURDAY},
        {"2000-02-29", 11016, TUESDAY}, {"2020-02-29", 18321, SATURDAY}, {"1990-01-01", 7305, MONDAY},
        {"2038-01-19", 24855, TUESDAY},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(date_parse(cases[i].text), cases[i].day);
        assert_int_equal(date_weekday(cases[i].day), cases[i].weekday);
    }
}

static void no_such_day(void **state)
{
    static const int cases[][3] = {
        {2023, 2, 29},
        {1900, 2, 29},
        {2100, 2, 29},
        {2024, 2, 30},
        {2024, 4, 31},
        {2024, 13, 1},
        {2024, 0, 1},
        {2024, -1, 1},
        {2024, 1, -1},
        {2024, 1, 32},
        {1899, 12, 31},
        {2200, 1, 1},
        {0, 1, 1},
        {-2024, 1, 1},
        {INT32_MAX, 1, 1},
        {2024, INT32_MAX, 1},
        {2024, 1, INT32_MAX},
        {INT32_MIN, INT32_MIN, INT32_MIN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(date_from_civil(cases[i][0], cases[i][1], cases[i][2]), DATE_NONE);
}

static void only_one_way_to_write_it(void **state)
{
    static const char *const wrong[] = {
        "",
        "2026",
        "2026-3-2",
        "2026-03-2",
        "26-03-02",
        "2026/03/02",
        "20260302",
        "2026-03-02 ",
        " 2026-03-02",
        "2026-03-0a",
        "2026-03-+2",
        "2026-03- 2",
        "-026-03-02",
        "2026-03-023",
        "2026-02-30",
        "2026-00-10",
        "2026-10-00",
        "0000-00-00",
        "9999-12-31",
        "2026-03\xe2\x80\x93"
        "02",
        "2O26-03-02",
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (date_parse(wrong[i]) != DATE_NONE)
            fail_msg("taken for a date: \"%s\"", wrong[i]);
    }
}

static void today_is_near_the_clock(void **state)
{
    date by_seconds = (date)(time(NULL) / 86400);

    (void)state;
    assert_in_range(date_today() - by_seconds + 1, 0, 2); /* no time zone is a day and a half away */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_round_trips),
        cmocka_unit_test(days_known_from_elsewhere),
        cmocka_unit_test(no_such_day),
        cmocka_unit_test(only_one_way_to_write_it),
        cmocka_unit_test(today_is_near_the_clock),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
