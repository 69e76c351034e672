/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is kept: letters, repeats, second scans, what people say, and the history of it. */
#include "shelf.h"

static void a_new_docket_is_private(void **state)
{
    struct stat status;
    char deep[160];

    (void)state;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    snprintf(deep, sizeof deep, "%s/share/irsort/docket.db", directory);
    docket_close(open_docket(deep, DOCKET_START));
    assert_int_equal(stat("share/irsort", &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    assert_int_equal(stat("share", &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
}

static void it_is_kept_as_it_must_be(void **state)
{
    (void)state;
    docket_close(docket);
    assert_int_equal(access("docket.db-wal", F_OK), -1); /* one file when nobody uses it */
    docket = open_docket(path, DOCKET_EXISTING);
    assert_int_equal(sql_number("PRAGMA user_version"), 1);
    assert_int_equal(sql_number("SELECT (SELECT journal_mode FROM pragma_journal_mode) = 'wal'"), 1);
}

static void a_letter_comes_back_whole(void **state)
{
    struct letter letter;

    (void)state;
    sample_letter(&letter, LETTER_IDENTIFIED, "LT11", "2026-02-20");
    sample_field(&letter, FIELD_TAX_PERIODS, "2023-12-31");
    sample_field(&letter, FIELD_TAX_PERIODS, "2022-12-31");
    struct docket_filed filed = file_letter(&letter, 1, "2026-03-02");
    letter_dispose(&letter);
    assert_int_equal(filed.outcome, DOCKET_TAKEN);
    assert_int_equal(filed.rescan_of, 0);
    struct wanted wanted = letter_of(filed.id);
    assert_int_equal(wanted.status, LETTER_IDENTIFIED);
    assert_string_equal(wanted.notice, "LT11");
    assert_string_equal(wanted.notice_date, "2026-02-20");
    assert_string_equal(wanted.received, "2026-03-02");
    assert_string_equal(story_of(filed.id).text, "1772452800 maria taken - - 2026-03-02\n");
    assert_int_equal(sql_number("SELECT tax_periods = '2023-12-31; 2022-12-31' FROM letters"), 1);
    assert_int_equal(sql_number("SELECT json_extract(record, '$.evidence[0].text') = 'CP504' FROM records"),
                     1);
}

static void every_status_is_kept(void **state)
{
    (void)state;
    for (enum letter_status status = 0; status < LETTER_STATUS_COUNT; status++) {
        struct letter letter;
        sample_letter(&letter, status, status == LETTER_IDENTIFIED ? "CP504" : NULL, NULL);
        int64_t id = file_letter(&letter, status + 1, "2026-03-02").id;
        letter_dispose(&letter);
        assert_int_equal(letter_of(id).status, status);
    }
}

static void the_same_scan_again_is_a_repeat(void **state)
{
    struct letter letter;

    (void)state;
    sample_letter(&letter, LETTER_IDENTIFIED, "LT11", "2026-02-20");
    int64_t id = file_letter(&letter, 1, "2026-03-02").id;
    struct docket_filed known = file_letter(&letter, 1, "2026-03-02");
    assert_int_equal(known.outcome, DOCKET_KNOWN);
    assert_int_equal(known.id, id);
    struct docket_filed again = file_letter(&letter, 1, "2026-03-05");
    letter_dispose(&letter);
    assert_int_equal(again.outcome, DOCKET_REPEAT);
    assert_int_equal(again.id, id);
    assert_string_equal(letter_of(id).received, "2026-03-02");
    assert_string_equal(story_of(id).text, "1772452800 maria taken - - 2026-03-02\n"
                                           "1772452800 maria repeat - - 2026-03-05\n");
    assert_int_equal(sql_number("SELECT count(*) FROM letters"), 1);
    assert_int_equal(sql_number("SELECT count(*) FROM arrivals"), 2);
}

/* What a later program reads in the same scan must not undo what people settled meanwhile. */
static void a_repeat_changes_nothing_that_was_read(void **state)
{
    struct letter letter;

    (void)state;
    int64_t id = file_notice("LT11", "2026-02-20", NULL, 1, "2026-03-02");
    sample_letter(&letter, LETTER_IDENTIFIED, "CP504", "2026-01-01");
    assert_int_equal(file_letter(&letter, 1, "2026-03-05").id, id);
    letter_dispose(&letter);
    assert_string_equal(letter_of(id).notice, "LT11");
    assert_string_equal(letter_of(id).notice_date, "2026-02-20");
}

static void a_retake_is_no_arrival(void **state)
{
    char hash[65];
    struct docket_filed filed;
    struct letter letter;
    const struct docket_scan scan = {
        .sha256 = hash_of(1, hash), .file = "x.pdf", .received = day("2026-03-09"), .retake = true};

    (void)state;
    sample_letter(&letter, LETTER_IDENTIFIED, "LT11", "2026-02-20");
    assert_done(docket_file(docket, &scan, &letter, &maria, &filed, error));
    assert_int_equal(filed.outcome, DOCKET_TAKEN);
    const struct docket_scan later = {
        .sha256 = hash_of(1, hash), .file = "x.pdf", .received = day("2026-03-10"), .retake = true};
    assert_done(docket_file(docket, &later, &letter, &maria, &filed, error));
    letter_dispose(&letter);
    assert_int_equal(filed.outcome, DOCKET_KNOWN);
    assert_int_equal(sql_number("SELECT count(*) FROM arrivals"), 1);
}

static void a_scan_holds_many_letters(void **state)
{
    char hash[65];
    size_t letters;
    struct letter letter;
    const struct docket_scan scan = {
        .sha256 = hash_of(1, hash), .file = "b.pdf", .received = day("2026-03-06")};

    (void)state;
    int64_t first = file_notice("LT11", "2026-02-20", NULL, 1, "2026-03-02");
    sample_letter(&letter, LETTER_IDENTIFIED, "CP504", "2026-02-20");
    letter.pages[0] = 4; /* 4, 2, 3 would be refused: ascending */
    letter.page_count = 1;
    int64_t second = file_letter(&letter, 1, "2026-03-02").id;
    letter_dispose(&letter);
    assert_int_not_equal(first, second);
    assert_done(docket_repeat(docket, &scan, &maria, &letters, error));
    assert_int_equal(letters, 2);
    assert_has(story_of(first).text, "repeat - - 2026-03-06");
    assert_has(story_of(second).text, "repeat - - 2026-03-06");
    const struct docket_scan other = {
        .sha256 = hash_of(2, hash), .file = "b.pdf", .received = day("2026-03-06")};
    assert_done(docket_repeat(docket, &other, &maria, &letters, error));
    assert_int_equal(letters, 0);
}

static int64_t file_period(const char *period, const char *amount, unsigned scan, int64_t *rescan_of)
{
    struct letter letter;

    sample_letter(&letter, LETTER_IDENTIFIED, "CP504", "2026-02-20");
    sample_field(&letter, FIELD_TIN_LAST4, "4155");
    if (period != NULL)
        sample_field(&letter, FIELD_TAX_PERIODS, period);
    if (amount != NULL)
        sample_field(&letter, FIELD_AMOUNT_DUE, amount);
    struct docket_filed filed = file_letter(&letter, scan, "2026-03-02");
    letter_dispose(&letter);
    *rescan_of = filed.rescan_of;
    return filed.id;
}

static void a_second_scan_is_linked(void **state)
{
    int64_t of;

    (void)state;
    int64_t first = file_period("2022-12-31", "1234.50", 1, &of);
    assert_int_equal(of, 0);
    int64_t same = file_period("2022-12-31", "1234.50", 2, &of);
    assert_int_equal(of, first);
    assert_true(letter_of(same).rescan_is_sure);
    /* less was read: it may be the same letter, but nobody can be sure */
    int64_t torn = file_period(NULL, "1234.50", 3, &of);
    assert_int_equal(of, first);
    assert_false(letter_of(torn).rescan_is_sure);
    /* the IRS sends one for each year, on the same day */
    file_period("2023-12-31", "1234.50", 4, &of);
    assert_int_not_equal(of, first);
    file_period("2022-12-31", "99.00", 5, &of);
    assert_int_not_equal(of, first);
}

static void another_date_or_person_is_no_second_scan(void **state)
{
    (void)state;
    file_notice("LT11", "2026-02-20", "4155", 1, "2026-03-02");
    assert_int_equal(letter_of(file_notice("LT11", "2026-02-21", "4155", 2, "2026-03-02")).rescan_of, 0);
    assert_int_equal(letter_of(file_notice("LT11", "2026-02-20", "4156", 3, "2026-03-02")).rescan_of, 0);
    assert_int_equal(letter_of(file_notice("L1058", "2026-02-20", "4155", 4, "2026-03-02")).rescan_of, 0);
    assert_int_equal(letter_of(file_notice("LT11", "2026-02-20", NULL, 5, "2026-03-02")).rescan_of, 0);
    assert_int_equal(letter_of(file_notice("LT11", "2026-02-20", NULL, 6, "2026-03-02")).rescan_of, 0);
}

static void what_people_do_stands_there_and_in_the_history(void **state)
{
    (void)state;
    int64_t id = file_notice("LT11", "2026-02-20", NULL, 1, "2026-03-02");
    assert_done(docket_done(docket, id, true, &maria, error));
    assert_true(letter_of(id).done);
    assert_done(docket_done(docket, id, true, &maria, error)); /* no news */
    assert_done(docket_done(docket, id, false, &maria, error));
    assert_false(letter_of(id).done);
    assert_done(docket_note(docket, id, "called", &maria, error));
    assert_done(docket_note(docket, id, "called again: \"yes\" – ño", &maria, error));
    assert_string_equal(letter_of(id).note, "called again: \"yes\" – ño");
    assert_done(docket_assign(docket, id, "Jo", &maria, error));
    assert_done(docket_refer(docket, id, "26-014", &maria, error));
    assert_string_equal(letter_of(id).assigned, "Jo");
    assert_string_equal(letter_of(id).ref, "26-014");
    assert_done(docket_assign(docket, id, "", &maria, error));
    assert_string_equal(letter_of(id).assigned, "");
    assert_done(docket_correct(docket, id, "notice_date", "2026-02-21", &maria, error));
    assert_done(docket_correct(docket, id, "notice_date", "2026-02-21", &maria, error));
    assert_done(docket_correct(docket, id, "notice_date", "", &maria, error));
    assert_string_equal(letter_of(id).notice_date, "");
    assert_string_equal(story_of(id).text, "1772452800 maria taken - - 2026-03-02\n"
                                           "1772452800 maria done - - -\n"
                                           "1772452800 maria undone - - -\n"
                                           "1772452800 maria note - - called\n"
                                           "1772452800 maria note - - called again: \"yes\" – ño\n"
                                           "1772452800 maria assigned - - Jo\n"
                                           "1772452800 maria ref - - 26-014\n"
                                           "1772452800 maria assigned - Jo -\n"
                                           "1772452800 maria corrected notice_date 2026-02-20 2026-02-21\n"
                                           "1772452800 maria confirmed notice_date - 2026-02-21\n"
                                           "1772452800 maria corrected notice_date 2026-02-21 -\n");
}

/* A letter for review with a date, a hearing day and two candidates. */
static int64_t file_review(unsigned scan)
{
    struct letter letter;

    sample_letter(&letter, LETTER_REVIEW, NULL, "2026-02-20");
    sample_field(&letter, FIELD_HEARING_BY, "2026-03-23");
    sample_candidate(&letter, "LT11", 0.6);
    sample_candidate(&letter, "CP504", 0.4);
    letter_warn(&letter, "number-unsure", "the number can be read in more than one way");
    int64_t id = file_letter(&letter, scan, "2026-03-02").id;
    letter_dispose(&letter);
    return id;
}

static void an_unsure_letter_is_known_only_when_all_is_settled(void **state)
{
    (void)state;
    int64_t id = file_review(1);
    assert_string_equal(letter_of(id).unsettled, "hearing_by notice notice_date");
    assert_refused(docket_confirm(docket, id, NULL, &maria, error), ERROR_USAGE, "notice=VALUE");
    assert_done(docket_correct(docket, id, "notice", "LT11", &maria, error));
    assert_int_equal(letter_of(id).status, LETTER_REVIEW);
    assert_string_equal(letter_of(id).unsettled, "hearing_by notice_date");
    assert_done(docket_confirm(docket, id, "notice_date", &maria, error));
    assert_int_equal(letter_of(id).status, LETTER_REVIEW);
    assert_done(docket_correct(docket, id, "hearing_by", "", &maria, error));
    assert_int_equal(letter_of(id).status, LETTER_IDENTIFIED);
    assert_string_equal(letter_of(id).notice, "LT11");
    assert_has(story_of(id).text, "maria settled - review identified\n");

    int64_t other = file_review(2);
    assert_done(docket_correct(docket, other, "notice", "LT11", &maria, error));
    assert_done(docket_confirm(docket, other, NULL, &maria, error));
    assert_int_equal(letter_of(other).status, LETTER_IDENTIFIED);
    assert_has(story_of(other).text, "maria confirmed - - -\n");
}

static void a_settled_letter_may_turn_out_a_second_scan(void **state)
{
    struct letter letter;

    (void)state;
    int64_t first = file_notice("LT11", "2026-02-20", "4155", 1, "2026-03-02");
    sample_letter(&letter, LETTER_REVIEW, NULL, "2026-02-20");
    sample_field(&letter, FIELD_TIN_LAST4, "4155");
    int64_t id = file_letter(&letter, 2, "2026-03-02").id;
    letter_dispose(&letter);
    assert_int_equal(letter_of(id).rescan_of, 0);
    assert_done(docket_correct(docket, id, "notice", "LT11", &maria, error));
    assert_done(docket_confirm(docket, id, "notice_date", &maria, error));
    assert_int_equal(letter_of(id).rescan_of, first);
}

static void nonsense_is_refused_and_changes_nothing(void **state)
{
    char long_text[DOCKET_TEXT_MAX + 2];
    char hash[65];
    struct letter letter;
    struct docket_filed filed;
    struct docket_scan scan = {.sha256 = "abc", .file = "x", .received = day("2026-03-02")};

    (void)state;
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    int64_t id = file_notice("LT11", "2026-02-20", NULL, 1, "2026-03-02");
    file_notice("LT11", "2026-02-21", NULL, 2, "2026-03-02");
    assert_refused(docket_done(docket, 7, true, &maria, error), ERROR_USAGE, "no letter 7");
    assert_refused(docket_done(docket, 7, true, &maria, error), ERROR_USAGE, "the nearest: 2, 1");
    assert_refused(docket_note(docket, 7, "x", &maria, error), ERROR_USAGE, "no letter 7");
    assert_refused(docket_assign(docket, 7, "x", &maria, error), ERROR_USAGE, "no letter 7");
    assert_refused(docket_refer(docket, 7, "x", &maria, error), ERROR_USAGE, "no letter 7");
    assert_refused(docket_correct(docket, 7, "notice", "LT11", &maria, error), ERROR_USAGE, "no letter 7");
    assert_refused(docket_confirm(docket, 7, NULL, &maria, error), ERROR_USAGE, "no letter 7");
    assert_refused(docket_history(docket, 7, add_event, NULL, error), ERROR_USAGE, "no letter 7");
    assert_refused(docket_note(docket, id, "", &maria, error), ERROR_USAGE, "empty");
    assert_refused(docket_note(docket, id, long_text, &maria, error), ERROR_USAGE, "too long");
    assert_refused(docket_note(docket, id, "two\nlines", &maria, error), ERROR_USAGE, "line break");
    assert_refused(docket_note(docket, id, "\xff", &maria, error), ERROR_USAGE, "UTF-8");
    assert_refused(docket_correct(docket, id, "colour", "red", &maria, error), ERROR_USAGE, "no such field");
    assert_refused(docket_confirm(docket, id, "colour", &maria, error), ERROR_USAGE, "no such field");
    assert_refused(docket_correct(docket, id, "notice", "", &maria, error), ERROR_USAGE, "notice wants");
    assert_refused(docket_correct(docket, id, "notice_date", "2026-02-30", &maria, error), ERROR_USAGE,
                   "a day");
    assert_refused(docket_correct(docket, id, "tin_last4", "12345", &maria, error), ERROR_USAGE,
                   "four digits");
    assert_refused(docket_correct(docket, id, "amount_due", "12,5", &maria, error), ERROR_USAGE, "an amount");
    assert_refused(docket_confirm(docket, id, "respond_by", &maria, error), ERROR_USAGE, "is not known");
    assert_string_equal(story_of(id).text, "1772452800 maria taken - - 2026-03-02\n");

    sample_letter(&letter, LETTER_IDENTIFIED, "LT11", NULL);
    assert_refused(docket_file(docket, &scan, &letter, &maria, &filed, error), ERROR_USAGE, "SHA-256");
    scan.sha256 = hash_of(9, hash);
    scan.received = DATE_NONE;
    assert_refused(docket_file(docket, &scan, &letter, &maria, &filed, error), ERROR_USAGE, "the day");
    scan.received = day("2026-03-02");
    letter.page_count = 0;
    assert_refused(docket_file(docket, &scan, &letter, &maria, &filed, error), ERROR_USAGE, "without a page");
    letter_dispose(&letter);
    assert_int_equal(sql_number("SELECT count(*) FROM letters"), 2);
}

static void no_whole_taxpayer_number_goes_in(void **state)
{
    static const char *const numbers[] = {"123-45-6789", "123 45 6789", "12-3456789", "123456789"};
    struct letter letter;
    char hash[65];
    struct docket_filed filed;
    const struct docket_scan scan = {.sha256 = hash_of(1, hash),
                                     .file = "smith 123-45-6789.pdf",
                                     .filed = "filed/123456789",
                                     .received = day("2026-03-02")};

    (void)state;
    sample_letter(&letter, LETTER_IDENTIFIED, "LT11", "2026-02-20");
    sample_field(&letter, FIELD_TAX_PERIODS, "123-45-6789");
    snprintf(letter.printed, sizeof letter.printed, "LT11 12-3456789");
    snprintf(letter.evidence[0].text, sizeof letter.evidence[0].text, "TIN 123 45 6789");
    letter_warn(&letter, "two-numbers", "123456789");
    assert_done(docket_file(docket, &scan, &letter, &maria, &filed, error));
    letter_dispose(&letter);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        char text[64];
        snprintf(text, sizeof text, "his number is %s.", numbers[i]);
        assert_refused(docket_note(docket, filed.id, text, &maria, error), ERROR_USAGE, "last four");
        assert_refused(docket_refer(docket, filed.id, numbers[i], &maria, error), ERROR_USAGE, "last four");
        assert_refused(docket_assign(docket, filed.id, numbers[i], &maria, error), ERROR_USAGE, "last four");
        assert_refused(docket_correct(docket, filed.id, "tax_periods", numbers[i], &maria, error),
                       ERROR_USAGE, "last four");
    }
    docket_close(docket);
    docket = NULL;
    assert_int_equal(system("grep -aqE '123.?45.?6789|12-3456789' docket.db"), 256); /* exit status 1 */
}

/* Its folder's name holds the beginning of the scan's hash, which with what stands before it may look like such a number. */
static void a_folder_is_found_by_its_hash(void **state)
{
    static const struct {
        const char *hash, *filed, *kept;
    } folders[] = {
        {"0816171c", "/in/filed/2026-03/2026-03-02 LT11 0816171c", "/in/filed/2026-03/2026-03-02 LT11 0816171c"},
        {"1234567e", "/in/repeats/2026-03/2026-03-02 1234567e 2", "/in/repeats/2026-03/2026-03-02 1234567e 2"},
        {"0816171d", "/123-45-6789/LT11 0816171d", "/XXX-XX-6789/LT11 0816171d"},
        {"0816171e", "/0816171e/mail 11 1816171e", "/0816171e/mail XX XXX6171e"}, /* that is not the scan's */
    };
    struct docket_filed filed;
    struct letter letter;
    char sql[256];

    (void)state;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char hash[65];
        snprintf(hash, sizeof hash, "%s%056zx", folders[i].hash, i);
        const struct docket_scan scan = {
            .sha256 = hash, .file = "mail.pdf", .filed = folders[i].filed, .received = day("2026-03-02")};
        sample_letter(&letter, LETTER_IDENTIFIED, "LT11", "2026-02-20");
        assert_done(docket_file(docket, &scan, &letter, &maria, &filed, error));
        letter_dispose(&letter);
        snprintf(sql, sizeof sql, "SELECT filed = '%s' FROM letters WHERE id = %lld", folders[i].kept, (long long)filed.id);
        assert_int_equal(sql_number(sql), 1);
    }
}

static void the_history_only_grows(void **state)
{
    (void)state;
    int64_t id = file_notice("LT11", "2026-02-20", NULL, 1, "2026-03-02");
    assert_done(docket_note(docket, id, "called", &maria, error));
    const struct story before = story_of(id);
    assert_int_equal(run_sql("UPDATE history SET who = 'nobody'"), SQLITE_CONSTRAINT);
    assert_int_equal(run_sql("DELETE FROM history"), SQLITE_CONSTRAINT);
    assert_int_equal(
        run_sql("INSERT OR REPLACE INTO history (id, letter_id, at, who, what) VALUES (1, 1, 1, 'x', 'x')"),
        SQLITE_CONSTRAINT);
    assert_int_equal(run_sql("UPDATE records SET record = '{}'"), SQLITE_CONSTRAINT);
    assert_int_equal(run_sql("DELETE FROM records"), SQLITE_CONSTRAINT);
    assert_string_equal(story_of(id).text, before.text);
}

static void many_calls_can_be_one_step(void **state)
{
    (void)state;
    assert_done(docket_begin(docket, error));
    int64_t id = file_notice("LT11", "2026-02-20", NULL, 1, "2026-03-02");
    assert_done(docket_note(docket, id, "x", &maria, error));
    assert_int_equal(sql_number("SELECT count(*) FROM letters"), 0); /* nobody else sees it yet */
    docket_rollback(docket);
    assert_int_equal(sql_number("SELECT count(*) FROM letters"), 0);

    assert_done(docket_begin(docket, error));
    id = file_notice("LT11", "2026-02-20", NULL, 1, "2026-03-02");
    assert_refused(docket_note(docket, 99, "x", &maria, error), ERROR_USAGE,
                   "no letter 99"); /* undoes itself only */
    assert_done(docket_commit(docket, error));
    assert_int_equal(sql_number("SELECT count(*) FROM letters"), 1);
    assert_string_equal(story_of(id).text, "1772452800 maria taken - - 2026-03-02\n");
}

static void a_backup_is_a_docket(void **state)
{
    struct stat status;

    (void)state;
    int64_t id = file_notice("LT11", "2026-02-20", "4155", 1, "2026-03-02");
    assert_done(docket_note(docket, id, "called", &maria, error));
    const struct story story = story_of(id);
    assert_done(docket_backup(docket, "copy.db", error));
    assert_int_equal(stat("copy.db", &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(access("copy.db-wal", F_OK), -1);
    assert_refused(docket_backup(docket, "copy.db", error), ERROR_SETUP, "never overwrites");
    assert_refused(docket_backup(docket, "nowhere/copy.db", error), ERROR_SETUP, "cannot be written");
    assert_int_equal(system("test $(ls | grep -c copy) = 1"), 0); /* nothing half made is left */

    docket_close(docket); /* the docket is lost; the copy takes its place */
    assert_int_equal(unlink("docket.db"), 0);
    assert_int_equal(rename("copy.db", "docket.db"), 0);
    docket = open_docket(path, DOCKET_EXISTING);
    assert_string_equal(story_of(id).text, story.text);
    assert_string_equal(letter_of(id).note, "called");
    assert_done(docket_note(docket, id, "goes on", &maria, error));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_docket_is_private),
        TEST(it_is_kept_as_it_must_be),
        TEST(a_letter_comes_back_whole),
        TEST(every_status_is_kept),
        TEST(the_same_scan_again_is_a_repeat),
        TEST(a_repeat_changes_nothing_that_was_read),
        TEST(a_retake_is_no_arrival),
        TEST(a_scan_holds_many_letters),
        TEST(a_second_scan_is_linked),
        TEST(another_date_or_person_is_no_second_scan),
        TEST(what_people_do_stands_there_and_in_the_history),
        TEST(an_unsure_letter_is_known_only_when_all_is_settled),
        TEST(a_settled_letter_may_turn_out_a_second_scan),
        TEST(nonsense_is_refused_and_changes_nothing),
        TEST(no_whole_taxpayer_number_goes_in),
        TEST(a_folder_is_found_by_its_hash),
        TEST(the_history_only_grows),
        TEST(many_calls_can_be_one_step),
        TEST(a_backup_is_a_docket),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
