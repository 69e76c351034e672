/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What every harness uses. A harness is one source with LLVMFuzzerTestOneInput; the replay driver renames that
 * to fuzz_<harness>, so that one program holds them all. */
#ifndef IRSORT_TESTS_FUZZ_HARNESS_H
#define IRSORT_TESTS_FUZZ_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/utf8.h"
#include "catalogue/catalogue.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A broken promise ends the run as a crash does, with the line. */
#define MUST(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #condition);                          \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

/* The input, taken apart from its front. */
struct input {
    const uint8_t *data;
    size_t size;
};

static inline uint8_t input_byte(struct input *input)
{
    if (input->size == 0)
        return 0;
    input->size--;
    return *input->data++;
}

/* Bytes up to `mark` or the end as a text of exactly that size, so that reading past its end is seen. To be
 * freed. A NUL byte in it ends it early. */
static inline char *input_until(struct input *input, char mark)
{
    const uint8_t *end = input->size > 0 ? memchr(input->data, mark, input->size) : NULL;
    size_t length = end != NULL ? (size_t)(end - input->data) : input->size;
    char *text = malloc(length + 1);

    MUST(text != NULL);
    if (length > 0)
        memcpy(text, input->data, length);
    text[length] = '\0';
    length += end != NULL;
    input->data += length;
    input->size -= length;
    size_t used = strlen(text);
    char *exact = realloc(text, used + 1);
    MUST(exact != NULL);
    return exact;
}

static inline char *input_rest(struct input *input)
{
    return input_until(input, '\0');
}

/* The catalogue that ships, loaded once. */
static inline const struct catalogue *harness_catalogue(void)
{
    static struct catalogue *catalogue;
    struct error error = {0};

    if (catalogue == NULL && catalogue_new(&catalogue, PROJECT_DIR, NULL, NULL, &error) != 0) {
        fprintf(stderr, "%s\n", error.message);
        abort();
    }
    return catalogue;
}

/* A descriptor on a file that holds these bytes. */
static inline int harness_file(const uint8_t *data, size_t size)
{
    int descriptor = memfd_create("input", MFD_CLOEXEC);

    MUST(descriptor >= 0);
    while (size > 0) {
        ssize_t written = write(descriptor, data, size);
        MUST(written > 0);
        data += written;
        size -= (size_t)written;
    }
    return descriptor;
}

/* Well-formed UTF-8 without a control character. */
static inline bool is_clean(const char *text)
{
    while (*text != '\0') {
        const char *start = text;
        uint32_t c = utf8_next(&text);
        if (c < 0x20 || (c >= 0x7F && c < 0xA0) || (c == 0xFFFD && text - start == 1))
            return false;
    }
    return true;
}

static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Bytes of one mark that may stand between the groups of a number; 0 if none is there. */
static inline size_t mark_length(const char *text)
{
    const char *next = text;
    uint32_t mark = utf8_next(&next);
    static const uint32_t marks[] = {'-', '.', 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212};

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (mark == marks[i])
            return (size_t)(next - text);
    }
    return 0;
}

/* A taxpayer number stands in the text unmasked: nine digits, plain or grouped. Told in another way than the product
 * does: runs of digits are taken one after another with what stands between, and their lengths looked at. What stands behind
 * the name of a notice without a mark ("LT11 1234567") is none. */
static inline bool shows_taxpayer_number(const char *text)
{
    for (size_t at = 0; text[at] != '\0'; at++) {
        size_t group[3] = {0};
        size_t i = at;
        size_t marks = 0;
        bool notice = at > 0 && strchr("TtPp", text[at - 1]) != NULL; /* the end of LT or CP */
        if (!is_digit(text[at]) || (at > 0 && is_digit(text[at - 1])))
            continue;
        for (size_t groups = 0; groups < 3; groups++) {
            for (; is_digit(text[i]); i++)
                group[groups]++;
            size_t before = i;
            while (text[i] == ' ')
                i++;
            size_t mark = mark_length(text + i);
            i += mark;
            while (text[i] == ' ')
                i++;
            bool two = groups == 1 && (marks > 0 || !notice);
            bool shown = (groups == 0 && group[0] == 9) || (two && group[0] == 2 && group[1] == 7) ||
                         (two && group[0] == 3 && group[1] == 6) ||
                         (groups == 2 && group[0] == 3 && group[1] == 2 && group[2] == 4);
            if (shown)
                return true;
            marks += mark > 0;
            if (i == before || !is_digit(text[i]))
                break;
        }
    }
    return false;
}

#endif
