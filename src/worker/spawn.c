/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "worker/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* One core a child: Tesseract's own threads make a page five times slower. It looks at this before main. */
static char one_thread[] = "OMP_THREAD_LIMIT=1";

/* A page's pictures take tens of megabytes, and each letter's process fetches its memory anew: by pages of 2 MiB, where the
 * kernel has them for those who ask, that takes a third of the time. */
static char large_pages[] = "GLIBC_TUNABLES=glibc.malloc.hugetlb=1";

/* What a child is told of this environment: where its language data and its libraries are, and in development builds what
 * its sanitizers shall do. The rest may hold secrets, or switches of some library. */
static const char *const told[] = {
    "TESSDATA_PREFIX", "LD_LIBRARY_PATH",
#ifdef __SANITIZE_ADDRESS__
    "ASAN_OPTIONS",    "LSAN_OPTIONS",    "UBSAN_OPTIONS",
#endif
};

enum { TOLD_COUNT = sizeof told / sizeof *told, ENVIRONMENT_MAX = TOLD_COUNT + 3 };

static bool is_told(const char *variable)
{
    for (size_t i = 0; i < TOLD_COUNT; i++) {
        size_t length = strlen(told[i]);
        if (strncmp(variable, told[i], length) == 0 && variable[length] == '=')
            return true;
    }
    return false;
}

/* `out` gets at most ENVIRONMENT_MAX entries. */
static void make_environment(char **out)
{
    size_t kept = 0;

    out[kept++] = one_thread;
    out[kept++] = large_pages;
    for (size_t i = 0; environ != NULL && environ[i] != NULL && kept + 1 < ENVIRONMENT_MAX; i++) {
        if (is_told(environ[i]))
            out[kept++] = environ[i];
    }
    out[kept] = NULL;
}

/* Between fork and exec: only calls that are safe there. */
static _Noreturn void become_worker(int socket, pid_t parent, char *const arguments[],
                                    char *const environment[])
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it died before that took hold */
        _exit(127);
    if (socket == SPAWN_SOCKET)
        fcntl(socket, F_SETFD, 0);
    else
        dup2(socket, SPAWN_SOCKET);
    close_range(SPAWN_SOCKET + 1, ~0u, 0);
    execve("/proc/self/exe", arguments, environment);
    _exit(127);
}

int spawn_child(const char *data_directory, unsigned extras, pid_t *pid, int *socket, struct error *error)
{
    char *directory = strdup(data_directory);
    char *environment[ENVIRONMENT_MAX];
    char name[] = "irsort";
    char worker[] = "--worker";
    char wanted[16];
    char *arguments[] = {name, worker, directory, extras != 0 ? wanted : NULL, NULL};
    int ends[2] = {-1, -1};
    pid_t parent = getpid();
    int result = -1;

    snprintf(wanted, sizeof wanted, "%u", extras);
    if (directory == NULL) {
        error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory to start a process for reading");
        goto done;
    }
    make_environment(environment);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
        error_set(error, ERROR_SETUP, "a process for reading cannot be started: %s", strerror(errno));
        goto done;
    }
    *pid = fork();
    if (*pid == 0)
        become_worker(ends[1], parent, arguments, environment);
    if (*pid < 0) {
        error_set(error, ERROR_SETUP, "a process for reading cannot be started: %s", strerror(errno));
        goto done;
    }
    *socket = ends[0];
    ends[0] = -1;
    result = 0;
done:
    for (int i = 0; i < 2; i++) {
        if (ends[i] >= 0)
            close(ends[i]);
    }
    free(directory);
    return result;
}

bool spawn_has_ended(pid_t pid)
{
    siginfo_t info = {0};

    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid == pid;
}

/* Up to `size` bytes of a file of /proc about the child. */
static size_t read_about(pid_t pid, const char *name, char *out, size_t size)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    FILE *file = fopen(path, "re");
    size_t length = file != NULL ? fread(out, 1, size, file) : 0;
    if (file != NULL)
        fclose(file);
    return length;
}

bool spawn_has_one_thread(pid_t pid)
{
    char text[4096];
    size_t length = read_about(pid, "environ", text, sizeof text);
    bool told_so = memmem(text, length, one_thread, sizeof one_thread) != NULL; /* with its NUL */

    length = read_about(pid, "status", text, sizeof text);
    return told_so && memmem(text, length, "\nThreads:\t1\n", sizeof "\nThreads:\t1\n" - 1) != NULL;
}

void spawn_dismiss(pid_t pid)
{
    enum { PATIENCE_MS = 2000 }; /* it has nothing to do but to free its memory */
    int handle = pidfd_open(pid, 0);
    struct pollfd polled = {.fd = handle, .events = POLLIN};

    if (handle >= 0) {
        poll(&polled, 1, PATIENCE_MS);
        close(handle);
    }
    spawn_end(pid);
}

int spawn_end(pid_t pid)
{
    int status = 0;
    pid_t ended;

    kill(pid, SIGKILL);
    do
        ended = waitpid(pid, &status, 0);
    while (ended < 0 && errno == EINTR);
    return ended == pid ? status : 0;
}
