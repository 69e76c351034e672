/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Where a dropped file ends, what lies beside it, and what the docket says of it. */
#include <errno.h>
#include <sys/mount.h>

#include "rig.h"

#define LT11 "LT11 2026-03-02 1234\n"
#define CP504 "CP504 2026-02-02 1234\n"

static void run_once(void)
{
    struct error error = {0};

    if (rig_once(&error) < 0)
        fail_msg("%s", error.message);
}

static void test_layout(void **state)
{
    char wanted[256];

    (void)state;
    drop("Smith LT11.txt", LT11);
    run_once();
    assert_filed("filed", LT11);
    snprintf(wanted, sizeof wanted, "%s/filed/2026-03/2026-03-02 LT11 %.8s/Smith LT11.txt", folder,
             "7a78a4390000"); /* sha256sum of the content */
    assert_string_equal(rig_path, wanted);
    json_t *record = record_beside("letter.json");
    json_t *source = json_object_get(record, "source");
    assert_string_equal(json_string_value(json_object_get(record, "schema")), "irsort.letter/1");
    assert_string_equal(json_string_value(json_object_get(source, "file")), "Smith LT11.txt");
    assert_string_equal(json_string_value(json_object_get(json_object_get(record, "act_by"), "date")), "2026-04-01");
    json_decref(record);
    struct rig_letters letters = letters_of("Smith LT11.txt");
    assert_int_equal(letters.count, 1);
    *strrchr(wanted, '/') = '\0';
    assert_string_equal(letters.filed, wanted);
    assert_null(strstr(told, "Smith")); /* no name of a client in the log */
}

static void test_time_is_kept(void **state)
{
    const struct timespec times[2] = {{.tv_sec = 1000000}, {.tv_sec = 1000000, .tv_nsec = 500}};
    struct stat status;

    (void)state;
    drop("a.txt", LT11);
    assert_int_equal(utimensat(AT_FDCWD, in_folder("a.txt"), times, 0), 0);
    run_once();
    assert_filed("filed", LT11);
    assert_int_equal(stat(rig_path, &status), 0);
    assert_int_equal(status.st_mtim.tv_sec, 1000000);
    assert_int_equal(status.st_mode & 0777, 0644); /* as the folder may be read */
}

/* Results may be read by whom the folder may, the private part by nobody else. */
static void test_modes(void **state)
{
    static const struct {
        mode_t mode, wanted;
    } modes[] = {{0700, 0700}, {0750, 0750}, {0775, 0775}, {0777, 0775}};
    struct stat status;

    for (size_t i = 0; i < 4; i++) {
        rig_teardown(state);
        rig_setup(state);
        assert_int_equal(chmod(folder, modes[i].mode), 0);
        drop("a.txt", LT11);
        run_once();
        assert_filed("filed", LT11);
        *strrchr(rig_path, '/') = '\0';
        assert_int_equal(stat(rig_path, &status), 0);
        assert_int_equal(status.st_mode & 0777, modes[i].wanted);
        assert_int_equal(stat(in_folder(".irsort"), &status), 0);
        assert_int_equal(status.st_mode & 0777, 0700);
    }
}

static void test_several_letters(void **state)
{
    (void)state;
    drop("stack.txt", LT11 CP504 LT11 CP504 LT11);
    run_once();
    assert_filed("filed", LT11 CP504 LT11 CP504 LT11);
    assert_non_null(strstr(rig_path, " LT11+CP504+LT11+2 more "));
    json_decref(record_beside("letter.json"));
    json_t *last = record_beside("letter-5.json");
    assert_int_equal(json_integer_value(json_array_get(json_object_get(json_object_get(last, "source"), "pages"), 0)), 5);
    json_decref(last);
    assert_int_equal(letters_of("stack.txt").count, 5);
}

static void test_review(void **state)
{
    static const char *const texts[] = {REVIEW, UNLISTED, "LT11                  \n" /* no date */, LT11 REVIEW};
    char name[16];

    (void)state;
    for (int i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "%d.txt", i);
        drop(name, texts[i]);
    }
    drop("blank.txt", BLANK);
    run_once();
    for (int i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "%d.txt", i);
        assert_filed("review", texts[i]);
        assert_int_equal(letters_of(name).count, i == 3 ? 2 : 1);
    }
    assert_filed("filed", BLANK);
    assert_int_equal(letters_of("blank.txt").count, 1);
}

static void test_failed(void **state)
{
    (void)state;
    drop("bad.txt", DAMAGED);
    run_once();
    assert_filed("failed", DAMAGED);
    assert_non_null(strstr(rig_path, "/2026-03-02 damaged "));
    json_t *record = record_beside("error.json");
    assert_string_equal(json_string_value(json_object_get(record, "schema")), "irsort.error/1");
    json_decref(record);
    assert_int_equal(letters_of("bad.txt").count, 0);
}

/* What may pass is tried once more, and only once. */
static void test_read_twice(void **state)
{
    (void)state;
    drop("a.txt", DIED);
    rig_open();
    rig_run(4000);
    assert_int_equal(reads, 1);
    assert_true(is_there("a.txt"));
    rig_run(10000);
    assert_int_equal(reads, 2);
    assert_filed("failed", DIED);
}

/* A record must not come to lie over a dropped file of its name, nor the other way round. */
static void test_names_of_records(void **state)
{
    (void)state;
    drop("letter.json", LT11);
    drop("error.json", DAMAGED);
    drop("Letter-2.JSON", LT11 CP504);
    run_once();
    assert_filed("filed", LT11);
    assert_non_null(strstr(rig_path, "/original letter.json"));
    json_decref(record_beside("letter.json"));
    assert_filed("failed", DAMAGED);
    assert_non_null(strstr(rig_path, "/original error.json"));
    assert_filed("filed", LT11 CP504);
    json_decref(record_beside("letter-2.json"));
}

static void test_hard_names(void **state)
{
    static const char *const names[] = {"no\xFFutf8\x80.txt", "new\nline\t.txt", " blank .txt", "-dash", "100%25.txt",
                                        "a\"quote'.txt", "\xE2\x80\xAE"
                                                         "txt.exe"};
    char longest[NAME_MAX + 1];
    char text[64];

    (void)state;
    memset(longest, 'n', NAME_MAX);
    longest[NAME_MAX] = '\0';
    drop(longest, REVIEW BLANK);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(text, sizeof text, "LT11 2026-03-02 %04zu\n", i);
        drop(names[i], text);
    }
    run_once();
    assert_filed("review", REVIEW BLANK);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(text, sizeof text, "LT11 2026-03-02 %04zu\n", i);
        assert_filed("filed", text);
        assert_string_equal(strrchr(rig_path, '/') + 1, names[i]);
    }
    assert_int_equal(letters_of("no\xEF\xBF\xBDutf8\xEF\xBF\xBD.txt").count, 1);
    assert_own_is_empty();
}

/* ---- once ---- */

static void test_repeat(void **state)
{
    (void)state;
    rig_open();
    drop("a.txt", LT11);
    rig_run(3000);
    drop("b.txt", LT11);
    drop("a.txt", LT11);
    rig_run(5000);
    rig_close();
    drop("c.txt", LT11); /* across a restart */
    rig_open();
    rig_run(5000);
    assert_int_equal(reads, 1);
    assert_filed("filed", LT11);
    assert_int_equal(count_in("repeats", LT11), 3);
    json_t *record = record_beside("repeat.json");
    assert_non_null(strstr(json_string_value(json_object_get(record, "same_as")), "filed/2026-03/2026-03-02 LT11 "));
    assert_string_equal(json_string_value(json_object_get(record, "received")), "2026-03-02");
    json_decref(record);
    assert_int_equal(counts().waiting, 0);
    struct rig_letters letters = letters_of("a.txt");
    assert_int_equal(letters.count, 1);
    assert_int_equal(letters.taken, 1);
    assert_int_equal(letters.repeats, 3);
}

static date tomorrow(void)
{
    return day("2026-03-03");
}

static void test_repeat_has_its_own_day(void **state)
{
    (void)state;
    drop("a.txt", LT11);
    run_once();
    rig_close();
    outside.today = tomorrow;
    drop("a.txt", LT11);
    run_once();
    assert_int_equal(count_in("repeats/2026-03", LT11), 1);
    assert_non_null(strstr(rig_path, "/2026-03-03 "));
    assert_int_equal(letters_of("a.txt").repeats, 1);
}

static void test_twins_at_once(void **state)
{
    char name[16];

    (void)state;
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "%d.txt", i);
        drop(name, LT11);
    }
    run_once();
    assert_int_equal(reads, 1);
    assert_filed("filed", LT11);
    assert_int_equal(count_in("repeats", LT11), 19);
}

/* A folder that somebody moved away is known by the docket. */
static void test_known_by_the_docket(void **state)
{
    char command[256];

    (void)state;
    drop("a.txt", LT11);
    run_once();
    rig_close();
    snprintf(command, sizeof command, "rm -r %s/filed/2026-03", folder);
    assert_int_equal(system(command), 0);
    drop("a.txt", LT11);
    run_once();
    assert_int_equal(reads, 1);
    assert_int_equal(count_in("filed", LT11), 0);
    assert_int_equal(count_in("repeats", LT11), 1);
    json_t *record = record_beside("repeat.json");
    assert_true(json_is_null(json_object_get(record, "same_as")));
    json_decref(record);
}

/* What failed and is moved back into the folder is read again. */
static void test_failed_and_moved_back(void **state)
{
    (void)state;
    drop("a.txt", DAMAGED);
    run_once();
    rig_close();
    assert_filed("failed", DAMAGED);
    assert_int_equal(rename(rig_path, in_folder("a.txt")), 0);
    run_once();
    assert_int_equal(reads, 2);
    assert_int_equal(count_in("failed", DAMAGED), 1);
    assert_int_equal(count_in("repeats", DAMAGED), 0);
}

/* One whose copy was damaged since is not there any more. */
static void test_damaged_copy_does_not_count(void **state)
{
    (void)state;
    drop("a.txt", DAMAGED);
    run_once();
    rig_close();
    assert_filed("failed", DAMAGED);
    put(rig_path, "damagee               \n");
    drop("a.txt", DAMAGED);
    run_once();
    assert_filed("failed", DAMAGED);
    assert_int_equal(count_in("failed", "damagee               \n"), 1);
    assert_int_equal(count_in("repeats", DAMAGED), 0);
}

/* The same letter scanned once more: other bytes. */
static void test_rescan_is_linked(void **state)
{
    (void)state;
    drop("a.txt", LT11);
    run_once();
    rig_close();
    drop("b.txt", LT11 "\n");
    run_once();
    assert_filed("filed", LT11 "\n");
    assert_int_equal(letters_of("b.txt").rescan_of, letters_of("a.txt").id);
}

/* ---- another file system ---- */

static void test_results_on_another_disk(void **state)
{
    (void)state;
    assert_int_equal(mkdir(in_folder("filed"), 0755), 0);
    if (mount("none", in_folder("filed"), "tmpfs", 0, "size=1m") < 0) {
        print_message("skipped: this user may not mount\n");
        skip();
    }
    drop("a.txt", LT11);
    drop("b.txt", REVIEW);
    run_once();
    assert_filed("filed", LT11);
    assert_non_null(strstr(rig_path, "/a.txt"));
    assert_filed("review", REVIEW);
    json_decref(record_beside("letter.json"));
    assert_own_is_empty();
    assert_int_equal(count_entries("filed/.irsort"), 0);
    rig_close();
    umount(in_folder("filed"));
}

/* A mount of the same disk looks the same, but nothing can be renamed across. */
static void test_results_on_the_same_disk_elsewhere(void **state)
{
    char other[128];

    (void)state;
    snprintf(other, sizeof other, "%s/other", base);
    assert_int_equal(mkdir(other, 0755), 0);
    assert_int_equal(mkdir(in_folder("filed"), 0755), 0);
    if (mount(other, in_folder("filed"), NULL, MS_BIND, NULL) < 0) {
        print_message("skipped: this user may not mount\n");
        skip();
    }
    drop("a.txt", LT11);
    run_once();
    assert_filed("filed", LT11);
    assert_own_is_empty();
    rig_close();
    umount(in_folder("filed"));
}

/* The disk of the results is full: the file stays, it is said, and it goes on by itself. */
static void test_full_disk(void **state)
{
    char filler[256];

    (void)state;
    assert_int_equal(mkdir(in_folder("filed"), 0755), 0);
    if (mount("none", in_folder("filed"), "tmpfs", 0, "size=64k") < 0) {
        print_message("skipped: this user may not mount\n");
        skip();
    }
    rig_open();
    snprintf(filler, sizeof filler, "cat /dev/zero > %s/filed/filler 2>/dev/null", folder);
    assert_int_not_equal(system(filler), 0);
    drop("a.txt", LT11);
    rig_run(3600000);
    assert_true(is_there("a.txt"));
    assert_has(told, "there is no room left");
    assert_null(strstr(strstr(told, "no room left") + 1, "no room left"));
    assert_in_range(reads, 2, 30); /* tried again, further and further apart */
    unlink(in_folder("filed/filler"));
    rig_run(300000);
    assert_filed("filed", LT11);
    assert_has(told, "it goes on");
    rig_close();
    umount(in_folder("filed"));
}

/* The docket's disk is full when the letters are to stay there for good: nobody knows whether they do. The folder stays, for
 * the journal knows it; after a restart too it is finished. */
static void test_full_docket(void **state)
{
    char room[80];
    char filler[256];
    struct watch_counts counts;

    (void)state;
    for (int restart = 0; restart < 2; restart++) {
        rig_teardown(state);
        rig_setup(state);
        snprintf(room, sizeof room, "%s/docket", base);
        assert_int_equal(mkdir(room, 0755), 0);
        if (mount("none", room, "tmpfs", 0, "size=512k") < 0) {
            print_message("skipped: this user may not mount\n");
            skip();
        }
        snprintf(docket_path, sizeof docket_path, "%s/docket.db", room);
        rig_open();
        drop("a.txt", CP504);
        rig_run(60000);
        assert_filed("filed", CP504);
        snprintf(filler, sizeof filler, "cat /dev/zero > %s/filler 2>/dev/null", room);
        assert_int_not_equal(system(filler), 0);
        drop("b.txt", LT11);
        rig_run(3600000);
        assert_true(is_there("b.txt"));
        assert_filed("filed", LT11);
        assert_has(told, "there is no room left");
        assert_null(strstr(strstr(told, "no room left") + 1, "no room left"));
        assert_int_equal(reads, 2); /* what lies there filed is not read again */
        assert_int_equal(letters_of("b.txt").count, 0);
        snprintf(filler, sizeof filler, "%s/filler", room);
        unlink(filler);
        if (restart) {
            watch_close(watch);
            watch = NULL;
            rig_open();
        }
        rig_run(600000);
        assert_false(is_there("b.txt"));
        assert_int_equal(letters_of("b.txt").count, 1);
        assert_own_is_empty();
        watch_count(watch, &counts);
        assert_int_equal(counts.filed, restart ? 0 : 2);
        if (!restart)
            assert_has(told, "it goes on");
        rig_close();
        umount(room);
    }
}

static int refuse_mkdir(int at, const char *name, mode_t mode)
{
    (void)at;
    (void)name;
    (void)mode;
    errno = EROFS;
    return -1;
}

static void test_read_only_disk(void **state)
{
    (void)state;
    rig_open();
    drop("a.txt", LT11);
    outside.mkdir = refuse_mkdir;
    rig_run(60000);
    assert_true(is_there("a.txt"));
    assert_has(told, "can only be read now");
    outside.mkdir = outside_real.mkdir;
    rig_run(300000);
    assert_filed("filed", LT11);
}

/* ---- what cannot be removed ---- */

static int refuse_inbox_rename(int at, const char *name, int to, const char *to_name, unsigned flags)
{
    if (strcmp(name, "a.txt") == 0) {
        errno = EACCES;
        return -1;
    }
    return outside_real.rename(at, name, to, to_name, flags);
}

static void test_original_cannot_be_removed(void **state)
{
    size_t before;

    (void)state;
    outside.rename = refuse_inbox_rename;
    rig_open();
    drop("a.txt", LT11);
    rig_run(7200000);
    assert_filed("filed", LT11);
    assert_true(is_there("a.txt"));
    assert_int_equal(reads, 1);
    assert_int_equal(counts().stuck, 1);
    assert_has(told, "it is filed as");
    assert_null(strstr(strstr(told, "it is filed as") + 1, "it is filed as")); /* said once */
    before = turns;
    rig_run(7200000);
    assert_in_range(turns - before, 100, 600); /* one a minute, for the folder */
    rig_close();
    rig_open(); /* a restart does not take it for new */
    rig_run(60000);
    assert_int_equal(reads, 1);
    assert_int_equal(count_in("repeats", LT11), 0);
    assert_int_equal(letters_of("a.txt").repeats, 0);
    drop("a.txt", CP504); /* a new one under its name is */
    outside.rename = outside_real.rename;
    rig_run(70000);
    assert_filed("filed", CP504);
    assert_false(is_there("a.txt"));
    assert_own_is_empty();
}

/* Between the last look and the removal another file is renamed over the original. */
static int rename_over(int at, const char *name, int to, const char *to_name, unsigned flags)
{
    if (strcmp(name, "a.txt") == 0 && reads == 1) {
        reads = 100; /* once */
        drop("new.part", CP504);
        assert_int_equal(rename(in_folder("new.part"), in_folder("a.txt")), 0);
    }
    return outside_real.rename(at, name, to, to_name, flags);
}

static void test_replaced_at_the_last_moment(void **state)
{
    (void)state;
    outside.rename = rename_over;
    rig_open();
    drop("a.txt", LT11);
    rig_run(10000);
    assert_filed("filed", LT11);
    assert_filed("filed", CP504);
    assert_false(is_there("a.txt"));
    assert_own_is_empty();
}

/* The same, and a third one has come to lie under the name before the second is put back. */
static int rename_over_twice(int at, const char *name, int to, const char *to_name, unsigned flags)
{
    int result = rename_over(at, name, to, to_name, flags);

    if (strcmp(name, "a.txt") == 0 && reads == 100) {
        reads = 101;
        drop("a.txt", REVIEW);
    }
    return result;
}

static void test_put_back_beside_a_third(void **state)
{
    (void)state;
    outside.rename = rename_over_twice;
    rig_open();
    drop("a.txt", LT11);
    rig_run(10000);
    assert_filed("filed", LT11);
    assert_filed("filed", CP504);
    assert_non_null(strstr(rig_path, "/a (2).txt"));
    assert_filed("review", REVIEW);
    assert_own_is_empty();
}

/* While it is brought onto the disk, the scanner goes on with the original. */
static int change_at_fsync(int descriptor)
{
    if (reads == 1) {
        reads = 100; /* once */
        drop("a.txt", LT11 CP504);
    }
    return outside_real.fsync(descriptor);
}

static void test_changed_while_filed(void **state)
{
    (void)state;
    outside.fsync = change_at_fsync;
    rig_open();
    drop("a.txt", LT11);
    rig_run(10000);
    assert_filed("filed", LT11 CP504);
    assert_int_equal(count_in("filed", LT11), 0);
    assert_int_equal(letters_of("a.txt").count, 2);
    assert_own_is_empty();
}

/* A disk that does not give back what was written: nothing is filed, and the original stays. */
static int spoil_at_fsync(int descriptor)
{
    char byte = 'X';

    if (reads > 0 && count_in(".irsort/spool", LT11) == 1) {
        int copy = open(rig_path, O_WRONLY);
        assert_int_equal(write(copy, &byte, 1), 1);
        close(copy);
    }
    return outside_real.fsync(descriptor);
}

static void test_disk_that_spoils(void **state)
{
    (void)state;
    outside.fsync = spoil_at_fsync;
    rig_open();
    drop("a.txt", LT11);
    rig_run(60000);
    assert_true(is_there("a.txt"));
    assert_int_equal(counts().filed, 0);
    assert_has(told, "look at that disk");
    outside.fsync = outside_real.fsync;
    rig_run(600000);
    assert_filed("filed", LT11);
    assert_own_is_empty();
}

static int no_flags_rename(int at, const char *name, int to, const char *to_name, unsigned flags)
{
    if (flags != 0) {
        errno = EINVAL;
        return -1;
    }
    return outside_real.rename(at, name, to, to_name, 0);
}

/* NFS has no rename that cannot overwrite. */
static void test_without_noreplace(void **state)
{
    (void)state;
    outside.rename = no_flags_rename;
    drop("a.txt", LT11);
    drop("b.txt", REVIEW);
    run_once();
    assert_filed("filed", LT11);
    assert_filed("review", REVIEW);
    assert_own_is_empty();
}

/* ---- the folder ---- */

static void test_second_irsort(void **state)
{
    struct error error = {0};
    struct watch *first;

    (void)state;
    rig_open();
    first = watch;
    watch = NULL;
    assert_int_equal(rig_try_open(false, &error), -1);
    assert_int_equal(error.code, ERROR_USAGE);
    assert_has(error.message, "another irsort");
    watch = first;
    drop("a.txt", LT11);
    rig_run(3000);
    assert_filed("filed", LT11);
}

static void test_folder_in_a_folder(void **state)
{
    struct error error = {0};
    size_t length = strlen(folder);

    (void)state;
    drop("a.txt", LT11);
    run_once();
    rig_close();
    strcat(folder, "/filed");
    assert_int_equal(rig_try_open(false, &error), -1);
    assert_int_equal(error.code, ERROR_USAGE);
    assert_has(error.message, "inside");
    folder[length] = '\0';
}

static void test_root(void **state)
{
    char kept[sizeof folder];
    struct error error = {0};

    (void)state;
    memcpy(kept, folder, sizeof kept);
    snprintf(folder, sizeof folder, "/");
    assert_int_equal(rig_try_open(true, &error), -1);
    memcpy(folder, kept, sizeof kept);
    assert_int_equal(error.code, ERROR_USAGE);
    assert_has(error.message, "cannot be watched");
}

static void test_link_for_results(void **state)
{
    struct error error = {0};

    (void)state;
    assert_int_equal(symlink("/tmp", in_folder("filed")), 0);
    assert_int_equal(rig_try_open(false, &error), -1);
    assert_has(error.message, "is not a folder");
}

static void test_folder_goes_and_comes_back(void **state)
{
    char aside[128];

    (void)state;
    snprintf(aside, sizeof aside, "%s/aside", base);
    rig_open();
    drop("a.txt", LT11);
    rig_run(3000);
    assert_int_equal(rename(folder, aside), 0);
    assert_int_equal(mkdir(folder, 0755), 0); /* an empty mount point */
    drop("b.txt", REVIEW);
    rig_run(600000);
    assert_has(told, "is gone");
    assert_null(strstr(strstr(told, "is gone") + 1, "is gone"));
    assert_true(is_there("b.txt")); /* that is not the folder that was watched */
    assert_false(is_there(".irsort"));
    unlink(in_folder("b.txt"));
    assert_int_equal(rmdir(folder), 0);
    assert_int_equal(rename(aside, folder), 0);
    drop("c.txt", CP504);
    rig_run(70000);
    assert_filed("filed", CP504);
    assert_has(told, "it goes on");
}

/* It is gone while a file of it is being read, and that is read to its end. */
static void test_folder_goes_while_reading(void **state)
{
    char aside[128];

    (void)state;
    snprintf(aside, sizeof aside, "%s/aside", base);
    rig_open();
    reader_waits = true;
    drop("a.txt", LT11);
    rig_run(3000);
    assert_int_equal(reads, 1);
    assert_int_equal(rename(folder, aside), 0);
    rig_run(70000);
    assert_int_equal(rename(aside, folder), 0);
    rig_run(1000);
    drop("a.txt", CP504); /* the late result must not be taken for this one's */
    rig_run(60000);
    assert_int_equal(reads, 2);
    reader_waits = false;
    rig_run(70000);
    assert_int_equal(count_in("filed", LT11), 0);
    assert_filed("filed", CP504);
    json_t *record = record_beside("letter.json");
    assert_string_equal(json_string_value(json_object_get(json_object_get(record, "notice"), "id")), "CP504");
    json_decref(record);
    assert_own_is_empty();
}

/* Somebody puts the results of a year away. */
static void test_results_are_moved_away(void **state)
{
    (void)state;
    rig_open();
    drop("a.txt", LT11);
    rig_run(3000);
    assert_int_equal(rename(in_folder("filed"), in_folder("filed-2025")), 0);
    rig_run(70000);
    drop("b.txt", CP504);
    rig_run(10000);
    assert_filed("filed", CP504);
    assert_int_equal(count_in("filed-2025", CP504), 0);
    drop("c.txt", LT11);
    rig_run(10000);
    assert_int_equal(count_in("repeats", LT11), 1); /* the docket still knows it */
    assert_int_equal(reads, 2);
}

static void test_stop_in_a_copy(void **state)
{
    (void)state;
    rig_open();
    drop("a.txt", LT11);
    rig_run(1500);
    must_stop = true;
    rig_run(1000);
    assert_true(is_there("a.txt"));
    assert_int_equal(reads, 0);
    rig_close();
    must_stop = false;
    rig_open();
    rig_run(3000);
    assert_filed("filed", LT11);
    assert_own_is_empty();
}

static void test_broken_reader(void **state)
{
    (void)state;
    reader_broken = true;
    rig_open();
    drop("a.txt", LT11);
    rig_run(3600000);
    assert_true(is_there("a.txt"));
    assert_has(told, "the reader is broken");
    assert_null(strstr(strstr(told, "the reader is broken") + 1, "the reader is broken"));
    assert_in_range(turns, 50, 500);
    reader_broken = false;
    rig_run(400000);
    assert_filed("filed", LT11);
}

static void test_locked_docket(void **state)
{
    struct docket *other = NULL;
    struct error error = {0};

    (void)state;
    rig_open();
    assert_int_equal(docket_open(&other, docket_path, DOCKET_EXISTING, &error), 0);
    assert_int_equal(docket_begin(other, &error), 0);
    drop("a.txt", LT11);
    rig_run(5000);
    assert_true(is_there("a.txt"));
    assert_int_equal(count_in("filed", LT11), 0);
    assert_has(told, "is locked");
    docket_rollback(other);
    docket_close(other);
    rig_run(60000);
    assert_filed("filed", LT11);
    assert_int_equal(letters_of("a.txt").count, 1);
}

static void test_once_leaves_what_is_not_complete(void **state)
{
    struct watch_counts left;

    (void)state;
    drop("a.txt", LT11);
    drop("half.pdf", "%PDF-1.4\n1 0 obj");
    run_once();
    assert_filed("filed", LT11);
    assert_true(is_there("half.pdf"));
    left = counts();
    assert_int_equal(left.waiting, 1);
    assert_has(told, "half.pdf: not complete");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(test_layout),
        rig_test(test_time_is_kept),
        rig_test(test_modes),
        rig_test(test_several_letters),
        rig_test(test_review),
        rig_test(test_failed),
        rig_test(test_read_twice),
        rig_test(test_names_of_records),
        rig_test(test_hard_names),
        rig_test(test_repeat),
        rig_test(test_repeat_has_its_own_day),
        rig_test(test_twins_at_once),
        rig_test(test_known_by_the_docket),
        rig_test(test_failed_and_moved_back),
        rig_test(test_damaged_copy_does_not_count),
        rig_test(test_rescan_is_linked),
        rig_test(test_results_on_another_disk),
        rig_test(test_results_on_the_same_disk_elsewhere),
        rig_test(test_full_disk),
        rig_test(test_full_docket),
        rig_test(test_read_only_disk),
        rig_test(test_original_cannot_be_removed),
        rig_test(test_replaced_at_the_last_moment),
        rig_test(test_put_back_beside_a_third),
        rig_test(test_changed_while_filed),
        rig_test(test_disk_that_spoils),
        rig_test(test_without_noreplace),
        rig_test(test_second_irsort),
        rig_test(test_folder_in_a_folder),
        rig_test(test_root),
        rig_test(test_link_for_results),
        rig_test(test_folder_goes_and_comes_back),
        rig_test(test_folder_goes_while_reading),
        rig_test(test_results_are_moved_away),
        rig_test(test_stop_in_a_copy),
        rig_test(test_broken_reader),
        rig_test(test_locked_docket),
        rig_test(test_once_leaves_what_is_not_complete),
    };

    return cmocka_run_group_tests(tests, NULL, rig_end);
}
