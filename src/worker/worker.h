/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Reading happens in child processes: a file that crashes a decoder or hangs the engine costs one file, not
 * the run. */
#ifndef IRSORT_WORKER_WORKER_H
#define IRSORT_WORKER_WORKER_H

#include <stdbool.h>
#include <stddef.h>

#include <poll.h>

#include "base/error.h"
#include "catalogue/catalogue.h"
#include "letter/letter.h"

struct worker_pool;

/* Reads with up to `count` children of this very program (0: one a processor; 8 at the most), each executed
 * with OMP_THREAD_LIMIT=1 in its environment, because Tesseract reads that once, before main.
 * `data_directory` is handed on to them. A child is started when a file waits for it, and ends with the
 * thread that started it: a pool belongs to one thread, which must outlive it. */
int worker_pool_new(struct worker_pool **out, unsigned count, const char *data_directory,
                    struct error *error);
void worker_pool_free(struct worker_pool *pool);

/* Children that are started from now on add extras to the letters: a sum of enum reader_extra. */
void worker_pool_want(struct worker_pool *pool, unsigned extras);

/* Told that a page of the file with that tag is begun: `page` of `pages`, each higher than the one before. */
typedef void worker_page_fn(void *context, void *tag, unsigned page, unsigned pages);

/* From now on worker_pool_next and worker_pool_try call `told`, which must not use the pool, as pages are begun. */
void worker_pool_listen(struct worker_pool *pool, worker_page_fn *told, void *context);

/* Result of one file. */
struct worker_result {
    void *tag;              /* as submitted */
    struct letter *letters; /* owned by the result; valid when error.code is ERROR_NONE */
    size_t letter_count;
    struct error error; /* the file could not be read */
};

void worker_result_dispose(struct worker_result *result);

/* Queues the file behind `descriptor`, which the pool closes, also on failure. */
int worker_pool_submit(struct worker_pool *pool, int descriptor, void *tag, struct error *error);

/* Whether more files should be submitted to keep every child busy. Submitting only then bounds the open
 * descriptors. */
bool worker_pool_wants(const struct worker_pool *pool);

/* Waits for the next finished file, in whatever order. Returns 1 with a result, 0 when nothing is under way,
 * -1 on an error of the pool itself: no child can be started, or it says why it cannot work (ERROR_PATTERNS
 * …). The files that were waiting then are still queued. */
int worker_pool_next(struct worker_pool *pool, struct worker_result *out, struct error *error);

/* The same without waiting: 0 also while every file is still being read. */
int worker_pool_try(struct worker_pool *pool, struct worker_result *out, struct error *error);

/* What to wait for until worker_pool_try may have something new, for a caller that waits for other things too: at
 * most WORKER_POLLED_MAX entries go into `polled`, their number is returned. `timeout_ms` gets the time until a
 * child is late (-1: none can be). */
enum { WORKER_POLLED_MAX = 8 };
size_t worker_pool_polled(const struct worker_pool *pool, struct pollfd *polled, int *timeout_ms);

/* Starts a child, waits until it has loaded all that reading takes, and ends it; it reads nothing. `one_thread` tells
 * whether it was kept to one. -1 with the reason why no file could be read here. */
int worker_try(const char *data_directory, bool *one_thread, struct error *error);

/* Bytes of memory that a pool of one child a processor may take at the most. */
size_t worker_pool_memory(void);

/* The child's whole life: reads requests from `socket` until it closes. `extras` is what worker_pool_want was given, in
 * digits; NULL: none. Returns its exit status. */
int worker_main(int socket, const char *data_directory, const char *extras);

#endif
