/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "commands/inputs.h"

#include <errno.h>
#include <fts.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static int out_of_memory(struct error *error)
{
    return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
}

/* NULL on lack of memory. */
static struct input *add(struct inputs *inputs, const char *name)
{
    if (inputs->count == inputs->size) {
        size_t size = inputs->size == 0 ? 16 : inputs->size * 2;
        struct input *list = reallocarray(inputs->list, size, sizeof *list);
        if (list == NULL)
            return NULL;
        inputs->list = list;
        inputs->size = size;
    }
    struct input *input = &inputs->list[inputs->count];
    *input = (struct input){.name = strdup(name)};
    if (input->name == NULL)
        return NULL;
    inputs->count++;
    return input;
}

/* What scanners, file managers and office programs leave lying about. */
static bool is_litter(const char *name)
{
    return name[0] == '.' || strncmp(name, "~$", 2) == 0 || strcasecmp(name, "Thumbs.db") == 0 ||
           strcasecmp(name, "desktop.ini") == 0;
}

/* A link counts where it leads to a file, or to nothing (which is then told); never where it leads to a
 * directory. */
static bool link_counts(const char *path)
{
    struct stat status;

    return stat(path, &status) < 0 || S_ISREG(status.st_mode);
}

static int by_name(const FTSENT **left, const FTSENT **right)
{
    return strcmp((*left)->fts_name, (*right)->fts_name);
}

static int take_entry(struct inputs *inputs, FTS *tree, FTSENT *entry, struct error *error)
{
    if (entry->fts_level > 0 && is_litter(entry->fts_name)) {
        if (entry->fts_info == FTS_D)
            fts_set(tree, entry, FTS_SKIP);
        return 0;
    }
    bool file = entry->fts_info == FTS_F || entry->fts_info == FTS_NS;
    bool link = entry->fts_info == FTS_SL || entry->fts_info == FTS_SLNONE;
    bool unreadable = entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR;
    if (!file && !unreadable && !(link && link_counts(entry->fts_accpath)))
        return 0;
    struct input *input = add(inputs, entry->fts_path);
    if (input == NULL)
        return out_of_memory(error);
    if (unreadable)
        error_set(&input->error, ERROR_NOT_READABLE, "the directory cannot be read: %s",
                  strerror(entry->fts_errno));
    return 0;
}

static int take_directory(struct inputs *inputs, char *name, struct error *error)
{
    int result = -1;
    FTS *tree = fts_open((char *[]){name, NULL}, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);

    if (tree == NULL)
        return out_of_memory(error);
    FTSENT *entry;
    while (errno = 0, (entry = fts_read(tree)) != NULL) {
        if (take_entry(inputs, tree, entry, error) < 0)
            goto done;
    }
    if (errno != 0) {
        struct input *input = add(inputs, name);
        if (input == NULL)
            goto done;
        error_set(&input->error, ERROR_NOT_READABLE, "the directory cannot be read to its end: %s",
                  strerror(errno));
    }
    result = 0;
done:
    fts_close(tree);
    return result < 0 ? out_of_memory(error) : 0;
}

int inputs_init(struct inputs *inputs, char *const *arguments, size_t count, struct error *error)
{
    *inputs = (struct inputs){0};
    for (size_t i = 0; i < count; i++) {
        struct stat status;
        bool directory =
            strcmp(arguments[i], "-") != 0 && stat(arguments[i], &status) == 0 && S_ISDIR(status.st_mode);
        int result = directory ? take_directory(inputs, arguments[i], error) : 0;
        if (!directory && add(inputs, arguments[i]) == NULL)
            result = out_of_memory(error);
        if (result < 0) {
            inputs_dispose(inputs);
            return -1;
        }
    }
    return 0;
}

void inputs_dispose(struct inputs *inputs)
{
    for (size_t i = 0; i < inputs->count; i++)
        free(inputs->list[i].name);
    free(inputs->list);
    *inputs = (struct inputs){0};
}
