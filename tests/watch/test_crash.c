/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* irsort is killed before and after each of its calls to the disk, and before and after each commit of the docket; then it is
 * started again, and killed again at some of its calls while it recovers. Whatever the moment: each file is where it was
 * dropped or filed whole, in the end each is filed once and on the docket once, and nothing is left over. */
#include <sys/wait.h>

#include "calls.h"

enum { KILLED = 91, SECOND_EVERY = 7 };

static const struct {
    const char *name, *text, *place;
    size_t letters; /* on the docket */
} dropped[] = {
    {"a.txt", "LT11 2026-03-02 1234\n", "filed", 1},
    {"b.txt", "CP504 2026-02-02 1234\nLT11 2026-02-12 1234\n", "filed", 2},
    {"c.txt", "review\n", "review", 1},
    {"d.txt", "damaged\n", "failed", 0},
};
enum { DROPPED = sizeof dropped / sizeof *dropped };
#define TWIN "e.txt" /* the same content as a.txt */

static size_t kill_at;
static bool kill_after;

/* The docket's own commits are moments too. */
int __real_docket_commit(struct docket *, struct error *);
int __wrap_docket_commit(struct docket *, struct error *);
int __wrap_docket_commit(struct docket *on, struct error *error)
{
    calls++;
    if (calls == kill_at && !kill_after)
        _exit(KILLED);
    int result = __real_docket_commit(on, error);
    if (calls == kill_at)
        _exit(KILLED);
    return result;
}

static int maybe_kill(const char *call)
{
    (void)call;
    if (calls == kill_at && !kill_after)
        _exit(KILLED);
    return 0;
}

static void maybe_kill_after(const char *call)
{
    (void)call;
    if (calls == kill_at && kill_after)
        _exit(KILLED);
}

/* A run in a process of its own; false if it was killed. `made` gets the number of its calls if it was not. */
static bool run_until(size_t call, bool after, size_t *made)
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
        kill_after = after;
        before_call = maybe_kill;
        after_call = maybe_kill_after;
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

static size_t whole_results(const char *text)
{
    return count_in("filed", text) + count_in("review", text) + count_in("failed", text);
}

/* What must hold at every instant. */
static void assert_nothing_lost(size_t call)
{
    char text[RIG_TEXT_MAX];

    for (size_t i = 0; i < DROPPED; i++) {
        get(in_folder(dropped[i].name), text);
        bool lies_there = strcmp(text, dropped[i].text) == 0;
        size_t results = whole_results(dropped[i].text);
        if (results > 1 || (!lies_there && results == 0))
            fail_msg("call %zu: %s is %s and filed %zu times", call, dropped[i].name, lies_there ? "there" : "not there",
                     results);
        if (count_in("filed", dropped[i].text) > 0 && strcmp(dropped[i].place, "filed") == 0)
            json_decref(record_beside(dropped[i].letters == 2 ? "letter-2.json" : "letter.json"));
    }
}

static void assert_all_filed(size_t call)
{
    struct error error = {0};

    for (size_t i = 0; i < DROPPED; i++) {
        if (is_there(dropped[i].name))
            fail_msg("call %zu: %s is still there", call, dropped[i].name);
        assert_filed(dropped[i].place, dropped[i].text);
    }
    assert_false(is_there(TWIN));
    assert_int_equal(count_in("repeats", dropped[0].text), 1);
    assert_own_is_empty();
    assert_int_equal(docket_open(&docket, docket_path, DOCKET_EXISTING, &error), 0);
    size_t twin = letters_of(TWIN).count; /* which of the two came first is not said */
    for (size_t i = 0; i < DROPPED; i++) {
        struct rig_letters letters = letters_of(i == 0 && twin > 0 ? TWIN : dropped[i].name);
        if (letters.count != dropped[i].letters || (letters.count > 0 && letters.taken != 1) ||
            letters.repeats != (i == 0 ? 1 : 0))
            fail_msg("call %zu: %s: %zu letters, taken %zu, repeats %zu", call, dropped[i].name, letters.count,
                     letters.taken, letters.repeats);
    }
    docket_close(docket);
    docket = NULL;
}

static void drop_all(void)
{
    for (size_t i = 0; i < DROPPED; i++)
        drop(dropped[i].name, dropped[i].text);
    drop(TWIN, dropped[0].text);
}

static void start_anew(void)
{
    rig_teardown(NULL);
    rig_setup(NULL);
    drop_all();
}

static void kill_everywhere(bool after)
{
    size_t calls_of_run = SIZE_MAX;
    size_t kills = 0;
    bool whole = false;

    for (size_t call = 1; !whole; call++) {
        start_anew();
        whole = run_until(call, after, &calls_of_run);
        assert_nothing_lost(call);
        kills += !whole;
        for (size_t second = call % SECOND_EVERY + 1; !whole && second < 400; second += SECOND_EVERY * 8) {
            if (run_until(second, after, NULL))
                break;
            kills++;
            assert_nothing_lost(call);
        }
        assert_true(run_until(SIZE_MAX, false, NULL));
        assert_all_filed(call);
    }
    assert_true(calls_of_run > 300 && kills > calls_of_run);
    print_message("%zu calls in a run, %zu kills\n", calls_of_run, kills);
}

static void test_killed_before_each_call(void **state)
{
    (void)state;
    kill_everywhere(false);
}

static void test_killed_after_each_call(void **state)
{
    (void)state;
    kill_everywhere(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(test_killed_before_each_call),
        rig_test(test_killed_after_each_call),
    };

    return cmocka_run_group_tests(tests, NULL, rig_end);
}
