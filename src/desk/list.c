/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The docket as the desk shows it: filtered, a screenful at a time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "desk/inside.h"
#include "docket/show.h"

enum {
    ROWS_MAX = 200,         /* of one answer */
    CALENDAR_MAX = 64 << 20,
    QUERY_MAX = 80,         /* bytes of what is searched for */
};

int desk_list(struct desk *desk, const struct agenda **out, struct error *error)
{
    const struct agenda_filter filter = {.within = -1, .all = true};
    uint64_t version;
    date today = desk_today(desk);

    if (docket_version(desk->call.docket, &version, error) < 0)
        return -1;
    if (!desk->has_agenda || desk->agenda_version != version || desk->agenda.as_of != today) {
        if (desk->has_agenda)
            agenda_dispose(&desk->agenda);
        desk->has_agenda =
            agenda_init(&desk->agenda, desk->call.docket, desk->call.catalogue, today, &filter, error) == 0;
        desk->agenda_version = version;
    }
    *out = &desk->agenda;
    return desk->has_agenda ? 0 : -1;
}

int desk_must_look(struct desk *desk, int64_t id, bool *out, struct error *error)
{
    const struct agenda *agenda;

    *out = false;
    if (desk_list(desk, &agenda, error) < 0)
        return -1;
    for (size_t i = 0; i < agenda->count && !*out; i++)
        *out = agenda->rows[i].letter->id == id && agenda->rows[i].state == AGENDA_LOOK;
    return 0;
}

/* ---- which rows ---- */

struct wanted {
    const char *state;    /* NULL: all but done and without deadline */
    const char *query;
    const char *ref;
    const char *assigned; /* "" for nobody's */
    int64_t within;       /* days; -1: any */
};

static bool holds(const char *text, const char *query)
{
    return text != NULL && strcasestr(text, query) != NULL;
}

static bool matches(const struct agenda_row *row, const char *query)
{
    const struct docket_letter *letter = row->letter;

    return holds(letter->notice, query) || holds(letter->printed, query) || holds(letter->file, query) ||
           holds(letter->ref, query) || holds(letter->assigned, query) || holds(letter->note, query) ||
           holds(letter->candidates, query) || holds(letter->fields[FIELD_TIN_LAST4], query) ||
           (row->notice != NULL && (holds(row->notice->title.in[LANGUAGE_EN], query) ||
                                    holds(row->notice->title.in[LANGUAGE_ES], query)));
}

static bool is_in_state(const struct agenda_row *row, const char *state)
{
    if (state == NULL || state[0] == '\0')
        return row->state != AGENDA_DONE && row->state != AGENDA_NONE && !row->letter->rescan_is_sure;
    return strcmp(state, "all") == 0 || strcmp(state, agenda_state_name(row->state)) == 0;
}

static bool is_wanted(const struct agenda *agenda, const struct agenda_row *row, const struct wanted *wanted)
{
    if (!is_in_state(row, wanted->state))
        return false;
    if (wanted->query != NULL && wanted->query[0] != '\0' && !matches(row, wanted->query))
        return false;
    if (wanted->ref != NULL && (row->letter->ref == NULL || strcmp(row->letter->ref, wanted->ref) != 0))
        return false;
    if (wanted->assigned != NULL &&
        strcmp(row->letter->assigned != NULL ? row->letter->assigned : "", wanted->assigned) != 0)
        return false;
    return wanted->within < 0 || row->by - agenda->as_of <= wanted->within;
}

static struct wanted take_wanted(const struct request *request)
{
    struct wanted wanted = {.state = request_argument(request, "state"),
                            .query = request_argument(request, "q"),
                            .ref = request_argument(request, "ref"),
                            .assigned = request_argument(request, "assigned"),
                            .within = -1};

    if (wanted.query != NULL && strlen(wanted.query) > QUERY_MAX)
        wanted.query = NULL;
    if (!edge_number(request_argument(request, "within"), &wanted.within))
        wanted.within = -1;
    return wanted;
}

static json_t *counts_object(const struct agenda *agenda)
{
    json_t *counts = json_object();

    for (enum agenda_state state = 0; state <= AGENDA_DONE; state++)
        json_object_set_new(counts, agenda_state_name(state), json_integer((json_int_t)agenda->of_state[state]));
    return counts;
}

enum MHD_Result answer_docket(struct request *request)
{
    const struct wanted wanted = take_wanted(request);
    const struct agenda *agenda;
    struct error error = {0};
    int64_t offset = 0;
    size_t found = 0;
    json_t *rows = json_array();

    if (desk_list(request->desk, &agenda, &error) < 0) {
        json_decref(rows);
        return answer_error(request, &error);
    }
    edge_number(request_argument(request, "offset"), &offset);
    for (size_t i = 0; i < agenda->count; i++) {
        const struct agenda_row *row = &agenda->rows[i];
        if (!is_wanted(agenda, row, &wanted))
            continue;
        if (found >= (size_t)offset && found < (size_t)offset + ROWS_MAX)
            json_array_append_new(rows, show_json(agenda, row, request->language));
        found++;
    }
    return answer_json(request, MHD_HTTP_OK,
                       json_pack("{s:I, s:I, s:i, s:o, s:o}", "found", (json_int_t)found, "offset", (json_int_t)offset,
                                 "limit", ROWS_MAX, "counts", counts_object(agenda), "rows", rows));
}

/* ---- calendar ---- */

/* Only what can still be acted on: as `irsort docket --ics`. */
static int write_calendar(struct request *request, struct buffer *out, struct error *error)
{
    const struct agenda_filter filter = {.ref = request_argument(request, "ref"), .within = -1};
    struct desk *desk = request->desk;
    struct agenda agenda = {0};
    struct ics *ics = NULL;
    int result = -1;

    if (agenda_init(&agenda, desk->call.docket, desk->call.catalogue, desk_today(desk), &filter, error) < 0)
        return -1;
    if (ics_new(&ics, request->language, agenda.as_of, error) < 0 || show_calendar(ics, &agenda, false, error) < 0)
        goto done;
    ics_write(out, ics);
    result = 0;
done:
    ics_free(ics);
    agenda_dispose(&agenda);
    return result;
}

enum MHD_Result answer_calendar(struct request *request)
{
    struct buffer text;
    struct error error = {0};

    buffer_init(&text, CALENDAR_MAX);
    if (write_calendar(request, &text, &error) < 0) {
        buffer_dispose(&text);
        return answer_error(request, &error);
    }
    return answer_text(request, MHD_HTTP_OK, "text/calendar; charset=utf-8", "irsort-deadlines.ics", &text);
}
