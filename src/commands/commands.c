/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "commands/commands.h"

#include <stdio.h>
#include <string.h>

static const struct command table[] = {
    {"read", "[--json|--ics [--names]] [--as-of DATE] [--lang en|es] FILE|DIR|-...",
     "reads scans: one card a letter",
     "Reads PDF, TIFF, PNG, JPEG, WebP, HEIC and PNM files, of many pages each. Of a\n"
     "directory every file below it is read; - reads standard input.\n"
     "\n"
     "  --json         one JSON object a line, a letter each (see docs/)\n"
     "  --ics          a calendar file: an event with alarms for each open deadline of\n"
     "                 the letters that are surely known; the others are told on stderr\n"
     "  --names        with --ics: show the taxpayer's last four digits and the file\n"
     "  --as-of DATE   count as if DATE were today; DATE is YYYY-MM-DD\n"
     "  --lang en|es   the language of the answer; en if not given\n"
     "\n"
     "  irsort read mail.pdf\n"
     "  irsort read --json --as-of 2025-01-20 scans/ > letters.jsonl\n"
     "  irsort read --ics scans/ > deadlines.ics\n",
     command_read},
    {"rights", "ID [--date DATE] [--as-of DATE] [--lang en|es] [--json|--ics]",
     "tells the rights and dates without a scan",
     "ID is the number on the letter, such as CP504, LT11 or \"Letter 1058\".\n"
     "\n"
     "  --date DATE               the date on the letter\n"
     "  --printed DATE            the last day that is printed on it, to ask or to answer\n"
     "  --filed DATE              the day the lien was filed\n"
     "  --conference DATE         the day of the talk with the Collection manager\n"
     "  --conference-asked DATE   the day that talk was asked for\n"
     "  --seizure DATE            the day the seizure notice was given\n"
     "  --review-asked DATE       the day a review under section 7429 was asked for\n"
     "  --review-answered DATE    the day the IRS answered that\n"
     "  --as-of DATE              count as if DATE were today; DATE is YYYY-MM-DD\n"
     "  --lang en|es              the language of the answer; en if not given\n"
     "  --json                    one JSON object\n"
     "  --ics                     a calendar file: an event with alarms for each open deadline\n"
     "\n"
     "  irsort rights LT11 --date 2026-03-02\n",
     command_rights},
    {"notices", "[--json] [--lang en|es]", "lists the notices that it knows",
     "Each notice with the rights it opens and how long they last.\n"
     "\n"
     "  --json         one JSON object a line, a notice each\n"
     "  --lang en|es   the language of the titles; en if not given\n",
     command_notices},
    {"lint", "[DIR]", "checks the pattern files",
     "Tells every fault of DIR/patterns and DIR/models as file:line:column: what is\n"
     "wrong, and the mend. Without DIR it checks the files that irsort itself uses.\n"
     "Exit status 2 if there is a fault.\n",
     command_lint},
    {"doctor", "[--lang en|es]", "tells what this machine has and lacks",
     "Whether letters can be read here, and which protections from hostile files hold.\n"
     "Exit status 0 if all is well, 1 if letters can be read but something is missing,\n"
     "2 if none can be read.\n"
     "\n"
     "  --lang en|es   the language of the answer; en if not given\n",
     command_doctor},
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
