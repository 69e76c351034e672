/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A page that was turned, tilted, photographed or badly lit in a known way comes back as it was. */
#include "ocr/straighten.h"
#include "scan.h"

#define DEGREE ((float)M_PI / 180)

static PIX *ink_of(PIX *grey)
{
    return pixThresholdToBinary(grey, 160);
}

/* Each quarter turn is undone. */
static void turns_are_told(void **state)
{
    (void)state;
    for (int quarters = 0; quarters < 4; quarters++) {
        PIX *turned = pixRotateOrth(scan, quarters);
        PIX *ink = ink_of(turned);
        assert_int_equal(straighten_turns(ink), (4 - quarters) % 4);
        pixDestroy(&ink);
        pixDestroy(&turned);
    }
}

/* A page without text is left as it lies. */
static void nothing_is_not_turned(void **state)
{
    PIX *nothing = pixCreate(1700, 2200, 1);

    (void)state;
    assert_int_equal(straighten_turns(nothing), 0);
    pixDestroy(&nothing);
}

/* A fax of standard resolution has half the rows; a decoder doubles each of them to make the dots square. */
static void doubled_rows_are_noticed(void **state)
{
    PIX *ink = ink_of(scan);
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

static void skew_is_measured(void **state)
{
    static const float degrees[] = {-7, -3, -1.2F, -0.4F, 0.4F, 1.2F, 3, 7};

    (void)state;
    for (size_t i = 0; i < sizeof degrees / sizeof *degrees; i++) {
        PIX *tilted = pixRotate(scan, degrees[i] * DEGREE, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0);
        PIX *ink = ink_of(tilted);
        assert_float_equal(straighten_skew(ink, true) / DEGREE, -degrees[i], 0.12);
        pixDestroy(&ink);
        pixDestroy(&tilted);
    }
}

static void a_level_page_is_left_alone(void **state)
{
    PIX *ink = ink_of(scan);

    (void)state;
    assert_float_equal(straighten_skew(ink, true), 0, 1e-6);
    pixDestroy(&ink);
}

/* Where the page's ink lies, as a coarse picture of shares. */
static void compare_ink(PIX *a, PIX *b)
{
    enum { CELLS = 24 };
    double apart = 0;
    double total = 0;
    PIX *ink[2] = {ink_of(a), ink_of(b)};

    for (int y = 0; y < CELLS; y++) {
        for (int x = 0; x < CELLS; x++) {
            double share[2];
            for (int i = 0; i < 2; i++) {
                int width = pixGetWidth(ink[i]) / CELLS;
                int height = pixGetHeight(ink[i]) / CELLS;
                BOX *box = boxCreate(x * width, y * height, width, height);
                l_int32 count = 0;
                PIX *cell = pixClipRectangle(ink[i], box, NULL);
                pixCountPixels(cell, &count, NULL);
                share[i] = (double)count / (width * height);
                pixDestroy(&cell);
                boxDestroy(&box);
            }
            apart += fabs(share[0] - share[1]);
            total += share[0] + share[1];
        }
    }
    pixDestroy(&ink[0]);
    pixDestroy(&ink[1]);
    if (apart > 0.30 * total)
        fail_msg("%.0f %% of the ink lies elsewhere", 100 * apart / total);
}

/* Photographs of the sheet on a desk: the sheet alone comes back, its corners in the corners. */
static void the_sheet_is_cut_out_of_its_ground(void **state)
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
            bool found = false;
            PIX *photo = scan_on_desk(scan, desks[d], shots[s]);
            PIX *flat = straighten_frame(photo, &found);
            assert_true(found);
            PIX *scaled = pixScaleToSize(flat, pixGetWidth(scan), pixGetHeight(scan));
            compare_ink(scan, scaled);
            pixDestroy(&scaled);
            pixDestroy(&flat);
            pixDestroy(&photo);
        }
    }
}

/* A corner with half the head torn off, on a scanner's dark lid: what is left is no four-sided sheet, and is not warped. */
static void a_torn_sheet_is_not_warped(void **state)
{
    static const unsigned lids[] = {60, 110};

    (void)state;
    for (size_t d = 0; d < sizeof lids / sizeof *lids; d++) {
        bool found = true;
        l_int32 same = 0;
        PIX *torn = pixCopy(NULL, scan);
        BOX *corner = boxCreate(pixGetWidth(scan) / 2, 0, pixGetWidth(scan) / 2, pixGetHeight(scan) / 5);
        pixSetInRectArbitrary(torn, corner, lids[d]);
        PIX *out = straighten_frame(torn, &found);
        assert_false(found);
        pixEqual(out, torn, &same);
        assert_true(same);
        pixDestroy(&out);
        boxDestroy(&corner);
        pixDestroy(&torn);
    }
}

/* A flatbed scan has no ground: nothing is cut off, not even where it is grey, tilted or torn. */
static void a_page_without_ground_is_left_alone(void **state)
{
    PIX *tilted = pixRotate(scan, 2 * DEGREE, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0);
    PIX *white = pixCreate(1700, 2200, 8);
    PIX *torn = pixCopy(NULL, scan);
    BOX *corner = boxCreate(pixGetWidth(scan) * 3 / 4, 0, pixGetWidth(scan) / 4, pixGetHeight(scan) / 8);

    (void)state;
    pixSetAll(white);
    pixSetInRectArbitrary(torn, corner, 255);
    PIX *pages[] = {scan, tilted, white, torn};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        bool found = true;
        l_int32 same = 0;
        PIX *out = straighten_frame(pages[i], &found);
        if (found)
            fail_msg("page %zu has no ground", i);
        pixEqual(out, pages[i], &same);
        assert_true(same);
        pixDestroy(&out);
    }
    boxDestroy(&corner);
    pixDestroy(&torn);
    pixDestroy(&white);
    pixDestroy(&tilted);
}

/* Darker from left to right down to half the light: as much ink as before, and the ground white everywhere.
 */
static void uneven_light_is_evened(void **state)
{
    PIX *shaded = pixCopy(NULL, scan);
    l_int32 width = pixGetWidth(scan);
    l_int32 height = pixGetHeight(scan);
    l_int32 before = 0;
    l_int32 after = 0;
    l_uint32 corner = 0;

    (void)state;
    for (l_int32 y = 0; y < height; y++) {
        for (l_int32 x = 0; x < width; x++) {
            l_uint32 level = 0;
            pixGetPixel(scan, x, y, &level);
            pixSetPixel(shaded, x, y, level * (l_uint32)(2 * width - x) / (l_uint32)(2 * width));
        }
    }
    PIX *even = straighten_light(shaded);
    PIX *wanted = ink_of(scan);
    PIX *ink = straighten_ink(even);
    pixCountPixels(wanted, &before, NULL);
    pixCountPixels(ink, &after, NULL);
    assert_true(after > before * 8 / 10 && after < before * 12 / 10);
    pixGetPixel(even, width - 20, height - 20, &corner);
    assert_int_equal(corner, 255);
    compare_ink(scan, even);
    pixDestroy(&ink);
    pixDestroy(&wanted);
    pixDestroy(&even);
    pixDestroy(&shaded);
}

/* Rules across the page and a black rim are clutter; the print between them is not. */
static void rules_and_rims_are_clutter(void **state)
{
    PIX *print = ink_of(scan);
    PIX *added = pixCreate(pixGetWidth(print), pixGetHeight(print), 1);
    l_int32 width = pixGetWidth(print);
    l_int32 height = pixGetHeight(print);
    l_int32 wanted = 0;
    l_int32 caught = 0;

    (void)state;
    PIX *clutter_before = straighten_clutter(print, SCAN_DPI);
    BOX *rule = boxCreate(width / 10, height * 38 / 100, width / 2, 3);
    BOX *rim = boxCreate(0, height * 55 / 100, 12, height / 10);
    pixSetInRect(added, rule);
    pixSetInRect(added, rim);
    pixCountPixels(added, &wanted, NULL);
    PIX *ink = pixOr(NULL, print, added);
    PIX *clutter = straighten_clutter(ink, SCAN_DPI);
    PIX *hit = pixAnd(NULL, clutter, added);
    pixCountPixels(hit, &caught, NULL);
    assert_true(caught > wanted * 95 / 100);
    pixSubtract(clutter, clutter, clutter_before);
    pixDilateBrick(added, added, 9, 9);
    pixSubtract(clutter, clutter, added);
    pixAnd(clutter, clutter, print); /* print that the new rule and rim took with them */
    l_int32 lost = 0;
    l_int32 all = 0;
    pixCountPixels(clutter, &lost, NULL);
    pixCountPixels(print, &all, NULL);
    assert_true(lost < all / 50);
    boxDestroy(&rule);
    boxDestroy(&rim);
    pixDestroy(&hit);
    pixDestroy(&clutter);
    pixDestroy(&clutter_before);
    pixDestroy(&ink);
    pixDestroy(&added);
    pixDestroy(&print);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns_are_told),
        cmocka_unit_test(nothing_is_not_turned),
        cmocka_unit_test(doubled_rows_are_noticed),
        cmocka_unit_test(skew_is_measured),
        cmocka_unit_test(a_level_page_is_left_alone),
        cmocka_unit_test(the_sheet_is_cut_out_of_its_ground),
        cmocka_unit_test(a_torn_sheet_is_not_warped),
        cmocka_unit_test(a_page_without_ground_is_left_alone),
        cmocka_unit_test(uneven_light_is_evened),
        cmocka_unit_test(rules_and_rims_are_clutter),
    };

    return cmocka_run_group_tests(tests, scan_setup, scan_teardown);
}
