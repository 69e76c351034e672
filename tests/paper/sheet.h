/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A sheet that shows which way up it is: its top left corner is black, its bottom left corner half black, the
 * rest white. Files of every kind are made from it, and whatever comes back is compared with it. */
#ifndef IRSORT_TESTS_PAPER_SHEET_H
#define IRSORT_TESTS_PAPER_SHEET_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buffer.h"
#include "paper/limits.h"
#include "paper/paper.h"

#define TEST_FILE_MAX ((size_t)300 << 20)

static inline bool sheet_ink(int x, int y, int width, int height)
{
    bool left = x < width / 4;

    return left && (y < height / 4 || (y >= height - height / 4 && x < width / 8));
}

/* EXIF 2.3, tag Orientation: on which side of the upright picture the stored first row and first column lie.
 */
static inline void sheet_place(int orientation, int row, int column, int width, int height, int *x, int *y)
{
    static const char sides[9][3] = {"", "tl", "tr", "br", "bl", "lt", "rt", "rb", "lb"};
    int at[2] = {row, column};

    for (int i = 0; i < 2; i++) {
        switch (sides[orientation][i]) {
        case 't':
            *y = at[i];
            break;
        case 'b':
            *y = height - 1 - at[i];
            break;
        case 'l':
            *x = at[i];
            break;
        default:
            *x = width - 1 - at[i];
        }
    }
}

/* The sheet of that upright size as a camera held that way stores it: 1 bit (ink is 1), 8 or 16 bit grey, 32
 * bit colour (navy on ivory). */
static inline PIX *sheet_make(int width, int height, int depth, int orientation)
{
    int columns = orientation > 4 ? height : width;
    int rows = orientation > 4 ? width : height;
    PIX *pix = pixCreate(columns, rows, depth);

    for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
            int x = 0;
            int y = 0;
            sheet_place(orientation, row, column, width, height, &x, &y);
            bool ink = sheet_ink(x, y, width, height);
            l_uint32 value = ink ? 0 : (l_uint32)((1ull << depth) - 1);
            if (depth == 1)
                value = ink;
            else if (depth == 32)
                value = ink ? 0x10104000u : 0xFFFFF000u;
            pixSetPixel(pix, column, row, value);
        }
    }
    return pix;
}

/* The share of ink in a corner's box, an eighth of each side: 'l' or 'r', 't' or 'b'. */
static inline double sheet_corner(PIX *pix, char across, char down)
{
    int width = pixGetWidth(pix);
    int height = pixGetHeight(pix);
    int box_width = width / 4;
    int box_height = height / 4;
    int left = across == 'l' ? 0 : width - box_width;
    int top = down == 't' ? 0 : height - box_height;
    unsigned ink = 0;

    for (int y = top; y < top + box_height; y++) {
        for (int x = left; x < left + box_width; x++) {
            l_uint32 value;
            pixGetPixel(pix, x, y, &value);
            ink += pixGetDepth(pix) == 1 ? value : value < 128;
        }
    }
    return (double)ink / (box_width * box_height);
}

static inline void sheet_assert(const struct paper_page *page, int width, int height, int depth, int dpi)
{
    assert_int_equal(pixGetWidth(page->image), width);
    assert_int_equal(pixGetHeight(page->image), height);
    assert_int_equal(pixGetDepth(page->image), depth);
    assert_null(pixGetColormap(page->image));
    assert_int_equal(page->dpi, dpi);
    assert_int_equal(pixGetXRes(page->image), dpi);
    assert_int_equal(pixGetYRes(page->image), dpi);
    assert_float_equal(sheet_corner(page->image, 'l', 't'), 1.0, 0.05);
    assert_float_equal(sheet_corner(page->image, 'l', 'b'), 0.5, 0.05);
    assert_float_equal(sheet_corner(page->image, 'r', 't'), 0.0, 0.05);
    assert_float_equal(sheet_corner(page->image, 'r', 'b'), 0.0, 0.05);
}

/* Opens the bytes as a file; the error is the caller's to look at. */
static inline struct paper *sheet_open(const void *bytes, size_t size, struct error *error)
{
    int descriptor = memfd_create("file", MFD_CLOEXEC);
    struct paper *paper = NULL;

    *error = (struct error){0};
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, bytes, size), size);
    if (paper_open(&paper, descriptor, error) < 0)
        paper = NULL;
    close(descriptor);
    return paper;
}

static inline struct paper *sheet_must_open(const void *bytes, size_t size, size_t pages)
{
    struct error error;
    struct paper *paper = sheet_open(bytes, size, &error);

    if (paper == NULL)
        fail_msg("%s: %s", error_code_name(error.code), error.message);
    assert_int_equal(paper_page_count(paper), pages);
    return paper;
}

static inline struct paper_page sheet_load(struct paper *paper, size_t index)
{
    struct paper_page page = {0};
    struct error error = {0};

    if (paper_load(paper, index, PAPER_FULL, &page, &error) < 0)
        fail_msg("%s: %s", error_code_name(error.code), error.message);
    return page;
}

/* The error that opening or else loading the first page gives; ERROR_NONE if neither does. */
static inline enum error_code sheet_error(const void *bytes, size_t size)
{
    struct error error;
    struct paper_page page = {0};
    struct paper *paper = sheet_open(bytes, size, &error);

    if (paper != NULL) {
        if (paper_load(paper, 0, PAPER_FULL, &page, &error) == 0)
            paper_page_dispose(&page);
        paper_close(paper);
    }
    assert_true(error.code == ERROR_NONE || error.message[0] != '\0');
    return error.code;
}

/* Opens the bytes, asserts one page with the sheet, and closes. */
static inline void sheet_check(const void *bytes, size_t size, int width, int height, int depth, int dpi)
{
    struct paper *paper = sheet_must_open(bytes, size, 1);
    struct paper_page page = sheet_load(paper, 0);

    sheet_assert(&page, width, height, depth, dpi);
    assert_false(page.rendered);
    paper_page_dispose(&page);
    paper_close(paper);
}

#endif
