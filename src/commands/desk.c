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
#include "commands/options.h"
#include "commands/setup.h"
#include "commands/signals.h"
#include "desk/desk.h"
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

/* On stdout: it is what the command gives. It works once, for one browser. */
static void tell_link(void *context, const char *url)
{
    const struct desk_command *command = context;

    if (command->on_terminal)
        fputs("\nOpen this in a browser on this machine; it works once:\n\n  ", stdout);
    printf("%s\n", url);
    if (command->on_terminal)
        fputs("\nEnter: a new link, for another browser. Ctrl-C: end.\n", stdout);
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

static int parse(struct desk_call *call, int64_t *port, unsigned *workers, const char **docket, const char **settings,
                 int argc, char **argv, struct error *error)
{
    int operands;
    const struct option options[] = {
        {"--port", OPTION_NUMBER, port},          {"--docket", OPTION_TEXT, docket},
        {"--workers", OPTION_COUNT, workers},     {"--as-of", OPTION_DATE, &call->as_of},
        {"--settings", OPTION_TEXT, settings},
    };

    if (options_parse(options, sizeof options / sizeof *options, argc, argv, &operands, error) < 0)
        return -1;
    if (operands != 0)
        return error_set(error, ERROR_USAGE, "no FILE is wanted here; drop files on the page");
    if (*port > PORT_MAX)
        return error_set(error, ERROR_USAGE, "--port wants a number up to %d", PORT_MAX);
    return 0;
}

int command_desk(int argc, char **argv)
{
    struct desk_command command = {.signals = -1};
    struct desk_call call = {.as_of = DATE_NONE, .tell = tell, .tell_link = tell_link, .context = &command};
    const char *docket = NULL;
    const char *settings = NULL;
    int64_t port = -1;
    unsigned workers = 0;
    char path[PATH_MAX];
    char directory[PATH_MAX];
    struct error error = {0};
    int result = -1;

    if (parse(&call, &port, &workers, &docket, &settings, argc, argv, &error) < 0)
        return options_complain("desk", &error);
    command.on_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    find_user(command.who);
    if (settings_load(&command.settings, settings, &error) < 0 ||
        setup_docket_file(path, docket, &command.settings, &error) < 0 || open_signals(&command, &error) < 0 ||
        setup_catalogue(&command.catalogue, &command.settings, directory, &error) < 0 ||
        worker_pool_new(&command.pool, workers != 0 ? workers : command.settings.workers, directory, &error) < 0 ||
        docket_open(&command.docket, path, DOCKET_START, &error) < 0)
        goto done;
    worker_pool_want(command.pool, READER_BARE);
    call.settings = &command.settings;
    call.port = port >= 0 ? (unsigned)port : command.settings.desk.port;
    call.docket_file = path;
    call.docket = command.docket;
    call.catalogue = command.catalogue;
    call.pool = command.pool;
    call.who = command.who;
    setup_tell_lacks("desk");
    if (desk_open(&command.desk, &call, &error) == 0)
        result = run(&command, &error);
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
