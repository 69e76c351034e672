/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* TIFF: a page a directory. Leptonica (libtiff) decodes; the tags are read here, before anything is decoded.
 */
#include <stdlib.h>

#include "paper/format.h"
#include "paper/ifd.h"
#include "paper/limits.h"
#include "paper/tiff_check.h"

/* Bytes a pixel in colour: libtiff's picture and Leptonica's. */
enum { COLOUR_BYTES = 8 };

struct tiff_page {
    l_int32 directory; /* counted from 0, thumbnails included */
    uint64_t offset;   /* of that directory in the file */
    struct ifd ifd;
};

struct tiff {
    struct bytes file;
    struct tiff_page *pages;
    size_t count;
};

static void close_tiff(void *state)
{
    struct tiff *tiff = state;

    if (tiff != NULL)
        free(tiff->pages);
    free(tiff);
}

static int add_page(struct tiff *tiff, size_t directory, uint64_t offset, const struct ifd *ifd,
                    struct error *error)
{
    struct tiff_page *pages = realloc(tiff->pages, (tiff->count + 1) * sizeof *pages);

    if (pages == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory to open this file");
    tiff->pages = pages;
    pages[tiff->count++] = (struct tiff_page){(l_int32)directory, offset, *ifd};
    return 0;
}

/* The chain of directories may be a loop: it is followed no longer than a file may have pages and as many
 * thumbnails. */
static int list_pages(struct tiff *tiff, struct error *error)
{
    struct ifd_file file;

    if (!ifd_open(&file, tiff->file.data, tiff->file.size))
        return error_set(error, ERROR_DAMAGED, "this TIFF is damaged: copy or scan it again");
    uint64_t offset = file.first;
    for (size_t directory = 0; offset != 0 && directory < 2ul * PAPER_PAGES_MAX; directory++) {
        struct ifd ifd;

        if (!ifd_read(&file, offset, &ifd))
            return error_set(error, ERROR_DAMAGED,
                             "this TIFF is damaged or cut short: copy or scan it again");
        if (!ifd.reduced && add_page(tiff, directory, offset, &ifd, error) < 0)
            return -1;
        offset = ifd.next;
    }
    if (offset != 0)
        return error_set(error, ERROR_TOO_MANY_PAGES,
                         "this TIFF has more than %d pages and as many thumbnails, or their chain has no end: split it",
                         PAPER_PAGES_MAX);
    return 0;
}

static int open_tiff(void **state, const struct bytes *file, size_t *page_count, struct error *error)
{
    struct tiff *tiff = calloc(1, sizeof *tiff);

    if (tiff == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory to open this file");
    tiff->file = *file;
    if (list_pages(tiff, error) < 0) {
        close_tiff(tiff);
        return -1;
    }
    *state = tiff;
    *page_count = tiff->count;
    return 0;
}

static int load_tiff(void *state, size_t index, struct picture *out, struct error *error)
{
    const struct tiff *tiff = state;
    const struct tiff_page *page = &tiff->pages[index];

    if (picture_check_size(page->ifd.width, page->ifd.height, error) < 0 ||
        tiff_check(&tiff->file, page->offset, error) < 0)
        return -1;
    out->pix = pixReadMemTiff(tiff->file.data, tiff->file.size, page->directory);
    if (out->pix == NULL && picture_check_memory(page->ifd.width, page->ifd.height, COLOUR_BYTES, error) < 0)
        return -1; /* Leptonica does not say why it has no picture */
    if (out->pix == NULL)
        return error_set(error, ERROR_DAMAGED,
                         "a page of this TIFF is damaged or cut short: copy or scan it again");
    /* Leptonica has turned the picture upright; its sides tell whether the axes changed places. */
    bool turned = page->ifd.orientation > 4;
    out->xres = turned ? page->ifd.yres : page->ifd.xres;
    out->yres = turned ? page->ifd.xres : page->ifd.yres;
    return 0;
}

const struct format tiff_format = {open_tiff, load_tiff, close_tiff};
