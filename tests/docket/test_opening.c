/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Files that are older, newer, someone else's, damaged, locked or not there. */
#include <fcntl.h>

#include "docket/schema.h"
#include "shelf.h"

static const char old_step[] = "PRAGMA application_id = 1230132036; CREATE TABLE things (name TEXT);"
                               "INSERT INTO things VALUES ('kept')";
static const char new_step[] = "ALTER TABLE things ADD COLUMN size INTEGER DEFAULT 7";
static const char bad_step[] = "CREATE TABLE half (x); CREATE TABLE half (x)";

static struct docket *failed;

static void close_docket(void)
{
    docket_close(docket);
    docket = NULL;
}

static void make_file(const char *name, const char *content, size_t length)
{
    FILE *file = fopen(name, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(content, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* An old file as an old program left it, opened without the checks of docket_open. */
static void open_old(struct docket *old)
{
    *old = (struct docket){.path = path};
    close_docket();
    assert_int_equal(unlink(path), 0);
    assert_int_equal(run_sql(old_step), SQLITE_OK);
    assert_int_equal(run_sql("PRAGMA user_version = 1"), SQLITE_OK);
    assert_int_equal(sqlite3_open(path, &old->db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(old->db, "ROLLBACK", -1, &old->roll_back, NULL), SQLITE_OK);
}

static void close_old(struct docket *old)
{
    assert_true(sqlite3_get_autocommit(old->db)); /* no step is left half done */
    sqlite3_finalize(old->roll_back);
    assert_int_equal(sqlite3_close(old->db), SQLITE_OK);
}

static void an_older_file_is_brought_up_to_date(void **state)
{
    static const char *const steps[] = {old_step, new_step};
    struct docket old;

    (void)state;
    open_old(&old);
    assert_done(schema_migrate(&old, steps, 2, error));
    assert_int_equal(sql_number("PRAGMA user_version"), 2);
    assert_int_equal(sql_number("SELECT size FROM things WHERE name = 'kept'"), 7);
    assert_done(schema_migrate(&old, steps, 2, error)); /* once is enough */
    close_old(&old);
}

static void a_step_that_fails_leaves_the_old_file(void **state)
{
    static const char *const steps[] = {old_step, new_step, bad_step};
    struct docket old;

    (void)state;
    open_old(&old);
    assert_refused(schema_migrate(&old, steps, 3, error), ERROR_SETUP, "half");
    assert_int_equal(sql_number("PRAGMA user_version"), 1);
    assert_int_equal(sql_number("SELECT count(*) FROM sqlite_schema"), 1);
    assert_int_equal(sql_number("SELECT count(*) FROM pragma_table_info('things')"), 1);
    close_old(&old);
}

static void a_newer_file_is_refused_and_left(void **state)
{
    (void)state;
    close_docket();
    assert_int_equal(run_sql("PRAGMA user_version = 99"), SQLITE_OK);
    assert_refused(docket_open(&failed, path, DOCKET_EXISTING, error), ERROR_SETUP, "newer irsort");
    assert_refused(docket_open(&failed, path, DOCKET_START, error), ERROR_SETUP, "its version is 99");
    assert_int_equal(sql_number("PRAGMA user_version"), 99);
}

static void a_docket_that_is_not_there_is_not_an_empty_one(void **state)
{
    (void)state;
    assert_refused(docket_open(&failed, "none.db", DOCKET_EXISTING, error), ERROR_SETUP,
                   "there is no docket at none.db");
    assert_int_equal(access("none.db", F_OK), -1);
    make_file("empty.db", "", 0);
    assert_refused(docket_open(&failed, "empty.db", DOCKET_EXISTING, error), ERROR_SETUP,
                   "empty.db is empty");
}

static void what_is_no_docket_is_left_alone(void **state)
{
    static const char text[] =
        "Dear Sir or Madam, this is a letter and no database at all, whatever its name says; it "
        "is longer than a hundred bytes.";
    char read_back[sizeof text] = "";

    (void)state;
    make_file("text.db", text, sizeof text - 1);
    assert_refused(docket_open(&failed, "text.db", DOCKET_START, error), ERROR_SETUP, "is not a docket");
    FILE *file = fopen("text.db", "r");
    assert_non_null(file);
    assert_int_equal(fread(read_back, 1, sizeof read_back, file), sizeof text - 1);
    fclose(file);
    assert_memory_equal(read_back, text, sizeof text - 1);

    snprintf(path, sizeof path, "%s/other.db", directory);
    assert_int_equal(run_sql("CREATE TABLE songs (name TEXT)"), SQLITE_OK);
    assert_refused(docket_open(&failed, "other.db", DOCKET_START, error), ERROR_SETUP,
                   "database of another program");
    assert_int_equal(sql_number("SELECT count(*) FROM sqlite_schema"), 1);

    assert_int_equal(mkdir("folder", 0700), 0);
    assert_refused(docket_open(&failed, "folder", DOCKET_START, error), ERROR_SETUP, "folder is not a file");
    assert_refused(docket_open(&failed, "text.db/docket.db", DOCKET_START, error), ERROR_SETUP, "text.db");
    assert_refused(docket_open(&failed, "/dev/null", DOCKET_EXISTING, error), ERROR_SETUP, "is not a file");
}

/* Every page but the first is overwritten: the tables are still named, their content is gone. */
static void damage_is_told(void **state)
{
    char junk[4096];
    struct error error = {0};
    struct wanted wanted = {.id = 1};

    (void)state;
    for (unsigned i = 1; i < 200; i++)
        file_notice("LT11", "2026-02-20", NULL, i, "2026-03-02");
    close_docket();
    memset(junk, 0x5A, sizeof junk);
    int file = open(path, O_WRONLY);
    assert_true(file >= 0);
    off_t size = lseek(file, 0, SEEK_END);
    for (off_t at = sizeof junk; at < size; at += (off_t)sizeof junk)
        assert_int_equal(pwrite(file, junk, sizeof junk, at), sizeof junk);
    close(file);
    int result = docket_open(&docket, path, DOCKET_EXISTING, &error);
    if (result == 0)
        result = docket_letters(docket, want_letter, &wanted, &error);
    assert_int_equal(result, -1);
    assert_int_equal(error.code, ERROR_SETUP);
    assert_has(error.message, "is damaged");
    assert_has(error.message, "backup");
}

static void another_writer_is_waited_for_and_then_told(void **state)
{
    sqlite3 *other = NULL;

    (void)state;
    int64_t id = file_notice("LT11", "2026-02-20", NULL, 1, "2026-03-02");
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_refused(docket_note(docket, id, "x", &maria, error), ERROR_SETUP, "is locked");
    assert_string_equal(letter_of(id).notice, "LT11"); /* reading goes on */
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_done(docket_note(docket, id, "x", &maria, error));
    sqlite3_close(other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_older_file_is_brought_up_to_date),
        TEST(a_step_that_fails_leaves_the_old_file),
        TEST(a_newer_file_is_refused_and_left),
        TEST(a_docket_that_is_not_there_is_not_an_empty_one),
        TEST(what_is_no_docket_is_left_alone),
        TEST(damage_is_told),
        TEST(another_writer_is_waited_for_and_then_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
