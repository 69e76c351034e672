/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "docket/schema.h"

#include <stdio.h>

#include <sqlite3.h>

/* `letters` holds what is looked at to make the list, each value as it stands now; `records` what was read,
 * whole and for good. `open_points` are what a person must settle before an unsure letter counts as known. */
static const char version_1[] =
    "PRAGMA application_id = 1230132036;" /* SCHEMA_APPLICATION */
    "CREATE TABLE letters ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT," /* never given twice */
    " sha256 TEXT NOT NULL CHECK (length(sha256) = 64),"
    " first_page INTEGER NOT NULL CHECK (first_page > 0),"
    " file TEXT NOT NULL,"
    " filed TEXT,"
    " received TEXT NOT NULL,"
    " status TEXT NOT NULL CHECK (status IN"
    "  ('identified', 'review', 'irs-unlisted', 'not-irs', 'blank', 'unreadable')),"
    " notice TEXT CHECK (status <> 'identified' OR notice IS NOT NULL),"
    " printed TEXT,"
    " notice_date TEXT, amount_due TEXT, tax_periods TEXT, tin_last4 TEXT CHECK (length(tin_last4) = 4),"
    " respond_by TEXT, hearing_by TEXT, hearing_by_later TEXT, termination_date TEXT, lien_filed TEXT, contact_phone TEXT,"
    " pages_printed TEXT,"
    " ref TEXT,"
    " assigned TEXT,"
    " note TEXT," /* the last one */
    " done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),"
    " rescan_of INTEGER REFERENCES letters (id) CHECK (rescan_of < id),"
    " UNIQUE (sha256, first_page)) STRICT;"
    "CREATE INDEX letters_same ON letters (notice, notice_date, tin_last4);"
    "CREATE TABLE records ("
    " letter_id INTEGER PRIMARY KEY REFERENCES letters (id),"
    " record TEXT NOT NULL) STRICT;"
    "CREATE TABLE arrivals ("
    " letter_id INTEGER NOT NULL REFERENCES letters (id),"
    " received TEXT NOT NULL,"
    " file TEXT NOT NULL,"
    " filed TEXT NOT NULL," /* '' where it is not known */
    " PRIMARY KEY (letter_id, received, file, filed)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE candidates ("
    " letter_id INTEGER NOT NULL REFERENCES letters (id),"
    " rank INTEGER NOT NULL,"
    " notice TEXT NOT NULL,"
    " PRIMARY KEY (letter_id, rank)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE warnings ("
    " letter_id INTEGER NOT NULL REFERENCES letters (id),"
    " rank INTEGER NOT NULL,"
    " code TEXT NOT NULL,"
    " text TEXT NOT NULL,"
    " PRIMARY KEY (letter_id, rank)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE open_points ("
    " letter_id INTEGER NOT NULL REFERENCES letters (id),"
    " point TEXT NOT NULL,"
    " PRIMARY KEY (letter_id, point)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE history ("
    " id INTEGER PRIMARY KEY,"
    " letter_id INTEGER NOT NULL REFERENCES letters (id),"
    " at INTEGER NOT NULL,"
    " who TEXT NOT NULL,"
    " what TEXT NOT NULL,"
    " point TEXT,"
    " before TEXT,"
    " after TEXT) STRICT;"
    "CREATE INDEX history_of ON history (letter_id, id);"
    "CREATE TRIGGER history_stays BEFORE UPDATE ON history"
    " BEGIN SELECT raise(ABORT, 'the history cannot be changed'); END;"
    "CREATE TRIGGER history_keeps BEFORE DELETE ON history"
    " BEGIN SELECT raise(ABORT, 'the history cannot be changed'); END;"
    /* INSERT OR REPLACE deletes without asking the trigger above */
    "CREATE TRIGGER history_adds BEFORE INSERT ON history WHEN EXISTS (SELECT 1 FROM history WHERE id = "
    "NEW.id)"
    " BEGIN SELECT raise(ABORT, 'the history cannot be changed'); END;"
    "CREATE TRIGGER records_stay BEFORE UPDATE ON records"
    " BEGIN SELECT raise(ABORT, 'what was read cannot be changed'); END;"
    "CREATE TRIGGER records_keep BEFORE DELETE ON records"
    " BEGIN SELECT raise(ABORT, 'what was read cannot be changed'); END;";

const char *const schema_steps[] = {version_1};
const size_t schema_step_count = sizeof schema_steps / sizeof *schema_steps;

static int run_steps(struct docket *docket, const char *const *steps, size_t count, struct error *error)
{
    char sql[64];
    int64_t version;

    /* asked again: another program may have done it while this one waited for its turn */
    if (docket_number(docket, &version, 0, error, "PRAGMA user_version", "") < 0)
        return -1;
    for (size_t i = (size_t)version; i < count; i++) {
        if (sqlite3_exec(docket->db, steps[i], NULL, NULL, NULL) != SQLITE_OK)
            return docket_fail(docket, error);
    }
    snprintf(sql, sizeof sql, "PRAGMA user_version = %zu", count);
    return (size_t)version < count ? docket_run(docket, error, sql, "") : 0;
}

int schema_migrate(struct docket *docket, const char *const *steps, size_t count, struct error *error)
{
    int64_t version;

    if (docket_number(docket, &version, 0, error, "PRAGMA user_version", "") < 0)
        return -1;
    if (version < 0 || (uint64_t)version > count)
        return error_set(
            error, ERROR_SETUP,
            "%s was written by a newer irsort (its version is %lld, this program knows %zu); install "
            "that one; nothing was changed",
            docket->path, (long long)version, count);
    if ((uint64_t)version == count)
        return 0;
    if (docket_enter(docket, error) < 0)
        return -1;
    return docket_leave(docket, run_steps(docket, steps, count, error), error);
}
