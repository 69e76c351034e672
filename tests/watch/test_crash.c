/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* irsort is killed before each of its calls to the disk and each commit of the docket, which is after the one before; then it
 * is started again, and killed again while it recovers. */
#include <sys/wait.h>

#include "calls.h"
#include "dropped.h"

enum { KILLED = 91, SECOND_WITHIN = 150 /* calls: what is done at start and with the first file */ };

static size_t kill_at;

static int maybe_kill(const char *call)
{
    (void)call;
    if (calls == kill_at)
        _exit(KILLED);
    return 0;
}

/* The docket's own steps are moments too. */
int __real_docket_begin(struct docket *, struct error *);
int __wrap_docket_begin(struct docket *, struct error *);
int __wrap_docket_begin(struct docket *on, struct error *error)
{
    calls++;
    maybe_kill("begin");
    return __real_docket_begin(on, error);
}

int __real_docket_commit(struct docket *, struct error *);
int __wrap_docket_commit(struct docket *, struct error *);
int __wrap_docket_commit(struct docket *on, struct error *error)
{
    calls++;
    maybe_kill("commit");
    return __real_docket_commit(on, error);
}

/* A run in a process of its own; false if it was killed. `made` gets the number of its calls if it was not. */
static bool run_until(size_t call, size_t *made)
{
    int ends[2];
    int status;

    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct error error = {0};
        calls_use();
        kill_at = call;
        before_call = maybe_kill;
        int result = rig_once(&error);
        if (result != 0)
            fprintf(stderr, "%s\n%s", error.message, told);
        rig_close();
        _exit(result == 0 && write(ends[1], &calls, sizeof calls) == (ssize_t)sizeof calls ? 0 : 1);
    }
    close(ends[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) != KILLED)
        assert_int_equal(WEXITSTATUS(status), 0);
    if (made != NULL && WEXITSTATUS(status) == 0)
        assert_int_equal(read(ends[0], made, sizeof *made), sizeof *made);
    close(ends[0]);
    return WEXITSTATUS(status) == 0;
}

static void look_at_end(const char *when)
{
    struct error error = {0};

    assert_int_equal(docket_open(&docket, docket_path, DOCKET_EXISTING, &error), 0);
    assert_all_filed(when);
    docket_close(docket);
    docket = NULL;
}

static void test_killed_at_each_call(void **state)
{
    char when[32];
    size_t made = 0;
    size_t kills = 0;

    (void)state;
    drop_all();
    assert_true(run_until(SIZE_MAX, &made));
    look_at_end("not killed");
    for (size_t call = 1; call <= made; call++) {
        snprintf(when, sizeof when, "killed at call %zu", call);
        start_anew();
        assert_false(run_until(call, NULL));
        assert_nothing_lost(when);
        kills += 1 + !run_until(call * 37 % SECOND_WITHIN + 1, NULL);
        assert_nothing_lost(when);
        assert_true(run_until(SIZE_MAX, NULL));
        look_at_end(when);
    }
    assert_true(kills > made * 3 / 2);
    print_message("%zu calls in a run, %zu kills\n", made, kills);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(test_killed_at_each_call),
    };

    return cmocka_run_group_tests(tests, NULL, rig_end);
}
