/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Letters come in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/taxpayer.h"
#include "docket/inside.h"

enum {
    PERIODS_TEXT_MAX = LETTER_PERIODS_MAX * (LETTER_TEXT_SIZE + 2),
    FILE_NAME_MAX = 1 << 15, /* bytes: PATH_MAX, each replaced by up to three, and some */
    HASH_SHOWN = 8,          /* digits of a scan's hash that name its folder (watch/known.h) */
};

static int out_of_memory(struct error *error)
{
    return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
}

/* ---- no whole taxpayer number goes in, wherever the record comes from ---- */

static void mask(struct letter *letter)
{
    taxpayer_mask(letter->printed);
    for (size_t i = 0; i < letter->evidence_count; i++)
        taxpayer_mask(letter->evidence[i].text);
    for (size_t i = 0; i < letter->warning_count; i++)
        taxpayer_mask(letter->warnings[i].text);
    for (enum field_id field = 0; field < FIELD_COUNT; field++) {
        for (size_t i = 0; i < letter->fields[field].count; i++)
            taxpayer_mask(letter->fields[field].values[i].value);
    }
}

/* The letter as JSON, masked; to be freed. NULL on lack of memory. */
static char *make_record(const struct letter *letter)
{
    json_t *json = letter_to_json(letter);
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(6)) : NULL;

    json_decref(json);
    return text;
}

/* ---- one letter's rows ---- */

struct taking {
    const struct docket_scan *scan;
    const struct letter *letter; /* masked */
    const struct docket_actor *actor;
    const char *file;  /* masked */
    const char *filed; /* masked; NULL if it is not known */
    char received[DATE_TEXT_SIZE];
    int64_t id;
};

static const char *text_or_null(const char *text)
{
    return text == NULL || text[0] == '\0' ? NULL : text;
}

static const char *value_of(const struct letter *letter, enum field_id field)
{
    return letter->fields[field].count > 0 ? letter->fields[field].values[0].value : NULL;
}

static void join_periods(struct buffer *out, const struct field *periods)
{
    for (size_t i = 0; i < periods->count; i++) {
        if (i > 0)
            buffer_text(out, "; ");
        buffer_text(out, periods->values[i].value);
    }
}

static int insert_letter(struct docket *docket, struct taking *taking, struct error *error)
{
    const struct letter *letter = taking->letter;
    struct buffer periods;

    buffer_init(&periods, PERIODS_TEXT_MAX);
    join_periods(&periods, &letter->fields[FIELD_TAX_PERIODS]);
    int result =
        periods.failed
            ? out_of_memory(error)
            : docket_run(docket, error,
                         "INSERT INTO letters (sha256, first_page, file, filed, received, status, notice, "
                         "printed, ref, notice_date,"
                         " amount_due, tax_periods, tin_last4, respond_by, hearing_by, hearing_by_later, termination_date, "
                         "lien_filed, contact_phone,"
                         " pages_printed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                         "sissssssssssssssssss", taking->scan->sha256, (int64_t)letter->pages[0], taking->file,
                         taking->filed, taking->received, letter_status_name(letter->status),
                         text_or_null(letter->id), text_or_null(letter->printed),
                         text_or_null(taking->scan->ref), value_of(letter, FIELD_NOTICE_DATE),
                         value_of(letter, FIELD_AMOUNT_DUE), text_or_null(periods.data),
                         value_of(letter, FIELD_TIN_LAST4), value_of(letter, FIELD_RESPOND_BY),
                         value_of(letter, FIELD_HEARING_BY), value_of(letter, FIELD_HEARING_BY_LATER),
                         value_of(letter, FIELD_TERMINATION_DATE),
                         value_of(letter, FIELD_LIEN_FILED), value_of(letter, FIELD_CONTACT_PHONE),
                         value_of(letter, FIELD_PAGES_PRINTED));
    buffer_dispose(&periods);
    taking->id = sqlite3_last_insert_rowid(docket->db);
    return result;
}

static int insert_record(struct docket *docket, const struct taking *taking, struct error *error)
{
    char *record = make_record(taking->letter);

    if (record == NULL)
        return out_of_memory(error);
    int result = docket_run(docket, error, "INSERT INTO records (letter_id, record) VALUES (?, ?)", "is",
                            taking->id, record);
    free(record);
    return result;
}

static int insert_doubts(struct docket *docket, const struct taking *taking, struct error *error)
{
    const struct letter *letter = taking->letter;

    for (size_t i = 0; i < letter->candidate_count; i++) {
        if (docket_run(docket, error, "INSERT INTO candidates (letter_id, rank, notice) VALUES (?, ?, ?)",
                       "iis", taking->id, (int64_t)i, letter->candidates[i].id) < 0)
            return -1;
    }
    for (size_t i = 0; i < letter->warning_count; i++) {
        if (docket_run(docket, error,
                       "INSERT INTO warnings (letter_id, rank, code, text) VALUES (?, ?, ?, ?)", "iiss",
                       taking->id, (int64_t)i, letter->warnings[i].code, letter->warnings[i].text) < 0)
            return -1;
    }
    return 0;
}

/* What a date may be counted from, or be: where the letter is unsure, these are. */
static int insert_points(struct docket *docket, const struct taking *taking, struct error *error)
{
    static const enum field_id dates[] = {FIELD_NOTICE_DATE, FIELD_RESPOND_BY, FIELD_HEARING_BY,
                                          FIELD_TERMINATION_DATE, FIELD_LIEN_FILED};
    static const char sql[] = "INSERT INTO open_points (letter_id, point) VALUES (?, ?)";

    if (taking->letter->status == LETTER_IDENTIFIED)
        return 0;
    if (docket_run(docket, error, sql, "is", taking->id, "notice") < 0)
        return -1;
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        if (taking->letter->fields[dates[i]].count > 0 &&
            docket_run(docket, error, sql, "is", taking->id, field_name(dates[i])) < 0)
            return -1;
    }
    return 0;
}

/* The IRS sends a letter for each tax period, dated the same day: where periods or amounts were read and
 * differ, they are two letters. */
int docket_link_rescan(struct docket *docket, int64_t id, struct error *error)
{
    int64_t first;

    if (docket_number(
            docket, &first, 0, error,
            "SELECT min(other.id) FROM letters AS own JOIN letters AS other"
            " ON other.notice = own.notice AND other.notice_date = own.notice_date"
            " AND other.tin_last4 = own.tin_last4 AND other.id < own.id"
            " WHERE own.id = ?1 AND own.status = 'identified' AND other.status = 'identified'"
            " AND (own.tax_periods = other.tax_periods OR own.tax_periods IS NULL OR"
            "  other.tax_periods IS NULL)"
            " AND (own.amount_due = other.amount_due OR own.amount_due IS NULL OR other.amount_due IS NULL)",
            "i", id) < 0)
        return -1;
    if (first == 0)
        return 0;
    return docket_run(docket, error, "UPDATE letters SET rescan_of = ?2 WHERE id = ?1", "ii", id, first);
}

/* Where it came from stands in the history only as far as the arrival tells it. */
static int note_arrival(struct docket *docket, const struct taking *taking, const char *what,
                        struct error *error)
{
    if (docket_run(docket, error,
                   "INSERT INTO arrivals (letter_id, received, file, filed) VALUES (?, ?, ?, ifnull(?, ''))",
                   "isss", taking->id, taking->received, taking->file, taking->filed) < 0)
        return -1;
    return docket_record(docket, taking->id, taking->actor, what, NULL, NULL, taking->received, error);
}

static int take_new(struct docket *docket, struct taking *taking, struct error *error)
{
    if (insert_letter(docket, taking, error) < 0 || insert_record(docket, taking, error) < 0 ||
        insert_doubts(docket, taking, error) < 0 || insert_points(docket, taking, error) < 0 ||
        note_arrival(docket, taking, "taken", error) < 0)
        return -1;
    return docket_link_rescan(docket, taking->id, error);
}

/* What was read the first time, and where it was filed then, stays. */
static int take_again(struct docket *docket, const struct taking *taking, enum docket_outcome *outcome,
                      struct error *error)
{
    int64_t noted;

    if (docket_number(
            docket, &noted, 0, error,
            "SELECT count(*) FROM arrivals WHERE letter_id = ? AND received = ? AND file = ? AND filed = "
            "ifnull(?, '')",
            "isss", taking->id, taking->received, taking->file, taking->filed) < 0)
        return -1;
    bool known = taking->scan->retake || noted > 0;
    *outcome = known ? DOCKET_KNOWN : DOCKET_REPEAT;
    return known ? 0 : note_arrival(docket, taking, "repeat", error);
}

static int take(struct docket *docket, struct taking *taking, struct docket_filed *out, struct error *error)
{
    if (docket_number(docket, &taking->id, 0, error,
                      "SELECT id FROM letters WHERE sha256 = ? AND first_page = ?", "si",
                      taking->scan->sha256, (int64_t)taking->letter->pages[0]) < 0)
        return -1;
    bool is_new = taking->id == 0;
    if (is_new ? take_new(docket, taking, error) < 0 : take_again(docket, taking, &out->outcome, error) < 0)
        return -1;
    if (is_new)
        out->outcome = DOCKET_TAKEN;
    out->id = taking->id;
    return docket_number(docket, &out->rescan_of, 0, error, "SELECT rescan_of FROM letters WHERE id = ?", "i",
                         taking->id);
}

/* ---- what comes in is checked ---- */

static int check_scan(const struct docket_scan *scan, struct error *error)
{
    if (strlen(scan->sha256) != 64 || strspn(scan->sha256, "0123456789abcdef") != 64)
        return error_set(error, ERROR_USAGE, "the scan's hash is no SHA-256 in hex");
    if (scan->received == DATE_NONE)
        return error_set(error, ERROR_USAGE, "the day on which the scan came is not known");
    return scan->ref == NULL ? 0 : docket_check_text(scan->ref, DOCKET_NAME_MAX, error);
}

/* The folder that a scan is filed in is named by the beginning of its hash, which with the digits of a letter's id or a day
 * before it may look like a taxpayer number: "LT11 0816171c". It is none, and without it nobody would find the folder. */
static void mask_path(char *path, const char *sha256)
{
    char beginning[HASH_SHOWN + 1];
    char *last = NULL;

    snprintf(beginning, sizeof beginning, "%.*s", HASH_SHOWN, sha256);
    for (char *at = path; (at = strstr(at, beginning)) != NULL; at++)
        last = at;
    if (last == NULL) {
        taxpayer_mask(path);
        return;
    }
    char first = *last;
    *last = '\0';
    taxpayer_mask(path);
    *last = first;
    taxpayer_mask(last + HASH_SHOWN);
}

/* The names as they may be kept; `names` holds both, one after the other. */
static int name_files(struct taking *taking, struct buffer *names, struct error *error)
{
    buffer_init(names, FILE_NAME_MAX);
    buffer_text(names, taking->scan->file);
    buffer_byte(names, '\0');
    size_t second = names->length;
    buffer_text(names, taking->scan->filed != NULL ? taking->scan->filed : "");
    if (names->failed)
        return out_of_memory(error);
    taxpayer_mask(names->data);
    mask_path(names->data + second, taking->scan->sha256);
    taking->file = names->data;
    taking->filed = text_or_null(names->data + second);
    date_format(taking->scan->received, taking->received);
    return 0;
}

/* A copy that may be masked. */
static int copy_letter(struct letter *out, const struct letter *letter, struct error *error)
{
    json_t *json = letter_to_json(letter);

    letter_init(out);
    if (json == NULL)
        return out_of_memory(error);
    int result = letter_from_json(out, json, error);
    json_decref(json);
    if (result == 0)
        mask(out);
    return result;
}

int docket_file(struct docket *docket, const struct docket_scan *scan, const struct letter *letter,
                const struct docket_actor *actor, struct docket_filed *out, struct error *error)
{
    struct letter masked;
    struct buffer names;
    struct taking taking = {.scan = scan, .letter = &masked, .actor = actor};
    int result = -1;

    *out = (struct docket_filed){0};
    if (check_scan(scan, error) < 0)
        return -1;
    if (letter->page_count == 0)
        return error_set(error, ERROR_USAGE, "a letter without a page cannot be taken");
    if (copy_letter(&masked, letter, error) < 0)
        return -1;
    if (name_files(&taking, &names, error) == 0 && docket_enter(docket, error) == 0)
        result = docket_leave(docket, take(docket, &taking, out, error), error);
    buffer_dispose(&names);
    letter_dispose(&masked);
    return result;
}

static int repeat_all(struct docket *docket, struct taking *taking, size_t *letters, struct error *error)
{
    sqlite3_stmt *statement;
    enum docket_outcome outcome;
    int step;
    int result = -1;

    if (docket_prepare(docket, &statement, error, "SELECT id FROM letters WHERE sha256 = ? ORDER BY id", "s",
                       taking->scan->sha256) < 0)
        return -1;
    while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
        taking->id = sqlite3_column_int64(statement, 0);
        if (take_again(docket, taking, &outcome, error) < 0)
            goto done;
        ++*letters;
    }
    result = step == SQLITE_DONE ? 0 : docket_fail(docket, error);
done:
    sqlite3_finalize(statement);
    return result;
}

int docket_repeat(struct docket *docket, const struct docket_scan *scan, const struct docket_actor *actor,
                  size_t *letters, struct error *error)
{
    struct taking taking = {.scan = scan, .actor = actor};
    struct buffer names;
    int result = -1;

    *letters = 0;
    if (check_scan(scan, error) < 0)
        return -1;
    if (name_files(&taking, &names, error) == 0 && docket_enter(docket, error) == 0)
        result = docket_leave(docket, repeat_all(docket, &taking, letters, error), error);
    buffer_dispose(&names);
    return result;
}
