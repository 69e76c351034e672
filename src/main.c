/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "catalogue/catalogue.h"
#include "commands/commands.h"
#include "worker/worker.h"

enum { WORKER_SOCKET = 3 }; /* where the parent leaves its end of the wire */

/* What the pool of `irsort read` starts; not for people. */
static int be_worker(void)
{
    char directory[PATH_MAX];
    struct error error = {0};

    if (catalogue_find_directory(directory, sizeof directory, &error) < 0) {
        fprintf(stderr, "irsort: %s\n", error.message);
        return STATUS_WRONG;
    }
    return worker_main(WORKER_SOCKET, directory);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--worker") == 0)
        return be_worker();
    return commands_main(argc - 1, argv + 1);
}
