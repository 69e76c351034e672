/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* PNG, WebP and PNM: one picture a file, read by Leptonica. */
#include <stdlib.h>

#include "paper/format.h"

static int open_raster(void **state, const struct bytes *file, size_t *page_count, struct error *error)
{
    l_int32 kind;
    l_int32 width;
    l_int32 height;

    if (pixReadHeaderMem(file->data, file->size, &kind, &width, &height, NULL, NULL, NULL) != 0)
        return error_set(error, ERROR_DAMAGED, "this picture is damaged: copy or scan it again");
    if (picture_check_size(width, height, error) < 0)
        return -1;
    struct bytes *copy = malloc(sizeof *copy);
    if (copy == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory to open this file");
    *copy = *file;
    *state = copy;
    *page_count = 1;
    return 0;
}

static int load_raster(void *state, size_t index, struct picture *out, struct error *error)
{
    const struct bytes *file = state;

    (void)index;
    out->pix = pixReadMem(file->data, file->size);
    if (out->pix == NULL)
        return error_set(error, ERROR_DAMAGED, "this picture is damaged or cut short: copy or scan it again");
    out->xres = pixGetXRes(out->pix);
    out->yres = pixGetYRes(out->pix);
    return 0;
}

const struct format raster_format = {open_raster, load_raster, free};
