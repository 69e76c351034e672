/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is open, unsure, missed or over as of a day. An LT11 gives 30 days to ask for a hearing (IRC
 * 6330(a)(3)) and a year for an equivalent hearing: of 2 March 2026 until 1 April 2026, a Wednesday, and 2
 * March 2027, a Tuesday. */
#include "list.h"

#include "report/finding.h"

static void the_days_around_the_last_one(void **state)
{
    static const struct {
        const char *as_of;
        enum agenda_state state;
        int days_left;
    } cases[] = {
        {"2026-03-31", AGENDA_OPEN, 1}, {"2026-04-01", AGENDA_OPEN, 0}, {"2026-04-02", AGENDA_MISSED, -1}};

    (void)state;
    int64_t id = file_notice("LT11", "2026-03-02", NULL, 1, "2026-03-05");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        list(cases[i].as_of);
        const struct agenda_row *row = row_of(id, "cdp-levy");
        assert_int_equal(row->state, cases[i].state);
        assert_int_equal(row->deadline.day, day("2026-04-01"));
        assert_int_equal(row->deadline.days_left, cases[i].days_left);
        const struct agenda_row *late = row_of(id, "equivalent-hearing-levy");
        assert_int_equal(late->state, AGENDA_OPEN);
        assert_int_equal(late->deadline.day, day("2027-03-02"));
        assert_int_equal(late->second_best, cases[i].state == AGENDA_OPEN);
    }
}

static void a_new_day_touches_no_file(void **state)
{
    sqlite3 *other = NULL;
    sqlite3_stmt *statement = NULL;
    int64_t before;

    (void)state;
    file_notice("LT11", "2026-03-02", NULL, 1, "2026-03-05");
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(other, "PRAGMA data_version", -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    before = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    list("2026-03-10");
    list("2026-04-10");
    list("2028-04-10");
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int64(statement, 0), before);
    sqlite3_finalize(statement);
    sqlite3_close(other);
}

static void soonest_stands_first(void **state)
{
    (void)state;
    int64_t april = file_notice("LT11", "2026-03-02", NULL, 1, "2026-03-05");
    int64_t march =
        file_notice("LT11", "2026-02-20", NULL, 2, "2026-03-05"); /* 22 March is a Sunday: the 23rd */
    int64_t missed =
        file_notice("LT11", "2026-02-05", NULL, 3, "2026-03-05"); /* 7 March is a Saturday: the 9th */
    int64_t over = file_notice("LT11", "2024-01-05", NULL, 4, "2026-03-05");
    list("2026-03-10");
    assert_int_equal(agenda.rows[0].letter->id, missed);
    assert_int_equal(agenda.rows[0].state, AGENDA_MISSED);
    assert_int_equal(agenda.rows[0].deadline.day, day("2026-03-09"));
    assert_int_equal(agenda.rows[1].letter->id, march);
    assert_int_equal(agenda.rows[1].deadline.day, day("2026-03-23"));
    assert_int_equal(agenda.rows[2].letter->id, april);
    for (size_t i = 2; i + 1 < agenda.count - 1; i++)
        assert_true(agenda.rows[i].by <= agenda.rows[i + 1].by);
    assert_int_equal(agenda.rows[agenda.count - 1].letter->id, over);
    assert_int_equal(agenda.rows[agenda.count - 1].state, AGENDA_PASSED);
    assert_int_equal(rows_of(over), 1);
    assert_int_equal(agenda.of_state[AGENDA_MISSED], 1);
    assert_int_equal(agenda.of_state[AGENDA_PASSED], 1);
}

/* Nobody here missed what had passed before the letter came; what is left is open. */
static void a_letter_that_came_late(void **state)
{
    (void)state;
    int64_t id = file_notice("LT11", "2026-03-02", NULL, 1, "2026-04-02");
    list("2026-05-01");
    assert_int_equal(rows_of(id), 1);
    assert_int_equal(row_of(id, "equivalent-hearing-levy")->state, AGENDA_OPEN);
    assert_false(row_of(id, "equivalent-hearing-levy")->second_best);
}

static void a_letter_that_came_on_the_last_day_can_be_missed(void **state)
{
    (void)state;
    int64_t id = file_notice("LT11", "2026-03-02", NULL, 1, "2026-04-01");
    list("2026-04-02");
    assert_int_equal(row_of(id, "cdp-levy")->state, AGENDA_MISSED);
}

static void an_unsure_letter_has_no_sure_date(void **state)
{
    (void)state;
    int64_t id = file_unsure("2026-03-02", 1);
    list("2026-03-10");
    assert_int_equal(rows_of(id), 1);
    const struct agenda_row *row = row_of(id, "");
    assert_int_equal(row->state, AGENDA_LOOK);
    assert_int_equal(row->look, LOOK_UNSURE);
    assert_null(row->rule);
    assert_null(row->notice);
    assert_string_equal(row->letter->reason_code, "number-unsure");
    assert_non_null(row->maybe); /* both would give 1 April */
    assert_int_equal(row->maybe_by, day("2026-04-01"));
    assert_int_equal(row->by, day("2026-04-01"));
}

static void what_may_be_due_today_stands_with_today(void **state)
{
    (void)state;
    int64_t soon = file_notice("LT11", "2026-02-10", NULL, 1, "2026-03-05"); /* 12 March */
    int64_t id = file_unsure(NULL, 2);
    list("2026-03-10");
    assert_int_equal(agenda.rows[0].letter->id, id);
    assert_int_equal(agenda.rows[0].by, day("2026-03-10"));
    assert_int_equal(agenda.rows[1].letter->id, soon);
}

static void a_person_settles_an_unsure_letter(void **state)
{
    (void)state;
    int64_t id = file_unsure("2026-03-02", 1);
    assert_done(docket_correct(docket, id, "notice", "LT11", &maria, error));
    list("2026-03-10");
    assert_int_equal(row_of(id, "")->state, AGENDA_LOOK); /* its date is still unsure */
    assert_string_equal(row_of(id, "")->maybe->id, "LT11");
    assert_done(docket_correct(docket, id, "notice_date", "2026-02-10", &maria, error));
    list("2026-03-10");
    assert_int_equal(row_of(id, "cdp-levy")->state, AGENDA_OPEN);
    assert_int_equal(row_of(id, "cdp-levy")->deadline.day, day("2026-03-12"));
}

static void a_correction_counts_at_once(void **state)
{
    (void)state;
    int64_t id = file_notice("LT11", "2026-03-02", NULL, 1, "2026-03-05");
    assert_done(docket_correct(docket, id, "notice_date", "2026-02-10", &maria, error));
    list("2026-03-10");
    assert_int_equal(row_of(id, "cdp-levy")->deadline.day, day("2026-03-12"));
    assert_done(docket_correct(docket, id, "hearing_by", "2026-03-20", &maria, error));
    assert_done(docket_correct(docket, id, "notice", "L3172", &maria, error));
    list("2026-03-10");
    assert_int_equal(row_of(id, "cdp-lien")->deadline.day, day("2026-03-20"));
    assert_int_equal(row_of(id, "cdp-lien")->deadline.basis, BASIS_PRINTED);
}

static void a_date_that_is_missing_or_cannot_be_is_looked_for(void **state)
{
    (void)state;
    int64_t none = file_notice("LT11", NULL, NULL, 1, "2026-03-05");
    int64_t future = file_notice("LT11", "2026-05-11", NULL, 2, "2026-03-05");
    int64_t ahead = file_notice("LT11", "2026-03-11", NULL, 3, "2026-03-05"); /* the IRS dates ahead */
    list("2026-03-10");
    assert_int_equal(row_of(none, "")->look, LOOK_NO_DATE);
    assert_int_equal(row_of(none, "")->state, AGENDA_LOOK);
    assert_int_equal(row_of(future, "")->look, LOOK_NO_DATE);
    assert_string_equal(row_of(future, "")->warning, "notice-date-in-the-future");
    assert_string_equal(row_of(ahead, "cdp-levy")->warning, "notice-date-ahead");
    assert_int_equal(agenda.count, 4);
}

static void mail_of_other_kinds(void **state)
{
    static const enum letter_status statuses[] = {LETTER_IRS_UNLISTED, LETTER_UNREADABLE, LETTER_NOT_IRS,
                                                  LETTER_BLANK};
    struct letter letter;

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        sample_letter(&letter, statuses[i], NULL, NULL);
        file_letter(&letter, i + 1, "2026-03-05");
        letter_dispose(&letter);
    }
    int64_t unknown = file_notice("CP999", "2026-03-02", NULL, 9, "2026-03-05");
    list("2026-03-10");
    assert_int_equal(row_of(1, "")->look, LOOK_UNLISTED);
    assert_int_equal(row_of(2, "")->look, LOOK_UNREADABLE);
    assert_int_equal(row_of(unknown, "")->look, LOOK_NO_NOTICE);
    assert_int_equal(agenda.count, 3);
    list_with("2026-03-10", &(struct agenda_filter){.within = -1, .all = true});
    assert_int_equal(row_of(3, "")->state, AGENDA_NONE);
    assert_int_equal(row_of(4, "")->state, AGENDA_NONE);
}

static void what_is_done_or_a_second_scan_is_out_of_the_way(void **state)
{
    struct letter letter;
    int64_t ids[2];

    (void)state;
    sample_letter(&letter, LETTER_IDENTIFIED, "LT11", "2026-03-02");
    sample_field(&letter, FIELD_TIN_LAST4, "4155");
    sample_field(&letter, FIELD_TAX_PERIODS, "2022-12-31");
    sample_field(&letter, FIELD_AMOUNT_DUE, "100.00");
    for (unsigned i = 0; i < 2; i++)
        ids[i] = file_letter(&letter, i + 1, "2026-03-05").id;
    letter_dispose(&letter);
    list("2026-03-10");
    assert_int_equal(rows_of(ids[0]), 2);
    assert_int_equal(rows_of(ids[1]), 0);
    assert_done(docket_done(docket, ids[0], true, &maria, error));
    list("2026-03-10");
    assert_int_equal(agenda.count, 0);
    list_with("2026-03-10", &(struct agenda_filter){.within = -1, .all = true});
    assert_int_equal(row_of(ids[0], "")->state, AGENDA_DONE);
    assert_int_equal(rows_of(ids[1]), 2);
    /* a second scan that is kept for another client is not hidden by the first */
    assert_done(docket_refer(docket, ids[1], "26-014", &maria, error));
    list("2026-03-10");
    assert_int_equal(rows_of(ids[1]), 2);
}

static void filters(void **state)
{
    (void)state;
    int64_t lt11 = file_notice("LT11", "2026-03-02", NULL, 1, "2026-03-05");
    int64_t unsure = file_unsure("2026-03-02", 2);
    int64_t cp504 = file_notice("CP504", "2026-02-20", NULL, 3, "2026-03-05");
    int64_t missed = file_notice("LT11", "2026-02-05", NULL, 4, "2026-03-05");
    assert_done(docket_refer(docket, cp504, "26-014", &maria, error));
    list_with("2026-03-10", &(struct agenda_filter){.within = -1, .ref = "26-014"});
    assert_int_equal(agenda.count, rows_of(cp504));
    assert_true(agenda.count > 0);
    list_with("2026-03-10", &(struct agenda_filter){.within = -1, .ref = "26-01"});
    assert_int_equal(agenda.count, 0);
    list_with("2026-03-10",
              &(struct agenda_filter){.within = -1, .notice = catalogue_find_notice(catalogue, "CP504")});
    assert_int_equal(agenda.count, rows_of(cp504) + 1); /* and the one that may be a CP504 */
    assert_int_equal(rows_of(unsure), 1);
    list_with("2026-03-10", &(struct agenda_filter){.within = 21});
    assert_int_equal(rows_of(lt11), 0); /* 1 April is 22 days off */
    assert_int_equal(rows_of(missed), 1);
    assert_int_equal(rows_of(unsure), 1);
    list_with("2026-03-10", &(struct agenda_filter){.within = 22});
    assert_int_equal(rows_of(lt11), 1);
}

/* The letter prints one last day and its insert a later one: once the first has gone by, the later is open still. */
static void a_day_that_an_insert_moved_is_open(void **state)
{
    static const struct {
        const char *as_of;
        enum agenda_state state;
        const char *day;
    } cases[] = {
        {"2020-05-06", AGENDA_OPEN, "2020-05-06"},
        {"2020-05-07", AGENDA_OPEN, "2020-08-13"},
        {"2020-08-13", AGENDA_OPEN, "2020-08-13"},
        {"2020-08-14", AGENDA_MISSED, "2020-05-06"},
    };
    struct letter letter;

    (void)state;
    sample_letter(&letter, LETTER_IDENTIFIED, "LT11", "2020-04-06");
    sample_field(&letter, FIELD_HEARING_BY, "2020-05-06");
    sample_field(&letter, FIELD_HEARING_BY_LATER, "2020-08-13");
    int64_t id = file_letter(&letter, 1, "2020-04-10").id;
    letter_dispose(&letter);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        list(cases[i].as_of);
        assert_int_equal(row_of(id, "cdp-levy")->state, cases[i].state);
        assert_int_equal(row_of(id, "cdp-levy")->deadline.day, day(cases[i].day));
    }
}

/* It came between the two days: the later one went by while it was here. */
static void a_moved_day_can_be_missed_by_who_came_after_the_first(void **state)
{
    struct letter letter;

    (void)state;
    sample_letter(&letter, LETTER_IDENTIFIED, "LT11", "2020-04-06");
    sample_field(&letter, FIELD_HEARING_BY, "2020-05-06");
    sample_field(&letter, FIELD_HEARING_BY_LATER, "2020-08-13");
    int64_t between = file_letter(&letter, 1, "2020-06-01").id;
    int64_t after = file_letter(&letter, 2, "2020-08-14").id;
    letter_dispose(&letter);
    list("2020-08-14");
    assert_int_equal(row_of(between, "cdp-levy")->state, AGENDA_MISSED);
    assert_int_equal(rows_of(after), 1);
    assert_int_equal(row_of(after, "equivalent-hearing-levy")->state, AGENDA_OPEN);
}

/* Of each right the list has the day that the card has, whatever dates the letter has. */
static void assert_list_says_what_the_card_does(const struct letter *letter, int64_t id, const char *as_of)
{
    struct finding finding;

    assert_int_equal(finding_init(&finding, catalogue, letter, day(as_of), NULL), 0);
    list(as_of);
    for (size_t i = 0; i < finding.rights.count; i++) {
        const struct right *right = &finding.rights.list[i];
        if (right->standing != STANDING_OPEN && right->standing != STANDING_LAST_DAY)
            continue;
        const struct agenda_row *row = row_of(id, right->rule->track);
        assert_int_equal(row->state, AGENDA_OPEN);
        assert_int_equal(row->deadline.day, right->deadline.day);
        assert_string_equal(row->deadline.counted_from, right->deadline.counted_from);
    }
    finding_dispose(&finding);
}

static void list_and_card_know_the_same_dates(void **state)
{
    static const enum field_id dates[] = {FIELD_NOTICE_DATE,      FIELD_RESPOND_BY,       FIELD_HEARING_BY,
                                          FIELD_HEARING_BY_LATER, FIELD_TERMINATION_DATE, FIELD_LIEN_FILED};
    static const char *const days[] = {"2026-03-02", "2026-03-23", "2026-03-30", "2026-04-15", "2026-04-20", "2026-02-27"};
    const unsigned kinds = 1U << (sizeof dates / sizeof *dates);
    size_t count;
    const struct notice *notices = catalogue_notices(catalogue, &count);
    unsigned scan = 0;

    (void)state;
    for (size_t n = 0; n < count; n++) {
        for (unsigned has = 0; has < kinds; has++) {
            struct letter letter;
            if (has != kinds - 1 && (has & (has - 1)) != 0) /* one of them alone, none, all */
                continue;
            sample_letter(&letter, LETTER_IDENTIFIED, notices[n].id, NULL);
            for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
                if ((has >> i & 1U) != 0)
                    sample_field(&letter, dates[i], days[i]);
            }
            int64_t id = file_letter(&letter, ++scan, "2026-03-05").id;
            assert_list_says_what_the_card_does(&letter, id, "2026-03-10");
            assert_list_says_what_the_card_does(&letter, id, "2026-04-10");
            assert_done(docket_done(docket, id, true, &maria, error));
            letter_dispose(&letter);
        }
    }
}

static void every_notice_is_found(void **state)
{
    size_t count;
    const struct notice *notices = catalogue_notices(catalogue, &count);

    (void)state;
    for (unsigned i = 0; i < count; i++)
        file_notice(notices[i].id, "2026-03-02", NULL, i + 1, "2026-03-05");
    list_with("2026-03-10", &(struct agenda_filter){.within = -1, .all = true});
    for (size_t i = 0; i < agenda.count; i++)
        assert_non_null(agenda.rows[i].notice);
    assert_true(agenda.count >= count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_days_around_the_last_one),
        TEST(a_new_day_touches_no_file),
        TEST(soonest_stands_first),
        TEST(a_letter_that_came_late),
        TEST(a_letter_that_came_on_the_last_day_can_be_missed),
        TEST(an_unsure_letter_has_no_sure_date),
        TEST(what_may_be_due_today_stands_with_today),
        TEST(a_person_settles_an_unsure_letter),
        TEST(a_correction_counts_at_once),
        TEST(a_date_that_is_missing_or_cannot_be_is_looked_for),
        TEST(mail_of_other_kinds),
        TEST(what_is_done_or_a_second_scan_is_out_of_the_way),
        TEST(filters),
        TEST(a_day_that_an_insert_moved_is_open),
        TEST(a_moved_day_can_be_missed_by_who_came_after_the_first),
        TEST(list_and_card_know_the_same_dates),
        TEST(every_notice_is_found),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
