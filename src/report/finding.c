/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/finding.h"

#include <stdint.h>
#include <stdlib.h>

static const char *text_of(const void *letter, enum field_id field)
{
    const struct field *found = &((const struct letter *)letter)->fields[field];

    return found->count > 0 ? found->values[0].value : NULL;
}

static int64_t act_by_of(const struct maybe *maybe)
{
    return maybe->rights.act_by != NULL ? maybe->rights.act_by->deadline.day : INT64_MAX;
}

/* Earliest first; where the days are the same the likelier one. */
static int compare_maybes(const void *left, const void *right)
{
    const struct maybe *a = left;
    const struct maybe *b = right;
    int64_t day_a = act_by_of(a);
    int64_t day_b = act_by_of(b);

    if (day_a != day_b)
        return day_a < day_b ? -1 : 1;
    return (a->candidate > b->candidate) -
           (a->candidate < b->candidate); /* the letter has the likelier one first */
}

static int add_maybes(struct finding *finding, const struct catalogue *catalogue, struct error *error)
{
    const struct letter *letter = finding->letter;

    for (size_t i = 0; i < letter->candidate_count; i++) {
        const struct notice *notice = catalogue_find_notice(catalogue, letter->candidates[i].id);
        if (notice == NULL) /* a number outside the catalogue may compete; nothing is known of its rights */
            continue;
        struct maybe *maybe = &finding->maybes[finding->maybe_count];
        if (rights_init(&maybe->rights, notice, &finding->dates, error) < 0)
            return -1;
        maybe->notice = notice;
        maybe->candidate = &letter->candidates[i];
        finding->maybe_count++;
    }
    qsort(finding->maybes, finding->maybe_count, sizeof *finding->maybes, compare_maybes);
    return 0;
}

int finding_init(struct finding *finding, const struct catalogue *catalogue, const struct letter *letter,
                 date as_of, struct error *error)
{
    *finding = (struct finding){.letter = letter};
    known_dates_of_letter(&finding->dates, as_of, text_of, letter);
    if (letter->status == LETTER_REVIEW) {
        if (add_maybes(finding, catalogue, error) < 0)
            goto failed;
    } else if (letter->status == LETTER_IDENTIFIED) {
        const struct notice *notice = catalogue_find_notice(catalogue, letter->id);
        if (notice == NULL) {
            error_set(error, ERROR_WORKER_DIED,
                      "the reader named a notice that does not exist; read the file again");
            goto failed;
        }
        if (rights_init(&finding->rights, notice, &finding->dates, error) < 0)
            goto failed;
        finding->notice = notice;
    }
    return 0;

failed:
    finding_dispose(finding);
    return -1;
}

int finding_init_notice(struct finding *finding, const struct notice *notice, const struct known_dates *dates,
                        struct error *error)
{
    *finding = (struct finding){.dates = *dates};
    if (rights_init(&finding->rights, notice, dates, error) < 0)
        return -1;
    finding->notice = notice;
    return 0;
}

int finding_each_warning(const struct finding *finding,
                         int (*each)(void *to, const struct rights_warning *warning), void *to)
{
    bool sure = finding->notice != NULL || finding->maybe_count == 0;
    const struct rights *rights = sure ? &finding->rights : &finding->maybes[0].rights;

    for (size_t i = 0; i < rights->warning_count; i++) {
        if ((sure || rights->warnings[i].right == NULL) && each(to, &rights->warnings[i]) < 0)
            return -1;
    }
    return 0;
}

void finding_dispose(struct finding *finding)
{
    if (finding->notice != NULL)
        rights_dispose(&finding->rights);
    for (size_t i = 0; i < finding->maybe_count; i++)
        rights_dispose(&finding->maybes[i].rights);
    *finding = (struct finding){0};
}
