/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The calendar against the published table of holidays, and against the days as they are walked in walk.h. */
#include "walk.h"

static void walk_agrees_with_civil_dates(void **state)
{
    (void)state;
    for (int i = 0; i < walk_length; i++) {
        assert_int_equal(date_from_civil(walk[i].year, walk[i].month, walk[i].day), walked_date(i));
        assert_int_equal(date_weekday(walked_date(i)), walk[i].weekday);
    }
}

static void every_day_rolls_as_walked(void **state)
{
    (void)state;
    int end = index_of(LAST_CHECKED, 12, 31);
    for (int i = index_of(FIRST_CHECKED, 1, 1); i <= end; i++) {
        assert_int_equal(calendar_roll(walked_date(i)), walked_date(walk_roll(i)));
        assert_int_equal(calendar_roll(calendar_days(walked_date(i), 30)), walked_date(walk_roll(i + 30)));
        if (walk[i].weekday >= 1 && walk[i].weekday <= 5)
            assert_int_equal(calendar_holiday(walked_date(i)) != NULL, walk[i].closed);
    }
}

static void every_day_counts_business_days_as_walked(void **state)
{
    (void)state;
    int end = index_of(LAST_CHECKED, 12, 31);
    for (int i = index_of(FIRST_CHECKED, 1, 1); i <= end; i++) {
        for (unsigned count = 1; count <= 10; count++)
            assert_int_equal(calendar_business_days(walked_date(i), count),
                             walked_date(walk_business_days(i, count)));
    }
}

static void every_day_has_its_anniversaries(void **state)
{
    (void)state;
    int end = index_of(LAST_CHECKED, 12, 31);
    for (int i = index_of(FIRST_CHECKED, 1, 1); i <= end; i++) {
        for (unsigned years = 1; years <= 4; years++)
            assert_int_equal(calendar_years(walked_date(i), years), walked_date(walk_years(i, years)));
    }
}

static void published_holidays(void **state)
{
    char line[LINE_SIZE];
    char *column[COLUMNS_MAX];
    FILE *table = open_table("holidays.tsv");
    int years = 0;

    (void)state;
    for (; next_row(table, line, column, 2); years++) {
        int year = atoi(column[0]);
        char *listed = column[1];
        date end = date_from_civil(year, 12, 31);
        for (date day = date_from_civil(year, 1, 1); day <= end; day++) {
            char text[DATE_TEXT_SIZE];
            enum weekday weekday = date_weekday(day);
            if (weekday == SATURDAY || weekday == SUNDAY)
                continue;
            bool expected = strstr(listed, date_format(day, text)) != NULL;
            if (expected != (calendar_holiday(day) != NULL))
                fail_msg("%s is %sa holiday in the table", text, expected ? "" : "not ");
        }
    }
    fclose(table);
    assert_int_equal(years, 9);
}

static void names_of_moved_and_special_days(void **state)
{
    static const struct {
        const char *day;
        const char *name; /* NULL: no holiday observed */
    } cases[] = {
        {"2027-12-31", "New Year's Day"},
        {"2028-01-01", NULL},
        {"2022-12-26", "Christmas Day"},
        {"2005-04-15", "D.C. Emancipation Day"},
        {"2004-04-16", NULL},
        {"2028-04-17", "D.C. Emancipation Day"},
        {"2023-04-17", "D.C. Emancipation Day"},
        {"2020-06-19", NULL},
        {"2021-06-18", "Juneteenth"},
        {"2022-06-20", "Juneteenth"},
        {"1984-01-16", NULL},
        {"1985-01-21", "Inauguration Day"}, /* the 20th was a Sunday */
        {"1986-01-20", "Birthday of Martin Luther King, Jr."},
        {"2021-01-20", "Inauguration Day"},
        {"2022-01-20", NULL},
        {"2029-01-19", NULL}, /* Inauguration Day is a Saturday: not moved */
        {"2029-01-20", "Inauguration Day"},
        {"2013-01-21", "Birthday of Martin Luther King, Jr."},
        {"2017-01-20", "Inauguration Day"},
        {"2026-11-27", NULL}, /* the Friday after Thanksgiving */
        {"2024-04-15", NULL}, /* Patriots' Day is a State's */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *name = calendar_holiday(day_of(cases[i].day));
        if ((name == NULL) != (cases[i].name == NULL) || (name != NULL && strcmp(name, cases[i].name) != 0))
            fail_msg("%s: expected %s, got %s", cases[i].day, cases[i].name ? cases[i].name : "none",
                     name ? name : "none");
    }
}

/* What must hold for every day of three centuries. */
static void properties(void **state)
{
    (void)state;
    for (date day = date_from_civil(1900, 1, 1); day <= date_from_civil(2199, 12, 31); day++) {
        date rolled = calendar_roll(day);
        assert_in_range(rolled - day, 0, 4);
        assert_int_equal(calendar_roll(rolled), rolled);
        assert_in_range(date_weekday(rolled), MONDAY, FRIDAY);
        assert_null(calendar_holiday(rolled));
        date next = calendar_business_days(day, 1);
        if (next != DATE_NONE) {
            assert_in_range(date_weekday(next), MONDAY, FRIDAY);
            assert_true(next > day && next <= calendar_roll(day + 1));
        }
    }
}

static void no_day_after_the_calendar(void **state)
{
    date last = date_from_civil(2199, 12, 31);

    (void)state;
    assert_int_equal(calendar_days(last - 30, 30), last);
    assert_int_equal(calendar_days(last - 30, 31), DATE_NONE);
    assert_int_equal(calendar_days(last, 0), last);
    assert_int_equal(calendar_years(last, 0), last);
    assert_int_equal(calendar_days(0, UINT32_MAX), DATE_NONE);
    assert_int_equal(calendar_business_days(last, 1), DATE_NONE);
    assert_int_equal(calendar_business_days(0, UINT32_MAX), DATE_NONE);
    assert_int_equal(calendar_years(day_of("2198-12-31"), 1), last);
    assert_int_equal(calendar_years(last, 1), DATE_NONE);
    assert_int_equal(calendar_years(0, UINT32_MAX), DATE_NONE);
    assert_day("years over the century", "2100-02-28", calendar_years(day_of("2096-02-29"), 4));
    assert_day("years to a leap year", "2028-02-29", calendar_years(day_of("2024-02-29"), 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walk_agrees_with_civil_dates),
        cmocka_unit_test(every_day_rolls_as_walked),
        cmocka_unit_test(every_day_counts_business_days_as_walked),
        cmocka_unit_test(every_day_has_its_anniversaries),
        cmocka_unit_test(published_holidays),
        cmocka_unit_test(names_of_moved_and_special_days),
        cmocka_unit_test(properties),
        cmocka_unit_test(no_day_after_the_calendar),
    };

    return cmocka_run_group_tests(tests, build_walk, NULL);
}
