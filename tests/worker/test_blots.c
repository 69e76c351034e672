/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A page for the desk shows of no taxpayer number more than its end, wherever it stands, whether it was read
 * there or not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <unistd.h>

#include <allheaders.h>

#include "paper/paper.h"
#include "worker/reading.h"

enum { WIDTH = 612, HEIGHT = 792, PAGES = 2, DARK = 100, SHOWN = 4, BYTES = 1 << 14 };
#define FIGURE 0.556 /* widths of Helvetica, in its size; CAPITAL is the height of its figures */
#define CAPITAL 0.718

/* What stands on a page, in points from its lower left corner. */
struct print {
    int page;
    double x, y, size;
    const char *text;
    enum {
        PLAIN,
        NUMBER,
        BESIDE
    } kind; /* of a number the last four figures may be seen; what stands beside it may be blotted out with it
             */
};

/* 9 and 00 begin numbers that nobody has. */
static const struct print prints[] = {
    {0, 60, 740, 11, "Department of the Treasury", PLAIN},
    {0, 60, 725, 11, "Internal Revenue Service", PLAIN},
    {0, 60, 710, 11, "Ogden, UT 84201-0039", PLAIN},
    {0, 360, 740, 11, "Notice                         CP504", PLAIN},
    {0, 360, 725, 11, "Notice date              January 13, 2025", PLAIN},
    {0, 360, 710, 11, "Social Security number", BESIDE},
    {0, 480, 710, 11, "912-34-8765", NUMBER},
    {0, 360, 680, 11, "To contact us           800-555-0173", PLAIN},
    {0, 60, 560, 18, "Notice of intent to levy", PLAIN},
    {0, 60, 538, 13, "Amount due immediately: $8,391.57", PLAIN},
    {0, 60, 510, 11, "We have not received the payment of your overdue taxes for 2022.", PLAIN},
    {0, 60, 495, 11, "This is a notice of intent to levy your state tax refund or other property.", PLAIN},
    {0, 60, 420, 10, "Our records for", BESIDE}, /* in a sentence of the body */
    {0, 130, 420, 10, "912348765", NUMBER},
    {0, 177, 420, 10, "show what you owe since April 15, 2023.", BESIDE},
    {0, 60, 400, 10, "You owe $1,234.56, $27,345.67 and $123,456.78.", PLAIN},
    {0, 60, 190, 9, "Write", BESIDE}, /* a payment slip */
    {0, 86, 190, 9, "912 34 8765", NUMBER},
    {0, 140, 190, 9, "on your check, and send no cash.", BESIDE},
    {0, 400, 170, 9, "Employer ID number", PLAIN},
    {0, 490, 170, 9, "00-7219438", NUMBER},
    {0, 60, 60, 11, "Notice CP504 (Rev. 2-2024)", PLAIN},
    {0, 60, 30, 10, "912348765", NUMBER}, /* its scan line */
    {0, 112, 30, 10, "QZ SMIT 30 0 202212 670 00000839157", BESIDE},
    {1, 60, 750, 10, "912-34-8765", NUMBER}, /* the next page's header, and an enclosed form */
    {1, 300, 750, 10, "Notice CP504", PLAIN},
    {1, 480, 750, 10, "Page 2 of 2", PLAIN},
    {1, 60, 640, 14, "Request for a Collection Due Process or Equivalent Hearing", PLAIN},
    {1, 60, 600, 10, "Taxpayer name", PLAIN},
    {1, 60, 580, 10, "Taxpayer number", PLAIN},
    {1, 200, 580, 10, "912 - 34 - 8765", NUMBER},
    {1, 60, 560, 10, "Telephone", PLAIN},
    {1, 200, 560, 10, "202-555-0148", PLAIN},
    {1, 60, 540, 10, "Period ended", PLAIN},
    {1, 200, 540, 10, "12/31/2022", PLAIN},
};

static char folder[] = "/tmp/irsort-test-XXXXXX";
static struct catalogue *catalogue;
static struct reader *reader;
static PIX *clean[PAGES]; /* as they are drawn, 8 bit, 200 dots an inch */

/* ---- making it ---- */

static void put_page(char *out, size_t room, int page)
{
    size_t used = 0;

    for (size_t i = 0; i < sizeof prints / sizeof *prints; i++) {
        const struct print *p = &prints[i];
        if (p->page != page)
            continue;
        int length = snprintf(out + used, room - used, "BT /F %.1f Tf %.1f %.1f Td (", p->size, p->x, p->y);
        used += (size_t)length;
        for (const char *at = p->text; *at != '\0'; at++)
            used += (size_t)snprintf(out + used, room - used, strchr("()", *at) != NULL ? "\\%c" : "%c", *at);
        used += (size_t)snprintf(out + used, room - used, ") Tj ET\n");
    }
}

/* No cross references: they are mended by whoever reads it. */
static void write_pdf(const char *path)
{
    FILE *file = fopen(path, "wb");
    char text[BYTES];

    assert_non_null(file);
    fprintf(file, "%%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n"
                  "2 0 obj << /Type /Pages /Count 2 /Kids [4 0 R 6 0 R] >> endobj\n"
                  "3 0 obj << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> endobj\n");
    for (int page = 0; page < PAGES; page++) {
        put_page(text, sizeof text, page);
        fprintf(file,
                "%d 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R /Resources << "
                "/Font << /F 3 0 R >> >> >> "
                "endobj\n%d 0 obj << /Length %zu >>\nstream\n%s\nendstream endobj\n",
                4 + 2 * page, WIDTH, HEIGHT, 5 + 2 * page, 5 + 2 * page, strlen(text), text);
    }
    fprintf(file, "trailer << /Root 1 0 R >>\n");
    assert_int_equal(fclose(file), 0);
}

static PIX *draw(const char *path, size_t page)
{
    struct paper *paper = NULL;
    struct paper_page picture;
    struct error error = {0};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);

    if (paper_open(&paper, descriptor, &error) != 0 ||
        paper_load(paper, page, PAPER_FULL, &picture, &error) != 0)
        fail_msg("%s: %s", path, error.message);
    PIX *grey = pixConvertTo8(picture.image, 0);
    PIX *out = pixScale(grey, 200.0F / (float)picture.dpi, 200.0F / (float)picture.dpi);
    pixDestroy(&grey);
    paper_page_dispose(&picture);
    paper_close(paper);
    close(descriptor);
    return out;
}

static int setup(void **state)
{
    char path[64];
    struct error error = {0};

    (void)state;
    if (mkdtemp(folder) == NULL || catalogue_new(&catalogue, PROJECT_DIR, NULL, NULL, &error) != 0 ||
        reader_new(&reader, catalogue, &error) != 0)
        return -1;
    snprintf(path, sizeof path, "%s/letter.pdf", folder);
    write_pdf(path);
    for (size_t page = 0; page < PAGES; page++)
        clean[page] = draw(path, page);
    return 0;
}

static int teardown(void **state)
{
    char command[128];

    (void)state;
    for (size_t page = 0; page < PAGES; page++)
        pixDestroy(&clean[page]);
    reader_free(reader);
    catalogue_free(catalogue);
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

/* ---- looking at what came of it ---- */

/* The share of dark pixels in a piece of a picture: of points from the page's lower left corner. */
static double ink(PIX *pix, double left, double bottom, double right, double top)
{
    double across = (double)pixGetWidth(pix) / WIDTH;
    double down = (double)pixGetHeight(pix) / HEIGHT;
    int dark = 0;
    int all = 0;

    for (int y = (int)((HEIGHT - top) * down); y < (int)((HEIGHT - bottom) * down); y++) {
        for (int x = (int)(left * across); x < (int)(right * across); x++, all++) {
            l_uint32 grey = 255;
            pixGetPixel(pix, x, y, &grey);
            dark += grey < DARK;
        }
    }
    assert_true(all > 0);
    return (double)dark / all;
}

/* Figures are as wide as each other, of the rest a hyphen is wider than a blank. */
static double width_of(const char *text, size_t length)
{
    double width = 0;

    for (size_t i = 0; i < length; i++)
        width += text[i] == '-' ? 0.333 : text[i] == ' ' ? 0.278 : FIGURE;
    return width;
}

static void look_at(const char *how, PIX *picture, int page, double least)
{
    for (size_t i = 0; i < sizeof prints / sizeof *prints; i++) {
        const struct print *p = &prints[i];
        if (p->page != page)
            continue;
        size_t hidden = p->kind == NUMBER ? strlen(p->text) - SHOWN : strlen(p->text);
        double share = ink(picture, p->x + 1, p->y + 1, p->x + width_of(p->text, hidden) * p->size - 2,
                           p->y + (CAPITAL * p->size) - 1);
        if (p->kind == NUMBER && share < least)
            fail_msg("%s: of \"%s\" %.2f is blotted out, at %.0f, %.0f of page %d", how, p->text, share, p->x,
                     p->y, page + 1);
        if (p->kind == PLAIN && share > 0.75)
            fail_msg("%s: \"%s\" is blotted out", how, p->text);
    }
}

static void read_and_look(const char *name, const char *how, double least)
{
    char path[64];
    struct letter *letters = NULL;
    struct error error = {0};
    size_t count;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    reader_want(reader, READER_BARE);
    if (reader_read(reader, descriptor, &letters, &count, &error) != 0)
        fail_msg("%s: %s", how, error.message);
    close(descriptor);
    assert_int_equal(count, 1);
    assert_int_equal(letters[0].picture_count, PAGES);
    for (int page = 0; page < PAGES; page++) {
        const struct letter_picture *both = &letters[0].pictures[page];
        for (int full = 0; full < 2; full++) {
            PIX *pix =
                full ? pixReadMemPng(both->full, both->full_size) : pixReadMemPng(both->png, both->size);
            assert_non_null(pix);
            PIX *grey = pixConvertTo8(pix, 0);
            look_at(how, grey, page, least);
            pixDestroy(&grey);
            pixDestroy(&pix);
        }
    }
    letters_free(letters, count);
}

/* Both pages as a file that a scanner made; the pictures are taken over. */
static void scan(PIX *pages[PAGES], int format)
{
    char path[64];

    snprintf(path, sizeof path, "%s/scan.tif", folder);
    for (int page = 0; page < PAGES; page++) {
        assert_non_null(pages[page]);
        pixSetResolution(pages[page], 200, 200);
        assert_int_equal(pixWriteTiff(path, pages[page], format, page == 0 ? "w" : "a"), 0);
        pixDestroy(&pages[page]);
    }
}

/* ---- the tests ---- */

static void a_drawn_page_hides_them(void **state)
{
    (void)state;
    read_and_look("letter.pdf", "as a PDF", 0.95);
}

static void a_page_upside_down_hides_them(void **state)
{
    PIX *pages[PAGES];

    (void)state;
    for (int page = 0; page < PAGES; page++)
        pages[page] = pixRotate180(NULL, clean[page]);
    scan(pages, IFF_TIFF_LZW);
    read_and_look("scan.tif", "upside down", 0.95);
}

/* Thick print, in one bit, with specks; always the same ones. */
static void a_fax_hides_them(void **state)
{
    enum { SPECKS = 4000 };
    PIX *pages[PAGES];
    unsigned random = 1;

    (void)state;
    for (int page = 0; page < PAGES; page++) {
        pages[page] = pixThresholdToBinary(clean[page], 200);
        for (int i = 0; i < SPECKS; i++) {
            random = random * 1103515245 + 12345;
            unsigned x = (random >> 8) % (unsigned)pixGetWidth(pages[page]);
            random = random * 1103515245 + 12345;
            pixSetPixel(pages[page], (l_int32)x,
                        (l_int32)((random >> 8) % (unsigned)pixGetHeight(pages[page])), i % 2);
        }
    }
    scan(pages, IFF_TIFF_G4);
    read_and_look("scan.tif", "as a fax", 0.93);
}

/* Nobody can read them surely; whoever knows what they are could guess. */
static void a_blurred_page_hides_them(void **state)
{
    PIX *pages[PAGES];

    (void)state;
    for (int page = 0; page < PAGES; page++)
        pages[page] = pixBlockconv(clean[page], 2, 2);
    scan(pages, IFF_TIFF_LZW);
    read_and_look("scan.tif", "blurred", 0.93);
}

static void a_tilted_page_hides_them(void **state)
{
    PIX *pages[PAGES];

    (void)state;
    for (int page = 0; page < PAGES; page++)
        pages[page] = pixRotate(clean[page], 0.02F, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0);
    scan(pages, IFF_TIFF_LZW);
    read_and_look("scan.tif", "tilted", 0.85);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_drawn_page_hides_them),  cmocka_unit_test(a_page_upside_down_hides_them),
        cmocka_unit_test(a_fax_hides_them),         cmocka_unit_test(a_blurred_page_hides_them),
        cmocka_unit_test(a_tilted_page_hides_them),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
