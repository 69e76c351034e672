/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Finds patterns that would stand still on an unlucky page, before there is such a page. From the pattern a
 * text is made that it would match; every part that may repeat is then repeated many times and followed by
 * something that does not fit, so that a pattern with two ways of reading the same text has to try them all.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "catalogue/regex.h"

enum {
    /* Bytes of the text that matches; what goes beyond is left out. */
    SAMPLE_MAX = 400,
    /* Bytes of repeats. Half the square of it is over the match limit, so a pattern whose steps from one
     * starting place grow like a square is found, one whose steps grow with the length of the line is not. */
    REPEATED_MAX = 512,
    NESTING_MAX = 40, /* groups inside groups that are looked into */
    MANY = 10,        /* {m,n} with n from here on counts as repeating without end */
    SHOWN_MAX = 40,   /* bytes of a text that are shown to a person */
};

struct trial {
    const void *code;
    const char *pattern; /* its start, for offsets */
    const char *next;    /* what is left to look at */
    char sample[SAMPLE_MAX + 1];
    size_t length;
    char whole[SAMPLE_MAX + 1]; /* the sample of the whole pattern; "" while it is being made */
    struct regex_error *error;
    bool failed;
};

static void tell_slow(struct regex_error *error, const char *subject)
{
    char shown[SHOWN_MAX + 1];

    snprintf(shown, sizeof shown, "%s", subject);
    utf8_trim(shown);
    for (char *c = shown; *c != '\0'; c++) {
        if (*c == '\n')
            *c = ' ';
    }
    snprintf(error->message, sizeof error->message,
             "needs too many steps on a text like \"%s…\"; take away the repeat inside a repeat, or make it "
             "possessive (`++`)",
             shown);
}

static void run(struct trial *trial, const char *at, const char *subject, size_t length)
{
    struct regex_match match;

    if (trial->failed)
        return;
    int found = regex_find(trial->code, subject, length, 0, &match);
    if (found < 0)
        tell_slow(trial->error, subject);
    else if (found > 0 && match.start[0] == match.end[0])
        snprintf(trial->error->message, sizeof trial->error->message,
                 "matches the empty text; it must always take at least one character");
    else
        return;
    trial->failed = true;
    trial->error->offset = (size_t)(at - trial->pattern);
}

/* `head`, then `unit` over and over, then a misfit, then the whole sample: PCRE2 gives up at once on a text
 * that lacks a letter which the pattern must have. */
static void run_repeated(struct trial *trial, const char *at, size_t head, const char *unit,
                         size_t unit_length, const char *misfit)
{
    char subject[2 * SAMPLE_MAX + REPEATED_MAX + 16];

    memcpy(subject, trial->sample, head);
    memcpy(subject + head, unit, unit_length);
    size_t repeated = unit_length;
    while (repeated + unit_length <= REPEATED_MAX) {
        size_t more = REPEATED_MAX / unit_length * unit_length - repeated;
        if (more > repeated)
            more = repeated;
        memcpy(subject + head + repeated, subject + head, more);
        repeated += more;
    }
    size_t length = head + repeated;
    length += (size_t)snprintf(subject + length, sizeof subject - length, "%s%s", misfit, trial->whole);
    run(trial, at, subject, length);
}

/* The part of the sample from byte `start` on may repeat. */
static void run_part(struct trial *trial, const char *at, size_t start)
{
    /* One at least fits no part that stays on its line, or keeps out some mark. */
    static const char *const misfits[] = {"~", "\n\n~", "..,,;;::))"};

    for (size_t i = 0; i < sizeof misfits / sizeof *misfits; i++)
        run_repeated(trial, at, trial->length, trial->sample + start, trial->length - start, misfits[i]);
}

static void add(struct trial *trial, const char *text, size_t length)
{
    if (trial->length + length > SAMPLE_MAX)
        return;
    memcpy(trial->sample + trial->length, text, length);
    trial->length += length;
}

/* A character that [class] takes, well enough: the first plain one; of a negated class, one that it does not
 * name. */
static void take_class(struct trial *trial)
{
    const char *at = trial->next + 1;
    bool negated = *at == '^';
    char member = '\0';

    at += negated;
    for (const char *first = at; *at != '\0' && (*at != ']' || at == first); at++) {
        char candidate = *at;
        if (*at == '[' && at[1] == ':') {
            const char *end = strstr(at + 2, ":]");
            candidate = strncmp(at, "[:digit", 7) == 0 ? '1' : strncmp(at, "[:space", 7) == 0 ? ' ' : 'a';
            at = end != NULL ? end + 1 : at;
        } else if (*at == '\\' && at[1] != '\0') {
            at++;
            candidate = strchr("sh", *at) != NULL    ? ' '
                        : *at == 'd'                 ? '1'
                        : strchr("wpx", *at) != NULL ? 'a'
                                                     : *at;
        }
        if (member == '\0')
            member = candidate;
    }
    trial->next = *at == ']' ? at + 1 : at;
    if (negated)
        member = member == 'a' ? '!' : 'a';
    add(trial, &member, 1);
}

/* What follows a backslash. */
static void take_escape(struct trial *trial)
{
    char letter = trial->next[1];

    trial->next += letter != '\0' ? 2 : 1;
    if (strchr("pPxgko", letter) != NULL && *trial->next == '{')
        trial->next += strcspn(trial->next, "}") + (strchr(trial->next, '}') != NULL);
    if (strchr("bBAzZGKEgk123456789", letter) != NULL)
        return; /* stands for a place, or for a repeat that is not worth following */
    if (strchr("shv", letter) != NULL)
        letter = ' ';
    else if (strchr("nrR", letter) != NULL)
        letter = '\n';
    else if (letter == 'd')
        letter = '1';
    else if (letter == 'W')
        letter = '!';
    else if (isalpha((unsigned char)letter))
        letter = 'a';
    add(trial, &letter, 1);
}

static void take_alternatives(struct trial *trial, int nesting);

/* The part of a group before its content. Returns whether what it holds must not be there. */
static bool skip_group_head(struct trial *trial)
{
    const char *at = trial->next + 1;
    bool absent = false;

    if (*at == '?') {
        at++;
        if (*at == 'P')
            at++;
        if (*at == '<' && (at[1] == '=' || at[1] == '!'))
            at++;
        absent = *at == '!';
        if (*at == '<' || *at == '\'')
            at += strcspn(at + 1, ">'") + 1;
        else if (*at != ':' && *at != '=' && *at != '!' && *at != '>' && *at != '|')
            at += strcspn(at, ":)");
        at += *at != '\0' && *at != ')';
    } else if (*at == '*') {
        at += strcspn(at, ")");
    }
    trial->next = at;
    return absent;
}

static void take_group(struct trial *trial, int nesting)
{
    size_t start = trial->length;
    bool absent = skip_group_head(trial);

    take_alternatives(trial, nesting + 1);
    trial->next += *trial->next == ')';
    if (absent)
        trial->length = start;
}

/* One thing that a quantifier may follow. */
static void take_atom(struct trial *trial, int nesting)
{
    switch (*trial->next) {
    case '(':
        take_group(trial, nesting);
        break;
    case '[':
        take_class(trial);
        break;
    case '\\':
        take_escape(trial);
        break;
    case '^':
    case '$':
        trial->next++;
        break;
    case '.':
        add(trial, "a", 1);
        trial->next++;
        break;
    default: {
        size_t length = 1;
        while (((unsigned char)trial->next[length] & 0xC0) == 0x80)
            length++;
        add(trial, trial->next, length);
        trial->next += length;
        break;
    }
    }
}

/* Steps over a quantifier; true if it lets the thing before it repeat. */
static bool skip_quantifier(struct trial *trial)
{
    const char *at = trial->next;
    bool repeats = *at == '*' || *at == '+';
    char *end;

    if (*at == '*' || *at == '+' || *at == '?') {
        at++;
    } else if (*at == '{' && isdigit((unsigned char)at[1])) {
        unsigned long most = strtoul(at + 1, &end, 10);
        if (*end == ',' && end[1] == '}')
            most = MANY;
        else if (*end == ',')
            most = strtoul(end + 1, &end, 10);
        repeats = most >= MANY;
        at += strcspn(at, "}");
        at += *at == '}';
    } else {
        return false;
    }
    trial->next = at + (*at == '?' || *at == '+');
    return repeats;
}

/* The content of a group, up to its closing parenthesis. The last alternative stays in the sample. */
static void take_alternatives(struct trial *trial, int nesting)
{
    size_t start = trial->length;

    while (*trial->next != '\0' && *trial->next != ')' && nesting < NESTING_MAX && !trial->failed) {
        if (*trial->next == '|') {
            trial->length = start;
            trial->next++;
            continue;
        }
        const char *at = trial->next;
        size_t before = trial->length;
        take_atom(trial, nesting);
        if (skip_quantifier(trial) && trial->length > before && trial->whole[0] != '\0')
            run_part(trial, at, before);
    }
}

int regex_try(const void *code, const char *pattern, struct regex_error *error)
{
    static const char *const runs[] = {"a", "1", " ", "\n"};
    struct trial trial = {.code = code, .pattern = pattern, .next = pattern, .error = error};

    run(&trial, pattern, "", 0);
    take_alternatives(&trial, 0);
    memcpy(trial.whole, trial.sample, trial.length);
    if (trial.length > 0)
        run_repeated(&trial, pattern, 0, trial.whole, trial.length, "~");
    trial.next = pattern;
    trial.length = 0;
    take_alternatives(&trial, 0);
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
        run_repeated(&trial, pattern, 0, runs[i], strlen(runs[i]), "~");
    return trial.failed ? -1 : 0;
}
