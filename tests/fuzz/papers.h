/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A file of any kind through the product's door, and what holds for its pages. */
#ifndef IRSORT_TESTS_FUZZ_PAPERS_H
#define IRSORT_TESTS_FUZZ_PAPERS_H

#include "harness.h"
#include "paper/limits.h"
#include "paper/paper.h"
#include "watch/ending.h"

enum { PAPERS_LOADED_MAX = 2 }; /* pages: a third one shows nothing that the first two do not */

static inline void papers_check_error(const struct error *error)
{
    switch (error->code) {
    case ERROR_EMPTY:
    case ERROR_UNKNOWN_FORMAT:
    case ERROR_DAMAGED:
    case ERROR_ENCRYPTED_PDF:
    case ERROR_TOO_LARGE:
    case ERROR_TOO_MANY_PAGES:
    case ERROR_OUT_OF_MEMORY:
    case ERROR_TIMEOUT:
        break;
    default:
        MUST(!"an error that paper.h does not name");
    }
    MUST(error->message[0] != '\0' && is_clean(error->message));
}

static inline void papers_check_page(const struct paper_page *page)
{
    MUST(page->image != NULL && page->dpi >= 1);
    int width = pixGetWidth(page->image);
    int height = pixGetHeight(page->image);
    int depth = pixGetDepth(page->image);
    MUST(width > 0 && height > 0 && (depth == 1 || depth == 8) && pixGetColormap(page->image) == NULL);
    MUST(pixGetXRes(page->image) == page->dpi && pixGetYRes(page->image) == page->dpi);
    MUST((int64_t)width * height <= PAPER_PIXELS_MAX);
    l_uint32 sum = 0; /* every row is there: the sanitizer sees one that is not */
    for (int y = 0; y < height; y++)
        sum += pixGetData(page->image)[(size_t)y * (size_t)pixGetWpl(page->image)];
    (void)sum;
}

static inline void papers_read(const uint8_t *data, size_t size)
{
    struct paper *paper = NULL;
    struct error error = {0};
    int descriptor = harness_file(data, size);

    if (paper_open(&paper, descriptor, &error) != 0) {
        papers_check_error(&error);
    } else {
        size_t count = paper_page_count(paper);
        MUST(count >= 1 && count <= PAPER_PAGES_MAX && error.code == ERROR_NONE);
        for (size_t i = 0; i < count && i < PAPERS_LOADED_MAX; i++) {
            struct paper_page page = {0};
            struct error problem = {0};
            for (int glance = 0; glance <= 1; glance++) {
                if (paper_load(paper, i, glance ? PAPER_GLANCE : PAPER_FULL, &page, &problem) == 0)
                    papers_check_page(&page);
                else
                    papers_check_error(&problem);
                paper_page_dispose(&page);
            }
        }
        paper_close(paper);
    }
    close(descriptor);
}

/* Looking for its end takes no more than the file, and some. */
static size_t papers_loads;

static inline ssize_t papers_pread(int descriptor, void *bytes, size_t size, off_t offset)
{
    MUST(offset >= 0);
    papers_loads++;
    return outside_real.pread(descriptor, bytes, size, offset);
}

static inline void papers_look_for_end(const uint8_t *data, size_t size)
{
    struct outside outside = outside_real;
    int descriptor = harness_file(data, size);

    outside.pread = papers_pread;
    papers_loads = 0;
    MUST(ending_look(&outside, descriptor, (int64_t)size) != ENDING_ERROR);
    MUST(papers_loads < 10000);
    MUST(ending_look(&outside, descriptor, (int64_t)size + 1) != ENDING_ERROR); /* it became shorter meanwhile */
    close(descriptor);
}

#endif
