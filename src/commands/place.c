/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "commands/place.h"

#include <stdio.h>
#include <stdlib.h>

int place_of_docket(char path[PATH_MAX], const char *given, struct error *error)
{
    const char *data = getenv("XDG_DATA_HOME");
    const char *home = getenv("HOME");
    int length;

    if (given != NULL)
        length = snprintf(path, PATH_MAX, "%s", given);
    else if (data != NULL && data[0] == '/') /* the standard: a relative one is to be passed over */
        length = snprintf(path, PATH_MAX, "%s/irsort/docket.db", data);
    else if (home != NULL && home[0] == '/')
        length = snprintf(path, PATH_MAX, "%s/.local/share/irsort/docket.db", home);
    else
        return error_set(error, ERROR_SETUP, "this user has no home directory; name the docket with --file");
    if (length == 0 || length >= PATH_MAX)
        return error_set(error, ERROR_SETUP, "the name of the docket's file is empty or too long");
    return 0;
}
