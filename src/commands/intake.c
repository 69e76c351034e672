/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "commands/intake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nettle/sha2.h>

#include "paper/limits.h"

enum { CHUNK = 1 << 16 }; /* bytes read at once */

/* A larger file would be refused by the reader; it is not even hashed. */
static int too_large(struct error *error)
{
    return error_set(error, ERROR_TOO_LARGE, "the file is larger than %lu MiB", PAPER_FILE_MAX >> 20);
}

static int fail_errno(struct error *error)
{
    switch (errno) {
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
    case ENAMETOOLONG:
        return error_set(error, ERROR_NOT_FOUND, "there is no such file");
    case ENXIO:
        return error_set(error, ERROR_NOT_REGULAR, "this is not a file but a device or a socket");
    case ENOMEM:
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    default:
        return error_set(error, ERROR_NOT_READABLE, "the file cannot be read: %s", strerror(errno));
    }
}

static int check_status(const struct stat *status, struct error *error)
{
    if (S_ISDIR(status->st_mode))
        return error_set(error, ERROR_NOT_REGULAR, "this is a directory");
    if (!S_ISREG(status->st_mode))
        return error_set(error, ERROR_NOT_REGULAR, "this is not a file but a device, a pipe or a socket");
    if (status->st_size == 0)
        return error_set(error, ERROR_EMPTY, "the file is empty");
    if ((uintmax_t)status->st_size > PAPER_FILE_MAX)
        return too_large(error);
    return 0;
}

/* Looked at before it is opened, because opening some devices does something; and after, because it may be
 * another. */
static int open_file(int *out, const char *name, struct error *error)
{
    struct stat status;

    if (stat(name, &status) < 0)
        return fail_errno(error);
    if (check_status(&status, error) < 0)
        return -1;
    *out = open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (*out < 0 || fstat(*out, &status) < 0)
        return fail_errno(error);
    return check_status(&status, error);
}

static int write_all(int descriptor, const char *bytes, size_t length, struct error *error)
{
    while (length > 0) {
        ssize_t written = write(descriptor, bytes, length);
        if (written < 0)
            return fail_errno(error);
        bytes += written;
        length -= (size_t)written;
    }
    return 0;
}

/* A pipe cannot be read twice, and a letter is looked at more than once. */
static int take_standard_input(int *out, struct error *error)
{
    char chunk[CHUNK];
    size_t total = 0;
    ssize_t got;

    *out = memfd_create("standard input", MFD_CLOEXEC);
    if (*out < 0)
        return fail_errno(error);
    while ((got = read(STDIN_FILENO, chunk, sizeof chunk)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_errno(error);
        total += (size_t)got;
        if (total > PAPER_FILE_MAX)
            return too_large(error);
        if (write_all(*out, chunk, (size_t)got, error) < 0)
            return -1;
    }
    if (total == 0)
        return error_set(error, ERROR_EMPTY, "nothing came from standard input");
    return 0;
}

static int hash(int descriptor, char sha256[INTAKE_HASH_SIZE], struct error *error)
{
    struct sha256_ctx context;
    uint8_t digest[SHA256_DIGEST_SIZE];
    uint8_t chunk[CHUNK];
    off_t offset = 0;
    ssize_t got;

    sha256_init(&context);
    while ((got = pread(descriptor, chunk, sizeof chunk, offset)) != 0) {
        if (got < 0)
            return fail_errno(error);
        offset += got;
        if ((uintmax_t)offset > PAPER_FILE_MAX) /* it is growing while it is read */
            return too_large(error);
        sha256_update(&context, (size_t)got, chunk);
    }
    sha256_digest(&context, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(sha256 + 2 * i, 3, "%02x", digest[i]);
    return 0;
}

int intake_open(int *out, const char *name, char sha256[INTAKE_HASH_SIZE], struct error *error)
{
    int descriptor = -1;
    int result = strcmp(name, "-") == 0 ? take_standard_input(&descriptor, error)
                                        : open_file(&descriptor, name, error);

    if (result == 0)
        result = hash(descriptor, sha256, error);
    if (result == 0 && lseek(descriptor, 0, SEEK_SET) < 0)
        result = fail_errno(error);
    if (result < 0) {
        if (descriptor >= 0)
            close(descriptor);
        return -1;
    }
    *out = descriptor;
    return 0;
}
