/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* `irsort docket` as people call it. The records are those of invented letters. */
#include "run.h"

#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define HASH_C "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

/* One line as `irsort read --json` prints it, without what the docket does not need. */
#define RECORD(hash, status, id, candidates, date)                                                           \
    "{\"schema\":\"irsort.letter/1\",\"source\":{\"file\":\"mail.pdf\",\"sha256\":\"" hash                   \
    "\",\"pages\":[1,2]},\"status\":\"" status "\",\"notice\":{\"id\":" id                                   \
    ",\"printed\":null,\"title\":null,\"confidence\":0.99,\"language\":\"en\"},\"candidates\":[" candidates  \
    "],\"evidence\":[],\"fields\":{\"notice_date\":{\"value\":\"" date                                       \
    "\",\"page\":1,\"box\":[0,0,1,1],\"confidence\":0.99}},\"rights\":[],\"act_by\":null,\"warnings\":[]}\n"
#define LT11 RECORD(HASH_A, "identified", "\"LT11\"", "", "2026-03-02")
#define CP504 RECORD(HASH_B, "identified", "\"CP504\"", "", "2026-03-03")
#define UNSURE                                                                                               \
    RECORD(HASH_C, "review", "null",                                                                         \
           "{\"id\":\"LT11\",\"confidence\":0.6},{\"id\":\"CP504\",\"confidence\":0.4}", "2026-03-04")

/* Every call is about the docket in the test's own directory, as if it were 10 March 2026. */
#define on_docket(...)                                                                                       \
    run_as(0, NULL,                                                                                          \
           (const char *const[]){"irsort", "docket", "--file", "docket.db", "--as-of", "2026-03-10",         \
                                 __VA_ARGS__, NULL})

static int start(void **state)
{
    if (enter_directory(state) < 0)
        return -1;
    make_file("letters.jsonl", LT11 CP504 UNSURE);
    on_docket("--take", "letters.jsonl", "--by", "maria");
    return run.status;
}

static void taking_twice_does_no_harm(void **state)
{
    (void)state;
    on_docket("--take", "letters.jsonl");
    assert_int_equal(run.status, 0);
    assert_said(run.out, "letters taken: 0 ");
    assert_said(run.out, "there already: 3;");
    on_docket("--take", "letters.jsonl", "--received", "2026-03-09");
    assert_said(run.out, "came again: 3;");
    on_docket("--history", "1");
    assert_int_equal(count_lines(run.out), 2);
    assert_said(run.out, "maria: taken; it came on 2026-03-10\n");
    assert_said(run.out, "came again on 2026-03-09\n");
}

static void standard_input_is_taken_and_lines_may_lack_their_end(void **state)
{
    (void)state;
    make_file("one.jsonl", "\n" LT11);
    assert_int_equal(truncate("one.jsonl", (off_t)strlen(LT11)), 0); /* blank line first, no end of line */
    run_as(0, "one.jsonl",
           (const char *const[]){"irsort", "docket", "--file", "new.db", "--take", "-", "--ref", "26-014",
                                 NULL});
    assert_int_equal(run.status, 0);
    assert_said(run.out, "letters taken: 1 ");
    irsort("docket", "--file", "new.db", "--as-of", "2026-03-10", "--ref", "26-014");
    assert_said(run.out, "26-014");
    assert_said(run.out, "LT11");
}

static void what_is_no_letter_is_told_and_the_rest_taken(void **state)
{
    (void)state;
    make_file("mixed.jsonl",
              "no json\n" LT11
              "{\"schema\":\"irsort.letter/1\"}\n{\"schema\":\"irsort.error/1\",\"source\":{\"file\":"
              "\"locked.pdf\",\"sha256\":null},\"error\":{\"code\":\"encrypted-pdf\",\"message\":\"it is "
              "locked\"}}\n");
    run_as(0, NULL,
           (const char *const[]){"irsort", "docket", "--file", "new.db", "--take", "mixed.jsonl",
                                 "missing.jsonl", NULL});
    assert_int_equal(run.status, 1);
    assert_said(run.out, "letters taken: 1 ");
    assert_said(run.out, "not taken: 4\n");
    assert_said(run.err, "irsort docket: mixed.jsonl:1: this is no line");
    assert_said(run.err, "irsort docket: mixed.jsonl:3: this is no whole");
    assert_said(
        run.err,
        "irsort docket: mixed.jsonl:4: not on the docket, it could not be read: locked.pdf (it is locked)");
    assert_said(run.err, "irsort docket: missing.jsonl: No such file");
}

static void a_filed_record_says_where_it_is(void **state)
{
    (void)state;
    assert_int_equal(mkdir("2026-03-02 LT11 aaaa", 0700), 0);
    make_file("2026-03-02 LT11 aaaa/letter.json", LT11);
    irsort("docket", "--file", "new.db", "--take", "2026-03-02 LT11 aaaa/letter.json");
    assert_int_equal(run.status, 0);
    irsort("docket", "--file", "new.db", "--json", "--as-of", "2026-03-10");
    assert_said(run.out, "/2026-03-02 LT11 aaaa\"");
}

static void the_list(void **state)
{
    (void)state;
    on_docket("--within", "60");
    assert_int_equal(run.status, 0);
    assert_string_equal(run.err, "");
    assert_said(run.out, "Open: 2. To be looked at: 1. Missed: 0. Passed: 0.");
    assert_said(run.out, "     1 LT11     2026-04-01 Wednesday in 22 days\n");
    assert_said(run.out, "     3 ?        not sure             TO BE LOOKED AT\n");
    on_docket("--lang", "es");
    assert_said(run.out, "2026-04-01 miércoles en 22 días\n");
    on_docket("--notice", "cp 504");
    assert_said(run.out, "CP504");
    assert_null(strstr(run.out, "     1 LT11"));
}

static void json_csv_and_calendar(void **state)
{
    (void)state;
    on_docket("--json");
    assert_int_equal(run.status, 0);
    json_t *json = json_line(0);
    assert_string_equal(json_string_value(json_object_get(json, "schema")), "irsort.docket/1");
    assert_string_equal(json_string_value(json_object_get(json, "date")), "2026-04-01");
    json_decref(json);
    on_docket("--csv");
    assert_int_equal(run.status, 0);
    assert_int_equal(strncmp(run.out, "id,state,date,", 14), 0);
    on_docket("--ics");
    assert_int_equal(run.status, 0);
    assert_said(run.out, "UID:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-1-cdp-levy@irsort\r\n");
    assert_null(strstr(run.out, "mail.pdf"));
    assert_string_equal(
        run.err, "irsort docket: letter 3: a person must look; a deadline of it is not in the calendar\n");
    on_docket("--ics", "--names");
    assert_said(run.out, "mail.pdf");
}

static void what_people_do(void **state)
{
    (void)state;
    on_docket("--note", "1", "called the taxpayer", "--by", "jo");
    assert_int_equal(run.status, 0);
    assert_string_equal(run.out, "");
    on_docket("--assign", "1", "Jo");
    on_docket("--set-ref", "1", "26-014");
    on_docket("--lang", "en");
    assert_said(run.out, "in 22 days             26-014\n       Hearing about the levy");
    assert_said(run.out, "Assigned to Jo.\n       Note: called the taxpayer\n");
    on_docket("--done", "1");
    on_docket("--lang", "en");
    assert_null(strstr(run.out, "LT11     2026"));
    on_docket("--all");
    assert_said(run.out, "     1 -                             done");
    on_docket("--undo", "1");
    on_docket("--lang", "en");
    assert_said(run.out, "LT11     2026-04-01");
    on_docket("--history", "1");
    assert_said(run.out, " UTC  jo: note: called the taxpayer\n");
    on_docket("--history", "1", "--json");
    json_t *json = json_line(1);
    assert_string_equal(json_string_value(json_object_get(json, "schema")), "irsort.event/1");
    assert_string_equal(json_string_value(json_object_get(json, "what")), "note");
    assert_string_equal(json_string_value(json_object_get(json, "who")), "jo");
    json_decref(json);
}

static void a_person_settles_what_is_unsure(void **state)
{
    (void)state;
    on_docket("--confirm", "3");
    assert_int_equal(run.status, 2);
    assert_said(run.err, "--correct 3 notice=VALUE");
    on_docket("--correct", "3", "notice=lt 11");
    assert_int_equal(run.status, 0);
    on_docket("--lang", "en");
    assert_said(run.out, "Still to be confirmed on the paper: Date of the letter.");
    on_docket("--confirm", "3", "notice_date");
    on_docket("--lang", "en");
    assert_said(run.out, "     3 LT11     2026-04-03 Friday    in 24 days\n"); /* 4 March and 30 days */
}

static void a_backup_opens(void **state)
{
    (void)state;
    on_docket("--backup", "copy.db");
    assert_int_equal(run.status, 0);
    irsort("docket", "--file", "copy.db", "--as-of", "2026-03-10");
    assert_said(run.out, "     1 LT11     2026-04-01");
    on_docket("--backup", "copy.db");
    assert_int_equal(run.status, 2);
    assert_said(run.err, "never overwrites");
}

static void the_default_place(void **state)
{
    char data[96];

    (void)state;
    snprintf(data, sizeof data, "%s/data", directory);
    assert_int_equal(setenv("XDG_DATA_HOME", data, 1), 0);
    irsort("docket");
    assert_int_equal(run.status, 2); /* no docket is not an empty one */
    assert_said(run.err, "there is no docket at ");
    assert_said(run.err, "data/irsort/docket.db");
    irsort("docket", "--take", "letters.jsonl");
    assert_int_equal(run.status, 0);
    assert_int_equal(access("data/irsort/docket.db", R_OK), 0);
    assert_int_equal(unsetenv("XDG_DATA_HOME"), 0);
    assert_int_equal(setenv("HOME", directory, 1), 0);
    irsort("docket", "--take", "letters.jsonl");
    assert_int_equal(access(".local/share/irsort/docket.db", R_OK), 0);
}

static void wrong_calls_are_refused(void **state)
{
    static const struct {
        const char *arguments[5];
        const char *said;
    } cases[] = {
        {{"--done", "9"}, "the nearest: 3, 2, 1"},
        {{"--done", "first"}, "--done wants a number, not \"first\""},
        {{"--done", "-1"}, "--done wants a number"},
        {{"--done", "99999999999999999999"}, "--done wants a number"},
        {{"--done", "1", "2"}, "--done wants one ID"},
        {{"--done", "1", "--undo", "1"}, "one thing at a time"},
        {{"--note", "1"}, "--note wants an ID and one text"},
        {{"--note", "1", "two", "words"}, "--note wants an ID and one text"},
        {{"--note", "1", "123-45-6789"}, "last four"},
        {{"--correct", "1", "notice"}, "FIELD=VALUE"},
        {{"--correct", "1", "=LT11"}, "FIELD=VALUE"},
        {{"--correct", "1", "notice=PC504"}, "the nearest: CP504"},
        {{"--correct", "1", "colour=red"}, "no such field"},
        {{"--correct", "1", "notice_date=3/2/2026"}, "a day such as"},
        {{"--take"}, "--take wants a file"},
        {{"letters.jsonl"}, "--take FILE takes letters"},
        {{"--json", "--ics"}, "cannot go together"},
        {{"--csv", "--json"}, "cannot go together"},
        {{"--names"}, "only for --ics"},
        {{"--received", "2026-03-01"}, "only for --take"},
        {{"--take", "letters.jsonl", "--received", "2026-03-11"}, "lies after today"},
        {{"--done", "1", "--csv"}, "only for the list"},
        {{"--done", "1", "--json"}, "only for the list"},
        {{"--done", "1", "--ref", "x"}, "--set-ref"},
        {{"--notice", "CP9999"}, "irsort notices"},
        {{"--within", "soon"}, "--within wants a number"},
        {{"--history", "7"}, "no letter 7"},
        {{"--file", "nowhere.db"}, "there is no docket at nowhere.db"},
        {{"--file", "letters.jsonl"}, "letters.jsonl is not a docket"},
        {{"--file", ""}, "wants a value"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *arguments[16] = {"irsort", "docket", "--file", "docket.db", "--as-of", "2026-03-10"};
        for (size_t j = 0; j < 5; j++)
            arguments[6 + j] = cases[i].arguments[j];
        run_as(0, NULL, arguments);
        if (run.status != 2)
            fail_msg("%s %s: exit status %d", cases[i].arguments[0], cases[i].arguments[1], run.status);
        assert_string_equal(run.out, "");
        assert_said(run.err, cases[i].said);
    }
    on_docket("--history", "1");
    assert_int_equal(count_lines(run.out), 1); /* nothing was done */
}

static void a_docket_that_may_not_be_written(void **state)
{
    enum { NOBODY = 65534 };
    static const char *const note[] = {"irsort", "docket", "--file", "docket.db", "--note", "1", "x", NULL};

    (void)state;
    if (getuid() != 0) {
        print_message("needs root to become another user: skipped\n");
        skip();
    }
    assert_int_equal(chmod(".", 0755), 0);
    run_as(NOBODY, NULL, note);
    if (run.status == 127 || run.status == 126) {
        print_message("the program cannot be reached by another user: skipped\n");
        skip();
    }
    assert_int_equal(run.status, 2);
    assert_said(run.err, "docket.db cannot be opened: Permission denied");
    assert_int_equal(chmod("docket.db", 0644), 0);
    run_as(NOBODY, NULL, note);
    assert_int_equal(run.status, 2);
    assert_said(run.err, "docket.db");
    assert_said(run.err, "written");
    on_docket("--history", "1");
    assert_int_equal(count_lines(run.out), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, leave_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(taking_twice_does_no_harm),
        TEST(standard_input_is_taken_and_lines_may_lack_their_end),
        TEST(what_is_no_letter_is_told_and_the_rest_taken),
        TEST(a_filed_record_says_where_it_is),
        TEST(the_list),
        TEST(json_csv_and_calendar),
        TEST(what_people_do),
        TEST(a_person_settles_what_is_unsure),
        TEST(a_backup_opens),
        TEST(the_default_place),
        TEST(wrong_calls_are_refused),
        TEST(a_docket_that_may_not_be_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
