/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "paper/pdf_raw.h"

#include <math.h>
#include <string.h>

#include "paper/jpeg.h"
#include "paper/limits.h"

/* A picture turned by less than this (its tangent; half a degree) is as good as level. */
static const float LEVEL = 0.009f;

static const double POINTS_PER_INCH = 72;

/* Sets orientation and resolution from the picture's place on the page; false if it lies aslant. */
static bool take_place(const struct pdf_survey *survey, struct picture *out)
{
    fz_matrix place = survey->scan_place;
    double across = hypotf(place.a, place.b); /* points that a row of the picture takes */
    double down = hypotf(place.c, place.d);
    bool level = fabsf(place.b) <= LEVEL * fabsf(place.a) && fabsf(place.c) <= LEVEL * fabsf(place.d);
    bool upended = fabsf(place.a) <= LEVEL * fabsf(place.b) && fabsf(place.d) <= LEVEL * fabsf(place.c);

    if (across <= 0 || down <= 0 || level == upended)
        return false;
    if (level)
        out->orientation = place.a > 0 ? (place.d > 0 ? 1 : 4) : (place.d > 0 ? 2 : 3);
    else
        out->orientation = place.b > 0 ? (place.c > 0 ? 5 : 6) : (place.c > 0 ? 8 : 7);
    out->xres = survey->scan->w * POINTS_PER_INCH / across;
    out->yres = survey->scan->h * POINTS_PER_INCH / down;
    return true;
}

static int damaged(struct error *error)
{
    return error_set(error, ERROR_DAMAGED, "a page of this PDF is damaged or cut short: scan it again");
}

/* Copies packed 1-bit rows from the stream; ink becomes 1. */
static int read_bilevel(fz_context *context, fz_stream *stream, const fz_image *image, PIX *pix,
                        struct error *error)
{
    bool ink_is_one = image->decode[1] < image->decode[0];
    size_t stride = ((size_t)image->w + 7) / 8;
    l_uint32 *line = pixGetData(pix);

    for (int y = 0; y < image->h; y++, line += pixGetWpl(pix)) {
        unsigned char *bytes = (unsigned char *)line;
        if (fz_read(context, stream, bytes, stride) < stride) {
            memset(bytes, 0, stride); /* an incomplete row: white */
            if (y < image->h * (1 - MISSING_ROWS_FORGIVEN))
                return damaged(error);
            continue;
        }
        for (size_t i = 0; !ink_is_one && i < stride; i++)
            bytes[i] = (unsigned char)~bytes[i];
    }
    pixEndianByteSwap(pix);
    pixSetPadBits(pix, 0);
    return 0;
}

static int take_bilevel(fz_context *context, fz_image *image, fz_compressed_buffer *buffer,
                        struct picture *out, struct error *error)
{
    fz_stream *stream = NULL;
    int result = -1;

    out->pix = pixCreate(image->w, image->h, 1);
    if (out->pix == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory for a page of this PDF");
    fz_var(stream);
    fz_var(result);
    fz_try(context)
    {
        stream = fz_open_compressed_buffer(context, buffer);
        result = read_bilevel(context, stream, image, out->pix, error);
    }
    fz_always(context)
    {
        fz_drop_stream(context, stream);
    }
    fz_catch(context)
    {
        fz_rethrow(context);
    }
    return result;
}

static int take_jpeg(fz_context *context, fz_compressed_buffer *buffer, struct picture *out,
                     struct error *error)
{
    unsigned char *data;
    size_t size = fz_buffer_storage(context, buffer->buffer, &data);
    int orientation = out->orientation;
    int result = jpeg_decode(data, size, out, error);

    out->orientation = orientation; /* a PDF's readers pay no heed to EXIF */
    return result;
}

static int copy_grey(fz_context *context, fz_pixmap *pixmap, struct picture *out, struct error *error)
{
    int width = fz_pixmap_width(context, pixmap);
    int height = fz_pixmap_height(context, pixmap);
    const unsigned char *from = fz_pixmap_samples(context, pixmap);

    out->pix = pixCreateNoInit(width, height, 8);
    if (out->pix == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory for a page of this PDF");
    for (int y = 0; y < height; y++)
        memcpy(pixGetData(out->pix) + (size_t)y * (size_t)pixGetWpl(out->pix),
               from + (size_t)y * (size_t)fz_pixmap_stride(context, pixmap), (size_t)width);
    pixEndianByteSwap(out->pix);
    return 0;
}

int pdf_take_grey(fz_context *context, fz_pixmap *pixmap, struct picture *out, struct error *error)
{
    fz_pixmap *grey = NULL;
    int result = -1;

    if (fz_pixmap_components(context, pixmap) == 1 && fz_pixmap_alpha(context, pixmap) == 0)
        return copy_grey(context, pixmap, out, error);
    fz_var(result);
    grey =
        fz_convert_pixmap(context, pixmap, fz_device_gray(context), NULL, NULL, fz_default_color_params, 0);
    result = copy_grey(context, grey, out, error);
    fz_drop_pixmap(context, grey);
    return result;
}

static int take_any(fz_context *context, fz_image *image, struct picture *out, struct error *error)
{
    fz_pixmap *pixmap = fz_get_unscaled_pixmap_from_image(context, image);
    int result = -1;

    fz_var(result);
    fz_try(context)
    {
        result = pdf_take_grey(context, pixmap, out, error);
    }
    fz_always(context)
    {
        fz_drop_pixmap(context, pixmap);
    }
    fz_catch(context)
    {
        fz_rethrow(context);
    }
    if (result == 0 && image->bpc == 1) { /* two colours of a palette: the darker one is ink */
        PIX *bits = pixThresholdToBinary(out->pix, 128);
        pixDestroy(&out->pix);
        out->pix = bits;
        if (bits == NULL)
            return error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory for a page of this PDF");
    }
    return result;
}

int pdf_raw(fz_context *context, const struct pdf_survey *survey, struct picture *out, struct error *error)
{
    fz_image *image = survey->scan;
    enum fz_colorspace_type space = fz_colorspace_type(context, image->colorspace);
    fz_compressed_buffer *buffer = fz_compressed_image_buffer(context, image);
    bool grey = space == FZ_COLORSPACE_GRAY && image->n == 1;
    bool colour = space == FZ_COLORSPACE_RGB && image->n == 3;
    bool bilevel = image->bpc == 1 && (survey->scan_is_mask || grey);
    int result;

    if (!take_place(survey, out))
        return 0;
    if (buffer != NULL && bilevel)
        result = take_bilevel(context, image, buffer, out, error);
    else if (survey->scan_is_mask || !(grey || colour || space == FZ_COLORSPACE_INDEXED))
        return 0;
    else if (buffer != NULL && buffer->params.type == FZ_IMAGE_JPEG && (grey || colour) &&
             !image->use_decode && buffer->params.u.jpeg.color_transform == -1)
        result = take_jpeg(context, buffer, out, error);
    else
        result = take_any(context, image, out, error);
    return result < 0 ? -1 : 1;
}
