/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "commands/commands.h"
#include "commands/options.h"
#include "commands/setup.h"
#include "commands/signals.h"
#include "commands/snapshot.h"
#include "watch/hooks.h"
#include "watch/notify.h"
#include "watch/watch.h"

enum {
    SHOWN_EVERY_MS = 500, /* the status line */
    STATUS_SIZE = 200,
};

/* What letters are known by, and who reads by it. */
struct knowledge {
    struct snapshot snapshot; /* what a reader is started with, whatever becomes of the files meanwhile */
    struct catalogue *catalogue;
    struct worker_pool *pool;
};

struct watch_command {
    unsigned workers;
    struct knowledge knowledge;
    struct docket *docket;
    struct watch *watch;
    struct hooks *hooks;
    struct watch_reader reader;
    struct settings settings;
    struct notify notify;
    int signals; /* descriptor */
    bool stop;
    bool reload;
    bool in_journal;
    bool on_terminal;
    bool status_stands; /* on the terminal's last line */
    int64_t shown_at;
    int64_t alive_at;
    char status[STATUS_SIZE];
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- what it says ---- */

static void say(void *context, enum watch_level level, const char *line)
{
    struct watch_command *command = context;

    if (command->status_stands)
        fputs("\r\033[K", stderr);
    command->status_stands = false;
    if (command->in_journal)
        fprintf(stderr, "<%d>%s\n", (int)level, line);
    else
        fprintf(stderr, "irsort watch: %s\n", line);
}

static void make_status(const struct watch_command *command, char out[STATUS_SIZE])
{
    struct watch_counts counts;
    int length;

    watch_count(command->watch, &counts);
    length = snprintf(out, STATUS_SIZE, "%zu filed, %zu for review, %zu failed, %zu waiting", counts.filed,
                      counts.review, counts.failed, counts.waiting + counts.reading);
    if (counts.repeats > 0)
        length += snprintf(out + length, STATUS_SIZE - (size_t)length, ", %zu repeats", counts.repeats);
    if (counts.stuck > 0)
        snprintf(out + length, STATUS_SIZE - (size_t)length, ", %zu stuck (see the log)", counts.stuck);
}

/* To the service manager and to a terminal; not more often than is of use. Returns the ms after which it is to be called
 * again at the latest. */
static int show_status(struct watch_command *command, bool now)
{
    char status[STATUS_SIZE];
    int64_t since = now_ms() - command->shown_at;

    if (!now && since < SHOWN_EVERY_MS)
        return (int)(SHOWN_EVERY_MS - since);
    make_status(command, status);
    if (!now && strcmp(status, command->status) == 0)
        return INT_MAX;
    command->shown_at = now_ms();
    snprintf(command->status, sizeof command->status, "%s", status);
    notify_say(&command->notify, "STATUS=%s", status);
    if (command->on_terminal) {
        fprintf(stderr, "\r\033[K%s", status);
        command->status_stands = true;
    }
    return INT_MAX;
}

static void say_alive(struct watch_command *command)
{
    if (command->notify.watchdog_ms == 0 || now_ms() - command->alive_at < command->notify.watchdog_ms / 2)
        return;
    command->alive_at = now_ms();
    notify_say(&command->notify, "WATCHDOG=1");
}

/* ---- signals ---- */

static void take_signals(struct watch_command *command)
{
    struct signalfd_siginfo info;

    while (read(command->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGHUP)
            command->reload = true;
        else
            command->stop = true;
    }
}

static bool keep_going(void *context)
{
    struct watch_command *command = context;

    take_signals(command);
    say_alive(command);
    return !command->stop;
}

/* ---- the readers ---- */

static bool pool_wants(const void *context)
{
    return worker_pool_wants(context);
}

static int pool_submit(void *context, int descriptor, void *tag, struct error *error)
{
    return worker_pool_submit(context, descriptor, tag, error);
}

static int pool_next(void *context, struct worker_result *out, struct error *error)
{
    return worker_pool_try(context, out, error);
}

static size_t pool_polled(const void *context, struct pollfd *polled, int *timeout_ms)
{
    return worker_pool_polled(context, polled, timeout_ms);
}

static struct watch_reader reader_of(struct worker_pool *pool)
{
    return (struct watch_reader){pool, pool_wants, pool_submit, pool_next, pool_polled};
}

static void knowledge_dispose(struct knowledge *knowledge)
{
    worker_pool_free(knowledge->pool);
    catalogue_free(knowledge->catalogue);
    snapshot_drop(&knowledge->snapshot);
    *knowledge = (struct knowledge){0};
}

/* Loaded where they are, so that faults are told by the names of the files that are to be mended; and once more from the
 * copy, which is what counts. */
static int knowledge_init(struct knowledge *knowledge, const struct settings *settings, unsigned workers,
                          struct error *error)
{
    char directory[PATH_MAX];
    struct catalogue *checked = NULL;

    *knowledge = (struct knowledge){0};
    if (setup_catalogue(&checked, settings, directory, error) < 0)
        return -1;
    catalogue_free(checked);
    if (snapshot_take(&knowledge->snapshot, directory, error) < 0 ||
        catalogue_new(&knowledge->catalogue, knowledge->snapshot.path, NULL, NULL, error) < 0 ||
        worker_pool_new(&knowledge->pool, workers, knowledge->snapshot.path, error) < 0) {
        knowledge_dispose(knowledge);
        return -1;
    }
    return 0;
}

/* Patterns that are wrong leave the old ones at work. */
static void reload(struct watch_command *command)
{
    struct knowledge knowledge;
    struct error error = {0};

    command->reload = false;
    notify_say(&command->notify, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)now_ms() * 1000);
    if (knowledge_init(&knowledge, &command->settings, command->workers, &error) < 0) {
        say(command, WATCH_ERROR, error.message);
        say(command, WATCH_ERROR, "the patterns were not changed: it goes on with those that it had");
    } else {
        command->reader = reader_of(knowledge.pool);
        watch_change_reader(command->watch, &command->reader, knowledge.catalogue);
        knowledge_dispose(&command->knowledge);
        command->knowledge = knowledge;
        say(command, WATCH_NOTICE, "the patterns were read again");
    }
    notify_say(&command->notify, "READY=1");
}

/* ---- the command ---- */

/* Of `timeout_ms` at the most; `count` entries stand in `polled` already. */
static void wait_for_news(struct watch_command *command, struct pollfd *polled, size_t count, int timeout_ms)
{
    count += hooks_turn(command->hooks, polled + count, &timeout_ms);
    int shown_ms = show_status(command, false);
    if (timeout_ms > shown_ms)
        timeout_ms = shown_ms;
    if (command->notify.watchdog_ms > 0 && timeout_ms > command->notify.watchdog_ms / 2)
        timeout_ms = (int)(command->notify.watchdog_ms / 2);
    polled[count] = (struct pollfd){.fd = command->signals, .events = POLLIN};
    poll(polled, count + 1, timeout_ms);
    say_alive(command);
    take_signals(command);
}

/* What is to end gives the programs that tell of it as long as one of them may take. */
static void wait_for_hooks(struct watch_command *command)
{
    struct pollfd polled[HOOKS_RUNNING_MAX + 1];
    int64_t end = now_ms() + (int64_t)command->settings.watch.hook_time * 1000;

    for (int64_t now = now_ms(); !command->stop && !hooks_idle(command->hooks) && now < end; now = now_ms())
        wait_for_news(command, polled, 0, (int)(end - now));
}

static int run(struct watch_command *command, struct error *error)
{
    struct pollfd polled[WATCH_POLLED_MAX + HOOKS_RUNNING_MAX + 1];
    size_t count = 0;
    int timeout_ms = 0;
    int result = 1;

    notify_say(&command->notify, "READY=1");
    while (!command->stop && (result = watch_turn(command->watch, polled, &count, &timeout_ms, error)) > 0) {
        say_alive(command);
        wait_for_news(command, polled, count, timeout_ms);
        if (command->reload && !command->stop)
            reload(command);
    }
    if (result == 0)
        wait_for_hooks(command);
    notify_say(&command->notify, "STOPPING=1");
    show_status(command, true);
    if (command->status_stands)
        fputc('\n', stderr);
    return result < 0 && !command->stop ? -1 : 0;
}

/* What the call leaves open, as the settings say; and what these leave open, by the watch's own defaults. */
static void take_settings(struct watch_command *command, struct watch_call *call, struct hooks_call *hooks)
{
    const struct settings_folder folder = settings_folder_at(&command->settings, call->folder);

    call->settings.language = setup_language(call->settings.language, &command->settings);
    call->settings.patience_s = folder.patience * 60;
    call->settings.polling = folder.polling;
    if (folder.settle != 0)
        call->settings.settle_s = call->settings.settle_polled_s = folder.settle;
    if (folder.rescan != 0)
        call->settings.rescan_s = call->settings.rescan_polled_s = folder.rescan;
    if (command->workers == 0)
        command->workers = command->settings.workers;
    memcpy(hooks->programs, folder.hooks, sizeof folder.hooks);
    hooks->settings_file = command->settings.file;
    hooks->limit_s = command->settings.watch.hook_time;
}

static int parse(struct watch_call *call, unsigned *workers, const char **docket, const char **settings, int argc,
                 char **argv, struct error *error)
{
    int operands;
    const struct option options[] = {
        {"--once", OPTION_FLAG, &call->settings.once},
        {"--workers", OPTION_COUNT, workers},
        {"--docket", OPTION_TEXT, docket},
        {"--lang", OPTION_LANGUAGE, &call->settings.language},
        {"--settings", OPTION_TEXT, settings},
    };

    watch_settings_init(&call->settings);
    call->settings.language = LANGUAGE_COUNT;
    if (options_parse(options, sizeof options / sizeof *options, argc, argv, &operands, error) < 0)
        return -1;
    if (operands != 1)
        return error_set(error, ERROR_USAGE, "one folder is wanted");
    call->folder = argv[0];
    return 0;
}

/* A docket in the folder would be taken for a dropped file. */
static int check_apart(const char *docket, const char *folder, struct error *error)
{
    char parent[PATH_MAX];
    struct stat of_docket;
    struct stat of_folder;
    const char *slash = strrchr(docket, '/');

    snprintf(parent, sizeof parent, "%.*s", slash == NULL ? 1 : slash == docket ? 1 : (int)(slash - docket),
             slash == NULL ? "." : docket);
    if (stat(parent, &of_docket) == 0 && stat(folder, &of_folder) == 0 && of_docket.st_dev == of_folder.st_dev &&
        of_docket.st_ino == of_folder.st_ino)
        return error_set(error, ERROR_USAGE, "the docket must not lie in the folder where scans are dropped; name another "
                                             "file with --docket");
    return 0;
}

static bool is_clean(const struct watch *watch)
{
    struct watch_counts counts;

    watch_count(watch, &counts);
    return counts.failed == 0 && counts.stuck == 0 && counts.waiting == 0;
}

int command_watch(int argc, char **argv)
{
    struct watch_command command = {.signals = -1, .notify = {.socket = -1}};
    struct watch_call call = {
        .outside = &outside_real, .reader = &command.reader, .tell = say, .keep_going = keep_going, .context = &command};
    struct hooks_call hooks = {.now_ms = now_ms, .tell = say, .context = &command};
    const char *docket = NULL;
    const char *settings = NULL;
    char path[PATH_MAX];
    struct error error = {0};
    bool clean = true;
    int result = -1;

    if (parse(&call, &command.workers, &docket, &settings, argc, argv, &error) < 0)
        return options_complain("watch", &error);
    command.in_journal = notify_in_journal();
    command.on_terminal = isatty(STDERR_FILENO);
    notify_open(&command.notify);
    if (settings_load(&command.settings, settings, &error) < 0)
        goto done;
    take_settings(&command, &call, &hooks);
    if (setup_docket_file(path, docket, &command.settings, &error) < 0 ||
        check_apart(path, call.folder, &error) < 0 || (command.signals = signals_open(&error)) < 0 ||
        knowledge_init(&command.knowledge, &command.settings, command.workers, &error) < 0 ||
        docket_open(&command.docket, path, DOCKET_START, &error) < 0 ||
        hooks_new(&command.hooks, &hooks, &error) < 0)
        goto done;
    command.reader = reader_of(command.knowledge.pool);
    call.catalogue = command.knowledge.catalogue;
    call.docket = command.docket;
    call.hooks = command.hooks;
    if (watch_open(&command.watch, &call, &error) < 0)
        goto done;
    setup_tell_lacks("watch");
    result = run(&command, &error);
    clean = is_clean(command.watch);
done:
    watch_close(command.watch);
    hooks_free(command.hooks);
    knowledge_dispose(&command.knowledge);
    docket_close(command.docket);
    notify_close(&command.notify);
    settings_dispose(&command.settings);
    if (command.signals >= 0)
        close(command.signals);
    if (result < 0)
        return setup_complain("watch", &error);
    return call.settings.once && !clean ? STATUS_UNREAD : STATUS_DONE;
}
