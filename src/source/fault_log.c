/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "source/fault_log.h"

#include <stdio.h>

#include "base/utf8.h"

void fault_tell_list(struct fault_log *log, const char *file, struct place place, const char *field,
                     const char *format, va_list args)
{
    char what[FAULT_TEXT_MAX];
    int length = vsnprintf(what, sizeof what, format, args);
    if (length >= (int)sizeof what)
        utf8_trim(what);

    struct fault fault = {
        .file = file, .line = place.line, .column = place.column, .field = field, .what = what};
    log->count++;
    error_set(log->error, ERROR_PATTERNS, "%s:%u:%u: %s%s%s", file, place.line, place.column, field,
              field[0] != '\0' ? ": " : "", what);
    if (log->on_fault != NULL)
        log->on_fault(log->context, &fault);
}

void fault_tell(struct fault_log *log, const char *file, struct place place, const char *field,
                const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fault_tell_list(log, file, place, field, format, args);
    va_end(args);
}
