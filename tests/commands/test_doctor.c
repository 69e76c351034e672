/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "run.h"

#include "worker/sandbox.h"

/* Each protection is told by its name, and said to hold only where the kernel let it be tried. */
static void test_it_tells_each_protection(void **state)
{
    unsigned held = sandbox_probe();

    (void)state;
    irsort("doctor", NULL);
    assert_int_equal(run.status, held == PROTECTION_ALL ? 0 : 1);
    for (enum protection protection = 0; protection < PROTECTION_COUNT; protection++) {
        char name[64];
        snprintf(name, sizeof name, "(%s)", sandbox_protection_name(protection));
        const char *found = strstr(run.out, name);
        assert_non_null(found);
        while (found > run.out && found[-1] != '\n')
            found--;
        assert_int_equal(strncmp(found, (held >> protection & 1) != 0 ? "yes " : "NO ", 3), 0);
    }
}

static void test_it_finds_what_is_missing(void **state)
{
    (void)state;
    setenv("TESSDATA_PREFIX", directory, 1);
    irsort("doctor", NULL);
    unsetenv("TESSDATA_PREFIX");
    assert_int_equal(run.status, 2);
    assert_non_null(strstr(run.out, "NO  Tesseract's English language data"));
    setenv("IRSORT_DATA", directory, 1);
    irsort("doctor", NULL);
    unsetenv("IRSORT_DATA");
    assert_int_equal(run.status, 2);
    assert_non_null(strstr(run.out, "NO  IRSORT_DATA names"));
}

static void test_it_speaks_spanish(void **state)
{
    (void)state;
    irsort("doctor", "--lang", "es", NULL);
    assert_non_null(strstr(run.out, "PROTECCIONES"));
    assert_null(strstr(run.out, "PROTECTIONS"));
}

static void test_it_takes_no_arguments(void **state)
{
    (void)state;
    irsort("doctor", "now", NULL);
    assert_int_equal(run.status, 2);
    assert_string_equal(run.out, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_it_tells_each_protection, enter_directory, leave_directory),
        cmocka_unit_test_setup_teardown(test_it_finds_what_is_missing, enter_directory, leave_directory),
        cmocka_unit_test_setup_teardown(test_it_speaks_spanish, enter_directory, leave_directory),
        cmocka_unit_test_setup_teardown(test_it_takes_no_arguments, enter_directory, leave_directory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
