/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who did what and when, from where: a file of JSON lines that is only ever added to, for its owner only (0600). No text of a
 * letter, no value of a field and no password can come in: there is no place for them in a line. */
#ifndef IRSORT_DESK_AUDIT_H
#define IRSORT_DESK_AUDIT_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/error.h"

struct audit;

enum audit_act {
    AUDIT_NONE,
    AUDIT_LOGIN,
    AUDIT_LOGOUT,
    AUDIT_LOOK,
    AUDIT_PRINT,
    AUDIT_CALENDAR,
    AUDIT_CASE,
    AUDIT_CORRECT,
    AUDIT_CONFIRM,
    AUDIT_FINISH,
    AUDIT_NOTE,
    AUDIT_ASSIGN,
    AUDIT_REFER,
    AUDIT_UPLOAD,
    AUDIT_FORGET,
    AUDIT_READ,        /* of this log */
    AUDIT_USER,        /* was added or changed */
    AUDIT_REMOVE_USER,
    AUDIT_ACT_COUNT,
};

enum audit_outcome { AUDIT_DONE, AUDIT_REFUSED, AUDIT_FAILED };

struct audit_line {
    const char *who;  /* a user's name; NULL if that is not known */
    const char *from; /* an address; NULL: this machine's shell */
    enum audit_act act;
    int64_t letter;    /* 0: none */
    const char *about; /* the user that was changed; NULL: none */
    enum audit_outcome outcome;
};

const char *audit_act_name(enum audit_act act); /* static */

/* Opens the file, or makes it. ERROR_SETUP where it is another's, or others can read or write it. */
int audit_open(struct audit **out, const char *path, struct error *error);
void audit_close(struct audit *audit);

/* Adds a line, of now. ERROR_SETUP where it cannot be written. */
int audit_add(struct audit *audit, const struct audit_line *line, struct error *error);

/* The last lines, at most `most`, the newest first. A new reference; NULL on lack of memory. */
json_t *audit_last(const struct audit *audit, size_t most);

#endif
