/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "paper/tiff_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tiffio.h>

#include "paper/limits.h"

/* Rows still full of this after decoding were never written. No dither or ruled paper repeats it a row long.
 */
enum { UNTOUCHED = 0xA5 };

struct source {
    struct bytes file;
    uint64_t place;
    bool cut_short; /* a decoder says so and fills up with grey */
};

static tmsize_t source_read(thandle_t handle, void *out, tmsize_t size)
{
    struct source *source = handle;
    uint64_t rest = source->place < source->file.size ? source->file.size - source->place : 0;
    size_t count = (uint64_t)size < rest ? (size_t)size : (size_t)rest;

    memcpy(out, source->file.data + (count > 0 ? source->place : 0), count);
    source->place += count;
    return (tmsize_t)count;
}

static tmsize_t source_write(thandle_t handle, void *bytes, tmsize_t size)
{
    (void)handle, (void)bytes, (void)size;
    return 0;
}

static toff_t source_seek(thandle_t handle, toff_t offset, int whence)
{
    struct source *source = handle;

    if (whence == SEEK_CUR)
        offset += source->place;
    else if (whence == SEEK_END)
        offset += source->file.size;
    source->place = offset;
    return offset;
}

static int source_close(thandle_t handle)
{
    (void)handle;
    return 0;
}

static toff_t source_size(thandle_t handle)
{
    struct source *source = handle;

    return source->file.size;
}

static int on_message(TIFF *tiff, void *user, const char *module, const char *format, va_list args)
{
    struct source *source = user;
    char message[256];

    (void)tiff, (void)module;
    vsnprintf(message, sizeof message, format, args);
    if (strcasestr(message, "premature end") != NULL)
        source->cut_short = true;
    return 1; /* said enough: nothing to stderr */
}

/* Rows at the end of the block that decoding left untouched. */
static size_t untouched_rows(const unsigned char *block, tmsize_t size, tmsize_t row_size)
{
    tmsize_t used = size;

    while (used > 0 && block[used - 1] == UNTOUCHED)
        used--;
    return row_size > 0 ? (size_t)((size - used) / row_size) : 0;
}

/* Bytes of all blocks when they are decoded: the sides alone do not say it, for a tag may claim thousands of bits a pixel. */
static bool is_too_large(TIFF *tiff, bool tiled)
{
    uint64_t count = tiled ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff);
    tmsize_t size = tiled ? TIFFTileSize(tiff) : TIFFStripSize(tiff);

    return size > 0 && count > PICTURE_BYTES_MAX / (uint64_t)size;
}

/* The number of missing rows in all blocks, or SIZE_MAX if one cannot be decoded at all. */
static size_t count_missing(TIFF *tiff, bool tiled)
{
    uint32_t count = tiled ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff);
    tmsize_t most = tiled ? TIFFTileSize(tiff) : TIFFStripSize(tiff);
    tmsize_t row_size = tiled ? TIFFTileRowSize(tiff) : TIFFScanlineSize(tiff);
    size_t missing = 0;

    unsigned char *block = most > 0 ? malloc((size_t)most) : NULL;
    if (block == NULL)
        return SIZE_MAX;
    for (uint32_t i = 0; i < count && missing != SIZE_MAX; i++) {
        memset(block, UNTOUCHED, (size_t)most);
        tmsize_t got =
            tiled ? TIFFReadEncodedTile(tiff, i, block, most) : TIFFReadEncodedStrip(tiff, i, block, most);
        missing = got < 0 ? SIZE_MAX : missing + untouched_rows(block, got, row_size);
    }
    free(block);
    return missing;
}

int tiff_check(const struct bytes *file, uint64_t offset, struct error *error)
{
    struct source source = {.file = *file};
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    TIFF *tiff = NULL;
    bool whole = false;
    bool too_large = false;

    if (options == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory for a page of this TIFF");
    TIFFOpenOptionsSetErrorHandlerExtR(options, on_message, &source);
    TIFFOpenOptionsSetWarningHandlerExtR(options, on_message, &source);
    tiff = TIFFClientOpenExt("page", "rm", &source, source_read, source_write, source_seek, source_close,
                             source_size, NULL, NULL, options);
    TIFFOpenOptionsFree(options);
    if (tiff != NULL && TIFFSetSubDirectory(tiff, offset)) {
        uint32_t height = 0;
        TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
        too_large = is_too_large(tiff, TIFFIsTiled(tiff));
        size_t missing = too_large ? SIZE_MAX : count_missing(tiff, TIFFIsTiled(tiff));
        whole = !source.cut_short && (double)missing <= height * MISSING_ROWS_FORGIVEN;
    }
    if (tiff != NULL)
        TIFFClose(tiff);
    if (whole)
        return 0;
    if (too_large)
        return error_set(error, ERROR_TOO_LARGE,
                         "a page of this TIFF would take more memory than irsort allows one file: scan it again at 300 dpi");
    return error_set(error, ERROR_DAMAGED,
                     "a page of this TIFF is damaged or cut short: copy or scan it again");
}
