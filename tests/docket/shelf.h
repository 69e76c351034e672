/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A docket in a directory of the test's own, and letters for it. Every person and number is invented. */
#ifndef TESTS_DOCKET_SHELF_H
#define TESTS_DOCKET_SHELF_H

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../report/sample.h"
#include "docket/agenda.h"
#include "docket/docket.h"

enum { NOON = 1772452800 }; /* 2026-03-02 12:00 UTC */

static const struct docket_actor maria = {"maria", NOON};
static char directory[64];
static char path[128];
static struct docket *docket;

static inline struct docket *open_docket(const char *name, enum docket_opening opening)
{
    struct docket *opened = NULL;
    struct error error = {0};

    if (docket_open(&opened, name, opening, &error) < 0)
        fail_msg("%s", error.message);
    return opened;
}

/* Each test starts with a new docket. */
static inline int start(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "/tmp/irsort-docket-XXXXXX");
    if (mkdtemp(directory) == NULL || chdir(directory) < 0)
        return -1;
    snprintf(path, sizeof path, "%s/docket.db", directory);
    docket = open_docket(path, DOCKET_START);
    return 0;
}

static inline int finish(void **state)
{
    char command[192];

    (void)state;
    docket_close(docket);
    docket = NULL;
    snprintf(command, sizeof command, "chmod -R u+rwx %s; rm -rf %s", directory, directory);
    return chdir("/") < 0 || system(command) != 0 ? -1 : 0;
}

/* The hash of the n-th scan. */
static inline const char *hash_of(unsigned n, char out[65])
{
    snprintf(out, 65, "%064x", n);
    return out;
}

/* Files a letter as the only one of scan `scan`, which came on that day. */
static inline struct docket_filed file_letter(const struct letter *letter, unsigned scan,
                                              const char *received)
{
    char hash[65];
    struct docket_filed filed;
    struct error error = {0};
    const struct docket_scan arrival = {
        .sha256 = hash_of(scan, hash), .file = "mail.pdf", .received = day(received)};

    if (docket_file(docket, &arrival, letter, &maria, &filed, &error) < 0)
        fail_msg("%s", error.message);
    return filed;
}

/* The same with a letter of that notice and date; `last4` may be NULL. */
static inline int64_t file_notice(const char *id, const char *notice_date, const char *last4, unsigned scan,
                                  const char *received)
{
    struct letter letter;

    sample_letter(&letter, LETTER_IDENTIFIED, id, notice_date);
    if (last4 != NULL)
        sample_field(&letter, FIELD_TIN_LAST4, last4);
    struct docket_filed filed = file_letter(&letter, scan, received);
    letter_dispose(&letter);
    assert_int_equal(filed.outcome, DOCKET_TAKEN);
    return filed.id;
}

/* Runs SQL on the file beside the docket; returns SQLite's code. */
static inline int run_sql(const char *sql)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return code;
}

static inline int64_t sql_number(const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return number;
}

/* One letter of the docket as it stands. */
struct wanted {
    int64_t id;
    int found;
    enum letter_status status;
    char notice[16];
    char notice_date[16];
    char ref[DOCKET_NAME_MAX + 1];
    char assigned[DOCKET_NAME_MAX + 1];
    char note[DOCKET_TEXT_MAX + 1];
    char unsettled[128];
    char received[16];
    bool done;
    bool rescan_is_sure;
    int64_t rescan_of;
};

static inline int want_letter(void *context, const struct docket_letter *letter, struct error *error)
{
    struct wanted *wanted = context;

    (void)error;
    if (letter->id != wanted->id)
        return 0;
    wanted->found++;
    wanted->status = letter->status;
#define TAKE(member, from) snprintf(wanted->member, sizeof wanted->member, "%s", (from) != NULL ? (from) : "")
    TAKE(notice, letter->notice);
    TAKE(notice_date, letter->fields[FIELD_NOTICE_DATE]);
    TAKE(ref, letter->ref);
    TAKE(assigned, letter->assigned);
    TAKE(note, letter->note);
    TAKE(unsettled, letter->unsettled);
#undef TAKE
    date_format(letter->received, wanted->received);
    wanted->done = letter->done;
    wanted->rescan_is_sure = letter->rescan_is_sure;
    wanted->rescan_of = letter->rescan_of;
    return 0;
}

static inline struct wanted letter_of(int64_t id)
{
    struct wanted wanted = {.id = id};
    struct error error = {0};

    if (docket_letters(docket, want_letter, &wanted, &error) < 0)
        fail_msg("%s", error.message);
    assert_int_equal(wanted.found, 1);
    return wanted;
}

/* The history of a letter as one text, "who what point before after" a line. */
struct story {
    char text[4096];
};

static inline int add_event(void *context, const struct docket_event *event, struct error *error)
{
    struct story *story = context;
    size_t length = strlen(story->text);

    (void)error;
    snprintf(story->text + length, sizeof story->text - length, "%lld %s %s %s %s %s\n", (long long)event->at,
             event->who, event->what, event->point != NULL ? event->point : "-",
             event->before != NULL ? event->before : "-", event->after != NULL ? event->after : "-");
    return 0;
}

static inline struct story story_of(int64_t id)
{
    struct story story = {{0}};
    struct error error = {0};

    if (docket_history(docket, id, add_event, &story, &error) < 0)
        fail_msg("%s", error.message);
    return story;
}

#define assert_done(call)                                                                                    \
    do {                                                                                                     \
        struct error done_error = {0};                                                                       \
        struct error *error = &done_error;                                                                   \
        if ((call) < 0)                                                                                      \
            fail_msg("%s", done_error.message);                                                              \
    } while (0)

/* The call, which takes `error`, fails with that code and says `part`. */
#define assert_refused(call, wanted_code, part)                                                              \
    do {                                                                                                     \
        struct error refused_error = {0};                                                                    \
        struct error *error = &refused_error;                                                                \
        assert_int_equal((call), -1);                                                                        \
        assert_int_equal(refused_error.code, wanted_code);                                                   \
        assert_has(refused_error.message, part);                                                             \
    } while (0)

#endif
