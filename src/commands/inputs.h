/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The files that a call names, directories opened up. */
#ifndef IRSORT_COMMANDS_INPUTS_H
#define IRSORT_COMMANDS_INPUTS_H

#include <stddef.h>

#include "base/error.h"

struct input {
    char *name;         /* as the user can find it: the argument, or a path below it; "-" is standard input */
    struct error error; /* set where a directory could not be looked into */
};

struct inputs {
    struct input *list;
    size_t count;
    size_t size; /* inputs allocated */
};

/* Takes the arguments in their order. Below a directory every regular file counts, sorted by name; symbolic
 * links to directories are not followed, and dot files, litter (Thumbs.db, ~$…) and what is no file are left
 * out. Only lack of memory is an error. On failure `inputs` is empty. */
int inputs_init(struct inputs *inputs, char *const *arguments, size_t count, struct error *error);
void inputs_dispose(struct inputs *inputs);

#endif
