/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The list for people, programs, spreadsheets and calendars. */
#include <unistr.h>
#include <uniwidth.h>

#include "docket/show.h"
#include "list.h"

static struct buffer out;

static int finish_show(void **state)
{
    buffer_dispose(&out);
    return finish_list(state);
}

static const char *table(enum language language)
{
    struct sheet sheet = {.out = &out, .language = language};

    buffer_dispose(&out);
    buffer_init(&out, 1 << 20);
    show_table(&sheet, &agenda);
    assert_false(out.failed);
    return out.data;
}

static const char *csv(void)
{
    buffer_dispose(&out);
    buffer_init(&out, 1 << 20);
    show_csv(&out, &agenda, LANGUAGE_EN);
    assert_false(out.failed);
    return out.data;
}

/* One of everything, with the longest names that there may be. */
static void fill(void)
{
    char name[DOCKET_NAME_MAX + 1];
    struct letter letter;

    memset(name, 'W', DOCKET_NAME_MAX);
    name[DOCKET_NAME_MAX] = '\0';
    int64_t id = file_notice("LT11", "2026-03-02", "4155", 1, "2026-03-05");
    file_unsure("2026-03-02", 2);
    file_notice("LT11", "2026-02-05", NULL, 3, "2026-03-05");
    file_notice("LT11", "2024-02-05", NULL, 4, "2026-03-05");
    file_notice("L3172", NULL, NULL, 5, "2026-03-05");
    assert_done(docket_assign(docket, id, name, &maria, error));
    assert_done(docket_refer(docket, id, name, &maria, error));
    sample_letter(&letter, LETTER_IRS_UNLISTED, NULL, NULL);
    snprintf(letter.printed, sizeof letter.printed, "CP 508C");
    file_letter(&letter, 6, "2026-03-05");
    letter_dispose(&letter);
    file_notice("LT11", "2026-02-08", NULL, 7, "2026-03-05"); /* until 10 March */
}

static void the_table_is_narrow(void **state)
{
    (void)state;
    fill();
    list_with("2026-03-10", &(struct agenda_filter){.within = -1, .all = true});
    for (enum language language = 0; language < LANGUAGE_COUNT; language++) {
        for (const char *line = table(language); *line != '\0';) {
            char one[512];
            size_t length = strcspn(line, "\n");
            snprintf(one, sizeof one, "%.*s", (int)length, line);
            if (u8_strwidth((const uint8_t *)one, "UTF-8") > SHEET_WIDTH)
                fail_msg("too wide: %s", one);
            line += length + (line[length] == '\n');
        }
    }
}

static void the_table_says_it_in_words(void **state)
{
    (void)state;
    fill();
    list("2026-03-10");
    const char *text = table(LANGUAGE_EN);
    assert_has(text, "DOCKET as of Tuesday, March 10, 2026");
    assert_has(text, "2026-03-09 Monday    OVERDUE by 1 day\n");
    assert_has(text, "2026-03-10 Tuesday   TODAY\n");
    assert_has(text, "2026-04-01 Wednesday in 22 days\n");
    assert_has(text, "TO BE LOOKED AT\n");
    assert_has(text, "Why: the number can be read in more than one way.");
    assert_has(text, "ONLY IF it is CP 504");
    assert_has(text, "The number on it looks like CP 508C.");
    assert_has(text, "Second best");
    assert_has_not(text, "mail.pdf");
    text = table(LANGUAGE_ES);
    assert_has(text, "VENCIDO hace 1 día\n");
    assert_has(text, "2026-03-10 martes    HOY\n");
    assert_has(text, "en 22 días\n");
    assert_has(text, "Por qué: el número se puede leer de más de una manera.");
    assert_has_not(text, "OVERDUE");
    assert_has_not(text, "Why");
}

/* The date of an unsure letter is said with its condition or not at all. */
static void the_table_gives_an_unsure_letter_no_day(void **state)
{
    (void)state;
    file_unsure("2026-03-02", 1);
    list("2026-03-10");
    const char *text = table(LANGUAGE_EN);
    assert_has_not(text, "2026-04-01");
    assert_true(offset_of(text, "ONLY IF") < offset_of(text, "April 1, 2026"));
    text = csv();
    assert_has(text, "1,look,,,");
    assert_has_not(text, "2026-04-01");
}

static void an_empty_list_says_so(void **state)
{
    (void)state;
    list("2026-03-10");
    assert_has(table(LANGUAGE_EN), "No deadline is open");
    assert_has(table(LANGUAGE_ES), "No hay ningún plazo");
}

static void what_people_wrote_cannot_drive_the_terminal(void **state)
{
    (void)state;
    int64_t id = file_notice("LT11", "2026-03-02", NULL, 1, "2026-03-05");
    assert_done(docket_refer(docket, id,
                             "a\xe2\x80\xae"
                             "b",
                             &maria, error)); /* turns the writing direction */
    list("2026-03-10");
    assert_has(table(LANGUAGE_EN), "a\\u202eb");
}

static void the_spreadsheet_takes_no_formula(void **state)
{
    (void)state;
    int64_t id = file_notice("LT11", "2026-03-02", "4155", 1, "2026-03-05");
    assert_done(docket_refer(docket, id, "=1+1", &maria, error));
    assert_done(docket_note(docket, id, "say \"no\", twice", &maria, error));
    list("2026-03-10");
    const char *text = csv();
    assert_int_equal(strncmp(text, "id,state,date,days_left,notice,track,right,ref,", 47), 0);
    assert_has(text, "\r\n1,open,2026-04-01,22,\"LT11\",\"cdp-levy\",");
    assert_has(text, ",\"'=1+1\",");
    assert_has(text, ",\"say \"\"no\"\", twice\"\r\n");
    assert_has_not(text, "mail.pdf");
}

static const char *string_at(const json_t *json, const char *object, const char *name)
{
    return json_string_value(json_object_get(object != NULL ? json_object_get(json, object) : json, name));
}

static void json_has_every_part(void **state)
{
    (void)state;
    int64_t id = file_notice("LT11", "2026-03-02", "4155", 1, "2026-03-05");
    int64_t unsure = file_unsure("2026-03-02", 2);
    list("2026-04-01");
    json_t *json = show_json(&agenda, row_of(id, "cdp-levy"), LANGUAGE_EN);
    assert_string_equal(string_at(json, NULL, "schema"), "irsort.docket/1");
    assert_int_equal(json_integer_value(json_object_get(json, "id")), id);
    assert_string_equal(string_at(json, NULL, "state"), "open");
    assert_string_equal(string_at(json, NULL, "date"), "2026-04-01");
    assert_string_equal(string_at(json, "right", "track"), "cdp-levy");
    assert_string_equal(string_at(json, "right", "standing"), "last-day");
    assert_string_equal(string_at(json_object_get(json, "right"), "deadline", "counted_from"), "notice_date");
    assert_string_equal(string_at(json_object_get(json, "letter"), "notice", "id"), "LT11");
    assert_string_equal(string_at(json_object_get(json, "letter"), "fields", "tin_last4"), "4155");
    assert_true(json_is_null(json_object_get(json, "reason")));
    json_decref(json);

    json = show_json(&agenda, row_of(unsure, ""), LANGUAGE_EN);
    assert_string_equal(string_at(json, NULL, "state"), "look");
    assert_true(json_is_null(json_object_get(json, "date")));
    assert_true(json_is_null(json_object_get(json, "right")));
    assert_has(string_at(json, NULL, "reason"), "more than one way");
    assert_string_equal(string_at(json, "maybe", "date"), "2026-04-01");
    json_decref(json);
}

static char *calendar_text(const struct ics *ics)
{
    struct buffer text;

    buffer_init(&text, 1 << 20);
    ics_write(&text, ics);
    return buffer_take(&text);
}

/* The same events as those of the scan itself, so that a calendar that has one does not get another. */
static void the_calendar_is_that_of_the_scan(void **state)
{
    char hash[65];
    struct letter letter;
    struct finding finding;
    struct ics *ics = NULL;

    (void)state;
    sample_letter(&letter, LETTER_IDENTIFIED, "LT11", "2026-03-02");
    sample_field(&letter, FIELD_TIN_LAST4, "4155");
    letter.pages[0] = 4;
    letter.page_count = 1;
    file_letter(&letter, 1, "2026-03-05");
    list("2026-03-10");
    for (int names = 0; names < 2; names++) {
        const struct ics_origin origin = {"mail.pdf", hash_of(1, hash), names};
        assert_done(ics_new(&ics, LANGUAGE_EN, agenda.as_of, error));
        assert_done(finding_init(&finding, catalogue, &letter, agenda.as_of, error));
        assert_done(ics_add(ics, &finding, &origin, error));
        char *wanted = calendar_text(ics);
        finding_dispose(&finding);
        ics_free(ics);
        assert_done(ics_new(&ics, LANGUAGE_EN, agenda.as_of, error));
        assert_done(show_calendar(ics, &agenda, names, error));
        char *text = calendar_text(ics);
        ics_free(ics);
        assert_has(wanted, "-4-cdp-levy@irsort");
        assert_string_equal(text, wanted);
        free(text);
        free(wanted);
    }
    letter_dispose(&letter);
}

static void the_calendar_has_only_what_is_sure(void **state)
{
    struct ics *ics = NULL;

    (void)state;
    fill();
    list_with("2026-03-10", &(struct agenda_filter){.within = 30});
    assert_done(ics_new(&ics, LANGUAGE_EN, agenda.as_of, error));
    assert_done(show_calendar(ics, &agenda, false, error));
    assert_int_equal(ics_count(ics), 2); /* 10 March and 1 April */
    char *text = calendar_text(ics);
    assert_has_not(text, "WWW");
    assert_has_not(text, "4155");
    assert_has_not(text, "mail.pdf");
    free(text);
    ics_free(ics);
}

static void events_are_told_in_both_languages(void **state)
{
    static const struct docket_event events[] = {
        {0, "m", "taken", NULL, NULL, "2026-03-05"},
        {0, "m", "repeat", NULL, NULL, "2026-03-05"},
        {0, "m", "done", NULL, NULL, NULL},
        {0, "m", "undone", NULL, NULL, NULL},
        {0, "m", "note", NULL, NULL, "called"},
        {0, "m", "assigned", NULL, NULL, "Jo"},
        {0, "m", "assigned", NULL, "Jo", NULL},
        {0, "m", "ref", NULL, NULL, "26-014"},
        {0, "m", "ref", NULL, "26-014", NULL},
        {0, "m", "corrected", "notice", NULL, "LT11"},
        {0, "m", "corrected", "notice_date", "2026-03-02", NULL},
        {0, "m", "confirmed", "notice", NULL, "LT11"},
        {0, "m", "confirmed", NULL, NULL, NULL},
        {0, "m", "settled", NULL, "review", "identified"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        struct buffer text[LANGUAGE_COUNT];
        for (enum language language = 0; language < LANGUAGE_COUNT; language++) {
            buffer_init(&text[language], 1 << 12);
            show_event(&text[language], &events[i], language);
            assert_non_null(text[language].data);
            if (events[i].after != NULL && strcmp(events[i].what, "settled") != 0)
                assert_has(text[language].data, events[i].after);
        }
        assert_string_not_equal(text[LANGUAGE_EN].data, text[LANGUAGE_ES].data);
        buffer_dispose(&text[LANGUAGE_EN]);
        buffer_dispose(&text[LANGUAGE_ES]);
    }
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish_show)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_table_is_narrow),
        TEST(the_table_says_it_in_words),
        TEST(the_table_gives_an_unsure_letter_no_day),
        TEST(an_empty_list_says_so),
        TEST(what_people_wrote_cannot_drive_the_terminal),
        TEST(the_spreadsheet_takes_no_formula),
        TEST(json_has_every_part),
        TEST(the_calendar_is_that_of_the_scan),
        TEST(the_calendar_has_only_what_is_sure),
        TEST(events_are_told_in_both_languages),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
