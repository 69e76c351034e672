/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The built program as a process: what it says to its caller, to signals and to the service manager. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include "run.h"

enum { PATIENCE_MS = 30 * 1000, STOP_MS = 5000 };

static pid_t child;
static int notify = -1; /* the service manager's end */
static char messages[1 << 16];

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int set_up(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (enter_directory(state) < 0 || mkdir("in", 0755) < 0 || mkdir("run", 0700) < 0)
        return -1;
    snprintf(address.sun_path, sizeof address.sun_path, "%s/notify", directory);
    notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    messages[0] = '\0';
    setenv("NOTIFY_SOCKET", address.sun_path, 1);
    setenv("RUNTIME_DIRECTORY", directory, 1);
    return bind(notify, (struct sockaddr *)&address, sizeof address);
}

static int tear_down(void **state)
{
    if (child > 0) {
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        child = 0;
    }
    close(notify);
    unsetenv("NOTIFY_SOCKET");
    unsetenv("RUNTIME_DIRECTORY");
    unsetenv("WATCHDOG_USEC");
    unsetenv("IRSORT_DATA");
    return leave_directory(state);
}

static void start(void)
{
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        redirect("/dev/null", O_RDONLY, STDIN_FILENO);
        redirect("out", O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
        redirect("err", O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
        execl(IRSORT_PROGRAM, "irsort", "watch", "--docket", "docket.db", "--workers", "1", "in", NULL);
        _exit(127);
    }
}

static const char *err(void)
{
    static char text[OUTPUT_MAX];
    FILE *file = fopen("err", "r");

    text[file != NULL ? fread(text, 1, OUTPUT_MAX - 1, file) : 0] = '\0';
    if (file != NULL)
        fclose(file);
    return text;
}

/* What was said to the service manager, until `wanted` is. */
static void wait_for_message(const char *wanted)
{
    int64_t end = now_ms() + PATIENCE_MS;

    while (strstr(messages, wanted) == NULL) {
        struct pollfd polled = {.fd = notify, .events = POLLIN};
        size_t length = strlen(messages);
        if (now_ms() > end)
            fail_msg("\"%s\" was not said, but:\n%s\n%s", wanted, messages, err());
        if (poll(&polled, 1, 1000) <= 0)
            continue;
        ssize_t got = recv(notify, messages + length, sizeof messages - 2 - length, 0);
        assert_true(got > 0);
        messages[length + (size_t)got] = '\n';
        messages[length + (size_t)got + 1] = '\0';
    }
}

static void wait_for_err(const char *wanted)
{
    int64_t end = now_ms() + PATIENCE_MS;

    while (strstr(err(), wanted) == NULL) {
        if (now_ms() > end)
            fail_msg("\"%s\" was not said, but:\n%s", wanted, err());
        usleep(20000);
    }
}

/* Its exit status; it must end in time. */
static int stop(int signal)
{
    int64_t end = now_ms() + STOP_MS;
    int status;

    assert_int_equal(kill(child, signal), 0);
    while (waitpid(child, &status, WNOHANG) == 0) {
        if (now_ms() > end)
            fail_msg("it does not end:\n%s", err());
        usleep(10000);
    }
    child = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void drop(const char *name, const char *as)
{
    char command[512];

    snprintf(command, sizeof command, "cp '%s/fixtures/examples/%s' 'in/%s'", PROJECT_DIR, name, as);
    assert_int_equal(system(command), 0);
}

static size_t count(const char *pattern)
{
    char command[512];
    char line[32] = "";

    snprintf(command, sizeof command, "ls -d %s 2>/dev/null | wc -l", pattern);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_non_null(fgets(line, sizeof line, pipe));
    pclose(pipe);
    return (size_t)atol(line);
}

static void assert_no_leftovers(void)
{
    assert_int_equal(count("irsort-patterns-*"), 0);
    assert_int_equal(count("in/.irsort/*/*"), 0);
}

/* ---- */

static void test_once(void **state)
{
    (void)state;
    drop("cp504-spanish.tif", "scan.tif");
    irsort("watch", "--once", "--docket", "docket.db", "in");
    assert_int_equal(run.status, 0);
    assert_string_equal(run.out, "");
    assert_int_equal(count("in/filed/20*/*' CP504 '*/scan.tif"), 1);
    assert_int_equal(count("in/filed/20*/*' CP504 '*/letter.json"), 1);
    assert_int_equal(count("in/scan.tif"), 0);
    assert_no_leftovers();
    irsort("docket", "--all", "--json", "--file", "docket.db");
    assert_said(run.out, "\"CP504\"");
    assert_said(run.out, "scan.tif");

    make_file("in/letter.docx", "this is no scan at all");
    irsort("watch", "--once", "--docket", "docket.db", "in");
    assert_int_equal(run.status, 1);
    assert_int_equal(count("in/failed/20*/*' unknown-format '*/error.json"), 1);
    irsort("watch", "--once", "--docket", "docket.db", "in");
    assert_int_equal(run.status, 0); /* nothing was there */
}

static void test_usage(void **state)
{
    (void)state;
    irsort("watch");
    assert_int_equal(run.status, 2);
    assert_said(run.err, "one folder is wanted");
    irsort("watch", "in", "in");
    assert_int_equal(run.status, 2);
    irsort("watch", "nowhere", "--docket", "docket.db");
    assert_int_equal(run.status, 2);
    assert_said(run.err, "there is no folder nowhere");
    make_file("file", "");
    irsort("watch", "file", "--docket", "docket.db");
    assert_int_equal(run.status, 2);
    assert_said(run.err, "is not a folder");
    irsort("watch", "in", "--docket", "in/docket.db");
    assert_int_equal(run.status, 2);
    assert_said(run.err, "the docket must not lie in the folder");
    assert_int_equal(count("in/docket.db"), 0);
}

static void test_service(void **state)
{
    (void)state;
    setenv("WATCHDOG_USEC", "1000000", 1);
    start();
    wait_for_message("READY=1");
    drop("cp504-spanish.tif", "scan.tif");
    wait_for_message("STATUS=1 filed, 0 for review, 0 failed, 0 waiting");
    wait_for_message("WATCHDOG=1");
    assert_said(err(), "CP504");
    assert_null(strstr(err(), "scan.tif"));
    messages[0] = '\0';
    wait_for_message("WATCHDOG=1"); /* again and again */

    irsort("watch", "in", "--docket", "docket.db");
    assert_int_equal(run.status, 2);
    assert_said(run.err, "another irsort");

    assert_int_equal(stop(SIGTERM), 0);
    wait_for_message("STOPPING=1");
    assert_int_equal(count("in/filed/20*/*/scan.tif"), 1);
    assert_no_leftovers();
}

/* In the middle of reading. */
static void test_stop_while_reading(void **state)
{
    char name[32];

    (void)state;
    start();
    wait_for_message("READY=1");
    drop("l3172.pdf", "a.pdf");
    for (int i = 0; i < 40; i++) { /* each another file */
        snprintf(name, sizeof name, "%d.tif", i);
        drop("cp504-spanish.tif", name);
        char command[128];
        snprintf(command, sizeof command, "printf %02d >>in/%d.tif", i, i);
        assert_int_equal(system(command), 0);
    }
    wait_for_err("CP504");
    assert_int_equal(stop(SIGTERM), 0);
    size_t filed = count("in/filed/20*/*/*.tif") + count("in/filed/20*/*/*.pdf");
    size_t waiting = count("in/*.tif") + count("in/*.pdf");
    assert_true(filed >= 1 && waiting >= 20);
    assert_int_equal(filed + waiting, 41);
    assert_no_leftovers();
}

static void copy_data(void)
{
    char command[512];

    snprintf(command, sizeof command, "mkdir data && cp -r %s/patterns %s/models data/", PROJECT_DIR, PROJECT_DIR);
    assert_int_equal(system(command), 0);
    setenv("IRSORT_DATA", "data", 1);
}

static void test_reload(void **state)
{
    (void)state;
    copy_data();
    start();
    wait_for_message("READY=1");
    assert_int_equal(rename("data/patterns/mail.yaml", "data/mail.yaml"), 0);
    make_file("data/patterns/mail.yaml", "nonsense: [");
    assert_int_equal(kill(child, SIGHUP), 0);
    wait_for_message("RELOADING=1");
    wait_for_err("the patterns were not changed");
    assert_said(err(), "data/patterns/mail.yaml:2:1");
    /* the reader is started only now, and goes by the old ones */
    drop("cp504-spanish.tif", "scan.tif");
    wait_for_message("STATUS=1 filed");
    assert_int_equal(rename("data/mail.yaml", "data/patterns/mail.yaml"), 0);
    messages[0] = '\0';
    assert_int_equal(kill(child, SIGHUP), 0);
    wait_for_message("READY=1");
    wait_for_err("the patterns were read again");
    drop("lt11.pdf", "lt11.pdf");
    wait_for_message("STATUS=2 filed");
    assert_int_equal(stop(SIGINT), 0);
    assert_no_leftovers();
}

/* What one that was killed left of its copy of the patterns goes with the next. */
static void test_killed(void **state)
{
    (void)state;
    start();
    wait_for_message("READY=1");
    assert_int_equal(count("irsort-patterns-*"), 1);
    assert_int_equal(stop(SIGKILL), 128 + SIGKILL);
    assert_int_equal(count("irsort-patterns-*"), 1);
    irsort("watch", "--once", "--docket", "docket.db", "in");
    assert_int_equal(run.status, 0);
    assert_no_leftovers();
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_once),   TEST(test_usage),  TEST(test_service), TEST(test_stop_while_reading),
        TEST(test_reload), TEST(test_killed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
