/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One file to read: opened without waiting, known to be a plain file, and hashed. */
#ifndef IRSORT_COMMANDS_INTAKE_H
#define IRSORT_COMMANDS_INTAKE_H

#include "base/error.h"

enum { INTAKE_HASH_SIZE = 65 }; /* SHA-256 in hex, and NUL */

/* Opens the file ("-": takes all of standard input) and hands out a descriptor at its start, to be closed by
 * the caller. Errors: ERROR_NOT_FOUND, ERROR_NOT_READABLE, ERROR_NOT_REGULAR, ERROR_EMPTY, ERROR_TOO_LARGE,
 * ERROR_OUT_OF_MEMORY. */
int intake_open(int *out, const char *name, char sha256[INTAKE_HASH_SIZE], struct error *error);

#endif
