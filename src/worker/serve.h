/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef IRSORT_WORKER_SERVE_H
#define IRSORT_WORKER_SERVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "letter/letter.h"

/* Reads one file, as reader_read does; the descriptor stays the caller's. */
typedef int worker_read_fn(void *context, int descriptor, struct letter **letters, size_t *count,
                           struct error *error);

/* Milliseconds that a file may take for its size, above what any file may. */
int64_t worker_extra_ms(int descriptor);

/* Greets, then answers requests until the parent hangs up, each in a child of its own that has entered the sandbox: no
 * thread may be running. 0, or -1 if the socket failed; does not return if such a child died, but dies likewise. */
int worker_serve(int socket, worker_read_fn *read_file, void *context);

#endif
