/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "catalogue/confidence.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 200 };

static const double weight_max = 100; /* log odds; more would be a slip of the pen */

static const char *const names[TRAIT_COUNT] = {
    [TRAIT_BASE] = "base",     [TRAIT_ODDS] = "odds",     [TRAIT_WORDS] = "words",   [TRAIT_NUMBER] = "number",
    [TRAIT_PRINTS] = "prints", [TRAIT_SENDER] = "sender", [TRAIT_MARGIN] = "margin", [TRAIT_AGAINST] = "against"};

const char *trait_name(enum trait trait)
{
    return names[trait];
}

/* Takes one line; returns what is wrong with it, or NULL. `column` is set to where. */
static const char *take_line(struct confidence *confidence, bool seen[TRAIT_COUNT], char *line, unsigned *column)
{
    char *tab = strchr(line, '\t');
    char *end;
    int trait = 0;

    *column = 1;
    if (tab == NULL)
        return "write two columns with a tab between: trait, weight";
    *tab = '\0';
    while (trait < TRAIT_COUNT && strcmp(names[trait], line) != 0)
        trait++;
    if (trait == TRAIT_COUNT)
        return "there is no such trait; see models/README.md";
    if (seen[trait])
        return "the trait is here twice; take one of them away";
    seen[trait] = true;
    *column = (unsigned)(tab - line) + 2;
    confidence->weights[trait] = strtod(tab + 1, &end);
    if (end == tab + 1 || *end != '\0' || !(fabs(confidence->weights[trait]) <= weight_max))
        return "the weight must be a number between -100 and 100";
    return NULL;
}

void confidence_load(struct confidence *confidence, const char *path, struct fault_log *log)
{
    bool seen[TRAIT_COUNT] = {false};
    char line[LINE_MAX_BYTES];
    struct place place = {1, 1};
    bool faulty = false;

    FILE *file = fopen(path, "re");
    if (file == NULL) {
        fault_tell(log, path, place, "", "cannot read this file: %s", strerror(errno));
        return;
    }
    for (; !faulty && fgets(line, sizeof line, file) != NULL; place.line++) {
        const char *wrong = NULL;
        size_t length = strcspn(line, "\r\n");
        if (line[length] == '\0' && length == sizeof line - 1)
            wrong = "the line is too long";
        line[length] = '\0';
        if (wrong == NULL && line[0] != '\0' && line[0] != '#')
            wrong = take_line(confidence, seen, line, &place.column);
        if (wrong != NULL)
            fault_tell(log, path, place, "", "%s", wrong);
        faulty = wrong != NULL;
        place.column = 1;
    }
    if (ferror(file))
        fault_tell(log, path, place, "", "cannot read this file: %s", strerror(errno));
    fclose(file);
    for (int trait = 0; !faulty && trait < TRAIT_COUNT; trait++) {
        if (!seen[trait])
            fault_tell(log, path, place, "", "the trait `%s` is missing; fit the model anew (models/README.md)", names[trait]);
    }
}

double confidence_of(const struct confidence *confidence, const double traits[TRAIT_COUNT])
{
    double odds = 0;

    for (int i = 0; i < TRAIT_COUNT; i++)
        odds += confidence->weights[i] * traits[i];
    return 1 / (1 + exp(-odds));
}
