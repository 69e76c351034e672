/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Each file is read by a process of its own, forked when all is loaded: what a hostile file takes over has seen no
 * other file, answers for no other file, and is gone when the answer is given. This process itself looks at nothing
 * but the requests of its parent. */
#include "worker/serve.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "worker/sandbox.h"
#include "worker/wire.h"

int64_t worker_extra_ms(int descriptor)
{
    struct stat status;

    if (fstat(descriptor, &status) < 0 || !S_ISREG(status.st_mode))
        return 0;
    int64_t extra = (int64_t)status.st_size / WORKER_BYTES_PER_SECOND * 1000;
    return extra < WORKER_EXTRA_MS_MAX ? extra : WORKER_EXTRA_MS_MAX;
}

void worker_tell_page(const void *context, unsigned page, unsigned pages)
{
    const struct worker_request *request = context;
    json_t *message = wire_page(page, pages);

    wire_send_message(request->socket, request->serial, message); /* if it is lost, so is the answer */
    json_decref(message);
}

static int answer(const struct worker_request *request, worker_read_fn *read_file, void *context)
{
    struct letter *letters = NULL;
    size_t count = 0;
    struct error error = {0};

    bool failed = read_file(context, request, &letters, &count, &error) < 0;
    json_t *message = failed ? wire_error(&error) : wire_letters(letters, count);
    for (size_t i = 0; i < count; i++)
        letter_dispose(&letters[i]);
    free(letters);
    int result = wire_send_message(request->socket, request->serial, message);
    json_decref(message);
    return result;
}

/* Seconds of processor. The soft limit's signal ends the process and says why; the hard one is for who catches it. */
static void limit_time(int descriptor)
{
    rlim_t seconds = WORKER_FILE_CPU_S + (rlim_t)(worker_extra_ms(descriptor) / 1000);
    const struct rlimit limits = {seconds, seconds + 1};

    setrlimit(RLIMIT_CPU, &limits);
}

static _Noreturn void read_alone(const struct worker_request *request, pid_t parent, worker_read_fn *read_file,
                                 void *context)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it died before that took hold */
        _exit(1);
    limit_time(request->descriptor);
    sandbox_enter(request->socket, request->descriptor); /* what is missing is told by sandbox_probe */
    _exit(answer(request, read_file, context) < 0 ? 1 : 0);
}

/* Ends as the child ended, so that the parent of both learns of it. */
static _Noreturn void end_like(int status)
{
    if (WIFSIGNALED(status)) {
        signal(WTERMSIG(status), SIG_DFL);
        raise(WTERMSIG(status));
    }
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

static int fork_and_read(const struct worker_request *request, worker_read_fn *read_file, void *context)
{
    pid_t parent = getpid();
    int status = 0;
    pid_t pid = fork();

    if (pid == 0)
        read_alone(request, parent, read_file, context);
    if (pid < 0) {
        struct error error = {0};
        error_set(&error, ERROR_OUT_OF_MEMORY, "not enough memory to start a process for reading this file");
        json_t *message = wire_error(&error);
        int result = wire_send_message(request->socket, request->serial, message);
        json_decref(message);
        return result;
    }
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return -1;
    }
    if (status != 0)
        end_like(status);
    return 0;
}

int worker_serve(int socket, worker_read_fn *read_file, void *context)
{
    json_object_seed(0); /* it would open /dev/urandom, each child for itself */
    json_t *greeting = json_pack("{s:b}", "ready", 1);
    int result = wire_send_message(socket, 0, greeting);

    json_decref(greeting);
    while (result == 0) {
        struct worker_request request = {.socket = socket};
        result = wire_receive_file(socket, &request.serial, &request.descriptor);
        if (result <= 0)
            return result;
        result = fork_and_read(&request, read_file, context);
        close(request.descriptor);
    }
    return result;
}
