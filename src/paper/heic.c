/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* HEIC, as telephones write it: libheif obeys the file's own rotation and mirroring. */
#include <stdlib.h>
#include <string.h>

#include <libheif/heif.h>

#include "paper/format.h"
#include "paper/limits.h"

/* libheif has libde265 start a thread, which a process that reads may not have, and the decoder would wait for it for
 * ever. This is found first by the dynamic linker: without it libde265 decodes in the thread that calls. */
int de265_start_worker_threads(void *decoder, int count);
int de265_start_worker_threads(void *decoder, int count)
{
    (void)decoder, (void)count;
    return 0; /* DE265_OK */
}

/* The decoder's picture, libheif's copy of it and its conversion to RGBA. */
enum { BYTES_A_PIXEL = 10 };

struct heic {
    struct heif_context *context;
    heif_item_id *ids;
    size_t count;
};

static void close_heic(void *state)
{
    struct heic *heic = state;

    if (heic == NULL)
        return;
    heif_context_free(heic->context);
    free(heic->ids);
    free(heic);
}

static int damaged(struct error *error)
{
    return error_set(error, ERROR_DAMAGED,
                     "this HEIC picture is damaged or of a kind that cannot be read: "
                     "save it as JPEG and try again");
}

static int open_heic(void **state, const struct bytes *file, size_t *page_count, struct error *error)
{
    struct heic *heic = calloc(1, sizeof *heic);
    int result = -1;

    if (heic == NULL || (heic->context = heif_context_alloc()) == NULL) {
        error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory to open this file");
        goto done;
    }
    heif_context_set_max_decoding_threads(heic->context, 0); /* 0: in the thread that calls */
    struct heif_error bad =
        heif_context_read_from_memory_without_copy(heic->context, file->data, file->size, NULL);
    int count = bad.code == heif_error_Ok ? heif_context_get_number_of_top_level_images(heic->context) : 0;
    if (count <= 0) {
        damaged(error);
        goto done;
    }
    heic->count = (size_t)count;
    heic->ids = calloc(heic->count, sizeof *heic->ids);
    if (heic->ids == NULL) {
        error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory to open this file");
        goto done;
    }
    heif_context_get_list_of_top_level_image_IDs(heic->context, heic->ids, count);
    *page_count = heic->count;
    *state = heic;
    heic = NULL;
    result = 0;
done:
    close_heic(heic);
    return result;
}

/* The picture without its alpha, or laid on white where it has one. */
static PIX *take_pixels(const struct heif_image *image)
{
    int stride;
    const uint8_t *pixels = heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride);
    int width = heif_image_get_width(image, heif_channel_interleaved);
    int height = heif_image_get_height(image, heif_channel_interleaved);

    if (pixels == NULL || width <= 0 || height <= 0)
        return NULL;
    PIX *pix = pixCreateNoInit(width, height, 8);
    if (pix == NULL)
        return NULL;
    for (int y = 0; y < height; y++) {
        const uint8_t *from = pixels + (size_t)y * (size_t)stride;
        l_uint8 *to = (l_uint8 *)(pixGetData(pix) + (size_t)y * (size_t)pixGetWpl(pix));
        for (int x = 0; x < width; x++, from += 4) {
            unsigned grey = (from[0] * 299u + from[1] * 587u + from[2] * 114u) / 1000;
            to[x] = (l_uint8)((grey * from[3] + 255u * (255u - from[3])) / 255);
        }
    }
    pixEndianByteSwap(pix);
    return pix;
}

static int load_heic(void *state, size_t index, struct picture *out, struct error *error)
{
    struct heic *heic = state;
    struct heif_image_handle *handle = NULL;
    struct heif_image *image = NULL;
    int result = -1;

    struct heif_error bad = heif_context_get_image_handle(heic->context, heic->ids[index], &handle);
    if (bad.code != heif_error_Ok) {
        damaged(error);
        goto done;
    }
    if (picture_check_memory(heif_image_handle_get_width(handle), heif_image_handle_get_height(handle),
                             BYTES_A_PIXEL, error) < 0)
        goto done;
    bad = heif_decode_image(handle, &image, heif_colorspace_RGB, heif_chroma_interleaved_RGBA, NULL);
    if (bad.code == heif_error_Memory_allocation_error) {
        error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory for a picture in this file");
        goto done;
    }
    if (bad.code != heif_error_Ok) {
        damaged(error);
        goto done;
    }
    out->pix = take_pixels(image);
    if (out->pix == NULL) {
        damaged(error);
        goto done;
    }
    result = 0;
done:
    heif_image_release(image);
    heif_image_handle_release(handle);
    return result;
}

const struct format heic_format = {open_heic, load_heic, close_heic};
