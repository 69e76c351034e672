/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What stands at the door of a desk that has users: who they are now, whose tries must wait, and the audit log. */
#ifndef IRSORT_DESK_DOOR_H
#define IRSORT_DESK_DOOR_H

#include <stdbool.h>

#include "desk/audit.h"
#include "desk/checker.h"
#include "desk/session.h"
#include "desk/throttle.h"
#include "desk/users.h"

struct door {
    const char *users_file; /* borrowed */
    unsigned long long stamp;
    struct users users;
    char nobody[USER_HASH_SIZE]; /* of a password that nobody knows: a name that is not there costs what another does */
    struct checker *checker;
    struct throttle throttle;
    struct audit *audit;
    bool deaf; /* the audit log could not be written, and that was told */
};

/* NULL goes out where the file has no user: anybody with the link may then come in. `audit_file` is opened otherwise. */
int door_open(struct door **out, const char *users_file, const char *audit_file, struct error *error);
void door_close(struct door *door);

/* Looks whether the users' file was changed, and ends the sessions of those who are no longer in it, or have another role or
 * password. A file that cannot be used lets nobody in. How many sessions ended; -1 with the reason, once, if it cannot be
 * used. */
int door_look_again(struct door *door, struct sessions *sessions, struct error *error);

#endif
