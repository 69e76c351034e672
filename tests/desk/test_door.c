/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What stands at the door: whose tries wait, whose session ends, who may what, and what is written down. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "desk/inside.h"

enum { PATH_SIZE = 128, SECOND = 1000 };

static char directory[64];
static char users_path[PATH_SIZE];
static char audit_path[PATH_SIZE];
static struct sessions sessions;

static int enter(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "/tmp/irsort-door-XXXXXX");
    if (mkdtemp(directory) == NULL)
        return -1;
    snprintf(users_path, sizeof users_path, "%s/users", directory);
    snprintf(audit_path, sizeof audit_path, "%s/audit", directory);
    sessions_init(&sessions, 10);
    return 0;
}

static int leave(void **state)
{
    char command[PATH_SIZE];

    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", directory);
    return system(command) == 0 ? 0 : -1;
}

/* ---- tries ---- */

static void wrong_tries_wait_longer_and_longer(void **state)
{
    static const unsigned waits[] = {0, 0, 1, 2, 4, 8, 16, 32, 60, 60};
    struct throttle throttle = {0};
    int64_t now = 5 * SECOND;

    (void)state;
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
        throttle_charge(&throttle, "as maria", THROTTLE_NAME_S, now);
        assert_int_equal(throttle_wait(&throttle, "as maria", now), waits[i]);
        assert_int_equal(throttle_wait(&throttle, "as jo", now), 0);
        now += SECOND / 2; /* while it was looked at */
        throttle_settle(&throttle, "as maria", now);
        assert_int_equal(throttle_wait(&throttle, "as maria", now), waits[i]);
        now += (int64_t)waits[i] * SECOND;
        assert_int_equal(throttle_wait(&throttle, "as maria", now), 0);
    }
    for (unsigned i = 0; i < 40; i++)
        throttle_charge(&throttle, "from 192.0.2.9", THROTTLE_ADDRESS_S, now);
    assert_int_equal(throttle_wait(&throttle, "from 192.0.2.9", now), THROTTLE_ADDRESS_S);
}

static void many_at_a_time_are_no_way_round(void **state)
{
    struct throttle throttle = {0};

    (void)state;
    for (unsigned i = 0; i < THROTTLE_FREE; i++) {
        assert_int_equal(throttle_wait(&throttle, "as maria", 0), 0);
        throttle_charge(&throttle, "as maria", THROTTLE_NAME_S, 0); /* none is answered yet */
    }
    assert_true(throttle_wait(&throttle, "as maria", 0) > 0);
}

static void a_right_try_does_not_count(void **state)
{
    struct throttle throttle = {0};

    (void)state;
    for (unsigned i = 0; i < 4 * THROTTLE_FREE; i++) {
        throttle_charge(&throttle, "from 192.0.2.9", THROTTLE_ADDRESS_S, 0);
        assert_int_equal(throttle_wait(&throttle, "from 192.0.2.9", 0), 0);
        throttle_refund(&throttle, "from 192.0.2.9");
    }
    /* Who can log in as one cannot wash away the tries at others. */
    for (unsigned i = 0; i < 4 * THROTTLE_FREE; i++)
        throttle_charge(&throttle, "from 192.0.2.9", THROTTLE_ADDRESS_S, 0);
    throttle_refund(&throttle, "from 192.0.2.9");
    throttle_charge(&throttle, "from 192.0.2.9", THROTTLE_ADDRESS_S, 0);
    assert_true(throttle_wait(&throttle, "from 192.0.2.9", 0) > 100);
    throttle_forget(&throttle, "from 192.0.2.9");
    assert_int_equal(throttle_wait(&throttle, "from 192.0.2.9", 0), 0);
}

static void rest_makes_it_forget(void **state)
{
    struct throttle throttle = {0};

    (void)state;
    for (unsigned i = 0; i < 20; i++)
        throttle_charge(&throttle, "as maria", THROTTLE_NAME_S, 0);
    throttle_charge(&throttle, "as maria", THROTTLE_NAME_S, THROTTLE_REST_MS);
    assert_int_equal(throttle_wait(&throttle, "as maria", THROTTLE_REST_MS), 0);
}

/* Names that are made up fill the table, and do not push out the one that is being tried. */
static void a_flood_does_not_make_it_forget(void **state)
{
    struct throttle throttle = {0};
    char key[THROTTLE_KEY_SIZE];

    (void)state;
    for (unsigned i = 0; i < 6; i++)
        throttle_charge(&throttle, "as maria", THROTTLE_NAME_S, 0);
    for (unsigned i = 0; i < 4 * THROTTLE_ENTRIES; i++) {
        snprintf(key, sizeof key, "as nobody%u", i);
        throttle_charge(&throttle, key, THROTTLE_NAME_S, 1);
    }
    assert_true(throttle_wait(&throttle, "as maria", 1) > 0);
}

static void a_network_counts_as_one_address(void **state)
{
    char one[THROTTLE_KEY_SIZE];
    char two[THROTTLE_KEY_SIZE];

    (void)state;
    throttle_address("2001:db8::1", one);
    throttle_address("2001:db8::2:3:4", two);
    assert_string_equal(one, two);
    throttle_address("2001:db8:0:1::1", two);
    assert_string_not_equal(one, two);
    throttle_address("192.0.2.1", one);
    throttle_address("192.0.2.2", two);
    assert_string_not_equal(one, two);
}

/* ---- passwords are checked beside ---- */

static void answers_come_in_order_and_no_more_wait_than_may(void **state)
{
    struct checker *checker;
    struct error error = {0};
    char hash[USER_HASH_SIZE];
    int askers[CHECKER_WAITING_MAX + 1];
    void *asker;
    bool right;

    (void)state;
    assert_int_equal(users_hash("four words will do", hash, &error), 0);
    assert_int_equal(checker_open(&checker, &error), 0);
    assert_false(checker_answer(checker, &asker, &right));
    for (size_t i = 0; i < CHECKER_WAITING_MAX; i++)
        assert_true(checker_ask(checker, hash, i == 1 ? "four words will do" : "no", &askers[i]));
    assert_false(checker_ask(checker, hash, "no", &askers[CHECKER_WAITING_MAX]));
    for (size_t i = 0; i < 4; i++) {
        while (!checker_answer(checker, &asker, &right)) {
            struct pollfd polled = {.fd = checker_descriptor(checker), .events = POLLIN};
            assert_int_equal(poll(&polled, 1, 20 * SECOND), 1);
        }
        assert_ptr_equal(asker, &askers[i]);
        assert_int_equal(right, i == 1);
    }
    assert_true(checker_ask(checker, hash, "no", &askers[0])); /* there is room again */
    checker_close(checker); /* with some unanswered */
}

/* ---- users come and go ---- */

static struct session *open_session(const char *who, enum role role)
{
    struct session *session;
    struct error error = {0};

    assert_int_equal(sessions_open(&sessions, who, role, 0, &session, &error), 0);
    return session;
}

static void without_users_there_is_no_door(void **state)
{
    struct door *door;
    struct error error = {0};

    (void)state;
    assert_int_equal(door_open(&door, users_path, audit_path, &error), 0);
    assert_null(door);
    assert_int_equal(access(audit_path, F_OK), -1);
}

static void a_changed_user_s_sessions_end(void **state)
{
    struct door *door;
    struct error error = {0};

    (void)state;
    assert_int_equal(users_set(users_path, "maria", ROLE_REVIEWER, "four words will do", &error), 0);
    assert_int_equal(users_set(users_path, "jo", ROLE_DESK, "four words will do", &error), 0);
    assert_int_equal(users_set(users_path, "ana", ROLE_DESK, "four words will do", &error), 0);
    assert_int_equal(users_set(users_path, "lee", ROLE_DESK, "four words will do", &error), 0);
    assert_int_equal(door_open(&door, users_path, audit_path, &error), 0);
    assert_non_null(door);
    struct session *maria = open_session("maria", ROLE_REVIEWER);
    struct session *jo = open_session("jo", ROLE_DESK);
    struct session *ana = open_session("ana", ROLE_DESK);
    struct session *lee = open_session("lee", ROLE_DESK);
    assert_int_equal(door_look_again(door, &sessions, &error), 0);
    assert_int_equal(users_remove(users_path, "jo", &error), 0);
    assert_int_equal(users_set(users_path, "ana", ROLE_REVIEWER, "four words will do", &error), 0); /* another role */
    assert_int_equal(users_set(users_path, "lee", ROLE_DESK, "other words, same role", &error), 0);
    assert_int_equal(door_look_again(door, &sessions, &error), 3);
    assert_true(maria->open);
    assert_false(jo->open || ana->open || lee->open);
    assert_int_equal(chmod(users_path, 0644), 0);
    assert_int_equal(door_look_again(door, &sessions, &error), -1); /* lets nobody in */
    assert_false(maria->open);
    assert_int_equal(door->users.count, 0);
    assert_int_equal(door_look_again(door, &sessions, &error), 0); /* told once */
    assert_int_equal(chmod(users_path, 0600), 0);
    assert_int_equal(door_look_again(door, &sessions, &error), 0);
    assert_int_equal(door->users.count, 3);
    door_close(door);
}

static void a_name_that_is_not_there_costs_the_same(void **state)
{
    struct door *door;
    struct error error = {0};

    (void)state;
    assert_int_equal(users_set(users_path, "maria", ROLE_DESK, "four words will do", &error), 0);
    assert_int_equal(door_open(&door, users_path, audit_path, &error), 0);
    /* Up to the salt the two hashes are the same: method, memory and passes. */
    const char *hash = door->users.list[0].hash;
    size_t length = (size_t)(strstr(hash, "p=1$") - hash);
    assert_memory_equal(door->nobody, hash, length);
    assert_false(users_is_right(door->nobody, ""));
    door_close(door);
}

/* ---- who may what ---- */

static bool is_reviewers(const char *method, const char *path)
{
    static const char *const only[][2] = {{"GET", "/api/audit"},
                                          {"GET", "/api/letter/#/case"},
                                          {"POST", "/api/letter/#/correct"},
                                          {"POST", "/api/letter/#/confirm"}};

    for (size_t i = 0; i < sizeof only / sizeof *only; i++) {
        if (strcmp(only[i][0], method) == 0 && strcmp(only[i][1], path) == 0)
            return true;
    }
    return false;
}

static void what_says_what_a_letter_is_is_the_reviewer_s(void **state)
{
    size_t count;
    const struct route *routes = route_all(&count);
    size_t reviewers = 0;

    (void)state;
    for (size_t i = 0; i < count; i++) {
        bool wanted = is_reviewers(routes[i].method, routes[i].path);
        if ((routes[i].role == ROLE_REVIEWER) != wanted)
            fail_msg("%s %s is %s", routes[i].method, routes[i].path, role_name(routes[i].role));
        reviewers += wanted;
        /* A change of a letter, and whatever is refused to some, stands in the audit log. */
        if (routes[i].role == ROLE_REVIEWER || (routes[i].kind >= ROUTE_CHANGE && strchr(routes[i].path, '#') != NULL))
            assert_int_not_equal(routes[i].act, AUDIT_NONE);
        /* What changes something goes by POST, and no POST goes without token or, where there is no session yet, origin. */
        assert_int_equal(strcmp(routes[i].method, "POST") == 0, routes[i].kind == ROUTE_FORM || routes[i].kind >= ROUTE_CHANGE);
        assert_int_equal(routes[i].kind == ROUTE_FORM, strcmp(routes[i].path, "/login") == 0 && strcmp(routes[i].method, "POST") == 0);
    }
    assert_int_equal(reviewers, 4);
}

/* ---- the audit log ---- */

static void lines_are_added_and_stay(void **state)
{
    struct audit *audit;
    struct error error = {0};
    struct stat status;
    const struct audit_line line = {.who = "maria", .from = "192.0.2.9", .act = AUDIT_CONFIRM, .letter = 12};
    const struct audit_line unknown = {.from = "192.0.2.9", .act = AUDIT_LOGIN, .outcome = AUDIT_REFUSED};

    (void)state;
    assert_int_equal(audit_open(&audit, audit_path, &error), 0);
    assert_int_equal(audit_add(audit, &line, &error), 0);
    audit_close(audit);
    assert_int_equal(stat(audit_path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    off_t before = status.st_size;
    assert_int_equal(audit_open(&audit, audit_path, &error), 0); /* as after a restart */
    assert_int_equal(audit_add(audit, &unknown, &error), 0);
    json_t *lines = audit_last(audit, 10);
    assert_int_equal(json_array_size(lines), 2);
    const json_t *newest = json_array_get(lines, 0);
    const json_t *first = json_array_get(lines, 1);
    assert_string_equal(json_string_value(json_object_get(newest, "act")), "login");
    assert_string_equal(json_string_value(json_object_get(newest, "outcome")), "refused");
    assert_null(json_object_get(newest, "who"));
    assert_string_equal(json_string_value(json_object_get(first, "who")), "maria");
    assert_string_equal(json_string_value(json_object_get(first, "from")), "192.0.2.9");
    assert_int_equal(json_integer_value(json_object_get(first, "letter")), 12);
    assert_int_equal(strlen(json_string_value(json_object_get(first, "at"))), strlen("2026-11-24T17:03:11Z"));
    json_decref(lines);
    lines = audit_last(audit, 1);
    assert_int_equal(json_array_size(lines), 1);
    json_decref(lines);
    audit_close(audit);
    assert_int_equal(stat(audit_path, &status), 0);
    assert_true(status.st_size > before);
}

static void a_line_that_broke_off_does_no_harm(void **state)
{
    struct audit *audit;
    struct error error = {0};
    const struct audit_line line = {.who = "maria", .act = AUDIT_LOOK, .letter = 1};
    FILE *stream = fopen(audit_path, "w");

    (void)state;
    assert_non_null(stream);
    assert_int_equal(fchmod(fileno(stream), 0600), 0);
    fputs("{\"at\":\"2026-11-24T17:0", stream);
    fclose(stream);
    assert_int_equal(audit_open(&audit, audit_path, &error), 0);
    assert_int_equal(audit_add(audit, &line, &error), 0);
    json_t *lines = audit_last(audit, 10);
    assert_int_equal(json_array_size(lines), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(lines, 0), "act")), "look");
    json_decref(lines);
    audit_close(audit);
}

/* Longer than what is looked through: the newest lines come, whole. */
static void a_long_log_shows_its_end(void **state)
{
    struct audit *audit;
    struct error error = {0};
    struct audit_line line = {.who = "maria", .from = "192.0.2.9", .act = AUDIT_LOOK};

    (void)state;
    assert_int_equal(audit_open(&audit, audit_path, &error), 0);
    for (line.letter = 1; line.letter <= 8000; line.letter++)
        assert_int_equal(audit_add(audit, &line, &error), 0);
    json_t *lines = audit_last(audit, 500);
    assert_int_equal(json_array_size(lines), 500);
    for (int i = 0; i < 500; i++)
        assert_int_equal(json_integer_value(json_object_get(json_array_get(lines, (size_t)i), "letter")), 8000 - i);
    json_decref(lines);
    lines = audit_last(audit, 10000);
    assert_true(json_array_size(lines) > 1000 && json_array_size(lines) < 8000);
    json_decref(lines);
    audit_close(audit);
}

static void a_log_that_others_have_is_refused(void **state)
{
    struct audit *audit;
    struct error error = {0};
    int file = open(audit_path, O_CREAT | O_WRONLY, 0600);

    (void)state;
    assert_true(file >= 0);
    assert_int_equal(fchmod(file, 0640), 0);
    close(file);
    assert_int_equal(audit_open(&audit, audit_path, &error), -1);
    assert_non_null(strstr(error.message, "chmod 600"));
}

static void a_link_is_not_followed(void **state)
{
    struct audit *audit;
    struct error error = {0};

    (void)state;
    assert_int_equal(symlink("/dev/null", audit_path), 0);
    assert_int_equal(audit_open(&audit, audit_path, &error), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_tries_wait_longer_and_longer),
        cmocka_unit_test(many_at_a_time_are_no_way_round),
        cmocka_unit_test(a_right_try_does_not_count),
        cmocka_unit_test(rest_makes_it_forget),
        cmocka_unit_test(a_flood_does_not_make_it_forget),
        cmocka_unit_test(a_network_counts_as_one_address),
        cmocka_unit_test(answers_come_in_order_and_no_more_wait_than_may),
        cmocka_unit_test_setup_teardown(without_users_there_is_no_door, enter, leave),
        cmocka_unit_test_setup_teardown(a_changed_user_s_sessions_end, enter, leave),
        cmocka_unit_test_setup_teardown(a_name_that_is_not_there_costs_the_same, enter, leave),
        cmocka_unit_test(what_says_what_a_letter_is_is_the_reviewer_s),
        cmocka_unit_test_setup_teardown(lines_are_added_and_stay, enter, leave),
        cmocka_unit_test_setup_teardown(a_line_that_broke_off_does_no_harm, enter, leave),
        cmocka_unit_test_setup_teardown(a_long_log_shows_its_end, enter, leave),
        cmocka_unit_test_setup_teardown(a_log_that_others_have_is_refused, enter, leave),
        cmocka_unit_test_setup_teardown(a_link_is_not_followed, enter, leave),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
