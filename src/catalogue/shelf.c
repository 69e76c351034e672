/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "catalogue/shelf.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXTENSION ".yaml"

enum { SHELF_FILES_MAX = 5000 }; /* the IRS has some hundreds of notices */

static const struct place file_start = {1, 1};

static void out_of_memory(struct fault_log *log)
{
    error_set(log->error, ERROR_OUT_OF_MEMORY, "no memory for the pattern files");
    log->count++;
}

static int by_name(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static bool grow_stems(struct shelf *shelf, const char *name, size_t length)
{
    char **stems = realloc(shelf->stems, (shelf->stem_count + 1) * sizeof *stems);

    if (stems == NULL)
        return false;
    shelf->stems = stems;
    stems[shelf->stem_count] = strndup(name, length);
    return stems[shelf->stem_count] != NULL && ++shelf->stem_count > 0;
}

/* Names that begin with a dot are editors' and file systems' litter; any other file must be a pattern. */
static void list_stems(struct shelf *shelf, const char *path, struct fault_log *log)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;

    if (folder == NULL) {
        fault_tell(log, path, file_start, "", "cannot read this folder: %s", strerror(errno));
        return;
    }
    while (errno = 0, (entry = readdir(folder)) != NULL) {
        const char *name = entry->d_name;
        size_t length = strlen(name);
        if (name[0] == '.')
            continue;
        bool yaml = length > strlen(EXTENSION) && strcmp(name + length - strlen(EXTENSION), EXTENSION) == 0;
        if (!yaml || shelf->stem_count >= SHELF_FILES_MAX) {
            char file[PATH_MAX + NAME_MAX + 2];
            snprintf(file, sizeof file, "%s/%s", path, name);
            fault_tell(log, file, file_start, "", "%s",
                       yaml ? "too many files in this folder"
                            : "the name does not end in " EXTENSION "; rename the file or take it away");
        } else if (!grow_stems(shelf, name, length - strlen(EXTENSION))) {
            out_of_memory(log);
            break;
        }
    }
    if (entry == NULL && errno != 0) /* half the notices known would be half the letters taken for something else */
        fault_tell(log, path, file_start, "", "cannot read this folder to its end: %s", strerror(errno));
    closedir(folder);
    if (shelf->stem_count == 0)
        fault_tell(log, path, file_start, "", "there is no pattern file in this folder; write one");
    else
        qsort(shelf->stems, shelf->stem_count, sizeof *shelf->stems, by_name);
}

void shelf_load(struct shelf *shelf, const struct shelf_kind *kind, const char *directory,
                struct fault_log *log)
{
    char path[PATH_MAX];

    *shelf = (struct shelf){.kind = kind};
    snprintf(path, sizeof path, "%s/%s", directory, kind->folder);
    list_stems(shelf, path, log);
    if (shelf->stem_count == 0)
        return;
    shelf->values = source_memory(NULL, shelf->stem_count * kind->size);
    shelf->sources = calloc(shelf->stem_count, sizeof *shelf->sources);
    if (shelf->values == NULL || shelf->sources == NULL) {
        out_of_memory(log);
        return;
    }
    for (size_t i = 0; i < shelf->stem_count; i++) {
        struct source *source = &shelf->sources[shelf->count];
        void *value;
        snprintf(path, sizeof path, "%s/%s/%s" EXTENSION, directory, kind->folder, shelf->stems[i]);
        if (source_open(source, path, log) != 0)
            continue;
        if (source_load(source, kind->one, &value, log) != 0) {
            source_dispose(source);
            continue;
        }
        memcpy((char *)shelf->values + shelf->count * kind->size, value, kind->size);
        source_memory(value, 0); /* the shell only: what it points to has moved into the array */
        shelf->count++;
    }
}

void shelf_dispose(struct shelf *shelf)
{
    for (size_t i = 0; i < shelf->count; i++)
        source_dispose(&shelf->sources[i]);
    for (size_t i = 0; i < shelf->stem_count; i++)
        free(shelf->stems[i]);
    free(shelf->sources);
    free(shelf->stems);
    *shelf = (struct shelf){0};
}

const char *shelf_stem(const struct shelf *shelf, size_t index, char *out, size_t size)
{
    const char *path = shelf->sources[index].path;
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;

    snprintf(out, size, "%.*s", (int)(strlen(name) - strlen(EXTENSION)), name);
    return out;
}

bool shelf_has(const struct shelf *shelf, const char *stem)
{
    return shelf->stem_count > 0 &&
           bsearch(&stem, shelf->stems, shelf->stem_count, sizeof *shelf->stems, by_name) != NULL;
}
