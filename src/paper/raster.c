/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* PNG, WebP and PNM: one picture a file, read by Leptonica. */
#include <stdlib.h>
#include <string.h>

#include "paper/format.h"
#include "paper/sniff.h"

enum { PNG_SIGNATURE_SIZE = 8, PNG_CHUNK_OVERHEAD = 12 };

/* Whether the chunks go on to the last. libpng would find that out too, but say it on stderr. */
static bool png_is_whole(const struct bytes *file)
{
    size_t at = PNG_SIGNATURE_SIZE;

    while (file->size >= PNG_CHUNK_OVERHEAD && at <= file->size - PNG_CHUNK_OVERHEAD) {
        const unsigned char *chunk = file->data + at;
        size_t length = (size_t)chunk[0] << 24 | (size_t)chunk[1] << 16 | (size_t)chunk[2] << 8 | chunk[3];
        if (length > file->size - at - PNG_CHUNK_OVERHEAD)
            return false;
        if (memcmp(chunk + 4, "IEND", 4) == 0)
            return true;
        at += PNG_CHUNK_OVERHEAD + length;
    }
    return false;
}

/* Leptonica's picture of four bytes a pixel in colour, and beside it the decoder's rows. */
static unsigned bytes_a_pixel(int bits, int samples)
{
    unsigned rows = (unsigned)((bits > 8 ? bits : 8) / 8 * (samples > 0 ? samples : 1));

    return rows + (samples > 1 ? 4 : 1);
}

static int open_raster(void **state, const struct bytes *file, size_t *page_count, struct error *error)
{
    l_int32 kind;
    l_int32 width;
    l_int32 height;
    l_int32 bits;
    l_int32 samples;

    if (pixReadHeaderMem(file->data, file->size, &kind, &width, &height, &bits, &samples, NULL) != 0)
        return error_set(error, ERROR_DAMAGED, "this picture is damaged: copy or scan it again");
    if (picture_check_memory(width, height, bytes_a_pixel(bits, samples), error) < 0)
        return -1;
    struct bytes *copy = malloc(sizeof *copy);
    if (copy == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory to open this file");
    *copy = *file;
    *state = copy;
    *page_count = 1;
    return 0;
}

/* Leptonica does not say why it has no picture: so ask for as much memory as that takes. */
static bool memory_suffices(const struct bytes *file)
{
    l_int32 width;
    l_int32 height;
    l_int32 bits;
    l_int32 samples;

    if (pixReadHeaderMem(file->data, file->size, NULL, &width, &height, &bits, &samples, NULL) != 0)
        return true;
    PIX *probe = pixCreateNoInit(width, height, samples > 1 ? 32 : bits);
    bool suffices = probe != NULL;
    pixDestroy(&probe);
    return suffices;
}

static int load_raster(void *state, size_t index, struct picture *out, struct error *error)
{
    const struct bytes *file = state;

    (void)index;
    if (sniff(file->data, file->size) != KIND_PNG || png_is_whole(file))
        out->pix = pixReadMem(file->data, file->size);
    if (out->pix == NULL && !memory_suffices(file))
        return error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory for a picture in this file");
    if (out->pix == NULL)
        return error_set(error, ERROR_DAMAGED, "this picture is damaged or cut short: copy or scan it again");
    out->xres = pixGetXRes(out->pix);
    out->yres = pixGetYRes(out->pix);
    return 0;
}

const struct format raster_format = {open_raster, load_raster, free};
