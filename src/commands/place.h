/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Where files of this user lie. */
#ifndef IRSORT_COMMANDS_PLACE_H
#define IRSORT_COMMANDS_PLACE_H

#include <limits.h>

#include "base/error.h"

/* The docket: `given`, or what is usual where that is NULL. Into `path`. */
int place_of_docket(char path[PATH_MAX], const char *given, struct error *error);

#endif
