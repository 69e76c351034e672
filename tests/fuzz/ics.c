/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The calendar file: any notice, any days, any file name. It is read back by libical, holds one event a deadline with
 * UIDs of their own, keeps to RFC 5545's lines, and shows neither name nor number unless asked. */
#include <libical/ical.h>

#include "harness.h"
#include "report/ics.h"

enum { FILE_LIMIT = 1 << 22, LINE_OCTETS = 75, EVENTS_MAX = 64, BASE_DAY = 18000 };

#define LAST4 "7316"

static date take_day(struct input *input, date from)
{
    int high = input_byte(input);
    int low = input_byte(input);

    return high == 255 ? DATE_NONE : from + high * 16 + low % 16;
}

static void set_field(struct letter *letter, enum field_id field, const char *text)
{
    struct field_value value = {.page = 1, .box = BOX_PAGE, .confidence = 1};

    snprintf(value.value, sizeof value.value, "%s", text);
    MUST(letter_add_field(letter, field, &value) == 0);
}

static void set_day(struct letter *letter, enum field_id field, date day)
{
    char text[DATE_TEXT_SIZE];

    if (day != DATE_NONE)
        set_field(letter, field, date_format(day, text));
}

static void check_lines(const char *text)
{
    while (*text != '\0') {
        const char *end = strstr(text, "\r\n");
        MUST(end != NULL && end - text <= LINE_OCTETS);
        for (const char *c = text; c < end; c++)
            MUST((unsigned char)*c >= 0x20 || *c == '\t');
        text = end + 2;
    }
}

static void check_events(const char *text, size_t count, bool names, const char *file)
{
    icalcomponent *root = icalparser_parse_string(text);
    const char *seen[EVENTS_MAX];
    size_t found = 0;

    MUST(root != NULL && icalcomponent_count_errors(root) == 0);
    for (icalcomponent *event = icalcomponent_get_first_component(root, ICAL_VEVENT_COMPONENT); event != NULL;
         event = icalcomponent_get_next_component(root, ICAL_VEVENT_COMPONENT)) {
        const char *uid = icalcomponent_get_uid(event);
        const char *summary = icalcomponent_get_summary(event);
        struct icaltimetype start = icalcomponent_get_dtstart(event);
        MUST(uid != NULL && summary != NULL && summary[0] != '\0' && start.is_date);
        MUST(date_from_civil(start.year, start.month, start.day) != DATE_NONE);
        MUST(icalcomponent_count_components(event, ICAL_VALARM_COMPONENT) == 4);
        for (size_t i = 0; i < found; i++)
            MUST(strcmp(seen[i], uid) != 0);
        MUST(found < EVENTS_MAX);
        seen[found++] = uid;
        if (!names) {
            MUST(strstr(summary, LAST4) == NULL);
            MUST(strlen(file) < 8 || strstr(summary, file) == NULL);
        }
    }
    MUST(found == count);
    icalcomponent_free(root);
}

static void write_calendar(const struct letter *letter, date as_of, const struct ics_origin *origin,
                           enum language language)
{
    struct finding finding;
    struct ics *ics = NULL;
    struct buffer out;
    struct error error = {0};

    MUST(finding_init(&finding, harness_catalogue(), letter, as_of, &error) == 0);
    MUST(ics_new(&ics, language, as_of, &error) == 0 && ics_add(ics, &finding, origin, &error) == 0);
    buffer_init(&out, FILE_LIMIT);
    ics_write(&out, ics);
    MUST(!out.failed && out.data != NULL);
    check_lines(out.data);
    check_events(out.data, ics_count(ics), origin->names, origin->file);
    buffer_dispose(&out);
    ics_free(ics);
    finding_dispose(&finding);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    size_t count;
    const struct notice *notices = catalogue_notices(harness_catalogue(), &count);
    struct letter letter;

    icalerror_set_errors_are_fatal(0);
    letter_init(&letter);
    letter.status = LETTER_IDENTIFIED;
    snprintf(letter.id, sizeof letter.id, "%s", notices[input_byte(&input) % count].id);
    uint8_t how = input_byte(&input);
    date notice_date = take_day(&input, BASE_DAY);
    set_day(&letter, FIELD_NOTICE_DATE, notice_date);
    set_day(&letter, FIELD_HEARING_BY, take_day(&input, BASE_DAY));
    set_day(&letter, FIELD_RESPOND_BY, take_day(&input, BASE_DAY));
    set_day(&letter, FIELD_LIEN_FILED, take_day(&input, BASE_DAY));
    set_field(&letter, FIELD_TIN_LAST4, LAST4);
    date as_of = take_day(&input, BASE_DAY);
    char *file = input_rest(&input);
    const struct ics_origin origin = {
        .file = file,
        .sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        .names = how & 1,
    };
    write_calendar(&letter, as_of != DATE_NONE ? as_of : BASE_DAY, &origin,
                   how & 2 ? LANGUAGE_ES : LANGUAGE_EN);
    free(file);
    letter_dispose(&letter);
    return 0;
}
