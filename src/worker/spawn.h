/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef IRSORT_WORKER_SPAWN_H
#define IRSORT_WORKER_SPAWN_H

#include <sys/types.h>

#include "base/error.h"

/* The descriptor on which a child finds its socket. */
enum { SPAWN_SOCKET = 3 };

/* Executes this very program as `irsort --worker <data_directory> [<extras>]` with OMP_THREAD_LIMIT=1 and the other end
 * of `socket` on SPAWN_SOCKET. */
int spawn_child(const char *data_directory, unsigned extras, pid_t *pid, int *socket, struct error *error);

/* Ends the child at once and takes its wait status; 0 if it was no longer there. */
int spawn_end(pid_t pid);

#endif
