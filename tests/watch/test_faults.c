/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Each call to the disk and to the docket fails once, with one error after another; and from each on all fail for an hour.
 * Meanwhile nothing is lost, what is wrong is said, and it does not run hot; afterwards all is filed. */
#include "calls.h"
#include "dropped.h"

enum {
    HOUR_MS = 3600 * 1000,
    TURNS_MOST = 6000, /* in two hours: some hundred looks at the folder, and tries that are further and further apart */
};

static const int errors[] = {EIO, ENOSPC, EROFS, EBUSY, EDQUOT, EACCES, ENOMEM, ESTALE, EMFILE};
enum { ERRORS = sizeof errors / sizeof *errors };

static size_t fail_from;
static size_t fail_to; /* the call after the last */
static int fail_with;

static int maybe_fail(const char *call)
{
    (void)call;
    return calls >= fail_from && calls < fail_to ? fail_with : 0;
}

static int docket_fails(struct docket *on, struct error *error)
{
    if (!call_fails("docket"))
        return 0;
    docket_rollback(on);
    return error_set(error, ERROR_SETUP, "the docket failed");
}

int __real_docket_begin(struct docket *, struct error *);
int __wrap_docket_begin(struct docket *, struct error *);
int __wrap_docket_begin(struct docket *on, struct error *error)
{
    return docket_fails(on, error) < 0 ? -1 : __real_docket_begin(on, error);
}

int __real_docket_commit(struct docket *, struct error *);
int __wrap_docket_commit(struct docket *, struct error *);
int __wrap_docket_commit(struct docket *on, struct error *error)
{
    return docket_fails(on, error) < 0 ? -1 : __real_docket_commit(on, error);
}

/* A run of two hours, in the first of which calls fail. */
static void run_failing(const char *when)
{
    struct error error = {0};

    calls_use();
    turns_most = TURNS_MOST;
    snprintf(told, sizeof told, "%s\n", when);
    before_call = maybe_fail;
    if (rig_try_open(false, &error) < 0) { /* then it says so, and is started again */
        assert_int_not_equal(error.code, ERROR_NONE);
        assert_nothing_lost(when);
        before_call = NULL;
        rig_open();
        before_call = maybe_fail;
    }
    rig_run(HOUR_MS);
    assert_nothing_lost(when);
    before_call = NULL;
    rig_run(HOUR_MS + 60000);
    assert_all_filed(when);
}

static size_t calls_of_good_run(void)
{
    start_anew();
    fail_from = fail_to = 0;
    calls_use();
    rig_open();
    rig_run(10000);
    assert_all_filed("nothing fails");
    return calls;
}

/* One run for each call of a good one: it fails, and so do those behind it, `count` in all. */
static void run_failing_from_each(size_t count, const char *what)
{
    char when[96];
    size_t made = calls_of_good_run();

    for (size_t call = 1; call <= made; call++) {
        fail_with = errors[call % ERRORS];
        fail_from = call;
        fail_to = count < SIZE_MAX - call ? call + count : SIZE_MAX;
        snprintf(when, sizeof when, "%s call %zu: %s", what, call, strerror(fail_with));
        start_anew();
        run_failing(when);
    }
}

static void test_each_call_fails_once(void **state)
{
    (void)state;
    run_failing_from_each(1, "only");
}

static void test_all_fail_from_each_call(void **state)
{
    (void)state;
    run_failing_from_each(SIZE_MAX, "all from");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(test_each_call_fails_once),
        rig_test(test_all_fail_from_each_call),
    };

    return cmocka_run_group_tests(tests, NULL, rig_end);
}
