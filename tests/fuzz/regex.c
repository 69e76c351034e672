/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A pattern, a NUL, a text. Whatever the pattern, compiling, trying and matching end, a match lies inside the text,
 * and a pattern that was found fit never takes the empty text. */
#include "catalogue/regex.h"

#include "harness.h"

enum {
    SUBJECT_MAX = 400, /* bytes: limits hold per starting place, so longer texts only take longer */
    MATCHES_MAX = 50,
};

static void check_match(const struct regex_match *match, size_t from, size_t length)
{
    MUST(match->start[0] != REGEX_NONE && match->end[0] <= length);
    MUST(match->start[0] <= match->end[0] && match->end[0] >= from);
    for (int i = 1; i < REGEX_GROUPS; i++) {
        MUST((match->start[i] == REGEX_NONE) == (match->end[i] == REGEX_NONE));
        if (match->start[i] != REGEX_NONE)
            MUST(match->start[i] <= match->end[i] && match->end[i] <= length);
    }
}

static void match_all(const void *code, const char *subject, size_t length)
{
    struct regex_match match;
    size_t from = 0;

    for (int i = 0; i < MATCHES_MAX && regex_find(code, subject, length, from, &match) == 1; i++) {
        check_match(&match, from, length);
        from = match.end[0] > from ? match.end[0] : from + 1;
    }
    MUST(regex_find(code, subject, length, length + 1, &match) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    char *pattern = input_until(&input, '\0');
    struct regex_error error = {.message = "", .offset = 0};
    struct regex_match match;
    void *code = NULL;

    if (regex_compile(&code, pattern, &error) != 0) {
        MUST(code == NULL && error.message[0] != '\0' && error.offset <= strlen(pattern));
        MUST(memchr(error.message, '\0', sizeof error.message) != NULL);
    } else {
        size_t length = input.size < SUBJECT_MAX ? input.size : SUBJECT_MAX;
        char *subject = malloc(length > 0 ? length : 1);
        MUST(subject != NULL);
        if (length > 0)
            memcpy(subject, input.data, length);
        match_all(code, subject, length);
        if (regex_try(code, pattern, &error) == 0)
            MUST(regex_find(code, "", 0, 0, &match) == 0);
        else
            MUST(error.message[0] != '\0' && error.offset <= strlen(pattern));
        free(subject);
    }
    regex_free(code);
    free(pattern);
    return 0;
}
