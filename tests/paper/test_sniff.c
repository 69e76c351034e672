/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sheet.h"

#include "paper/sniff.h"

static const struct {
    const char *bytes;
    size_t size;
    enum paper_kind kind;
} kinds[] = {
    {"%PDF-1.4\n", 9, KIND_PDF},
    {"\xEF\xBB\xBF\r\n%PDF-1.7", 13, KIND_PDF},
    {"%!PS-Adobe-3.0", 14, KIND_UNKNOWN},
    {"II*\0\x08\0\0\0", 8, KIND_TIFF},
    {"MM\0*\0\0\0\x08", 8, KIND_TIFF},
    {"II+\0\x08\0\0\0", 8, KIND_TIFF},
    {"IIII", 4, KIND_UNKNOWN},
    {"\x89PNG\r\n\x1A\n", 8, KIND_PNG},
    {"\x89PNG\n\x1A\n\n", 8, KIND_UNKNOWN}, /* line ends converted on the way */
    {"\xFF\xD8\xFF\xE0", 4, KIND_JPEG},
    {"\xFF\xD8", 2, KIND_UNKNOWN},
    {"RIFF\x10\0\0\0WEBPVP8 ", 16, KIND_WEBP},
    {"RIFF\x10\0\0\0WAVEfmt ", 16, KIND_UNKNOWN},
    {"P4\n8 8\n", 7, KIND_PNM},
    {"P6#c", 4, KIND_PNM},
    {"P9\n", 3, KIND_UNKNOWN},
    {"PK\3\4", 4, KIND_UNKNOWN},
    {"\0\0\0\x18"
     "ftypheic\0\0\0\0",
     16, KIND_HEIC},
    {"\0\0\0\x18"
     "ftypmif1\0\0\0\0",
     16, KIND_HEIC},
    {"\0\0\0\x18"
     "ftypmp42\0\0\0\0",
     16, KIND_UNKNOWN},
    {"", 0, KIND_UNKNOWN},
    {"Dear Sir", 8, KIND_UNKNOWN},
};

static void test_kinds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        unsigned char *copy = malloc(kinds[i].size + 1); /* so that a sanitizer sees a read beyond */
        memcpy(copy, kinds[i].bytes, kinds[i].size);
        unsigned char *exact = realloc(copy, kinds[i].size > 0 ? kinds[i].size : 1);
        if (sniff(exact, kinds[i].size) != kinds[i].kind)
            fail_msg("row %zu", i);
        free(exact);
    }
}

static void test_header_far_inside_is_no_pdf(void **state)
{
    unsigned char bytes[2048] = {0};

    (void)state;
    memcpy(bytes + 1000, "%PDF-1.4", 8);
    assert_int_equal(sniff(bytes, sizeof bytes), KIND_PDF);
    memset(bytes, 0, sizeof bytes);
    memcpy(bytes + 1100, "%PDF-1.4", 8);
    assert_int_equal(sniff(bytes, sizeof bytes), KIND_UNKNOWN);
}

static void test_empty_and_unknown_files(void **state)
{
    struct error error = {0};
    struct paper *paper;
    int directory = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    (void)state;
    assert_int_equal(sheet_error("", 0), ERROR_EMPTY);
    assert_int_equal(sheet_error("Dear Sir", 8), ERROR_UNKNOWN_FORMAT);
    assert_int_equal(paper_open(&paper, directory, &error), -1);
    assert_int_equal(error.code, ERROR_NOT_READABLE);
    close(directory);
}

/* Sparse: no disk or memory is used for it. */
static void test_a_file_over_the_bound(void **state)
{
    int descriptor = memfd_create("file", MFD_CLOEXEC);
    struct error error = {0};
    struct paper *paper;

    (void)state;
    assert_int_equal(ftruncate(descriptor, (off_t)PAPER_FILE_MAX + 1), 0);
    assert_int_equal(paper_open(&paper, descriptor, &error), -1);
    assert_int_equal(error.code, ERROR_TOO_LARGE);
    close(descriptor);
}

/* A pipe can be read once and has no size. */
static void test_reading_from_a_pipe(void **state)
{
    PIX *pix = sheet_make(85, 110, 8, 1);
    l_uint8 *bytes;
    size_t size;
    int ends[2];
    struct paper *paper;
    struct error error = {0};

    (void)state;
    pixWriteMemPng(&bytes, &size, pix, 0);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], bytes, size), size);
    close(ends[1]);
    assert_int_equal(paper_open(&paper, ends[0], &error), 0);
    struct paper_page page = sheet_load(paper, 0);
    sheet_assert(&page, 85, 110, 8, 10);
    paper_page_dispose(&page);
    paper_close(paper);
    close(ends[0]);
    lept_free(bytes);
    pixDestroy(&pix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_header_far_inside_is_no_pdf),
        cmocka_unit_test(test_empty_and_unknown_files),
        cmocka_unit_test(test_a_file_over_the_bound),
        cmocka_unit_test(test_reading_from_a_pipe),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
