/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static const char *const code_names[] = {
    [ERROR_NONE] = "none",
    [ERROR_NOT_FOUND] = "not-found",
    [ERROR_NOT_READABLE] = "not-readable",
    [ERROR_NOT_REGULAR] = "not-regular",
    [ERROR_EMPTY] = "empty",
    [ERROR_UNKNOWN_FORMAT] = "unknown-format",
    [ERROR_DAMAGED] = "damaged",
    [ERROR_ENCRYPTED_PDF] = "encrypted-pdf",
    [ERROR_TOO_LARGE] = "too-large",
    [ERROR_TOO_MANY_PAGES] = "too-many-pages",
    [ERROR_TIMEOUT] = "timeout",
    [ERROR_OUT_OF_MEMORY] = "out-of-memory",
    [ERROR_WORKER_DIED] = "worker-died",
    [ERROR_USAGE] = "usage",
    [ERROR_PATTERNS] = "patterns",
    [ERROR_SETUP] = "setup",
};

#define CODE_COUNT (sizeof code_names / sizeof *code_names)

int error_set(struct error *error, enum error_code code, const char *format, ...)
{
    va_list args;

    if (error == NULL || error->code != ERROR_NONE)
        return -1;
    error->code = code;
    va_start(args, format);
    int length = vsnprintf(error->message, sizeof error->message, format, args);
    va_end(args);
    if (length >= (int)sizeof error->message)
        utf8_trim(error->message);
    return -1;
}

const char *error_code_name(enum error_code code)
{
    return (size_t)code < CODE_COUNT ? code_names[code] : "unknown";
}

bool error_code_parse(const char *name, enum error_code *out)
{
    for (size_t i = 0; i < CODE_COUNT; i++) {
        if (strcmp(code_names[i], name) == 0) {
            *out = (enum error_code)i;
            return true;
        }
    }
    return false;
}
