/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Lets the calls of the reader fail while it reads one file, one after another: faults-reader FILE EVERY. What a worker
 * does between a request and its answer, in this process, where leaks are seen. Each reading ends with the good
 * reading's letters or with an error that says what is wrong. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sanitizer/lsan_interface.h>

#include "faults.h"
#include "worker/reading.h"
#include "worker/wire.h"

enum { LEAKS_EVERY = 25 }; /* readings between two looks for leaks, which go through all memory */

/* The letters as one text, NULL where the file could not be read. To be freed. */
static char *read_file(struct reader *reader, const char *path, uint32_t target, struct error *error)
{
    struct letter *letters = NULL;
    size_t count = 0;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    char *text = NULL;

    *fault_control = (struct fault_control){.target = target};
    bool read = descriptor >= 0 && reader_read(reader, descriptor, &letters, &count, error) == 0;
    fault_control->target = 0;
    if (read) {
        json_t *json = wire_letters(letters, count);
        text = json != NULL ? json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
        json_decref(json);
        letters_free(letters, count);
    }
    if (descriptor >= 0)
        close(descriptor);
    return text;
}

/* What is wrong with a reading in which call `target` failed; NULL if nothing is. */
static const char *look(const char *text, const char *good, const struct error *error)
{
    if (text == NULL)
        return error->code == ERROR_NONE || error->message[0] == '\0' ? "failed without a word" : NULL;
    return strcmp(text, good) != 0 ? "other letters than those of the good reading" : NULL;
}

int main(int argc, char **argv)
{
    struct catalogue *catalogue = NULL;
    struct reader *reader = NULL;
    struct error error = {0};
    uint32_t every = argc == 3 ? (uint32_t)atoi(argv[2]) : 0;
    uint32_t runs = 0;
    uint32_t wrong = 0;
    uint32_t errors = 0;

    if (every == 0) {
        fprintf(stderr, "usage: faults-reader FILE EVERY\n");
        return 2;
    }
    if (catalogue_new(&catalogue, PROJECT_DIR, NULL, NULL, &error) != 0 ||
        reader_new(&reader, catalogue, &error) != 0) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    char *good = read_file(reader, argv[1], 0, &error);
    uint32_t calls = fault_control->counted[FAULT_PARENT];
    if (good == NULL || calls == 0) {
        fprintf(stderr, "the good reading failed: %s\n", error.message);
        return 1;
    }
    for (uint32_t target = 1; target <= calls; target += every) {
        struct error problem = {0};
        char *text = read_file(reader, argv[1], target, &problem);
        const char *fault = look(text, good, &problem);
        if (fault == NULL && ++runs % LEAKS_EVERY == 0 && __lsan_do_recoverable_leak_check() != 0)
            fault = "it, or one of those before it, left memory behind";
        if (fault != NULL) {
            printf("at %u of %u: %s\n", target, calls, fault);
            if (text != NULL)
                printf("  good: %s\n  got:  %s\n", good, text);
            wrong++;
        }
        errors += text == NULL;
        free(text);
    }
    printf("%u calls, %u of them failed, %u errors said, %u wrong\n", calls, runs + wrong, errors, wrong);
    free(good);
    reader_free(reader);
    catalogue_free(catalogue);
    return wrong > 0 ? 1 : 0;
}
