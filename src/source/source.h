/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One YAML file: its bytes, what libcyaml makes of them, and where in it a value stands. */
#ifndef IRSORT_SOURCE_SOURCE_H
#define IRSORT_SOURCE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include <cyaml/cyaml.h>
#include <yaml.h>

#include "base/error.h"
#include "source/fault_log.h"

/* Bounds a mistaken file, for example a scan named .yaml; the longest pattern file is a tenth of it. */
enum { SOURCE_BYTES_MAX = 1 << 20 };

enum { SOURCE_PATH_SIZE = 512 }; /* bytes of a path such as "follow_ups[2].count.period.count"; no schema is deeper */

struct source {
    char *path;
    char *bytes; /* NUL after the last */
    size_t length;
    yaml_document_t document; /* only made when a place is asked for: good files are parsed once */
    bool has_document;
};

/* Reads the file. A file that is not there or cannot be read is a fault. */
int source_open(struct source *source, const char *path, struct fault_log *log);
void source_dispose(struct source *source);

/* The value in a new struct of the schema's kind, to be freed by source_free_value. The schema's top must be
 * a pointer to a mapping. A file that does not fit is a fault. */
int source_load(struct source *source, const cyaml_schema_value_t *schema, void **out, struct fault_log *log);
void source_free_value(const cyaml_schema_value_t *schema, void *value, size_t count);

/* A fault for each text of the loaded value that says nothing: the schema refuses empty ones, but takes blanks
 * and `~`. */
void source_check_texts(struct source *source, const cyaml_schema_value_t *schema, const void *value,
                        struct fault_log *log);

/* The place of the value at `path` ("rights[2].clock"), or of its nearest parent that is there. */
struct place source_locate(struct source *source, const char *path);

/* A fault of the value at `path`. */
void source_fault(struct source *source, struct fault_log *log, const char *path, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The path of the value under `key` below `path`, or, where that is NULL, of the list's entry at `index`. */
void source_path(char out[SOURCE_PATH_SIZE], const char *path, const char *key, unsigned index);

/* The place of the key itself that ends `path`, its last occurrence. */
struct place source_locate_key(struct source *source, const char *path);

/* The place at which the file stops being YAML, and libyaml's words for it; false if it is YAML. */
bool source_syntax_error(struct source *source, struct place *place, char *what, size_t size);

/* Memory of loaded values comes from here: libcyaml's own allocator. size 0 frees. */
void *source_memory(void *block, size_t size);

#endif
