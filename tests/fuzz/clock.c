/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The loader of clocks, and what a clock that it takes says: no deadline lies before the day it is counted from, or
 * further off than the loader allows, and how it stands agrees with its day. */
#include "faults.h"
#include "rights/rights.h"

/* The loader's longest: ten years and ten years before them, and a week's holidays. */
enum { LONGEST_DAYS = 2 * 3660 * 3, AS_OF = 20500 };

static void check_deadline(const struct deadline *deadline, enum standing standing, const struct known_dates *dates)
{
    if (standing != STANDING_OPEN && standing != STANDING_LAST_DAY && standing != STANDING_PASSED)
        return;
    MUST(deadline->day != DATE_NONE && deadline->counted_from != NULL);
    MUST(deadline->days_left == deadline->day - dates->as_of);
    MUST((standing == STANDING_PASSED) == (deadline->day < dates->as_of));
    MUST((standing == STANDING_LAST_DAY) == (deadline->day == dates->as_of));
    if (deadline->computed != DATE_NONE)
        MUST(deadline->computed > 0 && deadline->computed < AS_OF + LONGEST_DAYS);
    if (deadline->rolled_from != DATE_NONE)
        MUST(deadline->rolled_from < deadline->day);
}

static void check_rights(const struct notice *notice, int from, bool printed)
{
    struct known_dates dates;
    struct rights rights;
    struct error error = {0};

    known_dates_init(&dates, AS_OF);
    for (int i = 0; i < START_COUNT; i++)
        dates.start[i] = from;
    if (printed)
        dates.printed[FIELD_HEARING_BY] = from + 30;
    MUST(rights_init(&rights, notice, &dates, &error) == 0);
    for (size_t i = 0; i < rights.count; i++) {
        const struct right *right = &rights.list[i];
        check_deadline(&right->deadline, right->standing, &dates);
        if (right->has_deadline && right->deadline.basis == BASIS_COMPUTED)
            MUST(right->deadline.day > from);
        for (size_t j = 0; j < right->follow_up_count; j++)
            check_deadline(&right->follow_ups[j].deadline, right->follow_ups[j].standing, &dates);
    }
    if (rights.act_by != NULL)
        MUST(rights.act_by->standing == STANDING_OPEN || rights.act_by->standing == STANDING_LAST_DAY);
    rights_dispose(&rights);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct catalogue *catalogue = faults_load("patterns/clocks/cdp-levy-30.yaml", data, size);

    if (catalogue != NULL) {
        const struct notice *notice = catalogue_find_notice(catalogue, "LT11");
        const struct clock *clock = catalogue_find_clock(catalogue, "cdp-levy-30");
        MUST(notice != NULL && clock != NULL && clock->authority_count > 0 && clock->sources_count > 0);
        MUST(date_parse(clock->checked) != DATE_NONE);
        for (int from = AS_OF - 800; from <= AS_OF; from += 37) {
            check_rights(notice, from, false);
            check_rights(notice, from, true);
        }
    }
    catalogue_free(catalogue);
    return 0;
}
