/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "ocr/ocr.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "ocr/closeup.h"
#include "ocr/engine.h"
#include "ocr/faint.h"
#include "ocr/figures.h"
#include "ocr/lines.h"
#include "ocr/strips.h"
#include "ocr/upright.h"
#include "ocr/words.h"

enum {
    DPI_CLOSE = 360,    /* what a second look enlarges to */
    MARGIN = 2,         /* of the map: kept round the ink of a zone */
    INK_LEVEL = 128,    /* darker is ink, on a page whose light is even */
    SAUVOLA_HALF = 18,  /* half window in pixels: about a line of print at DPI_CLOSE */
};
#define SAUVOLA_FACTOR 0.30F
#define EDGE_PIXELS 2          /* a word that touches the cut of a zone is half a word */
#define SURE_WORD 0.70F
#define SAME_STRIP 0.6F        /* share of one strip's sides that lie in another: found twice */
#define STRIP_TALL 0.05F       /* of the page: where one begins, as much more is made, so that it is whole */
#define STRIP_REACH 0.10F      /* of the page taken above and below a strip, in its heights */
#define WORDS_WIDTH 0.20F      /* of the page: a wider strip is mostly words */
#define WORDS_SQUEEZE 0.72F
#define STRIP_BLANK 0.15F      /* and blank added */
#define HANGING 0.25F          /* of the height of figures: how far a letter beside them may hang down */

struct ocr_page {
    struct upright sheet;
    PIX *picture; /* NULL until it is asked for */
    struct words words;
    int64_t left_ms; /* of processor, for recognition */
    struct ocr_strip *strips; /* NULL until they are asked for */
    size_t strip_count;
    float strips_to; /* how far down the page they were looked for */
    bool strips_more; /* there are more than were kept */
    struct ocr_lines lines; /* made from `words`; empty when stale */
    bool stale;
    struct box *zones; /* that were read */
    size_t zone_count;
};

static int no_memory(struct error *error)
{
    return error_set(error, ERROR_OUT_OF_MEMORY, "no memory for a page's picture");
}

/* Puts `next` in the place of *picture. */
static int replace(PIX **picture, PIX *next)
{
    if (next == NULL)
        return -1;
    pixDestroy(picture);
    *picture = next;
    return 0;
}

int ocr_page_new(struct ocr_page **out, const struct paper_page *paper, struct error *error)
{
    struct ocr_page *page = calloc(1, sizeof *page);

    if (page == NULL)
        return no_memory(error);
    page->left_ms = PAGE_RECOGNISE_MS;
    if (upright_init(&page->sheet, paper) != 0) {
        free(page);
        return no_memory(error);
    }
    *out = page;
    return 0;
}

static void forget(struct ocr_page *page)
{
    lines_dispose(&page->lines);
    words_forget(&page->words, NULL);
    free(page->strips);
    page->strips = NULL;
    page->strip_count = 0;
    page->strips_to = 0;
}

void ocr_page_free(struct ocr_page *page)
{
    if (page == NULL)
        return;
    forget(page);
    words_dispose(&page->words);
    free(page->zones);
    upright_dispose(&page->sheet);
    pixDestroy(&page->picture);
    free(page);
}

bool ocr_page_blank(const struct ocr_page *page)
{
    return page->sheet.blank;
}

bool ocr_page_turned(const struct ocr_page *page)
{
    return page->sheet.turned != 0;
}

bool ocr_page_upright(const struct ocr_page *page)
{
    return page->sheet.sure;
}

bool ocr_page_faint(const struct ocr_page *page)
{
    return faint_print(page->sheet.small);
}

bool ocr_page_coarse(const struct ocr_page *page)
{
    return page->sheet.coarse;
}

int ocr_page_turn(struct ocr_page *page, int quarters, struct error *error)
{
    forget(page);
    page->stale = false;
    pixDestroy(&page->picture);
    page->zone_count = 0;
    if (upright_turn(&page->sheet, quarters) != 0)
        return no_memory(error);
    return 0;
}

/* ---- reading ---- */

/* A zone being read: how its pixels lie on the page. */
struct zone_reading {
    struct ocr_page *page;
    int left, top;         /* of the zone, in pixels of the page */
    int width, height;     /* of the zone as given to the engine */
    float scale;           /* engine's pixels a pixel of the page, down the page … */
    float scale_across;    /* … and across it */
    const struct box *line; /* all words stand in this one, one after another; NULL in a zone */
    size_t first;          /* index of the first of them among the page's words */
    bool cut[4];           /* the zone's left, top, right, bottom edge runs through the page */
};

/* A mark that is no text, or half a word at the zone's edge. */
static bool is_rubbish(const struct zone_reading *zone, const char *text, int x, int y, int width, int height)
{
    if (text[strspn(text, " \t\r\n")] == '\0' || width < 2 || height < 2)
        return true;
    return (zone->cut[0] && x <= EDGE_PIXELS) || (zone->cut[1] && y <= EDGE_PIXELS) ||
           (zone->cut[2] && x + width >= zone->width - EDGE_PIXELS) ||
           (zone->cut[3] && y + height >= zone->height - EDGE_PIXELS);
}

/* The engine's boxes of a lone line's words are rough, some lie across one another: what is known of the line, its height
 * and that its words follow one another, is kept. `before` is the word before, or NULL. */
static void put_on_line(const struct box *line, struct box *before, struct box *word)
{
    float room = line->bottom - line->top; /* of the page's height; of its width it is somewhat more */

    word->top = line->top;
    word->bottom = line->bottom;
    if (before == NULL)
        return;
    if (word->left > before->left && (word->left < before->right || word->left - before->right > room))
        before->right = word->left;
    else if (word->left <= before->left)
        word->left = before->right;
    word->right = word->right > word->left ? word->right : word->left;
}

static int take_word(void *context, const char *text, const BOX *place, float confidence)
{
    struct zone_reading *zone = context;
    struct ocr_page *page = zone->page;
    l_int32 x;
    l_int32 y;
    l_int32 width;
    l_int32 height;

    boxGetGeometry((BOX *)place, &x, &y, &width, &height);
    if (is_rubbish(zone, text, x, y, width, height))
        return 0;
    float across = (float)pixGetWidth(page->sheet.clean);
    float down = (float)pixGetHeight(page->sheet.clean);
    struct ocr_word word = {
        .text = (char *)text,
        .confidence = confidence < 0 ? 0 : confidence,
        .box = {((float)x / zone->scale_across + (float)zone->left) / across,
                ((float)y / zone->scale + (float)zone->top) / down,
                ((float)(x + width) / zone->scale_across + (float)zone->left) / across,
                ((float)(y + height) / zone->scale + (float)zone->top) / down},
    };
    if (zone->line != NULL)
        put_on_line(zone->line, page->words.count > zone->first ? &page->words.list[page->words.count - 1].box : NULL,
                    &word.box);
    return words_add(&page->words, &word);
}

static void forget_zone(struct ocr_page *page, struct box zone)
{
    lines_dispose(&page->lines);
    words_forget(&page->words, &zone);
}

/* Enlarged and binarised by local contrast: what a stamp or a stroke crosses often comes out then. */
static PIX *look_closer(PIX *zone, int dpi, float *scale)
{
    PIX *close = NULL;
    PIX *grey = pixConvertTo8(zone, 0);

    *scale = (float)DPI_CLOSE / (float)dpi;
    PIX *large = grey ? pixScale(grey, *scale, *scale) : NULL;
    if (large != NULL && (pixGetWidth(large) < 2 * SAUVOLA_HALF + 4 || pixGetHeight(large) < 2 * SAUVOLA_HALF + 4 ||
                          pixSauvolaBinarize(large, SAUVOLA_HALF, SAUVOLA_FACTOR, 1, NULL, NULL, NULL, &close) != 0))
        close = pixClone(large);
    pixDestroy(&large);
    pixDestroy(&grey);
    return close;
}

/* The part of a zone that holds ink, in pixels of the page; NULL if there is none. */
static BOX *inked_part(const struct ocr_page *page, int left, int top, int right, int bottom)
{
    BOX *zone = boxCreate(left / UPRIGHT_MAP_STEP, top / UPRIGHT_MAP_STEP,
                          (right - left + UPRIGHT_MAP_STEP - 1) / UPRIGHT_MAP_STEP,
                          (bottom - top + UPRIGHT_MAP_STEP - 1) / UPRIGHT_MAP_STEP);
    PIX *part = zone ? pixClipRectangle(page->sheet.map, zone, NULL) : NULL;
    BOX *ink = NULL;
    l_int32 x = 0;
    l_int32 y = 0;
    l_int32 width = 0;
    l_int32 height = 0;

    if (part != NULL && pixClipToForeground(part, NULL, &ink) == 0 && ink != NULL) {
        boxGetGeometry(ink, &x, &y, &width, &height);
        int inner_left = left + (x - MARGIN) * UPRIGHT_MAP_STEP;
        int inner_top = top + (y - MARGIN) * UPRIGHT_MAP_STEP;
        int inner_right = left + (x + width + MARGIN) * UPRIGHT_MAP_STEP;
        int inner_bottom = top + (y + height + MARGIN) * UPRIGHT_MAP_STEP;
        left = inner_left > left ? inner_left : left;
        top = inner_top > top ? inner_top : top;
        right = inner_right < right ? inner_right : right;
        bottom = inner_bottom < bottom ? inner_bottom : bottom;
        boxSetGeometry(ink, left, top, right - left, bottom - top);
    }
    boxDestroy(&zone);
    pixDestroy(&part);
    return ink;
}

static int rebuild_lines(struct ocr_page *page, struct error *error)
{
    float aspect = (float)pixGetHeight(page->sheet.clean) / (float)pixGetWidth(page->sheet.clean);

    lines_dispose(&page->lines);
    page->stale = lines_build(&page->lines, page->words.list, page->words.count, aspect, error) != 0;
    return page->stale ? -1 : 0;
}

static int note_zone(struct ocr_page *page, struct box zone)
{
    struct box *zones = realloc(page->zones, (page->zone_count + 1) * sizeof *zones);

    if (zones == NULL)
        return -1;
    page->zones = zones;
    zones[page->zone_count++] = zone;
    return 0;
}

const struct box *ocr_page_zones(const struct ocr_page *page, size_t *count)
{
    *count = page->zone_count;
    return page->zones;
}

/* So much ink that it is no print. */
static bool is_noise(PIX *picture)
{
    PIX *ink = pixGetDepth(picture) == 1 ? pixClone(picture) : pixThresholdToBinary(picture, INK_LEVEL);
    l_float32 share = 0;

    if (ink != NULL)
        pixForegroundFraction(ink, &share);
    pixDestroy(&ink);
    return share > ZONE_INK_MAX;
}

int ocr_page_read(struct ocr_page *page, struct ocr_engine *engine, struct box zone, enum ocr_way way,
                  struct error *error)
{
    int across = pixGetWidth(page->sheet.clean);
    int down = pixGetHeight(page->sheet.clean);
    int left = (int)(zone.left * (float)across);
    int top = (int)(zone.top * (float)down);
    int right = (int)(zone.right * (float)across);
    int bottom = (int)(zone.bottom * (float)down);
    if (upright_reach(&page->sheet, zone.bottom) != 0)
        return no_memory(error);
    BOX *place = inked_part(page, left, top, right, bottom);

    forget_zone(page, zone);
    if (note_zone(page, zone) != 0) {
        boxDestroy(&place);
        return no_memory(error);
    }
    if (place == NULL)
        return rebuild_lines(page, error);
    l_int32 x = 0;
    l_int32 y = 0;
    l_int32 width = 0;
    l_int32 height = 0;
    boxGetGeometry(place, &x, &y, &width, &height);
    PIX *picture = pixClipRectangle(page->sheet.clean, place, NULL);
    struct zone_reading reading = {
        .page = page,
        .left = x,
        .top = y,
        .scale = 1,
        .scale_across = 1,
        .cut = {left > 0 && x == left, top > 0 && y == top, right < across && x + width == right,
                bottom < down && y + height == bottom},
    };
    int dpi = page->sheet.dpi;

    boxDestroy(&place);
    if (picture != NULL && way == OCR_CLOSE) {
        if (replace(&picture, look_closer(picture, page->sheet.dpi, &reading.scale)) != 0)
            pixDestroy(&picture);
        reading.scale_across = reading.scale;
        dpi = DPI_CLOSE;
    }
    if (picture == NULL)
        return no_memory(error);
    reading.width = pixGetWidth(picture);
    reading.height = pixGetHeight(picture);
    page->stale = true;
    int status = is_noise(picture) ? 1
                                     : ocr_engine_recognise(engine, picture, dpi, ENGINE_SCATTERED, &page->left_ms,
                                                            take_word, &reading, error);
    pixDestroy(&picture);
    if (status >= 0 && rebuild_lines(page, error) != 0)
        return -1;
    return status == 0 && page->words.more ? 1 : status;
}

/* Looks for strips once more in a larger part of the page; what was read before stays known. */
static int find_strips(struct ocr_page *page, float to)
{
    struct ocr_strip *strips = NULL;
    size_t count = 0;

    if (strips_find(&strips, &count, &page->strips_more, page->sheet.print, page->sheet.dpi) != 0)
        return -1;
    while (count > 0 && strips[count - 1].box.top >= to) /* it may go on where nothing is made yet */
        count--;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < page->strip_count && !strips[i].read; k++)
            strips[i].read = page->strips[k].read && box_overlap_x(strips[i].box, page->strips[k].box) > SAME_STRIP &&
                             box_overlap_y(strips[i].box, page->strips[k].box) > SAME_STRIP;
    }
    free(page->strips);
    page->strips = strips;
    page->strip_count = count;
    page->strips_to = to;
    return 0;
}

int ocr_page_strips(struct ocr_page *page, float to, const struct ocr_strip **out, size_t *count, struct error *error)
{
    if (page->strips == NULL || to > page->strips_to) {
        if (upright_reach(&page->sheet, to + STRIP_TALL) != 0 || find_strips(page, to) != 0)
            return no_memory(error);
    }
    *out = page->strips;
    *count = page->strip_count;
    return 0;
}

/* The engine's work grows with a line's length: of a long one, which is mostly words, less of that is read as well. */
static int squeeze(PIX **strip, struct zone_reading *place)
{
    if (replace(strip, pixConvertTo8(*strip, 0)) != 0 || replace(strip, pixScaleGrayLI(*strip, WORDS_SQUEEZE, 1)) != 0)
        return -1;
    place->scale_across = WORDS_SQUEEZE;
    return 0;
}

/* The strip with room above and below, of which the engine needs some: part of it may come from the page, where the
 * tips of letters stand, the rest is blank. */
static PIX *cut_strip(const struct ocr_page *page, struct box box, struct zone_reading *place)
{
    int across = pixGetWidth(page->sheet.clean);
    int down = pixGetHeight(page->sheet.clean);
    float height = box_height(box) * (float)down;
    int reach = (int)(STRIP_REACH * height) + 1;
    int blank = (int)(STRIP_BLANK * height) + 1;
    int left = (int)(box.left * (float)across) - 2 * reach;
    int top = (int)(box.top * (float)down) - reach;
    int right = (int)(box.right * (float)across) + 2 * reach;
    int bottom = (int)(box.bottom * (float)down) + reach;
    left = left > 0 ? left : 0;
    top = top > 0 ? top : 0;
    right = right < across ? right : across;
    bottom = bottom < down ? bottom : down;
    BOX *where = boxCreate(left, top, right - left, bottom - top);
    PIX *strip = where ? pixClipRectangle(page->sheet.clean, where, NULL) : NULL;

    boxDestroy(&where);
    place->left = left - blank;
    place->top = top - blank;
    if (strip != NULL && replace(&strip, pixAddBorder(strip, blank, pixGetDepth(strip) == 1 ? 0 : 255)) != 0)
        pixDestroy(&strip);
    return strip;
}

int ocr_page_read_strip(struct ocr_page *page, struct ocr_engine *engine, size_t strip, struct error *error)
{
    struct zone_reading reading = {.page = page, .scale = 1, .scale_across = 1, .first = page->words.count};
    struct ocr_strip *s = &page->strips[strip];

    if (s->read)
        return 0;
    PIX *picture = cut_strip(page, s->box, &reading);
    if (picture != NULL && box_width(s->box) > WORDS_WIDTH && squeeze(&picture, &reading) != 0)
        pixDestroy(&picture);
    if (picture == NULL)
        return no_memory(error);
    reading.width = pixGetWidth(picture);
    reading.height = pixGetHeight(picture);
    reading.line = s->several_lines ? NULL : &s->box;
    page->stale = true;
    int status = note_zone(page, s->box) != 0
                     ? no_memory(error)
                     : ocr_engine_recognise(engine, picture, page->sheet.dpi, s->several_lines ? ENGINE_BLOCK : ENGINE_LINE,
                                            &page->left_ms, take_word, &reading, error);
    pixDestroy(&picture);
    s->read = status >= 0;
    return status == 0 && (page->words.more || page->strips_more) ? 1 : status;
}

int ocr_page_settle(struct ocr_page *page, struct error *error)
{
    return page->stale ? rebuild_lines(page, error) : 0;
}

int ocr_page_read_line(const struct ocr_page *page, struct ocr_engine *engine, struct box line, unsigned look,
                       char **out, struct error *error)
{
    float across = (float)pixGetWidth(page->sheet.clean);
    float down = (float)pixGetHeight(page->sheet.clean);
    float scale = 1;
    BOX *place = boxCreate((l_int32)(line.left * across), (l_int32)(line.top * down), (l_int32)(box_width(line) * across),
                           (l_int32)(box_height(line) * down));
    PIX *picture = place ? closeup_cut(page->sheet.clean, place, look, &scale) : NULL;

    boxDestroy(&place);
    if (picture == NULL)
        return no_memory(error);
    int status = ocr_engine_read_line(engine, picture, (int)(scale * (float)page->sheet.dpi), out, error);
    pixDestroy(&picture);
    return status;
}

int ocr_page_figures(struct ocr_page *page, struct box **out, size_t *count, struct error *error)
{
    if (upright_reach(&page->sheet, 1) != 0 || figures_find(out, count, page->sheet.print, page->sheet.dpi) != 0)
        return no_memory(error);
    return 0;
}

/* The words of a place that is read alone, in their order. What is cut at its ends is no whole word: how sure those
 * with digits are counts, if there are some. */
struct lone_words {
    struct buffer text;
    float sure, sure_of_digits;
    bool digits;
};

static int take_lone_word(void *context, const char *text, const BOX *place, float confidence)
{
    struct lone_words *words = context;

    (void)place;
    if (words->text.length > 0)
        buffer_byte(&words->text, ' ');
    buffer_text(&words->text, text);
    words->sure = confidence < words->sure ? confidence : words->sure;
    if (strpbrk(text, "0123456789") != NULL) {
        words->digits = true;
        words->sure_of_digits = confidence < words->sure_of_digits ? confidence : words->sure_of_digits;
    }
    return 0;
}

int ocr_page_read_figures(struct ocr_page *page, struct ocr_engine *engine, struct box place, char **out, float *sure,
                          struct error *error)
{
    struct zone_reading unused = {.page = page};
    struct lone_words words = {.sure = 1, .sure_of_digits = 1};
    place.bottom += HANGING * box_height(place);
    PIX *picture = cut_strip(page, place, &unused);

    if (picture == NULL)
        return no_memory(error);
    buffer_init(&words.text, PAGE_TEXT_MAX);
    buffer_text(&words.text, "");
    int status = ocr_engine_recognise(engine, picture, page->sheet.dpi, ENGINE_LINE, &page->left_ms, take_lone_word, &words, error);
    pixDestroy(&picture);
    *sure = words.digits ? words.sure_of_digits : words.sure;
    *out = buffer_take(&words.text);
    if (*out == NULL)
        return no_memory(error);
    if (status < 0)
        free(*out);
    return status;
}

const struct ocr_line *ocr_page_lines(const struct ocr_page *page, size_t *count)
{
    *count = page->stale ? 0 : page->lines.line_count;
    return page->lines.lines;
}

double ocr_page_legibility(const struct ocr_page *page)
{
    double letters = 0;

    for (size_t i = 0; i < page->words.count; i++) {
        const struct ocr_word *word = &page->words.list[i];
        size_t length = strlen(word->text);
        size_t alphabetic = 0;
        for (const char *c = word->text; *c != '\0'; c++)
            alphabetic += isalpha((unsigned char)*c) != 0;
        if (alphabetic >= 3 && alphabetic * 4 >= length * 3 && word->confidence >= SURE_WORD)
            letters += (double)alphabetic;
    }
    return letters;
}

const PIX *ocr_page_picture(const struct ocr_page *page)
{
    struct ocr_page *holder = (struct ocr_page *)page; /* few ask for it: it is made then, and is the same picture */

    if (page->picture == NULL)
        holder->picture = upright_picture(&page->sheet);
    return page->picture;
}
