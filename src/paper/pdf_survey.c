/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "paper/pdf_survey.h"

#include <math.h>

#include "paper/limits.h"

/* A scan may leave this share of the page's side bare at each edge (scanners crop), … */
static const float BARE_EDGE = 0.06f;

/* … and this share of its own area may be cut off by the page or a clip without losing print. */
static const float CUT_OFF = 0.03f;

/* A tile is drawn once and then only copied. */
enum { TILES_A_MARK = 100 };

struct surveyor {
    fz_device base;
    fz_rect page;
    struct pdf_survey *found;
    fz_cookie *cookie;
    double work;    /* to draw it, in marks */
    unsigned marks; /* shown beside `scan` */
    bool odd;       /* clips or blends that only drawing gets right */
    double picture_area;
};

static struct surveyor *surveyor_of(fz_device *device)
{
    return (struct surveyor *)device;
}

/* Breaks off where drawing would take for ever: forms within forms, patterns of specks. */
static void spend(fz_device *device, double marks)
{
    struct surveyor *surveyor = surveyor_of(device);

    surveyor->work += marks;
    if (surveyor->work <= PDF_MARKS_MAX)
        return;
    surveyor->found->endless = true;
    surveyor->cookie->abort = 1;
}

static double area(fz_rect rect)
{
    return fz_is_empty_rect(rect) ? 0 : (double)(rect.x1 - rect.x0) * (rect.y1 - rect.y0);
}

static void mark(fz_context *context, fz_device *device, fz_rect where)
{
    struct surveyor *surveyor = surveyor_of(device);

    where = fz_intersect_rect(where, surveyor->page);
    where = fz_intersect_rect(where, fz_device_current_scissor(context, device));
    if (!fz_is_empty_rect(where))
        surveyor->marks++;
}

static bool is_white(fz_context *context, fz_colorspace *space, const float *colour)
{
    float grey = 0;

    fz_convert_color(context, space, colour, fz_device_gray(context), &grey, NULL, fz_default_color_params);
    return grey > 0.99f;
}

static void fill_path(fz_context *context, fz_device *device, const fz_path *path, int even_odd,
                      fz_matrix matrix, fz_colorspace *space, const float *colour, float alpha,
                      fz_color_params params)
{
    struct surveyor *surveyor = surveyor_of(device);
    bool on_bare_paper = surveyor->found->scan == NULL && surveyor->marks == 0;

    (void)even_odd, (void)params;
    spend(device, 1);
    if (alpha <= 0 || (on_bare_paper && is_white(context, space, colour)))
        return;
    mark(context, device, fz_bound_path(context, path, NULL, matrix));
}

static void stroke_path(fz_context *context, fz_device *device, const fz_path *path,
                        const fz_stroke_state *stroke, fz_matrix matrix, fz_colorspace *space,
                        const float *colour, float alpha, fz_color_params params)
{
    (void)space, (void)colour, (void)params;
    spend(device, 1);
    if (alpha > 0)
        mark(context, device, fz_bound_path(context, path, stroke, matrix));
}

static bool has_glyphs(const fz_text *text)
{
    for (const fz_text_span *span = text->head; span != NULL; span = span->next) {
        if (span->len > 0)
            return true;
    }
    return false;
}

static void fill_text(fz_context *context, fz_device *device, const fz_text *text, fz_matrix matrix,
                      fz_colorspace *space, const float *colour, float alpha, fz_color_params params)
{
    (void)matrix, (void)space, (void)colour, (void)params;
    spend(device, 1);
    if (alpha > 0 && has_glyphs(text))
        mark(context, device, fz_infinite_rect);
}

static void stroke_text(fz_context *context, fz_device *device, const fz_text *text,
                        const fz_stroke_state *stroke, fz_matrix matrix, fz_colorspace *space,
                        const float *colour, float alpha, fz_color_params params)
{
    (void)stroke;
    fill_text(context, device, text, matrix, space, colour, alpha, params);
}

static void fill_shade(fz_context *context, fz_device *device, fz_shade *shade, fz_matrix matrix, float alpha,
                       fz_color_params params)
{
    (void)shade, (void)matrix, (void)params;
    spend(device, 1);
    if (alpha > 0)
        mark(context, device, fz_infinite_rect);
}

/* Whether the picture, shown where `shown` is, can stand for the whole page. */
static bool fills_page(const struct surveyor *surveyor, fz_rect whole, fz_rect shown)
{
    fz_rect page = surveyor->page;
    float bare_x = (page.x1 - page.x0) * BARE_EDGE;
    float bare_y = (page.y1 - page.y0) * BARE_EDGE;

    return shown.x0 <= page.x0 + bare_x && shown.x1 >= page.x1 - bare_x && shown.y0 <= page.y0 + bare_y &&
           shown.y1 >= page.y1 - bare_y && area(shown) >= area(whole) * (1 - CUT_OFF);
}

static void show_picture(fz_context *context, fz_device *device, fz_image *image, fz_matrix matrix,
                         bool plain, bool is_mask)
{
    struct surveyor *surveyor = surveyor_of(device);
    struct pdf_survey *found = surveyor->found;
    fz_rect whole = fz_transform_rect(fz_unit_rect, matrix);
    fz_rect shown = fz_intersect_rect(whole, surveyor->page);

    spend(device, 1);
    shown = fz_intersect_rect(shown, fz_device_current_scissor(context, device));
    if (fz_is_empty_rect(shown))
        return;
    if ((int64_t)image->w * image->h > found->width_max * found->height_max) {
        found->width_max = image->w;
        found->height_max = image->h;
    }
    surveyor->picture_area += area(shown);
    if (is_mask && (found->scan != NULL || surveyor->marks > 0))
        plain = false; /* what is below shines through */
    if (!plain || image->mask != NULL || image->use_colorkey || !fills_page(surveyor, whole, shown)) {
        surveyor->marks++;
        return;
    }
    surveyor->marks = 0; /* hidden below this picture */
    fz_drop_image(context, found->scan);
    found->scan = fz_keep_image(context, image);
    found->scan_place = matrix;
    found->scan_is_mask = is_mask;
}

static void fill_image(fz_context *context, fz_device *device, fz_image *image, fz_matrix matrix, float alpha,
                       fz_color_params params)
{
    (void)params;
    if (alpha > 0)
        show_picture(context, device, image, matrix, alpha >= 1, false);
}

static void fill_image_mask(fz_context *context, fz_device *device, fz_image *image, fz_matrix matrix,
                            fz_colorspace *space, const float *colour, float alpha, fz_color_params params)
{
    float grey = 1;

    (void)params;
    if (alpha <= 0)
        return;
    fz_convert_color(context, space, colour, fz_device_gray(context), &grey, NULL, fz_default_color_params);
    show_picture(context, device, image, matrix, alpha >= 1 && grey < 0.5f, true);
}

struct corner {
    float x, y;
    unsigned sides;
    bool slanted;
};

static void walk_move(fz_context *context, void *data, float x, float y)
{
    struct corner *corner = data;

    (void)context;
    corner->x = x;
    corner->y = y;
}

static void walk_line(fz_context *context, void *data, float x, float y)
{
    struct corner *corner = data;

    if (x != corner->x && y != corner->y)
        corner->slanted = true;
    if (x != corner->x || y != corner->y)
        corner->sides++;
    walk_move(context, data, x, y);
}

static void walk_curve(fz_context *context, void *data, float x1, float y1, float x2, float y2, float x3,
                       float y3)
{
    struct corner *corner = data;

    (void)x1, (void)y1, (void)x2, (void)y2;
    corner->slanted = true;
    walk_move(context, data, x3, y3);
}

static void walk_close(fz_context *context, void *data)
{
    (void)context, (void)data;
}

static bool is_rectangle(fz_context *context, const fz_path *path)
{
    static const fz_path_walker walker = {
        .moveto = walk_move, .lineto = walk_line, .curveto = walk_curve, .closepath = walk_close};
    struct corner corner = {0};

    fz_walk_path(context, path, &walker, &corner);
    return !corner.slanted && corner.sides <= 4;
}

static void clip_path(fz_context *context, fz_device *device, const fz_path *path, int even_odd,
                      fz_matrix matrix, fz_rect scissor)
{
    (void)even_odd, (void)matrix, (void)scissor;
    spend(device, 1);
    if (!is_rectangle(context, path))
        surveyor_of(device)->odd = true;
}

static void clip_stroke_path(fz_context *context, fz_device *device, const fz_path *path,
                             const fz_stroke_state *stroke, fz_matrix matrix, fz_rect scissor)
{
    (void)context, (void)path, (void)stroke, (void)matrix, (void)scissor;
    surveyor_of(device)->odd = true;
}

static void clip_text(fz_context *context, fz_device *device, const fz_text *text, fz_matrix matrix,
                      fz_rect scissor)
{
    (void)context, (void)text, (void)matrix, (void)scissor;
    surveyor_of(device)->odd = true;
}

static void clip_stroke_text(fz_context *context, fz_device *device, const fz_text *text,
                             const fz_stroke_state *stroke, fz_matrix matrix, fz_rect scissor)
{
    (void)stroke;
    clip_text(context, device, text, matrix, scissor);
}

static void clip_image_mask(fz_context *context, fz_device *device, fz_image *image, fz_matrix matrix,
                            fz_rect scissor)
{
    (void)scissor;
    surveyor_of(device)->odd = true;
    show_picture(context, device, image, matrix, false, true);
}

static void begin_mask(fz_context *context, fz_device *device, fz_rect where, int luminosity,
                       fz_colorspace *space, const float *backdrop, fz_color_params params)
{
    (void)context, (void)where, (void)luminosity, (void)space, (void)backdrop, (void)params;
    surveyor_of(device)->odd = true;
}

static void begin_group(fz_context *context, fz_device *device, fz_rect where, fz_colorspace *space,
                        int isolated, int knockout, int blend, float alpha)
{
    (void)context, (void)where, (void)space, (void)isolated, (void)knockout;
    if (blend != FZ_BLEND_NORMAL || alpha < 1)
        surveyor_of(device)->odd = true;
}

static int begin_tile(fz_context *context, fz_device *device, fz_rect where, fz_rect view, float step_x,
                      float step_y, fz_matrix matrix, int id)
{
    double across = ceil((where.x1 - where.x0) / fabs((double)step_x));
    double down = ceil((where.y1 - where.y0) / fabs((double)step_y));

    (void)context, (void)view, (void)matrix, (void)id;
    spend(device, across * down / TILES_A_MARK);
    surveyor_of(device)->odd = true;
    return 0;
}

void pdf_survey(fz_context *context, pdf_page *page, fz_rect page_box, fz_cookie *cookie,
                struct pdf_survey *out)
{
    struct surveyor *surveyor = (struct surveyor *)fz_new_device_of_size(context, sizeof(struct surveyor));

    *out = (struct pdf_survey){0};
    surveyor->base.fill_path = fill_path;
    surveyor->base.stroke_path = stroke_path;
    surveyor->base.clip_path = clip_path;
    surveyor->base.clip_stroke_path = clip_stroke_path;
    surveyor->base.fill_text = fill_text;
    surveyor->base.stroke_text = stroke_text;
    surveyor->base.clip_text = clip_text;
    surveyor->base.clip_stroke_text = clip_stroke_text;
    surveyor->base.fill_shade = fill_shade;
    surveyor->base.fill_image = fill_image;
    surveyor->base.fill_image_mask = fill_image_mask;
    surveyor->base.clip_image_mask = clip_image_mask;
    surveyor->base.begin_mask = begin_mask;
    surveyor->base.begin_group = begin_group;
    surveyor->base.begin_tile = begin_tile;
    surveyor->page = page_box;
    surveyor->found = out;
    surveyor->cookie = cookie;
    fz_try(context)
    {
        pdf_run_page(context, page, &surveyor->base, fz_identity, cookie);
        fz_close_device(context, &surveyor->base);
        out->empty = out->scan == NULL && surveyor->marks == 0;
        out->mostly_picture = surveyor->picture_area > area(page_box) / 2;
        if (surveyor->marks > 0 || surveyor->odd) {
            fz_drop_image(context, out->scan);
            out->scan = NULL;
        }
    }
    fz_always(context)
    {
        fz_drop_device(context, &surveyor->base);
    }
    fz_catch(context)
    {
        fz_drop_image(context, out->scan);
        out->scan = NULL;
        fz_rethrow(context);
    }
}
