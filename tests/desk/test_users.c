/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The users' file: what is taken for one, who may have it, and what becomes of it when it is changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "desk/users.h"

/* As argon2id makes it of nothing in particular: only its shape counts here. */
#define HASH "$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define FIRST "irsort users 1\n"

enum { PATH_SIZE = 128 };

static char directory[64];
static char file[PATH_SIZE];

static int enter(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "/tmp/irsort-users-XXXXXX");
    if (mkdtemp(directory) == NULL)
        return -1;
    snprintf(file, sizeof file, "%s/users", directory);
    return 0;
}

static int leave(void **state)
{
    char command[PATH_SIZE];

    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", directory);
    return system(command) == 0 ? 0 : -1;
}

static bool parses(const char *text, size_t size)
{
    struct users users;
    struct error error = {0};
    int result = users_parse(&users, text, size, "users", &error);

    assert_int_equal(result < 0, error.code == ERROR_SETUP);
    return result == 0;
}

static void a_name_is_plain_and_small(void **state)
{
    static const char *const wrong[] = {"", " ", "maria lopez", "maria\n", ".maria", "maria-", "Mar\xC3\xAD" "a", "a/b", "a:b",
                                        "\xD0\xB0nna", "012345678901234567890123456789012"};
    char name[USER_NAME_SIZE];

    (void)state;
    assert_true(users_name("Maria", name));
    assert_string_equal(name, "maria");
    assert_true(users_name("jo.o-brien_2", name));
    assert_true(users_name("7", name));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (users_name(wrong[i], name))
            fail_msg("\"%s\" passes for a name", wrong[i]);
    }
}

static void only_whole_lines_are_users(void **state)
{
    static const char *const wrong[] = {
        "maria desk " HASH "\n",                    /* no first line */
        "irsort users 2\n",                         /* of a later irsort */
        FIRST "maria desk " HASH,                   /* broken off */
        FIRST "maria desk\n",
        FIRST "maria admin " HASH "\n",
        FIRST "Maria desk " HASH "\n",
        FIRST "maria desk " HASH " \n",
        FIRST "maria  desk " HASH "\n",
        FIRST "\n",
        FIRST "maria desk plain\n",
        FIRST "maria desk $argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA\n", /* cheap to try */
        FIRST "maria desk $argon2id$v=19$m=4194304,t=2,p=1$AAAA$AAAA\n", /* takes 4 GiB */
        FIRST "maria desk " HASH "\nmaria reviewer " HASH "\n",
    };
    static const char nul[] = FIRST "maria desk " HASH "\0\n";

    (void)state;
    assert_true(parses("", 0));
    assert_true(parses(FIRST, strlen(FIRST)));
    assert_true(parses(FIRST "maria reviewer " HASH "\n", strlen(FIRST "maria reviewer " HASH "\n")));
    assert_false(parses(nul, sizeof nul - 1));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (parses(wrong[i], strlen(wrong[i])))
            fail_msg("taken:\n%s", wrong[i]);
    }
}

static void a_fault_is_told_with_its_line(void **state)
{
    const char *text = FIRST "maria desk " HASH "\nx\n";
    struct users users;
    struct error error = {0};

    (void)state;
    assert_int_equal(users_parse(&users, text, strlen(text), "/srv/users", &error), -1);
    assert_non_null(strstr(error.message, "/srv/users:3: "));
    assert_non_null(strstr(error.message, "irsort desk --user"));
}

static void a_user_is_set_found_and_removed(void **state)
{
    struct users users;
    struct error error = {0};
    struct stat status;

    (void)state;
    assert_int_equal(users_load(&users, file, &error), 0);
    assert_int_equal(users.count, 0);
    assert_int_equal(users_stamp(file), 0);
    assert_int_equal(users_set(file, "Maria", ROLE_REVIEWER, "correct horse battery", &error), 0);
    unsigned long long stamp = users_stamp(file);
    assert_int_equal(users_set(file, "jo", ROLE_DESK, "four words will do", &error), 0);
    assert_true(users_stamp(file) != stamp);
    assert_int_equal(users_load(&users, file, &error), 0);
    assert_int_equal(users.count, 2);
    const struct user *maria = users_find(&users, "maria");
    assert_non_null(maria);
    assert_int_equal(maria->role, ROLE_REVIEWER);
    assert_true(users_is_right(maria->hash, "correct horse battery"));
    assert_false(users_is_right(maria->hash, "correct horse batterz"));
    assert_false(users_is_right(maria->hash, ""));
    assert_null(users_find(&users, "Maria"));
    assert_int_equal(stat(file, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);

    assert_int_equal(users_set(file, "jo", ROLE_REVIEWER, "another long password", &error), 0);
    assert_int_equal(users_load(&users, file, &error), 0);
    assert_int_equal(users.count, 2);
    assert_int_equal(users_find(&users, "jo")->role, ROLE_REVIEWER);
    assert_int_equal(users_remove(file, "MARIA", &error), 0);
    assert_int_equal(users_load(&users, file, &error), 0);
    assert_int_equal(users.count, 1);
    assert_null(users_find(&users, "maria"));
    assert_int_equal(users_remove(file, "maria", &error), -1);
    assert_int_equal(error.code, ERROR_USAGE);
}

static void a_poor_password_is_refused(void **state)
{
    static const char *const poor[] = {"", "short", "elevenchars", "\xC3\xA1\xC3\xA1\xC3\xA1\xC3\xA1\xC3\xA1\xC3\xA1", "maria-garcia1"};
    char huge[USER_PASSWORD_MOST + 1];
    struct stat status;

    (void)state;
    memset(huge, 'a', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    for (size_t i = 0; i <= sizeof poor / sizeof *poor; i++) {
        struct error error = {0};
        const char *password = i < sizeof poor / sizeof *poor ? poor[i] : huge;
        assert_int_equal(users_set(file, "maria-garcia", ROLE_DESK, password, &error), -1);
        assert_int_equal(error.code, ERROR_USAGE);
        assert_true(strlen(password) < 3 || strstr(error.message, password) == NULL);
    }
    assert_int_equal(stat(file, &status), -1);
}

static void a_file_that_others_have_is_refused(void **state)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610};
    struct users users;

    (void)state;
    for (size_t i = 0; i <= sizeof modes / sizeof *modes; i++) {
        struct error error = {0};
        FILE *stream = fopen(file, "w");
        assert_non_null(stream);
        fputs(FIRST "maria desk " HASH "\n", stream);
        fclose(stream);
        assert_int_equal(chmod(file, i < sizeof modes / sizeof *modes ? modes[i] : 0600), 0);
        int loaded = users_load(&users, file, &error);
        if (i < sizeof modes / sizeof *modes) {
            assert_int_equal(loaded, -1);
            assert_non_null(strstr(error.message, "chmod 600"));
            assert_int_equal(users.count, 0);
        } else {
            assert_int_equal(loaded, 0);
        }
    }
    struct error error = {0};
    char other[PATH_SIZE + 8];
    snprintf(other, sizeof other, "%s.link", file);
    assert_int_equal(symlink(file, other), 0);
    assert_int_equal(users_load(&users, other, &error), -1);
}

/* Eight calls at a time: none undoes another. */
static void calls_at_a_time_do_not_undo_each_other(void **state)
{
    enum { CALLS = 8 };
    pid_t children[CALLS];
    struct users users;
    struct error error = {0};

    (void)state;
    for (int i = 0; i < CALLS; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            char name[USER_NAME_SIZE];
            struct error fault = {0};
            snprintf(name, sizeof name, "user%d", i);
            _exit(users_set(file, name, ROLE_DESK, "four words will do", &fault) == 0 ? 0 : 1);
        }
    }
    for (int i = 0; i < CALLS; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(users_load(&users, file, &error), 0);
    assert_int_equal(users.count, CALLS);
}

static void two_hashes_of_a_password_differ(void **state)
{
    char one[USER_HASH_SIZE];
    char two[USER_HASH_SIZE];
    struct error error = {0};

    (void)state;
    assert_int_equal(users_hash("four words will do", one, &error), 0);
    assert_int_equal(users_hash("four words will do", two, &error), 0);
    assert_string_not_equal(one, two);
    assert_true(users_is_right(one, "four words will do") && users_is_right(two, "four words will do"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_plain_and_small),
        cmocka_unit_test(only_whole_lines_are_users),
        cmocka_unit_test(a_fault_is_told_with_its_line),
        cmocka_unit_test_setup_teardown(a_user_is_set_found_and_removed, enter, leave),
        cmocka_unit_test_setup_teardown(a_poor_password_is_refused, enter, leave),
        cmocka_unit_test_setup_teardown(a_file_that_others_have_is_refused, enter, leave),
        cmocka_unit_test_setup_teardown(calls_at_a_time_do_not_undo_each_other, enter, leave),
        cmocka_unit_test(two_hashes_of_a_password_differ),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
