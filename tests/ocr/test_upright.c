/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A page that was spoilt in a known way comes back as it was. */
#include "ocr/upright.h"
#include "scan.h"

#define DEGREE ((float)M_PI / 180)
#define APART                                                                                                \
    0.30 /* share of the ink that may lie elsewhere: a pixel's shift moves some over the edge of a cell */

static void straighten(struct upright *sheet, PIX *picture, int dpi)
{
    struct paper_page paper = {.image = picture, .dpi = dpi};

    assert_int_equal(upright_init(sheet, &paper), 0);
    assert_int_equal(upright_reach(sheet, 1), 0);
}

/* Rules and rims are wiped off both before they are compared. */
static void compare(const struct upright *sheet, const char *what)
{
    struct upright wanted;

    straighten(&wanted, scan, SCAN_DPI);
    PIX *scaled = pixScaleToSize(sheet->clean, pixGetWidth(scan), pixGetHeight(scan));
    PIX *grey = pixConvertTo8(scaled, 0);
    double apart = scan_apart(wanted.clean, grey);
    if (apart > APART)
        fail_msg("%s: %.0f %% of the ink lies elsewhere", what, 100 * apart);
    pixDestroy(&grey);
    pixDestroy(&scaled);
    upright_dispose(&wanted);
}

static void check(PIX *spoilt, int dpi, const char *what)
{
    struct upright sheet;

    straighten(&sheet, spoilt, dpi);
    compare(&sheet, what);
    upright_dispose(&sheet);
    pixDestroy(&spoilt);
}

static PIX *tilted(float degrees)
{
    return pixRotate(scan, degrees * DEGREE, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0);
}

/* An upright page of grey dots is passed on as it is, but for its light. */
static void an_upright_page_stays(void **state)
{
    struct upright sheet;

    (void)state;
    straighten(&sheet, scan, SCAN_DPI);
    assert_true(mapping_is_plain(&sheet.from));
    assert_int_equal(sheet.width, pixGetWidth(scan));
    assert_int_equal(sheet.height, pixGetHeight(scan));
    assert_true(sheet.sure && !sheet.blank && !sheet.coarse);
    assert_true(scan_apart(scan, sheet.clean) < 0.15); /* its few rules are gone */
    upright_dispose(&sheet);
}

/* 225: a JPEG of 300 dots an inch is decoded to that. */
static void which_way_is_up_is_sure_at_any_resolution(void **state)
{
    static const int dots[] = {150, 200, 225, 260, 300};

    (void)state;
    for (size_t i = 0; i < sizeof dots / sizeof *dots; i++) {
        float scale = (float)dots[i] / SCAN_DPI;
        PIX *scaled = pixScale(scan, scale, scale);
        for (int quarters = 0; quarters < 4; quarters += 2) {
            struct upright sheet;
            PIX *turned = pixRotateOrth(scaled, quarters);
            straighten(&sheet, turned, dots[i]);
            if (!sheet.sure || sheet.turned != quarters)
                fail_msg("%d dots an inch, %d quarters: %d, %s", dots[i], quarters, sheet.turned,
                         sheet.sure ? "sure" : "unsure");
            upright_dispose(&sheet);
            pixDestroy(&turned);
        }
        pixDestroy(&scaled);
    }
}

static void any_turn_and_tilt_is_undone(void **state)
{
    static const float degrees[] = {-10, -2, 0, 0.6F, 5};

    (void)state;
    for (size_t i = 0; i < sizeof degrees / sizeof *degrees; i++) {
        for (int quarters = 0; quarters < 4; quarters++) {
            PIX *slant = tilted(degrees[i]);
            char what[64];
            snprintf(what, sizeof what, "%d quarters and %.1f degrees", quarters, (double)degrees[i]);
            check(pixRotateOrth(slant, quarters), SCAN_DPI, what);
            pixDestroy(&slant);
        }
    }
}

/* One bit stays one bit where nothing need be moved by less than a dot. */
static void one_bit_stays(void **state)
{
    PIX *ink = scan_ink(scan);

    (void)state;
    for (int quarters = 0; quarters < 4; quarters++) {
        struct upright sheet;
        PIX *turned = pixRotateOrth(ink, quarters);
        straighten(&sheet, turned, SCAN_DPI);
        assert_int_equal(pixGetDepth(sheet.clean), 1);
        compare(&sheet, "one bit");
        upright_dispose(&sheet);
        pixDestroy(&turned);
    }
    PIX *slant = tilted(3);
    check(scan_ink(slant), SCAN_DPI, "one bit, tilted");
    pixDestroy(&slant);
    pixDestroy(&ink);
}

static void a_photo_is_flattened(void **state)
{
    static const float shots[][8] = {
        {0.12F, 0.08F, 0.10F, 0.12F, 0.04F, 0.06F, 0.05F, 0.04F},
        {0.05F, 0.12F, 0.12F, 0.05F, 0.05F, 0.12F, 0.12F, 0.05F},
    };

    (void)state;
    for (size_t i = 0; i < sizeof shots / sizeof *shots; i++) {
        PIX *large = pixScale(scan, 1.3F, 1.3F);
        PIX *photo = scan_on_desk(large, 70, shots[i]);
        check(pixRotateOrth(photo, (int)i), SCAN_DPI, "a photo");
        pixDestroy(&photo);
        pixDestroy(&large);
    }
}

/* The scanner's black lid all round, as scanned and in one bit, level and tilted: the sheet alone is the
 * page. */
static void black_borders_are_cut_off(void **state)
{
    static const float degrees[] = {0, 2};

    (void)state;
    for (size_t i = 0; i < sizeof degrees / sizeof *degrees; i++) {
        PIX *bordered = pixAddBorderGeneral(scan, 60, 90, 70, 80, 10);
        PIX *slant = pixRotate(bordered, degrees[i] * DEGREE, L_ROTATE_AREA_MAP, L_BRING_IN_BLACK, 0, 0);
        check(scan_ink(slant), SCAN_DPI, "black borders, one bit");
        check(slant, SCAN_DPI, "black borders");
        pixDestroy(&bordered);
    }
}

/* Black at one side only, and three holes: there is no frame, but they are no print either. */
static void rims_and_holes_are_wiped(void **state)
{
    PIX *spoilt = pixCopy(NULL, scan);
    BOX *rim = boxCreate(pixGetWidth(scan) - 40, 0, 40, pixGetHeight(scan));

    (void)state;
    pixSetInRectArbitrary(spoilt, rim, 20);
    for (int hole = 1; hole < 6; hole += 2) {
        for (int y = -25; y <= 25; y++)
            for (int x = -25; x <= 25; x++)
                if (x * x + y * y <= 25 * 25)
                    pixSetPixel(spoilt, 60 + x, pixGetHeight(scan) * hole / 6 + y, 40);
    }
    boxDestroy(&rim);
    check(spoilt, SCAN_DPI, "a rim and holes");
}

static void other_resolutions_are_brought_near(void **state)
{
    static const struct {
        float scale;
        int dpi, from, to;
    } examples[] = {{3, 600, 180, 320}, {2, 400, 180, 320}, {1.5F, 300, 300, 300}, {0.75F, 150, 180, 320}};

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct upright sheet;
        PIX *scaled = pixScale(scan, examples[i].scale, examples[i].scale);
        straighten(&sheet, scaled, examples[i].dpi);
        assert_in_range(sheet.dpi, examples[i].from, examples[i].to);
        assert_float_equal((float)sheet.width / (float)sheet.dpi, 8.5, 0.05); /* inches */
        compare(&sheet, "another resolution");
        upright_dispose(&sheet);
        PIX *ink = scan_ink(scaled);
        check(ink, examples[i].dpi, "another resolution, one bit");
        pixDestroy(&scaled);
    }
}

/* Half the light on one side, on grey paper. */
static void light_is_evened(void **state)
{
    PIX *shaded = pixCopy(NULL, scan);
    l_int32 width = pixGetWidth(scan);

    (void)state;
    for (l_int32 y = 0; y < pixGetHeight(scan); y++) {
        for (l_int32 x = 0; x < width; x++) {
            l_uint32 level = 0;
            pixGetPixel(scan, x, y, &level);
            pixSetPixel(shaded, x, y, level * 8 / 10 * (l_uint32)(2 * width - x) / (l_uint32)(2 * width));
        }
    }
    check(shaded, SCAN_DPI, "uneven light");
}

/* Turned by hand and back again: the same picture. */
static void turning_goes_round(void **state)
{
    struct upright sheet;

    (void)state;
    straighten(&sheet, scan, SCAN_DPI);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(upright_turn(&sheet, 1), 0);
        assert_int_equal(upright_reach(&sheet, 1), 0);
        assert_int_equal(pixGetWidth(sheet.clean) > pixGetHeight(sheet.clean), i % 2 == 0);
        assert_int_equal(pixGetWidth(sheet.clean), sheet.width);
    }
    compare(&sheet, "turned round");
    upright_dispose(&sheet);
}

/* Made piece by piece the page is the same as made at once. */
static void pieces_fit(void **state)
{
    struct paper_page paper = {.image = scan, .dpi = SCAN_DPI};
    struct upright pieces;
    struct upright whole;
    l_int32 same = 0;

    (void)state;
    straighten(&whole, scan, SCAN_DPI);
    assert_int_equal(upright_init(&pieces, &paper), 0);
    assert_int_equal(pieces.reach, 0);
    for (float to = 0.15F; to < 1.3F; to += 0.21F)
        assert_int_equal(upright_reach(&pieces, to), 0);
    assert_int_equal(pieces.reach, pieces.height);
    assert_int_equal(pixEqual(pieces.clean, whole.clean, &same), 0);
    assert_true(same);
    assert_int_equal(pixEqual(pieces.print, whole.print, &same), 0);
    assert_true(same);
    upright_dispose(&pieces);
    upright_dispose(&whole);
}

/* The top alone is levelled like the whole page. */
static void a_glance_is_levelled_too(void **state)
{
    PIX *slanted = tilted(1.5F);
    BOX *upper = boxCreate(0, 0, pixGetWidth(slanted), pixGetHeight(slanted) * 2 / 5);
    PIX *top = pixClipRectangle(slanted, upper, NULL);
    struct paper_page paper = {
        .image = top, .dpi = SCAN_DPI, .glance = true, .below = pixGetHeight(slanted) - pixGetHeight(top)};
    struct upright glance;
    struct upright whole;

    (void)state;
    assert_int_equal(upright_init(&glance, &paper), 0);
    assert_int_equal(upright_reach(&glance, 0.25F), 0);
    straighten(&whole, slanted, SCAN_DPI);
    assert_int_equal(glance.height, whole.height);
    BOX *compared = boxCreate(0, 0, whole.width, whole.height / 4);
    PIX *a = pixClipRectangle(whole.clean, compared, NULL);
    PIX *b = pixClipRectangle(glance.clean, compared, NULL);
    assert_true(scan_apart(a, b) < APART);
    pixDestroy(&b);
    pixDestroy(&a);
    boxDestroy(&compared);
    upright_dispose(&whole);
    upright_dispose(&glance);
    pixDestroy(&top);
    boxDestroy(&upper);
    pixDestroy(&slanted);
}

/* A file may claim to be a sheet of one dot. */
static void a_single_dot_is_a_blank_page(void **state)
{
    (void)state;
    for (int depth = 1; depth <= 8; depth += 7) {
        struct upright sheet;
        PIX *dot = pixCreate(1, 1, depth);
        if (depth == 8)
            pixSetAll(dot);
        straighten(&sheet, dot, 1);
        assert_true(sheet.blank);
        upright_dispose(&sheet);
        pixDestroy(&dot);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_upright_page_stays),
        cmocka_unit_test(which_way_is_up_is_sure_at_any_resolution),
        cmocka_unit_test(any_turn_and_tilt_is_undone),
        cmocka_unit_test(one_bit_stays),
        cmocka_unit_test(a_photo_is_flattened),
        cmocka_unit_test(black_borders_are_cut_off),
        cmocka_unit_test(rims_and_holes_are_wiped),
        cmocka_unit_test(other_resolutions_are_brought_near),
        cmocka_unit_test(light_is_evened),
        cmocka_unit_test(turning_goes_round),
        cmocka_unit_test(pieces_fit),
        cmocka_unit_test(a_glance_is_levelled_too),
        cmocka_unit_test(a_single_dot_is_a_blank_page),
    };

    return cmocka_run_group_tests(tests, scan_setup, scan_teardown);
}
