/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What people do with a letter. Each change and its line in the history are one step. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/taxpayer.h"
#include "base/utf8.h"
#include "docket/inside.h"

enum { SQL_MAX = 128 };

/* ---- what may be written ---- */

int docket_check_text(const char *text, size_t most, struct error *error)
{
    char masked[DOCKET_TEXT_MAX + 1];

    if (strlen(text) > most)
        return error_set(error, ERROR_USAGE, "that text is too long: %zu bytes, at most %zu", strlen(text),
                         most);
    for (const char *next = text; *next != '\0';) {
        const char *start = next;
        uint32_t character = utf8_next(&next);
        if (character < 0x20 || (character >= 0x7F && character < 0xA0))
            return error_set(error, ERROR_USAGE, "that text has a line break or a control character in it");
        if (character == 0xFFFD && next - start == 1)
            return error_set(error, ERROR_USAGE, "that text is not UTF-8");
    }
    snprintf(masked, sizeof masked, "%s", text);
    taxpayer_mask(masked);
    if (strcmp(masked, text) != 0)
        return error_set(error, ERROR_USAGE,
                         "that text holds a whole taxpayer number; write only its last four digits");
    return 0;
}

static bool is_money(const char *text)
{
    size_t whole = strspn(text, "0123456789");

    return whole > 0 && text[whole] == '.' && strspn(text + whole + 1, "0123456789") == 2 &&
           text[whole + 3] == '\0';
}

static int check_value(enum field_id field, const char *value, struct error *error)
{
    const char *wanted = NULL;

    switch (field) {
    case FIELD_NOTICE_DATE:
    case FIELD_RESPOND_BY:
    case FIELD_HEARING_BY:
    case FIELD_TERMINATION_DATE:
    case FIELD_LIEN_FILED:
        wanted = date_parse(value) == DATE_NONE ? "a day such as 2025-02-12" : NULL;
        break;
    case FIELD_TIN_LAST4:
        wanted = strlen(value) != 4 || strspn(value, "0123456789") != 4 ? "four digits" : NULL;
        break;
    case FIELD_AMOUNT_DUE:
        wanted = !is_money(value) ? "an amount such as 1234.56" : NULL;
        break;
    default:
        break;
    }
    if (wanted != NULL)
        return error_set(error, ERROR_USAGE, "%s wants %s", field_name(field), wanted);
    return docket_check_text(value, LETTER_TEXT_SIZE - 1, error);
}

static int check_point(const char *point, const char *value, struct error *error)
{
    enum field_id field;

    if (strcmp(point, "notice") == 0) {
        if (value[0] == '\0' || strlen(value) >= LETTER_ID_SIZE)
            return error_set(error, ERROR_USAGE, "notice wants the id of a notice");
        return 0;
    }
    if (!field_parse(point, &field))
        return error_set(
            error, ERROR_USAGE,
            "a letter has no such field; there are: notice, notice_date, amount_due, tax_periods, "
            "tin_last4, respond_by, hearing_by, hearing_by_later, termination_date, lien_filed, contact_phone, "
            "pages_printed");
    return value[0] == '\0' ? 0 : check_value(field, value, error);
}

/* ---- one column of a letter ---- */

/* Its text, to be freed; NULL where it is NULL. The name is one of ours. */
static int get_column(struct docket *docket, int64_t id, const char *column, char **out, struct error *error)
{
    char sql[SQL_MAX];
    sqlite3_stmt *statement;
    int result = 0;

    *out = NULL;
    snprintf(sql, sizeof sql, "SELECT %s FROM letters WHERE id = ?", column);
    if (docket_prepare(docket, &statement, error, sql, "i", id) < 0)
        return -1;
    if (sqlite3_step(statement) != SQLITE_ROW) {
        result = docket_fail(docket, error);
    } else if (sqlite3_column_type(statement, 0) != SQLITE_NULL) {
        const char *text = docket_column(statement, 0);
        *out = text != NULL ? strdup(text) : NULL;
        if (*out == NULL)
            result = error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    }
    sqlite3_finalize(statement);
    return result;
}

static bool same(const char *left, const char *right)
{
    return left == NULL || right == NULL ? left == right : strcmp(left, right) == 0;
}

/* Sets it and says so in the history. A value that stands there already is no news, except that a person who
 * corrects a point to it has confirmed it. */
static int set_column(struct docket *docket, int64_t id, const char *column, const char *value,
                      const char *what, const char *point, const struct docket_actor *actor,
                      struct error *error)
{
    char sql[SQL_MAX];
    char *before = NULL;
    int result = -1;

    if (value != NULL && value[0] == '\0')
        value = NULL;
    if (get_column(docket, id, column, &before, error) < 0)
        return -1;
    if (same(before, value)) {
        result = point == NULL ? 0 : docket_record(docket, id, actor, "confirmed", point, NULL, value, error);
        goto done;
    }
    snprintf(sql, sizeof sql, "UPDATE letters SET %s = ?2 WHERE id = ?1", column);
    if (docket_run(docket, error, sql, "is", id, value) < 0)
        goto done;
    result = docket_record(docket, id, actor, what, point, before, value, error);
done:
    free(before);
    return result;
}

/* ---- changes ---- */

static int change_done(struct docket *docket, int64_t id, bool done, const struct docket_actor *actor,
                       struct error *error)
{
    int64_t before;

    if (docket_need(docket, id, error) < 0 ||
        docket_number(docket, &before, 0, error, "SELECT done FROM letters WHERE id = ?", "i", id) < 0)
        return -1;
    if ((before != 0) == done)
        return 0;
    if (docket_run(docket, error, "UPDATE letters SET done = ?2 WHERE id = ?1", "ii", id, (int64_t)done) < 0)
        return -1;
    return docket_record(docket, id, actor, done ? "done" : "undone", NULL, NULL, NULL, error);
}

int docket_done(struct docket *docket, int64_t id, bool done, const struct docket_actor *actor,
                struct error *error)
{
    if (docket_enter(docket, error) < 0)
        return -1;
    return docket_leave(docket, change_done(docket, id, done, actor, error), error);
}

static int change_note(struct docket *docket, int64_t id, const char *text, const struct docket_actor *actor,
                       struct error *error)
{
    if (docket_need(docket, id, error) < 0 ||
        docket_run(docket, error, "UPDATE letters SET note = ?2 WHERE id = ?1", "is", id, text) < 0)
        return -1;
    return docket_record(docket, id, actor, "note", NULL, NULL, text, error);
}

int docket_note(struct docket *docket, int64_t id, const char *text, const struct docket_actor *actor,
                struct error *error)
{
    if (text[0] == '\0')
        return error_set(error, ERROR_USAGE, "the note is empty");
    if (docket_check_text(text, DOCKET_TEXT_MAX, error) < 0 || docket_enter(docket, error) < 0)
        return -1;
    return docket_leave(docket, change_note(docket, id, text, actor, error), error);
}

static int change_name(struct docket *docket, int64_t id, const char *column, const char *value,
                       const char *what, const struct docket_actor *actor, struct error *error)
{
    if (docket_check_text(value, DOCKET_NAME_MAX, error) < 0 || docket_enter(docket, error) < 0)
        return -1;
    int result = docket_need(docket, id, error);
    if (result == 0)
        result = set_column(docket, id, column, value, what, NULL, actor, error);
    return docket_leave(docket, result, error);
}

int docket_assign(struct docket *docket, int64_t id, const char *name, const struct docket_actor *actor,
                  struct error *error)
{
    return change_name(docket, id, "assigned", name, "assigned", actor, error);
}

int docket_refer(struct docket *docket, int64_t id, const char *ref, const struct docket_actor *actor,
                 struct error *error)
{
    return change_name(docket, id, "ref", ref, "ref", actor, error);
}

/* A letter that was unsure is known once nothing is left to settle. */
static int settle(struct docket *docket, int64_t id, const char *point, const struct docket_actor *actor,
                  struct error *error)
{
    int64_t left;
    int64_t sure;

    if (docket_run(docket, error,
                   "DELETE FROM open_points WHERE letter_id = ?1 AND (?2 IS NULL OR point = ?2)", "is", id,
                   point) < 0 ||
        docket_number(docket, &left, 0, error, "SELECT count(*) FROM open_points WHERE letter_id = ?", "i",
                      id) < 0 ||
        docket_number(docket, &sure, 0, error, "SELECT status = 'identified' FROM letters WHERE id = ?", "i",
                      id) < 0)
        return -1;
    if (left > 0 || sure)
        return 0;
    if (set_column(docket, id, "status", "identified", "settled", NULL, actor, error) < 0)
        return -1;
    return docket_link_rescan(docket, id, error);
}

static int correct(struct docket *docket, int64_t id, const char *point, const char *value,
                   const struct docket_actor *actor, struct error *error)
{
    if (docket_need(docket, id, error) < 0 ||
        set_column(docket, id, point, value, "corrected", point, actor, error) < 0)
        return -1;
    return settle(docket, id, point, actor, error);
}

int docket_correct(struct docket *docket, int64_t id, const char *point, const char *value,
                   const struct docket_actor *actor, struct error *error)
{
    if (check_point(point, value, error) < 0 || docket_enter(docket, error) < 0)
        return -1;
    return docket_leave(docket, correct(docket, id, point, value, actor, error), error);
}

/* Nobody can confirm what was not read. */
static int need_value(struct docket *docket, int64_t id, const char *point, struct error *error)
{
    char *value;

    if (get_column(docket, id, point, &value, error) < 0)
        return -1;
    free(value);
    if (value != NULL)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "%s of letter %lld is not known, so it cannot be confirmed; say what it is: "
                     "--correct %lld %s=VALUE",
                     point, (long long)id, (long long)id, point);
}

static int confirm(struct docket *docket, int64_t id, const char *point, const struct docket_actor *actor,
                   struct error *error)
{
    char *value = NULL;

    if (docket_need(docket, id, error) < 0 ||
        need_value(docket, id, point != NULL ? point : "notice", error) < 0)
        return -1;
    if (point != NULL && get_column(docket, id, point, &value, error) < 0)
        return -1;
    int result = docket_record(docket, id, actor, "confirmed", point, NULL, value, error);
    free(value);
    return result < 0 ? -1 : settle(docket, id, point, actor, error);
}

int docket_confirm(struct docket *docket, int64_t id, const char *point, const struct docket_actor *actor,
                   struct error *error)
{
    enum field_id field;

    if (point != NULL && strcmp(point, "notice") != 0 && !field_parse(point, &field))
        return check_point(point, "", error);
    if (docket_enter(docket, error) < 0)
        return -1;
    return docket_leave(docket, confirm(docket, id, point, actor, error), error);
}
