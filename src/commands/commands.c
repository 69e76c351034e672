/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "commands/commands.h"

#include <stdio.h>
#include <string.h>

#include "commands/setup.h"

static const struct command table[] = {
    {"read", "[OPTION]... FILE|DIR|-...",
     "reads scans: one card a letter",
     "Reads PDF, TIFF, PNG, JPEG, WebP, HEIC and PNM files, of many pages each. Of a\n"
     "directory every file below it is read; - reads standard input.\n"
     "\n"
     "  --json         one JSON object a line, a letter each (see docs/)\n"
     "  --ics          a calendar file: an event with alarms for each open deadline of\n"
     "                 the letters that are surely known; the others are told on stderr\n"
     "  --names        with --ics: show the taxpayer's last four digits and the file\n"
     "  --as-of DATE   count as if DATE were today; DATE is YYYY-MM-DD\n"
     "  --lang en|es   the language of the answer; that of the settings if not given\n"
     "  --why          for the likeliest notices, which rules of their patterns hit, which\n"
     "                 did not, and what came nearest: for people who write patterns\n"
     "  --show DIR     a picture of each page into DIR: what was read, and where what\n"
     "                 was found stands; no file in DIR is overwritten\n"
     "  --workers N    read N files at a time, 1 to 8; as the settings say if not given\n"
     "  --settings FILE   the settings, instead of those in the usual places\n"
     "\n"
     "  $ irsort read mail.pdf\n"
     "  $ irsort read --json --as-of 2025-01-20 scans/ > letters.jsonl\n"
     "  $ irsort read --ics scans/ > deadlines.ics\n",
     command_read},
    {"rights", "ID [--date DATE] [--as-of DATE] [--lang en|es] [--json|--ics]",
     "tells the rights and dates without a scan",
     "ID is the number on the letter, such as CP504, LT11 or \"Letter 1058\".\n"
     "\n"
     "  --date DATE               the date on the letter\n"
     "  --printed DATE            the day printed on it: to ask or answer by, or a plan's end\n"
     "  --filed DATE              the day the lien was filed\n"
     "  --conference DATE         the day of the talk with the Collection manager\n"
     "  --conference-asked DATE   the day that talk was asked for\n"
     "  --seizure DATE            the day the seizure notice was given\n"
     "  --review-asked DATE       the day a review under section 7429 was asked for\n"
     "  --review-answered DATE    the day the IRS answered that\n"
     "  --as-of DATE              count as if DATE were today; DATE is YYYY-MM-DD\n"
     "  --lang en|es              the language; that of the settings if not given\n"
     "  --json                    one JSON object\n"
     "  --ics                     a calendar file: an event with alarms for each open deadline\n"
     "  --settings FILE           the settings, instead of those in the usual places\n"
     "\n"
     "  $ irsort rights LT11 --date 2026-03-02\n",
     command_rights},
    {"notices", "[--json] [--lang en|es]", "lists the notices that it knows",
     "Each notice with the rights it opens and how long they last.\n"
     "\n"
     "  --json         one JSON object a line, a notice each\n"
     "  --lang en|es   the language of the titles; that of the settings if not given\n"
     "  --settings FILE   the settings, instead of those in the usual places\n",
     command_notices},
    {"watch", "[OPTION...] FOLDER", "takes scans dropped into a folder and files them",
     "Each file that is dropped into FOLDER is taken when it is complete, read, put with\n"
     "its record into FOLDER/filed, FOLDER/review (a person must look) or FOLDER/failed,\n"
     "and its deadlines into the docket. Until it lies there whole it stays where it was\n"
     "dropped. What comes again is put into FOLDER/repeats and not read again.\n"
     "\n"
     "  --once         take what is there, and end: exit status 0 if all of it was filed\n"
     "  --docket DB    the docket's file, as `irsort docket --file`\n"
     "  --workers N    read N files at a time, 1 to 8; as the settings say if not given\n"
     "  --lang en|es   the language of the records; that of the settings if not given\n"
     "  --settings FILE   the settings, instead of those in the usual places\n"
     "\n"
     "SIGTERM ends it, SIGHUP has it read the patterns again. The settings may name\n"
     "programs that are told of filed letters: on_filed and on_review, irsort.yaml(5).\n"
     "See docs/watch.md.\n"
     "\n"
     "  $ irsort watch /srv/scans\n"
     "  $ irsort watch --once /srv/scans\n",
     command_watch},
    {"docket", "[OPTION...]", "lists every open deadline of the clinic, soonest first",
     "The docket keeps every letter that was taken, and what people did about it, in one\n"
     "file. Dates are counted anew each day. What nobody marked done and went by stands\n"
     "first; a letter that is not sure has no date, but the reason why.\n"
     "\n"
     "  --json         one JSON object a line, a deadline each (see docs/)\n"
     "  --csv          for a spreadsheet\n"
     "  --ics          a calendar file: an event with alarms for each open deadline;\n"
     "                 what has no sure date is told on stderr\n"
     "  --names        with --ics: show the taxpayer's last four digits and the file\n"
     "  --ref REF      only the letters of that client reference\n"
     "  --notice ID    only letters that are this notice, or may be\n"
     "  --within DAYS  only days that are at most so many days off\n"
     "  --all          also what is done, has no deadline or is a second scan\n"
     "  --as-of DATE   count as if DATE were today; DATE is YYYY-MM-DD\n"
     "  --lang en|es   the language of the answer; that of the settings if not given\n"
     "  --file DB      the docket's file; that of the settings if not given, else\n"
     "                 irsort/docket.db in $XDG_DATA_HOME or ~/.local/share\n"
     "  --settings FILE   the settings, instead of those in the usual places\n"
     "\n"
     "Letters come in from what `irsort read --json` printed; twice does no harm:\n"
     "\n"
     "  --take FILE|-...   takes them; with --ref REF for that client\n"
     "  --received DATE    with --take: as come in on that day; today if not given\n"
     "\n"
     "What people do; ID is the number in the list. It stands in the history with the\n"
     "name of the user:\n"
     "\n"
     "  --done ID                  settled\n"
     "  --undo ID                  not settled after all\n"
     "  --note ID TEXT             a note\n"
     "  --assign ID NAME           who works on it; \"\" for nobody\n"
     "  --set-ref ID REF           the client reference; \"\" for none\n"
     "  --correct ID FIELD=VALUE   what the paper shows: notice=CP504,\n"
     "                             notice_date=2026-03-02; an empty VALUE: it is not there\n"
     "  --confirm ID [FIELD]       that is right; without FIELD all of it\n"
     "  --history ID               all that happened with a letter; also with --json\n"
     "  --by NAME                  who did it, if not the user\n"
     "  --backup COPY              a whole copy, a docket of its own, in a new file\n"
     "\n"
     "  $ irsort read --json scans/ | irsort docket --take - --ref 2026-014\n"
     "  $ irsort docket --within 14\n"
     "  $ irsort docket --ics > deadlines.ics\n",
     command_docket},
    {"desk", "[OPTION...]", "opens the intake desk's page on this machine",
     "Prints a link that works once. Open it in a browser on this machine: drop scans on\n"
     "the page, see each letter beside what was understood, confirm or correct it, print a\n"
     "sheet for the client, and see the docket. Only this machine can reach the page,\n"
     "unless --listen says otherwise; that wants --tls and at least one user.\n"
     "\n"
     "  --port N       the port; that of the settings if not given; 0 for any that is free\n"
     "  --listen ADDR  the address of this machine to listen at, or ADDR:PORT\n"
     "  --tls CERT KEY   the certificate to show, and its key: files of PEM\n"
     "  --docket DB    the docket's file, as `irsort docket --file`; scans lie beside it\n"
     "  --workers N    read N files at a time, 1 to 8; as the settings say if not given\n"
     "  --as-of DATE   count as if DATE were today; DATE is YYYY-MM-DD\n"
     "  --settings FILE   the settings, instead of those in the usual places\n"
     "\n"
     "Where there are users, everybody logs in with name and password, and what they do\n"
     "stands in an audit log beside the docket. These change the users, and open no page:\n"
     "\n"
     "  --user NAME    adds a user, or gives a new password; asks for it on the terminal,\n"
     "                 or takes it as a line of standard input\n"
     "  --role ROLE    with --user: desk, or reviewer, who may also confirm and correct\n"
     "  --remove-user NAME   takes a user away, at once\n"
     "  --users        lists them\n"
     "\n"
     "SIGTERM ends it, SIGHUP has it print a new link. See docs/desk.md.\n"
     "\n"
     "  $ irsort desk\n"
     "  $ irsort desk --user maria --role reviewer\n"
     "  $ irsort desk --listen 192.0.2.7 --tls desk.crt desk.key\n",
     command_desk},
    {"lint", "[DIR]", "checks the pattern files",
     "Tells every fault of DIR/patterns and DIR/models as file:line:column: what is\n"
     "wrong, and the mend. Without DIR it checks the files that irsort itself uses.\n"
     "Exit status 2 if there is a fault.\n"
     "\n"
     "  --settings FILE   the settings, instead of those in the usual places\n",
     command_lint},
    {"doctor", "[--lang en|es]", "tells what this machine has and lacks",
     "Whether letters can be read here; whether settings, docket, clock and the watched\n"
     "folders of the settings are fit for use, by the user who calls it; and which\n"
     "protections from hostile files hold. Below what is not well stands the mend.\n"
     "Exit status 0 if nothing is wrong, 1 if letters can be read but something is wrong,\n"
     "2 if none can be read.\n"
     "\n"
     "  --lang en|es   the language of the answer; that of the settings if not given\n"
     "  --settings FILE   the settings, instead of those in the usual places\n",
     command_doctor},
    {"help", "[COMMAND|all]", "tells what irsort can do", "", command_help},
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

    setup_json_memory();
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
