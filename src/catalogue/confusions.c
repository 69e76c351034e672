/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "catalogue/confusions.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    NOTHING = 0,
    LINE_MAX_BYTES = 200,
    READABLE = CONFUSIONS_SYMBOLS -
               ('z' - 'a' + 1), /* what a character can be read as: upper case, marks, nothing */
};

/* Added to every count: a confusion never seen is unlikely, not impossible. What was suspected before counting is in the
 * table already, a thousand characters of it (models/README.md), so little is needed. */
static const double smoothing = 0.05;

static const double count_max = 1e9;

/* The row or column of a character; -1 if it has none. */
static int symbol(char character)
{
    if (character == '\0')
        return NOTHING;
    if (character < '!' || character > '~')
        return -1;
    if (character >= 'a' && character <= 'z')
        character = (char)(character - 'a' + 'A');
    return 1 + character - '!';
}

/* One column of a line: a character, or "-" for nothing. */
static int parse_symbol(const char *text)
{
    if (strlen(text) != 1)
        return -1;
    return text[0] == '-' ? NOTHING : symbol(text[0]);
}

/* Adds one line's count; returns what is wrong with it, or NULL. `column` is set to where. */
static const char *add_line(double counts[CONFUSIONS_SYMBOLS][CONFUSIONS_SYMBOLS], char *line,
                            unsigned *column)
{
    char *rest = line;
    const char *part[3];
    unsigned at[3];
    char *end;

    for (int i = 0; i < 3; i++) {
        at[i] = rest == NULL ? (unsigned)strlen(line) + 1 : (unsigned)(rest - line) + 1;
        part[i] = rest == NULL ? NULL : strsep(&rest, "\t");
    }
    *column = 1;
    if (part[2] == NULL || rest != NULL)
        return "write three columns with a tab between: printed, read, count";
    int printed = parse_symbol(part[0]);
    if (printed < 0)
        return "`printed` must be one ASCII character, or - for nothing";
    int read = parse_symbol(part[1]);
    *column = at[1];
    if (read < 0)
        return "`read` must be one ASCII character, or - for nothing";
    if (printed == NOTHING && read == NOTHING)
        return "nothing read as nothing cannot be counted";
    double count = strtod(part[2], &end);
    *column = at[2];
    if (!isdigit((unsigned char)part[2][0]) || *end != '\0' || count > count_max)
        return "the count must be a number, 0 or more";
    counts[printed][read] += count;
    return NULL;
}

/* A row's counts are of that character printed. Characters made up are counted against all characters
 * printed. */
static void take_logs(struct confusions *confusions, double counts[CONFUSIONS_SYMBOLS][CONFUSIONS_SYMBOLS])
{
    double all = 0;

    for (int printed = NOTHING + 1; printed < CONFUSIONS_SYMBOLS; printed++) {
        double total = 0;
        for (int read = 0; read < CONFUSIONS_SYMBOLS; read++)
            total += counts[printed][read];
        all += total;
        for (int read = 0; read < CONFUSIONS_SYMBOLS; read++)
            confusions->log_probability[printed][read] =
                log((counts[printed][read] + smoothing) / (total + smoothing * READABLE));
    }
    for (int read = 0; read < CONFUSIONS_SYMBOLS; read++)
        confusions->log_probability[NOTHING][read] =
            log((counts[NOTHING][read] + smoothing) / (all + smoothing * READABLE));
    confusions->log_probability[NOTHING][NOTHING] = 0;
}

void confusions_load(struct confusions *confusions, const char *path, struct fault_log *log)
{
    double counts[CONFUSIONS_SYMBOLS][CONFUSIONS_SYMBOLS] = {{0}};
    char line[LINE_MAX_BYTES];
    struct place place = {1, 1};

    FILE *file = fopen(path, "re");
    if (file == NULL) {
        fault_tell(log, path, place, "", "cannot read this file: %s", strerror(errno));
        return;
    }
    for (; fgets(line, sizeof line, file) != NULL; place.line++) {
        const char *wrong;
        size_t length = strcspn(line, "\r\n");
        if (line[length] == '\0' && length == sizeof line - 1) {
            place.column = 1;
            fault_tell(log, path, place, "", "the line is too long");
            break;
        }
        line[length] = '\0';
        if (line[0] == '\0' || (line[0] == '#' && line[1] != '\t'))
            continue;
        wrong = add_line(counts, line, &place.column);
        if (wrong != NULL)
            fault_tell(log, path, place, "", "%s", wrong);
    }
    if (ferror(file)) {
        place.column = 1;
        fault_tell(log, path, place, "", "cannot read this file: %s", strerror(errno));
    }
    fclose(file);
    take_logs(confusions, counts);
}

/* A hyphen is never counted, as "-" stands for nothing in the file: it can stand for all that was never seen.
 */
static int symbol_or_unseen(char character)
{
    int number = symbol(character);

    return number < 0 ? symbol('-') : number;
}

double confusions_log(const struct confusions *confusions, char printed, char read)
{
    return confusions->log_probability[symbol_or_unseen(printed)][symbol_or_unseen(read)];
}
