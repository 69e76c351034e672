/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "paper/jpeg.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "paper/format.h"
#include "paper/ifd.h"
#include "paper/limits.h"

enum { EXIF_MARKER = JPEG_APP0 + 1, MARKER_MAX = 0xFFFF };

enum { ESCAPED_DAMAGE = 1, ESCAPED_MEMORY };

struct decoder {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr manager;
    jmp_buf escape;
    PIX *pix;     /* being filled; owned */
    JSAMPLE *row; /* of a CMYK picture; owned */
    bool broken;  /* from row `broken_at` on, what comes out is made up */
    JDIMENSION broken_at;
};

static int damaged(struct error *error)
{
    return error_set(error, ERROR_DAMAGED,
                     "a JPEG picture in this file is damaged or cut short: copy or scan it again");
}

static int no_memory(struct error *error)
{
    return error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory for a picture in this file");
}

static void on_error(j_common_ptr common)
{
    struct decoder *decoder = common->client_data;

    longjmp(decoder->escape, common->err->msg_code == JERR_OUT_OF_MEMORY ? ESCAPED_MEMORY : ESCAPED_DAMAGE);
}

/* Called for warnings (level < 0) too. libjpeg fills what is missing with grey and only warns. */
static void on_message(j_common_ptr common, int level)
{
    struct decoder *decoder = common->client_data;
    int code = common->err->msg_code;

    if (level >= 0 || decoder->broken)
        return;
    /* a missing end marker alone (JWRN_JPEG_EOF) costs nothing */
    if (code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE || code == JWRN_ARITH_BAD_CODE) {
        decoder->broken = true;
        decoder->broken_at = decoder->jpeg.output_scanline;
    }
}

static void on_output(j_common_ptr common)
{
    (void)common;
}

static void read_facts(struct decoder *decoder, struct picture *out)
{
    struct jpeg_decompress_struct *jpeg = &decoder->jpeg;
    double unit = jpeg->density_unit == 1 ? 1 : jpeg->density_unit == 2 ? 2.54 : 0;
    double xres = jpeg->saw_JFIF_marker ? jpeg->X_density * unit : 0;
    double yres = jpeg->saw_JFIF_marker ? jpeg->Y_density * unit : 0;

    for (jpeg_saved_marker_ptr marker = jpeg->marker_list; marker != NULL; marker = marker->next) {
        struct ifd_file file;
        struct ifd ifd;

        if (marker->data_length < 6 || memcmp(marker->data, "Exif\0\0", 6) != 0 ||
            !ifd_open(&file, marker->data + 6, marker->data_length - 6) || !ifd_read(&file, file.first, &ifd))
            continue;
        out->orientation = ifd.orientation;
        if (xres <= 0) {
            xres = ifd.xres;
            yres = ifd.yres;
        }
        break;
    }
    if (out->xres <= 0) {
        out->xres = xres;
        out->yres = yres;
    }
}

/* Ink is additive in CMYK as libjpeg hands it out; Adobe's files hold it inverted. */
static void cmyk_to_grey(const JSAMPLE *from, l_uint8 *to, JDIMENSION width, bool inverted)
{
    for (JDIMENSION x = 0; x < width; x++, from += 4) {
        unsigned part[4];
        for (int i = 0; i < 4; i++)
            part[i] = inverted ? from[i] : 255u - from[i];
        unsigned colour = (part[0] * 299 + part[1] * 587 + part[2] * 114) / 1000;
        to[x] = (l_uint8)(colour * part[3] / 255);
    }
}

static void read_rows(struct decoder *decoder)
{
    struct jpeg_decompress_struct *jpeg = &decoder->jpeg;
    l_uint32 *line = pixGetData(decoder->pix);

    while (jpeg->output_scanline < (JDIMENSION)pixGetHeight(decoder->pix)) {
        if (decoder->row == NULL) {
            JSAMPROW direct = (JSAMPROW)line;
            jpeg_read_scanlines(jpeg, &direct, 1);
        } else {
            jpeg_read_scanlines(jpeg, &decoder->row, 1);
            cmyk_to_grey(decoder->row, (l_uint8 *)line, jpeg->output_width, jpeg->saw_Adobe_marker);
        }
        line += pixGetWpl(decoder->pix);
    }
    pixEndianByteSwap(decoder->pix);
}

static int choose_output(struct decoder *decoder, struct picture *out, struct error *error)
{
    struct jpeg_decompress_struct *jpeg = &decoder->jpeg;

    if (picture_check_size(jpeg->image_width, jpeg->image_height, error) < 0)
        return -1;
    read_facts(decoder, out);
    int eighths = picture_eighths(out, jpeg->image_width, jpeg->image_height);
    jpeg->scale_num = (unsigned)eighths;
    jpeg->scale_denom = EIGHTHS;
    out->xres = out->xres * eighths / EIGHTHS;
    out->yres = out->yres * eighths / EIGHTHS;
    bool four = jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK;
    jpeg->out_color_space = four ? JCS_CMYK : JCS_GRAYSCALE;
    jpeg->dct_method = JDCT_ISLOW;
    return 0;
}

/* What was cut short must be decoded to where it ends, to be told. */
static bool ends_whole(const unsigned char *data, size_t size)
{
    while (size > 2 && (data[size - 1] == 0 || data[size - 1] == '\n' || data[size - 1] == '\r'))
        size--;
    return size > 2 && data[size - 2] == 0xFF && data[size - 1] == JPEG_EOI;
}

/* Any libjpeg call in here may jump out to jpeg_decode. */
static int decode(struct decoder *decoder, const unsigned char *data, size_t size, struct picture *out,
                  struct error *error)
{
    struct jpeg_decompress_struct *jpeg = &decoder->jpeg;

    jpeg_create_decompress(jpeg);
    jpeg_mem_src(jpeg, data, size);
    jpeg_save_markers(jpeg, EXIF_MARKER, MARKER_MAX);
    jpeg_read_header(jpeg, TRUE);
    if (choose_output(decoder, out, error) < 0)
        return -1;
    jpeg_start_decompress(jpeg);
    int rows = ends_whole(data, size) ? picture_rows(out, (int)jpeg->output_height) : (int)jpeg->output_height;
    out->below = (int)jpeg->output_height - rows;
    decoder->pix = pixCreateNoInit((l_int32)jpeg->output_width, rows, 8);
    if (decoder->pix == NULL)
        return no_memory(error);
    if (jpeg->output_components == 4) {
        decoder->row = malloc((size_t)jpeg->output_width * 4);
        if (decoder->row == NULL)
            return no_memory(error);
    }
    read_rows(decoder);
    if (decoder->broken && decoder->broken_at < jpeg->output_height * (1 - MISSING_ROWS_FORGIVEN))
        return damaged(error);
    out->pix = decoder->pix;
    decoder->pix = NULL;
    return 0;
}

int jpeg_decode(const unsigned char *data, size_t size, struct picture *out, struct error *error)
{
    struct decoder decoder = {0};
    volatile int result = -1;

    decoder.jpeg.err = jpeg_std_error(&decoder.manager);
    decoder.manager.error_exit = on_error;
    decoder.manager.emit_message = on_message;
    decoder.manager.output_message = on_output;
    decoder.jpeg.client_data = &decoder;
    switch (setjmp(decoder.escape)) {
    case 0:
        result = decode(&decoder, data, size, out, error);
        break;
    case ESCAPED_MEMORY:
        no_memory(error);
        break;
    default:
        damaged(error);
    }
    jpeg_destroy_decompress(&decoder.jpeg);
    free(decoder.row);
    pixDestroy(&decoder.pix);
    return result;
}

static int open_jpeg(void **state, const struct bytes *file, size_t *page_count, struct error *error)
{
    struct bytes *copy = malloc(sizeof *copy);

    if (copy == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory to open this file");
    *copy = *file;
    *state = copy;
    *page_count = 1;
    return 0;
}

static int load_jpeg(void *state, size_t index, struct picture *out, struct error *error)
{
    const struct bytes *file = state;

    (void)index;
    return jpeg_decode(file->data, file->size, out, error);
}

const struct format jpeg_format = {open_jpeg, load_jpeg, free};
