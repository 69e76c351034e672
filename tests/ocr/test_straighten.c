/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What was done to a page in a known way is measured: turns, tilt, ground, light, rims, holes and rules. */
#include "ocr/straighten.h"
#include "scan.h"

#define DEGREE (M_PI / 180)

enum { STEP = 2, SMALL_DPI = SCAN_DPI / STEP };

static PIX *small_of(PIX *grey)
{
    return pixScaleAreaMap2(grey);
}

static PIX *small_ink(PIX *grey)
{
    PIX *small = small_of(grey);
    PIX *ink = pixThresholdToBinary(small, 190);

    pixDestroy(&small);
    return ink;
}

static void lines_tell_the_direction(void **state)
{
    (void)state;
    for (int quarters = 0; quarters < 4; quarters++) {
        PIX *turned = pixRotateOrth(scan, quarters);
        PIX *ink = small_ink(turned);
        bool crosswise;
        double skew;
        assert_true(straighten_lines(ink, &crosswise, &skew));
        assert_int_equal(crosswise, quarters % 2);
        assert_float_equal(skew, 0, 1e-9); /* a level page is left alone */
        pixDestroy(&ink);
        pixDestroy(&turned);
    }
}

static void skew_is_measured(void **state)
{
    static const float degrees[] = {-10, -7, -3, -1.2F, -0.5F, 0.5F, 1.2F, 3, 7, 10};

    (void)state;
    for (size_t i = 0; i < sizeof degrees / sizeof *degrees; i++) {
        for (int quarters = 0; quarters < 2; quarters++) {
            PIX *tilted =
                pixRotate(scan, degrees[i] * (float)DEGREE, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0);
            PIX *turned = pixRotateOrth(tilted, quarters);
            PIX *ink = small_ink(turned);
            bool crosswise;
            double skew;
            assert_true(straighten_lines(ink, &crosswise, &skew));
            assert_int_equal(crosswise, quarters);
            assert_float_equal(skew / DEGREE, -degrees[i], 0.12);
            pixDestroy(&ink);
            pixDestroy(&turned);
            pixDestroy(&tilted);
        }
    }
}

/* A scratch from top to bottom, as a fax machine's glass leaves it, is one long line, but no line of print.
 */
static void a_scratch_is_no_line(void **state)
{
    PIX *ink = small_ink(scan);
    BOX *scratch = boxCreate(pixGetWidth(ink) / 3, 0, 1, pixGetHeight(ink));
    BOX *text = boxCreate(0, pixGetHeight(ink) / 3, pixGetWidth(ink), pixGetHeight(ink));
    bool crosswise = true;
    double skew;

    (void)state;
    pixClearInRect(ink, text); /* little print, long scratch */
    pixSetInRect(ink, scratch);
    straighten_lines(ink, &crosswise, &skew);
    assert_false(crosswise);
    boxDestroy(&text);
    boxDestroy(&scratch);
    pixDestroy(&ink);
}

static void nothing_is_not_turned(void **state)
{
    PIX *nothing = pixCreate(850, 1100, 1);
    bool crosswise = true;
    double skew = 1;

    (void)state;
    assert_false(straighten_lines(nothing, &crosswise, &skew));
    assert_false(crosswise);
    assert_float_equal(skew, 0, 1e-9);
    assert_float_equal(straighten_upside(nothing), 0, 1e-9);
    pixDestroy(&nothing);
}

static void a_page_on_its_head_is_noticed(void **state)
{
    PIX *ink = scan_ink(scan);
    PIX *turned = pixRotate180(NULL, ink);

    (void)state;
    assert_true(straighten_upside(ink) > 8);
    assert_true(straighten_upside(turned) < -8);
    pixDestroy(&turned);
    pixDestroy(&ink);
}

/* A fax of standard resolution has half the rows; a decoder doubles each of them to make the dots square. */
static void doubled_rows_are_noticed(void **state)
{
    PIX *ink = scan_ink(scan);
    PIX *half = pixScaleBySampling(ink, 1.0F, 0.5F);
    PIX *doubled = pixExpandReplicate(half, 2);
    PIX *wide = pixScaleBySampling(doubled, 0.5F, 1.0F);

    (void)state;
    assert_int_equal(pixGetHeight(wide), pixGetHeight(ink));
    assert_true(straighten_doubled(wide));
    assert_false(straighten_doubled(ink));
    pixDestroy(&wide);
    pixDestroy(&doubled);
    pixDestroy(&half);
    pixDestroy(&ink);
}

/* Photographs of the sheet on a desk: its corners are found where they were put. */
static void the_sheet_is_found_on_its_ground(void **state)
{
    static const float shots[][8] = {
        {0.10F, 0.10F, 0.10F, 0.10F, 0.10F, 0.10F, 0.10F, 0.10F}, /* from straight above */
        {0.12F, 0.08F, 0.10F, 0.12F, 0.04F, 0.06F, 0.05F, 0.04F}, /* from below, a little turned */
        {0.05F, 0.12F, 0.12F, 0.05F, 0.05F, 0.12F, 0.12F, 0.05F}, /* turned on the desk */
    };
    static const unsigned desks[] = {30, 90, 140};

    (void)state;
    for (size_t s = 0; s < sizeof shots / sizeof *shots; s++) {
        for (size_t d = 0; d < sizeof desks / sizeof *desks; d++) {
            PIX *photo = scan_on_desk(scan, desks[d], shots[s]);
            PIX *small = small_of(photo);
            struct point corner[4];
            assert_true(straighten_frame(small, corner));
            for (int i = 0; i < 4; i++) {
                double across = i == 1 || i == 2 ? 1 - shots[s][2 * i] : shots[s][2 * i];
                double down = i >= 2 ? 1 - shots[s][2 * i + 1] : shots[s][2 * i + 1];
                assert_float_equal(corner[i].x / pixGetWidth(small), across, 0.008);
                assert_float_equal(corner[i].y / pixGetHeight(small), down, 0.008);
            }
            pixDestroy(&small);
            pixDestroy(&photo);
        }
    }
}

/* Somebody stands in the light: what lies in the shadow is the same sheet on the same desk. */
static void a_shadow_does_not_hide_the_sheet(void **state)
{
    static const float shot[8] = {0.10F, 0.08F, 0.08F, 0.10F, 0.06F, 0.07F, 0.05F, 0.06F};
    static const unsigned desks[] = {30, 90};

    (void)state;
    for (size_t d = 0; d < sizeof desks / sizeof *desks; d++) {
        PIX *photo = scan_on_desk(scan, desks[d], shot);
        for (int y = 0; y < pixGetHeight(photo); y++) {
            for (int x = 0; x < pixGetWidth(photo); x++) {
                l_uint32 level;
                double past = (x + y * 0.7 - pixGetWidth(photo)) / 80.0; /* a soft edge across the sheet */
                pixGetPixel(photo, x, y, &level);
                pixSetPixel(photo, x, y,
                            (l_uint32)(level * (1 - 0.5 * (past < 0   ? 0
                                                           : past > 1 ? 1
                                                                      : past))));
            }
        }
        PIX *small = small_of(photo);
        struct point corner[4];
        assert_true(straighten_frame(small, corner));
        assert_float_equal(corner[0].x / pixGetWidth(small), shot[0], 0.01);
        assert_float_equal(corner[2].y / pixGetHeight(small), 1 - shot[5], 0.01);
        pixDestroy(&small);
        pixDestroy(&photo);
    }
}

/* A corner with half the head torn off, on a scanner's dark lid: what is left is no four-sided sheet. */
static void a_torn_sheet_has_no_frame(void **state)
{
    static const unsigned lids[] = {60, 110};

    (void)state;
    for (size_t d = 0; d < sizeof lids / sizeof *lids; d++) {
        PIX *torn = pixCopy(NULL, scan);
        BOX *corner = boxCreate(pixGetWidth(scan) / 2, 0, pixGetWidth(scan) / 2, pixGetHeight(scan) / 5);
        struct point at[4];
        pixSetInRectArbitrary(torn, corner, lids[d]);
        PIX *small = small_of(torn);
        assert_false(straighten_frame(small, at));
        pixDestroy(&small);
        boxDestroy(&corner);
        pixDestroy(&torn);
    }
}

/* A flatbed scan has no ground: nothing is cut off, not even where it is grey, tilted or torn. */
static void a_page_without_ground_is_left_alone(void **state)
{
    PIX *tilted = pixRotate(scan, 2 * (float)DEGREE, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0);
    PIX *white = pixCreate(1700, 2200, 8);
    PIX *torn = pixCopy(NULL, scan);
    PIX *shaded = pixCopy(NULL, scan);
    BOX *corner = boxCreate(pixGetWidth(scan) * 3 / 4, 0, pixGetWidth(scan) / 4, pixGetHeight(scan) / 8);
    BOX *foot = boxCreate(0, pixGetHeight(scan) * 3 / 5, pixGetWidth(scan), pixGetHeight(scan));

    (void)state;
    pixSetAll(white);
    pixSetInRectArbitrary(torn, corner, 255);
    PIX *part = pixClipRectangle(shaded, foot, NULL);
    pixMultConstantGray(part, 0.6F); /* a shadow on one sheet is no ground */
    pixRasterop(shaded, 0, pixGetHeight(scan) * 3 / 5, pixGetWidth(part), pixGetHeight(part), PIX_SRC, part,
                0, 0);
    PIX *pages[] = {scan, tilted, white, torn, shaded};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        PIX *small = small_of(pages[i]);
        struct point at[4];
        if (straighten_frame(small, at))
            fail_msg("page %zu has no ground", i);
        pixDestroy(&small);
    }
    boxDestroy(&foot);
    boxDestroy(&corner);
    pixDestroy(&part);
    pixDestroy(&shaded);
    pixDestroy(&torn);
    pixDestroy(&white);
    pixDestroy(&tilted);
}

/* Darker from left to right down to a third of the light: the gain brings all of the ground to the same
 * white. */
static void uneven_light_is_measured(void **state)
{
    enum { CELL = 8 };
    PIX *shaded = pixCopy(NULL, scan);
    l_int32 width = pixGetWidth(scan);
    l_int32 height = pixGetHeight(scan);

    (void)state;
    for (l_int32 y = 0; y < height; y++) {
        for (l_int32 x = 0; x < width; x++) {
            l_uint32 level = 0;
            pixGetPixel(scan, x, y, &level);
            pixSetPixel(shaded, x, y, level * (l_uint32)(3 * width - 2 * x) / (l_uint32)(3 * width));
        }
    }
    PIX *small = small_of(shaded);
    PIX *gain = straighten_gain(small, CELL);
    assert_non_null(gain);
    PIX *even = pixApplyInvBackgroundGrayMap(small, gain, CELL, CELL);
    for (int i = 1; i < 10; i++) { /* the margin below the print is bare */
        l_uint32 level = 0;
        pixGetPixel(even, pixGetWidth(even) * i / 10, pixGetHeight(even) - 12, &level);
        assert_true(level >= 238 && level <= 250);
    }
    for (int i = 1; i < 10; i++) { /* so are the last pixels, whose cells are cut off */
        l_uint32 level = 0;
        pixGetPixel(even, pixGetWidth(even) - 1, pixGetHeight(even) * i / 10, &level);
        assert_true(level >= 230);
        pixGetPixel(even, pixGetWidth(even) * i / 10, pixGetHeight(even) - 1, &level);
        assert_true(level >= 230);
    }
    assert_true(scan_apart(scan, even) < 0.3);
    pixDestroy(&even);
    pixDestroy(&gain);
    pixDestroy(&small);
    pixDestroy(&shaded);
}

/* One in a hundred pixels is print of that level, the rest is paper. */
static void tone_of(uint8_t tone[256], l_uint32 print)
{
    PIX *sample = pixCreate(100, 100, 8);
    BOX *line = boxCreate(0, 50, 100, 1);

    pixSetAllArbitrary(sample, 245);
    pixSetInRectArbitrary(sample, line, print);
    straighten_tone(sample, tone);
    boxDestroy(&line);
    pixDestroy(&sample);
}

static void faint_print_is_made_dark(void **state)
{
    uint8_t tone[256];

    (void)state;
    tone_of(tone, 40); /* ordinary print stays as it is, paper is wiped */
    assert_int_equal(tone[40], 40);
    assert_int_equal(tone[120], 120);
    assert_int_equal(tone[240], 255);
    tone_of(tone, 190);
    assert_true(tone[190] < 100);
    assert_int_equal(tone[245], 255);
    tone_of(tone, 230); /* nobody prints so faintly: it shines through from the back */
    assert_int_equal(tone[230], 255);
}

static l_int32 count(PIX *mask)
{
    l_int32 pixels = 0;

    pixCountPixels(mask, &pixels, NULL);
    return pixels;
}

/* Black borders of a scanner and punched holes are caught whole; print, right beside them too, is not. */
static void rims_and_holes_are_caught(void **state)
{
    PIX *small = small_of(scan);
    PIX *print = pixThresholdToBinary(small, 110);
    PIX *added = pixCreateTemplate(print);
    l_int32 width = pixGetWidth(print);
    l_int32 height = pixGetHeight(print);
    BOX *boxes[] = {boxCreate(0, 0, 20, height), boxCreate(0, height - 25, width, 25),
                    boxCreate(width - 9, height / 2, 9, height / 8)};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        pixSetInRect(added, boxes[i]);
        boxDestroy(&boxes[i]);
    }
    for (int i = 0; i < 3; i++) { /* a quarter of an inch across, half an inch from the edge */
        PIX *hole = pixCreate(25, 25, 1);
        for (int y = 0; y < 25; y++)
            for (int x = 0; x < 25; x++)
                if ((x - 12) * (x - 12) + (y - 12) * (y - 12) <= 12 * 12)
                    pixSetPixel(hole, x, y, 1);
        pixRasterop(added, 30, height * (1 + 4 * i) / 11, 25, 25, PIX_PAINT, hole, 0, 0);
        pixDestroy(&hole);
    }
    PIX *dark = pixOr(NULL, print, added);
    PIX *rims = straighten_rims(dark, SMALL_DPI);
    PIX *hit = pixAnd(NULL, rims, added);
    assert_true(count(hit) > count(added) * 95 / 100);
    pixDilateBrick(added, added, 5, 5);
    pixSubtract(rims, rims, added);
    pixAnd(rims, rims, print);
    assert_int_equal(count(rims), 0);
    pixDestroy(&hit);
    pixDestroy(&rims);
    pixDestroy(&dark);
    pixDestroy(&added);
    pixDestroy(&print);
    pixDestroy(&small);
}

/* Rules across and down the page; the print between them stays. */
static void rules_are_caught(void **state)
{
    PIX *print = scan_ink(scan);
    PIX *added = pixCreateTemplate(print);
    l_int32 width = pixGetWidth(print);
    l_int32 height = pixGetHeight(print);
    BOX *across = boxCreate(width / 10, height * 38 / 100, width / 2, 3);
    BOX *down = boxCreate(width * 3 / 4, height * 30 / 100, 2, height / 5);

    (void)state;
    PIX *before = straighten_rules(print, SCAN_DPI);
    pixSetInRect(added, across);
    pixSetInRect(added, down);
    PIX *ink = pixOr(NULL, print, added);
    PIX *rules = straighten_rules(ink, SCAN_DPI);
    PIX *hit = pixAnd(NULL, rules, added);
    assert_true(count(hit) > count(added) * 95 / 100);
    pixSubtract(rules, rules, before);
    pixDilateBrick(added, added, 9, 9);
    pixSubtract(rules, rules, added);
    pixAnd(rules, rules, print); /* print that the new rules took with them */
    assert_true(count(rules) < count(print) / 100);
    pixAnd(before, before, print);
    assert_true(count(before) < count(print) / 10); /* the letter has some rules of its own */
    pixDestroy(&hit);
    pixDestroy(&rules);
    pixDestroy(&before);
    pixDestroy(&ink);
    pixDestroy(&added);
    pixDestroy(&print);
    boxDestroy(&across);
    boxDestroy(&down);
}

/* Rows in the middle of print are taken out, as a fax does; what goes on above and below comes back, bars that lay wholly in them do not. */
static void lost_rows_are_filled(void **state)
{
    PIX *print = scan_ink(scan);
    PIX *torn = pixCopy(NULL, print);
    l_int32 width = pixGetWidth(print);
    NUMA *ink = pixCountPixelsByRow(print, NULL);
    int lost = 0;

    (void)state;
    for (l_int32 y = 60; y + 60 < pixGetHeight(print); y += 23) {
        l_int32 here;
        numaGetIValue(ink, y, &here);
        if (here < width / 40 || here > width / 5)
            continue; /* no line of print, or a rule */
        pixRasterop(torn, 0, y, width, 1 + lost % 2, PIX_CLR, NULL, 0, 0);
        lost++;
    }
    assert_true(lost > 10);
    PIX *mended = straighten_lost_rows(torn);
    PIX *missing = pixSubtract(NULL, print, torn);
    PIX *filled = pixAnd(NULL, missing, mended);
    PIX *extra = pixSubtract(NULL, mended, print);
    assert_true(count(filled) > count(missing) * 4 / 10);
    assert_true(count(extra) < count(missing) / 20);
    pixDestroy(&extra);
    pixDestroy(&filled);
    pixDestroy(&missing);
    pixDestroy(&mended);
    pixDestroy(&torn);
    numaDestroy(&ink);
    pixDestroy(&print);
}

static void whole_print_is_left_alone(void **state)
{
    PIX *print = scan_ink(scan);
    PIX *same = straighten_lost_rows(print);
    l_int32 equal = 0;

    (void)state;
    pixEqual(print, same, &equal);
    assert_true(equal);
    pixDestroy(&same);
    pixDestroy(&print);
}

static bool is_negative(PIX *picture)
{
    PIX *small = small_of(picture);
    bool negative = straighten_negative(small);

    pixDestroy(&small);
    return negative;
}

/* A sheet in poor light, a small one on a dark desk and a black page are none. */
static void a_negative_is_told_from_a_dark_picture(void **state)
{
    PIX *negative = pixInvert(NULL, scan);
    PIX *dark = pixCopy(NULL, scan);
    PIX *black = pixCreateTemplate(scan);
    PIX *desk = pixCreate(2 * pixGetWidth(scan), 2 * pixGetHeight(scan), 8);

    (void)state;
    pixMultConstantGray(dark, 0.2F);
    pixRasterop(desk, pixGetWidth(scan) / 2, pixGetHeight(scan) / 2, pixGetWidth(scan), pixGetHeight(scan), PIX_SRC,
                scan, 0, 0);
    assert_true(is_negative(negative));
    assert_false(is_negative(scan));
    assert_false(is_negative(dark));
    assert_false(is_negative(black));
    assert_false(is_negative(desk));
    pixDestroy(&desk);
    pixDestroy(&black);
    pixDestroy(&dark);
    pixDestroy(&negative);
}

/* Dots that stand for grey are wiped off; print stays, and so do the specks of a fax, which are few. */
static void dots_are_told_from_print(void **state)
{
    PIX *grey = pixCopy(NULL, scan);
    PIX *print = scan_ink(scan);
    l_int32 same = 0;

    (void)state;
    pixMultConstantGray(grey, 0.88F);
    PIX *dots = pixDitherToBinary(grey);
    PIX *wiped = straighten_dots(dots);
    assert_true(scan_apart(scan, dots) > 0.5);
    assert_true(scan_apart(scan, wiped) < 0.15);
    for (int y = 0; y < pixGetHeight(print); y += 10) {
        for (int x = y % 3; x < pixGetWidth(print); x += 10)
            pixSetPixel(print, x, y, 1);
    }
    PIX *left = straighten_dots(print);
    assert_int_equal(pixEqual(left, print, &same), 0);
    assert_true(same);
    pixDestroy(&left);
    pixDestroy(&wiped);
    pixDestroy(&dots);
    pixDestroy(&print);
    pixDestroy(&grey);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_tell_the_direction),
        cmocka_unit_test(skew_is_measured),
        cmocka_unit_test(a_scratch_is_no_line),
        cmocka_unit_test(nothing_is_not_turned),
        cmocka_unit_test(a_page_on_its_head_is_noticed),
        cmocka_unit_test(doubled_rows_are_noticed),
        cmocka_unit_test(the_sheet_is_found_on_its_ground),
        cmocka_unit_test(a_shadow_does_not_hide_the_sheet),
        cmocka_unit_test(a_torn_sheet_has_no_frame),
        cmocka_unit_test(a_page_without_ground_is_left_alone),
        cmocka_unit_test(uneven_light_is_measured),
        cmocka_unit_test(faint_print_is_made_dark),
        cmocka_unit_test(rims_and_holes_are_caught),
        cmocka_unit_test(rules_are_caught),
        cmocka_unit_test(lost_rows_are_filled),
        cmocka_unit_test(whole_print_is_left_alone),
        cmocka_unit_test(a_negative_is_told_from_a_dark_picture),
        cmocka_unit_test(dots_are_told_from_print),
    };

    return cmocka_run_group_tests(tests, scan_setup, scan_teardown);
}
