/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* When a file is taken, and what is not. */
#include <malloc.h>
#include <sys/file.h>
#include <sys/un.h>
#include <sys/socket.h>

#include "rig.h"

#define LT11 "LT11 2026-03-02 1234\n"

static void test_taken_when_it_settled(void **state)
{
    (void)state;
    rig_open();
    drop("a.txt", LT11);
    rig_run(1900);
    assert_true(is_there("a.txt"));
    assert_int_equal(counts().waiting, 1);
    rig_run(200);
    assert_false(is_there("a.txt"));
    assert_filed("filed", LT11);
    assert_int_equal(counts().filed, 1);
    assert_int_equal(counts().waiting, 0);
    assert_own_is_empty();
}

static void test_there_at_start(void **state)
{
    (void)state;
    drop("a.txt", LT11);
    drop("b.txt", REVIEW);
    rig_open();
    rig_run(2100);
    assert_filed("filed", LT11);
    assert_filed("review", REVIEW);
}

/* A scanner that adds a page each second, for a minute: not before it is done. */
static void test_slow_writer(void **state)
{
    char text[RIG_TEXT_MAX] = "";

    (void)state;
    rig_open();
    for (int page = 0; page < 60; page++) {
        snprintf(text + strlen(text), sizeof text - strlen(text), "LT11 2026-03-02 %d\n", 1000 + page);
        drop("slow.txt", text);
        rig_run(1000);
        assert_true(is_there("slow.txt"));
    }
    assert_int_equal(reads, 0);
    rig_run(2100);
    assert_filed("filed", text);
    assert_int_equal(reads, 1);
}

/* It writes nothing for a while, but has not closed the file. */
static void test_open_writer(void **state)
{
    (void)state;
    rig_open();
    int file = open(in_folder("a.txt"), O_WRONLY | O_CREAT, 0644);
    assert_int_equal(write(file, LT11, strlen(LT11)), strlen(LT11));
    rig_run(60000);
    assert_true(is_there("a.txt"));
    assert_int_equal(reads, 0);
    close(file);
    rig_run(31000);
    assert_filed("filed", LT11);
}

/* One that never closes it: the letter is read in time all the same, and nothing that it still writes is lost. */
static void test_writer_that_stays(void **state)
{
    (void)state;
    rig_open();
    int file = open(in_folder("a.txt"), O_WRONLY | O_CREAT, 0644);
    assert_int_equal(write(file, LT11, strlen(LT11)), strlen(LT11));
    rig_run(660000);
    assert_filed("filed", LT11);
    assert_true(is_there("a.txt"));
    assert_has(told, "open for writing");
    assert_int_equal(write(file, LT11, strlen(LT11)), strlen(LT11));
    close(file);
    rig_run(70000);
    assert_filed("filed", LT11);
    assert_filed("filed", LT11 LT11);
    assert_false(is_there("a.txt"));
    assert_int_equal(reads, 2);
    assert_own_is_empty();
}

static void test_part_and_rename(void **state)
{
    (void)state;
    rig_open();
    drop("scan.txt.part", LT11);
    rig_run(30000);
    assert_true(is_there("scan.txt.part"));
    assert_int_equal(reads, 0);
    rename(in_folder("scan.txt.part"), in_folder("scan.txt"));
    rig_run(2100);
    assert_filed("filed", LT11);
}

static void test_moved_in(void **state)
{
    char outside_path[128];

    (void)state;
    rig_open();
    snprintf(outside_path, sizeof outside_path, "%s/elsewhere", base);
    put(outside_path, LT11);
    rename(outside_path, in_folder("a.txt"));
    rig_run(2100);
    assert_filed("filed", LT11);
}

/* As the Finder does it over SMB. */
static void test_create_delete_create(void **state)
{
    (void)state;
    rig_open();
    for (int i = 0; i < 5; i++) {
        drop("a.txt", "half");
        rig_run(700);
        unlink(in_folder("a.txt"));
        rig_run(300);
    }
    assert_int_equal(counts().waiting, 0);
    drop("a.txt", LT11);
    rig_run(2100);
    assert_filed("filed", LT11);
    assert_int_equal(reads, 1);
}

/* Renamed over the one before, which was not taken yet. */
static void test_replaced_by_rename(void **state)
{
    (void)state;
    rig_open();
    drop("a.txt", DAMAGED);
    rig_run(1500);
    drop("b.part", LT11);
    rename(in_folder("b.part"), in_folder("a.txt"));
    rig_run(1500);
    assert_int_equal(reads, 0);
    rig_run(700);
    assert_filed("filed", LT11);
    assert_int_equal(count_in("failed", DAMAGED), 0);
}

static void test_changed_while_read(void **state)
{
    (void)state;
    rig_open();
    reader_waits = true;
    drop("a.txt", LT11);
    rig_run(2100);
    assert_int_equal(reads, 1);
    drop("a.txt", LT11 "CP504 2026-02-02 1234\n");
    reader_waits = false;
    rig_run(1000);
    assert_true(is_there("a.txt"));
    assert_int_equal(count_in("filed", LT11), 0);
    rig_run(1500);
    assert_filed("filed", LT11 "CP504 2026-02-02 1234\n");
    assert_int_equal(count_in("filed", LT11), 0);
    assert_int_equal(letters_of("a.txt").count, 2);
    assert_own_is_empty();
}

static void test_removed_while_read(void **state)
{
    (void)state;
    rig_open();
    reader_waits = true;
    drop("a.txt", LT11);
    rig_run(2100);
    unlink(in_folder("a.txt"));
    reader_waits = false;
    rig_run(1000);
    assert_int_equal(count_in("filed", LT11), 0); /* somebody took it back */
    assert_int_equal(letters_of("a.txt").count, 0);
    assert_int_equal(counts().waiting, 0);
    assert_own_is_empty();
}

static void test_litter_stays(void **state)
{
    static const char *const names[] = {".hidden",  "~$letter.docx", "Thumbs.db",  "thumbs.DB", ".DS_Store", "desktop.ini",
                                        "a.part",   "b.tmp",         "c.crdownload", "d.PARTIAL", "e.txt~",   "._f.pdf"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        drop(names[i], LT11);
    rig_open();
    rig_run(700000);
    assert_int_equal(reads, 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_true(is_there(names[i]));
    assert_int_equal(counts().waiting, 0);
}

static void test_links_and_devices_stay(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char target[128];

    (void)state;
    snprintf(target, sizeof target, "%s/secret", base);
    put(target, LT11);
    assert_int_equal(symlink(target, in_folder("link.txt")), 0);
    assert_int_equal(symlink("/nowhere", in_folder("dangling.txt")), 0);
    assert_int_equal(mkfifo(in_folder("pipe.txt"), 0644), 0);
    assert_int_equal(mkdir(in_folder("below"), 0755), 0);
    drop("below/a.txt", LT11);
    int sock = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", in_folder("socket.txt"));
    assert_int_equal(bind(sock, (struct sockaddr *)&address, sizeof address), 0);
    close(sock);
    rig_open();
    rig_run(700000);
    assert_int_equal(reads, 0);
    assert_true(is_there("link.txt") && is_there("pipe.txt") && is_there("below/a.txt") && is_there("socket.txt"));
    const char *first = strstr(told, "below: a folder");
    assert_non_null(first);
    assert_null(strstr(first + 1, "below: a folder")); /* said once */
    rmdir(in_folder("below"));
    unlink(in_folder("link.txt"));
    drop("link.txt", LT11);
    rig_run(2100);
    assert_filed("filed", LT11);
}

/* A link that comes in the place of a file between the look and the taking is not followed. */
static int swap_for_link(int at, const char *name, int flags, mode_t mode)
{
    if (strcmp(name, "a.txt") == 0 && (flags & O_CREAT) == 0) {
        unlink(in_folder("a.txt"));
        assert_int_equal(symlink("/etc/passwd", in_folder("a.txt")), 0);
    }
    return outside_real.open(at, name, flags, mode);
}

static void test_swapped_for_a_link(void **state)
{
    (void)state;
    rig_open();
    drop("a.txt", LT11);
    outside.open = swap_for_link;
    rig_run(60000);
    assert_int_equal(reads, 0);
    assert_int_equal(counts().filed + counts().review + counts().failed, 0);
    assert_own_is_empty();
}

static void test_incomplete_waits_then_fails(void **state)
{
    static const char half[] = "%PDF-1.4\n1 0 obj damaged";

    (void)state;
    rig_open();
    drop("half.pdf", half);
    drop("empty.pdf", "");
    rig_run(590000);
    assert_int_equal(reads, 0);
    assert_true(is_there("half.pdf") && is_there("empty.pdf"));
    assert_has(told, "half.pdf: not complete: its end is missing");
    rig_run(40000);
    assert_int_equal(reads, 1); /* an empty file is not given to a reader */
    assert_false(is_there("half.pdf") || is_there("empty.pdf"));
    assert_filed("failed", "");
    json_t *record = record_beside("error.json");
    assert_string_equal(json_string_value(json_object_get(json_object_get(record, "error"), "code")), "empty");
    json_decref(record);
}

/* The clock on the wall may jump by a day; only the one that cannot counts. */
static int64_t wall_jump;
static int64_t jumping_wall(void)
{
    return time(NULL) + wall_jump;
}

static void test_clock_jumps(void **state)
{
    (void)state;
    outside.wall_s = jumping_wall;
    rig_open();
    drop("a.txt", LT11);
    rig_run(1000);
    wall_jump = 86400;
    rig_run(500);
    assert_true(is_there("a.txt"));
    wall_jump = -86400;
    rig_run(1000);
    assert_filed("filed", LT11);
    wall_jump = 0;
}

static int no_fsync(int descriptor)
{
    (void)descriptor;
    return 0;
}

static void drop_many(int count)
{
    char name[32];
    char text[64];

    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof name, "scan%05d.txt", i);
        snprintf(text, sizeof text, "CP504 2026-01-02 %04d of %d\n", i % 10000, i);
        drop(name, text);
    }
}

static void test_thousand_at_once(void **state)
{
    char text[64];

    (void)state;
    rig_open();
    drop_many(1000);
    rig_run(10000);
    assert_int_equal(reads, 1000);
    assert_int_equal(counts().filed, 1000);
    assert_int_equal(counts().waiting, 0);
    for (int i = 0; i < 1000; i += 111) {
        snprintf(text, sizeof text, "CP504 2026-01-02 %04d of %d\n", i, i);
        assert_filed("filed", text);
    }
    assert_own_is_empty();
}

/* Memory grows by names, not by what is in the files, and goes down again. */
static void test_ten_thousand_at_once(void **state)
{
    enum { FILES = 10000, BYTES_EACH = 200, BYTES_KNOWN = 20, SQLITE = 2500 * 1000 /* its cache */ };
    size_t before;
    size_t most = 0;

    (void)state;
    outside.fsync = no_fsync;
    rig_open();
    before = mallinfo2().uordblks;
    drop_many(FILES);
    while (counts().filed < FILES) {
        size_t now = mallinfo2().uordblks;
        most = now > most ? now : most;
        rig_run(50);
    }
    assert_int_equal(reads, FILES);
    assert_true(most > before);
    if (most - before > (size_t)FILES * BYTES_EACH + SQLITE)
        fail_msg("%zu bytes", most - before);
    rig_run(70000);
    assert_int_equal(counts().waiting, 0);
    assert_true(mallinfo2().uordblks < before + (size_t)FILES * BYTES_KNOWN + SQLITE); /* their hashes are kept */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(test_taken_when_it_settled),
        rig_test(test_there_at_start),
        rig_test(test_slow_writer),
        rig_test(test_open_writer),
        rig_test(test_writer_that_stays),
        rig_test(test_part_and_rename),
        rig_test(test_moved_in),
        rig_test(test_create_delete_create),
        rig_test(test_replaced_by_rename),
        rig_test(test_changed_while_read),
        rig_test(test_removed_while_read),
        rig_test(test_litter_stays),
        rig_test(test_links_and_devices_stay),
        rig_test(test_swapped_for_a_link),
        rig_test(test_incomplete_waits_then_fails),
        rig_test(test_clock_jumps),
        rig_test(test_thousand_at_once),
        rig_test(test_ten_thousand_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, rig_end);
}
