/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Every bound of base/limits.h, at it and one past it; docs/untrusted-paper.md says which test is whose. Bounds that need a
 * child or the wire are tried in tests/worker/. */
#include "../paper/sheet.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "catalogue/regex.h"
#include "ocr/strips.h"
#include "ocr/words.h"
#include "paper/pdf_memory.h"
#include "paper/picture.h"
#include "worker/serve.h"

/* ---- a file ---- */

static enum error_code open_sparse(off_t size)
{
    int descriptor = memfd_create("file", MFD_CLOEXEC);
    struct error error = {0};
    struct paper *paper = NULL;

    assert_int_equal(ftruncate(descriptor, size), 0);
    if (paper_open(&paper, descriptor, &error) == 0)
        paper_close(paper);
    close(descriptor);
    return error.code;
}

static void bytes_of_a_file(void **state)
{
    (void)state;
    assert_int_equal(open_sparse((off_t)PAPER_FILE_MAX), ERROR_UNKNOWN_FORMAT); /* zeros: it was looked at */
    assert_int_equal(open_sparse((off_t)PAPER_FILE_MAX + 1), ERROR_TOO_LARGE);
}

/* As many directories as are asked for, each a page or a thumbnail of 8 x 8 pixels without a picture. */
static enum error_code open_tiff(unsigned pages, unsigned thumbnails, size_t *count)
{
    struct buffer file;
    struct error error;
    uint32_t at = 8;

    buffer_init(&file, TEST_FILE_MAX);
    buffer_add(&file, "II*\0\10\0\0\0", 8);
    for (unsigned i = 0; i < pages + thumbnails; i++) {
        const uint32_t tags[][3] = {{254, 4, i < thumbnails}, {256, 4, 8}, {257, 4, 8}};
        uint16_t tag_count = sizeof tags / sizeof *tags;
        buffer_add(&file, &tag_count, 2);
        for (size_t t = 0; t < tag_count; t++) {
            const uint16_t head[] = {(uint16_t)tags[t][0], (uint16_t)tags[t][1]};
            const uint32_t value[] = {1, tags[t][2]};
            buffer_add(&file, head, sizeof head);
            buffer_add(&file, value, sizeof value);
        }
        at += 2 + 12u * tag_count + 4;
        uint32_t next = i + 1 < pages + thumbnails ? at : 0;
        buffer_add(&file, &next, 4);
    }
    struct paper *paper = sheet_open(file.data, file.length, &error);
    if (paper != NULL) {
        *count = paper_page_count(paper);
        paper_close(paper);
    }
    buffer_dispose(&file);
    return error.code;
}

static void pages_of_a_tiff(void **state)
{
    size_t count = 0;

    (void)state;
    assert_int_equal(open_tiff(PAPER_PAGES_MAX, 0, &count), ERROR_NONE);
    assert_int_equal(count, PAPER_PAGES_MAX);
    assert_int_equal(open_tiff(PAPER_PAGES_MAX + 1, 0, &count), ERROR_TOO_MANY_PAGES);
}

/* Pages behind so many thumbnails that the chain is not followed to them must not be left out in silence. */
static void thumbnails_of_a_tiff(void **state)
{
    size_t count = 0;

    (void)state;
    assert_int_equal(open_tiff(1, 2 * PAPER_PAGES_MAX - 1, &count), ERROR_NONE);
    assert_int_equal(count, 1);
    assert_int_equal(open_tiff(1, 2 * PAPER_PAGES_MAX, &count), ERROR_TOO_MANY_PAGES);
}

/* A PDF whose one page is named `pages` times and shows `content`. */
static void make_pdf(struct buffer *file, unsigned pages, const struct buffer *content)
{
    size_t places[4];
    size_t at = 0;

    buffer_init(file, TEST_FILE_MAX);
    buffer_text(file, "%PDF-1.4\n");
    places[at++] = file->length;
    buffer_text(file, "1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n");
    places[at++] = file->length;
    buffer_printf(file, "2 0 obj\n<< /Type /Pages /Count %u /Kids [", pages);
    for (unsigned i = 0; i < pages; i++)
        buffer_text(file, "3 0 R ");
    buffer_text(file, "] >>\nendobj\n");
    places[at++] = file->length;
    buffer_text(file, "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R >>\nendobj\n");
    places[at++] = file->length;
    buffer_printf(file, "4 0 obj\n<< /Length %zu >>\nstream\n", content->length);
    buffer_add(file, content->data, content->length);
    buffer_text(file, "\nendstream\nendobj\n");
    size_t table = file->length;
    buffer_text(file, "xref\n0 5\n0000000000 65535 f \n");
    for (size_t i = 0; i < at; i++)
        buffer_printf(file, "%010zu 00000 n \n", places[i]);
    buffer_printf(file, "trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n", table);
    assert_false(file->failed);
}

static enum error_code read_pdf(unsigned pages, unsigned marks)
{
    struct buffer content;
    struct buffer file;

    buffer_init(&content, TEST_FILE_MAX);
    buffer_text(&content, "0 g ");
    for (unsigned i = 0; i < marks; i++)
        buffer_text(&content, "9 9 9 9 re f ");
    make_pdf(&file, pages, &content);
    enum error_code code = sheet_error(file.data, file.length);
    buffer_dispose(&content);
    buffer_dispose(&file);
    return code;
}

static void pages_of_a_pdf(void **state)
{
    (void)state;
    assert_int_equal(read_pdf(PAPER_PAGES_MAX, 1), ERROR_NONE);
    assert_int_equal(read_pdf(PAPER_PAGES_MAX + 1, 1), ERROR_TOO_MANY_PAGES);
}

static void marks_of_a_pdf_page(void **state)
{
    (void)state;
    assert_int_equal(read_pdf(1, PDF_MARKS_MAX), ERROR_NONE);
    assert_int_equal(read_pdf(1, PDF_MARKS_MAX + 1), ERROR_TOO_LARGE);
}

static void memory_of_a_pdf(void **state)
{
    enum { SIZE = 1000 };
    size_t held = 0;

    (void)state;
    void *block = pdf_memory_take(&held, SIZE);
    assert_non_null(block);
    assert_in_range(held, SIZE, 2 * SIZE);
    size_t one = held;
    held = PDF_MEMORY_MAX - SIZE; /* the rest was taken before */
    void *last = pdf_memory_take(&held, SIZE);
    assert_non_null(last);
    pdf_memory_free(&held, last);
    assert_int_equal(held, PDF_MEMORY_MAX - SIZE);
    held++;
    assert_null(pdf_memory_take(&held, SIZE));
    assert_null(pdf_memory_take(&held, PDF_MEMORY_MAX + 1));
    held = PDF_MEMORY_MAX - SIZE + one;
    assert_null(pdf_memory_change(&held, block, SIZE + 1));
    held--; /* with what the block has already */
    block = pdf_memory_change(&held, block, SIZE);
    assert_non_null(block);
    held = one;
    pdf_memory_free(&held, block);
    assert_int_equal(held, 0);
}

static enum error_code check_size(int64_t width, int64_t height)
{
    struct error error = {0};

    picture_check_size(width, height, &error);
    return error.code;
}

static void pixels_of_a_picture(void **state)
{
    (void)state;
    assert_int_equal(check_size(PAPER_PIXELS_MAX, 1), ERROR_NONE);
    assert_int_equal(check_size(PAPER_PIXELS_MAX + 1, 1), ERROR_TOO_LARGE);
    assert_int_equal(check_size(10000, PAPER_PIXELS_MAX / 10000), ERROR_NONE);
    assert_int_equal(check_size(10000, PAPER_PIXELS_MAX / 10000 + 1), ERROR_TOO_LARGE);
    assert_int_equal(check_size(1, PAPER_PIXELS_MAX + 1), ERROR_TOO_LARGE);
    assert_int_equal(check_size(INT64_MAX, INT64_MAX), ERROR_TOO_LARGE);
}

/* The header alone says how large it is: such a picture is refused, or found to lack its pixels. */
static void pixels_before_decoding(void **state)
{
    char header[64];

    (void)state;
    snprintf(header, sizeof header, "P5 10000 %d 255\n", PAPER_PIXELS_MAX / 10000);
    assert_int_equal(sheet_error(header, strlen(header)), ERROR_DAMAGED);
    snprintf(header, sizeof header, "P5 10000 %d 255\n", PAPER_PIXELS_MAX / 10000 + 1);
    assert_int_equal(sheet_error(header, strlen(header)), ERROR_TOO_LARGE);
}

static void memory_of_a_picture(void **state)
{
    enum { BYTES = 7 };
    struct error error = {0};
    int64_t most = PICTURE_BYTES_MAX / BYTES;

    (void)state;
    assert_int_equal(picture_check_memory(most, 1, BYTES, &error), 0);
    assert_int_equal(error.code, ERROR_NONE);
    assert_int_equal(picture_check_memory(most + 1, 1, BYTES, &error), -1);
    assert_int_equal(error.code, ERROR_TOO_LARGE);
}

static enum error_code read_blank(int width, int height)
{
    char header[32];
    struct buffer file;

    snprintf(header, sizeof header, "P5 %d %d 255\n", width, height);
    buffer_init(&file, TEST_FILE_MAX);
    buffer_text(&file, header);
    for (int i = 0; i < width * height; i++)
        buffer_byte(&file, '\xFF');
    enum error_code code = sheet_error(file.data, file.length);
    buffer_dispose(&file);
    return code;
}

static void shape_of_a_page(void **state)
{
    enum { SHORT = 50 };

    (void)state;
    assert_int_equal(read_blank(SHORT, SHORT * PAGE_RATIO_MAX), ERROR_NONE);
    assert_int_equal(read_blank(SHORT, SHORT * PAGE_RATIO_MAX + 1), ERROR_DAMAGED);
    assert_int_equal(read_blank(SHORT * PAGE_RATIO_MAX + 1, SHORT), ERROR_DAMAGED);
}

/* ---- time ---- */

static int64_t extra_ms(off_t size)
{
    int descriptor = memfd_create("file", MFD_CLOEXEC);

    assert_int_equal(ftruncate(descriptor, size), 0);
    int64_t extra = worker_extra_ms(descriptor);
    close(descriptor);
    return extra;
}

static void more_time_for_more_bytes(void **state)
{
    const off_t most = (off_t)WORKER_EXTRA_MS_MAX / 1000 * WORKER_BYTES_PER_SECOND;

    (void)state;
    assert_int_equal(extra_ms(0), 0);
    assert_int_equal(extra_ms(WORKER_BYTES_PER_SECOND - 1), 0);
    assert_int_equal(extra_ms(WORKER_BYTES_PER_SECOND), 1000);
    assert_int_equal(extra_ms(most - 1), WORKER_EXTRA_MS_MAX - 1000);
    assert_int_equal(extra_ms(most), WORKER_EXTRA_MS_MAX);
    assert_int_equal(extra_ms(most + WORKER_BYTES_PER_SECOND), WORKER_EXTRA_MS_MAX);
    assert_int_equal(worker_extra_ms(-1), 0);
}

/* ---- patterns ---- */

/* What PCRE2 says where only the bound that `set` sets holds. */
static bool refused_by(int set(pcre2_match_context *, uint32_t), uint32_t bound, const char *pattern, const char *subject)
{
    int code;
    PCRE2_SIZE offset;
    pcre2_code *compiled =
        pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS, &code, &offset, NULL);
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);

    assert_true(compiled != NULL && context != NULL && data != NULL);
    set(context, bound);
    int result = pcre2_match(compiled, (PCRE2_SPTR)subject, strlen(subject), 0, 0, data, context);
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    pcre2_code_free(compiled);
    return result == PCRE2_ERROR_MATCHLIMIT || result == PCRE2_ERROR_DEPTHLIMIT || result == PCRE2_ERROR_HEAPLIMIT;
}

/* The longest run of `a` that the pattern may look at, and one longer: the bound lies between the two, and it is that one. */
static void regex_bound(int set(pcre2_match_context *, uint32_t), uint32_t bound, const char *pattern, size_t most)
{
    char *subject = calloc(most + 2, 1);
    struct regex_match match;
    struct regex_error error;
    void *code;
    size_t least = 0;

    assert_non_null(subject);
    memset(subject, 'a', most + 1);
    assert_int_equal(regex_compile(&code, pattern, &error), 0);
    assert_int_equal(regex_find(code, subject, most, 0, &match), -1);
    while (least + 1 < most) {
        size_t middle = (least + most) / 2;
        if (regex_find(code, subject, middle, 0, &match) < 0)
            most = middle;
        else
            least = middle;
    }
    subject[most] = '\0';
    assert_true(refused_by(set, bound, pattern, subject));
    subject[least] = '\0';
    assert_int_equal(least, most - 1);
    assert_false(refused_by(set, bound, pattern, subject));
    regex_free(code);
    free(subject);
}

static void steps_of_a_pattern(void **state)
{
    (void)state;
    regex_bound(pcre2_set_match_limit, REGEX_MATCH_LIMIT, "^a*a*a*[^a]", 1000);
}

static void depth_of_a_pattern(void **state)
{
    (void)state;
    regex_bound(pcre2_set_depth_limit, REGEX_DEPTH_LIMIT, "^(?:a|b)*[^a]", 20000);
}

/* Each step back holds all groups: with a hundred of them memory is at its end before the steps are. */
static void memory_of_a_pattern(void **state)
{
    char pattern[1000] = "^(?:a|b|z";

    (void)state;
    for (int i = 0; i < 120; i++)
        strcat(pattern, "(c)");
    strcat(pattern, ")*[^a]");
    regex_bound(pcre2_set_heap_limit, REGEX_HEAP_LIMIT_KIB, pattern, 5000);
}

/* ---- what was read ---- */

static void words_of_a_page(void **state)
{
    struct words words = {0};
    const struct ocr_word word = {.text = (char[]){"word"}};

    (void)state;
    for (int i = 0; i < PAGE_WORDS_MAX; i++)
        assert_int_equal(words_add(&words, &word), 0);
    assert_int_equal(words.count, PAGE_WORDS_MAX);
    assert_false(words.more);
    assert_int_equal(words_add(&words, &word), 0);
    assert_int_equal(words.count, PAGE_WORDS_MAX);
    assert_true(words.more);
    words_dispose(&words);
}

static void text_of_a_page(void **state)
{
    struct words words = {0};
    struct ocr_word word = {.text = calloc(PAGE_TEXT_MAX + 1, 1)};
    const struct ocr_word one = {.text = (char[]){"a"}};

    (void)state;
    memset(word.text, 'x', PAGE_TEXT_MAX - 1);
    assert_int_equal(words_add(&words, &word), 0);
    assert_int_equal(words_add(&words, &one), 0);
    assert_false(words.more);
    assert_int_equal(words_add(&words, &one), 0);
    assert_true(words.more);
    assert_int_equal(words.count, 2);
    words_forget(&words, NULL);
    assert_int_equal(words.bytes, 0);
    assert_int_equal(words_add(&words, &word), 0); /* the room is there again … */
    assert_true(words.more);                       /* … but what was lost stays lost */
    words_dispose(&words);
    free(word.text);
}

/* `count` dashes, 100 in a row, as far apart as columns. */
static size_t find_strips(int count, bool *more)
{
    enum { DPI = 100, ACROSS = 60, DOWN = 20, ROW = 100 };
    PIX *pix = pixCreate(ACROSS * ROW, DOWN * (count / ROW + 1), 1);
    struct ocr_strip *strips;
    size_t found;

    assert_non_null(pix);
    for (int i = 0; i < count; i++)
        pixRasterop(pix, i % ROW * ACROSS + 4, i / ROW * DOWN + 4, 24, 10, PIX_SET, NULL, 0, 0);
    assert_int_equal(strips_find(&strips, &found, more, pix, DPI), 0);
    free(strips);
    pixDestroy(&pix);
    return found;
}

static void strips_of_a_page(void **state)
{
    bool more;

    (void)state;
    assert_int_equal(find_strips(PAGE_STRIPS_MAX, &more), PAGE_STRIPS_MAX);
    assert_false(more);
    assert_int_equal(find_strips(PAGE_STRIPS_MAX + 1, &more), PAGE_STRIPS_MAX);
    assert_true(more);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_of_a_file),
        cmocka_unit_test(pages_of_a_tiff),
        cmocka_unit_test(thumbnails_of_a_tiff),
        cmocka_unit_test(pages_of_a_pdf),
        cmocka_unit_test(marks_of_a_pdf_page),
        cmocka_unit_test(memory_of_a_pdf),
        cmocka_unit_test(pixels_of_a_picture),
        cmocka_unit_test(pixels_before_decoding),
        cmocka_unit_test(memory_of_a_picture),
        cmocka_unit_test(shape_of_a_page),
        cmocka_unit_test(more_time_for_more_bytes),
        cmocka_unit_test(steps_of_a_pattern),
        cmocka_unit_test(depth_of_a_pattern),
        cmocka_unit_test(memory_of_a_pattern),
        cmocka_unit_test(words_of_a_page),
        cmocka_unit_test(text_of_a_page),
        cmocka_unit_test(strips_of_a_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
