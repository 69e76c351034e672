/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Memory that runs out is an error, not a missing right. Linked with --wrap=calloc. */
#include "law.h"

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

static int calls_until_failure; /* negative: never */

void *__wrap_calloc(size_t count, size_t size)
{
    if (calls_until_failure == 0)
        return NULL;
    if (calls_until_failure > 0)
        calls_until_failure--;
    return __real_calloc(count, size);
}

static void every_allocation_is_watched(void **state)
{
    struct notice_right rules[] = {right_of("cap", AVAILABLE_YES), right_of("cap", AVAILABLE_YES)};
    struct notice notice = {.rights = rules, .rights_count = 2};
    struct known_dates dates;
    struct rights rights;
    enum { ALLOCATIONS = 3 }; /* the list, and the follow-ups of each right */

    (void)state;
    known_dates_init(&dates, day_of("2026-03-20"));
    for (int allowed = 0; allowed < ALLOCATIONS; allowed++) {
        struct error error = {0};
        calls_until_failure = allowed;
        int result = rights_init(&rights, &notice, &dates, &error);
        calls_until_failure = -1;
        assert_int_equal(result, -1);
        assert_int_equal(error.code, ERROR_OUT_OF_MEMORY);
        assert_int_equal(rights.count, 0);
        assert_null(rights.list);
    }
    calls_until_failure = ALLOCATIONS;
    int result = rights_init(&rights, &notice, &dates, NULL);
    calls_until_failure = -1;
    assert_int_equal(result, 0);
    rights_dispose(&rights);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_is_watched)};

    calls_until_failure = -1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
