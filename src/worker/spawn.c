/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "worker/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* One core a child: Tesseract's own threads make a page five times slower. It looks at this before main. */
static char one_thread[] = "OMP_THREAD_LIMIT=1";

/* This environment with `one_thread` in it. Only the array is new; NULL on lack of memory. */
static char **make_environment(void)
{
    size_t count = 0;
    size_t kept = 0;
    size_t name = strcspn(one_thread, "=") + 1;

    while (environ[count] != NULL)
        count++;
    char **copy = calloc(count + 2, sizeof *copy);
    if (copy == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        if (strncmp(environ[i], one_thread, name) != 0)
            copy[kept++] = environ[i];
    }
    copy[kept] = one_thread;
    return copy;
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
    char **environment = make_environment();
    char name[] = "irsort";
    char worker[] = "--worker";
    char wanted[16];
    char *arguments[] = {name, worker, directory, extras != 0 ? wanted : NULL, NULL};
    int ends[2] = {-1, -1};
    pid_t parent = getpid();
    int result = -1;

    snprintf(wanted, sizeof wanted, "%u", extras);
    if (directory == NULL || environment == NULL) {
        error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory to start a process for reading");
        goto done;
    }
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
    free(environment);
    free(directory);
    return result;
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
