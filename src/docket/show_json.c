/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <string.h>

#include "docket/show.h"
#include "report/json_rights.h"

enum { REASON_MAX = 1 << 12 };

static json_t *text_or_null(const char *text)
{
    return text != NULL ? json_string(text) : json_null();
}

static json_t *fields_object(const struct docket_letter *letter)
{
    json_t *fields = json_object();

    for (enum field_id field = 0; fields != NULL && field < FIELD_COUNT; field++) {
        if (letter->fields[field] != NULL &&
            json_object_set_new(fields, field_name(field), json_string(letter->fields[field])) < 0) {
            json_decref(fields);
            return NULL;
        }
    }
    return fields;
}

static json_t *notice_object(const struct agenda_row *row, enum language language)
{
    return json_pack("{s:o, s:o, s:o}", "id", text_or_null(row->notice != NULL ? row->notice->id : NULL),
                     "printed", text_or_null(row->letter->printed), "title",
                     text_or_null(row->notice != NULL ? row->notice->title.in[language] : NULL));
}

static json_t *letter_object(const struct agenda_row *row, enum language language)
{
    const struct docket_letter *letter = row->letter;

    return json_pack("{s:s, s:o, s:o, s:{s:s, s:s, s:i}, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "status",
                     letter_status_name(letter->status), "notice", notice_object(row, language), "fields",
                     fields_object(letter), "source", "file", letter->file, "sha256", letter->sha256, "page",
                     (int)letter->first_page, "filed", text_or_null(letter->filed), "received",
                     json_day(letter->received), "ref", text_or_null(letter->ref), "assigned",
                     text_or_null(letter->assigned), "note", text_or_null(letter->note), "done",
                     json_boolean(letter->done), "rescan_of",
                     letter->rescan_of != 0 ? json_integer(letter->rescan_of) : json_null());
}

static const char *standing_of(const struct agenda_row *row)
{
    if (row->rule == NULL)
        return NULL;
    if (row->state != AGENDA_OPEN)
        return standing_name(STANDING_PASSED);
    return standing_name(row->deadline.days_left == 0 ? STANDING_LAST_DAY : STANDING_OPEN);
}

static json_t *right_object(const struct agenda_row *row, enum language language)
{
    if (row->rule == NULL)
        return json_null();
    return json_pack("{s:s, s:s, s:s, s:s, s:b, s:s?, s:o}", "track", row->rule->track, "name",
                     words_right(row->rule, language), "available", json_availability(row->rule->available),
                     "standing", standing_of(row), "second_best", row->second_best, "warning",
                     row->warning[0] != '\0' ? row->warning : NULL, "deadline",
                     json_deadline(&row->deadline, row->rule->clock->kind, row->rule->clock->name, language));
}

/* What it may be, with the day that it would be then. */
static json_t *maybe_object(const struct agenda_row *row)
{
    if (row->maybe == NULL)
        return json_null();
    return json_pack("{s:s, s:o, s:s}", "id", row->maybe->id, "date", json_day(row->maybe_by), "track",
                     row->maybe_rule->track);
}

static json_t *reason_text(const struct agenda_row *row, enum language language)
{
    struct buffer text;
    json_t *reason = NULL;

    if (row->state != AGENDA_LOOK)
        return json_null();
    buffer_init(&text, REASON_MAX);
    show_reason(&text, row, language);
    if (!text.failed && text.data != NULL)
        reason = json_string(text.data);
    buffer_dispose(&text);
    return reason;
}

json_t *show_json(const struct agenda *agenda, const struct agenda_row *row, enum language language)
{
    return json_pack("{s:s, s:I, s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "schema", "irsort.docket/1", "id",
                     (json_int_t)row->letter->id, "as_of", json_day(agenda->as_of), "state",
                     agenda_state_name(row->state), "date",
                     json_day(row->rule != NULL ? row->deadline.day : DATE_NONE), "right",
                     right_object(row, language), "reason", reason_text(row, language), "maybe",
                     maybe_object(row), "letter", letter_object(row, language));
}
