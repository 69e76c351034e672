/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* PDF by MuPDF: a page that is one scanned picture gives that picture, any other page is drawn. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "paper/format.h"
#include "paper/limits.h"
#include "paper/pdf_memory.h"
#include "paper/pdf_raw.h"
#include "paper/pdf_survey.h"

struct pdf {
    fz_alloc_context allocator;
    size_t allocated; /* bytes that MuPDF holds, as pdf_memory.c counts them */
    fz_context *context;
    pdf_document *document;
    bool data_missing; /* MuPDF has filled up a picture since this was last cleared */
};

static void on_warning(void *user, const char *message)
{
    struct pdf *pdf = user;

    if (strstr(message, "truncated image") != NULL)
        pdf->data_missing = true;
}

static void on_error(void *user, const char *message)
{
    (void)user, (void)message;
}

/* Says what MuPDF caught, for use in fz_catch. */
static int caught(struct pdf *pdf, struct error *error)
{
    if (fz_caught(pdf->context) == FZ_ERROR_MEMORY)
        return error_set(error, ERROR_OUT_OF_MEMORY,
                         "this PDF needs more memory than irsort allows one file: "
                         "print it to a new PDF, or scan it again at 300 dpi");
    if (strstr(fz_caught_message(pdf->context), "encrypt") != NULL)
        return error_set(error, ERROR_ENCRYPTED_PDF,
                         "this PDF is encrypted in a way that irsort cannot open: "
                         "open it, print it to a new PDF without protection, and try again");
    return error_set(error, ERROR_DAMAGED, "this PDF is damaged or cut short: copy or scan it again");
}

static void close_pdf(void *state)
{
    struct pdf *pdf = state;

    if (pdf == NULL)
        return;
    if (pdf->context != NULL) {
        pdf_drop_document(pdf->context, pdf->document);
        fz_drop_context(pdf->context);
    }
    free(pdf);
}

static int open_document(struct pdf *pdf, const struct bytes *file, size_t *page_count, struct error *error)
{
    fz_context *context = pdf->context;
    fz_stream *stream = NULL;
    int result = -1;

    fz_var(stream);
    fz_var(result);
    fz_try(context)
    {
        fz_disable_icc(context); /* exact colours cost time and tell nothing about print */
        stream = fz_open_memory(context, file->data, file->size);
        pdf->document = pdf_open_document_with_stream(context, stream);
        if (pdf_needs_password(context, pdf->document)) {
            error_set(error, ERROR_ENCRYPTED_PDF,
                      "this PDF has a password: open it, print it to a new PDF "
                      "without one, and try again");
        } else {
            int count = pdf_count_pages(context, pdf->document);
            *page_count = count > 0 ? (size_t)count : 0;
            result = 0;
        }
    }
    fz_always(context)
    {
        fz_drop_stream(context, stream);
    }
    fz_catch(context)
    {
        result = caught(pdf, error);
    }
    return result;
}

static int open_pdf(void **state, const struct bytes *file, size_t *page_count, struct error *error)
{
    struct pdf *pdf = calloc(1, sizeof *pdf);
    int result = -1;

    if (pdf == NULL) {
        error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory to open this file");
        goto done;
    }
    pdf->allocator = (fz_alloc_context){&pdf->allocated, pdf_memory_take, pdf_memory_change, pdf_memory_free};
    pdf->context = fz_new_context(&pdf->allocator, NULL, PDF_STORE_MAX);
    if (pdf->context == NULL) {
        error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory to open this file");
        goto done;
    }
    fz_set_warning_callback(pdf->context, on_warning, pdf);
    fz_set_error_callback(pdf->context, on_error, pdf);
    if (open_document(pdf, file, page_count, error) < 0)
        goto done;
    *state = pdf;
    pdf = NULL;
    result = 0;
done:
    close_pdf(pdf);
    return result;
}

/* Dots a point: RENDER_DPI, or what gives a letter's size where the page has not that of a sheet. */
static float render_scale(float width, float height)
{
    float inches = (width > height ? width : height) / 72;

    if (inches >= PAPER_INCHES_MIN && inches <= PAPER_INCHES_MAX)
        return RENDER_DPI / 72.0f;
    return RENDER_DPI * 11 / 72.0f / inches;
}

static int draw_page(struct pdf *pdf, pdf_page *page, fz_rect box, struct picture *out, struct error *error)
{
    fz_context *context = pdf->context;
    float scale = render_scale(box.x1 - box.x0, box.y1 - box.y0);
    fz_matrix matrix = fz_scale(scale, scale);
    fz_pixmap *pixmap = NULL;
    fz_device *device = NULL;
    int result = -1;

    fz_var(pixmap);
    fz_var(device);
    fz_var(result);
    fz_try(context)
    {
        fz_irect bounds = fz_round_rect(fz_transform_rect(box, matrix));
        pixmap = fz_new_pixmap_with_bbox(context, fz_device_gray(context), bounds, NULL, 0);
        fz_clear_pixmap_with_value(context, pixmap, 255);
        device = fz_new_draw_device(context, matrix, pixmap);
        pdf_run_page(context, page, device, fz_identity, NULL);
        fz_close_device(context, device);
        result = pdf_take_grey(context, pixmap, out, error);
        out->xres = out->yres = RENDER_DPI;
    }
    fz_always(context)
    {
        fz_drop_device(context, device);
        fz_drop_pixmap(context, pixmap);
    }
    fz_catch(context)
    {
        fz_rethrow(context);
    }
    return result;
}

/* A page on which nothing is shown: small, for there is nothing to be read. Stacks may have thousands of such backs. */
static int take_blank(fz_rect box, struct picture *out, struct error *error)
{
    float scale = render_scale(box.x1 - box.x0, box.y1 - box.y0) * CLAIMED_DPI_MIN / RENDER_DPI;
    int width = (int)ceilf((box.x1 - box.x0) * scale);
    int height = (int)ceilf((box.y1 - box.y0) * scale);

    out->pix = pixCreate(width, height, 1);
    out->xres = out->yres = CLAIMED_DPI_MIN;
    out->rendered = true;
    return out->pix != NULL ? 1 : error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory for a page of this PDF");
}

/* A page that shows nothing although its content is gone or in error is not taken for a blank sheet. */
static bool lost_content(struct pdf *pdf, pdf_page *page, const struct pdf_survey *survey,
                         const fz_cookie *cookie)
{
    if (!survey->empty)
        return false;
    return cookie->errors > 0 ||
           (pdf_was_repaired(pdf->context, pdf->document) && pdf_page_contents(pdf->context, page) == NULL);
}

static int take_page(struct pdf *pdf, pdf_page *page, struct picture *out, struct error *error)
{
    fz_context *context = pdf->context;
    fz_rect box = pdf_bound_page(context, page);
    struct pdf_survey survey = {0};
    fz_cookie cookie = {0};
    int result = -1;

    if (box.x1 - box.x0 < 1 || box.y1 - box.y0 < 1)
        return error_set(error, ERROR_DAMAGED, "a page of this PDF has no size: print it to a new PDF");
    pdf_survey(context, page, box, &cookie, &survey);
    fz_var(result);
    fz_try(context)
    {
        pdf->data_missing = false;
        if (survey.endless)
            result =
                error_set(error, ERROR_TOO_LARGE,
                          "a page of this PDF is made of too many pieces: print it on paper and scan it");
        else if (lost_content(pdf, page, &survey, &cookie))
            result =
                error_set(error, ERROR_DAMAGED, "a page of this PDF is damaged or cut short: scan it again");
        else if (survey.empty)
            result = take_blank(box, out, error);
        else if (survey.width_max == 0 || picture_check_size(survey.width_max, survey.height_max, error) == 0)
            result = survey.scan != NULL ? pdf_raw(context, &survey, out, error) : 0;
        if (result == 0) {
            out->rendered = !survey.mostly_picture;
            result = draw_page(pdf, page, box, out, error);
        }
        out->incomplete = pdf->data_missing;
        if (result >= 0 && pdf->data_missing && pdf_was_repaired(context, pdf->document))
            result = error_set(error, ERROR_DAMAGED, "this PDF was cut short: copy or scan it again");
    }
    fz_always(context)
    {
        fz_drop_image(context, survey.scan);
    }
    fz_catch(context)
    {
        fz_rethrow(context);
    }
    return result < 0 ? -1 : 0;
}

static int load_pdf(void *state, size_t index, struct picture *out, struct error *error)
{
    struct pdf *pdf = state;
    fz_context *context = pdf->context;
    pdf_page *page = NULL;
    int result = -1;

    fz_var(page);
    fz_var(result);
    fz_try(context)
    {
        page = pdf_load_page(context, pdf->document, (int)index);
        result = take_page(pdf, page, out, error);
    }
    fz_always(context)
    {
        fz_drop_page(context, (fz_page *)page);
    }
    fz_catch(context)
    {
        result = caught(pdf, error);
    }
    return result;
}

const struct format pdf_format = {open_pdf, load_pdf, close_pdf};
