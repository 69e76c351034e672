/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "commands/desk_users.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "desk/audit.h"
#include "desk/users.h"
#include "docket/docket.h"

enum { LINE_SIZE = 1024 }; /* bytes of a password as it is typed: one that is too long is refused, not cut */

bool desk_users_is_wanted(const struct desk_users_call *call)
{
    return call->set != NULL || call->remove != NULL || call->list;
}

/* ---- a password ---- */

/* `blocked` are the signals that are blocked while it waits (NULL: as ever). So one that comes at any other moment waits too,
 * and then ends the wait. */
static int read_line(char line[LINE_SIZE], const sigset_t *blocked, struct error *error)
{
    struct pollfd keys = {.fd = STDIN_FILENO, .events = POLLIN};
    size_t used = 0;
    char c;

    for (;;) {
        /* Byte by byte: no copy stays in a stream's buffer. */
        ssize_t got = ppoll(&keys, 1, NULL, blocked) < 0 ? -1 : read(STDIN_FILENO, &c, 1);
        if (got < 0)
            return error_set(error, ERROR_SETUP, "no password was given: %s", strerror(errno));
        if (got == 0 || c == '\n')
            break;
        if (c == '\0' || used + 1 >= LINE_SIZE)
            return error_set(error, ERROR_USAGE, "that is too long for a password");
        line[used++] = c;
    }
    line[used] = '\0';
    return 0;
}

static void wake(int number)
{
    (void)number; /* that ppoll() returns is enough */
}

/* The terminal does not show what is typed; however it ends, it shows again afterwards. */
static int ask_unseen(const char *question, char line[LINE_SIZE], struct error *error)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
    enum { SIGNALS = sizeof signals / sizeof *signals };
    const struct sigaction ended = {.sa_handler = wake};
    struct sigaction before[SIGNALS];
    sigset_t held;
    sigset_t heard;
    struct termios shown;
    struct termios unseen;

    if (tcgetattr(STDIN_FILENO, &shown) < 0)
        return error_set(error, ERROR_SETUP, "the terminal cannot be used: %s", strerror(errno));
    unseen = shown;
    unseen.c_lflag &= ~(tcflag_t)ECHO;
    sigemptyset(&held);
    for (size_t i = 0; i < SIGNALS; i++)
        sigaddset(&held, signals[i]);
    sigprocmask(SIG_BLOCK, &held, &heard);
    for (size_t i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &ended, &before[i]);
    int result = tcsetattr(STDIN_FILENO, TCSAFLUSH, &unseen);
    if (result < 0) {
        error_set(error, ERROR_SETUP, "the terminal cannot be used: %s", strerror(errno));
    } else {
        fputs(question, stderr);
        result = read_line(line, &heard, error);
        fputc('\n', stderr);
    }
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    for (size_t i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &before[i], NULL);
    sigprocmask(SIG_SETMASK, &heard, NULL);
    return result;
}

static int ask_password(char password[LINE_SIZE], struct error *error)
{
    char again[LINE_SIZE];
    int result = -1;

    if (!isatty(STDIN_FILENO))
        return read_line(password, NULL, error);
    if (ask_unseen("Password (it is not shown): ", password, error) < 0 || ask_unseen("Once more: ", again, error) < 0)
        goto done;
    if (strcmp(password, again) != 0)
        error_set(error, ERROR_USAGE, "the two are not the same; nothing was changed");
    else
        result = 0;
done:
    explicit_bzero(again, sizeof again);
    return result;
}

/* ---- the file ---- */

/* The role that was given, or the one that the user has. */
static int choose_role(const struct desk_users_call *call, enum role *out, struct error *error)
{
    char name[USER_NAME_SIZE];
    struct users users;
    const struct user *user;

    if (call->role != NULL)
        return role_parse(call->role, out)
                   ? 0
                   : error_set(error, ERROR_USAGE, "--role wants desk or reviewer; a reviewer may also confirm and correct");
    if (users_load(&users, call->users_file, error) < 0)
        return -1;
    user = users_name(call->set, name) ? users_find(&users, name) : NULL;
    if (user == NULL)
        return error_set(error, ERROR_USAGE, "a new user wants a --role: desk or reviewer");
    *out = user->role;
    return 0;
}

/* Opening it makes the docket where it is not there, and the folders that lead to it. */
static int make_folder(const char *docket_file, struct error *error)
{
    struct docket *docket;

    if (docket_open(&docket, docket_file, DOCKET_START, error) < 0)
        return -1;
    docket_close(docket);
    return 0;
}

static int note(struct audit *audit, const struct desk_users_call *call, enum audit_act act, const char *name, int result,
                struct error *error)
{
    char kept[USER_NAME_SIZE];
    const struct audit_line line = {.who = call->who, .act = act, .about = users_name(name, kept) ? kept : NULL,
                                    .outcome = result == 0 ? AUDIT_DONE : AUDIT_FAILED};

    return audit_add(audit, &line, error) < 0 ? -1 : result;
}

static int set(const struct desk_users_call *call, struct audit *audit, struct error *error)
{
    char password[LINE_SIZE];
    enum role role = ROLE_DESK;
    int result = -1;

    if (choose_role(call, &role, error) < 0)
        return -1;
    if (ask_password(password, error) == 0) {
        result = users_set(call->users_file, call->set, role, password, error);
        result = note(audit, call, AUDIT_USER, call->set, result, error);
    }
    explicit_bzero(password, sizeof password);
    return result;
}

static int list(const char *users_file, struct error *error)
{
    struct users users;

    if (users_load(&users, users_file, error) < 0)
        return -1;
    for (size_t i = 0; i < users.count; i++)
        printf("%s %s\n", users.list[i].name, role_name(users.list[i].role));
    return 0;
}

int desk_users_run(const struct desk_users_call *call, struct error *error)
{
    char path[PATH_MAX];
    struct audit *audit = NULL;
    int result = -1;

    if (call->list)
        return list(call->users_file, error);
    if ((size_t)snprintf(path, sizeof path, "%s.audit", call->docket_file) >= sizeof path)
        return error_set(error, ERROR_SETUP, "the name of the docket is too long");
    if (make_folder(call->docket_file, error) < 0 || audit_open(&audit, path, error) < 0)
        return -1;
    if (call->set != NULL)
        result = set(call, audit, error);
    else
        result = note(audit, call, AUDIT_REMOVE_USER, call->remove, users_remove(call->users_file, call->remove, error), error);
    audit_close(audit);
    return result;
}
