/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Runs the built program and keeps what it said, in a directory of the test's own. */
#ifndef TESTS_COMMANDS_RUN_H
#define TESTS_COMMANDS_RUN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

enum { OUTPUT_MAX = 1 << 20, ARGUMENTS_MAX = 16 };

struct run {
    int status; /* exit status; 128 + signal if it was killed */
    char out[OUTPUT_MAX];
    char err[OUTPUT_MAX];
};

static struct run run;
static char directory[64];

/* Each test starts in an empty directory. */
static inline int enter_directory(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "/tmp/irsort-test-XXXXXX");
    return mkdtemp(directory) == NULL || chdir(directory) < 0 ? -1 : 0;
}

static inline int leave_directory(void **state)
{
    char command[256];

    (void)state;
    snprintf(command, sizeof command, "chmod -R u+rwx %s; rm -rf %s", directory, directory);
    return chdir("/") < 0 || system(command) != 0 ? -1 : 0;
}

static inline void make_file(const char *name, const char *content)
{
    FILE *file = fopen(name, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(content, 1, strlen(content), file), strlen(content));
    assert_int_equal(fclose(file), 0);
}

static inline void take_output(const char *name, char out[OUTPUT_MAX])
{
    FILE *file = fopen(name, "r");

    assert_non_null(file);
    out[fread(out, 1, OUTPUT_MAX - 1, file)] = '\0';
    fclose(file);
    unlink(name);
}

static inline void redirect(const char *name, int flags, int descriptor)
{
    int file = open(name, flags, 0600);

    if (file < 0 || dup2(file, descriptor) < 0)
        _exit(126);
    close(file);
}

/* Runs `irsort` with the arguments (NULL at the end), standard input from the file `input` or from nothing.
 * `user` is 0, or the user to become first. */
static inline void run_as(unsigned user, const char *input, const char *const *arguments)
{
    char out_name[80];
    char err_name[80];
    int status;

    snprintf(out_name, sizeof out_name, "%s.out", directory);
    snprintf(err_name, sizeof err_name, "%s.err", directory);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        redirect(input != NULL ? input : "/dev/null", O_RDONLY, STDIN_FILENO);
        redirect(out_name, O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
        redirect(err_name, O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
        if (user != 0 && setuid(user) < 0)
            _exit(126);
        execv(IRSORT_PROGRAM, (char *const *)arguments);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    run.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    take_output(out_name, run.out);
    take_output(err_name, run.err);
}

#define irsort(...) run_as(0, NULL, (const char *const[]){"irsort", __VA_ARGS__, NULL})
#define irsort_with_input(input, ...) run_as(0, input, (const char *const[]){"irsort", __VA_ARGS__, NULL})

static inline void assert_said(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" is not in:\n%s", part, text);
}

/* The n-th line of the output as JSON, from 0; a new reference. */
static inline json_t *json_line(size_t n)
{
    const char *line = run.out;

    for (size_t i = 0; i < n; i++) {
        line = strchr(line, '\n');
        assert_non_null(line);
        line++;
    }
    json_t *json = json_loadb(line, strcspn(line, "\n"), 0, NULL);
    if (json == NULL)
        fail_msg("no JSON: %s", line);
    return json;
}

static inline size_t count_lines(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += *text == '\n';
    return count;
}

/* The n-th line is the error `code` of the file `name`. */
static inline void assert_error_line(size_t n, const char *name, const char *code)
{
    json_t *json = json_line(n);
    const char *file = json_string_value(json_object_get(json_object_get(json, "source"), "file"));
    const char *given = json_string_value(json_object_get(json_object_get(json, "error"), "code"));

    assert_string_equal(json_string_value(json_object_get(json, "schema")), "irsort.error/1");
    assert_string_equal(file, name);
    assert_string_equal(given, code);
    json_decref(json);
}

#endif
