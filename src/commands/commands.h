/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The subcommands of irsort. Each is a file here and a row in the table of commands.c. */
#ifndef IRSORT_COMMANDS_COMMANDS_H
#define IRSORT_COMMANDS_COMMANDS_H

#include <stddef.h>

/* Exit statuses, as the contract promises them. */
enum {
    STATUS_DONE = 0,   /* every input was read, whatever it was */
    STATUS_UNREAD = 1, /* at least one input could not be read; the others were */
    STATUS_WRONG = 2,  /* the call, a pattern file or the installation is wrong; nothing was read */
};

struct command {
    const char *name;
    const char *usage;                 /* what follows the name */
    const char *summary;               /* one line for the overview */
    const char *details;               /* options and an example, whole lines */
    int (*run)(int argc, char **argv); /* argv[0] is the command's name; returns an exit status */
};

/* The table, in the order of the overview. Static. */
const struct command *commands_all(size_t *count);

/* NULL if there is no such command. */
const struct command *commands_find(const char *name);

/* Everything after the program's own name: finds the command and runs it. Returns the exit status. */
int commands_main(int argc, char **argv);

int command_read(int argc, char **argv);
int command_rights(int argc, char **argv);
int command_notices(int argc, char **argv);
int command_watch(int argc, char **argv);
int command_docket(int argc, char **argv);
int command_desk(int argc, char **argv);
int command_lint(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_help(int argc, char **argv);

#endif
