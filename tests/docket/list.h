/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The docket's list as of a day. */
#ifndef TESTS_DOCKET_LIST_H
#define TESTS_DOCKET_LIST_H

#include "shelf.h"

static struct catalogue *catalogue;
static struct agenda agenda;

static inline int load(void **state)
{
    (void)state;
    catalogue = sample_catalogue();
    return 0;
}

static inline int unload(void **state)
{
    (void)state;
    catalogue_free(catalogue);
    return 0;
}

static inline int finish_list(void **state)
{
    agenda_dispose(&agenda);
    return finish(state);
}

static inline void list_with(const char *as_of, const struct agenda_filter *filter)
{
    struct error error = {0};

    agenda_dispose(&agenda);
    if (agenda_init(&agenda, docket, catalogue, day(as_of), filter, &error) < 0)
        fail_msg("%s", error.message);
}

static inline void list(const char *as_of)
{
    list_with(as_of, &(struct agenda_filter){.within = -1});
}

/* The row of that letter and track ("" for one without a right); fails where there is none. */
static inline const struct agenda_row *row_of(int64_t id, const char *track)
{
    for (size_t i = 0; i < agenda.count; i++) {
        const struct agenda_row *row = &agenda.rows[i];
        if (row->letter->id == id && strcmp(row->rule != NULL ? row->rule->track : "", track) == 0)
            return row;
    }
    fail_msg("letter %lld has no row \"%s\"", (long long)id, track);
    return NULL;
}

static inline size_t rows_of(int64_t id)
{
    size_t count = 0;

    for (size_t i = 0; i < agenda.count; i++)
        count += agenda.rows[i].letter->id == id;
    return count;
}

/* A letter for review that may be an LT11 or a CP504. */
static inline int64_t file_unsure(const char *notice_date, unsigned scan)
{
    struct letter letter;

    sample_letter(&letter, LETTER_REVIEW, NULL, notice_date);
    sample_candidate(&letter, "CP504", 0.6);
    sample_candidate(&letter, "LT11", 0.4);
    letter_warn(&letter, "number-unsure", "the number can be read in more than one way");
    int64_t id = file_letter(&letter, scan, "2026-03-05").id;
    letter_dispose(&letter);
    return id;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish_list)

#endif
