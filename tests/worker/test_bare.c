/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Pages as they are, for the desk: upright, at two sizes, without the taxpayer numbers that were read. */
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
#include <unistd.h>

#include <allheaders.h>

#include "worker/reading.h"

enum { SCREEN_WIDTH = 1100, NARROW_WIDTH = 600, DARK = 100 };

static char folder[] = "/tmp/irsort-test-XXXXXX";
static struct catalogue *catalogue;
static struct reader *reader;

static int setup(void **state)
{
    char command[512];
    char path[64];
    struct error error = {0};

    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(command, sizeof command, "'%s' --out %s --only cp504-a-upside --only stack-levy-and-lien >/dev/null",
             IRSORT_FIXTURES, folder);
    snprintf(path, sizeof path, "%s/slip.png", folder);
    PIX *blank = pixCreate(NARROW_WIDTH, 1800, 8);
    pixSetResolution(blank, 200, 200);
    pixSetAllGray(blank, 255);
    int status = system(command) == 0 ? pixWrite(path, blank, IFF_PNG) : -1;
    pixDestroy(&blank);
    if (status != 0 || catalogue_new(&catalogue, PROJECT_DIR, NULL, NULL, &error) != 0)
        return -1;
    return reader_new(&reader, catalogue, &error);
}

static int teardown(void **state)
{
    char command[128];

    (void)state;
    reader_free(reader);
    catalogue_free(catalogue);
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static void read_file(const char *name, struct letter **letters, size_t *count)
{
    char pattern[256];
    glob_t files;
    struct error error = {0};

    snprintf(pattern, sizeof pattern, "%s/%s.*", folder, name);
    assert_int_equal(glob(pattern, 0, NULL, &files), 0);
    int descriptor = open(files.gl_pathv[0], O_RDONLY | O_CLOEXEC);
    globfree(&files);
    reader_want(reader, READER_BARE);
    if (reader_read(reader, descriptor, letters, count, &error) != 0)
        fail_msg("%s: %s", name, error.message);
    close(descriptor);
}

static PIX *open_picture(const unsigned char *png, size_t size)
{
    PIX *pix = pixReadMemPng(png, size);

    assert_non_null(pix);
    PIX *grey = pixConvertTo8(pix, 0);
    pixDestroy(&pix);
    assert_non_null(grey);
    return grey;
}

/* The share of dark pixels in a box, from one share of its width to another. */
static double ink(PIX *pix, struct box box, float from, float to)
{
    float width = (float)pixGetWidth(pix);
    float height = (float)pixGetHeight(pix);
    float left = box.left + from * (box.right - box.left);
    float right = box.left + to * (box.right - box.left);
    int dark = 0;
    int all = 0;

    for (int y = (int)(box.top * height); y < (int)(box.bottom * height); y++) {
        for (int x = (int)(left * width); x < (int)(right * width); x++, all++) {
            l_uint32 grey = 255;
            pixGetPixel(pix, x, y, &grey);
            dark += grey < DARK;
        }
    }
    assert_true(all > 0);
    return (double)dark / all;
}

/* Nine figures and two hyphens, of which the last four figures stay: the first half of the word is black. */
static void assert_blotted(PIX *pix, const struct letter *letter)
{
    const struct field *number = &letter->fields[FIELD_TIN_LAST4];

    assert_int_equal(number->count, 1);
    assert_true(ink(pix, number->values[0].box, 0, 0.5F) > 0.95);
    assert_in_range((unsigned)(100 * ink(pix, number->values[0].box, 0.75F, 1)), 5, 60);
}

static void a_page_comes_at_two_sizes(void **state)
{
    struct letter *letters = NULL;
    size_t count;

    (void)state;
    read_file("cp504-a-upside", &letters, &count);
    assert_int_equal(count, 1);
    assert_string_equal(letters[0].id, "CP504");
    assert_int_equal(letters[0].picture_count, letters[0].page_count);
    for (size_t i = 0; i < letters[0].picture_count; i++) {
        const struct letter_picture *picture = &letters[0].pictures[i];
        assert_int_equal(picture->page, letters[0].pages[i]);
        assert_non_null(picture->full);
        assert_true(picture->size < picture->full_size);
        PIX *screen = open_picture(picture->png, picture->size);
        PIX *full = open_picture(picture->full, picture->full_size);
        assert_int_equal(pixGetWidth(screen), SCREEN_WIDTH);
        assert_in_range(pixGetWidth(full), SCREEN_WIDTH + 1, 2600);
        pixDestroy(&screen);
        pixDestroy(&full);
    }
    letters_free(letters, count);
}

/* What was read lies where its box is, on both; of the taxpayer number only the end can be seen, on both. */
static void it_is_upright_and_the_number_is_blotted_out(void **state)
{
    struct letter *letters = NULL;
    size_t count;

    (void)state;
    read_file("cp504-a-upside", &letters, &count);
    const struct letter_picture *first = &letters[0].pictures[0];
    PIX *pictures[] = {open_picture(first->png, first->size), open_picture(first->full, first->full_size)};
    for (size_t i = 0; i < 2; i++) {
        assert_true(ink(pictures[i], letters[0].fields[FIELD_NOTICE_DATE].values[0].box, 0, 1) > 0.05);
        assert_true(ink(pictures[i], (struct box){0, 0, 1, 0.015F}, 0, 1) < 0.01); /* the margin: print is not everywhere */
        assert_blotted(pictures[i], &letters[0]);
        pixDestroy(&pictures[i]);
    }
    letters_free(letters, count);
}

/* The day on which all depends must be there to be compared, however unsure a look at its figures alone is: that of this
 * letter was blotted out. */
static void what_was_understood_can_be_seen(void **state)
{
    struct letter *letters = NULL;
    char command[512];
    size_t count;

    (void)state;
    snprintf(command, sizeof command, "'%s' --out %s --seed 7 --only lt75-b-fax >/dev/null", IRSORT_FIXTURES, folder);
    assert_int_equal(system(command), 0);
    read_file("lt75-b-fax", &letters, &count);
    const struct letter_picture *first = &letters[0].pictures[0];
    const struct field *day = &letters[0].fields[FIELD_NOTICE_DATE];
    PIX *full = open_picture(first->full, first->full_size);
    assert_string_equal(day->values[0].value, "2026-01-30");
    assert_in_range((unsigned)(100 * ink(full, day->values[0].box, 0, 1)), 5, 60);
    pixDestroy(&full);
    letters_free(letters, count);
}

static void each_letter_of_a_stack_has_its_own(void **state)
{
    struct letter *letters = NULL;
    size_t count;
    unsigned next = 1;

    (void)state;
    read_file("stack-levy-and-lien", &letters, &count);
    assert_int_equal(count, 2);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(letters[i].picture_count, letters[i].page_count);
        for (size_t p = 0; p < letters[i].picture_count; p++)
            assert_int_equal(letters[i].pictures[p].page, next++);
    }
    letters_free(letters, count);
}

/* A till's slip: nothing is made larger than it is. */
static void a_narrow_page_comes_once(void **state)
{
    struct letter *letters = NULL;
    size_t count;

    (void)state;
    read_file("slip", &letters, &count);
    assert_int_equal(letters[0].picture_count, 1);
    PIX *screen = open_picture(letters[0].pictures[0].png, letters[0].pictures[0].size);
    assert_int_equal(pixGetWidth(screen), NARROW_WIDTH);
    assert_null(letters[0].pictures[0].full);
    pixDestroy(&screen);
    letters_free(letters, count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_comes_at_two_sizes),
        cmocka_unit_test(it_is_upright_and_the_number_is_blotted_out),
        cmocka_unit_test(what_was_understood_can_be_seen),
        cmocka_unit_test(each_letter_of_a_stack_has_its_own),
        cmocka_unit_test(a_narrow_page_comes_once),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
