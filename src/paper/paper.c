/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "paper/paper.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "paper/format.h"
#include "paper/limits.h"
#include "paper/sniff.h"

struct paper {
    struct bytes file;
    unsigned char *data; /* what `file` looks at; owned */
    const struct format *format;
    void *state;
    size_t page_count;
};

static const struct format *const formats[] = {
    [KIND_UNKNOWN] = NULL,       [KIND_PDF] = &pdf_format,   [KIND_TIFF] = &tiff_format,
    [KIND_PNG] = &raster_format, [KIND_JPEG] = &jpeg_format, [KIND_WEBP] = &raster_format,
    [KIND_PNM] = &raster_format, [KIND_HEIC] = &heic_format,
};

static int too_large(struct error *error)
{
    return error_set(error, ERROR_TOO_LARGE,
                     "this file is larger than %lu MB: split it, or scan it again at 300 dpi",
                     PAPER_FILE_MAX >> 20);
}

/* The next bytes of a file that can be read at a place, or of a pipe that cannot. */
static ssize_t read_some(int descriptor, void *buffer, size_t size, size_t place)
{
    for (;;) {
        ssize_t count = pread(descriptor, buffer, size, (off_t)place);
        if (count < 0 && errno == ESPIPE)
            count = read(descriptor, buffer, size);
        if (count >= 0 || errno != EINTR)
            return count;
    }
}

static int read_file(struct paper *paper, int descriptor, struct error *error)
{
    struct stat status;
    size_t size = 1u << 16;
    size_t length = 0;

    if (fstat(descriptor, &status) < 0)
        return error_set(error, ERROR_NOT_READABLE, "this file cannot be read: %s", strerror(errno));
    if (S_ISREG(status.st_mode)) {
        if ((size_t)status.st_size > PAPER_FILE_MAX)
            return too_large(error);
        size = (size_t)status.st_size + 1; /* one more, to meet the end without growing */
    }
    for (;;) {
        if (paper->data == NULL || length == size) {
            size *= paper->data == NULL ? 1 : 2;
            unsigned char *data = realloc(paper->data, size);
            if (data == NULL)
                return error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory to hold this file");
            paper->data = data;
        }
        ssize_t count = read_some(descriptor, paper->data + length, size - length, length);
        if (count < 0)
            return error_set(error, ERROR_NOT_READABLE, "this file cannot be read: %s", strerror(errno));
        if (count == 0)
            break;
        length += (size_t)count;
        if (length > PAPER_FILE_MAX)
            return too_large(error);
    }
    if (length == 0)
        return error_set(error, ERROR_EMPTY, "this file is empty: scan or save it again");
    paper->file = (struct bytes){paper->data, length};
    return 0;
}

int paper_open(struct paper **out, int descriptor, struct error *error)
{
    struct paper *paper = calloc(1, sizeof *paper);

    if (paper == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory to open this file");
    setMsgSeverity(L_SEVERITY_NONE); /* Leptonica talks to stderr otherwise */
    if (read_file(paper, descriptor, error) < 0)
        goto failed;
    const struct format *format = formats[sniff(paper->file.data, paper->file.size)];
    if (format == NULL) {
        error_set(
            error, ERROR_UNKNOWN_FORMAT,
            "this is not a scan that irsort can read: save it as PDF, TIFF, PNG, JPEG, WebP, HEIC or PNM");
        goto failed;
    }
    if (format->open(&paper->state, &paper->file, &paper->page_count, error) < 0)
        goto failed;
    paper->format = format;
    if (paper->page_count == 0) {
        error_set(error, ERROR_DAMAGED,
                  "no page can be found in this file, it may be cut short: copy or scan it again");
        goto failed;
    }
    if (paper->page_count > PAPER_PAGES_MAX) {
        error_set(error, ERROR_TOO_MANY_PAGES,
                  "this file has %zu pages, more than %d: split it into smaller ones", paper->page_count,
                  PAPER_PAGES_MAX);
        goto failed;
    }
    *out = paper;
    return 0;
failed:
    paper_close(paper);
    return -1;
}

void paper_close(struct paper *paper)
{
    if (paper == NULL)
        return;
    if (paper->format != NULL)
        paper->format->close(paper->state);
    free(paper->data);
    free(paper);
}

size_t paper_page_count(const struct paper *paper)
{
    return paper->page_count;
}

int paper_load(struct paper *paper, size_t index, enum paper_detail detail, struct paper_page *out,
               struct error *error)
{
    struct picture picture = {.detail = detail};

    if (paper->format->load(paper->state, index, &picture, error) < 0) {
        pixDestroy(&picture.pix);
        return -1;
    }
    return picture_to_page(&picture, out, error);
}

void paper_page_dispose(struct paper_page *page)
{
    pixDestroy(&page->image);
    *page = (struct paper_page){0};
}
