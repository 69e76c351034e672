/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A private copy of the patterns and models that a long run goes by, so that one half edited does not come to a reader that
 * is started meanwhile. */
#ifndef IRSORT_COMMANDS_SNAPSHOT_H
#define IRSORT_COMMANDS_SNAPSHOT_H

#include <limits.h>

#include "base/error.h"

struct snapshot {
    char path[PATH_MAX]; /* as a data directory; "" if there is none */
};

/* Copies patterns/ and models/ of the data directory to where this process may keep such things: $RUNTIME_DIRECTORY,
 * $XDG_RUNTIME_DIR, $TMPDIR or /tmp. Removes what an irsort of this user that is no more left there. */
int snapshot_take(struct snapshot *snapshot, const char *data_directory, struct error *error);

void snapshot_drop(struct snapshot *snapshot);

#endif
