/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Memory that runs out anywhere is an error, and the docket is then as it was. Linked with --wrap=calloc;
 * SQLite and jansson get their memory from here too. */
#include <jansson.h>

#include "docket/show.h"
#include "list.h"

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

static long calls_until_failure = -1; /* negative: never */

static int must_fail(void)
{
    if (calls_until_failure == 0)
        return 1;
    if (calls_until_failure > 0)
        calls_until_failure--;
    return 0;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return must_fail() ? NULL : __real_calloc(count, size);
}

/* ---- the libraries ---- */

static void *json_take(size_t size)
{
    return must_fail() ? NULL : malloc(size);
}

static sqlite3_mem_methods plain;

static void *sqlite_take(int size)
{
    return must_fail() ? NULL : plain.xMalloc(size);
}

static void *sqlite_resize(void *memory, int size)
{
    return must_fail() ? NULL : plain.xRealloc(memory, size);
}

/* Before the first use of either library. */
static int watch_libraries(void **state)
{
    sqlite3_mem_methods watched;

    (void)state;
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain) != SQLITE_OK)
        return -1;
    watched = plain;
    watched.xMalloc = sqlite_take;
    watched.xRealloc = sqlite_resize;
    json_set_alloc_funcs(json_take, free);
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &watched) != SQLITE_OK ||
        sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) != SQLITE_OK)
        return -1;
    return load(state);
}

/* ---- every allocation of a piece of work fails once ---- */

typedef int work_fn(struct error *error);

enum { FAILURES_MAX = 20000 };

/* Runs the work until it succeeds, each time with one more allocation; returns how often it failed. */
static long fail_everywhere(work_fn *work, void check(void))
{
    for (long allowed = 0; allowed < FAILURES_MAX; allowed++) {
        struct error error = {0};
        calls_until_failure = allowed;
        int result = work(&error);
        calls_until_failure = -1;
        if (result == 0)
            return allowed;
        assert_int_equal(error.code, ERROR_OUT_OF_MEMORY);
        check();
    }
    return -1;
}

static void nothing_changed(void)
{
    assert_int_equal(sql_number("SELECT count(*) FROM letters"), 1);
    assert_int_equal(sql_number("SELECT count(*) FROM history"), 1);
    assert_int_equal(sql_number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"),
                     0);
}

static struct letter letter;

static int file_one(struct error *error)
{
    char hash[65];
    struct docket_filed filed;
    const struct docket_scan scan = {
        .sha256 = hash_of(2, hash), .file = "mail.pdf", .received = day("2026-03-05")};

    return docket_file(docket, &scan, &letter, &maria, &filed, error);
}

static int correct_one(struct error *error)
{
    return docket_correct(docket, 1, "notice_date", "2026-02-10", &maria, error);
}

static int note_one(struct error *error)
{
    return docket_note(docket, 1, "called", &maria, error);
}

static int open_again(struct error *error)
{
    struct docket *other = NULL;

    if (docket_open(&other, path, DOCKET_EXISTING, error) < 0)
        return -1;
    docket_close(other);
    return 0;
}

static int list_one(struct error *error)
{
    struct agenda made;
    int result = agenda_init(&made, docket, catalogue, day("2026-03-10"),
                             &(struct agenda_filter){.within = -1}, error);

    assert_int_equal(made.count, result == 0 ? 2 : 0);
    agenda_dispose(&made);
    return result;
}

static void filing(void **state)
{
    (void)state;
    file_notice("LT11", "2026-03-02", NULL, 1, "2026-03-05");
    sample_letter(&letter, LETTER_REVIEW, NULL, "2026-03-02");
    sample_candidate(&letter, "LT11", 0.5);
    letter_warn(&letter, "number-unsure", "x");
    assert_true(fail_everywhere(file_one, nothing_changed) > 20);
    letter_dispose(&letter);
    assert_int_equal(sql_number("SELECT count(*) FROM letters"), 2);
}

static void changing(void **state)
{
    (void)state;
    file_notice("LT11", "2026-03-02", NULL, 1, "2026-03-05");
    assert_true(fail_everywhere(correct_one, nothing_changed) > 5);
    assert_string_equal(letter_of(1).notice_date, "2026-02-10");
}

static void noting(void **state)
{
    (void)state;
    file_notice("LT11", "2026-03-02", NULL, 1, "2026-03-05");
    assert_true(fail_everywhere(note_one, nothing_changed) > 5);
    assert_string_equal(letter_of(1).note, "called");
}

static void opening(void **state)
{
    (void)state;
    file_notice("LT11", "2026-03-02", NULL, 1, "2026-03-05");
    assert_true(fail_everywhere(open_again, nothing_changed) > 20);
}

static void listing(void **state)
{
    (void)state;
    file_notice("LT11", "2026-03-02", NULL, 1, "2026-03-05");
    assert_true(fail_everywhere(list_one, nothing_changed) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(filing), TEST(changing), TEST(noting), TEST(opening),
                                       TEST(listing)};

    return cmocka_run_group_tests(tests, watch_libraries, unload);
}
