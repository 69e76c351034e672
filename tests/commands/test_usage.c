/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/date.h"
#include "run.h"

static void help_is_there(void **state)
{
    static const char *const commands[] = {"read", "rights", "notices", "docket", "lint", "help"};

    (void)state;
    irsort("help");
    assert_int_equal(run.status, 0);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        assert_said(run.out, commands[i]);
    irsort("--help");
    assert_int_equal(run.status, 0);
    assert_said(run.out, "irsort read");
    irsort("help", "read");
    assert_int_equal(run.status, 0);
    assert_said(run.out, "--as-of");
    irsort("read", "--help");
    assert_int_equal(run.status, 0);
    assert_said(run.out, "--as-of");
    assert_string_equal(run.err, "");
}

static void version_is_there(void **state)
{
    (void)state;
    irsort("--version");
    assert_int_equal(run.status, 0);
    assert_int_equal(strncmp(run.out, "irsort ", 7), 0);
    assert_int_equal(count_lines(run.out), 1);
}

static void help_stays_narrow(void **state)
{
    static const char *const commands[] = {"read", "rights", "notices", "docket", "lint"};

    (void)state;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        irsort("help", commands[i]);
        for (const char *line = run.out; *line != '\0'; line += strcspn(line, "\n") + 1)
            assert_true(strcspn(line, "\n") <= 88);
    }
}

static void wrong_calls_are_refused(void **state)
{
    static const struct {
        const char *arguments[6];
        const char *said;
    } cases[] = {
        {{"irsort", "raed", "x.pdf", NULL}, "irsort help"},
        {{"irsort", "--wrong", NULL}, "irsort help"},
        {{"irsort", "help", "raed", NULL}, "irsort help"},
        {{"irsort", "read", NULL}, "a file, a directory or -"},
        {{"irsort", "read", "--wrong", "x.pdf", NULL}, "there is no option --wrong"},
        {{"irsort", "read", "--js", "x.pdf", NULL}, "there is no option --js"},
        {{"irsort", "read", "--json=1", "x.pdf", NULL}, "takes no value"},
        {{"irsort", "read", "--as-of", "2025-02-30", "x.pdf", NULL}, "--as-of wants a day"},
        {{"irsort", "read", "x.pdf", "--as-of", NULL}, "--as-of wants a value"},
        {{"irsort", "read", "--lang", "fr", "x.pdf", NULL}, "--lang wants en or es"},
        {{"irsort", "rights", NULL}, "one notice is wanted"},
        {{"irsort", "rights", "CP504", "LT11", NULL}, "one notice is wanted"},
        {{"irsort", "rights", "CP9999", NULL}, "irsort notices"},
        {{"irsort", "rights", "PC504", NULL}, "the nearest: CP504"},
        {{"irsort", "rights", "1058", NULL}, "the nearest: L1058"},
        {{"irsort", "rights", "L11", NULL}, "the nearest: LT11"},
        {{"irsort", "rights", "cp-505", NULL}, "the nearest: CP501, CP503, CP504;"},
        {{"irsort", "rights", "CP504B", NULL}, "CP 504B ("},
        {{"irsort", "rights", "LT11", "--json", "--ics", NULL}, "cannot go together"},
        {{"irsort", "read", "--json", "--ics", "x.pdf", NULL}, "cannot go together"},
        {{"irsort", "read", "--names", "x.pdf", NULL}, "only for --ics"},
        {{"irsort", "read", "--why", "--ics", "x.pdf", NULL}, "cannot go together"},
        {{"irsort", "read", "--show", "", "x.pdf", NULL}, "--show wants a value"},
        {{"irsort", "read", "x.pdf", "--show", NULL}, "--show wants a value"},
        {{"irsort", "read", "--show", "/proc/none", "x.pdf", NULL}, "the folder for pictures cannot be made"},
        {{"irsort", "read", "--show", "/dev/null", "x.pdf", NULL}, "pictures cannot be written into that folder"},
        {{"irsort", "read", "--workers", "0", "x.pdf", NULL}, "a number from 1 to 8"},
        {{"irsort", "read", "--workers", "9", "x.pdf", NULL}, "a number from 1 to 8"},
        {{"irsort", "read", "--workers", "2x", "x.pdf", NULL}, "a number from 1 to 8"},
        {{"irsort", "read", "--workers=", "x.pdf", NULL}, "a number from 1 to 8"},
        {{"irsort", "notices", "CP504", NULL}, "takes no arguments"},
        {{"irsort", "lint", "a", "b", NULL}, "one directory"},
        {{"irsort", "lint", "/nonexistent", NULL}, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        run_as(0, NULL, cases[i].arguments);
        if (run.status != 2)
            fail_msg("%s %s: exit status %d", cases[i].arguments[1], cases[i].arguments[2], run.status);
        assert_said(run.err, cases[i].said);
    }
}

static void wrong_days_are_explained(void **state)
{
    static const struct {
        const char *day;
        const char *said;
    } cases[] = {
        {"02/03/2026", "which can be two days; write 2026-02-03 or 2026-03-02"},
        {"2.3.2026", "which can be two days; write 2026-02-03 or 2026-03-02"},
        {"02/13/2026", "; write 2026-02-13\n"},
        {"13/02/2026", "; write 2026-02-13\n"},
        {"03/03/2026", "; write 2026-03-03\n"},
        {"2026/02/03", "; write 2026-02-03\n"},
        {"2026-2-3", "; write 2026-02-03\n"},
        {"2026-02-30", "; there is no such day"},
        {"2027-02-29", "; there is no such day"},
        {"2026-13-01", "; there is no such day"},
        {"31/04/2026", "; there is no such day"},
        {"2200-01-01", "; there is no such day"},
        {"02/03/26", "; the year comes first and has four digits"},
        {"tomorrow", "not \"tomorrow\"\n"},
        {"", "not \"\"\n"},
        {"2026-02-03x", "not \"2026-02-03x\"\n"},
        {"2026-02", "not \"2026-02\"\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        irsort("rights", "LT11", "--as-of", "2026-12-31", "--date", cases[i].day);
        assert_int_equal(run.status, 2);
        assert_string_equal(run.out, "");
        assert_said(run.err, "--date wants a day such as 2025-02-12");
        assert_said(run.err, cases[i].said);
    }
}

static void a_letter_from_after_the_day_asked_about_is_refused(void **state)
{
    (void)state;
    irsort("rights", "LT11", "--date", "2026-03-21", "--as-of", "2026-03-20");
    assert_int_equal(run.status, 2);
    assert_string_equal(run.out, "");
    assert_said(run.err, "--date 2026-03-21 lies after 2026-03-20");
    irsort("rights", "LT11", "--date", "2198-03-21");
    assert_int_equal(run.status, 2);
    assert_said(run.err, "--date 2198-03-21 lies after");
    irsort("rights", "L3172", "--filed", "2026-03-21", "--as-of", "2026-03-20");
    assert_int_equal(run.status, 2);
    assert_said(run.err, "--filed 2026-03-21 lies after 2026-03-20");
    irsort("rights", "LT11", "--date", "2026-03-20", "--as-of", "2026-03-20");
    assert_int_equal(run.status, 0);
}

/* What is in hand today may be dated a little ahead: the days are counted, and the date is doubted aloud. */
static void a_letter_dated_a_little_ahead_is_counted(void **state)
{
    char ahead[DATE_TEXT_SIZE];

    (void)state;
    irsort("rights", "LT11", "--date", date_format(date_today() + 5, ahead));
    assert_int_equal(run.status, 0);
    assert_int_equal(strncmp(run.out, "ACT BY ", 7), 0);
    assert_said(run.out, "is 5 days ahead of today");
    irsort("rights", "LT11", "--date", date_format(date_today() + 30, ahead));
    assert_int_equal(run.status, 2);
    assert_said(run.err, "lies after");
}

/* A plan's end may be given: it does not move the thirty days. */
static void the_end_of_a_plan_is_told(void **state)
{
    (void)state;
    irsort("rights", "CP523", "--date", "2026-03-02", "--as-of", "2026-03-20", "--printed", "2026-04-16");
    assert_int_equal(run.status, 0);
    assert_int_equal(strncmp(run.out, "ACT BY Wednesday, April 1, 2026 (12 days left)\n", 47), 0);
    assert_said(run.out, "April 16, 2026, is 15\n    days after the last day to appeal");
    irsort("rights", "CP523", "--date", "2026-03-02", "--as-of", "2026-04-02");
    assert_said(run.out, "A SECOND ONE MAY BE OPEN");
    assert_said(run.out, "30 days after the plan ends");
    irsort("rights", "L4052", "--date", "2026-03-02", "--as-of", "2026-04-02");
    assert_said(run.out, "NO DEADLINE OPEN");
}

static void a_printed_day_that_nothing_goes_by_is_refused(void **state)
{
    (void)state;
    irsort("rights", "L4052", "--date", "2026-03-02", "--as-of", "2026-03-20", "--printed", "2026-04-20");
    assert_int_equal(run.status, 2);
    assert_said(run.err, "leave --printed out");
    irsort("rights", "CP501", "--date", "2026-03-02", "--as-of", "2026-03-20", "--printed", "2026-03-24");
    assert_int_equal(run.status, 0);
    assert_said(run.out, "March 24, 2026");
}

static void a_wrong_argument_cannot_drive_the_terminal(void **state)
{
    (void)state;
    irsort("read", "--\033[2J", "x");
    assert_int_equal(run.status, 2);
    assert_null(strchr(run.err, '\033'));
    irsort("read", "--lang", "\033[2J", "x");
    assert_null(strchr(run.err, '\033'));
}

static void the_bare_program_shows_help_and_fails(void **state)
{
    static const char *const nothing[] = {"irsort", NULL};

    (void)state;
    run_as(0, NULL, nothing);
    assert_int_equal(run.status, 2);
    assert_said(run.out, "irsort read");
}

static void rights_without_a_scan(void **state)
{
    (void)state;
    irsort("rights", "lt 11", "--date=2026-03-02", "--as-of", "2026-03-20");
    assert_int_equal(run.status, 0);
    assert_int_equal(strncmp(run.out, "ACT BY Wednesday, April 1, 2026 (12 days left)\n", 47), 0);
    assert_null(strchr(run.out, '\033')); /* not a terminal: no colour */

    irsort("rights", "--json", "LT11", "--date", "2026-03-02", "--as-of", "2026-03-20", "--conference",
           "2026-03-10");
    assert_int_equal(run.status, 0);
    assert_int_equal(count_lines(run.out), 1);
    json_t *json = json_line(0);
    assert_string_equal(json_string_value(json_object_get(json, "schema")), "irsort.rights/1");
    assert_string_equal(json_string_value(json_object_get(json_object_get(json, "act_by"), "date")),
                        "2026-04-01");
    json_decref(json);
    assert_said(run.out, "2026-03-13"); /* the third business day after the conference */

    irsort("rights", "L2439", "--date", "2026-05-06", "--as-of", "2026-06-20", "--review-asked", "2026-06-01",
           "--review-answered", "2026-06-10");
    assert_int_equal(run.status, 0);
    assert_said(run.out, "September 15, 2026"); /* 16 and 90 days after the request */
    assert_said(run.out, "September 8, 2026");  /* 90 days after the answer */

    irsort("rights", "L3172", "--date", "2026-03-02", "--printed", "2026-04-10", "--as-of", "2026-03-20");
    assert_int_equal(strncmp(run.out, "ACT BY Friday, April 10, 2026", 29), 0);
}

static void notices_are_listed(void **state)
{
    (void)state;
    irsort("notices");
    assert_int_equal(run.status, 0);
    assert_said(run.out, "CP504");
    irsort("notices", "--json");
    assert_int_equal(run.status, 0);
    assert_true(count_lines(run.out) >= 31);
    json_t *json = json_line(0);
    assert_string_equal(json_string_value(json_object_get(json, "schema")), "irsort.notice/1");
    json_decref(json);
}

static void lint_tells_every_fault(void **state)
{
    (void)state;
    irsort("lint");
    assert_int_equal(run.status, 0);
    assert_said(run.out, "clocks: no fault\n");

    assert_int_equal(mkdir("patterns", 0700), 0);
    assert_int_equal(mkdir("patterns/clocks", 0700), 0);
    assert_int_equal(mkdir("patterns/notices", 0700), 0);
    make_file("patterns/clocks/a.yaml", "name: a\nwrong: 1\n");
    make_file("patterns/notices/CP1.yaml", "id: CP1\nwrong: 1\n");
    irsort("lint", ".");
    assert_int_equal(run.status, 2);
    assert_said(run.out, "a.yaml:");
    assert_said(run.out, "CP1.yaml:");
    assert_said(run.out, "faults\n");
}

static void a_full_disk_is_no_success(void **state)
{
    (void)state;
    int status = system("'" IRSORT_PROGRAM "' notices > /dev/full 2>/dev/null");
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_is_there),
        cmocka_unit_test(version_is_there),
        cmocka_unit_test(help_stays_narrow),
        cmocka_unit_test(wrong_calls_are_refused),
        cmocka_unit_test(wrong_days_are_explained),
        cmocka_unit_test(a_letter_from_after_the_day_asked_about_is_refused),
        cmocka_unit_test(a_letter_dated_a_little_ahead_is_counted),
        cmocka_unit_test(the_end_of_a_plan_is_told),
        cmocka_unit_test(a_printed_day_that_nothing_goes_by_is_refused),
        cmocka_unit_test(a_wrong_argument_cannot_drive_the_terminal),
        cmocka_unit_test(the_bare_program_shows_help_and_fails),
        cmocka_unit_test(rights_without_a_scan),
        cmocka_unit_test(notices_are_listed),
        cmocka_unit_test(lint_tells_every_fault),
        cmocka_unit_test(a_full_disk_is_no_success),
    };

    return cmocka_run_group_tests(tests, enter_directory, leave_directory);
}
