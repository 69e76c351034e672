/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whole steps on files and folders by descriptor. Each returns 0, or -1 with errno set. Inside watch/. */
#ifndef IRSORT_WATCH_FOLDER_H
#define IRSORT_WATCH_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "watch/outside.h"

/* Opens a folder, never through a link at its end; a descriptor, or -1. */
int folder_open(const struct outside *outside, int folder, const char *name);

/* The same, and makes it where it is not there; `made` (may be NULL) tells. */
int folder_make(const struct outside *outside, int folder, const char *name, mode_t mode, bool *made);

/* Brings names that were added or removed onto the disk. Some network file systems cannot, and say so: then it counts as
 * done, because their server does it at once. */
int folder_sync(const struct outside *outside, int folder);

/* A new file, and its content on the disk. */
int folder_write_file(const struct outside *outside, int folder, const char *name, const void *bytes, size_t length,
                      mode_t mode);

/* All of a small file; EFBIG if it is larger. */
int folder_read_file(const struct outside *outside, int folder, const char *name, char *out, size_t size,
                     size_t *length);

/* Calls back with each name but "." and ".."; it returns 0 to go on, anything else ends it and is returned. */
int folder_each(const struct outside *outside, int folder, int (*each)(void *context, const char *name), void *context);

/* Removes a folder and the plain files in it. */
int folder_remove(const struct outside *outside, int folder, const char *name);

int folder_write_all(const struct outside *outside, int descriptor, const void *bytes, size_t length);

#endif
