/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Pixels land where the mapping says, in the light that was asked for. */
#include "ocr/resample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <math.h>

enum { WIDTH = 70, HEIGHT = 50, CELL = 16 };

/* Every pixel differs from its neighbours; all are a little darker than white. */
static PIX *pattern(void)
{
    PIX *out = pixCreate(WIDTH, HEIGHT, 8);

    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            pixSetPixel(out, x, y, (l_uint32)(x * 3 + y * 7) % 200 + 20);
    return out;
}

static struct light plain_light(void)
{
    struct light light = {.cell = CELL};

    for (int i = 0; i < 256; i++)
        light.tone[i] = (uint8_t)i;
    return light;
}

static PIX *whole(PIX *source, struct mapping from, int width, int height, const struct light *light)
{
    BOX *box = boxCreate(0, 0, width, height);
    PIX *out = resample(source, &from, box, light);

    assert_non_null(out);
    boxDestroy(&box);
    return out;
}

static void assert_same(PIX *a, PIX *b)
{
    l_int32 same = 0;

    pixEqual(a, b, &same);
    assert_true(same);
}

static void nothing_to_do_changes_nothing(void **state)
{
    PIX *source = pattern();
    struct light light = plain_light();
    PIX *out = whole(source, mapping_scale(1), WIDTH, HEIGHT, &light);

    (void)state;
    assert_same(source, out);
    pixDestroy(&out);
    pixDestroy(&source);
}

static void quarter_turns_are_exact(void **state)
{
    PIX *source = pattern();
    struct light light = plain_light();

    (void)state;
    for (int quarters = 0; quarters < 4; quarters++) {
        PIX *wanted = pixRotateOrth(source, quarters);
        PIX *out = whole(source, mapping_turn(quarters, WIDTH, HEIGHT), pixGetWidth(wanted),
                         pixGetHeight(wanted), &light);
        assert_same(wanted, out);
        pixDestroy(&out);
        pixDestroy(&wanted);
    }
    pixDestroy(&source);
}

/* A part of the whole is the same as in the whole. */
static void a_part_is_as_in_the_whole(void **state)
{
    PIX *source = pattern();
    struct light light = plain_light();
    struct mapping from = mapping_rotate(0.1, WIDTH, HEIGHT);
    BOX *box = boxCreate(CELL, CELL, 30, 20);

    (void)state;
    PIX *all = whole(source, from, WIDTH, HEIGHT, &light);
    PIX *part = resample(source, &from, box, &light);
    PIX *wanted = pixClipRectangle(all, box, NULL);
    assert_same(wanted, part);
    pixDestroy(&wanted);
    pixDestroy(&part);
    pixDestroy(&all);
    boxDestroy(&box);
    pixDestroy(&source);
}

/* Turned clockwise by a little, the middle stays and a point right of it has gone down. */
static void points_go_where_they_should(void **state)
{
    struct mapping back = mapping_rotate(0.1, 200, 100);
    struct point middle = mapping_apply(&back, (struct point){100, 50});
    struct point right = mapping_apply(&back, (struct point){100 + 50 * cos(0.1), 50 + 50 * sin(0.1)});

    (void)state;
    assert_float_equal(middle.x, 100, 1e-9);
    assert_float_equal(middle.y, 50, 1e-9);
    assert_float_equal(right.x, 150, 1e-9);
    assert_float_equal(right.y, 50, 1e-9);

    static const struct point corners[4] = {{10, 20}, {110, 25}, {105, 160}, {5, 150}};
    static const struct point of[4] = {{0, 0}, {90, 0}, {90, 130}, {0, 130}};
    struct mapping warp;
    assert_int_equal(mapping_corners(&warp, corners, 90, 130), 0);
    for (int i = 0; i < 4; i++) {
        struct point p = mapping_apply(&warp, of[i]);
        assert_float_equal(p.x, corners[i].x, 0.01);
        assert_float_equal(p.y, corners[i].y, 0.01);
    }
    struct mapping both = mapping_after(warp, mapping_scale(10));
    struct point tenth = mapping_apply(&both, (struct point){9, 13});
    assert_float_equal(tenth.x, corners[2].x, 0.01);
    assert_false(mapping_is_plain(&both));
    struct mapping shift = {{{1, 0, 5}, {0, 1, -3}, {0, 0, 1}}};
    assert_true(mapping_is_plain(&shift));
    shift.m[0][2] = 5.5;
    assert_false(mapping_is_plain(&shift));
}

static void what_lies_outside_is_white(void **state)
{
    PIX *source = pattern();
    struct light light = plain_light();
    struct mapping shift = {{{1, 0, -20}, {0, 1, -10}, {0, 0, 1}}};
    PIX *out = whole(source, shift, WIDTH + 40, HEIGHT + 20, &light);
    l_uint32 level;
    l_uint32 wanted;

    (void)state;
    pixGetPixel(out, 19, 30, &level);
    assert_int_equal(level, 255);
    pixGetPixel(out, WIDTH + 20, 30, &level);
    assert_int_equal(level, 255);
    pixGetPixel(out, 20 + 33, 10 + 22, &level);
    pixGetPixel(source, 33, 22, &wanted);
    assert_int_equal(level, wanted);
    pixDestroy(&out);
    pixDestroy(&source);
}

/* Each cell has its gain, then comes the table; a cell that is not busy is not looked at. */
static void light_is_applied_cell_by_cell(void **state)
{
    PIX *source = pattern();
    struct light light = plain_light();
    l_uint32 level;
    l_uint32 before;

    (void)state;
    light.gain = pixCreate((WIDTH + CELL - 1) / CELL, (HEIGHT + CELL - 1) / CELL, 16);
    light.busy = pixCreate(pixGetWidth(light.gain), pixGetHeight(light.gain), 1);
    pixSetAllArbitrary(light.gain, 256);
    pixSetPixel(light.gain, 1, 1, 128); /* half as bright */
    pixSetPixel(light.gain, 2, 1, 4096);
    pixSetAll(light.busy);
    pixSetPixel(light.busy, 3, 2, 0);
    light.tone[20] = 7;
    PIX *out = whole(source, mapping_scale(1), WIDTH, HEIGHT, &light);
    pixGetPixel(out, 0, 0, &level);
    assert_int_equal(level, 7); /* the pattern begins with 20 */
    pixGetPixel(source, CELL + 3, CELL + 4, &before);
    pixGetPixel(out, CELL + 3, CELL + 4, &level);
    assert_int_equal(level, before / 2);
    pixGetPixel(out, 2 * CELL + 3, CELL + 4, &level);
    assert_int_equal(level, 255);
    pixGetPixel(out, 3 * CELL + 3, 2 * CELL + 4, &level);
    assert_int_equal(level, 255);
    pixDestroy(&light.gain);
    pixDestroy(&light.busy);
    pixDestroy(&out);
    pixDestroy(&source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_to_do_changes_nothing), cmocka_unit_test(quarter_turns_are_exact),
        cmocka_unit_test(a_part_is_as_in_the_whole),     cmocka_unit_test(points_go_where_they_should),
        cmocka_unit_test(what_lies_outside_is_white),    cmocka_unit_test(light_is_applied_cell_by_cell),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
