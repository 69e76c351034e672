/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* PDFs written by hand: scans placed in every way, drawn pages, and everything that may be wrong with a file.
 */
#include "sheet.h"

#include <time.h>

#include <mupdf/fitz.h>
#include <mupdf/pdf.h>

/* ---- writing ---- */

enum { OBJECTS_MAX = 64 };

struct writer {
    struct buffer file;
    size_t offsets[OBJECTS_MAX];
    int count;
};

static void begin_object(struct writer *writer)
{
    writer->offsets[++writer->count] = writer->file.length;
    buffer_printf(&writer->file, "%d 0 obj\n", writer->count);
}

/* Adds an object and returns its number. */
static int add_object(struct writer *writer, const char *text)
{
    begin_object(writer);
    buffer_printf(&writer->file, "%s\nendobj\n", text);
    return writer->count;
}

static int add_stream(struct writer *writer, const char *dictionary, const void *bytes, size_t size)
{
    begin_object(writer);
    buffer_printf(&writer->file, "<< %s /Length %zu >>\nstream\n", dictionary, size);
    buffer_add(&writer->file, bytes, size);
    buffer_text(&writer->file, "\nendstream\nendobj\n");
    return writer->count;
}

static void end_file(struct writer *writer, const char *trailer)
{
    size_t table = writer->file.length;

    buffer_printf(&writer->file, "xref\n0 %d\n0000000000 65535 f \n", writer->count + 1);
    for (int i = 1; i <= writer->count; i++)
        buffer_printf(&writer->file, "%010zu 00000 n \n", writer->offsets[i]);
    buffer_printf(&writer->file, "trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%zu\n%%%%EOF\n",
                  writer->count + 1, trailer, table);
    assert_false(writer->file.failed);
}

/* A page as it shall be: the catalogue is object 1, the pages 2, the page 3, its content 4, the picture /P 5.
 */
struct page_spec {
    const char *page; /* more of the page's dictionary */
    const char *content;
    const char *dictionary; /* of the picture */
    const void *bytes;
    size_t size;
};

static void make_pdf(struct writer *writer, const struct page_spec *spec)
{
    *writer = (struct writer){0};
    buffer_init(&writer->file, TEST_FILE_MAX);
    buffer_text(&writer->file, "%PDF-1.6\n");
    add_object(writer, "<< /Type /Catalog /Pages 2 0 R >>");
    add_object(writer, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
    begin_object(writer);
    buffer_printf(&writer->file,
                  "<< /Type /Page /Parent 2 0 R /Contents 4 0 R %s /Resources << /XObject << /P 5 0 R >> "
                  "/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> "
                  "/ExtGState << /Half << /ca 0.5 >> /Multiply << /BM /Multiply >> >> >> >>\nendobj\n",
                  spec->page);
    add_stream(writer, "", spec->content, strlen(spec->content));
    if (spec->dictionary != NULL)
        add_stream(writer, spec->dictionary, spec->bytes, spec->size);
    end_file(writer, "");
}

#define LETTER "/MediaBox [0 0 612 792]"
#define WHOLE "q 612 0 0 792 0 0 cm /P Do Q\n"

/* The letter page: 425 x 550 at 50 dpi. */
enum { WIDTH = 425, HEIGHT = 550, STRIDE = (WIDTH + 7) / 8 };

#define PICTURE "/Type /XObject /Subtype /Image /Width 425 /Height 550 "
#define GREY PICTURE "/BitsPerComponent 8 /ColorSpace /DeviceGray "
#define BITS PICTURE "/BitsPerComponent 1 /ColorSpace /DeviceGray "

static void grey_bytes(unsigned char out[WIDTH * HEIGHT])
{
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++)
            out[y * WIDTH + x] = sheet_ink(x, y, WIDTH, HEIGHT) ? 0 : 255;
    }
}

/* Packed rows; `ink` is the bit for ink. */
static void packed_bytes(unsigned char out[STRIDE * HEIGHT], unsigned ink)
{
    memset(out, ink == 1 ? 0 : 0xFF, STRIDE * HEIGHT);
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            if (sheet_ink(x, y, WIDTH, HEIGHT))
                out[y * STRIDE + x / 8] ^= (unsigned char)(0x80 >> x % 8);
        }
    }
}

static void check_page(const struct page_spec *spec, int width, int height, int depth, int dpi)
{
    struct writer writer;

    make_pdf(&writer, spec);
    sheet_check(writer.file.data, writer.file.length, width, height, depth, dpi);
    buffer_dispose(&writer.file);
}

static enum error_code page_error(const struct page_spec *spec)
{
    struct writer writer;

    make_pdf(&writer, spec);
    enum error_code code = sheet_error(writer.file.data, writer.file.length);
    buffer_dispose(&writer.file);
    return code;
}

/* ---- scans taken raw ---- */

static void test_grey_scan(void **state)
{
    static unsigned char bytes[WIDTH * HEIGHT];
    struct page_spec spec = {LETTER, WHOLE, GREY, bytes, sizeof bytes};

    (void)state;
    grey_bytes(bytes);
    check_page(&spec, WIDTH, HEIGHT, 8, 50);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)~bytes[i];
    spec.dictionary = GREY "/Decode [1 0]";
    check_page(&spec, WIDTH, HEIGHT, 8, 50);
}

static void test_bits_of_both_polarities(void **state)
{
    static unsigned char bytes[STRIDE * HEIGHT];
    struct page_spec spec = {LETTER, WHOLE, NULL, bytes, sizeof bytes};

    (void)state;
    packed_bytes(bytes, 0);
    spec.dictionary = BITS;
    check_page(&spec, WIDTH, HEIGHT, 1, 50);
    spec.dictionary = PICTURE "/BitsPerComponent 1 /ImageMask true"; /* paints where a bit is 0 */
    check_page(&spec, WIDTH, HEIGHT, 1, 50);
    spec.dictionary = PICTURE "/BitsPerComponent 1 /ColorSpace [/Indexed /DeviceRGB 1 <200020FFFFE0>]";
    check_page(&spec, WIDTH, HEIGHT, 1, 50);
    packed_bytes(bytes, 1);
    spec.dictionary = BITS "/Decode [1 0]";
    check_page(&spec, WIDTH, HEIGHT, 1, 50);
    spec.dictionary = PICTURE "/BitsPerComponent 1 /ImageMask true /Decode [1 0]";
    check_page(&spec, WIDTH, HEIGHT, 1, 50);
    spec.dictionary = PICTURE "/BitsPerComponent 1 /ColorSpace [/Indexed /DeviceRGB 1 <FFFFE0200020>]";
    check_page(&spec, WIDTH, HEIGHT, 1, 50);
}

static void test_ccitt(void **state)
{
    static unsigned char bytes[STRIDE * HEIGHT];
    fz_context *context = fz_new_context(NULL, NULL, FZ_STORE_DEFAULT);

    (void)state;
    packed_bytes(bytes, 0);
    fz_buffer *coded = fz_compress_ccitt_fax_g4(context, bytes, WIDTH, HEIGHT);
    unsigned char *data;
    size_t size = fz_buffer_storage(context, coded, &data);
    struct page_spec spec = {LETTER, WHOLE, NULL, data, size};
    spec.dictionary = BITS "/Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns 425 /Rows 550 >>";
    check_page(&spec, WIDTH, HEIGHT, 1, 50);
    spec.dictionary = BITS "/Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns 425 /BlackIs1 true >> "
                           "/Decode [1 0]";
    check_page(&spec, WIDTH, HEIGHT, 1, 50);
    fz_drop_buffer(context, coded);
    fz_drop_context(context);
}

static void test_jpeg(void **state)
{
    (void)state;
    for (int depth = 8; depth <= 32; depth += 24) {
        PIX *pix = sheet_make(WIDTH, HEIGHT, depth, 1);
        l_uint8 *bytes;
        size_t size;
        pixSetResolution(pix, 300, 300); /* the page's size counts, not what the JPEG says */
        assert_int_equal(pixWriteMemJpeg(&bytes, &size, pix, 85, 0), 0);
        struct page_spec spec = {LETTER, WHOLE, GREY "/Filter /DCTDecode", bytes, size};
        if (depth == 32)
            spec.dictionary = PICTURE "/BitsPerComponent 8 /ColorSpace /DeviceRGB /Filter /DCTDecode";
        check_page(&spec, WIDTH, HEIGHT, 8, 50);
        spec.size = size / 4;
        assert_int_equal(page_error(&spec), ERROR_DAMAGED);
        lept_free(bytes);
        pixDestroy(&pix);
    }
}

/* The eight ways in which a matrix may lay the stored picture on the page, in EXIF's order. */
static void test_every_placing(void **state)
{
    static const char *const placings[9] = {
        NULL,
        "q 612 0 0 792 0 0 cm /P Do Q",
        "q -612 0 0 792 612 0 cm /P Do Q",
        "q -612 0 0 -792 612 792 cm /P Do Q",
        "q 612 0 0 -792 0 792 cm /P Do Q",
        "q 0 -792 -612 0 612 792 cm /P Do Q",
        "q 0 -792 612 0 0 792 cm /P Do Q",
        "q 0 792 612 0 0 0 cm /P Do Q",
        "q 0 792 -612 0 612 0 cm /P Do Q",
    };

    (void)state;
    for (int orientation = 1; orientation <= 8; orientation++) {
        PIX *pix = sheet_make(WIDTH, HEIGHT, 8, orientation);
        int columns = pixGetWidth(pix);
        int rows = pixGetHeight(pix);
        unsigned char *bytes = malloc((size_t)columns * (size_t)rows);
        char dictionary[256];
        for (int i = 0; i < columns * rows; i++) {
            l_uint32 value;
            pixGetPixel(pix, i % columns, i / columns, &value);
            bytes[i] = (unsigned char)value;
        }
        snprintf(
            dictionary, sizeof dictionary,
            "/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace /DeviceGray",
            columns, rows);
        struct page_spec spec = {LETTER, placings[orientation], dictionary, bytes,
                                 (size_t)columns * (size_t)rows};
        check_page(&spec, WIDTH, HEIGHT, 8, 50);
        free(bytes);
        pixDestroy(&pix);
    }
}

/* A sheet stored lying or upside down, on a page that says by how much to turn it clockwise. */
static void test_page_rotation(void **state)
{
    static const struct {
        const char *page;
        int orientation; /* as a camera would have stored it */
        const char *content;
    } turned[] = {
        {"/MediaBox [0 0 612 792] /Rotate 0", 1, WHOLE},
        {"/MediaBox [0 0 792 612] /Rotate 90", 6, "q 792 0 0 612 0 0 cm /P Do Q"},
        {"/MediaBox [0 0 612 792] /Rotate 180", 3, WHOLE},
        {"/MediaBox [0 0 792 612] /Rotate 270", 8, "q 792 0 0 612 0 0 cm /P Do Q"},
        {"/MediaBox [0 0 792 612] /Rotate -90", 8, "q 792 0 0 612 0 0 cm /P Do Q"},
        {"/MediaBox [0 0 792 612] /Rotate 450", 6, "q 792 0 0 612 0 0 cm /P Do Q"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof turned / sizeof *turned; i++) {
        PIX *pix = sheet_make(WIDTH, HEIGHT, 8, turned[i].orientation);
        l_uint8 *bytes;
        size_t size;
        char dictionary[256];
        pixWriteMemJpeg(&bytes, &size, pix, 90, 0);
        snprintf(
            dictionary, sizeof dictionary,
            "/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace /DeviceGray "
            "/Filter /DCTDecode",
            pixGetWidth(pix), pixGetHeight(pix));
        struct page_spec spec = {turned[i].page, turned[i].content, dictionary, bytes, size};
        check_page(&spec, WIDTH, HEIGHT, 8, 50);
        lept_free(bytes);
        pixDestroy(&pix);
    }
}

/* Things on a page that leave the scan what it is. */
static void test_what_does_not_show(void **state)
{
    static unsigned char bytes[WIDTH * HEIGHT];
    static const char *const contents[] = {
        "1 g 0 0 612 792 re f " WHOLE,                                     /* white paper below */
        "0 0 1 rg 0 0 612 792 re f BT /F 40 Tf 90 90 Td (x) Tj ET " WHOLE, /* all hidden below the scan */
        WHOLE "BT 3 Tr /F 12 Tf 72 72 Td (Invisible text of a search layer) Tj ET",
        "0 0 612 792 re W n " WHOLE,
        "q 0 0 m 612 0 l 612 792 l 0 792 l h W n " WHOLE "Q",
        "q 606 0 0 786 3 3 cm /P Do Q",   /* a narrow white margin */
        "q 618 0 0 798 -3 -3 cm /P Do Q", /* a little beyond the edge */
        "q 612 1 -1 792 0 0 cm /P Do Q",  /* a hair's breadth aslant */
    };

    (void)state;
    grey_bytes(bytes);
    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
        struct page_spec spec = {LETTER, contents[i], GREY, bytes, sizeof bytes};
        struct writer writer;
        make_pdf(&writer, &spec);
        struct paper *paper = sheet_must_open(writer.file.data, writer.file.length, 1);
        struct paper_page page = sheet_load(paper, 0);
        if (pixGetWidth(page.image) != WIDTH)
            fail_msg("drawn: %s", contents[i]);
        assert_int_equal(pixGetHeight(page.image), HEIGHT);
        assert_true(page.dpi >= 49 && page.dpi <= 51);
        paper_page_dispose(&page);
        paper_close(paper);
        buffer_dispose(&writer.file);
    }
}

/* Things that only drawing gets right: the page then comes at the drawing's resolution. */
static void test_what_has_to_be_drawn(void **state)
{
    static unsigned char bytes[WIDTH * HEIGHT];
    static const struct {
        const char *content;
        bool mostly_picture;
    } pages[] = {
        {WHOLE "BT /F 12 Tf 300 400 Td (Received) Tj ET", true},               /* a stamp */
        {WHOLE "0 g 300 400 50 50 re f", true},                                /* redaction */
        {WHOLE "1 g 300 400 50 50 re f", true},                                /* white-out */
        {WHOLE "300 400 m 350 450 l S", true},                                 /* a stroke */
        {WHOLE "q 50 0 0 50 300 400 cm /P Do Q", true},                        /* a picture on it */
        {"q 612 0 0 396 0 396 cm /P Do Q q 612 0 0 396 0 0 cm /P Do Q", true}, /* two strips */
        {"q 300 0 0 400 50 50 cm /P Do Q", false},                             /* a part of the page */
        {"q 800 0 0 1000 -90 -90 cm /P Do Q", true},                           /* much of it cut off */
        {"q 0 0 612 400 re W n " WHOLE "Q", true},                             /* clipped */
        {"q 306 0 m 612 396 l 306 792 l 0 396 l h W n " WHOLE "Q", true},      /* a clip of another shape */
        {"q 600 100 -100 780 50 0 cm /P Do Q", true},                          /* aslant */
        {"/Half gs " WHOLE, true},
        {"BT /F 12 Tf 72 600 Td (Dear taxpayer) Tj ET", false},
    };

    (void)state;
    grey_bytes(bytes);
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct page_spec spec = {LETTER, pages[i].content, GREY, bytes, sizeof bytes};
        struct writer writer;
        make_pdf(&writer, &spec);
        struct paper *paper = sheet_must_open(writer.file.data, writer.file.length, 1);
        struct paper_page page = sheet_load(paper, 0);
        if (pixGetWidth(page.image) != 1700 || pixGetHeight(page.image) != 2200)
            fail_msg("not drawn: %s", pages[i].content);
        assert_int_equal(page.dpi, RENDER_DPI);
        assert_int_equal(page.rendered, !pages[i].mostly_picture);
        paper_page_dispose(&page);
        paper_close(paper);
        buffer_dispose(&writer.file);
    }
}

/* Drawing has to obey the page's turn as well. */
static void test_drawn_page_is_upright(void **state)
{
    struct page_spec spec = {"/MediaBox [0 0 792 612] /Rotate 90", "0 g 0 0 198 153 re f 594 0 198 76.5 re f",
                             NULL, NULL, 0};
    struct writer writer;

    (void)state;
    make_pdf(&writer, &spec);
    struct paper *paper = sheet_must_open(writer.file.data, writer.file.length, 1);
    struct paper_page page = sheet_load(paper, 0);
    assert_true(page.rendered);
    sheet_assert(&page, 1700, 2200, 8, 200);
    paper_page_dispose(&page);
    paper_close(paper);
    buffer_dispose(&writer.file);
}

/* A photo on a page of 1 point a pixel, 42 x 55 inches: no one has such paper. */
static void test_page_of_an_unlikely_size(void **state)
{
    static unsigned char bytes[WIDTH * HEIGHT];
    struct page_spec spec = {"/MediaBox [0 0 3060 3960]", "q 3060 0 0 3960 0 0 cm /P Do Q", GREY, bytes,
                             sizeof bytes};
    struct page_spec drawn = {"/MediaBox [0 0 14400 14400]", "0 g 0 0 100 100 re f", NULL, NULL, 0};
    struct writer writer;

    (void)state;
    grey_bytes(bytes);
    check_page(&spec, WIDTH, HEIGHT, 8, 50);
    make_pdf(&writer, &drawn);
    struct paper *paper = sheet_must_open(writer.file.data, writer.file.length, 1);
    struct paper_page page = sheet_load(paper, 0);
    assert_int_equal(pixGetWidth(page.image), 2200);
    assert_int_equal(pixGetHeight(page.image), 2200);
    paper_page_dispose(&page);
    paper_close(paper);
    buffer_dispose(&writer.file);
}

/* ---- what may be wrong ---- */

static void test_scan_that_lacks_rows(void **state)
{
    static unsigned char bytes[STRIDE * HEIGHT];
    struct page_spec spec = {LETTER, WHOLE, BITS, bytes, sizeof bytes};

    (void)state;
    packed_bytes(bytes, 0);
    spec.size -= 3 * STRIDE; /* scanners miscount */
    assert_int_equal(page_error(&spec), ERROR_NONE);
    spec.size = sizeof bytes / 2;
    assert_int_equal(page_error(&spec), ERROR_DAMAGED);
}

static void test_picture_over_the_bound(void **state)
{
    struct page_spec spec = {LETTER, WHOLE, NULL, "x", 1};

    (void)state;
    spec.dictionary = "/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /BitsPerComponent 8 "
                      "/ColorSpace /DeviceRGB";
    assert_int_equal(page_error(&spec), ERROR_TOO_LARGE);
    spec.content = "q 60 0 0 60 0 0 cm /P Do Q"; /* as a part of a drawn page too */
    assert_int_equal(page_error(&spec), ERROR_TOO_LARGE);
}

/* Small files whose drawing would never end. */
static void test_pages_without_end(void **state)
{
    struct writer writer = {0};
    char text[400];

    (void)state;
    buffer_init(&writer.file, TEST_FILE_MAX); /* 30 forms, each showing the next ten times */
    buffer_text(&writer.file, "%PDF-1.6\n");
    add_object(&writer, "<< /Type /Catalog /Pages 2 0 R >>");
    add_object(&writer, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
    add_object(&writer, "<< /Type /Page /Parent 2 0 R " LETTER
                        " /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>");
    add_stream(&writer, "", "/X Do", 5);
    for (int i = 0; i < 30; i++) {
        snprintf(
            text, sizeof text,
            "/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /XObject << /X %d 0 R >> >>",
            writer.count + 2);
        add_stream(&writer, text, "/X Do /X Do /X Do /X Do /X Do /X Do /X Do /X Do /X Do /X Do ", 60);
    }
    add_stream(&writer, "/Type /XObject /Subtype /Form /BBox [0 0 612 792]", "0 0 9 9 re f", 12);
    end_file(&writer, "");
    assert_int_equal(sheet_error(writer.file.data, writer.file.length), ERROR_TOO_LARGE);
    buffer_dispose(&writer.file);

    writer = (struct writer){0}; /* a pattern of specks */
    buffer_init(&writer.file, TEST_FILE_MAX);
    buffer_text(&writer.file, "%PDF-1.6\n");
    add_object(&writer, "<< /Type /Catalog /Pages 2 0 R >>");
    add_object(&writer, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
    add_object(&writer, "<< /Type /Page /Parent 2 0 R " LETTER
                        " /Contents 4 0 R /Resources << /Pattern << /P 5 0 R >> >> >>");
    add_stream(&writer, "", "/Pattern cs /P scn 0 0 612 792 re f", 35);
    add_stream(&writer,
               "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 0.0001 "
               "/YStep 0.0001 /Resources << >>",
               "0 0 1 1 re f", 12);
    end_file(&writer, "");
    assert_int_equal(sheet_error(writer.file.data, writer.file.length), ERROR_TOO_LARGE);
    buffer_dispose(&writer.file);
}

/* A line is no page, and no lack of memory. */
static void test_page_that_is_a_line(void **state)
{
    struct page_spec spec = {"/MediaBox [0 0 1 100000]", "0 g 0 0 1 100 re f", NULL, NULL, 0};

    (void)state;
    assert_int_equal(page_error(&spec), ERROR_DAMAGED);
}

static void test_truncated_file(void **state)
{
    static unsigned char bytes[WIDTH * HEIGHT];
    struct page_spec spec = {LETTER, WHOLE, GREY, bytes, sizeof bytes};
    struct writer writer;

    (void)state;
    grey_bytes(bytes);
    make_pdf(&writer, &spec);
    assert_int_equal(sheet_error(writer.file.data, writer.file.length / 2),
                     ERROR_DAMAGED);                                     /* in the picture */
    assert_int_equal(sheet_error(writer.file.data, 600), ERROR_DAMAGED); /* before the picture */
    assert_int_equal(sheet_error(writer.file.data, 100), ERROR_DAMAGED);
    assert_int_equal(sheet_error(writer.file.data, 9), ERROR_DAMAGED);
    /* without its table of contents only, it is mended and whole */
    assert_int_equal(sheet_error(writer.file.data, writer.file.length - 200), ERROR_NONE);
    buffer_dispose(&writer.file);
}

static void test_truly_blank_page_is_no_damage(void **state)
{
    struct page_spec spec = {LETTER, " ", NULL, NULL, 0};

    (void)state;
    assert_int_equal(page_error(&spec), ERROR_NONE);
}

static void make_encrypted(struct buffer *out, int method, const char *user, const char *owner)
{
    struct page_spec spec = {LETTER, "0 g 0 0 99 99 re f", NULL, NULL, 0};
    struct writer writer;
    fz_context *context = fz_new_context(NULL, NULL, FZ_STORE_DEFAULT);
    pdf_write_options options = pdf_default_write_options;

    make_pdf(&writer, &spec);
    fz_stream *stream = fz_open_memory(context, (unsigned char *)writer.file.data, writer.file.length);
    pdf_document *document = pdf_open_document_with_stream(context, stream);
    fz_buffer *buffer = fz_new_buffer(context, 1024);
    fz_output *output = fz_new_output_with_buffer(context, buffer);
    options.do_encrypt = method;
    strcpy(options.upwd_utf8, user);
    strcpy(options.opwd_utf8, owner);
    pdf_write_document(context, document, output, &options);
    fz_close_output(context, output);
    unsigned char *data;
    size_t size = fz_buffer_storage(context, buffer, &data);
    buffer_init(out, TEST_FILE_MAX);
    buffer_add(out, data, size);
    fz_drop_output(context, output);
    fz_drop_buffer(context, buffer);
    pdf_drop_document(context, document);
    fz_drop_stream(context, stream);
    fz_drop_context(context);
    buffer_dispose(&writer.file);
}

static void test_passwords(void **state)
{
    static const int methods[] = {PDF_ENCRYPT_RC4_128, PDF_ENCRYPT_AES_128, PDF_ENCRYPT_AES_256};

    (void)state;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        struct buffer file;
        struct error error;
        make_encrypted(&file, methods[i], "secret", "secret");
        assert_null(sheet_open(file.data, file.length, &error));
        assert_int_equal(error.code, ERROR_ENCRYPTED_PDF);
        assert_non_null(strstr(error.message, "password"));
        buffer_dispose(&file);
        make_encrypted(&file, methods[i], "", "secret"); /* locked against printing only: anyone may read */
        assert_int_equal(sheet_error(file.data, file.length), ERROR_NONE);
        buffer_dispose(&file);
    }
}

static void test_encryption_by_certificate(void **state)
{
    struct page_spec spec = {LETTER, " ", NULL, NULL, 0};
    struct writer writer;

    (void)state;
    make_pdf(&writer, &spec);
    writer.file.length = 0;
    writer.count = 0;
    buffer_text(&writer.file, "%PDF-1.6\n");
    add_object(&writer, "<< /Type /Catalog /Pages 2 0 R >>");
    add_object(&writer, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
    add_object(&writer, "<< /Type /Page /Parent 2 0 R " LETTER " >>");
    end_file(&writer, "/Encrypt << /Filter /Adobe.PubSec /V 4 /Length 128 >> /ID [<00> <00>]");
    assert_int_equal(sheet_error(writer.file.data, writer.file.length), ERROR_ENCRYPTED_PDF);
    buffer_dispose(&writer.file);
}

static void test_many_pages(void **state)
{
    struct writer writer = {0};
    struct timespec start;
    struct timespec end;

    (void)state;
    buffer_init(&writer.file, TEST_FILE_MAX);
    buffer_text(&writer.file, "%PDF-1.6\n");
    add_object(&writer, "<< /Type /Catalog /Pages 2 0 R >>");
    begin_object(&writer);
    buffer_text(&writer.file, "<< /Type /Pages /Count 5000 /Kids [");
    for (int i = 0; i < 5000; i++)
        buffer_text(&writer.file, "3 0 R ");
    buffer_text(&writer.file, "] >>\nendobj\n");
    add_object(&writer, "<< /Type /Page /Parent 2 0 R " LETTER " >>");
    end_file(&writer, "");
    clock_gettime(CLOCK_MONOTONIC, &start);
    assert_int_equal(sheet_error(writer.file.data, writer.file.length), ERROR_TOO_MANY_PAGES);
    clock_gettime(CLOCK_MONOTONIC, &end);
    assert_true(end.tv_sec - start.tv_sec <= 1);
    buffer_dispose(&writer.file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grey_scan),
        cmocka_unit_test(test_bits_of_both_polarities),
        cmocka_unit_test(test_ccitt),
        cmocka_unit_test(test_jpeg),
        cmocka_unit_test(test_every_placing),
        cmocka_unit_test(test_page_rotation),
        cmocka_unit_test(test_what_does_not_show),
        cmocka_unit_test(test_what_has_to_be_drawn),
        cmocka_unit_test(test_drawn_page_is_upright),
        cmocka_unit_test(test_page_of_an_unlikely_size),
        cmocka_unit_test(test_scan_that_lacks_rows),
        cmocka_unit_test(test_picture_over_the_bound),
        cmocka_unit_test(test_pages_without_end),
        cmocka_unit_test(test_page_that_is_a_line),
        cmocka_unit_test(test_truncated_file),
        cmocka_unit_test(test_truly_blank_page_is_no_damage),
        cmocka_unit_test(test_passwords),
        cmocka_unit_test(test_encryption_by_certificate),
        cmocka_unit_test(test_many_pages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
