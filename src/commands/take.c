/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "commands/take.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "report/sheet.h"

enum {
    CHUNK = 1 << 18,          /* bytes read at once, and taken in one step: some dozen letters */
    LINE_MAX_BYTES = 1 << 22, /* bytes of a line: far above what the bounds of a letter allow */
    SHOWN_MAX = 1 << 15,
};

/* One file on its way in. */
struct source {
    const char *name;
    int descriptor;
    const char *filed; /* the directory of a filed record; NULL for any other */
    char directory[PATH_MAX];
    struct buffer line; /* the beginning of a line whose end is still to come */
    size_t number;
};

/* ---- telling ---- */

static void tell(struct take *take, const struct source *source, const char *what)
{
    struct buffer name;

    take->refused++;
    buffer_init(&name, SHOWN_MAX);
    sheet_escape(&name, source->name);
    fprintf(stderr, "irsort docket: %s", name.data != NULL ? name.data : "");
    if (source->number > 0)
        fprintf(stderr, ":%zu", source->number);
    buffer_clear(&name);
    sheet_escape(&name, what);
    fprintf(stderr, ": %s\n", name.data != NULL ? name.data : "");
    buffer_dispose(&name);
}

/* A file that could not be read, as the reader said. It has no letter, so the docket cannot watch over it. */
static void tell_unread(struct take *take, const struct source *source, const json_t *json)
{
    const char *file = json_string_value(json_object_get(json_object_get(json, "source"), "file"));
    const char *message = json_string_value(json_object_get(json_object_get(json, "error"), "message"));
    struct buffer text;

    buffer_init(&text, SHOWN_MAX);
    buffer_printf(&text, "not on the docket, it could not be read: %s (%s)", file != NULL ? file : "?",
                  message != NULL ? message : "?");
    tell(take, source, text.data != NULL ? text.data : "out of memory");
    buffer_dispose(&text);
}

/* ---- one line ---- */

static void count(struct take *take, const struct docket_filed *filed)
{
    switch (filed->outcome) {
    case DOCKET_TAKEN:
        take->kept.taken++;
        take->kept.rescans += filed->rescan_of != 0;
        break;
    case DOCKET_REPEAT:
        take->kept.repeats++;
        break;
    case DOCKET_KNOWN:
        take->kept.known++;
        break;
    }
}

static int take_letter(struct take *take, const struct source *source, const json_t *json,
                       struct error *error)
{
    const json_t *from = json_object_get(json, "source");
    const char *sha256 = json_string_value(json_object_get(from, "sha256"));
    const char *file = json_string_value(json_object_get(from, "file"));
    struct letter letter;
    struct docket_filed filed;
    struct error problem = {0};

    if (sha256 == NULL || file == NULL || letter_from_json(&letter, json, &problem) < 0) {
        if (problem.code == ERROR_OUT_OF_MEMORY)
            return error_set(error, problem.code, "%s", problem.message);
        tell(take, source,
             "this is no whole irsort.letter/1 as `irsort read --json` prints it; it was passed over");
        return 0;
    }
    const struct docket_scan scan = {.sha256 = sha256,
                                     .file = file,
                                     .filed = source->filed,
                                     .received = take->received,
                                     .ref = take->ref,
                                     .retake = !take->came_again};
    int result = docket_file(take->docket, &scan, &letter, take->actor, &filed, &problem);
    letter_dispose(&letter);
    if (result == 0)
        count(take, &filed);
    else if (problem.code == ERROR_USAGE)
        tell(take, source, problem.message);
    else
        return error_set(error, problem.code, "%s", problem.message);
    return 0;
}

static bool is_blank(const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (strchr(" \t\r", line[i]) == NULL || line[i] == '\0')
            return false;
    }
    return true;
}

static int take_line(struct take *take, struct source *source, const char *line, size_t length,
                     struct error *error)
{
    int result = 0;

    source->number++;
    if (is_blank(line, length))
        return 0;
    json_t *json = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
    const char *schema = json_string_value(json_object_get(json, "schema"));
    if (schema != NULL && strcmp(schema, "irsort.letter/1") == 0)
        result = take_letter(take, source, json, error);
    else if (schema != NULL && strcmp(schema, "irsort.error/1") == 0)
        tell_unread(take, source, json);
    else
        tell(take, source, "this is no line of `irsort read --json`; it was passed over");
    json_decref(json);
    return result;
}

/* ---- lines out of a file ---- */

static int end_line(struct take *take, struct source *source, struct error *error)
{
    int result = 0;

    if (source->line.failed) {
        source->number++;
        tell(take, source, "this line is too long for a letter; it was passed over");
    } else {
        result = take_line(take, source, source->line.data != NULL ? source->line.data : "",
                           source->line.length, error);
    }
    buffer_clear(&source->line);
    return result;
}

static int take_chunk(struct take *take, struct source *source, const char *chunk, size_t length,
                      struct error *error)
{
    while (length > 0) {
        const char *end = memchr(chunk, '\n', length);
        size_t part = end != NULL ? (size_t)(end - chunk) : length;
        buffer_add(&source->line, chunk, part);
        if (end == NULL)
            return 0;
        if (end_line(take, source, error) < 0)
            return -1;
        chunk += part + 1;
        length -= part + 1;
    }
    return 0;
}

/* What was read at once is one step, so that the docket is never held while a slow reader is waited for. */
static int take_step(struct take *take, struct source *source, const char *chunk, size_t length,
                     struct error *error)
{
    const struct take_counts before = take->kept;

    if (docket_begin(take->docket, error) < 0)
        return -1;
    int result = length > 0 ? take_chunk(take, source, chunk, length, error)
                            : end_line(take, source, error); /* the last line may lack its end */
    if (result == 0)
        result = docket_commit(take->docket, error);
    else
        docket_rollback(take->docket);
    if (result < 0)
        take->kept = before; /* all of the step was undone */
    return result;
}

static int take_all(struct take *take, struct source *source, char *chunk, struct error *error)
{
    ssize_t got;

    while ((got = read(source->descriptor, chunk, CHUNK)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            source->number = 0;
            tell(take, source, strerror(errno));
            return 0;
        }
        if (take_step(take, source, chunk, (size_t)got, error) < 0)
            return -1;
    }
    return source->line.length > 0 || source->line.failed ? take_step(take, source, chunk, 0, error) : 0;
}

/* ---- the file ---- */

/* A record that was filed stands in the directory of its letter. */
static void find_filed(struct source *source)
{
    char *slash;

    if (realpath(source->name, source->directory) == NULL)
        return;
    slash = strrchr(source->directory, '/');
    if (slash == NULL || fnmatch("letter*.json", slash + 1, 0) != 0)
        return;
    *slash = '\0';
    source->filed = source->directory;
}

static int open_source(struct take *take, struct source *source)
{
    struct stat status;

    if (strcmp(source->name, "-") == 0) {
        source->descriptor = STDIN_FILENO;
        return 0;
    }
    source->descriptor = open(source->name, O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (source->descriptor < 0 || fstat(source->descriptor, &status) < 0) {
        tell(take, source, strerror(errno));
        return -1;
    }
    if (S_ISDIR(status.st_mode)) {
        tell(take, source, "this is a directory; name the letter.json files in it");
        return -1;
    }
    find_filed(source);
    return 0;
}

int take_file(struct take *take, const char *name, struct error *error)
{
    struct source source = {.name = name, .descriptor = -1};
    char *chunk = calloc(1, CHUNK);
    int result = 0;

    buffer_init(&source.line, LINE_MAX_BYTES);
    if (chunk == NULL)
        result = error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    else if (open_source(take, &source) == 0)
        result = take_all(take, &source, chunk, error);
    if (source.descriptor > STDERR_FILENO)
        close(source.descriptor);
    buffer_dispose(&source.line);
    free(chunk);
    return result;
}
