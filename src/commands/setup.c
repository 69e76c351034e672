/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "commands/setup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/commands.h"
#include "worker/sandbox.h"

enum {
    CARD_MAX = 1 << 22,     /* bytes of one card: far above what the bounds of a letter allow */
    CALENDAR_MAX = 1 << 28, /* bytes of a calendar file: some hundred thousand events */
    REAL_DIGITS = 6,        /* boxes and confidences are not known any closer */
    NEAREST_MAX = 3,        /* more would be a list to search */
    NEAREST_LIST_SIZE = 64,
};

void setup_print_fault(void *stream, const struct fault *fault)
{
    fprintf(stream, "%s:%u:%u: %s%s%s\n", fault->file, fault->line, fault->column, fault->field,
            fault->field[0] == '\0' ? "" : ": ", fault->what);
}

int setup_data(char out[PATH_MAX], const struct settings *settings, struct error *error)
{
    const char *named = getenv("IRSORT_DATA");

    if (settings->data == NULL || (named != NULL && named[0] != '\0'))
        return catalogue_find_directory(out, PATH_MAX, error);
    snprintf(out, PATH_MAX, "%s", settings->data); /* no longer, says the schema */
    return 0;
}

int setup_catalogue(struct catalogue **out, const struct settings *settings, char *directory, struct error *error)
{
    char found[PATH_MAX];
    struct error fault = {0};

    if (setup_data(found, settings, error) < 0)
        return -1;
    if (directory != NULL)
        memcpy(directory, found, sizeof found);
    if (catalogue_new(out, found, setup_print_fault, stderr, &fault) == 0)
        return 0;
    if (fault.code == ERROR_PATTERNS) /* told already */
        return error_set(error, ERROR_PATTERNS, "the files above must be mended first; nothing was read");
    return error_set(error, fault.code, "%s", fault.message);
}

int setup_docket_file(char out[PATH_MAX], const char *given, const struct settings *settings, struct error *error)
{
    const char *data = getenv("XDG_DATA_HOME");
    const char *home = getenv("HOME");
    int length;

    if (given == NULL)
        given = settings->docket;
    if (given != NULL)
        length = snprintf(out, PATH_MAX, "%s", given);
    else if (data != NULL && data[0] == '/') /* the standard: a relative one is to be passed over */
        length = snprintf(out, PATH_MAX, "%s/irsort/docket.db", data);
    else if (home != NULL && home[0] == '/')
        length = snprintf(out, PATH_MAX, "%s/.local/share/irsort/docket.db", home);
    else
        return error_set(error, ERROR_SETUP,
                         "this user has no home directory; name the docket's file in the settings (docket)");
    if (length == 0 || length >= PATH_MAX)
        return error_set(error, ERROR_SETUP, "the name of the docket's file is empty or too long");
    return 0;
}

int setup_users_file(char out[PATH_MAX], const char *docket_file, const struct settings *settings, struct error *error)
{
    const char *given = settings->desk.users;
    int length = given != NULL ? snprintf(out, PATH_MAX, "%s", given) : snprintf(out, PATH_MAX, "%s.users", docket_file);

    return length < PATH_MAX ? 0 : error_set(error, ERROR_SETUP, "the name of the users' file is too long");
}

enum language setup_language(enum language given, const struct settings *settings)
{
    return given == LANGUAGE_COUNT ? settings->language : given;
}

/* Somebody typed it, so it is a slip that can be mended at once. Of a number that is listed the rights are
 * not known, and no other notice is offered for it: CP504B is not CP504. */
static int unknown_notice(const struct catalogue *catalogue, const char *name, struct error *error)
{
    const struct other_number *other = catalogue_find_other(catalogue, name);
    const struct notice *nearest[NEAREST_MAX];
    size_t count = catalogue_nearest(catalogue, name, nearest, NEAREST_MAX);
    char list[NEAREST_LIST_SIZE] = "";
    size_t length = 0;

    if (other != NULL)
        return error_set(
            error, ERROR_USAGE,
            "%s (%s) is known by name only, its rights are not in the catalogue; `irsort notices` "
            "lists those that are",
            other->printed, other->title);
    for (size_t i = 0; i < count && length < sizeof list; i++)
        length +=
            (size_t)snprintf(list + length, sizeof list - length, "%s%s", i > 0 ? ", " : "", nearest[i]->id);
    if (count > 0)
        return error_set(error, ERROR_USAGE,
                         "that notice is not in the catalogue; the nearest: %s; `irsort notices` lists all",
                         list);
    return error_set(error, ERROR_USAGE, "that notice is not in the catalogue; `irsort notices` lists them");
}

const struct notice *setup_find_notice(const struct catalogue *catalogue, const char *name,
                                       struct error *error)
{
    const struct notice *notice = catalogue_find_notice(catalogue, name);

    if (notice == NULL)
        unknown_notice(catalogue, name, error);
    return notice;
}

static void *take_or_end(size_t size)
{
    void *block = malloc(size);

    if (block == NULL) {
        dprintf(STDERR_FILENO, "irsort: %s\n", strerror(ENOMEM)); /* takes none */
        _exit(STATUS_WRONG);
    }
    return block;
}

void setup_json_memory(void)
{
    json_set_alloc_funcs(take_or_end, free);
}

int setup_complain(const char *command, const struct error *error)
{
    fprintf(stderr, "irsort %s: %s\n", command, error->message);
    return STATUS_WRONG;
}

void setup_tell_lacks(const char *command)
{
    unsigned held = sandbox_probe();
    const char *before = "this system lacks a protection from hostile files (";

    if (held == PROTECTION_ALL)
        return;
    fprintf(stderr, "irsort %s: ", command);
    for (enum protection protection = 0; protection < PROTECTION_COUNT; protection++) {
        if ((held >> protection & 1) != 0)
            continue;
        fprintf(stderr, "%s%s", before, sandbox_protection_name(protection));
        before = ", ";
    }
    fputs("); `irsort doctor` tells more\n", stderr);
}

void setup_sheet(struct sheet *sheet, struct buffer *out, enum language language)
{
    const char *no_color = getenv("NO_COLOR");

    buffer_init(out, CARD_MAX);
    *sheet = (struct sheet){
        .out = out,
        .language = language,
        .colour = isatty(STDOUT_FILENO) && (no_color == NULL || no_color[0] == '\0'),
    };
}

/* A full disk or a closed pipe must not pass for success. */
static int flush_output(struct error *error)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        return error_set(error, ERROR_SETUP, "the result cannot be written: %s", strerror(errno));
    return 0;
}

int setup_write_card(struct buffer *card, struct error *error)
{
    if (card->failed)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    fwrite(card->data, 1, card->length, stdout);
    return flush_output(error);
}

int setup_write_calendar(const struct ics *ics, struct error *error)
{
    struct buffer out;

    buffer_init(&out, CALENDAR_MAX);
    ics_write(&out, ics);
    int result = setup_write_card(&out, error);
    buffer_dispose(&out);
    return result;
}

int setup_write_json(json_t *json, struct error *error)
{
    if (json == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    int written = json_dumpf(json, stdout, JSON_COMPACT | JSON_REAL_PRECISION(REAL_DIGITS));
    json_decref(json);
    if (written < 0)
        return error_set(error, ERROR_SETUP, "the result cannot be written: %s", strerror(errno));
    fputc('\n', stdout);
    return flush_output(error);
}
