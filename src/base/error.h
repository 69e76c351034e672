/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What went wrong, in words for a person and as a code for a program. */
#ifndef IRSORT_BASE_ERROR_H
#define IRSORT_BASE_ERROR_H

#include <stdbool.h>

enum error_code {
    ERROR_NONE,
    /* an input that cannot be read: these names are part of the JSON contract */
    ERROR_NOT_FOUND,
    ERROR_NOT_READABLE,
    ERROR_NOT_REGULAR,
    ERROR_EMPTY,
    ERROR_UNKNOWN_FORMAT,
    ERROR_DAMAGED,
    ERROR_ENCRYPTED_PDF,
    ERROR_TOO_LARGE,
    ERROR_TOO_MANY_PAGES,
    ERROR_TIMEOUT,
    ERROR_OUT_OF_MEMORY,
    ERROR_WORKER_DIED,
    /* the call, a pattern file or the installation is wrong: nothing is read */
    ERROR_USAGE,
    ERROR_PATTERNS,
    ERROR_SETUP,
};

#define ERROR_MESSAGE_MAX 1024 /* bytes; a longer message is cut at a character */

/* Zero-initialise it. The first error set wins, so that a cleanup cannot hide the cause. */
struct error {
    enum error_code code;
    char message[ERROR_MESSAGE_MAX];
};

/* Sets `error` unless it is set already or NULL. Always returns -1, so that `return error_set(…)` reads well. */
int error_set(struct error *error, enum error_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The name of the code in JSON, for example "encrypted-pdf". Static text. */
const char *error_code_name(enum error_code code);

/* The code with that name; false if there is none. */
bool error_code_parse(const char *name, enum error_code *out);

#endif
