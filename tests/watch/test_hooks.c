/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Programs that are told of filed letters. Each is a script that the test writes; it keeps what it is given in a file. */
#include "rig.h"

#include <signal.h>
#include <sys/wait.h>

#include "watch/hooks.h"

#define LT11 "LT11 2026-03-02 1234\n"
#define CP504 "CP504 2026-03-02 1234\n"

enum { PATIENCE_MS = 20000, STEP_MS = 10, LIMIT_S = 30 };

static char script[HOOK_COUNT][128];
static char *words[HOOK_COUNT][2];

static char *in_base(const char *name)
{
    static char paths[4][160];
    static unsigned turn;
    char *out = paths[turn++ % 4];

    snprintf(out, sizeof paths[0], "%s/%s", base, name);
    return out;
}

/* `body` runs in the test's directory. */
static void write_script(enum hook hook, const char *body)
{
    char text[2048];

    snprintf(script[hook], sizeof script[0], "%s/%s.sh", base, settings_hook_name(hook));
    snprintf(text, sizeof text, "#!/bin/sh\ncd %s\n%s\n", base, body);
    put(script[hook], text);
    assert_int_equal(chmod(script[hook], 0755), 0);
}

/* The programs as they stand in `words`. */
static void open_hooks(void)
{
    struct hooks_call call = {.limit_s = LIMIT_S, .now_ms = rig_now, .tell = rig_tell};
    struct error error = {0};

    for (enum hook hook = 0; hook < HOOK_COUNT; hook++) {
        words[hook][0] = script[hook];
        if (script[hook][0] != '\0')
            call.programs[hook] = (struct settings_hook){words[hook], 1};
    }
    assert_int_equal(hooks_new(&hooks, &call, &error), 0);
    rig_open();
}

static int setup(void **state)
{
    memset(script, 0, sizeof script);
    return rig_setup(state);
}

static int teardown(void **state)
{
    hooks_free(hooks);
    hooks = NULL;
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nothing is left, no zombie either */
    return rig_teardown(state);
}

static void turn(void)
{
    struct pollfd polled[HOOKS_RUNNING_MAX];
    int timeout_ms = STEP_MS;

    poll(polled, hooks_turn(hooks, polled, &timeout_ms), STEP_MS);
}

/* Until all were told: real time, while the rig's clock stands. */
static void tell_all(void)
{
    for (int ms = 0; !hooks_idle(hooks); ms += STEP_MS) {
        if (ms > PATIENCE_MS)
            fail_msg("it does not end\n%s", told);
        turn();
    }
}

static void wait_for_file(const char *name)
{
    struct timespec step = {.tv_nsec = STEP_MS * 1000000L};

    for (int ms = 0; access(in_base(name), F_OK) < 0; ms += STEP_MS) {
        if (ms > PATIENCE_MS)
            fail_msg("%s does not come\n%s", name, told);
        turn();
        nanosleep(&step, NULL);
    }
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part))
        count++;
    return count;
}

/* The record that lies beside the file found last, byte by byte. */
static void assert_same_as_record(const char *name, const char *record)
{
    char got[RIG_TEXT_MAX];
    char filed[RIG_TEXT_MAX];
    char path[1100];

    snprintf(path, sizeof path, "%.*s/%s", (int)(strrchr(rig_path, '/') - rig_path), rig_path, record);
    assert_true(get(path, filed) > 0);
    get(in_base(name), got);
    assert_string_equal(got, filed);
}

static void test_each_gets_its_record(void **state)
{
    char result[RIG_TEXT_MAX];

    (void)state;
    write_script(HOOK_FILED, "cat >filed.json; echo \"$IRSORT_RESULT\" >result");
    write_script(HOOK_REVIEW, "cat >review.json");
    open_hooks();
    drop("a.txt", LT11);
    drop("b.txt", REVIEW);
    rig_run(2100);
    tell_all();
    assert_filed("filed", LT11);
    assert_same_as_record("filed.json", "letter.json");
    get(in_base("result"), result);
    assert_memory_equal(result, rig_path, strlen(result) - 1);
    assert_filed("review", REVIEW);
    assert_same_as_record("review.json", "letter.json");
    assert_has_not(told, "on_");
}

static void test_each_letter_of_a_stack(void **state)
{
    (void)state;
    write_script(HOOK_FILED, "cat >\"$$.json\"; ls *.json | wc -l >count.$$");
    open_hooks();
    drop("a.txt", LT11 CP504);
    rig_run(2100);
    tell_all();
    size_t records = 0;
    DIR *list = opendir(base);
    for (struct dirent *entry; (entry = readdir(list)) != NULL;)
        records += strstr(entry->d_name, ".json") != NULL;
    closedir(list);
    assert_int_equal(records, 2);
}

static void test_failures_and_repeats_are_not_told(void **state)
{
    (void)state;
    write_script(HOOK_FILED, "echo >>calls");
    write_script(HOOK_REVIEW, "echo >>calls");
    open_hooks();
    drop("a.txt", LT11);
    rig_run(2100);
    drop("b.txt", LT11);
    drop("c.txt", DAMAGED);
    rig_run(2100);
    tell_all();
    char calls[RIG_TEXT_MAX];
    get(in_base("calls"), calls);
    assert_string_equal(calls, "\n");
    assert_int_equal(counts().repeats, 1);
    assert_int_equal(counts().failed, 1);
}

/* Nothing of irsort's is open in it, and nothing of its environment that is not for others. */
static void test_it_starts_clean(void **state)
{
    char text[RIG_TEXT_MAX];

    (void)state;
    setenv("NOTIFY_SOCKET", "@nobody", 1);
    int secret = open("/dev/zero", O_RDONLY); /* one that an exec would hand on */
    write_script(HOOK_FILED, "ls -l /proc/self/fd >descriptors\nenv >environment\ngrep SigBlk /proc/self/status >mask\n"
                             "(echo x >/proc/self/fd/0) 2>/dev/null && echo written >written");
    open_hooks();
    drop("a.txt", LT11);
    rig_run(2100);
    tell_all();
    close(secret);
    unsetenv("NOTIFY_SOCKET");
    get(in_base("descriptors"), text);
    assert_int_equal(count_of(text, "->"), 4); /* 0, 1 and 2; and the one by which ls reads its folder */
    assert_has(text, "memfd:letter.json");
    assert_has(text, "/proc/");
    get(in_base("environment"), text);
    assert_has(text, "IRSORT_RESULT=");
    assert_has(text, "PATH=/usr/local/sbin");
    assert_has_not(text, "NOTIFY_SOCKET");
    get(in_base("mask"), text);
    assert_has(text, "0000000000000000");
    assert_true(access(in_base("written"), F_OK) < 0);
}

static void test_one_that_hangs_is_ended(void **state)
{
    (void)state;
    write_script(HOOK_FILED, "echo $$ >pid.part; mv pid.part pid; trap '' TERM; while :; do sleep 1; done");
    open_hooks();
    drop("a.txt", LT11);
    rig_run(2100);
    wait_for_file("pid");
    char pid[RIG_TEXT_MAX];
    get(in_base("pid"), pid);
    clock_ms += LIMIT_S * 1000 - 1;
    turn();
    assert_has_not(told, "took longer");
    clock_ms += 1;
    turn();
    assert_has(told, "on_filed: ");
    assert_has(told, "took longer than 30 s and was ended");
    assert_int_equal(kill(atoi(pid), 0), 0); /* it does not care */
    clock_ms += 2000;
    tell_all();
    assert_int_equal(kill(atoi(pid), 0), -1);
    assert_int_equal(count_of(told, "4 on_filed: "), 1);
}

/* A hundred files, and a program that hangs: they are filed in the same turns as without one. */
static void test_filing_does_not_wait(void **state)
{
    char name[32];
    char text[64];
    size_t needed[2];

    (void)state;
    write_script(HOOK_FILED, "sleep 3600");
    for (int with = 0; with < 2; with++) {
        if (with)
            open_hooks();
        else
            rig_open();
        turns = 0;
        int64_t began = clock_ms;
        for (int i = 0; i < 100; i++) {
            snprintf(name, sizeof name, "%d-%d.txt", with, i);
            snprintf(text, sizeof text, "LT11 2026-03-02 %d\n", 1000 + with * 1000 + i);
            drop(name, text);
        }
        while (counts().filed < 100 && clock_ms < began + 60000) {
            rig_run(100);
            if (with)
                turn();
        }
        assert_int_equal(counts().filed, 100);
        needed[with] = (size_t)(clock_ms - began);
        rig_close();
    }
    assert_int_equal(needed[0], needed[1]);
    assert_false(hooks_idle(hooks));
    hooks_free(hooks);
    hooks = NULL;
    assert_has(told, "98 filed letters were not told");
}

static void test_too_many_is_said_once(void **state)
{
    const char record[] = "{}\n";

    (void)state;
    write_script(HOOK_REVIEW, "cat >/dev/null; sleep 3600");
    open_hooks();
    hooks_add(hooks, HOOK_FILED, base, record, 3); /* nothing is set for those */
    assert_true(hooks_idle(hooks));
    for (size_t i = 0; i < HOOKS_WAITING_MAX + 5; i++)
        hooks_add(hooks, HOOK_REVIEW, base, record, 3);
    assert_int_equal(count_of(told, "more letters are filed than"), 1);
    char *large = calloc(1, HOOKS_WAITING_BYTES);
    turn(); /* two of them run: there is room for two more, but not for that */
    hooks_add(hooks, HOOK_REVIEW, base, large, HOOKS_WAITING_BYTES);
    hooks_add(hooks, HOOK_REVIEW, base, record, 3);
    free(large);
    hooks_free(hooks);
    hooks = NULL;
    assert_has(told, "255 filed letters were not told");
}

static void test_failures_are_one_line(void **state)
{
    static const struct {
        const char *body;
        const char *line;
    } cases[] = {
        {"exit 3", "ended with status 3"},
        {"kill -SEGV $$", "ended by signal 11"},
        {"exec <&-; exit 0", NULL},
        {"head -c 10000000 /dev/zero; head -c 10000000 /dev/zero >&2", NULL},
        {"cat letter.json", "ended with status 1"},
    };

    (void)state;
    write_script(HOOK_FILED, "exit 0");
    open_hooks();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char name[32];
        char text[64];
        write_script(HOOK_FILED, cases[i].body);
        for (int n = 0; n < 2; n++) {
            snprintf(name, sizeof name, "%zu-%d.txt", i, n);
            snprintf(text, sizeof text, "LT11 2026-03-02 %zu\n", 1000 + 2 * i + (size_t)n);
            drop(name, text);
        }
        rig_run(2100);
        told[0] = '\0';
        tell_all();
        assert_int_equal(count_of(told, "\n"), cases[i].line != NULL ? 1 : 0);
        if (cases[i].line != NULL)
            assert_has(told, cases[i].line);
        assert_has_not(told, "LT11");
    }
}

static void test_one_that_is_gone(void **state)
{
    (void)state;
    write_script(HOOK_FILED, "exit 0");
    open_hooks();
    unlink(script[HOOK_FILED]);
    drop("a.txt", LT11);
    rig_run(2100);
    tell_all();
    assert_has(told, "on_filed: ");
    assert_has(told, "No such file");
    assert_filed("filed", LT11);
    put(script[HOOK_FILED], "#!/nowhere/sh\n");
    chmod(script[HOOK_FILED], 0755);
    drop("b.txt", CP504);
    rig_run(2100);
    tell_all();
    assert_has(told, "cannot be started");
    assert_filed("filed", CP504);
}

/* What it leaves running ends with it, and so does what it started before it was ended. */
static void test_children_end_with_it(void **state)
{
    char pid[RIG_TEXT_MAX];
    struct timespec step = {.tv_nsec = STEP_MS * 1000000L};

    (void)state;
    write_script(HOOK_FILED, "sleep 3600 &\necho $! >child; exit 0");
    open_hooks();
    drop("a.txt", LT11);
    rig_run(2100);
    tell_all();
    get(in_base("child"), pid);
    int left = 0;
    for (; kill(atoi(pid), 0) == 0 && left < PATIENCE_MS; left += STEP_MS) { /* whoever inherits it reaps it */
        char status[64];
        char text[RIG_TEXT_MAX];
        snprintf(status, sizeof status, "/proc/%d/status", atoi(pid));
        get(status, text);
        if (strstr(text, "State:\tZ") != NULL)
            break;
        nanosleep(&step, NULL);
    }
    assert_true(left < PATIENCE_MS);
}

/* As at irsort's own end: within its time, even if the program does not care. */
static void test_the_end_ends_it(void **state)
{
    char pid[RIG_TEXT_MAX];
    struct timespec began;
    struct timespec ended;

    (void)state;
    write_script(HOOK_FILED, "echo $$ >pid.part; mv pid.part pid; trap '' TERM; while :; do sleep 1; done");
    open_hooks();
    drop("a.txt", LT11);
    rig_run(2100);
    wait_for_file("pid");
    get(in_base("pid"), pid);
    clock_gettime(CLOCK_MONOTONIC, &began);
    hooks_free(hooks);
    hooks = NULL;
    clock_gettime(CLOCK_MONOTONIC, &ended);
    assert_true((ended.tv_sec - began.tv_sec) * 1000 < HOOKS_END_MS + 2000);
    assert_int_equal(kill(atoi(pid), 0), -1);
}

static void test_what_others_can_change_is_not_run(void **state)
{
    (void)state;
    write_script(HOOK_FILED, "echo >ran");
    chmod(script[HOOK_FILED], 0775);
    open_hooks();
    assert_has(told, "others can write to ");
    drop("a.txt", LT11);
    rig_run(2100);
    tell_all();
    assert_int_equal(count_of(told, "others can write to "), 1);
    chmod(script[HOOK_FILED], 0755);
    chmod(base, 0777);
    drop("b.txt", CP504);
    rig_run(2100);
    tell_all();
    assert_int_equal(count_of(told, "others can write to "), 2); /* of the directory */
    assert_true(access(in_base("ran"), F_OK) < 0);
    chmod(base, 0700);
    drop("c.txt", LT11 CP504);
    rig_run(2100);
    tell_all();
    assert_true(access(in_base("ran"), F_OK) == 0);
    assert_int_equal(counts().filed, 3);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_each_gets_its_record),
        TEST(test_each_letter_of_a_stack),
        TEST(test_failures_and_repeats_are_not_told),
        TEST(test_it_starts_clean),
        TEST(test_one_that_hangs_is_ended),
        TEST(test_filing_does_not_wait),
        TEST(test_too_many_is_said_once),
        TEST(test_failures_are_one_line),
        TEST(test_one_that_is_gone),
        TEST(test_children_end_with_it),
        TEST(test_the_end_ends_it),
        TEST(test_what_others_can_change_is_not_run),
    };

    return cmocka_run_group_tests(tests, NULL, rig_end);
}
