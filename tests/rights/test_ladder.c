/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* All rights of a letter together: order, second bests, the day to act by, follow-ups, errors. */
#include "law.h"

enum { RIGHTS_MAX = 6 };

/* A letter with these clocks, "no-" or "if-" before the clock's name for not available and conditional. */
struct letter_case {
    struct notice_right rules[RIGHTS_MAX];
    struct notice notice;
    struct known_dates dates;
};

static void set_up(struct letter_case *letter, const char *clock_list, const char *notice_date,
                   const char *as_of)
{
    char list[200];

    *letter = (struct letter_case){0};
    snprintf(list, sizeof list, "%s", clock_list);
    for (char *name = strtok(list, " "); name != NULL; name = strtok(NULL, " ")) {
        enum availability available = AVAILABLE_YES;
        if (strncmp(name, "no-", 3) == 0)
            available = AVAILABLE_NO;
        else if (strncmp(name, "if-", 3) == 0)
            available = AVAILABLE_CONDITIONAL;
        assert_true(letter->notice.rights_count < RIGHTS_MAX);
        letter->rules[letter->notice.rights_count++] =
            right_of(available == AVAILABLE_YES ? name : name + 3, available);
    }
    letter->notice.rights = letter->rules;
    known_dates_init(&letter->dates, day_of(as_of));
    letter->dates.start[START_NOTICE_DATE] = day_of(notice_date);
}

static void ladders(void **state)
{
    static const struct {
        const char *clocks;
        const char *notice_date;
        const char *as_of;
        const char *standings; /* one a right; * after a better one that is open */
        int act_by;            /* index, or -1 */
    } cases[] = {
        {"levy levy-year cap", "2026-03-02", "2026-03-20", "open open* no-clock", 0},
        {"levy levy-year cap", "2026-03-02", "2026-04-01", "last-day open* no-clock", 0},
        {"levy levy-year cap", "2026-03-02", "2026-04-02", "passed open no-clock", 1},
        {"levy levy-year cap", "2026-03-02", "2027-03-02", "passed last-day no-clock", 1},
        {"levy levy-year cap", "2026-03-02", "2027-03-03", "passed passed no-clock", -1},
        {"levy levy-year cap", "-", "2026-03-20", "needs-date needs-date no-clock", -1},
        {"levy-year levy", "2026-03-02", "2026-03-20", "open* open", 1},
        {"if-levy levy-year", "2026-03-02", "2026-03-20", "open open*", 0},
        {"levy if-levy-year", "2026-03-02", "2026-03-20", "open open*", 0},
        {"no-levy levy-year", "2026-03-02", "2026-03-20", "not-available open", 1},
        {"no-levy no-levy-year cap", "2026-03-02", "2026-03-20", "not-available not-available no-clock", -1},
        {"refund-levy no-levy cap", "2026-03-02", "2026-03-20", "open not-available no-clock", 0},
        {"agreement levy", "2026-03-02", "2026-03-20", "open open", 0},
        {"levy agreement", "2026-03-02", "2026-03-20", "open open", 0},
        {"lien-year lien", "2026-03-02", "2026-03-20", "open* open", 1},
        {"levy-year lien", "2026-03-02", "2026-03-20", "open open", 1},
        {"", "2026-03-02", "2026-03-20", "", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct letter_case letter;
        struct rights rights;
        char got[200] = "";
        size_t length = 0;

        set_up(&letter, cases[i].clocks, cases[i].notice_date, cases[i].as_of);
        assert_int_equal(rights_init(&rights, &letter.notice, &letter.dates, NULL), 0);
        assert_int_equal(rights.count, letter.notice.rights_count);
        for (size_t r = 0; r < rights.count; r++) {
            const struct right *right = &rights.list[r];
            assert_ptr_equal(right->rule, &letter.rules[r]);
            length += (size_t)snprintf(got + length, sizeof got - length, "%s%s%s", r > 0 ? " " : "",
                                       standing_name(right->standing), right->better_open ? "*" : "");
            bool available = right->standing != STANDING_NOT_AVAILABLE;
            assert_true(available || right->deadline.day == DATE_NONE);
        }
        if (strcmp(got, cases[i].standings) != 0)
            fail_msg("%s as of %s: %s", cases[i].clocks, cases[i].as_of, got);
        assert_ptr_equal(rights.act_by, cases[i].act_by < 0 ? NULL : &rights.list[cases[i].act_by]);
        rights_dispose(&rights);
    }
}

/* Letter and insert print two last days: the earlier is kept, and once all else has gone by the later one is
 * left. 2020-04-06 and 30 days are 2020-05-06; 2020-08-15 is a Saturday; 2020-11-02 is the 180th day after
 * 2020-05-06. */
static void a_later_printed_day_is_left(void **state)
{
    static const struct {
        const char *clock;
        const char *printed;
        const char *later;
        const char *as_of;
        const char *day;
        const char *from;
        const char *rolled_from;
        const char *fallback;
        const char *standing;
    } cases[] = {
        {"levy", "2020-05-06", "2020-08-13", "2020-05-01", "2020-05-06", "hearing_by", "-", "-", "open"},
        {"levy", "2020-05-06", "2020-08-13", "2020-05-06", "2020-05-06", "hearing_by", "-", "-", "last-day"},
        {"levy", "2020-05-06", "2020-08-13", "2020-05-07", "2020-08-13", "hearing_by_later", "-", "-",
         "open"},
        {"levy", "2020-05-06", "2020-08-13", "2020-08-13", "2020-08-13", "hearing_by_later", "-", "-",
         "last-day"},
        {"levy", "2020-05-06", "2020-08-13", "2020-08-14", "2020-05-06", "hearing_by", "-", "-", "passed"},
        {"levy", "2020-05-06", "2020-08-15", "2020-08-15", "2020-08-15", "hearing_by_later", "-",
         "2020-08-17", "last-day"},
        {"levy", "2020-05-06", "2020-08-15", "2020-08-16", "2020-08-17", "hearing_by_later", "2020-08-15",
         "2020-08-17", "open"},
        {"levy", "2020-05-06", "2020-08-15", "2020-08-17", "2020-08-17", "hearing_by_later", "2020-08-15",
         "2020-08-17", "last-day"},
        {"levy", "2020-05-06", "2020-08-15", "2020-08-18", "2020-05-06", "hearing_by", "-", "-", "passed"},
        {"levy", "2020-05-01", "2020-08-13", "2020-05-04", "2020-05-06", "notice_date", "-", "-", "open"},
        {"levy", "2020-05-06", "2020-11-02", "2020-05-07", "2020-11-02", "hearing_by_later", "-", "-",
         "open"},
        {"levy", "2020-05-06", "2020-11-03", "2020-05-07", "2020-05-06", "hearing_by", "-", "-", "passed"},
        {"pay-by", "2020-05-06", "2020-08-13", "2020-05-07", "2020-05-06", "respond_by", "-", "-", "passed"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct letter_case letter;
        struct rights rights;
        char name[32];

        set_up(&letter, cases[i].clock, "2020-04-06", cases[i].as_of);
        letter.dates.printed[FIELD_HEARING_BY] = day_of(cases[i].printed);
        letter.dates.printed[FIELD_RESPOND_BY] = day_of(cases[i].printed);
        letter.dates.printed[FIELD_HEARING_BY_LATER] = day_of(cases[i].later);
        assert_int_equal(rights_init(&rights, &letter.notice, &letter.dates, NULL), 0);
        const struct deadline *deadline = &rights.list[0].deadline;
        snprintf(name, sizeof name, "case %zu", i);
        assert_day(name, cases[i].day, deadline->day);
        assert_day(name, cases[i].rolled_from, deadline->rolled_from);
        assert_day(name, cases[i].fallback, deadline->fallback);
        assert_string_equal(deadline->counted_from, cases[i].from);
        assert_string_equal(standing_name(rights.list[0].standing), cases[i].standing);
        rights_dispose(&rights);
    }
}

/* The filing is not known: 2026-01-20 and 30 days are 2026-02-19, and 60 days more are 2026-04-20. */
static void a_safe_day_gone_by_leaves_a_doubt(void **state)
{
    static const struct {
        const char *clock;
        const char *as_of;
        bool perhaps_open;
    } cases[] = {
        {"lien", "2026-02-19", false}, {"lien", "2026-02-20", true},  {"lien", "2026-04-20", true},
        {"lien", "2026-04-21", false}, {"levy", "2026-02-20", false}, {"levy", "2026-02-18", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct letter_case letter;
        struct rights rights;

        set_up(&letter, cases[i].clock, "2026-01-20", cases[i].as_of);
        assert_int_equal(rights_init(&rights, &letter.notice, &letter.dates, NULL), 0);
        assert_int_equal(rights_perhaps_open(&rights.list[0]), cases[i].perhaps_open);
        rights_dispose(&rights);
    }
}

/* After a conference the days run by themselves, whatever the right's own clock says. */
static void follow_ups_after_their_events(void **state)
{
    static const struct {
        enum clock_start event;
        const char *happened;
        const char *days[4]; /* tell, send, no-call, seized */
        const char *standing;
    } cases[] = {
        {START_CONFERENCE, "2026-07-02", {"2026-07-07", "2026-07-08", "-", "-"}, "open"},
        {START_CONFERENCE, "2026-04-14", {"2026-04-16", "2026-04-17", "-", "-"}, "passed"},
        {START_CONFERENCE_ASKED, "2026-11-09", {"-", "-", "2026-11-16", "-"}, "open"},
        {START_SEIZURE_NOTICE, "2026-06-15", {"-", "-", "-", "2026-06-30"}, "open"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct letter_case letter;
        struct rights rights;

        set_up(&letter, "cap", "2026-03-02", "2026-06-20");
        letter.dates.start[cases[i].event] = day_of(cases[i].happened);
        assert_int_equal(rights_init(&rights, &letter.notice, &letter.dates, NULL), 0);
        const struct right *right = &rights.list[0];
        assert_int_equal(right->standing, STANDING_NO_CLOCK);
        assert_int_equal(right->follow_up_count, 4);
        for (size_t f = 0; f < 4; f++) {
            const struct follow_up_deadline *later = &right->follow_ups[f];
            bool known = strcmp(cases[i].days[f], "-") != 0;
            assert_ptr_equal(later->follow_up, &after_conference[f]);
            assert_int_equal(later->known, known);
            assert_day(later->follow_up->name, cases[i].days[f], later->deadline.day);
            assert_string_equal(standing_name(later->standing), known ? cases[i].standing : "needs-date");
        }
        assert_null(rights.act_by);
        rights_dispose(&rights);
    }
}

static void no_follow_ups_where_not_available(void **state)
{
    struct letter_case letter;
    struct rights rights;

    (void)state;
    set_up(&letter, "no-cap", "2026-03-02", "2026-06-20");
    assert_int_equal(rights_init(&rights, &letter.notice, &letter.dates, NULL), 0);
    assert_int_equal(rights.list[0].follow_up_count, 0);
    rights_dispose(&rights);
}

/* Two rights that rest on one printed date say once what is wrong with it. */
static void warnings_are_not_repeated(void **state)
{
    struct letter_case letter;
    struct rights rights;

    (void)state;
    set_up(&letter, "agreement refund-levy pay-by", "2025-03-14", "2025-03-20");
    letter.dates.printed[FIELD_RESPOND_BY] = day_of("2025-04-12");
    assert_int_equal(rights_init(&rights, &letter.notice, &letter.dates, NULL), 0);
    assert_int_equal(rights.warning_count, 2);
    assert_string_equal(rights.warnings[0].code, "printed-date-differs");
    assert_int_equal(rights.warnings[0].days, -1);
    assert_string_equal(rights.warnings[1].code, "printed-date-not-a-workday");
    rights_dispose(&rights);

    set_up(&letter, "agreement refund-levy pay-by", "2025-03-14", "2025-03-20");
    letter.dates.printed[FIELD_RESPOND_BY] = day_of("2024-04-12");
    assert_int_equal(rights_init(&rights, &letter.notice, &letter.dates, NULL), 0);
    assert_int_equal(rights.warning_count, 1);
    assert_string_equal(rights.warnings[0].code, "printed-date-implausible");
    rights_dispose(&rights);
}

/* More warnings than there is room for, each about a day of its own. */
static void warnings_are_bounded(void **state)
{
    enum { MANY = RIGHTS_WARNINGS_MAX + 4 };
    static struct count counts[MANY];
    static struct clock many[MANY];
    static struct notice_right rules[MANY];
    struct notice notice = {.rights = rules, .rights_count = MANY};
    struct known_dates dates;
    struct rights rights;

    (void)state;
    for (unsigned i = 0; i < MANY; i++) {
        counts[i] = (struct count){.from = START_NOTICE_DATE, .period = {30 + i, UNIT_DAYS}};
        many[i] = (struct clock){.track = "track", .printed = &hearing_by, .count = &counts[i]};
        rules[i] = (struct notice_right){.track = "track", .available = AVAILABLE_YES, .clock = &many[i]};
    }
    known_dates_init(&dates, day_of("2026-03-20"));
    dates.start[START_NOTICE_DATE] = day_of("2026-03-02");
    dates.printed[FIELD_HEARING_BY] = day_of("2026-03-30");
    assert_int_equal(rights_init(&rights, &notice, &dates, NULL), 0);
    assert_int_equal(rights.count, MANY);
    assert_int_equal(rights.warning_count, RIGHTS_WARNINGS_MAX);
    rights_dispose(&rights);
}

static void refuses_what_it_cannot_answer(void **state)
{
    struct letter_case letter;
    struct rights rights;
    struct error error = {0};

    (void)state;
    set_up(&letter, "levy", "2026-03-02", "-");
    assert_int_equal(rights_init(&rights, &letter.notice, &letter.dates, &error), -1);
    assert_int_equal(error.code, ERROR_USAGE);
    assert_null(rights.list);

    error = (struct error){0};
    set_up(&letter, "cap levy", "2026-03-02", "2026-03-20");
    letter.rules[1].clock = NULL;
    assert_int_equal(rights_init(&rights, &letter.notice, &letter.dates, &error), -1);
    assert_int_equal(error.code, ERROR_PATTERNS);
    assert_int_equal(rights.count, 0);
    rights_dispose(&rights);
}

static void nothing_is_known_at_first(void **state)
{
    struct known_dates dates;

    (void)state;
    memset(&dates, 0x55, sizeof dates);
    known_dates_init(&dates, 20000);
    assert_int_equal(dates.as_of, 20000);
    for (size_t i = 0; i < START_COUNT; i++)
        assert_int_equal(dates.start[i], DATE_NONE);
    for (size_t i = 0; i < FIELD_COUNT; i++)
        assert_int_equal(dates.printed[i], DATE_NONE);
}

static void names_of_standings(void **state)
{
    static const char *const names[] = {"open",     "last-day",   "passed",
                                        "no-clock", "needs-date", "not-available"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_string_equal(standing_name((enum standing)i), names[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ladders),
        cmocka_unit_test(a_safe_day_gone_by_leaves_a_doubt),
        cmocka_unit_test(a_later_printed_day_is_left),
        cmocka_unit_test(follow_ups_after_their_events),
        cmocka_unit_test(no_follow_ups_where_not_available),
        cmocka_unit_test(warnings_are_not_repeated),
        cmocka_unit_test(warnings_are_bounded),
        cmocka_unit_test(refuses_what_it_cannot_answer),
        cmocka_unit_test(nothing_is_known_at_first),
        cmocka_unit_test(names_of_standings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
