/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "catalogue/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <string.h>

int regex_compile(void **out, const char *pattern, struct regex_error *error)
{
    /* As part of the pattern, the limits hold for whoever matches with it, and a pattern can only lower them.
     */
    char limited[REGEX_PATTERN_MAX + 100];
    int code;
    PCRE2_SIZE offset;

    *out = NULL;
    int prefix = snprintf(limited, sizeof limited, "(*LIMIT_MATCH=%d)(*LIMIT_DEPTH=%d)(*LIMIT_HEAP=%d)",
                          REGEX_MATCH_LIMIT, REGEX_DEPTH_LIMIT, REGEX_HEAP_LIMIT_KIB);
    size_t length = strlen(pattern);
    if (length > REGEX_PATTERN_MAX) {
        *error = (struct regex_error){.message = "the pattern is too long", .offset = REGEX_PATTERN_MAX};
        return -1;
    }
    memcpy(limited + prefix, pattern, length + 1);
    *out = pcre2_compile((PCRE2_SPTR)limited, (size_t)prefix + length,
                         PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS | PCRE2_MATCH_INVALID_UTF |
                             PCRE2_NEVER_BACKSLASH_C,
                         &code, &offset, NULL);
    if (*out == NULL) {
        size_t at = offset > (size_t)prefix ? offset - (size_t)prefix : 0; /* PCRE2 may point past the end */
        *error = (struct regex_error){.offset = at < length ? at : length};
        pcre2_get_error_message(code, (PCRE2_UCHAR *)error->message, sizeof error->message);
        return -1;
    }
    return 0;
}

void regex_free(void *code)
{
    pcre2_code_free(code);
}

int regex_find(const void *code, const char *subject, size_t length, size_t from, struct regex_match *out)
{
    int result = -1;

    if (from > length)
        return 0;
    pcre2_match_data *data = pcre2_match_data_create(REGEX_GROUPS, NULL);
    if (data == NULL)
        return -1;
    int count = pcre2_match(code, (PCRE2_SPTR)subject, length, from, 0, data, NULL);
    if (count == PCRE2_ERROR_NOMATCH) {
        result = 0;
    } else if (count >= 0) {
        const PCRE2_SIZE *offsets = pcre2_get_ovector_pointer(data);
        size_t set =
            count == 0 ? REGEX_GROUPS : (size_t)count; /* 0: the pattern has more groups than we ask for */
        for (size_t i = 0; i < REGEX_GROUPS; i++) {
            out->start[i] = i < set ? offsets[2 * i] : REGEX_NONE;
            out->end[i] = i < set ? offsets[2 * i + 1] : REGEX_NONE;
        }
        result = 1;
    }
    pcre2_match_data_free(data);
    return result;
}
