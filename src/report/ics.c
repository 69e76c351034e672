/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/ics.h"

#include <stdlib.h>
#include <string.h>

#include <libical/ical.h>

#include "report/sheet.h"
#include "report/words.h"

enum {
    HASH_DIGITS = 32,      /* of the file's hash: 128 bits are enough to tell all scans apart */
    UID_MAX = 320,         /* bytes: a hash, a page, six dates and two names of the catalogue */
    SUMMARY_MAX = 1 << 15, /* bytes: a file name of PATH_MAX, escaped, and a sentence */
    DESCRIPTION_MAX = 1 << 14,
};

struct ics {
    icalcomponent *root;
    enum language language;
    date as_of;
    size_t count;
};

int ics_new(struct ics **out, enum language language, date as_of, struct error *error)
{
    struct ics *ics = calloc(1, sizeof *ics);

    if (ics == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    ics->language = language;
    ics->as_of = as_of;
    ics->root = icalcomponent_new(ICAL_VCALENDAR_COMPONENT);
    if (ics->root == NULL) {
        ics_free(ics);
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    }
    icalcomponent_add_property(ics->root, icalproperty_new_version("2.0"));
    icalcomponent_add_property(ics->root, icalproperty_new_prodid("-//irsort//Deadlines of IRS letters//EN"));
    icalcomponent_add_property(ics->root, icalproperty_new_method(ICAL_METHOD_PUBLISH));
    *out = ics;
    return 0;
}

void ics_free(struct ics *ics)
{
    if (ics == NULL)
        return;
    if (ics->root != NULL)
        icalcomponent_free(ics->root);
    free(ics);
}

size_t ics_count(const struct ics *ics)
{
    return ics->count;
}

/* libical 3.0 folds a line together with its end: where a fold falls between CR and LF, what comes out is a lone CR, a
 * fold, a blank and a lone LF. In a text of its own a CR stands nowhere: it is escaped. */
static const char split_end[] = "\r\r\n \n";

void ics_write(struct buffer *out, const struct ics *ics)
{
    char *text = icalcomponent_as_ical_string_r(ics->root);

    if (text == NULL) {
        out->failed = true;
        return;
    }
    const char *from = text;
    for (const char *at; (at = strstr(from, split_end)) != NULL; from = at + strlen(split_end)) {
        buffer_add(out, from, (size_t)(at - from));
        buffer_text(out, "\r\n");
    }
    buffer_text(out, from);
    icalmemory_free_buffer(text);
}

/* ---- what an event says ---- */

/* One event to be. */
struct entry {
    const struct finding *finding;
    const struct ics_origin *origin;
    const struct right *right;
    const struct deadline *deadline;
    const struct follow_up *follow_up; /* NULL: the right itself */
};

static void add_day(struct buffer *out, date day)
{
    char text[DATE_TEXT_SIZE];

    if (day != DATE_NONE)
        buffer_printf(out, "-%s", date_format(day, text));
    else
        buffer_text(out, "-0");
}

/* The same deadline has the same UID in every export, so that a calendar updates it and does not double it.
 * Two letters never share one: without a scan what tells them apart is the dates printed on them. Nothing
 * about a person goes in: a UID is sent around with the event. */
static void add_uid(struct buffer *out, const struct entry *entry)
{
    const struct finding *finding = entry->finding;
    const struct known_dates *dates = &finding->dates;

    if (entry->origin->sha256 != NULL) {
        buffer_printf(out, "%.*s-%u", HASH_DIGITS, entry->origin->sha256,
                      finding->letter != NULL && finding->letter->page_count > 0 ? finding->letter->pages[0]
                                                                                 : 1);
    } else {
        buffer_text(out, finding->notice->id);
        add_day(out, dates->start[START_NOTICE_DATE]);
        add_day(out, dates->start[START_LIEN_FILED]);
        for (enum field_id field = 0; field < FIELD_COUNT; field++) {
            if (dates->printed[field] != DATE_NONE)
                add_day(out, dates->printed[field]);
        }
    }
    buffer_printf(out, "-%s", entry->right->rule->track);
    if (entry->follow_up != NULL)
        buffer_printf(out, "-%s", entry->follow_up->name);
    buffer_text(out, "@irsort");
}

static void add_names(struct buffer *out, const struct entry *entry)
{
    const struct letter *letter = entry->finding->letter;
    const struct field *last4 = letter != NULL ? &letter->fields[FIELD_TIN_LAST4] : NULL;

    if (!entry->origin->names)
        return;
    if (last4 != NULL && last4->count > 0) {
        buffer_text(out, ", …");
        sheet_escape(out, last4->values[0].value);
    }
    if (entry->origin->file != NULL) {
        buffer_text(out, ", ");
        sheet_escape(out, entry->origin->file);
    }
}

static void add_summary(struct buffer *out, const struct entry *entry, enum language language)
{
    const struct notice_right *rule = entry->right->rule;
    const char *values[] = {words_right(rule, language), entry->finding->notice->printed};
    enum word word = entry->follow_up != NULL                   ? WORD_CALENDAR_FOLLOW_UP
                     : rule->clock->kind == KIND_PRACTICE       ? WORD_CALENDAR_WARNING
                     : rule->available == AVAILABLE_CONDITIONAL ? WORD_CALENDAR_LAST_DAY_IF
                                                                : WORD_CALENDAR_LAST_DAY;

    words_fill(out, word, language, values, 2);
    add_names(out, entry);
}

static void add_line(struct buffer *out, enum word word, enum language language, const char *first,
                     const char *second)
{
    const char *values[] = {first, second};

    if (out->length > 0)
        buffer_byte(out, '\n');
    words_fill(out, word, language, values, 2);
}

static void add_description(struct buffer *out, const struct entry *entry, enum language language)
{
    const struct notice_right *rule = entry->right->rule;
    const struct clock *clock = rule->clock;
    const struct deadline *deadline = entry->deadline;

    if (entry->follow_up != NULL) {
        buffer_text(out, entry->follow_up->what.in[language]);
    } else {
        if (rule->condition != NULL)
            buffer_text(out, rule->condition->in[language]);
        if (clock->form != NULL)
            add_line(out, WORD_STEP_FORM, language, clock->form, "");
        add_line(out, WORD_STEP_HOW, language, clock->how.in[language], "");
    }
    add_line(out, deadline->basis == BASIS_PRINTED ? WORD_PRINTED : WORD_CALENDAR_COUNTED, language,
             words_origin(deadline->counted_from, language), clock->name);
    if (deadline->safe && clock->count != NULL)
        add_line(out, WORD_SAFE, language, words_origin(words_start_name(clock->count->from), language), "");
    add_line(out, WORD_REMEMBER_PAPER, language, "", "");
    add_line(out, WORD_REMEMBER_ADVICE, language, "", "");
}

/* ---- the event ---- */

static struct icaltimetype calendar_day(date day)
{
    struct icaltimetype time = {.is_date = 1};

    date_to_civil(day, &time.year, &time.month, &time.day);
    return time;
}

static struct icaltimetype start_of_day_utc(date day)
{
    struct icaltimetype time = {.zone = icaltimezone_get_utc_timezone()};

    date_to_civil(day, &time.year, &time.month, &time.day);
    return time;
}

static void add_alarms(icalcomponent *event, const char *summary)
{
    static const unsigned days_before[] = {14, 7, 3, 1};

    for (size_t i = 0; i < sizeof days_before / sizeof *days_before; i++) {
        icalcomponent *alarm = icalcomponent_new_valarm();
        struct icaltriggertype trigger = {
            .time = icaltime_null_time(),
            .duration = {.is_neg = 1, .days = days_before[i]},
        };
        icalcomponent_add_property(alarm, icalproperty_new_action(ICAL_ACTION_DISPLAY));
        icalcomponent_add_property(alarm, icalproperty_new_description(summary));
        icalcomponent_add_property(alarm, icalproperty_new_trigger(trigger));
        icalcomponent_add_component(event, alarm);
    }
}

static int add_event(struct ics *ics, const struct entry *entry, struct error *error)
{
    struct buffer uid;
    struct buffer summary;
    struct buffer description;
    icalcomponent *event = NULL;
    int result = -1;

    buffer_init(&uid, UID_MAX);
    buffer_init(&summary, SUMMARY_MAX);
    buffer_init(&description, DESCRIPTION_MAX);
    add_uid(&uid, entry);
    add_summary(&summary, entry, ics->language);
    add_description(&description, entry, ics->language);
    if (!uid.failed && !summary.failed && !description.failed)
        event = icalcomponent_new_vevent();
    if (event == NULL) {
        error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
        goto done;
    }
    icalcomponent_add_property(event, icalproperty_new_uid(uid.data));
    icalcomponent_add_property(event, icalproperty_new_dtstamp(start_of_day_utc(ics->as_of)));
    icalcomponent_add_property(event, icalproperty_new_dtstart(calendar_day(entry->deadline->day)));
    icalcomponent_add_property(event, icalproperty_new_summary(summary.data));
    icalcomponent_add_property(event, icalproperty_new_description(description.data));
    icalcomponent_add_property(event, icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT));
    add_alarms(event, summary.data);
    icalcomponent_add_component(ics->root, event);
    ics->count++;
    result = 0;
done:
    buffer_dispose(&uid);
    buffer_dispose(&summary);
    buffer_dispose(&description);
    return result;
}

static bool is_open(enum standing standing)
{
    return standing == STANDING_OPEN || standing == STANDING_LAST_DAY;
}

int ics_add_right(struct ics *ics, const struct finding *finding, const struct right *right,
                  const struct ics_origin *origin, struct error *error)
{
    struct entry entry = {finding, origin, right, &right->deadline, NULL};

    if (is_open(right->standing) && add_event(ics, &entry, error) < 0)
        return -1;
    for (size_t j = 0; j < right->follow_up_count; j++) {
        const struct follow_up_deadline *later = &right->follow_ups[j];
        entry.deadline = &later->deadline;
        entry.follow_up = later->follow_up;
        if (is_open(later->standing) && add_event(ics, &entry, error) < 0)
            return -1;
    }
    return 0;
}

int ics_add(struct ics *ics, const struct finding *finding, const struct ics_origin *origin,
            struct error *error)
{
    for (size_t i = 0; i < finding->rights.count; i++) {
        if (ics_add_right(ics, finding, &finding->rights.list[i], origin, error) < 0)
            return -1;
    }
    return 0;
}
