/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "desk/session.h"

enum { MINUTE = 60 * 1000 };

static struct sessions sessions;
static struct session *session;
static struct error error;
static char link_text[EDGE_SECRET_TEXT];

static int start(void **state)
{
    (void)state;
    sessions_init(&sessions, 10);
    return sessions_new_link(&sessions, link_text, &error);
}

static const char *cookie_of(const struct session *of, char out[EDGE_SECRET_TEXT])
{
    edge_secret_format(of->id, out);
    return out;
}

static void a_link_works_once(void **state)
{
    (void)state;
    assert_int_equal(sessions_follow(&sessions, link_text, "maria", 0, &session, &error), 1);
    assert_string_equal(session->who, "maria");
    assert_int_equal(sessions_follow(&sessions, link_text, "maria", 0, &session, &error), 0);
}

static void no_other_link_works(void **state)
{
    char other[EDGE_SECRET_TEXT];

    (void)state;
    memcpy(other, link_text, sizeof other);
    other[0] = other[0] == 'a' ? 'b' : 'a';
    assert_int_equal(sessions_follow(&sessions, other, "x", 0, &session, &error), 0);
    assert_int_equal(sessions_follow(&sessions, NULL, "x", 0, &session, &error), 0);
    assert_int_equal(sessions_follow(&sessions, "", "x", 0, &session, &error), 0);
    memset(other, '0', sizeof other - 1); /* what a used link's place holds */
    assert_int_equal(sessions_follow(&sessions, link_text, "x", 0, &session, &error), 1);
    assert_int_equal(sessions_follow(&sessions, other, "x", 0, &session, &error), 0);
}

static void a_new_link_ends_the_last_one(void **state)
{
    char next[EDGE_SECRET_TEXT];

    (void)state;
    assert_int_equal(sessions_new_link(&sessions, next, &error), 0);
    assert_string_not_equal(next, link_text);
    assert_int_equal(sessions_follow(&sessions, link_text, "x", 0, &session, &error), 0);
    assert_int_equal(sessions_follow(&sessions, next, "x", 0, &session, &error), 1);
}

static void a_session_is_found_by_its_cookie(void **state)
{
    char cookie[EDGE_SECRET_TEXT];
    char token[EDGE_SECRET_TEXT];

    (void)state;
    assert_int_equal(sessions_follow(&sessions, link_text, "x", 0, &session, &error), 1);
    assert_ptr_equal(sessions_find(&sessions, cookie_of(session, cookie), 1), session);
    edge_secret_format(session->token, token);
    assert_string_not_equal(cookie, token);
    assert_true(session_token_is(session, token));
    assert_false(session_token_is(session, cookie));
    assert_false(session_token_is(session, NULL));
    assert_null(sessions_find(&sessions, token, 1));
    assert_null(sessions_find(&sessions, link_text, 1));
    memset(cookie, '0', sizeof cookie - 1); /* what an unused place holds */
    assert_null(sessions_find(&sessions, cookie, 1));
}

static void rest_locks(void **state)
{
    char cookie[EDGE_SECRET_TEXT];

    (void)state;
    assert_int_equal(sessions_follow(&sessions, link_text, "x", 0, &session, &error), 1);
    cookie_of(session, cookie);
    assert_non_null(sessions_find(&sessions, cookie, 10 * MINUTE - 1));
    assert_null(sessions_find(&sessions, cookie, 10 * MINUTE)); /* also before anybody swept */
    assert_int_equal(sessions_expire(&sessions, 10 * MINUTE - 1), 0);
    assert_int_equal(sessions_expire(&sessions, 10 * MINUTE), 1);
    assert_null(sessions_find(&sessions, cookie, 0));
    assert_int_equal(sessions_expire(&sessions, 20 * MINUTE), 0);
}

static void one_too_many_takes_the_place_of_the_one_that_rested_longest(void **state)
{
    char oldest[EDGE_SECRET_TEXT];
    char second[EDGE_SECRET_TEXT];

    (void)state;
    for (int i = 0; i < SESSIONS_MAX; i++) {
        assert_int_equal(sessions_open(&sessions, "x", ROLE_DESK, i, &session, &error), 0);
        if (i < 2)
            cookie_of(session, i == 0 ? oldest : second);
    }
    assert_int_equal(sessions_open(&sessions, "y", ROLE_DESK, SESSIONS_MAX, &session, &error), 0);
    assert_null(sessions_find(&sessions, oldest, SESSIONS_MAX));
    assert_non_null(sessions_find(&sessions, second, SESSIONS_MAX));
}

static void an_ended_session_leaves_nothing(void **state)
{
    static const struct session nothing;

    (void)state;
    assert_int_equal(sessions_follow(&sessions, link_text, "x", 0, &session, &error), 1);
    session_end(session);
    assert_memory_equal(session, &nothing, sizeof nothing);
}

static void a_look_is_the_first_one_once(void **state)
{
    (void)state;
    assert_int_equal(sessions_open(&sessions, "x", ROLE_DESK, 0, &session, &error), 0);
    assert_true(session_looks_first(session, 7));
    assert_false(session_looks_first(session, 7));
    assert_true(session_looks_first(session, 8));
    assert_false(session_looks_first(session, 7));
    assert_int_equal(sessions_open(&sessions, "y", ROLE_REVIEWER, 0, &session, &error), 0);
    assert_true(session_looks_first(session, 7)); /* another's */
    assert_int_equal(session->role, ROLE_REVIEWER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_link_works_once, start),
        cmocka_unit_test_setup(no_other_link_works, start),
        cmocka_unit_test_setup(a_new_link_ends_the_last_one, start),
        cmocka_unit_test_setup(a_session_is_found_by_its_cookie, start),
        cmocka_unit_test_setup(rest_locks, start),
        cmocka_unit_test_setup(one_too_many_takes_the_place_of_the_one_that_rested_longest, start),
        cmocka_unit_test_setup(an_ended_session_leaves_nothing, start),
        cmocka_unit_test_setup(a_look_is_the_first_one_once, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
