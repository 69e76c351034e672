/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Where faults of YAML files, and of the tables beside them, go while they are loaded. */
#ifndef IRSORT_SOURCE_FAULT_LOG_H
#define IRSORT_SOURCE_FAULT_LOG_H

#include <stdarg.h>
#include <stddef.h>

#include "base/error.h"
#include "source/fault.h"

enum { FAULT_TEXT_MAX = 900 }; /* bytes of one fault's words; more would not fit into an error's message */

struct fault_log {
    fault_fn *on_fault; /* or NULL */
    void *context;
    struct error *error; /* gets the first fault */
    size_t count;
};

/* A place in a file; both count from 1. */
struct place {
    unsigned line;
    unsigned column;
};

void fault_tell(struct fault_log *log, const char *file, struct place place, const char *field,
                const char *format, ...) __attribute__((format(printf, 5, 6)));

void fault_tell_list(struct fault_log *log, const char *file, struct place place, const char *field,
                     const char *format, va_list args) __attribute__((format(printf, 5, 0)));

#endif
