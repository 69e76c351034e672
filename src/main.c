/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <string.h>

#include "commands/commands.h"
#include "worker/worker.h"

enum { WORKER_SOCKET = 3 }; /* where the pool leaves the child's end of the wire */

int main(int argc, char **argv)
{
    /* What the pool starts, with its data directory and what it shall add; not for people. */
    if ((argc == 3 || argc == 4) && strcmp(argv[1], "--worker") == 0)
        return worker_main(WORKER_SOCKET, argv[2], argv[3]);
    return commands_main(argc - 1, argv + 1);
}
