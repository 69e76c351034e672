/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef IRSORT_WORKER_SPAWN_H
#define IRSORT_WORKER_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

/* The descriptor on which a child finds its socket. */
enum { SPAWN_SOCKET = 3 };

/* Executes this very program as `irsort --worker <data_directory> [<extras>]` with the other end of `socket` on SPAWN_SOCKET, no
 * other descriptor but the standard streams, and of the environment OMP_THREAD_LIMIT=1 and where to find language data. */
int spawn_child(const char *data_directory, unsigned extras, pid_t *pid, int *socket, struct error *error);

/* Whether the child has ended by itself; spawn_end is still to be called. Its socket may be held open by a reader of a file
 * that is about to end with it. */
bool spawn_has_ended(pid_t pid);

/* Whether the child was told to use one thread only, and does. */
bool spawn_has_one_thread(pid_t pid);

/* Lets the child, whose socket was closed, end by itself: it first takes note of its own child's time and memory, which would
 * be missing in this process's account. It is ended if it takes too long. */
void spawn_dismiss(pid_t pid);

/* Ends the child at once and takes its wait status; 0 if it was no longer there. */
int spawn_end(pid_t pid);

#endif
