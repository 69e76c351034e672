/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* TIFFs written by hand, tag by tag: fax pages, both polarities and byte orders, orientations, many pages. */
#include "sheet.h"

struct tiff_spec {
    bool big_endian;
    int width, height; /* upright */
    int bits;          /* 1 or 8 */
    int photometric;   /* 0: white is zero; 1: black is zero */
    int orientation;   /* 0: no tag */
    unsigned xres, yres, unit;
    bool thumbnail;
    int claimed_width; /* instead of the real one */
};

static void put(struct buffer *file, bool big_endian, unsigned count, unsigned long value)
{
    for (unsigned i = 0; i < count; i++)
        buffer_byte(file, (char)(value >> 8 * (big_endian ? count - 1 - i : i)));
}

static void put_at(struct buffer *file, size_t at, bool big_endian, unsigned long value)
{
    for (unsigned i = 0; i < 4; i++)
        file->data[at + i] = (char)(value >> 8 * (big_endian ? 3 - i : i));
}

static void put_tag(struct buffer *file, bool big_endian, unsigned tag, unsigned type, unsigned long value)
{
    put(file, big_endian, 2, tag);
    put(file, big_endian, 2, type);
    put(file, big_endian, 4, 1);
    if (type == 3) {
        put(file, big_endian, 2, value);
        put(file, big_endian, 2, 0);
    } else {
        put(file, big_endian, 4, value);
    }
}

static void put_strip(struct buffer *file, const struct tiff_spec *spec, PIX *pix)
{
    for (int y = 0; y < pixGetHeight(pix); y++) {
        unsigned byte = 0;
        for (int x = 0; x < pixGetWidth(pix); x++) {
            l_uint32 value;
            pixGetPixel(pix, x, y, &value);
            if (spec->bits == 8) {
                buffer_byte(file, (char)(spec->photometric == 0 ? 255 - value : value));
                continue;
            }
            byte = byte << 1 | (spec->photometric == 0 ? value : !value);
            if (x % 8 == 7 || x == pixGetWidth(pix) - 1) {
                buffer_byte(file, (char)(byte << (7 - x % 8)));
                byte = 0;
            }
        }
    }
}

/* Appends a page; `link` is where the offset of its directory has to be written, and becomes the next such
 * place. */
static void put_page(struct buffer *file, size_t *link, const struct tiff_spec *spec)
{
    bool big = spec->big_endian;
    PIX *pix =
        sheet_make(spec->width, spec->height, spec->bits, spec->orientation > 0 ? spec->orientation : 1);
    size_t strip = file->length;

    put_strip(file, spec, pix);
    size_t strip_size = file->length - strip;
    while (file->length % 2 != 0)
        buffer_byte(file, 0);
    size_t xres = file->length;
    put(file, big, 4, spec->xres);
    put(file, big, 4, 1);
    put(file, big, 4, spec->yres);
    put(file, big, 4, 1);
    put_at(file, *link, big, file->length);
    put(file, big, 2, 13u + (spec->orientation > 0));
    put_tag(file, big, 254, 4, spec->thumbnail ? 1 : 0);
    put_tag(file, big, 256, 4,
            (unsigned long)(spec->claimed_width > 0 ? spec->claimed_width : pixGetWidth(pix)));
    put_tag(file, big, 257, 4,
            (unsigned long)(spec->claimed_width > 0 ? spec->claimed_width : pixGetHeight(pix)));
    put_tag(file, big, 258, 3, (unsigned long)spec->bits);
    put_tag(file, big, 259, 3, 1);
    put_tag(file, big, 262, 3, (unsigned long)spec->photometric);
    put_tag(file, big, 273, 4, strip);
    if (spec->orientation > 0)
        put_tag(file, big, 274, 3, (unsigned long)spec->orientation);
    put_tag(file, big, 277, 3, 1);
    put_tag(file, big, 278, 4, (unsigned long)pixGetHeight(pix));
    put_tag(file, big, 279, 4, strip_size);
    put_tag(file, big, 282, 5, xres);
    put_tag(file, big, 283, 5, xres + 8);
    put_tag(file, big, 296, 3, spec->unit);
    *link = file->length;
    put(file, big, 4, 0);
    pixDestroy(&pix);
}

static void begin(struct buffer *file, size_t *link, bool big_endian)
{
    buffer_init(file, TEST_FILE_MAX);
    buffer_text(file, big_endian ? "MM" : "II");
    put(file, big_endian, 2, 42);
    *link = file->length;
    put(file, big_endian, 4, 0);
}

static void check_one(const struct tiff_spec *spec, int width, int height, int dpi)
{
    struct buffer file;
    size_t link;

    begin(&file, &link, spec->big_endian);
    put_page(&file, &link, spec);
    assert_false(file.failed);
    sheet_check(file.data, file.length, width, height, spec->bits, dpi);
    buffer_dispose(&file);
}

static void test_polarity_and_byte_order(void **state)
{
    (void)state;
    for (int bits = 1; bits <= 8; bits += 7) {
        for (int photometric = 0; photometric <= 1; photometric++) {
            for (int big = 0; big <= 1; big++) {
                struct tiff_spec spec = {big, 427, 550, bits, photometric, 0, 50, 50, 2, false, 0};
                check_one(&spec, 427, 550, 50);
            }
        }
    }
}

static void test_orientations(void **state)
{
    (void)state;
    for (int orientation = 1; orientation <= 8; orientation++) {
        struct tiff_spec spec = {false, 424, 550, 1, 0, orientation, 50, 50, 2, false, 0};
        check_one(&spec, 424, 550, 50);
        spec.bits = 8;
        check_one(&spec, 424, 550, 50);
    }
}

/* Standard fax: a line has 1728 dots at 204 an inch, and there are 98 lines an inch. ITU-T T.4. */
static void test_fax_pixels_become_square(void **state)
{
    (void)state;
    struct tiff_spec standard = {false, 1728, 1078, 1, 0, 0, 204, 98, 2, false, 0};
    check_one(&standard, 1728, 2244, 204); /* 1078 * 204 / 98 */
    struct tiff_spec fine = {false, 1728, 2156, 1, 0, 0, 204, 196, 2, false, 0};
    check_one(&fine, 1728, 2244, 204);
    struct tiff_spec metric = {false, 1728, 1078, 1, 0, 0, 80, 38, 3, false, 0}; /* dots a centimetre */
    check_one(&metric, 1728, 2269, 203); /* 1078 * 80 / 38; 80 * 2.54 */
    /* lying on its side, the coarse axis is the upright page's width */
    struct tiff_spec turned = {false, 1078, 1728, 1, 0, 6, 204, 98, 2, false, 0};
    check_one(&turned, 2244, 1728, 204);
}

static void test_resolution_is_doubted(void **state)
{
    (void)state;
    struct tiff_spec none = {false, 850, 1100, 1,     0, 0,
                             100,   100, 1,    false, 0}; /* a ratio, not a resolution */
    check_one(&none, 850, 1100, 100);
    struct tiff_spec silly = {false, 850, 1100, 1, 0, 0, 1, 1, 2, false, 0};
    check_one(&silly, 850, 1100, 100);
    struct tiff_spec photo = {false, 1700, 2200, 8, 1, 0, 72, 72, 2, false, 0}; /* 30 inches long? */
    check_one(&photo, 1700, 2200, 200);
    struct tiff_spec small = {false, 1000, 1500, 8, 1, 0, 300, 300, 2, false, 0}; /* a receipt of 5 inches */
    check_one(&small, 1000, 1500, 300);
}

static void test_large_pages_are_reduced(void **state)
{
    (void)state;
    struct tiff_spec six_hundred = {false, 5100, 6600, 1, 0, 0, 600, 600, 2, false, 0};
    check_one(&six_hundred, 2550, 3300, 300);
    struct tiff_spec twelve_hundred = {false, 4800, 6000, 8, 1, 0, 1200, 1200, 2, false, 0}; /* 4 x 5 in */
    check_one(&twelve_hundred, 1200, 1500, 300);
}

static void test_many_pages_without_their_thumbnails(void **state)
{
    struct buffer file;
    size_t link;

    (void)state;
    begin(&file, &link, false);
    for (int i = 0; i < 6; i++) {
        struct tiff_spec spec = {false, 400 + 8 * i, 550, i % 2 == 0 ? 1 : 8, 1, 0,
                                 50,    50,          2,   i == 1 || i == 3,   0};
        put_page(&file, &link, &spec);
    }
    struct paper *paper = sheet_must_open(file.data, file.length, 4);
    static const int sixth[] = {0, 2, 4, 5};
    for (size_t i = 4; i-- > 0;) { /* backwards: pages may be asked for in any order */
        struct paper_page page = sheet_load(paper, i);
        sheet_assert(&page, 400 + 8 * sixth[i], 550, sixth[i] % 2 == 0 ? 1 : 8, 50);
        paper_page_dispose(&page);
    }
    paper_close(paper);
    buffer_dispose(&file);
}

static void test_broken_files(void **state)
{
    struct buffer file;
    size_t link;
    struct tiff_spec spec = {false, 427, 550, 1, 0, 0, 50, 50, 2, false, 0};

    (void)state;
    begin(&file, &link, false);
    put_page(&file, &link, &spec);
    assert_int_equal(sheet_error(file.data, file.length), ERROR_NONE);
    assert_int_equal(sheet_error(file.data, file.length - 60), ERROR_DAMAGED); /* the directory is cut */
    assert_int_equal(sheet_error(file.data, 8), ERROR_DAMAGED);
    put_at(&file, link, false, (unsigned long)file.length + 100); /* a next page outside the file */
    assert_int_equal(sheet_error(file.data, file.length), ERROR_DAMAGED);
    put_at(&file, 4, false, 0); /* no page at all */
    assert_int_equal(sheet_error(file.data, file.length), ERROR_DAMAGED);
    buffer_dispose(&file);
}

static void test_pixels_are_counted_before_decoding(void **state)
{
    struct buffer file;
    size_t link;
    struct tiff_spec spec = {false, 427, 550, 1, 0, 0, 50, 50, 2, false, 60000};

    (void)state;
    begin(&file, &link, false);
    put_page(&file, &link, &spec);
    assert_int_equal(sheet_error(file.data, file.length), ERROR_TOO_LARGE);
    buffer_dispose(&file);
}

static void test_a_chain_that_bites_its_tail(void **state)
{
    struct buffer file;
    size_t link;
    size_t first;
    struct tiff_spec spec = {false, 80, 110, 1, 0, 0, 10, 10, 2, false, 0};

    (void)state;
    begin(&file, &first, false);
    link = first;
    put_page(&file, &link, &spec);
    unsigned long directory;
    memcpy(&directory, file.data + first, 4);
    put_at(&file, link, false, directory & 0xFFFFFFFFu);
    assert_int_equal(sheet_error(file.data, file.length), ERROR_TOO_MANY_PAGES);
    buffer_dispose(&file);
}

/* Changes a tag's value in a little-endian file's first directory. */
static void change_tag(unsigned char *bytes, unsigned tag, uint32_t (*change)(uint32_t))
{
    uint32_t directory;
    uint16_t count;

    memcpy(&directory, bytes + 4, 4);
    memcpy(&count, bytes + directory, 2);
    for (unsigned char *entry = bytes + directory + 2; count-- > 0; entry += 12) {
        uint32_t value;
        if ((entry[0] | entry[1] << 8) != (int)tag)
            continue;
        memcpy(&value, entry + 8, 4);
        value = change(value);
        memcpy(entry + 8, &value, 4);
        return;
    }
    fail_msg("no tag %u", tag);
}

static uint32_t half(uint32_t value)
{
    return value / 2;
}

static uint32_t thousands(uint32_t value)
{
    (void)value;
    return 15104; /* 15,104 bits a pixel: fuzzing found that 2 GB were asked for */
}

static void test_memory_is_counted_before_decoding(void **state)
{
    PIX *pix = sheet_make(850, 1100, 1, 1);
    l_uint8 *bytes;
    size_t size;

    (void)state;
    assert_int_equal(pixWriteMemTiff(&bytes, &size, pix, IFF_TIFF_G4), 0);
    change_tag(bytes, 258, thousands);
    assert_int_equal(sheet_error(bytes, size), ERROR_TOO_LARGE);
    lept_free(bytes);
    pixDestroy(&pix);
}

/* What scanners write: CCITT group 4 in one strip. With half its data, the rows that are left are no page. */
static void test_group_4(void **state)
{
    PIX *pix = sheet_make(850, 1100, 1, 1);
    l_uint8 *bytes;
    size_t size;

    (void)state;
    pixSetResolution(pix, 100, 100);
    for (int i = 0; i < 1100; i++) /* something to cut */
        pixSetPixel(pix, 400 + i * 7 % 150, i, 1);
    assert_int_equal(pixWriteMemTiff(&bytes, &size, pix, IFF_TIFF_G4), 0);
    sheet_check(bytes, size, 850, 1100, 1, 100);
    change_tag(bytes, 279, half);
    assert_int_equal(sheet_error(bytes, size), ERROR_DAMAGED);
    lept_free(bytes);
    pixDestroy(&pix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_polarity_and_byte_order),
        cmocka_unit_test(test_orientations),
        cmocka_unit_test(test_fax_pixels_become_square),
        cmocka_unit_test(test_resolution_is_doubted),
        cmocka_unit_test(test_large_pages_are_reduced),
        cmocka_unit_test(test_many_pages_without_their_thumbnails),
        cmocka_unit_test(test_broken_files),
        cmocka_unit_test(test_pixels_are_counted_before_decoding),
        cmocka_unit_test(test_a_chain_that_bites_its_tail),
        cmocka_unit_test(test_memory_is_counted_before_decoding),
        cmocka_unit_test(test_group_4),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
