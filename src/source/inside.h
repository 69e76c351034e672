/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the files of this room share. */
#ifndef IRSORT_SOURCE_INSIDE_H
#define IRSORT_SOURCE_INSIDE_H

#include "source/source.h"

/* A fault for each number of a file that fits the schema which is not written as a person reads it. */
void source_check_numbers(struct source *source, const cyaml_schema_value_t *schema, struct fault_log *log);

#endif
