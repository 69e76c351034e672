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
#include <fcntl.h>
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

/* Asked of each, for no directory can be opened in the sandbox. */
static size_t open_descriptors(void)
{
    size_t count = 0;

    for (int descriptor = 0; descriptor < 1024; descriptor++)
        count += fcntl(descriptor, F_GETFL) >= 0;
    return count;
}

static size_t environment_size(void)
{
    size_t count = 0;

    while (environ[count] != NULL)
        count++;
    return count;
}

/* An answer that is `count` times `part`. */
static void send_many(uint32_t serial, const char *before, const char *part, size_t count)
{
    size_t length = strlen(part);
    uint32_t prefix[2] = {htonl((uint32_t)(strlen(before) + count * length)), htonl(serial)};
    char *many = malloc(count * length);

    for (size_t i = 0; i < count; i++)
        memcpy(many + i * length, part, length);
    send(SPAWN_SOCKET, prefix, sizeof prefix, MSG_NOSIGNAL);
    send(SPAWN_SOCKET, before, strlen(before), MSG_NOSIGNAL);
    for (size_t sent = 0; sent < count * length;) {
        ssize_t some = send(SPAWN_SOCKET, many + sent, count * length - sent, MSG_NOSIGNAL);
        if (some < 0)
            break;
        sent += (size_t)some;
    }
    free(many);
}

/* What a file's text asks of the wire, its request's serial number known so that only one thing is wrong at a time. */
static void misbehave(const char *script, uint32_t serial)
{
    if (strcmp(script, "garbage") == 0) {
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
    } else if (strcmp(script, "stalls") == 0) {
        send_raw(1000, serial, "{\"letters\":", 11);
        pause();
    } else if (strcmp(script, "half a prefix") == 0) {
        send(SPAWN_SOCKET, "\0\0\0", 3, MSG_NOSIGNAL);
        _exit(0);
    } else if (strcmp(script, "greets again") == 0) {
        send_text(0, "{\"ready\": true}");
        pause();
    } else if (strcmp(script, "many objects") == 0) {
        send_many(serial, "{\"letters\": [", "{},", (WIRE_ANSWER_MAX - 100) / 3);
        pause();
    } else if (strcmp(script, "deep") == 0) {
        send_many(serial, "{\"letters\": ", "[", 2000);
        pause();
    } else if (strcmp(script, "many letters") == 0) {
        send_many(serial, "{\"letters\": [0", ",0", WIRE_LETTERS_MAX);
        pause();
    } else if (strcmp(script, "page again") == 0) {
        send_text(serial, "{\"page\": 2, \"pages\": 3}");
        send_text(serial, "{\"page\": 2, \"pages\": 3}");
        pause();
    } else if (strcmp(script, "page before") == 0) {
        send_text(serial, "{\"page\": 2, \"pages\": 3}");
        send_text(serial, "{\"page\": 1, \"pages\": 3}");
        pause();
    } else if (strcmp(script, "more pages") == 0) {
        send_text(serial, "{\"page\": 2, \"pages\": 3}");
        send_text(serial, "{\"page\": 3, \"pages\": 4}");
        pause();
    } else if (strcmp(script, "no page") == 0) {
        send_text(serial, "{\"page\": 4, \"pages\": 3}");
        pause();
    } else if (strcmp(script, "other file's page") == 0) {
        send_text(serial + 1, "{\"page\": 1, \"pages\": 3}");
        pause();
    } else if (strcmp(script, "pages for ever") == 0) {
        for (unsigned page = 1;; page++) {
            char text[WIRE_PAGE_MAX];
            snprintf(text, sizeof text, "{\"page\": %u, \"pages\": %u}", page, PAPER_PAGES_MAX);
            send_text(serial, text);
        }
    } else if (strcmp(script, "answers twice") == 0) {
        send_text(serial, "{\"error\": {\"code\": \"damaged\", \"message\": \"once\"}}");
        send_text(serial, "{\"error\": {\"code\": \"damaged\", \"message\": \"twice\"}}");
        pause();
    } else if (strcmp(script, "floods") == 0) {
        send_text(serial, "{\"error\": {\"code\": \"damaged\", \"message\": \"once\"}}");
        for (;;)
            send(SPAWN_SOCKET, "flood", 5, MSG_NOSIGNAL);
    }
    send_text(serial, "{\"letters\": []}");
}

/* Plays a child whose files have all got through to the wire. */
static int serve_badly(void)
{
    char text[64];
    uint32_t serial;
    int descriptor;

    send_text(0, "{\"ready\": true}");
    while (wire_receive_file(SPAWN_SOCKET, &serial, &descriptor) > 0) {
        ssize_t got = pread(descriptor, text, sizeof text - 1, 0);
        text[got > 0 ? got : 0] = '\0';
        misbehave(text, serial);
        close(descriptor);
    }
    return 0;
}

static int read_script(void *context, const struct worker_request *request, struct letter **letters, size_t *count,
                       struct error *error)
{
    char text[64] = "";

    (void)context;
    if (pread(request->descriptor, text, sizeof text - 1, 0) < 0)
        return error_set(error, ERROR_NOT_READABLE, "cannot read");
    const char *script = text;
    if (strcmp(script, "die") == 0) {
        signal(SIGSEGV, SIG_DFL); /* a sanitizer catches it otherwise */
        raise(SIGSEGV);
    } else if (strcmp(script, "exit") == 0) {
        _exit(7);
    } else if (strcmp(script, "forbidden") == 0) {
        socket(AF_INET, SOCK_STREAM, 0);
    } else if (strcmp(script, "hang") == 0) {
        while (sleep(1000) == 0)
            continue;
    } else if (strcmp(script, "guesses") == 0) { /* answers for others, whose numbers it does not know */
        for (uint32_t serial = 1; serial < 1000; serial++)
            send_text(serial, "{\"letters\": []}");
    }
    for (unsigned page = 1; strncmp(script, "pages", 5) == 0 && page <= 3; page++)
        worker_tell_page(request, page, 3);
    if (strcmp(script, "loops") == 0)
        raise(SIGXCPU); /* as the kernel does when the seconds below are over */
    struct rlimit seconds = {0, 0};
    getrlimit(RLIMIT_CPU, &seconds);
    static unsigned read_before;
    read_before++;
    if (strcmp(script, "damaged") == 0)
        return error_set(error, ERROR_DAMAGED, "this is damaged");
    struct letter *letter = calloc(1, sizeof *letter);
    letter_init(letter);
    letter_add_page(letter, 1);
    letter_warn(letter, "omp", "%s",
                getenv("OMP_THREAD_LIMIT") != NULL ? getenv("OMP_THREAD_LIMIT") : "none");
    letter_warn(letter, "pid", "%d", (int)getppid()); /* the one that the pool knows */
    letter_warn(letter, "open", "%zu", open_descriptors());
    letter_warn(letter, "environment", "%zu", environment_size());
    letter_warn(letter, "home", "%s", getenv("HOME") != NULL ? "told" : "not told");
    letter_warn(letter, "seconds", "%lu", (unsigned long)seconds.rlim_cur);
    letter_warn(letter, "read", "%u", read_before);
    letter_warn(letter, "null", "%s", open("/dev/null", O_RDONLY) < 0 ? "closed" : "open");
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
    if (strcmp(part, "serves badly") == 0)
        return serve_badly();
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

static void submit(struct worker_pool *pool, const char *script)
{
    struct error error = {0};

    assert_int_equal(worker_pool_submit(pool, file_with(script), (void *)(uintptr_t)script, &error), 0);
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
        submit(pool, scripts[i]);
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
    submit(pool, "later"); /* an empty pool takes more */
    struct worker_result result;
    next(pool, &result);
    assert_string_equal(warning(&result, "script"), "later");
    worker_result_dispose(&result);
    worker_pool_free(pool);
}

/* Standard streams, its socket, its file; of the environment what Tesseract and the allocator look at; nothing of the file
 * before. */
static void test_child_holds_nothing_of_its_neighbours(void **state)
{
    struct worker_pool *pool = make_pool(1, "serves", FILE_MS);
    struct worker_result result;

    (void)state;
    setenv("HOME", "/home/somebody", 1);
    setenv("TESSDATA_PREFIX", "/usr/share/tesseract-ocr/5/tessdata", 1);
    for (int i = 0; i < 5; i++)
        submit(pool, "count");
    for (int i = 0; i < 5; i++) {
        next(pool, &result);
        assert_int_equal(atoi(warning(&result, "open")), 5);
        assert_int_equal(atoi(warning(&result, "environment")), 3);
        assert_string_equal(warning(&result, "home"), "not told");
        assert_int_equal(atoi(warning(&result, "read")), 1);
        assert_int_equal(atoi(warning(&result, "seconds")), WORKER_FILE_CPU_S);
        worker_result_dispose(&result);
    }
    unsetenv("TESSDATA_PREFIX");
    worker_pool_free(pool);
}

/* The sandbox itself is tried in test_sandbox.c; this is whether the reader of a file is in it. */
static void test_a_file_is_read_in_the_sandbox(void **state)
{
    struct worker_pool *pool = make_pool(1, "serves", FILE_MS);
    struct worker_result result;

    (void)state;
#ifdef __SANITIZE_ADDRESS__
    skip();
#endif
    submit(pool, "forbidden");
    submit(pool, "good");
    next(pool, &result);
    assert_int_equal(result.error.code, ERROR_WORKER_DIED);
    assert_non_null(strstr(result.error.message, "do not trust this file"));
    worker_result_dispose(&result);
    next(pool, &result);
    assert_string_equal(warning(&result, "null"), "closed");
    worker_result_dispose(&result);
    worker_pool_free(pool);
}

/* What a child does, and what its file is told. */
struct deed {
    const char *script;
    enum error_code code;
    const char *words;
};

/* With what is read. */
static const struct deed deeds[] = {
    {"die", ERROR_WORKER_DIED, "signal 11"},
    {"exit", ERROR_WORKER_DIED, "status 7"},
    {"guesses", ERROR_WORKER_DIED, "no sense"},
    {"loops", ERROR_TIMEOUT, "its share of the processor"},
    {"damaged", ERROR_DAMAGED, "this is damaged"},
};

/* With the wire. */
static const struct deed wire_deeds[] = {
    {"garbage", ERROR_WORKER_DIED, "no sense"},      {"other json", ERROR_WORKER_DIED, "no sense"},
    {"bad letter", ERROR_WORKER_DIED, "no sense"},   {"bad error", ERROR_WORKER_DIED, "no sense"},
    {"terminal", ERROR_WORKER_DIED, "no sense"},     {"too long", ERROR_WORKER_DIED, "no sense"},
    {"nothing", ERROR_WORKER_DIED, "no sense"},      {"other file", ERROR_WORKER_DIED, "no sense"},
    {"half", ERROR_WORKER_DIED, "status 0"},         {"half a prefix", ERROR_WORKER_DIED, "status 0"},
    {"greets again", ERROR_WORKER_DIED, "no sense"}, {"many objects", ERROR_WORKER_DIED, "no sense"},
    {"deep", ERROR_WORKER_DIED, "no sense"},         {"many letters", ERROR_WORKER_DIED, "no sense"},
    {"page again", ERROR_WORKER_DIED, "no sense"},   {"page before", ERROR_WORKER_DIED, "no sense"},
    {"more pages", ERROR_WORKER_DIED, "no sense"},   {"no page", ERROR_WORKER_DIED, "no sense"},
    {"other file's page", ERROR_WORKER_DIED, "no sense"}, {"pages for ever", ERROR_WORKER_DIED, "no sense"},
};

/* Each deed beside a good file, which gets its answer. */
static void do_deeds(const char *part, const struct deed *list, size_t count)
{
    struct worker_pool *pool = make_pool(2, part, FILE_MS);
    unsigned good = 0;
    unsigned bad = 0;

    for (size_t i = 0; i < count; i++) {
        submit(pool, list[i].script);
        submit(pool, "good");
    }
    for (size_t i = 0; i < 2 * count; i++) {
        struct worker_result result;
        next(pool, &result);
        if (strcmp(result.tag, "good") == 0) {
            assert_int_equal(result.error.code, ERROR_NONE);
            good++;
        }
        for (size_t k = 0; k < count; k++) {
            if (strcmp(result.tag, list[k].script) != 0)
                continue;
            assert_int_equal(result.error.code, list[k].code);
            assert_non_null(strstr(result.error.message, list[k].words));
            assert_int_equal(result.letter_count, 0);
            bad++;
        }
        worker_result_dispose(&result);
    }
    assert_int_equal(good, count);
    assert_int_equal(bad, count);
    assert_finished(pool);
    worker_pool_free(pool);
}

static void test_a_bad_file_costs_itself_only(void **state)
{
    (void)state;
    do_deeds("serves", deeds, sizeof deeds / sizeof *deeds);
}

/* Bytes that this process has held at the most. */
static size_t peak_memory(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (size_t)usage.ru_maxrss << 10;
}

static void test_a_bad_answer_costs_its_file_only(void **state)
{
    size_t before = peak_memory();

    (void)state;
    do_deeds("serves badly", wire_deeds, sizeof wire_deeds / sizeof *wire_deeds);
    /* 64 MB of text, growing by doubling; taken apart without counting first, "many objects" would take gigabytes */
    assert_in_range(peak_memory() - before, 0, (size_t)3 * WIRE_ANSWER_MAX);
}

/* What was told of the pages of each file, by the letter in its script. */
struct told_pages {
    unsigned last[UINT8_MAX + 1];
    unsigned count;
};

static void note_page(void *context, void *tag, unsigned page, unsigned pages)
{
    struct told_pages *told = context;
    unsigned *last = &told->last[(unsigned char)((const char *)tag)[6]];

    assert_int_equal(pages, 3);
    assert_int_equal(page, *last + 1);
    *last = page;
    told->count++;
}

/* Of two files at a time, each in order, out of the sandbox, and all before the file's answer. */
static void test_pages_are_told(void **state)
{
    static const char *const scripts[] = {"pages a", "pages b", "pages c", "pages d"};
    enum { COUNT = sizeof scripts / sizeof *scripts };
    struct worker_pool *pool = make_pool(2, "serves", FILE_MS);
    struct told_pages told = {0};

    (void)state;
    worker_pool_listen(pool, note_page, &told);
    for (size_t i = 0; i < COUNT; i++)
        submit(pool, scripts[i]);
    for (size_t i = 0; i < COUNT; i++) {
        struct worker_result result;
        next(pool, &result);
        assert_string_equal(warning(&result, "script"), result.tag);
        assert_int_equal(told.last[(unsigned char)((const char *)result.tag)[6]], 3);
        worker_result_dispose(&result);
    }
    assert_int_equal(told.count, 3 * COUNT);
    worker_pool_free(pool);
}

/* One who speaks on after the answer is ended; the answer stands, and the next file gets its own. */
static void test_speech_after_the_answer_is_not_believed(void **state)
{
    static const char *const scripts[] = {"answers twice", "floods"};
    struct worker_pool *pool = make_pool(1, "serves badly", FILE_MS);
    struct worker_result result;

    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        submit(pool, scripts[i]);
        submit(pool, "good");
        next(pool, &result);
        assert_int_equal(result.error.code, ERROR_DAMAGED);
        assert_string_equal(result.error.message, "once");
        worker_result_dispose(&result);
        next(pool, &result);
        assert_string_equal(result.tag, "good");
        if (result.error.code != ERROR_NONE) /* the request may have met the speech under way: then it is lost openly */
            assert_int_equal(result.error.code, ERROR_WORKER_DIED);
        worker_result_dispose(&result);
    }
    submit(pool, "good");
    next(pool, &result);
    assert_int_equal(result.error.code, ERROR_NONE);
    worker_result_dispose(&result);
    worker_pool_free(pool);
}

static void test_a_stalling_answer_is_given_up(void **state)
{
    struct worker_pool *pool = make_pool(1, "serves badly", SHORT_MS);
    struct worker_result result;

    (void)state;
    submit(pool, "stalls");
    submit(pool, "good");
    next(pool, &result);
    assert_int_equal(result.error.code, ERROR_TIMEOUT);
    worker_result_dispose(&result);
    next(pool, &result);
    assert_int_equal(result.error.code, ERROR_NONE);
    worker_result_dispose(&result);
    worker_pool_free(pool);
}

static void test_a_hanging_file_is_given_up(void **state)
{
    struct worker_pool *pool = make_pool(1, "serves", SHORT_MS);
    struct worker_result result;

    (void)state;
    submit(pool, "hang");
    submit(pool, "good");
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
        submit(pool, "good");
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
    submit(pool, "good");
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
    submit(pool, "good");
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
    submit(pool, "good");
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
    submit(pool, "good");
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
    submit(pool, "good");
    submit(pool, "hang");
    submit(pool, "hang");
    submit(pool, "good");
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
        cmocka_unit_test(test_a_file_is_read_in_the_sandbox),
        cmocka_unit_test(test_a_bad_file_costs_itself_only),
        cmocka_unit_test(test_a_bad_answer_costs_its_file_only),
        cmocka_unit_test(test_pages_are_told),
        cmocka_unit_test(test_speech_after_the_answer_is_not_believed),
        cmocka_unit_test(test_a_stalling_answer_is_given_up),
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
