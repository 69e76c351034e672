/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "commands/commands.h"
#include "worker/worker.h"

enum { WORKER_SOCKET = 3 }; /* where the pool leaves the child's end of the wire */

/* What is in memory is about somebody: it goes into no core file, and no other process of this user may look into it. */
static void keep_private(void)
{
    const struct rlimit none = {0, 0};

    setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__ /* its search for leaks looks into this process */
    prctl(PR_SET_DUMPABLE, 0);
#endif
}

int main(int argc, char **argv)
{
    /* What the pool starts, with its data directory and what it shall add; not for people. */
    if ((argc == 3 || argc == 4) && strcmp(argv[1], "--worker") == 0)
        return worker_main(WORKER_SOCKET, argv[2], argv[3]);
    keep_private();
    return commands_main(argc - 1, argv + 1);
}
