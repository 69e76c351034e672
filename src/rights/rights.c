/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "rights/rights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rights/calendar.h"
#include "rights/deadline.h"

void known_dates_init(struct known_dates *dates, date as_of)
{
    dates->as_of = as_of;
    for (int i = 0; i < START_COUNT; i++)
        dates->start[i] = DATE_NONE;
    for (int i = 0; i < FIELD_COUNT; i++)
        dates->printed[i] = DATE_NONE;
}

void known_dates_of_letter(struct known_dates *dates, date as_of, letter_text_fn *text_of, const void *letter)
{
    static const struct {
        enum field_id field;
        enum clock_start start;
    } starts[] = {{FIELD_NOTICE_DATE, START_NOTICE_DATE}, {FIELD_LIEN_FILED, START_LIEN_FILED}};
    static const enum field_id printed[] = {FIELD_RESPOND_BY, FIELD_HEARING_BY, FIELD_HEARING_BY_LATER,
                                            FIELD_TERMINATION_DATE};

    known_dates_init(dates, as_of);
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        const char *text = text_of(letter, starts[i].field);
        dates->start[starts[i].start] = text != NULL ? date_parse(text) : DATE_NONE;
    }
    for (size_t i = 0; i < sizeof printed / sizeof *printed; i++) {
        const char *text = text_of(letter, printed[i]);
        dates->printed[printed[i]] = text != NULL ? date_parse(text) : DATE_NONE;
    }
}

const char *standing_name(enum standing standing)
{
    static const char *const names[] = {
        [STANDING_OPEN] = "open",
        [STANDING_LAST_DAY] = "last-day",
        [STANDING_PASSED] = "passed",
        [STANDING_NO_CLOCK] = "no-clock",
        [STANDING_NEEDS_DATE] = "needs-date",
        [STANDING_NOT_AVAILABLE] = "not-available",
    };

    return names[standing];
}

/* Says each thing once, though several rights may rest on the same printed date. */
static void warn(struct rights *rights, const char *code, const struct right *right, int days, date day)
{
    for (size_t i = 0; i < rights->warning_count; i++) {
        const struct rights_warning *other = &rights->warnings[i];
        if (strcmp(other->code, code) == 0 && other->days == days && other->day == day)
            return;
    }
    if (rights->warning_count == RIGHTS_WARNINGS_MAX)
        return;
    struct rights_warning *warning = &rights->warnings[rights->warning_count++];
    snprintf(warning->code, sizeof warning->code, "%s", code);
    warning->right = right;
    warning->days = days;
    warning->day = day;
}

static void check_notice_date(struct rights *rights, struct known_dates *dates)
{
    date *notice = &dates->start[START_NOTICE_DATE];

    if (*notice == DATE_NONE)
        return;
    int ahead = (int)(*notice - dates->as_of);
    if (ahead > RIGHTS_NOTICE_AHEAD_MAX) {
        warn(rights, "notice-date-in-the-future", NULL, ahead, *notice);
    } else if (ahead > 0) {
        warn(rights, "notice-date-ahead", NULL, ahead, *notice);
        return;
    } else if (*notice < RIGHTS_FIRST_DAY) {
        warn(rights, "notice-date-implausible", NULL, 0, *notice);
    } else {
        return;
    }
    *notice = DATE_NONE;
}

/* The lien is filed first, its letter follows (IRC 6320(a)(2)). A filing after the letter was misread, or the
 * letter ran ahead of it: counting from it would give the later day, counting from the letter is safe. */
static void check_lien_filed(struct rights *rights, struct known_dates *dates)
{
    date notice = dates->start[START_NOTICE_DATE];
    date *filed = &dates->start[START_LIEN_FILED];

    if (*filed == DATE_NONE)
        return;
    if (*filed > dates->as_of)
        warn(rights, "lien-filed-in-the-future", NULL, 0, *filed);
    else if (*filed < RIGHTS_FIRST_DAY)
        warn(rights, "lien-filed-implausible", NULL, 0, *filed);
    else if (notice != DATE_NONE && *filed > notice)
        warn(rights, "lien-filed-after-letter", NULL, 0, *filed);
    else
        return;
    *filed = DATE_NONE;
}

/* Takes out a date of the letter that cannot be right, so that nothing is counted from it. */
static void drop_implausible(struct rights *rights, struct known_dates *dates)
{
    check_notice_date(rights, dates);
    check_lien_filed(rights, dates);
}

static bool is_open(enum standing standing)
{
    return standing == STANDING_OPEN || standing == STANDING_LAST_DAY;
}

static bool has_day(enum standing standing)
{
    return is_open(standing) || standing == STANDING_PASSED;
}

static int work_out_follow_ups(struct right *right, const struct known_dates *dates)
{
    const struct clock *clock = right->rule->clock;

    if (clock->follow_ups_count == 0)
        return 0;
    right->follow_ups = calloc(clock->follow_ups_count, sizeof *right->follow_ups);
    if (right->follow_ups == NULL)
        return -1;
    right->follow_up_count = clock->follow_ups_count;
    for (size_t i = 0; i < right->follow_up_count; i++) {
        struct follow_up_deadline *later = &right->follow_ups[i];
        later->follow_up = &clock->follow_ups[i];
        later->standing = deadline_of_count(&later->deadline, &later->follow_up->count, dates);
        later->known = has_day(later->standing);
    }
    return 0;
}

static void warn_about_printed(struct rights *rights, const struct right *right,
                               const struct known_dates *dates)
{
    const struct clock *clock = right->rule->clock;
    const struct deadline *deadline = &right->deadline;

    if (clock->printed == NULL || dates->printed[*clock->printed] == DATE_NONE)
        return;
    if (deadline->printed == DATE_NONE) {
        warn(rights, "printed-date-implausible", right, 0, dates->printed[*clock->printed]);
        return;
    }
    int difference = deadline_difference(deadline);
    if (difference != 0)
        warn(rights, "printed-date-differs", right, difference, deadline->printed);
    if (calendar_roll(deadline->printed) != deadline->printed && !deadline_is_later_event(deadline, clock))
        warn(rights, "printed-date-not-a-workday", right, 0, deadline->printed);
}

static int work_out(struct rights *rights, struct right *right, const struct known_dates *dates,
                    struct error *error)
{
    const struct clock *clock = right->rule->clock;

    if (right->rule->available == AVAILABLE_NO) {
        right->standing = STANDING_NOT_AVAILABLE;
        deadline_clear(&right->deadline);
        return 0;
    }
    if (clock == NULL)
        return error_set(error, ERROR_PATTERNS, "the right %s is available but has no clock",
                         right->rule->track);
    right->standing = deadline_of_clock(&right->deadline, clock, dates);
    right->has_deadline = has_day(right->standing);
    warn_about_printed(rights, right, dates);
    if (work_out_follow_ups(right, dates) != 0)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    return 0;
}

static bool track_is_open(const struct rights *rights, const char *track)
{
    for (size_t i = 0; i < rights->count; i++) {
        if (is_open(rights->list[i].standing) && strcmp(rights->list[i].rule->track, track) == 0)
            return true;
    }
    return false;
}

static void compare(struct rights *rights)
{
    for (size_t i = 0; i < rights->count; i++) {
        struct right *right = &rights->list[i];
        if (right->standing == STANDING_NOT_AVAILABLE)
            continue;
        const char *better = right->rule->clock->after_track;
        right->better_open = better != NULL && track_is_open(rights, better);
        if (is_open(right->standing) &&
            (rights->act_by == NULL || right->deadline.day < rights->act_by->deadline.day))
            rights->act_by = right;
    }
}

int rights_init(struct rights *rights, const struct notice *notice, const struct known_dates *dates,
                struct error *error)
{
    struct known_dates usable = *dates;
    int result = -1;

    *rights = (struct rights){0};
    if (dates->as_of == DATE_NONE) {
        error_set(error, ERROR_USAGE, "the day as of which the rights are asked for is not known");
        goto done;
    }
    drop_implausible(rights, &usable);
    if (notice->rights_count > 0) {
        rights->list = calloc(notice->rights_count, sizeof *rights->list);
        if (rights->list == NULL) {
            error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
            goto done;
        }
    }
    for (size_t i = 0; i < notice->rights_count; i++) {
        struct right *right = &rights->list[rights->count++];
        right->rule = &notice->rights[i];
        if (work_out(rights, right, &usable, error) != 0)
            goto done;
    }
    compare(rights);
    result = 0;
done:
    if (result != 0)
        rights_dispose(rights);
    return result;
}

bool rights_perhaps_open(const struct right *right)
{
    return right->standing == STANDING_PASSED && right->deadline.safe &&
           -right->deadline.days_left <= RIGHTS_SAFE_DOUBT_DAYS;
}

void rights_dispose(struct rights *rights)
{
    for (size_t i = 0; i < rights->count; i++)
        free(rights->list[i].follow_ups);
    free(rights->list);
    *rights = (struct rights){0};
}
