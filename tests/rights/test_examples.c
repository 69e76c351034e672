/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The worked examples of the counting rules, examples.tsv: each is a clock of its own and one letter. */
#include "law.h"

enum { EXAMPLES = 49 };

/* "5b 30d roll" into a count; `first` is where its first period is kept. */
static struct count count_from_text(char *text, struct period *first)
{
    struct count count = {.from = START_NOTICE_DATE};
    struct period periods[2];
    int found = 0;

    for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " ")) {
        if (strcmp(word, "roll") == 0) {
            count.roll = true;
            continue;
        }
        char *unit;
        assert_true(found < 2);
        periods[found].count = (unsigned)strtoul(word, &unit, 10);
        assert_non_null(strchr("dby", *unit));
        periods[found++].unit = *unit == 'd' ? UNIT_DAYS : *unit == 'b' ? UNIT_BUSINESS_DAYS : UNIT_YEARS;
    }
    assert_true(found > 0);
    count.period = periods[found - 1];
    if (found == 2) {
        *first = periods[0];
        count.first = first;
    }
    return count;
}

static void check(char *column[COLUMNS_MAX])
{
    struct period first;
    struct count count = count_from_text(column[2], &first);
    struct clock clock = {.name = column[0], .track = "track", .count = &count};
    struct notice_right rule = {.track = clock.track, .available = AVAILABLE_YES, .clock = &clock};
    struct notice notice = {.rights = &rule, .rights_count = 1};
    struct known_dates dates;
    struct rights rights;
    date last = day_of(column[4]);

    for (int after = -1; after <= 1; after++) {
        static const enum standing expected[] = {STANDING_OPEN, STANDING_LAST_DAY, STANDING_PASSED};
        known_dates_init(&dates, last + after);
        dates.start[START_NOTICE_DATE] = day_of(column[1]);
        assert_int_equal(rights_init(&rights, &notice, &dates, NULL), 0);
        const struct right *right = &rights.list[0];
        assert_day(column[0], column[4], right->deadline.day);
        assert_day(column[0], strcmp(column[3], column[4]) == 0 ? "-" : column[3],
                   right->deadline.rolled_from);
        assert_int_equal(right->standing, expected[after + 1]);
        assert_int_equal(right->deadline.days_left, -after);
        assert_int_equal(rights.warning_count, 0);
        rights_dispose(&rights);
    }
}

static void worked_examples(void **state)
{
    char line[LINE_SIZE];
    char *column[COLUMNS_MAX];
    FILE *table = open_table("examples.tsv");
    int count = 0;

    (void)state;
    for (; next_row(table, line, column, 6); count++)
        check(column);
    fclose(table);
    assert_int_equal(count, EXAMPLES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(worked_examples)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
