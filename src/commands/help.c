/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "commands/commands.h"

static void print_overview(void)
{
    size_t count;
    const struct command *commands = commands_all(&count);

    puts("irsort reads scans of IRS letters and says which letter each is, what can still be\n"
         "appealed, how, and by when.\n");
    for (size_t i = 0; i < count; i++)
        printf("  irsort %-8s %s\n", commands[i].name, commands[i].summary);
    puts("\n`irsort help COMMAND` tells more about one. `irsort --version` tells the version.\n"
         "\n"
         "Exit status: 0 everything was read; 1 something could not be read, the rest was;\n"
         "2 the call or a pattern file is wrong, nothing was read.\n"
         "\n"
         "irsort is no lawyer: where it is not sure it says so, and a person must look.");
}

static void print_command(const struct command *command)
{
    printf("irsort %s%s%s\n\n%s.\n", command->name, command->usage[0] == '\0' ? "" : " ", command->usage,
           command->summary);
    if (command->details[0] != '\0')
        printf("\n%s", command->details);
}

/* In the form that help2man makes the manual's page of. */
static void print_all(void)
{
    size_t count;
    const struct command *commands = commands_all(&count);

    print_overview();
    for (size_t i = 0; i < count; i++) {
        printf("\nirsort %s:\n  ", commands[i].name);
        print_command(&commands[i]);
    }
}

int command_help(int argc, char **argv)
{
    if (argc <= 1) {
        print_overview();
        return STATUS_DONE;
    }
    if (strcmp(argv[1], "all") == 0) {
        print_all();
        return STATUS_DONE;
    }
    const struct command *command = commands_find(argv[1]);
    if (command == NULL) {
        fprintf(stderr, "irsort help: there is no such command; `irsort help` lists them\n");
        return STATUS_WRONG;
    }
    print_command(command);
    return STATUS_DONE;
}
