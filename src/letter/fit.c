/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "letter/fit.h"

#include "base/date.h"

#define CLEAR 0.85 /* a deadline that was read this surely can bear out a notice date */

/* So many days after the letter's own date, and nothing else. */
static bool counts_days_of_letter(const struct clock *clock)
{
    return clock->count != NULL && clock->count->from == START_NOTICE_DATE && clock->count->first == NULL &&
           clock->count->period.unit == UNIT_DAYS;
}

/* As the law moves a last day that falls on a weekend; of holidays nothing is known here. */
static date next_working_day(date day)
{
    switch (date_weekday(day)) {
    case SATURDAY:
        return day + 2;
    case SUNDAY:
        return day + 1;
    default:
        return day;
    }
}

bool fit_day(const struct letter *letter, const struct catalogue *catalogue, enum field_id field, const char *day)
{
    const struct notice *notice = letter->id[0] != '\0' ? catalogue_find_notice(catalogue, letter->id) : NULL;
    const struct field *dated = &letter->fields[FIELD_NOTICE_DATE];
    bool fits = false;

    for (unsigned i = 0; notice != NULL && dated->count > 0 && i < notice->rights_count && !fits; i++) {
        const struct clock *clock = notice->rights[i].clock;
        if (clock == NULL || clock->printed == NULL || *clock->printed != field || !counts_days_of_letter(clock))
            continue;
        date last = date_parse(dated->values->value) + (date)clock->count->period.count;
        fits = date_parse(day) == last || date_parse(day) == next_working_day(last);
    }
    return fits;
}

bool fit_date(const struct letter *letter, const struct catalogue *catalogue, const char *day)
{
    const struct notice *notice = letter->id[0] != '\0' ? catalogue_find_notice(catalogue, letter->id) : NULL;

    for (unsigned i = 0; notice != NULL && i < notice->rights_count; i++) {
        const struct clock *clock = notice->rights[i].clock;
        if (clock == NULL || clock->kind != KIND_STATUTORY || clock->printed == NULL || !counts_days_of_letter(clock))
            continue;
        const struct field *field = &letter->fields[*clock->printed];
        if (field->count == 1 && field->values->confidence >= CLEAR &&
            letter->fields[FIELD_HEARING_BY_LATER].count == 0 &&
            date_parse(field->values->value) - date_parse(day) == (date)clock->count->period.count)
            return true;
    }
    return false;
}
