/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A kernel that lacks a protection: system calls are taken away from this program, and so from the irsort that it runs. It
 * says so once, and reads. */
#include "run.h"

#include <errno.h>
#include <seccomp.h>
#include <sys/prctl.h>

#include "worker/sandbox.h"

#define SCAN PROJECT_DIR "/fixtures/examples/cp504-spanish.tif"

/* For good; each test takes away one more. */
static void take_away(int call, const struct scmp_arg_cmp *argument)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

    assert_non_null(filter);
    assert_int_equal(seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(ENOSYS), call, argument != NULL, argument), 0);
    assert_int_equal(seccomp_load(filter), 0);
    seccomp_release(filter);
}

static void assert_lacks(const char *names, const char *const *each)
{
    char line[256];

    snprintf(line, sizeof line, "irsort read: this system lacks a protection from hostile files (%s); `irsort doctor` tells more\n",
             names);
    irsort("read", "--json", SCAN, SCAN);
    assert_int_equal(run.status, 0);
    assert_int_equal(count_lines(run.out), 2); /* two letters are read … */
    assert_string_equal(run.err, line);        /* … and it is said once */
    irsort("doctor", NULL);
    assert_int_equal(run.status, 1);
    for (; *each != NULL; each++) {
        snprintf(line, sizeof line, "(%s)", *each);
        const char *found = strstr(run.out, line);
        assert_non_null(found);
        while (found > run.out && found[-1] != '\n')
            found--;
        assert_int_not_equal(strncmp(found, "ok ", 3), 0);
    }
}

static void test_without_landlock(void **state)
{
    enum { LANDLOCK_CREATE_RULESET = 444 };

    (void)state;
    assert_int_equal(sandbox_probe(), PROTECTION_ALL);
    take_away(LANDLOCK_CREATE_RULESET, NULL);
    assert_lacks("landlock", (const char *const[]){"landlock", NULL});
}

static void test_without_seccomp_too(void **state)
{
    const struct scmp_arg_cmp set_seccomp = SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP);

    (void)state;
    take_away(SCMP_SYS(prctl), &set_seccomp);
    take_away(SCMP_SYS(seccomp), NULL);
    assert_lacks("landlock, seccomp", (const char *const[]){"landlock", "seccomp", NULL});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_without_landlock, enter_directory, leave_directory),
        cmocka_unit_test_setup_teardown(test_without_seccomp_too, enter_directory, leave_directory),
    };

#ifdef __SANITIZE_ADDRESS__
    puts("a sanitizer needs what the sandbox forbids: not tried");
    (void)tests;
    return 77;
#else
    return cmocka_run_group_tests(tests, NULL, NULL);
#endif
}
