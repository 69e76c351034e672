/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is on the docket. */
#include <stdlib.h>
#include <string.h>

#include "docket/inside.h"

/* The fields stand in the order of enum field_id. What is only wanted of an unsure letter is only looked up
 * for one. */
#define LETTERS_SQL                                                                                                   \
    "SELECT own.id, own.sha256, own.first_page, own.file, own.filed, own.received, own.status, own.notice, "          \
    "own.printed,"                                                                                                    \
    " own.notice_date, own.amount_due, own.tax_periods, own.tin_last4, own.respond_by, own.hearing_by,"               \
    " own.hearing_by_later, own.termination_date, own.lien_filed, own.contact_phone, own.pages_printed,"              \
    " own.ref, own.assigned, own.note, own.done, own.rescan_of,"                                                      \
    " first.notice = own.notice AND first.notice_date = own.notice_date AND first.tin_last4 = own.tin_last4 "         \
    "AND"                                                                                                             \
    "  first.amount_due = own.amount_due AND first.tax_periods = own.tax_periods AND"                                 \
    "  (own.ref IS NULL OR own.ref IS first.ref),"                                                                    \
    " CASE WHEN own.status <> 'identified' THEN"                                                                      \
    "  (SELECT group_concat(notice, ' ') FROM (SELECT notice FROM candidates WHERE letter_id = own.id ORDER "         \
    "BY rank))"                                                                                                       \
    " END,"                                                                                                           \
    " CASE WHEN own.status <> 'identified' THEN"                                                                      \
    "  (SELECT code FROM warnings WHERE letter_id = own.id ORDER BY rank LIMIT 1) END,"                               \
    " CASE WHEN own.status <> 'identified' THEN"                                                                      \
    "  (SELECT text FROM warnings WHERE letter_id = own.id ORDER BY rank LIMIT 1) END,"                               \
    " CASE WHEN own.status <> 'identified' THEN"                                                                      \
    "  (SELECT group_concat(point, ' ') FROM (SELECT point FROM open_points WHERE letter_id = own.id ORDER "          \
    "BY point))"                                                                                                      \
    " END"                                                                                                            \
    " FROM letters AS own LEFT JOIN letters AS first ON first.id = own.rescan_of"

static int parse_status(const char *name, enum letter_status *out)
{
    for (enum letter_status status = 0; name != NULL && status < LETTER_STATUS_COUNT; status++) {
        if (strcmp(letter_status_name(status), name) == 0) {
            *out = status;
            return 0;
        }
    }
    return -1;
}

static int take_row(sqlite3_stmt *row, struct docket_letter *letter, struct error *error)
{
    int column = 0;

    letter->id = sqlite3_column_int64(row, column++);
    letter->sha256 = docket_column(row, column++);
    letter->first_page = (unsigned)sqlite3_column_int64(row, column++);
    letter->file = docket_column(row, column++);
    letter->filed = docket_column(row, column++);
    const char *received = docket_column(row, column++);
    const char *status = docket_column(row, column++);
    letter->notice = docket_column(row, column++);
    letter->printed = docket_column(row, column++);
    for (enum field_id field = 0; field < FIELD_COUNT; field++)
        letter->fields[field] = docket_column(row, column++);
    letter->ref = docket_column(row, column++);
    letter->assigned = docket_column(row, column++);
    letter->note = docket_column(row, column++);
    letter->done = sqlite3_column_int64(row, column++) != 0;
    letter->rescan_of = sqlite3_column_int64(row, column++);
    letter->rescan_is_sure = sqlite3_column_int64(row, column++) != 0;
    letter->candidates = docket_column(row, column++);
    letter->reason_code = docket_column(row, column++);
    letter->reason = docket_column(row, column++);
    letter->unsettled = docket_column(row, column);
    if (letter->sha256 == NULL || letter->file == NULL || received == NULL ||
        parse_status(status, &letter->status) < 0)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory"); /* the tables allow nothing else */
    letter->received = date_parse(received);
    return 0;
}

static int each_row(struct docket *docket, sqlite3_stmt *statement, docket_letter_fn *each, void *context, size_t *count,
                    struct error *error)
{
    int step;

    while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
        struct docket_letter letter;
        if (take_row(statement, &letter, error) < 0 || each(context, &letter, error) < 0)
            return -1;
        ++*count;
    }
    return step == SQLITE_DONE ? 0 : docket_fail(docket, error);
}

int docket_letters(struct docket *docket, docket_letter_fn *each, void *context, struct error *error)
{
    sqlite3_stmt *statement;
    size_t count = 0;

    if (docket_prepare(docket, &statement, error, LETTERS_SQL " ORDER BY own.id", "") < 0)
        return -1;
    int result = each_row(docket, statement, each, context, &count, error);
    sqlite3_finalize(statement);
    return result;
}

int docket_find(struct docket *docket, int64_t id, docket_letter_fn *each, void *context, struct error *error)
{
    sqlite3_stmt *statement;
    size_t count = 0;

    if (docket_prepare(docket, &statement, error, LETTERS_SQL " WHERE own.id = ?", "i", id) < 0)
        return -1;
    int result = each_row(docket, statement, each, context, &count, error);
    sqlite3_finalize(statement);
    return result == 0 && count == 0 ? docket_need(docket, id, error) : result;
}

static int parse_record(const char *text, struct letter *out, struct error *error)
{
    json_t *json = text != NULL ? json_loads(text, 0, NULL) : NULL;

    if (json == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    int result = letter_from_json(out, json, error);
    json_decref(json);
    return result;
}

int docket_reading(struct docket *docket, int64_t id, struct letter *out, struct error *error)
{
    sqlite3_stmt *statement;
    int result = -1;

    if (docket_need(docket, id, error) < 0 ||
        docket_prepare(docket, &statement, error, "SELECT record FROM records WHERE letter_id = ?", "i", id) < 0)
        return -1;
    if (sqlite3_step(statement) == SQLITE_ROW)
        result = parse_record(docket_column(statement, 0), out, error);
    else
        docket_fail(docket, error);
    sqlite3_finalize(statement);
    return result;
}

int docket_version(struct docket *docket, uint64_t *out, struct error *error)
{
    int64_t others;

    if (docket_number(docket, &others, 0, error, "PRAGMA data_version", "") < 0)
        return -1;
    *out = (uint64_t)others << 32 ^ (uint64_t)sqlite3_total_changes(docket->db);
    return 0;
}

int docket_history(struct docket *docket, int64_t id, docket_event_fn *each, void *context,
                   struct error *error)
{
    sqlite3_stmt *statement;
    int step;
    int result = -1;

    if (docket_need(docket, id, error) < 0 ||
        docket_prepare(
            docket, &statement, error,
            "SELECT at, who, what, point, before, after FROM history WHERE letter_id = ? ORDER BY id", "i",
            id) < 0)
        return -1;
    while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
        const struct docket_event event = {
            .at = sqlite3_column_int64(statement, 0),
            .who = docket_column(statement, 1),
            .what = docket_column(statement, 2),
            .point = docket_column(statement, 3),
            .before = docket_column(statement, 4),
            .after = docket_column(statement, 5),
        };
        if (event.who == NULL || event.what == NULL) {
            error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
            goto done;
        }
        if (each(context, &event, error) < 0)
            goto done;
    }
    result = step == SQLITE_DONE ? 0 : docket_fail(docket, error);
done:
    sqlite3_finalize(statement);
    return result;
}
