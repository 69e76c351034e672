/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "rights/deadline.h"

#include "rights/calendar.h"

enum {
    /* Longest time that a printed deadline may lie after the day that is counted. Letters of spring 2020 came
     * with an insert that set a date about four months later; a year misread by one lies well beyond. */
    PRINTED_AFTER_COMPUTED_MAX = 180,
    /* The same where nothing can be counted: after the letter's date, or after today if that is not known. */
    PRINTED_AFTER_NOTICE_MAX = 366,
};

static const char *const start_names[START_COUNT] = {
    [START_NOTICE_DATE] = "notice_date",         [START_LIEN_FILED] = "lien_filed",
    [START_CONFERENCE] = "conference",           [START_CONFERENCE_ASKED] = "conference_asked",
    [START_SEIZURE_NOTICE] = "seizure_notice",   [START_REVIEW_ASKED] = "review_asked",
    [START_REVIEW_ANSWERED] = "review_answered",
};

/* A day that was counted; `day` is DATE_NONE where its event is not known. */
struct counted {
    date day;
    date rolled_from;
    const char *from;
    bool safe;
};

void deadline_clear(struct deadline *deadline)
{
    *deadline = (struct deadline){.day = DATE_NONE,
                                  .rolled_from = DATE_NONE,
                                  .printed = DATE_NONE,
                                  .computed = DATE_NONE,
                                  .fallback = DATE_NONE};
}

static date add_period(date start, const struct period *period)
{
    switch (period->unit) {
    case UNIT_DAYS:
        return calendar_days(start, period->count);
    case UNIT_BUSINESS_DAYS:
        return calendar_business_days(start, period->count);
    case UNIT_YEARS:
        return calendar_years(start, period->count);
    }
    return DATE_NONE;
}

static struct counted count_from(const struct count *count, const struct known_dates *dates)
{
    struct counted counted = {.day = DATE_NONE, .rolled_from = DATE_NONE, .from = start_names[count->from]};
    date day = dates->start[count->from];

    if (day != DATE_NONE && count->first != NULL)
        day = add_period(day, count->first);
    if (day != DATE_NONE)
        day = add_period(day, &count->period);
    if (day == DATE_NONE)
        return counted;
    counted.day = count->roll ? calendar_roll(day) : day;
    if (counted.day != day)
        counted.rolled_from = day;
    return counted;
}

static struct counted count_clock(const struct clock *clock, const struct known_dates *dates)
{
    struct counted counted = {.day = DATE_NONE, .rolled_from = DATE_NONE};

    if (clock->count != NULL)
        counted = count_from(clock->count, dates);
    if (counted.day == DATE_NONE && clock->safe != NULL) {
        counted = count_from(clock->safe, dates);
        counted.safe = true;
    }
    return counted;
}

/* The date that is printed in that field, DATE_NONE where there is none or it must have been misread. */
static date printed_in(enum field_id field, const struct known_dates *dates, date computed)
{
    date printed = dates->printed[field];
    date notice = dates->start[START_NOTICE_DATE];

    if (printed == DATE_NONE || printed < (notice != DATE_NONE ? notice : RIGHTS_FIRST_DAY))
        return DATE_NONE;
    date latest = computed != DATE_NONE
                      ? computed + PRINTED_AFTER_COMPUTED_MAX
                      : (notice != DATE_NONE ? notice : dates->as_of) + PRINTED_AFTER_NOTICE_MAX;
    return printed <= latest ? printed : DATE_NONE;
}

static bool rolls(const struct clock *clock)
{
    return clock->count != NULL ? clock->count->roll : clock->kind == KIND_STATUTORY;
}

static enum standing standing_of(struct deadline *deadline, date as_of)
{
    deadline->days_left = (int)(deadline->day - as_of);
    return deadline->days_left > 0    ? STANDING_OPEN
           : deadline->days_left == 0 ? STANDING_LAST_DAY
                                      : STANDING_PASSED;
}

static void act_on_counted(struct deadline *deadline, const struct counted *counted)
{
    deadline->day = counted->day;
    deadline->basis = BASIS_COMPUTED;
    deadline->counted_from = counted->from;
    deadline->rolled_from = counted->rolled_from;
    deadline->computed = counted->day;
    deadline->safe = counted->safe;
}

/* An insert moved the last day: its day is the later of two that are printed. */
static void act_on_later_print(struct deadline *deadline, const struct clock *clock,
                               const struct known_dates *dates, date computed)
{
    date later =
        *clock->printed == FIELD_HEARING_BY ? printed_in(FIELD_HEARING_BY_LATER, dates, computed) : DATE_NONE;

    if (later == DATE_NONE || dates->as_of > calendar_roll(later))
        return;
    date rolled = calendar_roll(later);
    deadline->counted_from = field_name(FIELD_HEARING_BY_LATER);
    deadline->fallback = rolled != later ? rolled : DATE_NONE;
    deadline->day = dates->as_of <= later ? later : rolled;
    deadline->rolled_from = dates->as_of <= later ? DATE_NONE : later;
}

/* The printed day is the one to act on (Publication 1660). Once it has gone by, a later day that the law
 * still gives takes its place: "passed" is said only when no day is left. */
static void act_on_printed(struct deadline *deadline, const struct clock *clock,
                           const struct known_dates *dates, const struct counted *counted)
{
    date printed = deadline->printed;
    date rolled = rolls(clock) ? calendar_roll(printed) : printed;

    deadline->day = printed;
    deadline->basis = BASIS_PRINTED;
    deadline->counted_from = field_name(*clock->printed);
    deadline->fallback = rolled != printed ? rolled : DATE_NONE;
    /* A safe day is only a lower bound: it says something about the printed one by being later. */
    if (!counted->safe || rolled < counted->day)
        deadline->computed = counted->day;
    if (dates->as_of > printed && dates->as_of <= rolled) {
        deadline->day = rolled;
        deadline->rolled_from = printed;
    } else if (dates->as_of > printed && dates->as_of <= counted->day && clock->kind != KIND_PRACTICE) {
        act_on_counted(deadline, counted);
    } else if (dates->as_of > printed) {
        act_on_later_print(deadline, clock, dates, counted->day);
    }
}

/* When a plan ends says nothing of the last day to appeal, unless it is before the day counted. */
static bool is_later_event(const struct clock *clock, date printed, date computed)
{
    return *clock->printed == FIELD_TERMINATION_DATE && printed >= computed;
}

bool deadline_is_later_event(const struct deadline *deadline, const struct clock *clock)
{
    return is_later_event(clock, deadline->printed, deadline->computed);
}

enum standing deadline_of_clock(struct deadline *out, const struct clock *clock,
                                const struct known_dates *dates)
{
    struct counted counted = count_clock(clock, dates);

    deadline_clear(out);
    if (clock->printed != NULL)
        out->printed = printed_in(*clock->printed, dates, counted.day);
    if (out->printed != DATE_NONE && !is_later_event(clock, out->printed, counted.day)) {
        act_on_printed(out, clock, dates, &counted);
    } else if (counted.day != DATE_NONE) {
        act_on_counted(out, &counted);
    } else {
        /* A right that a statute gives always has a time, even where only the letter tells it. */
        bool has_time = clock->count != NULL || (clock->printed != NULL && clock->kind == KIND_STATUTORY);
        return has_time ? STANDING_NEEDS_DATE : STANDING_NO_CLOCK;
    }
    return standing_of(out, dates->as_of);
}

enum standing deadline_of_count(struct deadline *out, const struct count *count,
                                const struct known_dates *dates)
{
    struct counted counted = count_from(count, dates);

    deadline_clear(out);
    if (counted.day == DATE_NONE)
        return STANDING_NEEDS_DATE;
    act_on_counted(out, &counted);
    return standing_of(out, dates->as_of);
}

int deadline_difference(const struct deadline *deadline)
{
    if (deadline->printed == DATE_NONE || deadline->computed == DATE_NONE ||
        deadline->printed == deadline->computed || deadline->fallback == deadline->computed)
        return 0;
    return (int)(deadline->printed - deadline->computed);
}
