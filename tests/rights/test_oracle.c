/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Every clock of patterns/ that counts, against the walked calendar: each day from 2015 to 2035 as the start,
 * and for each the day before the last one, the last, and the day after. The rules are written down here once
 * more, so that a slip in a pattern file fails as well. */
#include "walk.h"

/* How many of each are walked, in this order; then on to a working day, or not. */
struct rule {
    const char *clock;
    const char *follow_up; /* NULL: the clock's own time */
    bool safe;             /* its `safe` count: the start of the exact one is not known */
    enum clock_start start;
    unsigned business_days;
    unsigned days;
    unsigned years;
    bool roll;
};

static const struct rule rules[] = {
    {"cdp-levy-30", NULL, false, START_NOTICE_DATE, 0, 30, 0, true},
    {"cdp-lien-30", NULL, false, START_LIEN_FILED, 5, 30, 0, true},
    {"cdp-lien-30", NULL, true, START_NOTICE_DATE, 0, 30, 0, true},
    {"eh-levy-1yr", NULL, false, START_NOTICE_DATE, 0, 0, 1, true},
    {"eh-lien-1yr", NULL, false, START_LIEN_FILED, 5, 0, 1, true},
    {"eh-lien-1yr", NULL, true, START_NOTICE_DATE, 0, 0, 1, false},
    {"ia-modification-30", NULL, false, START_NOTICE_DATE, 0, 30, 0, true},
    {"ia-rejection-30", NULL, false, START_NOTICE_DATE, 0, 30, 0, true},
    {"ia-termination-30", NULL, false, START_NOTICE_DATE, 0, 30, 0, true},
    {"cap-installment-agreement", NULL, false, START_NOTICE_DATE, 0, 30, 0, true},
    {"section-7429", NULL, false, START_NOTICE_DATE, 0, 30, 0, true},
    {"section-7429", "sue-if-not-answered", false, START_REVIEW_ASKED, 0, 16 + 90, 0, true},
    {"section-7429", "sue-after-the-answer", false, START_REVIEW_ANSWERED, 0, 90, 0, true},
    {"state-refund-levy-warning", NULL, false, START_NOTICE_DATE, 0, 30, 0, false},
    {"cap-notice-or-phone", "ask-for-appeals", false, START_CONFERENCE, 3, 0, 0, false},
    {"cap-revenue-officer", "tell-the-officer", false, START_CONFERENCE, 2, 0, 0, false},
    {"cap-revenue-officer", "send-the-form", false, START_CONFERENCE, 3, 0, 0, false},
    {"cap-revenue-officer", "no-call-back", false, START_CONFERENCE_ASKED, 4, 0, 0, false},
    {"cap-revenue-officer", "appeal-a-seizure", false, START_SEIZURE_NOTICE, 10, 0, 0, false},
    {"cap-when", "tell-the-officer", false, START_CONFERENCE, 2, 0, 0, false},
    {"cap-when", "send-the-form", false, START_CONFERENCE, 3, 0, 0, false},
    {"cap-when", "no-call-back", false, START_CONFERENCE_ASKED, 4, 0, 0, false},
};

#define RULE_COUNT (sizeof rules / sizeof *rules)

static struct catalogue *catalogue;

static int set_up(void **state)
{
    struct error error = {0};

    if (build_walk(state) != 0)
        return -1;
    return catalogue_new(&catalogue, PROJECT_DIR, NULL, NULL, &error);
}

static int tear_down(void **state)
{
    (void)state;
    catalogue_free(catalogue);
    return 0;
}

static int walked_last_day(const struct rule *rule, int start)
{
    int i = walk_business_days(start, rule->business_days) + (int)rule->days;

    i = walk_years(i, rule->years);
    return rule->roll ? walk_roll(i) : i;
}

static void assert_stands(const struct rule *rule, const struct clock *clock, date start, date last,
                          date as_of)
{
    struct notice_right right_rule = {.track = clock->track, .available = AVAILABLE_YES, .clock = clock};
    struct notice notice = {.rights = &right_rule, .rights_count = 1};
    struct known_dates dates;
    struct rights rights;
    enum standing expected = as_of < last    ? STANDING_OPEN
                             : as_of == last ? STANDING_LAST_DAY
                                             : STANDING_PASSED;

    known_dates_init(&dates, as_of);
    dates.start[rule->start] = start;
    assert_int_equal(rights_init(&rights, &notice, &dates, NULL), 0);
    const struct deadline *deadline = &rights.list[0].deadline;
    enum standing standing = rights.list[0].standing;
    for (size_t i = 0; rule->follow_up != NULL && i < rights.list[0].follow_up_count; i++) {
        const struct follow_up_deadline *later = &rights.list[0].follow_ups[i];
        if (strcmp(later->follow_up->name, rule->follow_up) == 0) {
            deadline = &later->deadline;
            standing = later->standing;
        }
    }
    if (deadline->day != last || standing != expected || deadline->safe != rule->safe ||
        deadline->days_left != last - as_of)
        fail_msg("%s from day %d: day %d instead of %d, %s as of %d", rule->clock, start, deadline->day, last,
                 standing_name(standing), as_of);
    rights_dispose(&rights);
}

static void every_rule_from_every_day(void **state)
{
    (void)state;
    int end = index_of(LAST_CHECKED, 12, 31);
    for (size_t r = 0; r < RULE_COUNT; r++) {
        const struct clock *clock = catalogue_find_clock(catalogue, rules[r].clock);
        assert_non_null(clock);
        for (int i = index_of(FIRST_CHECKED, 1, 1); i <= end; i++) {
            date last = walked_date(walked_last_day(&rules[r], i));
            for (int after = -1; after <= 1; after++)
                assert_stands(&rules[r], clock, walked_date(i), last, last + after);
        }
    }
}

static size_t rules_of(const char *clock, const char *follow_up, bool safe)
{
    size_t count = 0;

    for (size_t r = 0; r < RULE_COUNT; r++) {
        const char *name = rules[r].follow_up;
        bool same = name == NULL ? follow_up == NULL : follow_up != NULL && strcmp(name, follow_up) == 0;
        count += same && rules[r].safe == safe && strcmp(rules[r].clock, clock) == 0;
    }
    return count;
}

/* A clock that is added to patterns/ needs its rule here. */
static void every_clock_that_counts_has_its_rule(void **state)
{
    size_t count;
    const struct clock *all = catalogue_clocks(catalogue, &count);

    (void)state;
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        if (rules_of(all[i].name, NULL, false) != (all[i].count != NULL) ||
            rules_of(all[i].name, NULL, true) != (all[i].safe != NULL))
            fail_msg("the rules of this test do not match the counts of %s", all[i].name);
        for (unsigned f = 0; f < all[i].follow_ups_count; f++) {
            if (rules_of(all[i].name, all[i].follow_ups[f].name, false) != 1)
                fail_msg("no rule for %s of %s", all[i].follow_ups[f].name, all[i].name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_clock_that_counts_has_its_rule),
        cmocka_unit_test(every_rule_from_every_day),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
