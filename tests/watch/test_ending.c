/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Is the end of a file there: of whole files of every kind, of every beginning of them, and of foul ones. */
#include <errno.h>
#include <sys/mman.h>

#include <leptonica/allheaders.h>

#include "rig.h"
#include "watch/ending.h"

static size_t loads;

static ssize_t count_pread(int descriptor, void *bytes, size_t size, off_t offset)
{
    loads++;
    return outside_real.pread(descriptor, bytes, size, offset);
}

static enum ending look(const void *bytes, size_t size)
{
    struct outside counting = outside_real;
    int file = memfd_create("file", 0);

    counting.pread = count_pread;
    assert_true(file >= 0);
    assert_int_equal(write(file, bytes, size), size);
    enum ending ending = ending_look(&counting, file, (int64_t)size);
    close(file);
    return ending;
}

#define assert_there(bytes, size) assert_int_equal(look(bytes, size), ENDING_THERE)
#define assert_missing(bytes, size) assert_int_equal(look(bytes, size), ENDING_MISSING)

/* No beginning of the file, from `least` bytes on, passes for the whole. */
static void check_beginnings(const unsigned char *bytes, size_t size, size_t least, size_t step)
{
    for (size_t cut = least; cut < size; cut += step) {
        if (look(bytes, cut) != ENDING_MISSING)
            fail_msg("%zu of %zu bytes pass for the whole", cut, size);
    }
}

static unsigned char *encode(PIX *pix, int format, size_t *size)
{
    l_uint8 *bytes = NULL;

    assert_int_equal(pixWriteMem(&bytes, size, pix, format), 0);
    return bytes;
}

/* Something that does not compress to nothing. */
static PIX *make_noise(int width, int height)
{
    PIX *pix = pixCreate(width, height, 8);

    for (int i = 0; i < width * height; i++)
        pixSetPixel(pix, i % width, i / width, (l_uint32)(i * 2654435761u >> 24));
    return pix;
}

static void test_pictures(void **state)
{
    static const int formats[] = {IFF_JFIF_JPEG, IFF_PNG, IFF_WEBP};
    PIX *pix = make_noise(90, 70);

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        size_t size;
        unsigned char *bytes = encode(pix, formats[i], &size);
        assert_there(bytes, size);
        check_beginnings(bytes, size, 0, 1);
        lept_free(bytes);
    }
    pixDestroy(&pix);
}

/* More than is held at once. */
static void test_large_jpeg(void **state)
{
    PIX *pix = make_noise(900, 700);
    size_t size;
    unsigned char *bytes = encode(pix, IFF_JFIF_JPEG, &size);

    (void)state;
    assert_true(size > 200000);
    assert_there(bytes, size);
    check_beginnings(bytes, size, 0, 997);
    check_beginnings(bytes, size, size - 100, 1);
    lept_free(bytes);
    pixDestroy(&pix);
}

/* A phone puts a preview into the header and more behind the end. */
static void test_jpeg_with_a_preview(void **state)
{
    unsigned char file[1 << 16] = {0xFF, 0xD8, 0xFF, 0xE1};
    PIX *pix = make_noise(60, 40);
    size_t size;
    unsigned char *bytes = encode(pix, IFF_JFIF_JPEG, &size);
    size_t segment = size + 2;

    (void)state;
    file[4] = (unsigned char)(segment >> 8);
    file[5] = (unsigned char)segment;
    memcpy(file + 6, bytes, size);
    assert_missing(file, 6 + size);
    memcpy(file + 6 + size, bytes + 2, size - 2);
    assert_there(file, 4 + size * 2);
    assert_there(file, 4 + size * 2 + 500);
    lept_free(bytes);
    pixDestroy(&pix);
}

static unsigned char *load(const char *name, size_t *size)
{
    char path[512];
    l_uint8 *bytes;

    snprintf(path, sizeof path, "%s/fixtures/examples/%s", PROJECT_DIR, name);
    bytes = l_binaryRead(path, size);
    assert_non_null(bytes);
    return bytes;
}

static void test_tiff(void **state)
{
    char path[64] = "/tmp/irsort-test-XXXXXX";
    int file = mkstemp(path);
    PIX *pix = make_noise(90, 70);
    size_t sizes[3];
    unsigned char *bytes;

    (void)state;
    bytes = load("cp504-spanish.tif", &sizes[0]);
    assert_there(bytes, sizes[0]);
    check_beginnings(bytes, sizes[0] - 200, 0, 101);
    lept_free(bytes);
    for (int page = 0; page < 3; page++) {
        assert_int_equal(pixWriteTiff(path, pix, IFF_TIFF_LZW, page == 0 ? "w" : "a"), 0);
        bytes = l_binaryRead(path, &sizes[page]);
        assert_there(bytes, sizes[page]);
        if (page == 2)
            check_beginnings(bytes, sizes[1] + 100, 0, 1); /* the third page's directory is elsewhere by now */
        lept_free(bytes);
    }
    close(file);
    unlink(path);
    pixDestroy(&pix);
}

static void put_little(unsigned char *at, uint32_t value, size_t count)
{
    for (size_t i = 0; i < count; i++)
        at[i] = (unsigned char)(value >> 8 * i);
}

/* A chain of directories that is a ring, one that leads outside, and strips that do. */
static void test_foul_tiff(void **state)
{
    unsigned char file[64] = "II*\0";

    (void)state;
    assert_missing(file, sizeof file); /* no directory yet: writers fill that in last */
    put_little(file + 4, 8, 4);
    put_little(file + 8, 0, 2);
    put_little(file + 10, 8, 4);
    assert_there(file, sizeof file);
    put_little(file + 10, 500, 4);
    assert_missing(file, sizeof file);
    put_little(file + 10, 0, 4);
    put_little(file + 8, 2, 2); /* two entries: one strip at 40, of 24 bytes */
    put_little(file + 10, 273 | 4 << 16, 4);
    put_little(file + 14, 1, 4);
    put_little(file + 18, 40, 4);
    put_little(file + 22, 279 | 4 << 16, 4);
    put_little(file + 26, 1, 4);
    put_little(file + 30, 24, 4);
    assert_there(file, sizeof file);
    put_little(file + 30, 25, 4);
    assert_missing(file, sizeof file);
}

/* Thousands of directories with lists far apart, as nobody writes them: it gives up before long. */
static void test_endless_tiff(void **state)
{
    enum { SIZE = 4 << 20, PAGES = 4000 };
    unsigned char *file = calloc(1, SIZE);

    (void)state;
    memcpy(file, "II*\0", 4);
    put_little(file + 4, 8, 4);
    for (uint32_t page = 0; page < PAGES; page++) {
        unsigned char *at = file + 8 + page * 32;
        put_little(at, 2, 2);
        put_little(at + 2, 273 | 4 << 16, 4);
        put_little(at + 6, 60000, 4);
        put_little(at + 10, 1 << 20, 4);
        put_little(at + 14, 279 | 4 << 16, 4);
        put_little(at + 18, 60000, 4);
        put_little(at + 22, 3 << 20, 4);
        put_little(at + 26, page + 1 < PAGES ? 8 + (page + 1) * 32 : 0, 4);
    }
    loads = 0;
    assert_int_equal(look(file, SIZE), ENDING_UNKNOWN);
    assert_in_range(loads, 1, 10000);
    free(file);
}

static void test_pdf(void **state)
{
    static const char *const names[] = {"lt11.pdf", "l3172.pdf"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        size_t size;
        unsigned char *bytes = load(names[i], &size);
        assert_there(bytes, size);
        check_beginnings(bytes, size - 7, 0, 1013);
        check_beginnings(bytes, size - 7, size - 60, 1); /* a line's end may follow the %%EOF */
        lept_free(bytes);
    }
}

static void test_pdf_in_pieces(void **state)
{
    static const char first[] = "%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\nstartxref\n9\n%%EOF\n";
    static const char second[] = "2 0 obj<<>>endobj\ntrailer<<>>\nstartxref\n60\n%%EOF";
    char file[8192] = "";
    size_t one = strlen(first);

    (void)state;
    snprintf(file, sizeof file, "%s%s", first, second);
    assert_there(file, one);
    assert_there(file, one + strlen(second));
    assert_there(file, one + strlen(second) + 3000); /* padded with zeros */
    memset(file + one + strlen(second), 'x', 5000);
    assert_missing(file, one + strlen(second) + 5000); /* a page is being appended */
    snprintf(file, sizeof file, "%%PDF-1.4\nstartxref\n99999\n%%%%EOF");
    assert_missing(file, strlen(file)); /* the table lies beyond the end */
    assert_missing("%PDF-1.4\n%%EOF", 14);
}

static size_t add_box(unsigned char *at, uint32_t size, const char *type)
{
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(size >> (24 - 8 * i));
    memcpy(at + 4, type, 4);
    return size;
}

static void test_heic(void **state)
{
    unsigned char file[400] = {0};
    size_t size = add_box(file, 24, "ftyp");

    (void)state;
    memcpy(file + 8, "heic", 4);
    size += add_box(file + size, 100, "meta");
    assert_missing(file, size); /* no picture yet */
    size += add_box(file + size, 200, "mdat");
    assert_there(file, size);
    check_beginnings(file, size, 25, 1);
    add_box(file + 124, 0, "mdat"); /* to the end, wherever that is */
    assert_there(file, size);
    add_box(file + 24, 4, "meta"); /* shorter than its own head */
    assert_missing(file, size);
}

static void test_others(void **state)
{
    static const char zeros[64];

    (void)state;
    assert_missing("", 0);
    assert_missing(zeros, 1);
    assert_missing(zeros, sizeof zeros); /* room that a copy has reserved */
    assert_int_equal(look("P5 2 3 255\nabcdef", 17), ENDING_UNKNOWN);
    assert_int_equal(look("some text, not a scan", 21), ENDING_UNKNOWN);
    assert_missing("some text", 9); /* shorter than any format's head */
}

static ssize_t fail_pread(int descriptor, void *bytes, size_t size, off_t offset)
{
    (void)descriptor;
    (void)bytes;
    (void)size;
    (void)offset;
    errno = EIO;
    return -1;
}

static void test_cannot_be_read(void **state)
{
    struct outside failing = outside_real;

    (void)state;
    failing.pread = fail_pread;
    assert_int_equal(ending_look(&failing, 0, 100), ENDING_ERROR);
    assert_int_equal(errno, EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_large_jpeg),
        cmocka_unit_test(test_jpeg_with_a_preview),
        cmocka_unit_test(test_tiff),
        cmocka_unit_test(test_foul_tiff),
        cmocka_unit_test(test_endless_tiff),
        cmocka_unit_test(test_pdf),
        cmocka_unit_test(test_pdf_in_pieces),
        cmocka_unit_test(test_heic),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_cannot_be_read),
    };

    setMsgSeverity(L_SEVERITY_NONE);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
