/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Files through the real reader, alone and in children: the same letters come out. This program is its own
 * child. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include "paper/paper.h"
#include "worker/pool.h"
#include "worker/reading.h"
#include "worker/spawn.h"
#include "worker/worker.h"

enum { FILES_MAX = 8 };

static char folder[] = "/tmp/irsort-test-XXXXXX";
static glob_t files; /* sorted by name */
static struct catalogue *catalogue;
static struct reader *reader;

/* Picked for speed and difference: a text PDF or sharp picture, a fax, a stack, a blank page, a lookalike, a letter whose date is on its second page only. */
static const char *const names[] = {"cp504-a-clean300", "l1058-a-bw200", "stack-levy-and-lien",
                                    "x-blank-a-bw200", "x-own-letter-a-clean300", "l3171-a-torn"};

static int setup(void **state)
{
    char command[1024];
    struct error error = {0};

    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    int used = snprintf(command, sizeof command, "'%s' --out %s", IRSORT_FIXTURES, folder);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        used += snprintf(command + used, sizeof command - (size_t)used, " --only %s", names[i]);
    snprintf(command + used, sizeof command - (size_t)used, " >/dev/null && mv %s/truth.tsv %s/.truth.tsv",
             folder, folder);
    if (system(command) != 0)
        return -1;
    snprintf(command, sizeof command, "%s/*", folder);
    if (glob(command, 0, NULL, &files) != 0 || files.gl_pathc != sizeof names / sizeof *names)
        return -1;
    return catalogue_new(&catalogue, PROJECT_DIR, NULL, NULL, &error) != 0 ||
                   reader_new(&reader, catalogue, &error) != 0
               ? -1
               : 0;
}

static int teardown(void **state)
{
    char command[128];

    (void)state;
    reader_free(reader);
    catalogue_free(catalogue);
    globfree(&files);
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

/* All that is said of a file, as text; the letters are freed. */
static char *tell(struct letter *letters, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, letter_to_json(&letters[i]));
    char *text = json_dumps(list, JSON_SORT_KEYS);
    json_decref(list);
    letters_free(letters, count);
    assert_non_null(text);
    return text;
}

static void read_here(size_t file, struct letter **letters, size_t *count)
{
    struct error error = {0};
    int descriptor = open(files.gl_pathv[file], O_RDONLY | O_CLOEXEC);

    *letters = NULL;
    if (reader_read(reader, descriptor, letters, count, &error) != 0)
        fail_msg("%s: %s", files.gl_pathv[file], error.message);
    close(descriptor);
}

static void read_with(unsigned children, char *told[FILES_MAX])
{
    struct worker_pool *pool = NULL;
    struct worker_result result;
    struct error error = {0};
    int got;

    assert_int_equal(worker_pool_new(&pool, children, PROJECT_DIR, &error), 0);
    for (size_t i = 0; i < files.gl_pathc; i++)
        assert_int_equal(
            worker_pool_submit(pool, open(files.gl_pathv[i], O_RDONLY | O_CLOEXEC), &told[i], &error), 0);
    while ((got = worker_pool_next(pool, &result, &error)) == 1) {
        if (result.error.code != ERROR_NONE)
            fail_msg("%s", result.error.message);
        *(char **)result.tag = tell(result.letters, result.letter_count);
    }
    if (got < 0)
        fail_msg("%s", error.message);
    worker_pool_free(pool);
}

/* What was read before leaves no trace, nor does the number of children. */
static void one_child_two_or_none_say_the_same(void **state)
{
    char *alone[FILES_MAX] = {0};
    char *together[FILES_MAX] = {0};

    (void)state;
    read_with(1, alone);
    read_with(2, together);
    for (size_t i = files.gl_pathc; i-- > 0;) { /* the other way round */
        struct letter *letters;
        size_t count;
        read_here(i, &letters, &count);
        char *here = tell(letters, count);
        assert_non_null(alone[i]);
        assert_non_null(together[i]);
        assert_string_equal(alone[i], together[i]);
        assert_string_equal(alone[i], here);
        free(here);
        free(alone[i]);
        free(together[i]);
    }
}

static size_t read_named(const char *name, struct letter **letters)
{
    for (size_t i = 0; i < files.gl_pathc; i++) {
        size_t count;
        if (strstr(files.gl_pathv[i], name) == NULL)
            continue;
        read_here(i, letters, &count);
        return count;
    }
    fail_msg("no %s", name);
    return 0;
}

static void a_stack_is_split_and_loses_no_page(void **state)
{
    struct letter *letters = NULL;
    unsigned next = 1;

    (void)state;
    size_t count = read_named("stack-levy-and-lien", &letters); /* LT11 and L3172 */
    assert_int_equal(count, 2);
    for (size_t i = 0; i < count; i++) {
        for (size_t p = 0; p < letters[i].page_count; p++)
            assert_int_equal(letters[i].pages[p], next++);
    }
    letters_free(letters, count);
}

static void note_page(const void *context, unsigned page, unsigned pages)
{
    unsigned *const *told = context;

    assert_int_equal(page, ++(*told)[0]); /* in order, none twice */
    (*told)[1] = pages;
}

/* Of all letters of a file together, also of pages at which no more than a glance is taken. */
static void each_page_is_told(void **state)
{
    unsigned told[2] = {0};
    unsigned *context = told;
    struct letter *letters = NULL;
    size_t pages = 0;

    (void)state;
    reader_tell(reader, note_page, &context);
    size_t count = read_named("stack-levy-and-lien", &letters);
    reader_tell(reader, NULL, NULL);
    for (size_t i = 0; i < count; i++)
        pages += letters[i].page_count;
    assert_true(pages > 2);
    assert_int_equal(told[0], pages);
    assert_int_equal(told[1], pages);
    letters_free(letters, count);
}

static void a_blank_page_is_blank(void **state)
{
    struct letter *letters = NULL;

    (void)state;
    size_t count = read_named("x-blank", &letters);
    assert_int_equal(count, 1);
    assert_int_equal(letters[0].status, LETTER_BLANK);
    assert_int_equal(letters[0].evidence_count, 0);
    letters_free(letters, count);
}

static void a_plain_notice_is_read(void **state)
{
    struct letter *letters = NULL;

    (void)state;
    size_t count = read_named("cp504", &letters);
    assert_int_equal(count, 1);
    assert_int_equal(letters[0].status, LETTER_IDENTIFIED);
    assert_string_equal(letters[0].id, "CP504");
    assert_true(letter_date(&letters[0], FIELD_NOTICE_DATE) != DATE_NONE);
    assert_true(letters[0].evidence_count > 0);
    letters_free(letters, count);
}

/* Its second page bears the number and the addressee's name, which is read on the first one when it is asked for. */
static void a_name_ties_later_pages(void **state)
{
    char command[512];
    struct letter *letters;
    size_t count;
    glob_t found;
    struct error error = {0};

    (void)state;
    snprintf(command, sizeof command, "'%s' --seed 7 --out %s/named --only cp501-b-clean300 >/dev/null", IRSORT_FIXTURES, folder);
    assert_int_equal(system(command), 0);
    snprintf(command, sizeof command, "%s/named/cp501-b*", folder);
    assert_int_equal(glob(command, 0, NULL, &found), 0);
    int descriptor = open(found.gl_pathv[0], O_RDONLY | O_CLOEXEC);
    assert_int_equal(reader_read(reader, descriptor, &letters, &count, &error), 0);
    assert_int_equal(count, 1);
    assert_int_equal(letters[0].page_count, 2);
    assert_int_equal(letters[0].status, LETTER_IDENTIFIED);
    assert_int_equal(letters[0].warning_count, 0);
    letters_free(letters, count);
    globfree(&found);
    close(descriptor);
}

static void what_cannot_be_opened_is_an_error(void **state)
{
    struct letter *letters = NULL;
    size_t count = 0;
    struct error error = {0};
    int descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);

    (void)state;
    assert_int_equal(reader_read(reader, descriptor, &letters, &count, &error), -1);
    assert_int_equal(error.code, ERROR_EMPTY);
    assert_null(letters);
    close(descriptor);
}

/* Opens the fixture of that name. */
static int open_fixture(const char *name)
{
    int descriptor = -1;

    for (size_t i = 0; i < files.gl_pathc && descriptor < 0; i++) {
        if (strstr(files.gl_pathv[i], name) != NULL)
            descriptor = open(files.gl_pathv[i], O_RDONLY | O_CLOEXEC);
    }
    assert_true(descriptor >= 0);
    return descriptor;
}

/* Changes a page before it is written; `index` counts from 0. */
typedef void spoil_fn(PIX *page, size_t index);

/* Writes the fixture's first two pages as a TIFF; returns where the first one's data end. */
static off_t write_two_pages(const char *name, const char *path, spoil_fn *spoil)
{
    struct error error = {0};
    struct paper *paper = NULL;
    struct stat first;
    int descriptor = open_fixture(name);

    assert_int_equal(paper_open(&paper, descriptor, &error), 0);
    for (size_t i = 0; i < 2; i++) {
        struct paper_page page = {0};
        assert_int_equal(paper_load(paper, i, PAPER_FULL, &page, &error), 0);
        if (spoil != NULL)
            spoil(page.image, i);
        assert_int_equal(pixWriteTiff(path, page.image, IFF_TIFF_ZIP, i == 0 ? "w" : "a"), 0);
        if (i == 0)
            assert_int_equal(stat(path, &first), 0);
        paper_page_dispose(&page);
    }
    paper_close(paper);
    close(descriptor);
    return first.st_size;
}

/* The data of the second page is broken in its middle. */
static void write_with_broken_page(const char *name, const char *path)
{
    static const char rubbish[400] = "rubbish";
    off_t first = write_two_pages(name, path, NULL);
    int descriptor = open(path, O_WRONLY | O_CLOEXEC);

    assert_int_equal(pwrite(descriptor, rubbish, sizeof rubbish, first + (off_t)sizeof rubbish), sizeof rubbish);
    close(descriptor);
}

/* Reads a file of the test's own, which is gone then; one letter of two pages is wanted. */
static struct letter *read_own(const char *path)
{
    struct letter *letters = NULL;
    size_t count = 0;
    struct error error = {0};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);

    assert_int_equal(reader_read(reader, descriptor, &letters, &count, &error), 0);
    close(descriptor);
    unlink(path);
    assert_int_equal(count, 1);
    assert_int_equal(letters[0].page_count, 2);
    return letters;
}

static void a_damaged_page_costs_a_review_not_the_file(void **state)
{
    char path[128];
    bool warned = false;

    (void)state;
    snprintf(path, sizeof path, "%s/.broken.tif", folder);
    write_with_broken_page("l1058-a-bw200", path);
    struct letter *letters = read_own(path);
    assert_int_equal(letters[0].status, LETTER_REVIEW);
    assert_string_equal(letters[0].id, "");
    assert_string_equal(letters[0].candidates[0].id, "L1058");
    for (size_t i = 0; i < letters[0].warning_count; i++)
        warned |= strcmp(letters[0].warnings[i].code, "page-damaged") == 0 &&
                  strstr(letters[0].warnings[i].text, "page 2 ") != NULL;
    assert_true(warned);
    letters_free(letters, 1);
}

/* Leaves three lines in the middle of the second page. */
static void bare_second(PIX *page, size_t index)
{
    l_int32 height = pixGetHeight(page);

    if (index == 0)
        return;
    pixRasterop(page, 0, 0, pixGetWidth(page), height / 2, PIX_CLR, NULL, 0, 0);
    pixRasterop(page, 0, height * 6 / 10, pixGetWidth(page), height, PIX_CLR, NULL, 0, 0);
}

static void a_page_without_a_header_follows(void **state)
{
    char path[128];

    (void)state;
    snprintf(path, sizeof path, "%s/.bare.tif", folder);
    write_two_pages("l1058-a-bw200", path, bare_second);
    struct letter *letters = read_own(path);
    assert_string_equal(letters[0].id, "L1058");
    letters_free(letters, 1);
}

/* The corner is gone in which the first page had it. */
static void a_torn_letters_date_is_on_a_later_page(void **state)
{
    char path[128];
    char line[1024];
    struct letter *letters = NULL;
    size_t count = 0;
    struct error error = {0};
    bool right = false;
    int descriptor = open_fixture("l3171-a-torn");

    (void)state;
    assert_int_equal(reader_read(reader, descriptor, &letters, &count, &error), 0);
    close(descriptor);
    assert_int_equal(count, 1);
    const struct field *dated = &letters[0].fields[FIELD_NOTICE_DATE];
    assert_int_equal(dated->count, 1);
    assert_int_equal(dated->values->page, 2);
    snprintf(path, sizeof path, "%s/.truth.tsv", folder);
    FILE *truth = fopen(path, "re");
    assert_non_null(truth);
    while (fgets(line, sizeof line, truth) != NULL)
        right |= strncmp(line, "l3171-a-torn", strlen("l3171-a-torn")) == 0 && strstr(line, dated->values->value) != NULL;
    fclose(truth);
    assert_true(right);
    letters_free(letters, count);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_notice_is_read),
        cmocka_unit_test(a_name_ties_later_pages),
        cmocka_unit_test(a_stack_is_split_and_loses_no_page),
        cmocka_unit_test(each_page_is_told),
        cmocka_unit_test(a_blank_page_is_blank),
        cmocka_unit_test(a_damaged_page_costs_a_review_not_the_file),
        cmocka_unit_test(a_page_without_a_header_follows),
        cmocka_unit_test(a_torn_letters_date_is_on_a_later_page),
        cmocka_unit_test(what_cannot_be_opened_is_an_error),
        cmocka_unit_test(one_child_two_or_none_say_the_same),
    };

    if ((argc == 3 || argc == 4) && strcmp(argv[1], "--worker") == 0)
        return worker_main(SPAWN_SOCKET, argv[2], argv[3]);
    return cmocka_run_group_tests(tests, setup, teardown);
}
