/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The confidence means what it says: over letters that it was not fitted on (models/scores.tsv), of those that get 80 percent
 * four in five are right. Those whose numbers were hidden are few kinds of paper in many copies, so that their shares jump: of
 * them none must be surely wrong. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "catalogue/catalogue.h"

#define ERROR_MOST 0.02 /* expected calibration error over ten bins of equal width */
#define SURE 0.98       /* as in src/letter/identify.c */

enum { BINS = 10, LINE_SIZE = 400, LETTERS_LEAST = 200 /* without those */ };

struct bin {
    double letters, said, right;
};

/* One line: name, 1 if right, the traits in their order. */
static bool parse(char *line, double *right, double traits[TRAIT_COUNT])
{
    char *rest = line;

    strsep(&rest, "\t");
    for (int i = -1; i < TRAIT_COUNT; i++) {
        char *part = rest == NULL ? NULL : strsep(&rest, "\t");
        char *end;
        double value = part == NULL ? 0 : strtod(part, &end);
        if (part == NULL || end == part)
            return false;
        *(i < 0 ? right : &traits[i]) = value;
    }
    return true;
}

static void confidence_is_calibrated(void **state)
{
    struct catalogue *catalogue;
    struct error error = {0};
    struct bin bins[BINS] = {{0}};
    char line[LINE_SIZE];
    double letters = 0;
    double apart = 0;

    (void)state;
    assert_int_equal(catalogue_new(&catalogue, PROJECT_DIR, NULL, NULL, &error), 0);
    FILE *file = fopen(PROJECT_DIR "/models/scores.tsv", "re");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file)); /* what it is */
    assert_non_null(fgets(line, sizeof line, file)); /* column names */
    while (fgets(line, sizeof line, file) != NULL) {
        double traits[TRAIT_COUNT];
        double right = 0;
        assert_true(parse(line, &right, traits));
        double said = catalogue_confidence(catalogue, traits);
        if (said >= SURE && right == 0)
            fail_msg("surely wrong: %s, %.4f", line, said);
        if (strstr(line, "/blind") != NULL)
            continue;
        struct bin *bin = &bins[said >= 1 ? BINS - 1 : (int)(said * BINS)];
        bin->letters++;
        bin->said += said;
        bin->right += right;
        letters++;
    }
    fclose(file);
    catalogue_free(catalogue);
    for (int i = 0; i < BINS; i++)
        apart += fabs(bins[i].said - bins[i].right);
    assert_true(letters >= LETTERS_LEAST);
    if (apart > ERROR_MOST * letters)
        fail_msg("the expected calibration error is %.4f over %.0f letters", apart / letters, letters);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(confidence_is_calibrated)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
