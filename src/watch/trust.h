/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* May a file that the settings name be run? */
#ifndef IRSORT_WATCH_TRUST_H
#define IRSORT_WATCH_TRUST_H

#include <limits.h>

#include "base/error.h"
#include "settings/settings.h"

/* Only root and this user can change it, by its own permissions or by those of a directory on the way to it. `resolved`
 * gets its path without links. ERROR_SETUP says what is wrong and the mend. */
int trust_check(const char *path, char resolved[PATH_MAX], struct error *error);

/* The same for the hook's program, which must be one that can be run, and for the settings' file that names it. */
int trust_check_hook(const struct settings_hook *hook, const char *settings_file, char resolved[PATH_MAX],
                     struct error *error);

#endif
