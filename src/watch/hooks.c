/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "watch/hooks.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "watch/trust.h"

enum {
    MS = 1000,
    GRACE_MS = 2 * MS, /* between SIGTERM and SIGKILL for one that took too long */
    LOOK_MS = 100,     /* where the kernel cannot tell that a process ended */
    END_STEP_MS = 10,  /* between two looks at the end */
    VARIABLE_SIZE = PATH_MAX + 512,
    LINE_SIZE = PATH_MAX + 256,
};

/* A letter that is to be told. */
struct waiting {
    struct waiting *next;
    enum hook hook;
    int record; /* sealed memory: it cannot block, and nobody can change it */
    size_t length;
    char folder[];
};

struct running {
    pid_t pid;      /* 0: free; also its process group */
    int descriptor; /* to wait on its end, or -1 */
    enum hook hook;
    int64_t end_at; /* then the next signal */
    int signal;     /* that it was sent last; 0: none */
};

struct hooks {
    struct hooks_call call;
    struct waiting *first, *last;
    size_t waiting_count;
    size_t waiting_bytes;
    struct running running[HOOKS_RUNNING_MAX];
    char told[HOOK_COUNT][LINE_SIZE]; /* the last trouble with it, until it works again */
    bool told_full;
};

static void tell(struct hooks *hooks, enum hook hook, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void tell(struct hooks *hooks, enum hook hook, const char *format, ...)
{
    char line[LINE_SIZE];
    va_list args;
    int length = snprintf(line, sizeof line, "%s: ", settings_hook_name(hook));

    va_start(args, format);
    vsnprintf(line + length, sizeof line - (size_t)length, format, args);
    va_end(args);
    if (strcmp(line, hooks->told[hook]) == 0)
        return;
    memcpy(hooks->told[hook], line, sizeof line);
    hooks->call.tell(hooks->call.context, WATCH_WARNING, line);
}

static const char *name_of(const struct hooks *hooks, enum hook hook)
{
    return hooks->call.programs[hook].words[0];
}

int hooks_new(struct hooks **out, const struct hooks_call *call, struct error *error)
{
    char resolved[PATH_MAX];
    struct hooks *hooks = calloc(1, sizeof *hooks);

    if (hooks == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    hooks->call = *call;
    for (enum hook hook = 0; hook < HOOK_COUNT; hook++) {
        struct error problem = {0};
        if (call->programs[hook].count > 0 &&
            trust_check_hook(&call->programs[hook], call->settings_file, resolved, &problem) < 0)
            tell(hooks, hook, "%s", problem.message);
    }
    *out = hooks;
    return 0;
}

/* ---- letters that wait ---- */

static int seal_record(const void *record, size_t length)
{
    int descriptor = memfd_create("letter.json", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (descriptor < 0)
        return -1;
    if (write(descriptor, record, length) == (ssize_t)length && lseek(descriptor, 0, SEEK_SET) == 0 &&
        fcntl(descriptor, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0)
        return descriptor;
    close(descriptor);
    return -1;
}

void hooks_add(struct hooks *hooks, enum hook hook, const char *folder, const void *record, size_t length)
{
    struct waiting *waiting = NULL;
    int descriptor = -1;

    if (hooks->call.programs[hook].count == 0)
        return;
    if (hooks->waiting_count < HOOKS_WAITING_MAX && hooks->waiting_bytes + length <= HOOKS_WAITING_BYTES) {
        waiting = malloc(sizeof *waiting + strlen(folder) + 1);
        descriptor = seal_record(record, length);
    }
    if (waiting == NULL || descriptor < 0) {
        free(waiting);
        if (descriptor >= 0)
            close(descriptor);
        if (!hooks->told_full)
            hooks->call.tell(hooks->call.context, WATCH_WARNING,
                             "more letters are filed than the programs of on_filed and on_review come after with: some "
                             "are not told to them; all are filed");
        hooks->told_full = true;
        return;
    }
    *waiting = (struct waiting){.hook = hook, .record = descriptor, .length = length};
    memcpy(waiting->folder, folder, strlen(folder) + 1);
    if (hooks->last != NULL)
        hooks->last->next = waiting;
    else
        hooks->first = waiting;
    hooks->last = waiting;
    hooks->waiting_count++;
    hooks->waiting_bytes += length;
}

static void drop_first(struct hooks *hooks)
{
    struct waiting *waiting = hooks->first;

    hooks->first = waiting->next;
    if (hooks->first == NULL) {
        hooks->last = NULL;
        hooks->told_full = false;
    }
    hooks->waiting_count--;
    hooks->waiting_bytes -= waiting->length;
    close(waiting->record);
    free(waiting);
}

/* ---- starting ---- */

/* Nothing of irsort's own environment but these: what its service manager told it is not for others. */
struct environment {
    char result[VARIABLE_SIZE];
    char home[VARIABLE_SIZE];
    char *list[5];
};

static void make_environment(struct environment *environment, const char *folder)
{
    const char *home = getenv("HOME");
    size_t count = 0;

    snprintf(environment->result, sizeof environment->result, "IRSORT_RESULT=%s", folder);
    snprintf(environment->home, sizeof environment->home, "HOME=%s", home != NULL ? home : "/");
    environment->list[count++] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    environment->list[count++] = "LANG=C.UTF-8";
    environment->list[count++] = environment->result;
    environment->list[count++] = environment->home;
    environment->list[count] = NULL;
}

/* In a process group of its own, with the record as its input, nothing else of irsort's open, and the signals as a
 * program expects them. Returns 0 or an errno. */
static int spawn(pid_t *pid, const char *program, const struct settings_hook *hook, int record,
                 char *const environment[])
{
    char *words[SETTINGS_HOOK_WORDS_MAX + 1] = {NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t all;
    sigset_t none;
    int failed = posix_spawn_file_actions_init(&actions);

    if (failed != 0)
        return failed;
    failed = posix_spawnattr_init(&attributes);
    if (failed != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return failed;
    }
    memcpy(words, hook->words, hook->count * sizeof *words);
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if ((failed = posix_spawn_file_actions_adddup2(&actions, record, STDIN_FILENO)) == 0 &&
        (failed = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)) == 0 &&
        (failed = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)) == 0 &&
        (failed = posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1)) == 0 &&
        (failed = posix_spawn_file_actions_addchdir_np(&actions, "/")) == 0)
        failed = posix_spawn(pid, program, &actions, &attributes, words, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

/* What became of the program since the last time is looked at anew. */
static void start(struct hooks *hooks, struct running *running, const struct waiting *waiting)
{
    const struct settings_hook *hook = &hooks->call.programs[waiting->hook];
    struct environment environment;
    char program[PATH_MAX];
    struct error problem = {0};

    if (trust_check_hook(hook, hooks->call.settings_file, program, &problem) < 0) {
        tell(hooks, waiting->hook, "%s", problem.message);
        return;
    }
    make_environment(&environment, waiting->folder);
    int failed = spawn(&running->pid, program, hook, waiting->record, environment.list);
    if (failed != 0) {
        running->pid = 0;
        tell(hooks, waiting->hook, "%s cannot be started: %s", hook->words[0], strerror(failed));
        return;
    }
    running->descriptor = (int)syscall(SYS_pidfd_open, running->pid, 0);
    running->hook = waiting->hook;
    running->signal = 0;
    running->end_at = hooks->call.now_ms() + (int64_t)hooks->call.limit_s * MS;
}

/* ---- ending ---- */

static void tell_end(struct hooks *hooks, const struct running *running, int status)
{
    if (running->signal != 0)
        return; /* that it took too long was told */
    if (WIFSIGNALED(status))
        tell(hooks, running->hook, "%s was ended by signal %d", name_of(hooks, running->hook), WTERMSIG(status));
    else if (WEXITSTATUS(status) != 0)
        tell(hooks, running->hook, "%s ended with status %d", name_of(hooks, running->hook), WEXITSTATUS(status));
    else
        hooks->told[running->hook][0] = '\0';
}

/* False if it still runs. What it left running ends with it; its group's number is surely its own as long as it is not
 * reaped. */
static bool reap(struct hooks *hooks, struct running *running, bool quiet)
{
    siginfo_t info = {0};
    int status = 0;

    if (waitid(P_PID, (id_t)running->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0)
        return false;
    kill(-running->pid, SIGKILL);
    if (waitpid(running->pid, &status, WNOHANG) == running->pid && !quiet)
        tell_end(hooks, running, status);
    if (running->descriptor >= 0)
        close(running->descriptor);
    running->pid = 0;
    return true;
}

/* Asked first, then made to. */
static void press(struct hooks *hooks, struct running *running, int64_t now)
{
    if (now < running->end_at || running->signal == SIGKILL)
        return;
    if (running->signal == 0)
        tell(hooks, running->hook, "%s took longer than %u s and was ended", name_of(hooks, running->hook),
             hooks->call.limit_s);
    running->signal = running->signal == 0 ? SIGTERM : SIGKILL;
    running->end_at = now + GRACE_MS;
    kill(-running->pid, running->signal);
}

size_t hooks_turn(struct hooks *hooks, struct pollfd *polled, int *timeout_ms)
{
    int64_t now = hooks->call.now_ms();
    size_t count = 0;

    for (size_t i = 0; i < HOOKS_RUNNING_MAX; i++) {
        struct running *running = &hooks->running[i];
        if (running->pid != 0 && !reap(hooks, running, false))
            press(hooks, running, now);
        while (running->pid == 0 && hooks->first != NULL) {
            start(hooks, running, hooks->first);
            drop_first(hooks);
        }
        if (running->pid == 0)
            continue;
        int64_t left = running->descriptor < 0 ? LOOK_MS : running->end_at > now ? running->end_at - now : 0;
        if (running->signal == SIGKILL && running->descriptor >= 0)
            left = GRACE_MS;
        if (left < *timeout_ms)
            *timeout_ms = (int)left;
        if (running->descriptor >= 0)
            polled[count++] = (struct pollfd){.fd = running->descriptor, .events = POLLIN};
    }
    return count;
}

bool hooks_idle(const struct hooks *hooks)
{
    bool runs = false;

    for (size_t i = 0; i < HOOKS_RUNNING_MAX; i++)
        runs |= hooks->running[i].pid != 0;
    return !runs && hooks->first == NULL;
}

/* All of them, within that time; by the real clock. */
static void end_all(struct hooks *hooks, int signal, int ms)
{
    const struct timespec step = {.tv_nsec = END_STEP_MS * 1000000L};
    bool left = true;

    for (size_t i = 0; i < HOOKS_RUNNING_MAX; i++) {
        if (hooks->running[i].pid != 0)
            kill(-hooks->running[i].pid, signal);
    }
    for (; left && ms > 0; ms -= END_STEP_MS) {
        left = false;
        for (size_t i = 0; i < HOOKS_RUNNING_MAX; i++)
            left |= hooks->running[i].pid != 0 && !reap(hooks, &hooks->running[i], true);
        if (left)
            nanosleep(&step, NULL);
    }
}

void hooks_free(struct hooks *hooks)
{
    char line[128];

    if (hooks == NULL)
        return;
    if (hooks->waiting_count > 0) {
        snprintf(line, sizeof line, "%zu filed letters were not told to the programs of on_filed and on_review",
                 hooks->waiting_count);
        hooks->call.tell(hooks->call.context, WATCH_NOTICE, line);
    }
    while (hooks->first != NULL)
        drop_first(hooks);
    end_all(hooks, SIGTERM, HOOKS_END_MS / 2);
    end_all(hooks, SIGKILL, HOOKS_END_MS / 2);
    free(hooks);
}
