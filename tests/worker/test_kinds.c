/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One letter in every kind of file, read in the sandbox: no decoder may need what the sandbox forbids, now or in a later
 * version of its library. This program is its own child. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <libheif/heif.h>
#include <sys/mman.h>
#include <unistd.h>

#include "paper/paper.h"
#include "worker/spawn.h"
#include "worker/worker.h"

/* A heading, a number and a date, as they are on the first page of this letter. */
static const char *const source = PROJECT_DIR "/fixtures/examples/lt11.pdf";

static struct paper *paper;
static struct paper_page page;

static int file_with(const void *bytes, size_t size)
{
    int descriptor = memfd_create("file", MFD_CLOEXEC);

    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, bytes, size), size);
    return descriptor;
}

static int file_with_picture(int format)
{
    l_uint8 *bytes;
    size_t size;
    PIX *two_tone = format == IFF_TIFF_G4 ? pixThresholdToBinary(page.image, 128) : NULL;

    assert_int_equal(pixWriteMem(&bytes, &size, two_tone != NULL ? two_tone : page.image, format), 0);
    int file = file_with(bytes, size);
    lept_free(bytes);
    pixDestroy(&two_tone);
    return file;
}

static struct heif_error take_bytes(struct heif_context *context, const void *data, size_t size, void *file)
{
    (void)context;
    *(int *)file = file_with(data, size);
    return (struct heif_error){heif_error_Ok, heif_suberror_Unspecified, ""};
}

static int file_with_heic(void)
{
    struct heif_writer writer = {1, take_bytes};
    struct heif_context *context = heif_context_alloc();
    struct heif_encoder *encoder;
    struct heif_image *image;
    int width = pixGetWidth(page.image);
    int height = pixGetHeight(page.image);
    int stride;
    int file = -1;

    assert_int_equal(heif_context_get_encoder_for_format(context, heif_compression_HEVC, &encoder).code, 0);
    assert_int_equal(
        heif_image_create(width, height, heif_colorspace_monochrome, heif_chroma_monochrome, &image).code, 0);
    assert_int_equal(heif_image_add_plane(image, heif_channel_Y, width, height, 8).code, 0);
    uint8_t *plane = heif_image_get_plane(image, heif_channel_Y, &stride);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            l_uint32 value;
            pixGetPixel(page.image, x, y, &value);
            plane[y * stride + x] = (uint8_t)value;
        }
    }
    assert_int_equal(heif_context_encode_image(context, image, encoder, NULL, NULL).code, 0);
    assert_int_equal(heif_context_write(context, &writer, &file).code, 0);
    heif_image_release(image);
    heif_encoder_release(encoder);
    heif_context_free(context);
    return file;
}

static void every_kind_is_read_in_the_sandbox(void **state)
{
    const struct {
        const char *kind;
        int file;
    } files[] = {
        {"PDF", open(source, O_RDONLY | O_CLOEXEC)}, {"PNG", file_with_picture(IFF_PNG)},
        {"JPEG", file_with_picture(IFF_JFIF_JPEG)},  {"TIFF, fax", file_with_picture(IFF_TIFF_G4)},
        {"TIFF", file_with_picture(IFF_TIFF_LZW)},   {"TIFF, zip", file_with_picture(IFF_TIFF_ZIP)},
        {"WebP", file_with_picture(IFF_WEBP)},       {"PNM", file_with_picture(IFF_PNM)},
        {"HEIC", file_with_heic()},
    };
    struct worker_pool *pool;
    struct worker_result result;
    struct error error = {0};

    (void)state;
    assert_int_equal(worker_pool_new(&pool, 0, PROJECT_DIR, &error), 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        assert_int_equal(worker_pool_submit(pool, files[i].file, (void *)(uintptr_t)files[i].kind, &error), 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        assert_int_equal(worker_pool_next(pool, &result, &error), 1);
        if (result.error.code != ERROR_NONE)
            fail_msg("%s: %s", (const char *)result.tag, result.error.message);
        assert_int_equal(result.letter_count, 1);
        assert_string_equal(result.letters->id, "LT11");
        worker_result_dispose(&result);
    }
    worker_pool_free(pool);
}

static int setup(void **state)
{
    struct error error = {0};
    int descriptor = open(source, O_RDONLY | O_CLOEXEC);

    (void)state;
    int result = paper_open(&paper, descriptor, &error) < 0 || paper_load(paper, 0, PAPER_FULL, &page, &error) < 0 ? -1 : 0;
    close(descriptor);
    if (result < 0)
        return -1;
    PIX *grey = pixConvertTo8(page.image, 0);
    pixDestroy(&page.image);
    page.image = grey;
    return grey != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    paper_page_dispose(&page);
    paper_close(paper);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_read_in_the_sandbox),
    };

    if (argc == 3 && strcmp(argv[1], "--worker") == 0)
        return worker_main(SPAWN_SOCKET, argv[2], NULL);
    return cmocka_run_group_tests(tests, setup, teardown);
}
