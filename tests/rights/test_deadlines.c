/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One right of one letter on one day: deadlines.tsv. And what must hold for every letter. */
#include "law.h"

enum { CASES = 83 };

enum column {
    CLOCK,
    NOTICE,
    FILED,
    PRINTED,
    AS_OF,
    STANDING,
    DAY,
    DAYS_LEFT,
    FROM,
    ROLLED_FROM,
    FALLBACK,
    COMPUTED,
    SAFE,
    WARNINGS,
    WHY,
    COLUMN_COUNT
};

static void work_out(struct rights *rights, const struct clock *clock, const struct known_dates *dates)
{
    struct notice_right rule = {.track = clock->track, .available = AVAILABLE_YES, .clock = clock};
    struct notice notice = {.rights = &rule, .rights_count = 1};
    struct error error = {0};

    assert_int_equal(rights_init(rights, &notice, dates, &error), 0);
    assert_int_equal(error.code, ERROR_NONE);
    rights->list[0].rule = NULL; /* `rule` ends here */
}

static void assert_warnings(const char *why, const char *expected, const struct rights *rights)
{
    char got[512] = "";
    size_t length = 0;

    for (size_t i = 0; i < rights->warning_count; i++) {
        const struct rights_warning *warning = &rights->warnings[i];
        length +=
            (size_t)snprintf(got + length, sizeof got - length, "%s%s", i > 0 ? "," : "", warning->code);
        if (warning->days != 0)
            length += (size_t)snprintf(got + length, sizeof got - length, ":%d", warning->days);
        bool of_right = strncmp(warning->code, "printed-", 8) == 0;
        assert_ptr_equal(warning->right, of_right ? rights->list : NULL);
    }
    if (strcmp(length > 0 ? got : "-", expected) != 0)
        fail_msg("%s: warnings %s instead of %s", why, got, expected);
}

static void check(char *column[COLUMNS_MAX])
{
    const struct clock *clock = clock_named(column[CLOCK]);
    struct known_dates dates;
    struct rights rights;

    known_dates_init(&dates, day_of(column[AS_OF]));
    dates.start[START_NOTICE_DATE] = day_of(column[NOTICE]);
    dates.start[START_LIEN_FILED] = day_of(column[FILED]);
    if (clock->printed != NULL)
        dates.printed[*clock->printed] = day_of(column[PRINTED]);
    work_out(&rights, clock, &dates);

    const struct right *right = &rights.list[0];
    const struct deadline *deadline = &right->deadline;
    const char *why = column[WHY];
    if (strcmp(standing_name(right->standing), column[STANDING]) != 0)
        fail_msg("%s: %s instead of %s", why, standing_name(right->standing), column[STANDING]);
    assert_day(why, column[DAY], deadline->day);
    assert_day(why, column[ROLLED_FROM], deadline->rolled_from);
    assert_day(why, column[FALLBACK], deadline->fallback);
    assert_day(why, column[COMPUTED], deadline->computed);
    bool believed = strstr(column[WARNINGS], "printed-date-implausible") == NULL;
    assert_day(why, believed ? column[PRINTED] : "-", deadline->printed);
    assert_int_equal(deadline->days_left, atoi(column[DAYS_LEFT]));
    assert_string_equal(deadline->counted_from != NULL ? deadline->counted_from : "-", column[FROM]);
    bool printed = strcmp(column[FROM], "hearing_by") == 0 || strcmp(column[FROM], "respond_by") == 0 ||
                   strcmp(column[FROM], "termination_date") == 0;
    assert_int_equal(right->has_deadline, strcmp(column[DAY], "-") != 0);
    if (right->has_deadline)
        assert_int_equal(deadline->basis, printed ? BASIS_PRINTED : BASIS_COMPUTED);
    assert_int_equal(deadline->safe, strcmp(column[SAFE], "yes") == 0);
    assert_warnings(why, column[WARNINGS], &rights);
    bool open = right->standing == STANDING_OPEN || right->standing == STANDING_LAST_DAY;
    assert_ptr_equal(rights.act_by, open ? right : NULL);
    rights_dispose(&rights);
}

static void cases(void **state)
{
    char line[LINE_SIZE];
    char *column[COLUMNS_MAX];
    FILE *table = open_table("deadlines.tsv");
    int count = 0;

    (void)state;
    for (; next_row(table, line, column, COLUMN_COUNT); count++)
        check(column);
    fclose(table);
    assert_int_equal(count, CASES);
}

static struct deadline deadline_of(const char *clock, date notice, date filed, date as_of)
{
    struct known_dates dates;
    struct rights rights;

    known_dates_init(&dates, as_of);
    dates.start[START_NOTICE_DATE] = notice;
    dates.start[START_LIEN_FILED] = filed;
    work_out(&rights, clock_named(clock), &dates);
    struct deadline deadline = rights.list[0].deadline;
    rights_dispose(&rights);
    return deadline;
}

/* The letter goes out on the day of the filing or up to five business days after it (IRC 6320(a)(2)):
 * whichever day that was, the safe day is never later than the true one. */
static void safe_is_never_later(void **state)
{
    static const char *const liens[] = {"lien", "lien-year"};

    (void)state;
    for (date filed = day_of("2015-01-01"); filed <= day_of("2035-12-31"); filed++) {
        date last_letter = calendar_business_days(filed, 5);
        for (size_t i = 0; i < 2; i++) {
            struct deadline known = deadline_of(liens[i], DATE_NONE, filed, last_letter);
            assert_false(known.safe);
            for (date letter = filed; letter <= last_letter; letter++) {
                struct deadline safe = deadline_of(liens[i], letter, DATE_NONE, last_letter);
                assert_true(safe.safe);
                assert_true(safe.day <= known.day);
            }
        }
    }
}

/* Each day brings the end one day nearer, and nothing passed opens again. */
static void standing_only_ages(void **state)
{
    static const char *const printed_days[] = {"-", "2026-03-28", "2026-04-01", "2026-04-05", "2026-04-20"};

    (void)state;
    for (size_t i = 0; i < sizeof printed_days / sizeof *printed_days; i++) {
        enum standing before = STANDING_OPEN;
        for (date as_of = day_of("2026-03-02"); as_of <= day_of("2026-05-01"); as_of++) {
            struct known_dates dates;
            struct rights rights;
            known_dates_init(&dates, as_of);
            dates.start[START_NOTICE_DATE] = day_of("2026-03-02");
            dates.printed[FIELD_HEARING_BY] = day_of(printed_days[i]);
            work_out(&rights, clock_named("levy"), &dates);
            const struct right *right = &rights.list[0];
            assert_false(before == STANDING_PASSED && right->standing != STANDING_PASSED);
            assert_int_equal(right->deadline.days_left, right->deadline.day - as_of);
            assert_int_equal(right->standing == STANDING_PASSED, right->deadline.days_left < 0);
            before = right->standing;
            rights_dispose(&rights);
        }
        assert_int_equal(before, STANDING_PASSED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases),
        cmocka_unit_test(safe_is_never_later),
        cmocka_unit_test(standing_only_ages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
