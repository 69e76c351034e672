/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef IRSORT_WORKER_SERVE_H
#define IRSORT_WORKER_SERVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "letter/letter.h"

/* A file that is to be read, and to whom the answer goes. */
struct worker_request {
    int socket;
    uint32_t serial;
    int descriptor;
};

/* Reads one file, as reader_read does; the descriptor stays the caller's. */
typedef int worker_read_fn(void *context, const struct worker_request *request, struct letter **letters, size_t *count,
                           struct error *error);

/* Tells the parent which page of the file is begun: a reader_page_fn, whose context is the request. */
void worker_tell_page(const void *request, unsigned page, unsigned pages);

/* Milliseconds that a file may take for its size, above what any file may. */
int64_t worker_extra_ms(int descriptor);

/* Greets, then answers requests until the parent hangs up, each in a child of its own that has entered the sandbox: no
 * thread may be running. 0, or -1 if the socket failed; does not return if such a child died, but dies likewise. */
int worker_serve(int socket, worker_read_fn *read_file, void *context);

#endif
