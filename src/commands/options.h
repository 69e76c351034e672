/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The options of a command: long names only, written in full, as --name VALUE or --name=VALUE. */
#ifndef IRSORT_COMMANDS_OPTIONS_H
#define IRSORT_COMMANDS_OPTIONS_H

#include <stddef.h>

#include "base/error.h"

enum option_kind {
    OPTION_FLAG,     /* value: bool * */
    OPTION_DATE,     /* value: date * */
    OPTION_LANGUAGE, /* value: enum language * */
    OPTION_TEXT,     /* value: const char **, which gets the argument itself; not empty */
    OPTION_PAIR,     /* value: const char *[2], likewise; two arguments */
    OPTION_NUMBER,   /* value: int64_t *, at least 0 */
    OPTION_COUNT,    /* value: unsigned *; 1 to OPTION_COUNT_MAX */
};

enum { OPTION_COUNT_MAX = 8 }; /* as many children as a pool may have */

struct option {
    const char *name; /* "--json" */
    enum option_kind kind;
    void *value;
};

/* Reads argv[1..]; options may stand anywhere before a "--". What is no option is moved to the front (argv[0]
 * is the first) and counted in `operands`. ERROR_USAGE with a message for the user. */
int options_parse(const struct option *options, size_t count, int argc, char **argv, int *operands,
                  struct error *error);

/* Says on stderr what is wrong with the call, and where help is. Returns the exit status for it. */
int options_complain(const char *command, const struct error *error);

#endif
