/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Inside docket/: the open file and how statements are run. */
#ifndef IRSORT_DOCKET_INSIDE_H
#define IRSORT_DOCKET_INSIDE_H

#include <sqlite3.h>

#include "docket/docket.h"

struct docket {
    sqlite3 *db;
    char *path;
    unsigned depth; /* steps inside the open transaction */
    bool stale;     /* the open transaction failed, and could not be undone yet */
    /* made when the file is opened, so that undoing needs as little memory as may be */
    sqlite3_stmt *roll_back;
    sqlite3_stmt *roll_back_step;
    sqlite3_stmt *end_step;
};

/* Says in `error` what the last SQLite call failed with, as a person can use it. Returns -1. */
int docket_fail(const struct docket *docket, struct error *error);

/* Prepares a statement and binds values by their `types`: 'i' int64_t, 's' const char * (NULL is NULL); they
 * must live until it is finalized. */
int docket_prepare(struct docket *docket, sqlite3_stmt **out, struct error *error, const char *sql,
                   const char *types, ...);

/* The same, run to its end; rows are passed over. */
int docket_run(struct docket *docket, struct error *error, const char *sql, const char *types, ...);

/* The first column of the first row; `fallback` where there is no row, or it is NULL. */
int docket_number(struct docket *docket, int64_t *out, int64_t fallback, struct error *error, const char *sql,
                  const char *types, ...);

/* One step of work: a transaction of its own, or a part of the one that is open. docket_leave ends it: kept
 * if `result` is 0, else undone. Returns what the caller is to return. */
int docket_enter(struct docket *docket, struct error *error);
int docket_leave(struct docket *docket, int result, struct error *error);

/* ERROR_USAGE, with the nearest ids, unless the letter is there. */
int docket_need(struct docket *docket, int64_t id, struct error *error);

/* Adds to the history. */
int docket_record(struct docket *docket, int64_t id, const struct docket_actor *actor, const char *what,
                  const char *point, const char *before, const char *after, struct error *error);

/* Links the letter to the first one that it is a scan of as well. */
int docket_link_rescan(struct docket *docket, int64_t id, struct error *error);

/* What people write: one line of well-formed text, not too long, without a whole taxpayer number.
 * ERROR_USAGE. */
int docket_check_text(const char *text, size_t most, struct error *error);

/* A column that may be NULL. */
const char *docket_column(sqlite3_stmt *statement, int column);

#endif
