/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Pictures of pages as they were read: an upside-down scan and the file of a stack. */
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

enum { PAGE_WIDTH = 1100, OUTSIDE = 3 /* pixels from a box to the middle of its frame */ };

static char folder[] = "/tmp/irsort-test-XXXXXX";
static struct catalogue *catalogue;
static struct reader *reader;

static const l_int32 number_colour[3] = {190, 0, 90};
static const l_int32 field_colour[3] = {0, 85, 200};

static int setup(void **state)
{
    char command[512];
    struct error error = {0};

    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(command, sizeof command, "'%s' --out %s --only cp504-a-upside --only stack-levy-and-lien >/dev/null",
             IRSORT_FIXTURES, folder);
    if (system(command) != 0 || catalogue_new(&catalogue, PROJECT_DIR, NULL, NULL, &error) != 0)
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

static void read_file(const char *name, unsigned extras, struct letter **letters, size_t *count)
{
    char pattern[256];
    glob_t files;
    struct error error = {0};

    snprintf(pattern, sizeof pattern, "%s/%s.*", folder, name);
    assert_int_equal(glob(pattern, 0, NULL, &files), 0);
    int descriptor = open(files.gl_pathv[0], O_RDONLY | O_CLOEXEC);
    globfree(&files);
    reader_want(reader, extras);
    if (reader_read(reader, descriptor, letters, count, &error) != 0)
        fail_msg("%s: %s", name, error.message);
    close(descriptor);
}

static PIX *picture_of(const struct letter_picture *picture)
{
    PIX *pix = pixReadMemPng(picture->png, picture->size);

    assert_non_null(pix);
    PIX *colour = pixConvertTo32(pix);
    pixDestroy(&pix);
    assert_non_null(colour);
    return colour;
}

/* Within what a palette rounds. */
static bool is_colour(PIX *pix, int x, int y, const l_int32 colour[3])
{
    l_int32 found[3];

    assert_int_equal(pixGetRGBPixel(pix, x, y, &found[0], &found[1], &found[2]), 0);
    for (int i = 0; i < 3; i++) {
        if (abs(found[i] - colour[i]) > 8)
            return false;
    }
    return true;
}

/* The share of dark pixels. */
static double ink(PIX *pix, struct box box)
{
    int height = pixGetHeight(pix);
    int dark = 0;
    int all = 0;

    for (int y = (int)(box.top * (float)height); y < (int)(box.bottom * (float)height); y++) {
        for (int x = (int)(box.left * PAGE_WIDTH); x < (int)(box.right * PAGE_WIDTH); x++, all++) {
            l_int32 red = 255;
            pixGetRGBPixel(pix, x, y, &red, NULL, NULL);
            dark += red < 100;
        }
    }
    return all > 0 ? (double)dark / all : 0;
}

/* What was found was read, so it is not dimmed. */
static void assert_bright(PIX *pix, struct box box)
{
    int height = pixGetHeight(pix);
    l_int32 brightest = 0;

    for (int x = (int)(box.left * PAGE_WIDTH); x < (int)(box.right * PAGE_WIDTH); x++) {
        l_int32 red = 0;
        pixGetRGBPixel(pix, x, (int)(box.top * (float)height), &red, NULL, NULL);
        brightest = red > brightest ? red : brightest;
    }
    assert_in_range(brightest, 235, 255);
}

/* The frame lies a little outside of the box, on all sides, and print is in it. */
static void assert_framed(PIX *pix, struct box box, const l_int32 colour[3])
{
    int height = pixGetHeight(pix);
    int middle_x = (int)((box.left + box.right) / 2 * PAGE_WIDTH);
    int middle_y = (int)((box.top + box.bottom) / 2 * (float)height);

    assert_true(is_colour(pix, (int)(box.left * PAGE_WIDTH) - OUTSIDE, middle_y, colour));
    assert_true(is_colour(pix, (int)(box.right * PAGE_WIDTH + 0.5F) + OUTSIDE, middle_y, colour));
    assert_true(is_colour(pix, middle_x, (int)(box.top * (float)height) - OUTSIDE, colour));
    assert_true(is_colour(pix, middle_x, (int)(box.bottom * (float)height + 0.5F) + OUTSIDE, colour));
    assert_true(ink(pix, box) > 0.05);
    assert_bright(pix, box);
}

static void boxes_are_drawn_on_the_upright_page(void **state)
{
    struct letter *letters = NULL;
    size_t count;

    (void)state;
    read_file("cp504-a-upside", READER_PICTURES, &letters, &count);
    assert_int_equal(count, 1);
    assert_string_equal(letters[0].id, "CP504");
    assert_int_equal(letters[0].picture_count, letters[0].page_count);
    for (size_t i = 0; i < letters[0].picture_count; i++)
        assert_int_equal(letters[0].pictures[i].page, letters[0].pages[i]);
    PIX *pix = picture_of(&letters[0].pictures[0]);
    assert_true(pixGetWidth(pix) > PAGE_WIDTH);
    assert_string_equal(letters[0].evidence[0].kind, "number");
    assert_true(letters[0].evidence[0].box.bottom < 0.2F);
    assert_framed(pix, letters[0].evidence[0].box, number_colour);
    assert_framed(pix, letters[0].fields[FIELD_NOTICE_DATE].values[0].box, field_colour);
    assert_true(ink(pix, (struct box){0, 0, 1, 0.015F}) < 0.01); /* the margin is empty, so print is not everywhere */
    pixDestroy(&pix);
    letters_free(letters, count);
}

/* The lightest grey of the page between two heights. */
static l_int32 lightest(PIX *pix, float top, float bottom)
{
    l_int32 lightest = 0;

    for (int y = (int)(top * (float)pixGetHeight(pix)); y < (int)(bottom * (float)pixGetHeight(pix)); y++) {
        for (int x = 0; x < PAGE_WIDTH; x++) {
            l_int32 red = 0;
            pixGetRGBPixel(pix, x, y, &red, NULL, NULL);
            lightest = red > lightest ? red : lightest;
        }
    }
    return lightest;
}

/* Of a later page only the upper part is read, or no more than some lines of it. */
static void what_was_not_read_is_dimmed(void **state)
{
    struct letter *letters = NULL;
    size_t count;

    (void)state;
    read_file("cp504-a-upside", READER_PICTURES, &letters, &count);
    assert_true(letters[0].picture_count >= 2);
    PIX *pix = picture_of(&letters[0].pictures[1]);
    assert_in_range(lightest(pix, 0, 0.3F), 235, 255);
    assert_in_range(lightest(pix, 0.6F, 0.8F), 190, 225);
    pixDestroy(&pix);
    letters_free(letters, count);
}

static void each_letter_of_a_stack_has_its_own(void **state)
{
    struct letter *letters = NULL;
    size_t count;
    unsigned next = 1;

    (void)state;
    read_file("stack-levy-and-lien", READER_PICTURES | READER_REASONS, &letters, &count);
    assert_int_equal(count, 2);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(letters[i].picture_count, letters[i].page_count);
        for (size_t p = 0; p < letters[i].picture_count; p++)
            assert_int_equal(letters[i].pictures[p].page, next++);
        assert_true(letters[i].why_count > 0);
        assert_string_equal(letters[i].why[0].id, letters[i].candidates[0].id);
    }
    letters_free(letters, count);
}

static void what_is_not_wanted_is_not_made(void **state)
{
    struct letter *letters = NULL;
    size_t count;

    (void)state;
    read_file("cp504-a-upside", 0, &letters, &count);
    assert_int_equal(letters[0].picture_count, 0);
    assert_int_equal(letters[0].why_count, 0);
    letters_free(letters, count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boxes_are_drawn_on_the_upright_page),
        cmocka_unit_test(what_was_not_read_is_dimmed),
        cmocka_unit_test(each_letter_of_a_stack_has_its_own),
        cmocka_unit_test(what_is_not_wanted_is_not_made),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
