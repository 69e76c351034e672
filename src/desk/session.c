/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "desk/session.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

void sessions_init(struct sessions *sessions, unsigned lock_minutes)
{
    *sessions = (struct sessions){.lock_ms = (int64_t)lock_minutes * 60 * 1000};
}

static int draw_secret(uint8_t out[EDGE_SECRET_SIZE], struct error *error)
{
    if (getrandom(out, EDGE_SECRET_SIZE, 0) != EDGE_SECRET_SIZE)
        return error_set(error, ERROR_SETUP, "the kernel gives no random bytes: %s", strerror(errno));
    return 0;
}

int sessions_new_link(struct sessions *sessions, char out[EDGE_SECRET_TEXT], struct error *error)
{
    if (draw_secret(sessions->link, error) < 0)
        return -1;
    edge_secret_format(sessions->link, out);
    sessions->link_open = true;
    return 0;
}

/* A free place, or that of the session that rested longest. */
static struct session *find_place(struct sessions *sessions)
{
    struct session *place = &sessions->list[0];

    for (size_t i = 0; i < SESSIONS_MAX; i++) {
        struct session *session = &sessions->list[i];
        if (!session->open)
            return session;
        if (session->seen < place->seen)
            place = session;
    }
    return place;
}

int sessions_open(struct sessions *sessions, const char *who, enum role role, int64_t now, struct session **out,
                  struct error *error)
{
    struct session *session = find_place(sessions);

    *session = (struct session){.seen = now, .role = role};
    if (draw_secret(session->id, error) < 0 || draw_secret(session->token, error) < 0)
        return -1;
    snprintf(session->who, sizeof session->who, "%s", who);
    session->open = true;
    *out = session;
    return 0;
}

int sessions_follow(struct sessions *sessions, const char *link, const char *who, int64_t now, struct session **out,
                    struct error *error)
{
    uint8_t secret[EDGE_SECRET_SIZE];

    if (!sessions->link_open || !edge_secret_parse(link, secret) || !edge_secret_is(secret, sessions->link))
        return 0;
    sessions->link_open = false;
    explicit_bzero(sessions->link, sizeof sessions->link);
    return sessions_open(sessions, who, ROLE_REVIEWER, now, out, error) < 0 ? -1 : 1;
}

bool session_looks_first(struct session *session, int64_t letter)
{
    int64_t *place = &session->looked[letter % SESSION_LOOKS];
    bool first = *place != letter;

    *place = letter;
    return first;
}

void session_end(struct session *session)
{
    explicit_bzero(session, sizeof *session);
}

static bool has_rested(const struct sessions *sessions, const struct session *session, int64_t now)
{
    return session->open && now - session->seen >= sessions->lock_ms;
}

struct session *sessions_find(struct sessions *sessions, const char *cookie, int64_t now)
{
    uint8_t secret[EDGE_SECRET_SIZE];
    struct session *found = NULL;

    if (!edge_secret_parse(cookie, secret))
        return NULL;
    for (size_t i = 0; i < SESSIONS_MAX; i++) {
        struct session *session = &sessions->list[i];
        if (session->open && edge_secret_is(session->id, secret) && !has_rested(sessions, session, now))
            found = session;
    }
    return found;
}

unsigned sessions_expire(struct sessions *sessions, int64_t now)
{
    unsigned count = 0;

    for (size_t i = 0; i < SESSIONS_MAX; i++) {
        if (!has_rested(sessions, &sessions->list[i], now))
            continue;
        session_end(&sessions->list[i]);
        count++;
    }
    return count;
}

bool session_token_is(const struct session *session, const char *text)
{
    uint8_t token[EDGE_SECRET_SIZE];

    return edge_secret_parse(text, token) && edge_secret_is(token, session->token);
}
