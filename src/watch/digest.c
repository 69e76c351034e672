/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "watch/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

enum { CHUNK = 1 << 16 };

void digest_end(struct sha256_ctx *context, char out[INTENT_HASH_SIZE])
{
    uint8_t digest[SHA256_DIGEST_SIZE];

    sha256_digest(context, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

int digest_descriptor(const struct outside *outside, const struct patience *patience, int descriptor,
                      char out[INTENT_HASH_SIZE])
{
    struct sha256_ctx context;
    uint8_t chunk[CHUNK];
    off_t offset = 0;
    ssize_t got;

    sha256_init(&context);
    while ((got = outside->pread(descriptor, chunk, sizeof chunk, offset)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 || !patience_lasts(patience))
            return -1;
        sha256_update(&context, (size_t)got, chunk);
        offset += got;
    }
    digest_end(&context, out);
    return 0;
}

int digest_file(const struct outside *outside, const struct patience *patience, int folder, const char *name,
                char out[INTENT_HASH_SIZE])
{
    int descriptor = outside->open(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
    struct stat status;
    int result = -1;

    if (descriptor < 0)
        return -1;
    if (outside->fstat(descriptor, &status) == 0) {
        if (S_ISREG(status.st_mode))
            result = digest_descriptor(outside, patience, descriptor, out);
        else
            errno = EISDIR;
    }
    int number = errno;
    outside->close(descriptor);
    errno = number;
    return result;
}
