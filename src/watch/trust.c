/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "watch/trust.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* In a directory with the sticky bit (/tmp) nobody can put another file in the place of one that is not his. */
static int check_one(const char *path, const char *part, struct error *error)
{
    struct stat status;

    if (lstat(part, &status) < 0)
        return error_set(error, ERROR_SETUP, "%s: %s", part, strerror(errno));
    if (status.st_uid != 0 && status.st_uid != geteuid())
        return error_set(error, ERROR_SETUP, "%s is not trusted: %s belongs to another user; chown it to root", path,
                         part);
    bool sticky = S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0;
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0 && !sticky)
        return error_set(error, ERROR_SETUP, "%s is not trusted: others can write to %s; chmod go-w it", path, part);
    return 0;
}

int trust_check(const char *path, char resolved[PATH_MAX], struct error *error)
{
    char part[PATH_MAX];

    if (realpath(path, resolved) == NULL)
        return error_set(error, ERROR_SETUP, "%s: %s", path, strerror(errno));
    memcpy(part, resolved, strlen(resolved) + 1);
    while (strcmp(part, "/") != 0) {
        if (check_one(path, part, error) < 0)
            return -1;
        char *slash = strrchr(part, '/');
        slash[slash == part] = '\0';
    }
    return 0;
}

int trust_check_hook(const struct settings_hook *hook, const char *settings_file, char resolved[PATH_MAX],
                     struct error *error)
{
    struct stat status;

    if (settings_file != NULL && trust_check(settings_file, resolved, error) < 0)
        return -1;
    if (trust_check(hook->words[0], resolved, error) < 0)
        return -1;
    if (stat(resolved, &status) < 0 || !S_ISREG(status.st_mode) || access(resolved, X_OK) < 0)
        return error_set(error, ERROR_SETUP, "%s is no program that can be run; chmod +x it", hook->words[0]);
    return 0;
}
