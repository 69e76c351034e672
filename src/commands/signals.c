/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "commands/signals.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>

int signals_open(struct error *error)
{
    sigset_t set;
    int descriptor = -1;

    signal(SIGCHLD, SIG_DFL); /* who called may have it ignored, and then no child could be waited for */
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0 || (descriptor = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC)) < 0)
        error_set(error, ERROR_SETUP, "signals cannot be waited for: %s", strerror(errno));
    return descriptor;
}
