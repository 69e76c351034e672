/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdio.h>

#include "docket/show.h"

/* As much of the letter as an event needs: its first page tells its UID. */
static int make_letter(struct letter *out, const struct docket_letter *letter, struct error *error)
{
    struct field_value last4 = {.page = letter->first_page};

    letter_init(out);
    out->status = LETTER_IDENTIFIED;
    if (letter_add_page(out, letter->first_page) < 0)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    if (letter->fields[FIELD_TIN_LAST4] == NULL)
        return 0;
    snprintf(last4.value, sizeof last4.value, "%s", letter->fields[FIELD_TIN_LAST4]);
    if (letter_add_field(out, FIELD_TIN_LAST4, &last4) < 0)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    return 0;
}

static int add_row(struct ics *ics, const struct agenda *agenda, const struct agenda_row *row, bool names,
                   struct error *error)
{
    const struct ics_origin origin = {row->letter->file, row->letter->sha256, names};
    struct right right = {
        .rule = row->rule,
        .standing = STANDING_OPEN,
        .has_deadline = true,
        .deadline = row->deadline,
    };
    struct letter letter;
    struct finding finding = {.letter = &letter, .notice = row->notice};
    int result = -1;

    known_dates_init(&finding.dates, agenda->as_of);
    if (make_letter(&letter, row->letter, error) == 0)
        result = ics_add_right(ics, &finding, &right, &origin, error);
    letter_dispose(&letter);
    return result;
}

int show_calendar(struct ics *ics, const struct agenda *agenda, bool names, struct error *error)
{
    for (size_t i = 0; i < agenda->count; i++) {
        const struct agenda_row *row = &agenda->rows[i];
        if (row->state == AGENDA_OPEN && add_row(ics, agenda, row, names, error) < 0)
            return -1;
    }
    return 0;
}
