/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "commands/commands.h"
#include "commands/desk_users.h"
#include "commands/options.h"
#include "commands/setup.h"
#include "commands/signals.h"
#include "desk/desk.h"
#include "desk/listen.h"
#include "worker/reading.h"

struct desk_command {
    struct settings settings;
    struct catalogue *catalogue;
    struct docket *docket;
    struct worker_pool *pool;
    struct desk *desk;
    int signals; /* descriptor */
    bool on_terminal;
    bool stop;
    char who[DOCKET_NAME_MAX];
};

enum { PORT_MAX = 65535, LINE_MAX_BYTES = 256 };

static void tell(void *context, const char *line)
{
    (void)context;
    fprintf(stderr, "irsort desk: %s\n", line);
}

/* On stdout: it is what the command gives. */
static void tell_link(void *context, const char *url, bool once)
{
    const struct desk_command *command = context;

    if (command->on_terminal)
        fputs(once ? "\nOpen this in a browser on this machine; it works once:\n\n  " : "\nThe desk is at\n\n  ",
              stdout);
    printf("%s\n", url);
    if (command->on_terminal)
        fputs(once ? "\nEnter: a new link, for another browser. Ctrl-C: end.\n" : "\nCtrl-C: end.\n", stdout);
    fflush(stdout);
}

static int open_signals(struct desk_command *command, struct error *error)
{
    command->signals = signals_open(error);
    return command->signals < 0 ? -1 : 0;
}

/* SIGHUP, or Enter on the terminal, asks for a new link. */
static int take_wishes(struct desk_command *command, const struct pollfd *keys, struct error *error)
{
    struct signalfd_siginfo info;
    char line[LINE_MAX_BYTES];
    bool wanted = false;

    while (read(command->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGHUP)
            wanted = true;
        else
            command->stop = true;
    }
    if (keys->fd >= 0 && (keys->revents & POLLIN) != 0)
        wanted = read(keys->fd, line, sizeof line) > 0 || wanted;
    return wanted && !command->stop ? desk_new_link(command->desk, error) : 0;
}

static int run(struct desk_command *command, struct error *error)
{
    struct pollfd polled[DESK_POLLED_MAX + 2];
    size_t count = 0;
    int timeout_ms = 0;

    while (!command->stop) {
        if (desk_turn(command->desk, polled, &count, &timeout_ms, error) < 0)
            return -1;
        polled[count] = (struct pollfd){.fd = command->signals, .events = POLLIN};
        polled[count + 1] = (struct pollfd){.fd = command->on_terminal ? STDIN_FILENO : -1, .events = POLLIN};
        poll(polled, count + 2, timeout_ms);
        if (take_wishes(command, &polled[count + 1], error) < 0)
            return -1;
    }
    return 0;
}

static void find_user(char name[DOCKET_NAME_MAX])
{
    const struct passwd *user = getpwuid(getuid());

    if (user != NULL)
        snprintf(name, DOCKET_NAME_MAX, "%s", user->pw_name);
    else
        snprintf(name, DOCKET_NAME_MAX, "user %u", (unsigned)getuid());
}

/* What was said in the call. */
struct wanted {
    int64_t port; /* -1: not said */
    const char *listen;
    const char *tls[2];
    unsigned workers;
    date as_of;
    const char *docket;
    const char *settings;
    struct desk_users_call users;
};

static int parse(struct wanted *wanted, int argc, char **argv, struct error *error)
{
    int operands;
    struct listen_address address;
    struct desk_users_call *users = &wanted->users;
    const struct option options[] = {
        {"--port", OPTION_NUMBER, &wanted->port},      {"--listen", OPTION_TEXT, &wanted->listen},
        {"--tls", OPTION_PAIR, wanted->tls},           {"--docket", OPTION_TEXT, &wanted->docket},
        {"--workers", OPTION_COUNT, &wanted->workers}, {"--as-of", OPTION_DATE, &wanted->as_of},
        {"--settings", OPTION_TEXT, &wanted->settings}, {"--user", OPTION_TEXT, &users->set},
        {"--role", OPTION_TEXT, &users->role},         {"--remove-user", OPTION_TEXT, &users->remove},
        {"--users", OPTION_FLAG, &users->list},
    };

    if (options_parse(options, sizeof options / sizeof *options, argc, argv, &operands, error) < 0)
        return -1;
    if (operands != 0)
        return error_set(error, ERROR_USAGE, "no FILE is wanted here; drop files on the page");
    if (wanted->port > PORT_MAX)
        return error_set(error, ERROR_USAGE, "--port wants a number up to %d", PORT_MAX);
    if ((users->set != NULL) + (users->remove != NULL) + users->list > 1)
        return error_set(error, ERROR_USAGE, "--user, --remove-user and --users cannot go together");
    if (users->role != NULL && users->set == NULL)
        return error_set(error, ERROR_USAGE, "--role is only for --user");
    if (listen_parse(&address, wanted->listen, error) < 0)
        return -1;
    if (address.port != 0 && wanted->port >= 0)
        return error_set(error, ERROR_USAGE, "the port stands in --listen already; leave --port away");
    return 0;
}

/* What was said goes before the settings. */
static void fill(struct desk_call *call, const struct wanted *wanted, const struct settings *settings)
{
    bool said = wanted->tls[0] != NULL;

    call->settings = settings;
    call->listen = wanted->listen != NULL ? wanted->listen : settings->desk.listen;
    call->certificate = said ? wanted->tls[0] : settings->desk.certificate;
    call->key = said ? wanted->tls[1] : settings->desk.key;
    call->port = wanted->port >= 0 ? (unsigned)wanted->port : settings->desk.port;
    call->as_of = wanted->as_of;
}

static int run_desk(struct desk_command *command, struct desk_call *call, const struct wanted *wanted,
                    struct error *error)
{
    const struct settings *settings = &command->settings;
    unsigned workers = wanted->workers != 0 ? wanted->workers : settings->workers;
    char directory[PATH_MAX];

    if (open_signals(command, error) < 0 || setup_catalogue(&command->catalogue, settings, directory, error) < 0 ||
        worker_pool_new(&command->pool, workers, directory, error) < 0 ||
        docket_open(&command->docket, call->docket_file, DOCKET_START, error) < 0)
        return -1;
    worker_pool_want(command->pool, READER_BARE);
    call->docket = command->docket;
    call->catalogue = command->catalogue;
    call->pool = command->pool;
    call->who = command->who;
    setup_tell_lacks("desk");
    return desk_open(&command->desk, call, error) < 0 ? -1 : run(command, error);
}

int command_desk(int argc, char **argv)
{
    struct desk_command command = {.signals = -1};
    struct wanted wanted = {.port = -1, .as_of = DATE_NONE};
    struct desk_call call = {.tell = tell, .tell_link = tell_link, .context = &command};
    char docket[PATH_MAX];
    char users[PATH_MAX];
    struct error error = {0};
    int result = -1;

    if (parse(&wanted, argc, argv, &error) < 0)
        return options_complain("desk", &error);
    command.on_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    find_user(command.who);
    if (settings_load(&command.settings, wanted.settings, &error) < 0 ||
        setup_docket_file(docket, wanted.docket, &command.settings, &error) < 0 ||
        setup_users_file(users, docket, &command.settings, &error) < 0)
        goto done;
    fill(&call, &wanted, &command.settings);
    call.docket_file = wanted.users.docket_file = docket;
    call.users_file = wanted.users.users_file = users;
    wanted.users.who = command.who;
    result = desk_users_is_wanted(&wanted.users) ? desk_users_run(&wanted.users, &error)
                                                 : run_desk(&command, &call, &wanted, &error);
done:
    worker_pool_free(command.pool);
    desk_close(command.desk);
    docket_close(command.docket);
    catalogue_free(command.catalogue);
    settings_dispose(&command.settings);
    if (command.signals >= 0)
        close(command.signals);
    return result < 0 ? setup_complain("desk", &error) : STATUS_DONE;
}
