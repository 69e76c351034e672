/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The pool with its times to choose; everyone but its tests calls worker_pool_new. */
#ifndef IRSORT_WORKER_POOL_H
#define IRSORT_WORKER_POOL_H

#include "worker/worker.h"

struct pool_options {
    unsigned count; /* children at the most; 0: one a processor */
    const char *data_directory;
    unsigned start_ms; /* for a child to greet */
    unsigned file_ms;  /* for a small file; larger ones get more, see pool.c */
};

int pool_new(struct worker_pool **out, const struct pool_options *options, struct error *error);

#endif
