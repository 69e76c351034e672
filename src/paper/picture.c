/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "paper/picture.h"

#include <math.h>

#include "paper/limits.h"

/* Above 1200 dpi no one scans mail: three halvings are the most that PAPER_PIXELS_MAX can ask for. */
enum { REDUCTION_MAX = 8 };

/* Pixels whose sides differ by less look square to the recognition engine. */
static const double SQUARE_ENOUGH = 1.015;

/* Fax pixels are 204 x 98: a wider ratio is a wrong tag. */
static const double RATIO_MAX = 2.5;

int picture_check_size(int64_t width, int64_t height, struct error *error)
{
    if (width <= 0 || height <= 0)
        return error_set(error, ERROR_DAMAGED, "a picture in this file has no size: scan the page again");
    if (width > PAPER_PIXELS_MAX || height > PAPER_PIXELS_MAX / width)
        return error_set(error, ERROR_TOO_LARGE,
                         "a page of this file is %lld x %lld pixels, more than any sheet of paper needs: "
                         "scan it again at 300 dpi",
                         (long long)width, (long long)height);
    return 0;
}

static bool plausible(double side, double dpi)
{
    return dpi >= CLAIMED_DPI_MIN && dpi <= CLAIMED_DPI_MAX && side >= dpi * PAPER_INCHES_MIN &&
           side <= dpi * PAPER_INCHES_MAX;
}

int picture_check_memory(int64_t width, int64_t height, unsigned bytes, struct error *error)
{
    if (picture_check_size(width, height, error) < 0)
        return -1;
    if (width * height > PICTURE_BYTES_MAX / bytes)
        return error_set(error, ERROR_TOO_LARGE,
                         "a page of this file is %lld x %lld pixels in colour, which takes more memory than irsort "
                         "allows one file: scan it again at 300 dpi",
                         (long long)width, (long long)height);
    return 0;
}

static bool two_tone(const PIX *pix)
{
    return pixGetDepth(pix) == 1;
}

int picture_rows(const struct picture *picture, int height)
{
    bool upright = picture->orientation <= 1 || picture->orientation > 8;

    return picture->detail == PAPER_GLANCE && upright ? (int)(height * GLANCE_SHARE) : height;
}

/* Dots an inch that the file claims, 0 if that is nonsense. */
static double claimed_dpi(const struct picture *picture, int64_t width, int64_t height)
{
    double dpi = picture->xres < picture->yres ? picture->xres : picture->yres;

    return plausible((double)(width > height ? width : height), dpi) ? dpi : 0;
}

int picture_reduction(const struct picture *picture, int64_t width, int64_t height)
{
    double dpi = claimed_dpi(picture, width, height);
    int by = 1;

    while (by < REDUCTION_MAX && ((width / by) * (height / by) > PAGE_PIXELS_MAX || dpi / by > PAGE_DPI_MAX))
        by *= 2;
    bool grey = picture->pix == NULL || !two_tone(picture->pix);
    if (picture->detail == PAPER_GLANCE && grey && by == 1 && dpi >= 2 * GLANCE_DPI_MIN)
        by = 2;
    return by;
}

int picture_eighths(const struct picture *picture, int64_t width, int64_t height)
{
    int by = picture_reduction(picture, width, height);
    double dpi = claimed_dpi(picture, width, height) / by;
    int eighths = EIGHTHS / by;

    while (by == 1 && dpi * (eighths - 1) / EIGHTHS >= GREY_DPI_ENOUGH)
        eighths--;
    return eighths;
}

static int check_shape(int64_t width, int64_t height, struct error *error)
{
    if (width <= height * PAGE_RATIO_MAX && height <= width * PAGE_RATIO_MAX)
        return 0;
    return error_set(error, ERROR_DAMAGED,
                     "a page of this file is %lld x %lld pixels, which is no sheet of paper: scan it again",
                     (long long)width, (long long)height);
}

/* Takes `*pix` away and puts `next` in its place; false if there is no memory for `next`. */
static bool replace(PIX **pix, PIX *next)
{
    pixDestroy(pix);
    *pix = next;
    return next != NULL;
}

/* Leaves the rows of a glance, if the decoder gave more. */
static bool crop(struct picture *picture)
{
    int height = pixGetHeight(picture->pix);
    int rows = picture_rows(picture, height);

    if (picture->below > 0 || rows >= height)
        return true;
    BOX *top = boxCreate(0, 0, pixGetWidth(picture->pix), rows);
    picture->below = height - rows;
    bool done = top != NULL && replace(&picture->pix, pixClipRectangle(picture->pix, top, NULL));
    boxDestroy(&top);
    return done;
}

/* Leaves 1 bit with ink as 1, or 8 bit grey, without alpha or colour map. */
static bool flatten(PIX **pix)
{
    if (pixGetDepth(*pix) == 1) {
        if (pixGetColormap(*pix) == NULL)
            return true;
        return replace(pix, pixRemoveColormap(*pix, REMOVE_CMAP_TO_GRAYSCALE)) &&
               replace(pix, pixThresholdToBinary(*pix, 128));
    }
    if (pixGetColormap(*pix) != NULL && !replace(pix, pixRemoveColormap(*pix, REMOVE_CMAP_BASED_ON_SRC)))
        return false;
    if (pixGetDepth(*pix) == 32 && pixGetSpp(*pix) == 4 &&
        !replace(pix, pixAlphaBlendUniform(*pix, 0xFFFFFF00)))
        return false;
    if (pixGetDepth(*pix) == 32)
        return replace(pix, pixConvertRGBToLuminance(*pix));
    return pixGetDepth(*pix) == 8 || replace(pix, pixConvertTo8(*pix, 0));
}

static bool reduce(struct picture *picture)
{
    PIX **pix = &picture->pix;
    int by = picture_reduction(picture, pixGetWidth(*pix), pixGetHeight(*pix) + picture->below);

    for (; by > 1; by /= 2) {
        /* two dots of four: thin strokes survive, specks do not grow */
        if (!replace(pix, two_tone(*pix) ? pixReduceRankBinary2(*pix, 2, NULL) : pixScaleAreaMap2(*pix)))
            return false;
        picture->xres /= 2;
        picture->yres /= 2;
        picture->below /= 2;
    }
    return true;
}

static bool make_square(struct picture *picture)
{
    double x = picture->xres;
    double y = picture->yres;
    double ratio = x > y ? x / y : y / x;

    if (!(x > 0 && y > 0) || ratio < SQUARE_ENOUGH || ratio > RATIO_MAX)
        return true;
    float scale_x = x > y ? 1.0f : (float)ratio;
    float scale_y = x > y ? (float)ratio : 1.0f;
    picture->xres = picture->yres = x > y ? x : y;
    picture->below = (int)((float)picture->below * scale_y);
    return replace(&picture->pix, pixScale(picture->pix, scale_x, scale_y));
}

static bool turn_upright(struct picture *picture)
{
    static const struct {
        int quarters; /* clockwise, first */
        char flip;    /* 'h' left to right, 'v' top to bottom, after */
    } turns[] = {{0, 0}, {0, 0}, {0, 'h'}, {2, 0}, {0, 'v'}, {1, 'h'}, {1, 0}, {1, 'v'}, {3, 0}};
    int orientation = picture->orientation;

    if (orientation <= 1 || orientation > 8)
        return true;
    if (turns[orientation].quarters > 0 &&
        !replace(&picture->pix, pixRotateOrth(picture->pix, turns[orientation].quarters)))
        return false;
    if (turns[orientation].flip == 'h')
        return replace(&picture->pix, pixFlipLR(NULL, picture->pix));
    if (turns[orientation].flip == 'v')
        return replace(&picture->pix, pixFlipTB(NULL, picture->pix));
    return true;
}

static int choose_dpi(const struct picture *picture)
{
    int width = pixGetWidth(picture->pix);
    int height = pixGetHeight(picture->pix) + picture->below;
    int side = width > height ? width : height;
    double dpi = picture->xres > picture->yres ? picture->xres : picture->yres;

    if (!plausible(side, dpi))
        dpi = side / 11.0; /* US Letter */
    dpi = round(dpi);
    return dpi < 1 ? 1 : (int)dpi;
}

int picture_to_page(struct picture *picture, struct paper_page *out, struct error *error)
{
    int result = -1;

    int width = pixGetWidth(picture->pix);
    int height = pixGetHeight(picture->pix) + picture->below;
    if (picture_check_size(width, height, error) < 0 || check_shape(width, height, error) < 0)
        goto done;
    if (!crop(picture) || !flatten(&picture->pix) || !reduce(picture) || !make_square(picture) || !turn_upright(picture)) {
        error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory for a page of this file");
        goto done;
    }
    *out = (struct paper_page){
        .image = picture->pix,
        .dpi = choose_dpi(picture),
        .below = picture->below,
        .glance = picture->detail == PAPER_GLANCE,
        .rendered = picture->rendered,
        .incomplete = picture->incomplete,
    };
    picture->pix = NULL;
    pixSetResolution(out->image, out->dpi, out->dpi);
    result = 0;
done:
    pixDestroy(&picture->pix);
    return result;
}
