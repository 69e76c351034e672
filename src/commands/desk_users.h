/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What `irsort desk` does with its users' file. */
#ifndef IRSORT_COMMANDS_DESK_USERS_H
#define IRSORT_COMMANDS_DESK_USERS_H

#include <stdbool.h>

#include "base/error.h"

struct desk_users_call {
    const char *set;    /* a name; each NULL if not wanted */
    const char *role;   /* of `set`; NULL: the one that it has */
    const char *remove;
    bool list;
    const char *users_file;
    const char *docket_file; /* the audit log lies beside it */
    const char *who;         /* calls: stands in the audit log */
};

/* Whether one of these is wanted. */
bool desk_users_is_wanted(const struct desk_users_call *call);

/* Does it. A password is asked for twice on the terminal, and not shown; or it is the first line of standard input. */
int desk_users_run(const struct desk_users_call *call, struct error *error);

#endif
