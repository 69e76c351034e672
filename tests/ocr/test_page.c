/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Pictures in, words out. */
#include "scan.h"

#include "base/limits.h"
#include "ocr/engine.h"

static struct ocr_engine *engine;

static const struct box HEADER = {0, 0, 1, 0.42F};

static int setup(void **state)
{
    struct error error = {0};

    return scan_setup(state) != 0 || ocr_engine_new(&engine, &error) != 0 ? -1 : 0;
}

static int teardown(void **state)
{
    ocr_engine_free(engine);
    return scan_teardown(state);
}

/* The page of a picture, which is destroyed unless it is the scan itself. */
static struct ocr_page *page_of(PIX *picture)
{
    struct paper_page paper = {.image = picture, .dpi = SCAN_DPI};
    struct ocr_page *page = NULL;
    struct error error = {0};

    if (ocr_page_new(&page, &paper, &error) != 0)
        fail_msg("%s", error.message);
    if (picture != scan)
        pixDestroy(&picture);
    return page;
}

static void read_zone(struct ocr_page *page, struct box zone, enum ocr_way way)
{
    struct error error = {0};

    if (ocr_page_read(page, engine, zone, way, &error) != 0)
        fail_msg("not read: %s", error.message);
}

/* The word, and where it stands; NULL if it is not there. */
static const struct ocr_word *find_word(const struct ocr_page *page, const char *text)
{
    size_t count;
    const struct ocr_line *lines = ocr_page_lines(page, &count);

    for (size_t l = 0; l < count; l++) {
        for (size_t w = 0; w < lines[l].word_count; w++) {
            if (strcmp(lines[l].words[w].text, text) == 0)
                return &lines[l].words[w];
        }
    }
    return NULL;
}

static size_t count_words(const struct ocr_page *page)
{
    size_t count;
    size_t words = 0;
    const struct ocr_line *lines = ocr_page_lines(page, &count);

    for (size_t l = 0; l < count; l++)
        words += lines[l].word_count;
    return words;
}

/* The number stands where a CP notice prints it: upper right. */
static void assert_reads_number(struct ocr_page *page)
{
    read_zone(page, HEADER, OCR_PLAIN);
    const struct ocr_word *word = find_word(page, SCAN_NUMBER);
    if (word == NULL)
        fail_msg("%s was not read", SCAN_NUMBER);
    assert_true(word->confidence > 0.6F && word->confidence <= 1);
    assert_true(word->box.left > 0.5F && word->box.bottom < 0.2F);
    assert_non_null(find_word(page, "Internal"));
    ocr_page_free(page);
}

static void an_upright_page(void **state)
{
    (void)state;
    assert_reads_number(page_of(scan));
}

static void a_page_upside_down_or_sideways(void **state)
{
    (void)state;
    for (int quarters = 1; quarters < 4; quarters++)
        assert_reads_number(page_of(pixRotateOrth(scan, quarters)));
}

static void a_tilted_page_is_level(void **state)
{
    (void)state;
    struct ocr_page *page = page_of(pixRotate(scan, 0.05F, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0));
    read_zone(page, HEADER, OCR_PLAIN);
    size_t count;
    const struct ocr_line *lines = ocr_page_lines(page, &count);
    assert_true(count > 5);
    for (size_t l = 0; l < count; l++) { /* 0.05 radians would lift a long line's end by several heights */
        const struct ocr_line *line = &lines[l];
        if (line->word_count >= 5)
            assert_true(fabsf(box_middle(line->words[line->word_count - 1].box) -
                              box_middle(line->words[0].box)) < 0.006F);
    }
    assert_reads_number(page);
}

static void a_photo_on_a_dark_desk(void **state)
{
    static const float shot[8] = {0.10F, 0.06F, 0.08F, 0.10F, 0.04F, 0.05F, 0.05F, 0.04F};

    (void)state;
    PIX *large = pixScale(scan, 1.4F, 1.4F); /* a camera has pixels to spare */
    PIX *photo = scan_on_desk(large, 60, shot);
    pixDestroy(&large);
    assert_reads_number(page_of(photo));
}

/* White on black, as from film or a scanner that was told so. */
static void a_negative_is_read(void **state)
{
    PIX *bits = pixThresholdToBinary(scan, 150);

    (void)state;
    assert_reads_number(page_of(pixInvert(NULL, scan)));
    assert_reads_number(page_of(pixInvert(NULL, bits)));
    pixDestroy(&bits);
}

/* A scanner of one bit makes dots of a sheet's grey; the engine reads the dots as print. */
static void a_dotted_sheet_is_read(void **state)
{
    PIX *grey = pixCopy(NULL, scan);

    (void)state;
    pixMultConstantGray(grey, 0.88F);
    assert_reads_number(page_of(pixDitherToBinary(grey)));
    pixDestroy(&grey);
}

static void one_bit_is_enough(void **state)
{
    (void)state;
    assert_reads_number(page_of(pixThresholdToBinary(scan, 150)));
}

/* The print's black becomes `ink`, its white `ground`. */
static PIX *faded(l_uint32 ink, l_uint32 ground)
{
    PIX *out = pixCopy(NULL, scan);

    for (int y = 0; y < pixGetHeight(out); y++) {
        for (int x = 0; x < pixGetWidth(out); x++) {
            l_uint32 level;
            pixGetPixel(scan, x, y, &level);
            pixSetPixel(out, x, y, ink + level * (ground - ink) / 255);
        }
    }
    return out;
}

/* A person reads grey print without effort: it must not pass for an empty sheet. */
static void faint_print_is_read(void **state)
{
    static const l_uint32 levels[][2] = {{120, 255}, {160, 255}, {190, 255}, {205, 255}, {120, 180}, {150, 190}};

    (void)state;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        struct ocr_page *page = page_of(faded(levels[i][0], levels[i][1]));
        if (ocr_page_blank(page))
            fail_msg("print of %u on %u was taken for an empty sheet", levels[i][0], levels[i][1]);
        assert_reads_number(page);
    }
}

/* What shines through from the back of a sheet is fainter than that. */
static void the_other_side_is_not_print(void **state)
{
    (void)state;
    PIX *through = faded(228, 250);
    pixFlipLR(through, through);
    struct ocr_page *page = page_of(through);
    assert_true(ocr_page_blank(page));
    ocr_page_free(page);
}

static PIX *white_sheet(void)
{
    PIX *sheet = pixCreate(1700, 2200, 8);

    pixSetAllArbitrary(sheet, 250);
    return sheet;
}

static void blank_pages(void **state)
{
    PIX *dusty = white_sheet();
    PIX *shaded = white_sheet();
    unsigned seed = 7;

    (void)state;
    for (int i = 0; i < 400; i++) { /* specks of one pixel */
        seed = seed * 1103515245 + 12345;
        pixSetPixel(dusty, (int)(seed >> 8) % 1700, (int)(seed >> 4) % 2200, 40);
    }
    for (int y = 0; y < 2200; y++) {
        for (int x = 0; x < 1700; x++)
            pixSetPixel(shaded, x, y, 250 - (l_uint32)x * 60 / 1700);
    }
    PIX *sheets[] = {white_sheet(), dusty, shaded, pixCreate(1700, 2200, 1)};
    for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++) {
        struct ocr_page *page = page_of(sheets[i]);
        if (!ocr_page_blank(page))
            fail_msg("sheet %zu is blank", i);
        read_zone(page, BOX_PAGE, OCR_PLAIN);
        assert_int_equal(count_words(page), 0);
        ocr_page_free(page);
    }
}

/* One line of print is not nothing: "This page intentionally left blank" must not hide a letter. */
static PIX *one_line(const char *text)
{
    PIX *sheet = white_sheet();
    L_BMF *font = bmfCreate(NULL, 20); /* 20 points at 300 dpi: 18 at 200, when scaled */
    PIX *small = pixCreate(1400, 110, 8);

    pixSetAllArbitrary(small, 250);
    pixSetTextline(small, font, text, 0, 10, 75, NULL, NULL);
    PIX *line = pixScale(small, 0.6F, 0.6F);
    pixRasterop(sheet, 150, 400, pixGetWidth(line), pixGetHeight(line), PIX_SRC, line, 0, 0);
    pixDestroy(&line);
    pixDestroy(&small);
    bmfDestroy(&font);
    return sheet;
}

static void a_rendered_line_is_read(void **state)
{
    size_t count;

    (void)state;
    struct ocr_page *page = page_of(one_line("Respond by January 13, 2025 please"));
    assert_false(ocr_page_blank(page));
    read_zone(page, BOX_PAGE, OCR_PLAIN);
    const struct ocr_line *lines = ocr_page_lines(page, &count);
    assert_int_equal(count, 1);
    assert_string_equal(lines[0].text, "Respond by January 13, 2025 please");
    assert_int_equal(lines[0].word_count, 6);
    assert_float_equal(lines[0].box.top, 0.185, 0.01); /* where it was put */
    ocr_page_free(page);
}

/* Dots too few to be sure of a digit, however they were made more. */
static void coarse_pages_are_known(void **state)
{
    static const struct {
        float scale;
        int dpi;
        bool coarse;
    } examples[] = {{1, SCAN_DPI, false}, {0.75F, 150, false}, {0.5F, 100, true}};

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        PIX *scaled = pixScale(scan, examples[i].scale, examples[i].scale);
        struct paper_page paper = {.image = scaled, .dpi = examples[i].dpi};
        struct ocr_page *page = NULL;
        struct error error = {0};
        assert_int_equal(ocr_page_new(&page, &paper, &error), 0);
        assert_int_equal(ocr_page_coarse(page), examples[i].coarse);
        ocr_page_free(page);
        pixDestroy(&scaled);
    }
}

/* Read twice, in two ways, or zone by zone with an overlap: no word is there twice, none outside its zone. */
static void zones_do_not_repeat_words(void **state)
{
    static const struct box LEFT = {0, 0, 0.5F, 0.2F};
    size_t count;

    (void)state;
    struct ocr_page *page = page_of(scan);
    read_zone(page, LEFT, OCR_PLAIN);
    const struct ocr_line *lines = ocr_page_lines(page, &count);
    assert_true(count > 0);
    for (size_t l = 0; l < count; l++)
        assert_true(lines[l].box.right < 0.51F && lines[l].box.bottom < 0.21F);
    assert_null(find_word(page, SCAN_NUMBER));
    read_zone(page, HEADER, OCR_PLAIN);
    size_t once = count_words(page);
    read_zone(page, HEADER, OCR_PLAIN);
    assert_int_equal(count_words(page), once);
    read_zone(page, (struct box){0.42F, 0, 1, 0.30F}, OCR_CLOSE);
    if (find_word(page, SCAN_NUMBER) == NULL)
        fail_msg("%s was not read at the second look", SCAN_NUMBER);
    if (count_words(page) > once * 11 / 10)
        fail_msg("%zu words have become %zu", once, count_words(page));
    ocr_page_free(page);
}

static void turning_forgets_what_was_read(void **state)
{
    struct error error = {0};

    (void)state;
    struct ocr_page *page = page_of(scan);
    read_zone(page, HEADER, OCR_PLAIN);
    double upright = ocr_page_legibility(page);
    assert_true(upright > 100);
    assert_int_equal(ocr_page_turn(page, 2, &error), 0);
    assert_int_equal(count_words(page), 0);
    read_zone(page, HEADER, OCR_PLAIN);
    assert_true(ocr_page_legibility(page) < upright / 4); /* print on its head looks like no words */
    assert_int_equal(ocr_page_turn(page, 2, &error), 0);
    assert_reads_number(page);
}

static void what_was_read_is_known(void **state)
{
    const struct box foot = {0, 0.9F, 1, 1};
    struct error error = {0};
    size_t count;

    (void)state;
    struct ocr_page *page = page_of(scan);
    ocr_page_zones(page, &count);
    assert_int_equal(count, 0);
    read_zone(page, HEADER, OCR_PLAIN);
    read_zone(page, foot, OCR_PLAIN);
    const struct box *zones = ocr_page_zones(page, &count);
    assert_int_equal(count, 2);
    assert_memory_equal(&zones[0], &HEADER, sizeof HEADER);
    assert_memory_equal(&zones[1], &foot, sizeof foot);
    assert_int_equal(ocr_page_turn(page, 2, &error), 0);
    ocr_page_zones(page, &count);
    assert_int_equal(count, 0);
    ocr_page_free(page);
}

/* Print of that many levels under a ground of 250, in a scanner's noise of 2 levels. */
static struct ocr_page *pale_page(int contrast)
{
    PIX *pale = pixConvertTo8(scan, 0);

    for (l_int32 y = 0; y < pixGetHeight(pale); y++) {
        for (l_int32 x = 0; x < pixGetWidth(pale); x++) {
            l_uint32 level = 0;
            pixGetPixel(pale, x, y, &level);
            pixSetPixel(pale, x, y, 250 - contrast * (255 - level) / 255 - (x * 7 + y * 13 + x * y) % 3);
        }
    }
    return page_of(pale);
}

static void very_faint_print_is_told_from_bare_paper(void **state)
{
    (void)state;
    struct ocr_page *faint = pale_page(14);
    struct ocr_page *bare = pale_page(0);
    assert_true(ocr_page_blank(faint) && ocr_page_faint(faint));
    assert_true(ocr_page_blank(bare) && !ocr_page_faint(bare));
    ocr_page_free(faint);
    ocr_page_free(bare);
}

/* Half of its pixels are ink: not even tried, for the engine would be lost in it. The page says that it is not all read. */
static void noise_is_not_recognised(void **state)
{
    PIX *noise = pixCreate(1700, 2200, 1);
    struct error error = {0};
    unsigned seed = 7;
    size_t count;

    (void)state;
    for (l_uint32 *word = pixGetData(noise), *end = word + 2200 * pixGetWpl(noise); word < end; word++) {
        seed = seed * 1103515245 + 12345;
        *word = seed ^ seed >> 16;
    }
    struct ocr_page *page = page_of(noise);
    assert_int_equal(ocr_page_read(page, engine, BOX_PAGE, OCR_PLAIN, &error), 1);
    ocr_page_lines(page, &count);
    assert_int_equal(count, 0);
    ocr_page_free(page);
}

static int take_one(void *context, const char *text, const BOX *place, float confidence)
{
    (void)text, (void)place, (void)confidence;
    ++*(unsigned *)context;
    return 0;
}

/* What recognition takes is taken off; with nothing left it does not begin, and says so. */
static void recognition_has_its_time(void **state)
{
    PIX *line = one_line("Respond by January 13, 2025 please");
    struct error error = {0};
    int64_t left = PAGE_RECOGNISE_MS;
    unsigned words = 0;

    (void)state;
    assert_int_equal(
        ocr_engine_recognise(engine, line, SCAN_DPI, ENGINE_SCATTERED, &left, take_one, &words, &error), 0);
    assert_int_equal(words, 6);
    assert_in_range(left, PAGE_RECOGNISE_MS / 2, PAGE_RECOGNISE_MS - 1);
    left = 1; /* it is over before the first word */
    words = 0;
    assert_int_equal(
        ocr_engine_recognise(engine, line, SCAN_DPI, ENGINE_SCATTERED, &left, take_one, &words, &error), 1);
    assert_true(left <= 0);
    words = 0;
    assert_int_equal(
        ocr_engine_recognise(engine, line, SCAN_DPI, ENGINE_SCATTERED, &left, take_one, &words, &error), 1);
    assert_int_equal(words, 0);
    assert_int_equal(error.code, ERROR_NONE);
    pixDestroy(&line);
}

/* The boxes of words are rough: bits of the lines above and below come with it. */
static void a_line_is_read_without_its_neighbours(void **state)
{
    struct ocr_page *page = page_of(scan);
    struct error error = {0};

    (void)state;
    read_zone(page, HEADER, OCR_PLAIN);
    const struct ocr_word *word = find_word(page, SCAN_NUMBER);
    assert_non_null(word);
    struct box box = word->box;
    float height = box_height(box);
    box.top -= 0.4F * height;
    box.bottom += 0.4F * height;
    unsigned right = 0;
    for (unsigned look = 0; look < OCR_LINE_LOOKS; look++) {
        char *text;
        assert_int_equal(ocr_page_read_line(page, engine, box, look, &text, &error), 0);
        right += strstr(text, SCAN_NUMBER) != NULL;
        free(text);
    }
    assert_true(right >= OCR_LINE_LOOKS - 1); /* a single look may err on any print: that is why there are many */
    ocr_page_free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_upright_page),           cmocka_unit_test(a_page_upside_down_or_sideways),
        cmocka_unit_test(a_tilted_page_is_level),    cmocka_unit_test(a_photo_on_a_dark_desk),
        cmocka_unit_test(one_bit_is_enough),         cmocka_unit_test(blank_pages),
        cmocka_unit_test(faint_print_is_read),       cmocka_unit_test(the_other_side_is_not_print),
        cmocka_unit_test(a_rendered_line_is_read),   cmocka_unit_test(coarse_pages_are_known),
        cmocka_unit_test(zones_do_not_repeat_words), cmocka_unit_test(turning_forgets_what_was_read),
        cmocka_unit_test(what_was_read_is_known),    cmocka_unit_test(noise_is_not_recognised),
        cmocka_unit_test(recognition_has_its_time),
        cmocka_unit_test(very_faint_print_is_told_from_bare_paper),
        cmocka_unit_test(a_line_is_read_without_its_neighbours),
        cmocka_unit_test(a_negative_is_read),
        cmocka_unit_test(a_dotted_sheet_is_read),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
