/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* JPEG, PNG, WebP, PNM and HEIC: one picture a file. */
#include "sheet.h"

#include <libheif/heif.h>

/* The encoder that makes our HEIC files keeps some memory to the end; irsort itself never encodes. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libx265\n";
}

/* ---- JPEG ---- */

/* A JPEG of the sheet as a camera held that way stores it, with an EXIF block that says so. */
static void make_jpeg(struct buffer *file, PIX *pix, int orientation, bool big_endian, bool progressive)
{
    static const char little[] = "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\0\0\0\0\0\0\0\0";
    static const char big[] = "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
    char block[32];
    l_uint8 *bytes;
    size_t size;

    memcpy(block, big_endian ? big : little, sizeof block);
    block[big_endian ? 25 : 24] = (char)orientation;
    assert_int_equal(pixWriteMemJpeg(&bytes, &size, pix, 90, progressive), 0);
    buffer_init(file, TEST_FILE_MAX);
    buffer_add(file, bytes, 2);
    buffer_add(file, "\xFF\xE1\0\x22", 4);
    buffer_add(file, block, sizeof block);
    buffer_add(file, bytes + 2, size - 2);
    lept_free(bytes);
}

static void test_jpeg_orientations(void **state)
{
    (void)state;
    for (int orientation = 1; orientation <= 8; orientation++) {
        for (int big = 0; big <= 1; big++) {
            struct buffer file;
            PIX *pix = sheet_make(424, 550, 32, orientation);
            make_jpeg(&file, pix, orientation, big, orientation % 2 == 0);
            sheet_check(file.data, file.length, 424, 550, 8, 50);
            buffer_dispose(&file);
            pixDestroy(&pix);
        }
    }
}

static void test_jpeg_with_a_foul_exif_block(void **state)
{
    PIX *pix = sheet_make(424, 550, 8, 1);

    (void)state;
    for (size_t at = 12; at < 36; at++) { /* each byte of the block spoilt once */
        struct buffer file;
        make_jpeg(&file, pix, 1, false, false);
        file.data[at] = (char)0xFF;
        assert_int_equal(sheet_error(file.data, file.length), ERROR_NONE);
        buffer_dispose(&file);
    }
    pixDestroy(&pix);
}

/* Noise, so that every row takes bytes. */
static PIX *make_noise(int width, int height)
{
    PIX *pix = pixCreate(width, height, 8);
    unsigned seed = 1;

    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            seed = seed * 1103515245 + 12345;
            pixSetPixel(pix, x, y, seed >> 16 & 0xFF);
        }
    }
    return pix;
}

static void test_jpeg_cut_short(void **state)
{
    PIX *pix = make_noise(424, 550);

    (void)state;
    for (int progressive = 0; progressive <= 1; progressive++) {
        struct buffer file;
        make_jpeg(&file, pix, 1, false, progressive);
        assert_int_equal(sheet_error(file.data, file.length), ERROR_NONE);
        assert_int_equal(sheet_error(file.data, file.length - 2),
                         ERROR_NONE); /* only the end marker is missing */
        assert_int_equal(sheet_error(file.data, file.length / 2), ERROR_DAMAGED);
        assert_int_equal(sheet_error(file.data, 300), ERROR_DAMAGED);
        assert_int_equal(sheet_error(file.data, 3), ERROR_DAMAGED);
        buffer_dispose(&file);
    }
    pixDestroy(&pix);
}

static struct paper_page glance_at(const struct buffer *file)
{
    struct paper *paper = sheet_must_open(file->data, file->length, 1);
    struct paper_page page = {0};
    struct error error = {0};

    assert_int_equal(paper_load(paper, 0, PAPER_GLANCE, &page, &error), 0);
    paper_close(paper);
    assert_true(page.glance);
    return page;
}

/* The sheet's upper left corner is inked, and so far as the picture goes down nothing else is. */
static void assert_top_of_sheet(const struct paper_page *page, int width, int height, int dpi)
{
    l_uint32 ink = 0;
    l_uint32 paper = 0;

    assert_int_equal(pixGetWidth(page->image), width);
    assert_int_equal(pixGetHeight(page->image) + page->below, height);
    assert_int_equal(page->dpi, dpi);
    pixGetPixel(page->image, width / 8, height / 8, &ink);
    pixGetPixel(page->image, width / 8, height / 3, &paper);
    assert_true(ink < 64 && paper > 192);
}

/* Of a grey page with dots enough a glance shows the upper part at half of them. */
static void test_a_glance_shows_the_top(void **state)
{
    struct buffer file;
    PIX *pix = sheet_make(2550, 3300, 8, 1);
    PIX *coarse = sheet_make(1700, 2200, 8, 1);
    struct paper_page page;

    (void)state;
    pixSetResolution(pix, 300, 300);
    make_jpeg(&file, pix, 1, false, false);
    page = glance_at(&file);
    assert_top_of_sheet(&page, 1275, 1650, 150);
    assert_true(page.below > 800);
    paper_page_dispose(&page);
    buffer_dispose(&file);

    pixSetResolution(coarse, 200, 200); /* half of that would be too few */
    make_jpeg(&file, coarse, 1, false, true);
    page = glance_at(&file);
    assert_top_of_sheet(&page, 1700, 2200, 200);
    assert_true(page.below > 1100);
    paper_page_dispose(&page);
    buffer_dispose(&file);
    pixDestroy(&coarse);
    pixDestroy(&pix);
}

/* Its top is not where the file begins. */
static void test_a_glance_at_a_turned_page_shows_all(void **state)
{
    struct buffer file;
    PIX *pix = sheet_make(2550, 3300, 8, 3);
    struct paper_page page;

    (void)state;
    pixSetResolution(pix, 300, 300);
    make_jpeg(&file, pix, 3, false, false);
    page = glance_at(&file);
    assert_top_of_sheet(&page, 1275, 1650, 150);
    assert_int_equal(page.below, 0);
    paper_page_dispose(&page);
    buffer_dispose(&file);
    pixDestroy(&pix);
}

/* A page that is cut short below the glance is told all the same. */
static void test_a_glance_tells_damage(void **state)
{
    PIX *pix = make_noise(850, 1100);
    struct buffer file;
    struct paper_page page = {0};
    struct error error = {0};

    (void)state;
    make_jpeg(&file, pix, 1, false, false);
    struct paper *paper = sheet_must_open(file.data, file.length * 3 / 4, 1);
    assert_int_equal(paper_load(paper, 0, PAPER_GLANCE, &page, &error), -1);
    assert_int_equal(error.code, ERROR_DAMAGED);
    paper_close(paper);
    buffer_dispose(&file);
    pixDestroy(&pix);
}

static void test_jpeg_is_decoded_small(void **state)
{
    struct buffer file;
    PIX *pix = sheet_make(6000, 8000, 8, 1); /* a telephone's 48 megapixels */

    (void)state;
    make_jpeg(&file, pix, 1, false, false);
    sheet_check(file.data, file.length, 3000, 4000, 8, 364); /* 4000 / 11 */
    buffer_dispose(&file);
    pixDestroy(&pix);
}

/* A 65,500 x 65,500 JPEG: only its header has to be true. */
static void test_jpeg_pixels_are_counted_before_decoding(void **state)
{
    struct buffer file;
    PIX *pix = sheet_make(424, 550, 8, 1);

    (void)state;
    make_jpeg(&file, pix, 1, false, false);
    char *frame = memmem(file.data, file.length, "\xFF\xC0", 2);
    assert_non_null(frame);
    memcpy(frame + 5, "\xFF\xDC\xFF\xDC", 4);
    assert_int_equal(sheet_error(file.data, file.length), ERROR_TOO_LARGE);
    buffer_dispose(&file);
    pixDestroy(&pix);
}

/* ---- PNG, WebP, PNM ---- */

enum writing { AS_PNG, AS_WEBP, AS_PNM };

static void check_written(PIX *pix, enum writing as, int width, int height, int depth, int dpi)
{
    l_uint8 *bytes = NULL;
    size_t size = 0;

    if (as == AS_PNG)
        assert_int_equal(pixWriteMemPng(&bytes, &size, pix, 0), 0);
    else if (as == AS_WEBP)
        assert_int_equal(pixWriteMemWebP(&bytes, &size, pix, 90, 0), 0);
    else
        assert_int_equal(pixWriteMemPnm(&bytes, &size, pix), 0);
    sheet_check(bytes, size, width, height, depth, dpi);
    lept_free(bytes);
}

static void test_png_of_every_depth(void **state)
{
    static const int depths[] = {1, 2, 4, 8, 16, 32};

    (void)state;
    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
        PIX *pix = sheet_make(427, 550, depths[i], 1);
        pixSetResolution(pix, 72, 72); /* 7.6 inches: believable */
        check_written(pix, AS_PNG, 427, 550, depths[i] == 1 ? 1 : 8, 72);
        pixDestroy(&pix);
    }
}

/* White first, ink second: the index is not the grey. */
static void test_png_with_a_palette(void **state)
{
    (void)state;
    for (int depth = 1; depth <= 8; depth *= 2) {
        for (int coloured = 0; coloured <= 1; coloured++) {
            PIX *pix = pixCreate(427, 550, depth);
            PIXCMAP *map = pixcmapCreate(depth);
            pixcmapAddColor(map, 255, 255, coloured ? 220 : 255);
            pixcmapAddColor(map, coloured ? 60 : 0, 0, 0);
            for (int y = 0; y < 550; y++) {
                for (int x = 0; x < 427; x++)
                    pixSetPixel(pix, x, y, sheet_ink(x, y, 427, 550));
            }
            pixSetColormap(pix, map);
            check_written(pix, AS_PNG, 427, 550, depth == 1 && !coloured ? 1 : 8, 50);
            pixDestroy(&pix);
        }
    }
}

/* Transparent paper is white, whatever colour lies below. */
static void test_alpha_is_put_on_white(void **state)
{
    (void)state;
    for (int as = AS_PNG; as <= AS_WEBP; as++) {
        PIX *pix = pixCreate(424, 550, 32);
        pixSetSpp(pix, 4);
        for (int y = 0; y < 550; y++) {
            for (int x = 0; x < 424; x++)
                pixSetPixel(pix, x, y, sheet_ink(x, y, 424, 550) ? 0x000000FF : 0x00000000);
        }
        check_written(pix, (enum writing)as, 424, 550, 8, 50);
        pixDestroy(&pix);
    }
}

static void test_webp_and_pnm(void **state)
{
    PIX *colour = sheet_make(424, 550, 32, 1);
    PIX *grey = sheet_make(424, 550, 8, 1);
    PIX *bits = sheet_make(427, 550, 1, 1);

    (void)state;
    check_written(colour, AS_WEBP, 424, 550, 8, 50);
    check_written(colour, AS_PNM, 424, 550, 8, 50);
    check_written(grey, AS_PNM, 424, 550, 8, 50);
    check_written(bits, AS_PNM, 427, 550, 1, 50);
    pixDestroy(&colour);
    pixDestroy(&grey);
    pixDestroy(&bits);
}

static void test_cut_short(void **state)
{
    PIX *pix = make_noise(424, 550);
    PIX *colour = pixConvertTo32(pix);
    l_uint8 *bytes;
    size_t size;

    (void)state;
    for (int as = AS_PNG; as <= AS_PNM; as++) {
        if (as == AS_PNG)
            pixWriteMemPng(&bytes, &size, pix, 0);
        else if (as == AS_WEBP)
            pixWriteMemWebP(&bytes, &size, colour, 90, 0);
        else
            pixWriteMemPnm(&bytes, &size, pix);
        assert_int_equal(sheet_error(bytes, size), ERROR_NONE);
        assert_int_equal(sheet_error(bytes, size / 2), ERROR_DAMAGED);
        assert_int_equal(sheet_error(bytes, 12), ERROR_DAMAGED);
        lept_free(bytes);
    }
    pixDestroy(&pix);
    pixDestroy(&colour);
}

static void test_png_pixels_are_counted_before_decoding(void **state)
{
    static const unsigned char header[] =
        "\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\xEA\x60\0\0\xEA\x60\x08\0\0\0\0"
        "\x5B\x6E\x2B\x5C\0\0\0\0IDAT\x35\xAF\x06\x1E";

    (void)state;
    assert_int_equal(sheet_error(header, sizeof header - 1), ERROR_TOO_LARGE);
    assert_int_equal(sheet_error("P4\n60000 60000\n.............", 28), ERROR_TOO_LARGE);
}

/* ---- HEIC ---- */

static struct heif_error take_bytes(struct heif_context *context, const void *bytes, size_t size, void *user)
{
    (void)context;
    buffer_add(user, bytes, size);
    return (struct heif_error){heif_error_Ok, heif_suberror_Unspecified, "ok"};
}

static void make_heic(struct buffer *file, int width, int height, int orientation, unsigned pictures)
{
    struct heif_context *context = heif_context_alloc();
    struct heif_encoder *encoder;
    struct heif_encoding_options *options = heif_encoding_options_alloc();
    static struct heif_writer writer = {1, take_bytes};

    buffer_init(file, TEST_FILE_MAX);
    options->image_orientation = (enum heif_orientation)orientation;
    assert_int_equal(heif_context_get_encoder_for_format(context, heif_compression_HEVC, &encoder).code, 0);
    for (; pictures > 0; pictures--) {
        PIX *pix = sheet_make(width, height, 8, orientation);
        struct heif_image *image;
        int stride;
        heif_image_create(pixGetWidth(pix), pixGetHeight(pix), heif_colorspace_RGB,
                          heif_chroma_interleaved_RGB, &image);
        heif_image_add_plane(image, heif_channel_interleaved, pixGetWidth(pix), pixGetHeight(pix), 8);
        uint8_t *plane = heif_image_get_plane(image, heif_channel_interleaved, &stride);
        for (int y = 0; y < pixGetHeight(pix); y++) {
            for (int x = 0; x < pixGetWidth(pix); x++) {
                l_uint32 value;
                pixGetPixel(pix, x, y, &value);
                memset(plane + y * stride + x * 3, (int)value, 3);
            }
        }
        assert_int_equal(heif_context_encode_image(context, image, encoder, options, NULL).code, 0);
        heif_image_release(image);
        pixDestroy(&pix);
    }
    assert_int_equal(heif_context_write(context, &writer, file).code, 0);
    heif_encoder_release(encoder);
    heif_encoding_options_free(options);
    heif_context_free(context);
}

static void test_heic_orientations(void **state)
{
    (void)state;
    for (int orientation = 1; orientation <= 8; orientation++) {
        struct buffer file;
        make_heic(&file, 424, 544, orientation, 1);
        sheet_check(file.data, file.length, 424, 544, 8, 49);
        buffer_dispose(&file);
    }
}

static void test_heic_with_several_pictures(void **state)
{
    struct buffer file;

    (void)state;
    make_heic(&file, 424, 544, 1, 3);
    struct paper *paper = sheet_must_open(file.data, file.length, 3);
    struct paper_page page = sheet_load(paper, 2);
    sheet_assert(&page, 424, 544, 8, 49);
    paper_page_dispose(&page);
    paper_close(paper);
    buffer_dispose(&file);
}

static void test_heic_cut_short(void **state)
{
    struct buffer file;

    (void)state;
    make_heic(&file, 424, 544, 1, 1);
    assert_int_equal(sheet_error(file.data, file.length - 200), ERROR_DAMAGED);
    assert_int_equal(sheet_error(file.data, 100), ERROR_DAMAGED);
    assert_int_equal(sheet_error(file.data, 16), ERROR_DAMAGED);
    buffer_dispose(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jpeg_orientations),
        cmocka_unit_test(test_jpeg_with_a_foul_exif_block),
        cmocka_unit_test(test_jpeg_cut_short),
        cmocka_unit_test(test_a_glance_shows_the_top),
        cmocka_unit_test(test_a_glance_at_a_turned_page_shows_all),
        cmocka_unit_test(test_a_glance_tells_damage),
        cmocka_unit_test(test_jpeg_is_decoded_small),
        cmocka_unit_test(test_jpeg_pixels_are_counted_before_decoding),
        cmocka_unit_test(test_png_of_every_depth),
        cmocka_unit_test(test_png_with_a_palette),
        cmocka_unit_test(test_alpha_is_put_on_white),
        cmocka_unit_test(test_webp_and_pnm),
        cmocka_unit_test(test_cut_short),
        cmocka_unit_test(test_png_pixels_are_counted_before_decoding),
        cmocka_unit_test(test_heic_orientations),
        cmocka_unit_test(test_heic_with_several_pictures),
        cmocka_unit_test(test_heic_cut_short),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
