/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The pool against children that misbehave. This program is its own child: executed with --worker it plays
 * the part that its second argument and then each file's text ask for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "worker/pool.h"
#include "worker/serve.h"
#include "worker/spawn.h"
#include "worker/wire.h"

enum { START_MS = 20000, FILE_MS = 20000, SHORT_MS = 300 };

/* ---- the child ---- */

static void send_raw(uint32_t length, uint32_t serial, const char *bytes, size_t count)
{
    uint32_t prefix[2] = {htonl(length), htonl(serial)};

    send(SPAWN_SOCKET, prefix, sizeof prefix, MSG_NOSIGNAL);
    for (size_t i = 0; i < count; i++) /* byte by byte: the parent has to put them together */
        send(SPAWN_SOCKET, bytes + i, 1, MSG_NOSIGNAL);
}

static void send_text(uint32_t serial, const char *text)
{
    send_raw((uint32_t)strlen(text), serial, text, strlen(text));
}

static size_t open_descriptors(void)
{
    size_t count = 0;
    DIR *directory = opendir("/proc/self/fd");

    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count - 3; /* two dots and the directory's own */
}

/* What a file's text asks for, its request's serial number known so that only one thing is wrong at a time.
 * Returns only where an ordinary answer is to be given. */
static void misbehave(const char *script, uint32_t serial)
{
    if (strcmp(script, "die") == 0) {
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        signal(SIGSEGV, SIG_DFL); /* a sanitizer catches it otherwise */
        raise(SIGSEGV);
    } else if (strcmp(script, "exit") == 0) {
        _exit(7);
    } else if (strcmp(script, "hang") == 0) {
        pause();
    } else if (strcmp(script, "garbage") == 0) {
        send_text(serial, "{\"letters\": [}");
        pause();
    } else if (strcmp(script, "other json") == 0) {
        send_text(serial, "[1, 2, 3]");
        pause();
    } else if (strcmp(script, "bad letter") == 0) {
        send_text(serial, "{\"letters\": [{\"status\": \"identified\"}]}");
        pause();
    } else if (strcmp(script, "bad error") == 0) {
        send_text(serial, "{\"error\": {\"code\": \"none\", \"message\": \"all is well\"}}");
        pause();
    } else if (strcmp(script, "terminal") == 0) {
        send_text(serial, "{\"error\": {\"code\": \"damaged\", \"message\": \"\\u001b[2J\"}}");
        pause();
    } else if (strcmp(script, "too long") == 0) {
        send_raw(WIRE_ANSWER_MAX + 1, serial, "x", 1);
        pause();
    } else if (strcmp(script, "nothing") == 0) {
        send_raw(0, serial, "", 0);
        pause();
    } else if (strcmp(script, "other file") == 0) {
        send_text(serial + 1, "{\"letters\": []}");
        pause();
    } else if (strcmp(script, "half") == 0) {
        send_raw(1000, serial, "{\"letters\":", 11);
        _exit(0);
    }
}

static int read_script(void *context, int descriptor, struct letter **letters, size_t *count,
                       struct error *error)
{
    char text[64] = "";

    (void)context;
    if (pread(descriptor, text, sizeof text - 1, 0) < 0)
        return error_set(error, ERROR_NOT_READABLE, "cannot read");
    char *script = strchr(text, ' ') + 1;
    misbehave(script, (uint32_t)strtoul(text, NULL, 10));
    if (strcmp(script, "damaged") == 0)
        return error_set(error, ERROR_DAMAGED, "this is damaged");
    struct letter *letter = calloc(1, sizeof *letter);
    letter_init(letter);
    letter_add_page(letter, 1);
    letter_warn(letter, "omp", "%s",
                getenv("OMP_THREAD_LIMIT") != NULL ? getenv("OMP_THREAD_LIMIT") : "none");
    letter_warn(letter, "pid", "%d", (int)getpid());
    letter_warn(letter, "open", "%zu", open_descriptors());
    letter_warn(letter, "script", "%s", script);
    *letters = letter;
    *count = 1;
    return 0;
}

static int play(const char *part)
{
    if (strcmp(part, "exits") == 0)
        return 1;
    if (strcmp(part, "mute") == 0)
        pause();
    if (strcmp(part, "refuses") == 0) {
        send_text(0, "{\"error\": {\"code\": \"patterns\", \"message\": \"line 3 is wrong\"}}");
        return 1;
    }
    if (part[0] == '/' && unlink(part) == 0) { /* while that file is there: short of memory, once */
        send_text(0, "{\"error\": {\"code\": \"out-of-memory\", \"message\": \"no memory for the reader\"}}");
        return 1;
    }
    if (strcmp(part, "raves") == 0) {
        send_text(0, "good morning");
        return 1;
    }
    if (strcmp(part, "leaves") == 0) { /* after the greeting, before any file */
        send_text(0, "{\"ready\": true}");
        return 0;
    }
    if (strcmp(part, "chatters") == 0) { /* speaks unasked */
        send_text(0, "{\"ready\": true}");
        send_text(0, "{\"letters\": []}");
    }
    return worker_serve(SPAWN_SOCKET, read_script, NULL) < 0;
}

/* ---- the parent ---- */

static int file_with(const char *text)
{
    int descriptor = memfd_create("file", MFD_CLOEXEC);

    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, text, strlen(text)), strlen(text));
    return descriptor;
}

static struct worker_pool *make_pool(unsigned count, const char *part, unsigned file_ms)
{
    struct pool_options options = {count, part, START_MS, file_ms};
    struct worker_pool *pool;
    struct error error = {0};

    assert_int_equal(pool_new(&pool, &options, &error), 0);
    return pool;
}

/* `nth` counts the files of the pool from 1: they are handed out in order. */
static void submit(struct worker_pool *pool, unsigned nth, const char *script)
{
    char text[64];
    struct error error = {0};

    snprintf(text, sizeof text, "%u %s", nth, script);
    assert_int_equal(worker_pool_submit(pool, file_with(text), (void *)(uintptr_t)script, &error), 0);
}

static const char *warning(const struct worker_result *result, const char *code)
{
    assert_int_equal(result->error.code, ERROR_NONE);
    assert_int_equal(result->letter_count, 1);
    for (size_t i = 0; i < result->letters->warning_count; i++) {
        if (strcmp(result->letters->warnings[i].code, code) == 0)
            return result->letters->warnings[i].text;
    }
    return "";
}

static void next(struct worker_pool *pool, struct worker_result *result)
{
    struct error error = {0};

    *result = (struct worker_result){0};
    if (worker_pool_next(pool, result, &error) != 1)
        fail_msg("no result: %s", error.message);
}

static void assert_finished(struct worker_pool *pool)
{
    struct worker_result result;
    struct error error = {0};

    assert_int_equal(worker_pool_next(pool, &result, &error), 0);
}

static void test_good_files(void **state)
{
    static const char *const scripts[] = {"one", "two", "three", "four", "five", "six", "seven"};
    enum { COUNT = sizeof scripts / sizeof *scripts };
    bool seen[COUNT] = {false};
    struct worker_pool *pool = make_pool(2, "serves", FILE_MS);

    (void)state;
    assert_true(worker_pool_wants(pool));
    for (size_t i = 0; i < COUNT; i++)
        submit(pool, (unsigned)i + 1, scripts[i]);
    assert_false(worker_pool_wants(pool));
    for (size_t i = 0; i < COUNT; i++) {
        struct worker_result result;
        next(pool, &result);
        assert_string_equal(warning(&result, "omp"), "1");
        assert_string_equal(warning(&result, "script"), result.tag); /* its own answer, not another file's */
        for (size_t k = 0; k < COUNT; k++)
            seen[k] = seen[k] || strcmp(result.tag, scripts[k]) == 0;
        worker_result_dispose(&result);
    }
    for (size_t i = 0; i < COUNT; i++)
        assert_true(seen[i]);
    assert_finished(pool);
    submit(pool, COUNT + 1, "later"); /* an empty pool takes more */
    struct worker_result result;
    next(pool, &result);
    assert_string_equal(warning(&result, "script"), "later");
    worker_result_dispose(&result);
    worker_pool_free(pool);
}

/* Standard streams, its socket, its file. */
static void test_child_holds_nothing_of_its_neighbours(void **state)
{
    struct worker_pool *pool = make_pool(1, "serves", FILE_MS);
    struct worker_result result;

    (void)state;
    for (int i = 0; i < 5; i++)
        submit(pool, (unsigned)i + 1, "count");
    for (int i = 0; i < 5; i++) {
        next(pool, &result);
        assert_int_equal(atoi(warning(&result, "open")), 5);
        worker_result_dispose(&result);
    }
    worker_pool_free(pool);
}

/* What a child does, and what its file is told. */
static const struct {
    const char *script;
    enum error_code code;
    const char *words;
} deeds[] = {
    {"die", ERROR_WORKER_DIED, "signal 11"},       {"exit", ERROR_WORKER_DIED, "status 7"},
    {"garbage", ERROR_WORKER_DIED, "no sense"},    {"other json", ERROR_WORKER_DIED, "no sense"},
    {"bad letter", ERROR_WORKER_DIED, "no sense"}, {"bad error", ERROR_WORKER_DIED, "no sense"},
    {"terminal", ERROR_WORKER_DIED, "no sense"},   {"too long", ERROR_WORKER_DIED, "no sense"},
    {"nothing", ERROR_WORKER_DIED, "no sense"},    {"other file", ERROR_WORKER_DIED, "no sense"},
    {"half", ERROR_WORKER_DIED, "status 0"},       {"damaged", ERROR_DAMAGED, "this is damaged"},
};

static void test_a_bad_file_costs_itself_only(void **state)
{
    enum { COUNT = sizeof deeds / sizeof *deeds };
    struct worker_pool *pool = make_pool(2, "serves", FILE_MS);
    unsigned good = 0;
    unsigned bad = 0;

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        submit(pool, 2 * (unsigned)i + 1, deeds[i].script);
        submit(pool, 2 * (unsigned)i + 2, "good");
    }
    for (size_t i = 0; i < 2 * COUNT; i++) {
        struct worker_result result;
        next(pool, &result);
        if (strcmp(result.tag, "good") == 0) {
            assert_string_equal(warning(&result, "script"), "good");
            good++;
        }
        for (size_t k = 0; k < COUNT; k++) {
            if (strcmp(result.tag, deeds[k].script) != 0)
                continue;
            assert_int_equal(result.error.code, deeds[k].code);
            assert_non_null(strstr(result.error.message, deeds[k].words));
            assert_int_equal(result.letter_count, 0);
            bad++;
        }
        worker_result_dispose(&result);
    }
    assert_int_equal(good, COUNT);
    assert_int_equal(bad, COUNT);
    assert_finished(pool);
    worker_pool_free(pool);
}

static void test_a_hanging_file_is_given_up(void **state)
{
    struct worker_pool *pool = make_pool(1, "serves", SHORT_MS);
    struct worker_result result;

    (void)state;
    submit(pool, 1, "hang");
    submit(pool, 2, "good");
    next(pool, &result);
    assert_string_equal(result.tag, "hang");
    assert_int_equal(result.error.code, ERROR_TIMEOUT);
    worker_result_dispose(&result);
    next(pool, &result);
    assert_string_equal(result.tag, "good");
    assert_int_equal(result.error.code, ERROR_NONE);
    worker_result_dispose(&result);
    worker_pool_free(pool);
}

/* An idle child killed from outside is replaced without a word. */
static void test_an_idle_death_loses_nothing(void **state)
{
    struct worker_pool *pool = make_pool(1, "serves", FILE_MS);
    struct worker_result result;

    (void)state;
    for (int round = 0; round < 5; round++) {
        submit(pool, (unsigned)round + 1, "good");
        next(pool, &result);
        pid_t pid = (pid_t)atoi(warning(&result, "pid"));
        worker_result_dispose(&result);
        assert_int_equal(kill(pid, SIGKILL), 0);
        siginfo_t info; /* wait for the death, leave the burial to the pool */
        assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    }
    worker_pool_free(pool);
}

static void fails(const char *part, unsigned start_ms, enum error_code code, const char *words)
{
    struct pool_options options = {1, part, start_ms, FILE_MS};
    struct worker_pool *pool;
    struct worker_result result;
    struct error error = {0};

    assert_int_equal(pool_new(&pool, &options, &error), 0);
    submit(pool, 1, "good");
    assert_int_equal(worker_pool_next(pool, &result, &error), -1);
    assert_int_equal(error.code, code);
    assert_non_null(strstr(error.message, words));
    worker_pool_free(pool);
}

static void test_children_that_cannot_start(void **state)
{
    (void)state;
    fails("exits", START_MS, ERROR_SETUP, "as soon as it is started");
    fails("mute", SHORT_MS, ERROR_SETUP, "as soon as it is started");
    fails("raves", START_MS, ERROR_SETUP, "nonsense");
    fails("refuses", START_MS, ERROR_PATTERNS, "line 3 is wrong");
}

/* What keeps one child from starting need not keep the next from it: no file is given up for that. */
static void test_a_child_that_stumbles_is_replaced(void **state)
{
    char path[] = "/tmp/irsort-test-XXXXXX";
    struct worker_result result;
    int descriptor = mkstemp(path);

    (void)state;
    assert_true(descriptor >= 0);
    close(descriptor);
    struct worker_pool *pool = make_pool(1, path, FILE_MS);
    submit(pool, 1, "good");
    next(pool, &result);
    assert_int_equal(result.error.code, ERROR_NONE);
    assert_int_equal(access(path, F_OK), -1);
    worker_result_dispose(&result);
    worker_pool_free(pool);
}

/* It greets and goes: whether the file reaches it first or not, no answer is made up. */
static void test_a_child_that_leaves(void **state)
{
    struct worker_pool *pool = make_pool(1, "leaves", FILE_MS);
    struct worker_result result = {0};
    struct error error = {0};

    (void)state;
    submit(pool, 1, "good");
    if (worker_pool_next(pool, &result, &error) == 1)
        assert_int_equal(result.error.code, ERROR_WORKER_DIED);
    else
        assert_int_equal(error.code, ERROR_SETUP);
    worker_result_dispose(&result);
    worker_pool_free(pool);
}

/* An answer that no one asked for must not become the answer to the next file. */
static void test_unasked_answers_are_not_believed(void **state)
{
    struct worker_pool *pool = make_pool(1, "chatters", FILE_MS);
    struct worker_result result;

    (void)state;
    submit(pool, 1, "good");
    next(pool, &result);
    assert_int_equal(result.error.code, ERROR_WORKER_DIED);
    worker_result_dispose(&result);
    worker_pool_free(pool);
}

static void test_freeing_with_work_under_way(void **state)
{
    struct worker_pool *pool = make_pool(2, "serves", FILE_MS);
    struct worker_result result;

    (void)state;
    submit(pool, 1, "good");
    submit(pool, 2, "hang");
    submit(pool, 1, "hang");
    submit(pool, 2, "good");
    next(pool, &result);
    worker_result_dispose(&result);
    worker_pool_free(pool);
    worker_pool_free(NULL);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_files),
        cmocka_unit_test(test_child_holds_nothing_of_its_neighbours),
        cmocka_unit_test(test_a_bad_file_costs_itself_only),
        cmocka_unit_test(test_a_hanging_file_is_given_up),
        cmocka_unit_test(test_an_idle_death_loses_nothing),
        cmocka_unit_test(test_children_that_cannot_start),
        cmocka_unit_test(test_a_child_that_stumbles_is_replaced),
        cmocka_unit_test(test_a_child_that_leaves),
        cmocka_unit_test(test_unasked_answers_are_not_believed),
        cmocka_unit_test(test_freeing_with_work_under_way),
    };

    if (argc == 3 && strcmp(argv[1], "--worker") == 0)
        return play(argv[2]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
