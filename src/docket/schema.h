/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Inside docket/: the tables, and how an older file gets them. */
#ifndef IRSORT_DOCKET_SCHEMA_H
#define IRSORT_DOCKET_SCHEMA_H

#include <stddef.h>

#include "docket/inside.h"

/* Tells our files from other programs': "IRSD". Stands in the file's header. */
enum { SCHEMA_APPLICATION = 0x49525344 };

/* Step i leads from version i to version i + 1. A step that was published never changes; a new one is added.
 */
extern const char *const schema_steps[];
extern const size_t schema_step_count;

/* Runs the steps that the file lacks, all or none. A version above `count` is refused. */
int schema_migrate(struct docket *docket, const char *const *steps, size_t count, struct error *error);

#endif
