/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Files from their bytes to card, JSON and calendar in one process: what `irsort read` does on both sides of its wire,
 * without the wire, as valgrind does not follow a program that executes itself. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/card.h"
#include "report/ics.h"
#include "report/json.h"
#include "worker/reading.h"
#include "worker/wire.h"

enum { OUT_MAX = 1 << 22 };

#define AS_OF 19700 /* 2023-12-09 */
#define SHA256 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void need(int result, const struct error *error)
{
    if (result != 0) {
        fprintf(stderr, "%s\n", error->message);
        exit(1);
    }
}

static void report(const struct catalogue *catalogue, const struct letter *letter, const char *file)
{
    const struct ics_origin origin = {file, SHA256, true};
    struct finding finding;
    struct buffer out;
    struct sheet sheet = {.out = &out};
    struct ics *ics;
    struct error error = {0};

    need(finding_init(&finding, catalogue, letter, AS_OF, &error), &error);
    buffer_init(&out, OUT_MAX);
    card_write(&sheet, &finding, file);
    need(ics_new(&ics, LANGUAGE_ES, AS_OF, &error), &error);
    need(ics_add(ics, &finding, &origin, &error), &error);
    ics_write(&out, ics);
    json_t *json = json_letter(&finding, file, SHA256, LANGUAGE_EN);
    char *text = json_dumps(json, JSON_COMPACT);
    puts(text);
    free(text);
    json_decref(json);
    ics_free(ics);
    buffer_dispose(&out);
    finding_dispose(&finding);
}

/* Over the wire's own text and back. */
static void carry(const struct catalogue *catalogue, struct letter *letters, size_t count, const char *file)
{
    struct error error = {0};
    json_t *json = wire_letters(letters, count);
    char *text = json_dumps(json, JSON_COMPACT);
    struct letter *arrived;
    size_t arrived_count;

    need(wire_take_answer(text, strlen(text), &arrived, &arrived_count, &error), &error);
    for (size_t i = 0; i < arrived_count; i++)
        report(catalogue, &arrived[i], file);
    letters_free(arrived, arrived_count);
    free(text);
    json_decref(json);
}

int main(int argc, char **argv)
{
    struct catalogue *catalogue;
    struct reader *reader;
    struct error error = {0};

    need(catalogue_new(&catalogue, PROJECT_DIR, NULL, NULL, &error), &error);
    need(reader_new(&reader, catalogue, &error), &error);
    for (int i = 1; i < argc; i++) {
        struct letter *letters = NULL;
        size_t count = 0;
        int descriptor = open(argv[i], O_RDONLY | O_CLOEXEC);
        need(reader_read(reader, descriptor, &letters, &count, &error), &error);
        close(descriptor);
        carry(catalogue, letters, count, argv[i]);
        letters_free(letters, count);
    }
    reader_free(reader);
    catalogue_free(catalogue);
    return argc > 1 ? 0 : 2;
}
