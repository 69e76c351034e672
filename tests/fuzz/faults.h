/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A catalogue is loaded from a small tree in which one file is the input. */
#ifndef IRSORT_TESTS_FUZZ_FAULTS_H
#define IRSORT_TESTS_FUZZ_FAULTS_H

#include "../catalogue/tree.h"
#include "harness.h"

static char faults_tree[TREE_PATH_SIZE];

static inline void faults_drop_tree(void)
{
    tree_drop(faults_tree);
}

static inline void faults_write(const char *name, const void *bytes, size_t size)
{
    char path[TREE_PATH_SIZE];
    FILE *file = fopen(tree_path(faults_tree, name, path), "w");

    MUST(file != NULL && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
}

static inline void faults_count(void *context, const struct fault *fault)
{
    size_t *count = context;

    MUST(strncmp(fault->file, faults_tree, strlen(faults_tree)) == 0);
    MUST(fault->line >= 1 && fault->column >= 1 && fault->what[0] != '\0' && fault->field != NULL);
    ++*count;
}

/* The catalogue, or NULL where there was a fault. The other files are right before and after. */
static inline struct catalogue *faults_load(const char *name, const uint8_t *data, size_t size)
{
    struct catalogue *catalogue = NULL;
    struct error error = {0};
    size_t faults = 0;

    if (faults_tree[0] == '\0') {
        tree_make(faults_tree);
        atexit(faults_drop_tree);
    }
    faults_write(name, data, size);
    int result = catalogue_new(&catalogue, faults_tree, faults_count, &faults, &error);
    faults_write(name, tree_text(name), strlen(tree_text(name)));
    MUST((result == 0) == (faults == 0) && (result == 0) == (catalogue != NULL));
    MUST(error.code == (result == 0 ? ERROR_NONE : ERROR_PATTERNS));
    return catalogue;
}

#endif
