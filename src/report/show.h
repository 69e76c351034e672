/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A folder of pictures of pages: one file a page, readable by its owner only, never in the place of another file. */
#ifndef IRSORT_REPORT_SHOW_H
#define IRSORT_REPORT_SHOW_H

#include <stddef.h>

#include "base/error.h"
#include "letter/letter.h"

struct show_folder;

/* Opens the folder, or makes it (0700) where its parent is there. ERROR_USAGE if that cannot be. */
int show_open(struct show_folder **out, const char *path, struct error *error);
void show_close(struct show_folder *folder);

/* Told of what is not as a person may expect, in a sentence. */
typedef void show_tell_fn(void *context, const char *what);

/* Writes the letter's pictures as "<name of the scan> p<page>.png". Where that name is taken, another one is, and that is
 * told; likewise a page of which there is no picture. ERROR_SETUP if a picture cannot be written. */
int show_write(struct show_folder *folder, const char *scan, const struct letter *letter, show_tell_fn *tell, void *context,
               struct error *error);

/* How many were written. */
size_t show_count(const struct show_folder *folder);

#endif
