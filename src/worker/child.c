/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The child: it loads what reading takes, once, and dies with its parent. Files that no one has looked at are met by its
 * own children only, see serve.c. */
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "worker/reading.h"
#include "worker/serve.h"
#include "worker/wire.h"
#include "worker/worker.h"

static void withdraw(void)
{
    const struct rlimit none = {0, 0};
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    setrlimit(RLIMIT_CORE, &none); /* a core file would hold the letter */
    if (nowhere < 0)
        return;
    dup2(nowhere, STDIN_FILENO);
    dup2(nowhere, STDOUT_FILENO);
#ifndef __SANITIZE_ADDRESS__ /* its reports go to stderr */
    dup2(nowhere, STDERR_FILENO); /* libraries chatter, and quote what they read */
#endif
    close(nowhere);
}

/* Pictures of pages come and go: what one took is kept for the next, for fetching it anew costs a third of decoding it. */
static void keep_memory(void)
{
    enum {
        BLOCK_MAX = 32 << 20, /* the most that glibc allows: two pages' pictures */
        KEPT_MAX = 128 << 20,
    };

    mallopt(M_MMAP_THRESHOLD, BLOCK_MAX);
    mallopt(M_TRIM_THRESHOLD, KEPT_MAX);
}

static int read_one(void *context, const struct worker_request *request, struct letter **letters, size_t *count,
                    struct error *error)
{
    reader_tell(context, worker_tell_page, request);
    return reader_read(context, request->descriptor, letters, count, error);
}

int worker_main(int socket, const char *data_directory, const char *extras)
{
    struct catalogue *catalogue = NULL;
    struct reader *reader = NULL;
    struct error error = {0};
    int result = -1;

    withdraw();
    keep_memory();
    if (catalogue_new(&catalogue, data_directory, NULL, NULL, &error) < 0 ||
        reader_new(&reader, catalogue, &error) < 0) {
        json_t *message = wire_error(&error);
        wire_send_message(socket, 0, message);
        json_decref(message);
        goto done;
    }
    if (extras != NULL)
        reader_want(reader, (unsigned)strtoul(extras, NULL, 10));
    result = worker_serve(socket, read_one, reader);
done:
    reader_free(reader);
    catalogue_free(catalogue);
    return result < 0 ? 1 : 0;
}
