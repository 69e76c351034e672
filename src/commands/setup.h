/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What every command needs before it can work, and how results leave the program. */
#ifndef IRSORT_COMMANDS_SETUP_H
#define IRSORT_COMMANDS_SETUP_H

#include <limits.h>
#include <stdio.h>

#include <jansson.h>

#include "base/buffer.h"
#include "base/error.h"
#include "catalogue/catalogue.h"
#include "report/ics.h"
#include "report/sheet.h"
#include "settings/settings.h"

/* The directory that holds patterns/ and models/: $IRSORT_DATA, else that of the settings, else what came with the
 * program. */
int setup_data(char out[PATH_MAX], const struct settings *settings, struct error *error);

/* Loads the catalogue from there; on a fault in it every fault is told on stderr. `directory` (PATH_MAX bytes, may be
 * NULL) gets the place. */
int setup_catalogue(struct catalogue **out, const struct settings *settings, char *directory, struct error *error);

/* The docket's file: `given` (NULL: not given), else that of the settings, else irsort/docket.db in $XDG_DATA_HOME or
 * ~/.local/share. */
int setup_docket_file(char out[PATH_MAX], const char *given, const struct settings *settings, struct error *error);

/* The users' file of a desk: that of the settings, else users beside the docket's file. */
int setup_users_file(char out[PATH_MAX], const char *docket_file, const struct settings *settings, struct error *error);

/* The language that was given, or that of the settings where `given` is LANGUAGE_COUNT. */
enum language setup_language(enum language given, const struct settings *settings);

/* The notice that somebody typed, however it is written; NULL with ERROR_USAGE, which names the nearest ones. */
const struct notice *setup_find_notice(const struct catalogue *catalogue, const char *name,
                                       struct error *error);

/* Ends the program where jansson has no memory: it goes on without a character of a text that it had no room for, and a
 * letter's date or amount could lack a digit. */
void setup_json_memory(void);

/* Says on stderr why nothing could be done. Returns the exit status for it. */
int setup_complain(const char *command, const struct error *error);

/* Says on stderr, in a line, which protections from hostile files this system lacks; nothing where all hold. */
void setup_tell_lacks(const char *command);

/* Tells one fault as "file:line:column: field: what" on the stream that `stream` (a FILE *) is. */
void setup_print_fault(void *stream, const struct fault *fault);

/* A card is coloured when stdout is a terminal and NO_COLOR is not set. */
void setup_sheet(struct sheet *sheet, struct buffer *out, enum language language);

/* Writes the card (and an empty line after it), or the JSON as one line (its reference is taken; NULL is lack
 * of memory), at once. */
int setup_write_card(struct buffer *card, struct error *error);
int setup_write_json(json_t *json, struct error *error);
int setup_write_calendar(const struct ics *ics, struct error *error);

#endif
