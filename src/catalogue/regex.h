/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The one way in which irsort matches regular expressions: PCRE2, caseless, UTF-8, with limits. */
#ifndef IRSORT_CATALOGUE_REGEX_H
#define IRSORT_CATALOGUE_REGEX_H

#include <stddef.h>

#include "base/limits.h"

enum {
    REGEX_GROUPS = 5, /* the whole match and groups 1 to 4 */

    REGEX_PATTERN_MAX = 2000, /* bytes */
    REGEX_MESSAGE_MAX = 200,  /* bytes of what is wrong with a pattern */
};

/* A group that took no part. */
#define REGEX_NONE ((size_t)-1)

struct regex_match {
    size_t start[REGEX_GROUPS]; /* byte offsets into the subject; [0] is the whole match */
    size_t end[REGEX_GROUPS];
};

/* What is wrong with a pattern, and where: a byte offset from its start. */
struct regex_error {
    char message[REGEX_MESSAGE_MAX];
    size_t offset;
};

/* Compiles `pattern`; the limits are part of the result. `*out` is a pcre2_code, to be freed by regex_free.
 */
int regex_compile(void **out, const char *pattern, struct regex_error *error);
void regex_free(void *code);

/* The first match at or after byte `from`. 1: found, `out` is set; 0: none; -1: a limit was hit (or memory
 * ran out), and nothing may be concluded. The subject may hold ill-formed UTF-8, which never matches. */
int regex_find(const void *code, const char *subject, size_t length, size_t from, struct regex_match *out);

/* Runs the pattern against texts made to hurt it. 0: it is fit for use; -1: it matches the empty text or hits
 * a limit. */
int regex_try(const void *code, const char *pattern, struct regex_error *error);

#endif
