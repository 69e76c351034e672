/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalogue/catalogue.h"

#define DATA_VARIABLE "IRSORT_DATA"

static bool holds_patterns(const char *directory)
{
    char path[PATH_MAX];
    struct stat status;
    int length = snprintf(path, sizeof path, "%s/patterns", directory);

    return length < (int)sizeof path && stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* <program>/../share/irsort, where <program> is the directory of the running program. */
static bool beside_program(char *out, size_t size)
{
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);

    if (length < 0)
        return false;
    program[length] = '\0';
    char *slash = strrchr(program, '/');
    if (slash == NULL)
        return false;
    *slash = '\0';
    slash = strrchr(program, '/');
    if (slash == NULL)
        return false;
    *slash = '\0';
    return snprintf(out, size, "%s/share/irsort", program) < (int)size;
}

int catalogue_find_directory(char *out, size_t size, struct error *error)
{
    const char *named = getenv(DATA_VARIABLE);

    if (named != NULL && named[0] != '\0') {
        /* What a person names is used or refused, never quietly replaced by something else. */
        if (!holds_patterns(named))
            return error_set(error, ERROR_SETUP, "%s names %s, where there is no patterns folder",
                             DATA_VARIABLE, named);
        if (snprintf(out, size, "%s", named) >= (int)size)
            return error_set(error, ERROR_SETUP, "the path in %s is too long", DATA_VARIABLE);
        return 0;
    }
    if (beside_program(out, size) && holds_patterns(out))
        return 0;
    if (snprintf(out, size, "%s", IRSORT_SOURCE_DATA) < (int)size && holds_patterns(out))
        return 0;
    return error_set(error, ERROR_SETUP,
                     "no patterns folder in ../share/irsort beside the program nor in %s; set %s to the "
                     "directory that holds it",
                     IRSORT_SOURCE_DATA, DATA_VARIABLE);
}
