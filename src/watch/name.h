/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Names of dropped files: any bytes. Inside watch/. */
#ifndef IRSORT_WATCH_NAME_H
#define IRSORT_WATCH_NAME_H

#include <limits.h>
#include <stdbool.h>

#include "base/buffer.h"

/* What scanners, browsers, file managers and office programs leave lying about, or have not finished: dot files, ~$…,
 * Thumbs.db, desktop.ini, ….part, ….tmp, ….crdownload and their like. Not taken, whatever it holds. */
bool name_is_litter(const char *name);

enum { NAME_KEPT_SIZE = NAME_MAX + 1 };

/* The name that a dropped file keeps beside its record: its own, but for one that a record has. */
void name_keep(const char *name, char out[NAME_KEPT_SIZE]);

/* The name in ASCII, "%" and the two hex digits for any other byte; and back, false where that is no file's name. */
void name_encode(struct buffer *out, const char *name);
bool name_decode(const char *text, char out[NAME_MAX + 1]);

/* For a line to a person: on one line, taxpayer numbers masked. */
void name_show(struct buffer *out, const char *name);

/* As UTF-8, for the docket. */
void name_utf8(struct buffer *out, const char *name);

#endif
