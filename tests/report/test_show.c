/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The folder of pictures: names, rights, and that nothing is ever overwritten. */
#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/show.h"
#include "sample.h"

static char folder_name[64];
static struct show_folder *folder;
static char told[1024];

static int enter(void **state)
{
    struct error error = {0};

    (void)state;
    told[0] = '\0';
    snprintf(folder_name, sizeof folder_name, "/tmp/irsort-test-XXXXXX");
    return mkdtemp(folder_name) == NULL || chdir(folder_name) < 0 || show_open(&folder, "shown", &error) < 0;
}

static int leave(void **state)
{
    char command[128];

    (void)state;
    show_close(folder);
    snprintf(command, sizeof command, "rm -rf %s", folder_name);
    return chdir("/") < 0 || system(command) != 0;
}

static void tell(void *context, const char *what)
{
    size_t used = strlen(told);

    assert_ptr_equal(context, told);
    snprintf(told + used, sizeof told - used, "%s\n", what);
}

/* Writes pictures of those pages of a letter of `pages` pages. */
static int write_pages(const char *scan, unsigned pages, unsigned pictures, struct error *error)
{
    struct letter letter;

    letter_init(&letter);
    for (unsigned page = 1; page <= pages; page++)
        assert_int_equal(letter_add_page(&letter, page), 0);
    for (unsigned page = 1; page <= pictures; page++)
        assert_int_equal(letter_add_picture(&letter, page, "picture", 7), 0);
    int status = show_write(folder, scan, &letter, tell, told, error);
    letter_dispose(&letter);
    return status;
}

static void assert_file(const char *name, const char *content)
{
    char path[512];
    char found[16] = "";
    struct stat status;

    snprintf(path, sizeof path, "shown/%s", name);
    if (lstat(path, &status) < 0)
        fail_msg("there is no %s", name);
    assert_true(S_ISREG(status.st_mode));
    assert_int_equal(status.st_mode & 07777, 0600);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    found[fread(found, 1, sizeof found - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(found, content);
}

static unsigned count_files(void)
{
    DIR *directory = opendir("shown");
    unsigned count = 0;

    assert_non_null(directory);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(directory);
    return count;
}

static void names_come_from_the_scan(void **state)
{
    static const struct {
        const char *scan;
        const char *name;
    } cases[] = {
        {"scans/mail 1.pdf", "mail 1 p1.png"},
        {"mail", "mail p1.png"},
        {"two.endings.tif", "two.endings p1.png"},
        {"-", "standard-input p1.png"},
        {"scans/.pdf", "_pdf p1.png"},
        {".hidden.pdf", "_hidden p1.png"},
        {"-rf.pdf", "_rf p1.png"},
        {"a\nb\x1b[2J.tif", "a_b_[2J p1.png"},
        {"carta-año.pdf", "carta-año p1.png"},
        {"ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
         "ddddddddddddddddddddddddddddddddddddddddddddddddd.pdf", /* 150, of which 120 are kept */
         "ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
         "ddddddddddddddddddd p1.png"},
    };
    struct error error = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(write_pages(cases[i].scan, 1, 1, &error), 0);
        assert_file(cases[i].name, "picture");
    }
    assert_string_equal(told, "");
    assert_int_equal(show_count(folder), sizeof cases / sizeof *cases);
}

static void the_folder_is_private(void **state)
{
    struct stat status;

    (void)state;
    assert_int_equal(stat("shown", &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
}

static void nothing_is_overwritten(void **state)
{
    struct error error = {0};

    (void)state;
    FILE *mine = fopen("shown/mail p1.png", "w");
    assert_non_null(mine);
    fputs("mine", mine);
    fclose(mine);
    assert_int_equal(chmod("shown/mail p1.png", 0600), 0);
    assert_int_equal(symlink("elsewhere", "shown/mail p2.png"), 0);
    assert_int_equal(write_pages("a/mail.pdf", 2, 2, &error), 0);
    assert_file("mail p1.png", "mine");
    assert_file("mail p1-2.png", "picture");
    assert_file("mail p2-2.png", "picture");
    assert_int_not_equal(access("shown/elsewhere", F_OK), 0);
    assert_non_null(strstr(told, "there is a picture \"mail p1.png\" already; this one is \"mail p1-2.png\""));
    assert_non_null(strstr(told, "\"mail p2-2.png\""));
    assert_int_equal(write_pages("b/mail.tif", 1, 1, &error), 0);
    assert_file("mail p1-3.png", "picture");
    assert_int_equal(count_files(), 5);
}

static void a_page_without_picture_is_told(void **state)
{
    struct error error = {0};

    (void)state;
    assert_int_equal(write_pages("mail.pdf", 70, 64, &error), 0);
    assert_int_equal(count_files(), 64);
    assert_non_null(strstr(told, "6 pages have no picture"));
}

static void half_a_picture_is_not_left(void **state)
{
    struct rlimit before;
    struct error error = {0};

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit little = {3, before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    int status = write_pages("mail.pdf", 1, 1, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, -1);
    assert_int_equal(error.code, ERROR_SETUP);
    assert_int_equal(count_files(), 0);
    assert_int_equal(show_count(folder), 0);
}

static void a_folder_that_cannot_be_is_refused(void **state)
{
    static const char *const paths[] = {"missing/shown", "file", "file/shown", ""};

    (void)state;
    FILE *file = fopen("file", "w");
    assert_non_null(file);
    fclose(file);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct show_folder *none = NULL;
        struct error error = {0};
        assert_int_equal(show_open(&none, paths[i], &error), -1);
        assert_int_equal(error.code, ERROR_USAGE);
        assert_null(none);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)
    const struct CMUnitTest tests[] = {
        TEST(names_come_from_the_scan),  TEST(the_folder_is_private),      TEST(nothing_is_overwritten),
        TEST(a_page_without_picture_is_told), TEST(half_a_picture_is_not_left), TEST(a_folder_that_cannot_be_is_refused),
    };
#undef TEST

    return cmocka_run_group_tests(tests, NULL, NULL);
}
