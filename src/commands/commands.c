/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "commands/commands.h"

#include <stdio.h>
#include <string.h>

static const struct command table[] = {
    {"help", "[COMMAND]", "tells what irsort can do", "", command_help},
};

const struct command *commands_all(size_t *count)
{
    *count = sizeof table / sizeof *table;
    return table;
}

const struct command *commands_find(const char *name)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    }
    return NULL;
}

int commands_main(int argc, char **argv)
{
    static char help[] = "help";

    if (argc < 1) {
        command_help(0, NULL);
        return STATUS_WRONG;
    }
    if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0)
        return command_help(0, NULL);
    if (strcmp(argv[0], "--version") == 0) {
        puts("irsort " IRSORT_VERSION);
        return STATUS_DONE;
    }
    const struct command *command = commands_find(argv[0]);
    if (command == NULL) {
        fprintf(stderr, "irsort: there is no such command; `irsort help` lists them\n");
        return STATUS_WRONG;
    }
    if (argc > 1 && strcmp(argv[1], "--help") == 0)
        return command_help(2, (char *[]){help, argv[0]});
    return command->run(argc, argv);
}
