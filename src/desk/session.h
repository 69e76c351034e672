/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who is at the desk: a login link that works once, sessions in memory, and the idle lock. Times are milliseconds of a
 * clock that never goes back. */
#ifndef IRSORT_DESK_SESSION_H
#define IRSORT_DESK_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "desk/edge.h"
#include "desk/users.h"
#include "docket/docket.h"

enum {
    SESSIONS_MAX = 32, /* browsers of one clinic; a new one takes the place of the one that rested longest */
    SESSION_LOOKS = 256, /* letters that a session remembers to have looked at: some days' work */
};

struct session {
    bool open;
    uint8_t id[EDGE_SECRET_SIZE];    /* in the cookie */
    uint8_t token[EDGE_SECRET_SIZE]; /* in the header of every change: a page of another site cannot know it */
    int64_t seen;                    /* when a person last did something */
    char who[DOCKET_NAME_MAX + 1];   /* stands in the history */
    enum role role;
    int64_t looked[SESSION_LOOKS];   /* letters, each in the place that its number gives; 0: none */
};

struct sessions {
    struct session list[SESSIONS_MAX];
    int64_t lock_ms; /* rest after which a session ends */
    bool link_open;
    uint8_t link[EDGE_SECRET_SIZE];
};

/* No session, no link. */
void sessions_init(struct sessions *sessions, unsigned lock_minutes);

/* Makes a new login link, which the last one ends with, and writes it as hex. ERROR_SETUP without random bytes. */
int sessions_new_link(struct sessions *sessions, char out[EDGE_SECRET_TEXT], struct error *error);

/* The link was followed: it is over, and a session is open under that name, which may do everything. 1 with the session, 0 if this is not the link,
 * -1 without random bytes. */
int sessions_follow(struct sessions *sessions, const char *link, const char *who, int64_t now, struct session **out,
                    struct error *error);

/* Opens one for somebody who has shown who he is. */
int sessions_open(struct sessions *sessions, const char *who, enum role role, int64_t now, struct session **out,
                  struct error *error);

/* Whether the session looks at that letter for the first time, as far as it remembers. */
bool session_looks_first(struct session *session, int64_t letter);

/* The open session of that cookie (NULL: none came), NULL if there is none or it has rested too long. */
struct session *sessions_find(struct sessions *sessions, const char *cookie, int64_t now);

/* Ends it, and forgets its secrets. */
void session_end(struct session *session);

/* Ends those that have rested too long; how many. */
unsigned sessions_expire(struct sessions *sessions, int64_t now);

/* Whether the text is the session's token. */
bool session_token_is(const struct session *session, const char *text);

#endif
