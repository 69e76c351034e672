/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A folder of pattern files of one kind, loaded in the order of their names. */
#ifndef IRSORT_CATALOGUE_SHELF_H
#define IRSORT_CATALOGUE_SHELF_H

#include <stdbool.h>
#include <stddef.h>

#include "source/source.h"

/* What the files of a shelf are loaded into. */
struct shelf_kind {
    const char *folder;               /* below the data directory */
    const cyaml_schema_value_t *one;  /* a file */
    const cyaml_schema_value_t *list; /* many, for freeing */
    size_t size;                      /* bytes of one value */
};

struct shelf {
    const struct shelf_kind *kind;
    void *values;           /* array of `count` values of kind->size bytes */
    struct source *sources; /* of each value */
    size_t count;
    char **stems; /* file names without .yaml, those of faulty files too; sorted */
    size_t stem_count;
};

/* Loads every file; a fault of one does not keep the others from being read. */
void shelf_load(struct shelf *shelf, const struct shelf_kind *kind, const char *directory,
                struct fault_log *log);

/* Frees all but the values, which are the caller's: free them with source_free_value(kind->list, …). */
void shelf_dispose(struct shelf *shelf);

/* The name, without .yaml, of the file that the value at `index` came from. Into `out`; returns it. */
const char *shelf_stem(const struct shelf *shelf, size_t index, char *out, size_t size);

/* A file <stem>.yaml is there, loaded or faulty. */
bool shelf_has(const struct shelf *shelf, const char *stem);

#endif
