/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <libical/ical.h>

#include "report/ics.h"
#include "sample.h"

static struct catalogue *catalogue;

static int load(void **state)
{
    (void)state;
    catalogue = sample_catalogue();
    return 0;
}

static int unload(void **state)
{
    (void)state;
    catalogue_free(catalogue);
    return 0;
}

/* ---- making calendars ---- */

static char *calendar_of(const struct finding *finding, const struct ics_origin *origin,
                         enum language language)
{
    struct ics *ics = NULL;
    struct buffer out;
    struct error error = {0};

    buffer_init(&out, 1 << 20);
    assert_int_equal(ics_new(&ics, language, finding->dates.as_of, &error), 0);
    assert_int_equal(ics_add(ics, finding, origin, &error), 0);
    ics_write(&out, ics);
    ics_free(ics);
    char *text = buffer_take(&out);
    assert_non_null(text);
    return text;
}

/* The calendar of a notice without a scan. `conference` may be NULL. */
static char *calendar_of_notice(const char *id, const char *notice_date, const char *conference,
                                const char *as_of, enum language language)
{
    const struct ics_origin origin = {0};
    struct known_dates dates;
    struct finding finding;
    struct error error = {0};

    known_dates_init(&dates, day(as_of));
    if (notice_date != NULL)
        dates.start[START_NOTICE_DATE] = day(notice_date);
    if (conference != NULL)
        dates.start[START_CONFERENCE] = day(conference);
    const struct notice *notice = catalogue_find_notice(catalogue, id);
    assert_non_null(notice);
    assert_int_equal(finding_init_notice(&finding, notice, &dates, &error), 0);
    char *text = calendar_of(&finding, &origin, language);
    finding_dispose(&finding);
    return text;
}

static char *calendar_of_scan(const struct letter *letter, const struct ics_origin *origin, const char *as_of)
{
    struct finding finding;
    struct error error = {0};

    assert_int_equal(finding_init(&finding, catalogue, letter, day(as_of), &error), 0);
    char *text = calendar_of(&finding, origin, LANGUAGE_EN);
    finding_dispose(&finding);
    return text;
}

/* ---- reading them back ---- */

/* The text as a calendar, freeing the text. */
static icalcomponent *parsed(char *text)
{
    icalcomponent *root = icalparser_parse_string(text);

    assert_non_null(root);
    assert_int_equal(icalcomponent_isa(root), ICAL_VCALENDAR_COMPONENT);
    assert_int_equal(icalcomponent_count_errors(root), 0);
    free(text);
    return root;
}

static size_t count_events(icalcomponent *root)
{
    return (size_t)icalcomponent_count_components(root, ICAL_VEVENT_COMPONENT);
}

static icalcomponent *event_at(icalcomponent *root, size_t index)
{
    icalcomponent *event = icalcomponent_get_first_component(root, ICAL_VEVENT_COMPONENT);

    while (index-- > 0)
        event = icalcomponent_get_next_component(root, ICAL_VEVENT_COMPONENT);
    assert_non_null(event);
    return event;
}

static void assert_day(icalcomponent *event, const char *wanted)
{
    struct icaltimetype start = icalcomponent_get_dtstart(event);

    assert_true(icaltime_is_date(start));
    assert_int_equal(date_from_civil(start.year, start.month, start.day), day(wanted));
}

static void assert_alarms(icalcomponent *event)
{
    static const unsigned days[] = {14, 7, 3, 1};
    icalcomponent *alarm = icalcomponent_get_first_component(event, ICAL_VALARM_COMPONENT);

    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        assert_non_null(alarm);
        icalproperty *trigger = icalcomponent_get_first_property(alarm, ICAL_TRIGGER_PROPERTY);
        struct icaltriggertype when = icalproperty_get_trigger(trigger);
        assert_int_equal(icaldurationtype_as_int(when.duration), -(int)(days[i] * 86400));
        alarm = icalcomponent_get_next_component(event, ICAL_VALARM_COMPONENT);
    }
    assert_null(alarm);
}

/* ---- tests ---- */

static void each_open_deadline_is_an_event_with_alarms(void **state)
{
    (void)state;
    icalcomponent *root = parsed(calendar_of_notice("LT11", "2026-03-02", NULL, "2026-03-20", LANGUAGE_EN));
    assert_int_equal(count_events(root), 2);
    assert_day(event_at(root, 0), "2026-04-01");
    assert_has(icalcomponent_get_summary(event_at(root, 0)), "Last day: Hearing about the levy");
    assert_has(icalcomponent_get_summary(event_at(root, 0)), "(LT11)");
    assert_has(icalcomponent_get_description(event_at(root, 0)), "Form 12153");
    assert_has(icalcomponent_get_description(event_at(root, 0)), "not legal advice");
    assert_day(event_at(root, 1), "2027-03-02");
    assert_has(icalcomponent_get_summary(event_at(root, 1)), "if it applies: Late hearing");
    assert_alarms(event_at(root, 0));
    assert_alarms(event_at(root, 1));
    icalcomponent_free(root);

    root = parsed(calendar_of_notice("LT11", "2026-03-02", NULL, "2026-03-20", LANGUAGE_ES));
    assert_has(icalcomponent_get_summary(event_at(root, 0)), "Último día: Audiencia sobre el embargo");
    icalcomponent_free(root);
}

static void the_last_day_counts_and_the_day_after_does_not(void **state)
{
    (void)state;
    icalcomponent *root = parsed(calendar_of_notice("LT11", "2026-03-02", NULL, "2026-04-01", LANGUAGE_EN));
    assert_int_equal(count_events(root), 2);
    icalcomponent_free(root);

    root = parsed(calendar_of_notice("LT11", "2026-03-02", NULL, "2026-04-02", LANGUAGE_EN));
    assert_int_equal(count_events(root), 1);
    assert_day(event_at(root, 0), "2027-03-02");
    icalcomponent_free(root);

    root = parsed(calendar_of_notice("LT11", "2026-03-02", NULL, "2027-03-03", LANGUAGE_EN));
    assert_int_equal(count_events(root), 0);
    icalcomponent_free(root);
}

/* Wednesday, 18 March 2026, and two and three business days on: Friday and Monday. */
static void the_next_steps_of_a_conference_are_events(void **state)
{
    (void)state;
    icalcomponent *root =
        parsed(calendar_of_notice("L1058", "2026-03-02", "2026-03-18", "2026-03-20", LANGUAGE_EN));
    assert_int_equal(count_events(root), 4);
    assert_day(event_at(root, 2), "2026-03-20");
    assert_day(event_at(root, 3), "2026-03-23");
    assert_has(icalcomponent_get_summary(event_at(root, 2)), "Next step is due");
    icalcomponent_free(root);

    root = parsed(calendar_of_notice("L1058", "2026-03-02", "2026-03-18", "2026-03-21", LANGUAGE_EN));
    assert_int_equal(count_events(root), 3);
    icalcomponent_free(root);
}

static void a_warning_is_not_called_a_last_day(void **state)
{
    (void)state;
    icalcomponent *root = parsed(calendar_of_notice("CP504", "2025-01-13", NULL, "2025-01-13", LANGUAGE_EN));
    bool found = false;
    for (size_t i = 0; i < count_events(root); i++) {
        const char *summary = icalcomponent_get_summary(event_at(root, i));
        assert_has_not(summary, "Hearing");
        found = found || strstr(summary, "Not an appeal deadline: The IRS may take your state tax") != NULL;
    }
    assert_true(found);
    icalcomponent_free(root);
}

static void what_has_no_known_day_is_not_in_it(void **state)
{
    struct letter letter;
    const struct ics_origin origin = {"mail.pdf", SHA256, false};

    (void)state;
    icalcomponent *root = parsed(calendar_of_notice("LT11", NULL, NULL, "2026-03-20", LANGUAGE_EN));
    assert_int_equal(count_events(root), 0);
    icalcomponent_free(root);
    root = parsed(calendar_of_notice("L3174", "2026-03-02", NULL, "2026-03-20", LANGUAGE_EN));
    assert_int_equal(count_events(root), 0);
    icalcomponent_free(root);

    sample_letter(&letter, LETTER_REVIEW, NULL, "2026-03-02");
    sample_candidate(&letter, "LT11", 0.9);
    root = parsed(calendar_of_scan(&letter, &origin, "2026-03-20"));
    assert_int_equal(count_events(root), 0);
    icalcomponent_free(root);
    letter_dispose(&letter);
}

static void a_second_export_has_the_same_uids(void **state)
{
    struct letter letter;
    const struct ics_origin origin = {"mail.pdf", SHA256, false};
    const struct ics_origin renamed = {"other.pdf", SHA256, true};

    (void)state;
    sample_letter(&letter, LETTER_IDENTIFIED, "LT11", "2026-03-02");
    icalcomponent *first = parsed(calendar_of_scan(&letter, &origin, "2026-03-20"));
    icalcomponent *second = parsed(calendar_of_scan(&letter, &renamed, "2026-03-25"));
    letter.pages[0] = 7;
    icalcomponent *third = parsed(calendar_of_scan(&letter, &origin, "2026-03-20"));
    for (size_t i = 0; i < 2; i++) {
        const char *uid = icalcomponent_get_uid(event_at(first, i));
        assert_string_equal(uid, icalcomponent_get_uid(event_at(second, i)));
        assert_string_not_equal(uid, icalcomponent_get_uid(event_at(third, i)));
    }
    assert_int_equal(icalcomponent_get_dtstamp(event_at(first, 0)).day, 20);
    assert_int_equal(icalcomponent_get_dtstamp(event_at(second, 0)).day, 25);
    icalcomponent_free(first);
    icalcomponent_free(second);
    icalcomponent_free(third);
    letter_dispose(&letter);
}

static void assert_uids_differ(const char *id, icalcomponent *root)
{
    for (size_t i = 0; i < count_events(root); i++) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(icalcomponent_get_uid(event_at(root, i)), icalcomponent_get_uid(event_at(root, j))) ==
                0)
                fail_msg("%s: twice %s", id, icalcomponent_get_uid(event_at(root, i)));
        }
    }
}

static void no_two_events_of_a_notice_share_a_uid(void **state)
{
    size_t count;

    (void)state;
    const struct notice *notices = catalogue_notices(catalogue, &count);
    for (size_t i = 0; i < count; i++) {
        icalcomponent *root =
            parsed(calendar_of_notice(notices[i].id, "2026-03-02", "2026-03-02", "2026-03-02", LANGUAGE_ES));
        assert_uids_differ(notices[i].id, root);
        icalcomponent_free(root);
    }
    icalcomponent *one = parsed(calendar_of_notice("LT11", "2026-03-02", NULL, "2026-03-20", LANGUAGE_EN));
    icalcomponent *two = parsed(calendar_of_notice("LT11", "2026-03-03", NULL, "2026-03-20", LANGUAGE_EN));
    assert_string_not_equal(icalcomponent_get_uid(event_at(one, 0)), icalcomponent_get_uid(event_at(two, 0)));
    icalcomponent_free(one);
    icalcomponent_free(two);
}

static void nobody_is_named_unless_asked_for(void **state)
{
    struct letter letter;
    const struct ics_origin without = {"Rosa Beispiel.pdf", SHA256, false};
    const struct ics_origin with = {"Rosa Beispiel\n.pdf", SHA256, true};

    (void)state;
    sample_letter(&letter, LETTER_IDENTIFIED, "LT11", "2026-03-02");
    sample_field(&letter, FIELD_TIN_LAST4, "4321");
    char *text = calendar_of_scan(&letter, &without, "2026-03-20");
    assert_has_not(text, "4321");
    assert_has_not(text, "Rosa");
    free(text);

    icalcomponent *root = parsed(calendar_of_scan(&letter, &with, "2026-03-20"));
    assert_has(icalcomponent_get_summary(event_at(root, 0)), ", …4321, Rosa Beispiel\\n.pdf");
    icalcomponent_free(root);
    letter_dispose(&letter);
}

/* RFC 5545, 3.1: lines of at most 75 octets, each ended by CR and LF, which stand nowhere else. */
static void assert_lines(const char *text)
{
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\r\n");
        assert_true(length <= 75);
        assert_int_equal(strncmp(line + length, "\r\n", 2), 0);
        line += length + 2;
    }
}

static void lines_are_as_the_format_wants_them(void **state)
{
    (void)state;
    char *text = calendar_of_notice("L1058", "2026-03-02", "2026-03-18", "2026-03-20", LANGUAGE_ES);
    assert_int_equal(offset_of(text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//irsort//"), 0);
    assert_has(text, "\r\nDTSTAMP:20260320T000000Z\r\n");
    assert_has(text, "\r\nDTSTART;VALUE=DATE:20260401\r\n");
    assert_has(text, "\r\nTRIGGER:-P14D\r\n");
    assert_lines(text);
    free(text);
}

/* Wherever the last line of a text ends, its end is not folded apart. */
static void lines_of_every_length_end_whole(void **state)
{
    struct letter letter;
    char name[161] = "";

    (void)state;
    sample_letter(&letter, LETTER_IDENTIFIED, "LT11", "2026-03-02");
    for (size_t length = 1; length < sizeof name; length++) {
        name[length - 1] = 'a';
        name[length] = '\0';
        const struct ics_origin origin = {name, SHA256, true};
        char *text = calendar_of_scan(&letter, &origin, "2026-03-20");
        assert_lines(text);
        free(text);
    }
    letter_dispose(&letter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_open_deadline_is_an_event_with_alarms),
        cmocka_unit_test(the_last_day_counts_and_the_day_after_does_not),
        cmocka_unit_test(the_next_steps_of_a_conference_are_events),
        cmocka_unit_test(a_warning_is_not_called_a_last_day),
        cmocka_unit_test(what_has_no_known_day_is_not_in_it),
        cmocka_unit_test(a_second_export_has_the_same_uids),
        cmocka_unit_test(no_two_events_of_a_notice_share_a_uid),
        cmocka_unit_test(nobody_is_named_unless_asked_for),
        cmocka_unit_test(lines_are_as_the_format_wants_them),
        cmocka_unit_test(lines_of_every_length_end_whole),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
