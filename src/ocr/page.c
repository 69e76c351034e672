/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "ocr/ocr.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "ocr/engine.h"
#include "ocr/lines.h"
#include "ocr/straighten.h"

enum {
    DPI_COARSE = 140,   /* below, digits of body size are told apart by guess */
    DPI_LEAST = 180,    /* below, small print is enlarged: the engine finds no lines in it */
    DPI_ENLARGED = 220,
    DPI_MOST = 320,     /* above, more pixels cost time and tell nothing */
    DPI_REDUCED = 300,
    DPI_CLOSE = 360,    /* what a second look enlarges to */
    WORDS_MAX = 20000,  /* a dense page holds about 1,000 */
    MAP_STEP = 8,       /* 2 x 2 x 2: as map_of reduces */
    MARGIN = 2,         /* of the map: kept round the ink of a zone */
    SAUVOLA_HALF = 18,  /* half window in pixels: about a line of print at DPI_CLOSE */
};
#define SAUVOLA_FACTOR 0.30F
#define LETTER_LONG_SIDE 11.0F /* inches */
#define BLANK_INK 0.0004F      /* share of ink on a page with half a line of print */
#define EDGE_PIXELS 2          /* a word that touches the cut of a zone is half a word */
#define SURE_WORD 0.70F
#define LINE_ROOM 0.5F         /* round a line that is cut out, in its heights */

struct ocr_page {
    PIX *picture; /* upright, even light */
    PIX *clean;   /* the same without rules and rims: what the engine sees */
    PIX *map;     /* where its ink is, 1 bit, MAP_STEP pixels to one; dust left out */
    int dpi;
    bool blank;
    bool coarse;
    struct ocr_word *words; /* as read, in no order */
    size_t word_count;
    size_t word_room;
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

static PIX *ink_of(PIX *picture)
{
    return pixGetDepth(picture) == 1 ? pixClone(picture) : straighten_ink(picture);
}

/* The size that the engine reads best and fastest. */
static int normalise_size(struct ocr_page *page)
{
    float factor = page->dpi > DPI_MOST    ? (float)DPI_REDUCED / (float)page->dpi
                   : page->dpi < DPI_LEAST ? (float)DPI_ENLARGED / (float)page->dpi
                                           : 1.0F;

    if (factor == 1.0F)
        return 0;
    page->dpi = (int)((float)page->dpi * factor);
    if (pixGetDepth(page->picture) == 1 && factor < 1)
        return replace(&page->picture, pixScaleToGray(page->picture, factor));
    if (pixGetDepth(page->picture) == 1 && replace(&page->picture, pixConvert1To8(NULL, page->picture, 255, 0)) != 0)
        return -1;
    return replace(&page->picture, factor < 1 ? pixScaleAreaMap(page->picture, factor, factor)
                                              : pixScaleLI(page->picture, factor, factor));
}

static int flatten(struct ocr_page *page)
{
    bool found = false;

    if (replace(&page->picture, straighten_frame(page->picture, &found)) != 0)
        return -1;
    if (found) {
        int longer = pixGetWidth(page->picture) > pixGetHeight(page->picture) ? pixGetWidth(page->picture)
                                                                              : pixGetHeight(page->picture);
        page->dpi = (int)((float)longer / LETTER_LONG_SIDE);
    }
    return 0;
}

static int turn(struct ocr_page *page, int quarters)
{
    quarters %= 4;
    if (quarters == 0)
        return 0;
    return replace(&page->picture, pixRotateOrth(page->picture, quarters));
}

/* Upright and level. */
static int level(struct ocr_page *page)
{
    int status = -1;
    PIX *ink = ink_of(page->picture);

    if (ink == NULL)
        return -1;
    int quarters = straighten_turns(ink);
    if (quarters != 0 && (turn(page, quarters) != 0 || replace(&ink, pixRotateOrth(ink, quarters)) != 0))
        goto done;
    float skew = straighten_skew(ink, true);
    if (skew != 0 && replace(&page->picture, pixRotate(page->picture, skew,
                                                       pixGetDepth(page->picture) == 1 ? L_ROTATE_SHEAR
                                                                                       : L_ROTATE_AREA_MAP,
                                                       L_BRING_IN_WHITE, 0, 0)) != 0)
        goto done;
    status = 0;
done:
    pixDestroy(&ink);
    return status;
}

/* A pixel alone is dust; what is left in a square of MAP_STEP pixels marks it. */
static PIX *map_of(PIX *ink)
{
    return pixReduceRankBinaryCascade(ink, 2, 1, 1, 0);
}

/* Makes `clean` and `map` from `picture`. */
static int clean(struct ocr_page *page)
{
    PIX *ink = ink_of(page->picture);
    PIX *clutter = ink ? straighten_clutter(ink, page->dpi) : NULL;
    l_float32 share = 0;
    int status = -1;

    if (clutter == NULL || replace(&page->clean, pixCopy(NULL, page->picture)) != 0)
        goto done;
    if (pixGetDepth(page->clean) == 1)
        pixSubtract(page->clean, page->clean, clutter);
    else
        pixSetMasked(page->clean, clutter, 255);
    pixSubtract(ink, ink, clutter);
    if (replace(&page->map, map_of(ink)) != 0)
        goto done;
    if (pixForegroundFraction(ink, &share) != 0)
        goto done;
    if (share < BLANK_INK * 20) { /* little ink: is it more than dust? */
        PIX *shapes = pixSelectBySize(ink, 3, 3, 8, L_SELECT_IF_BOTH, L_SELECT_IF_GT, NULL);
        if (shapes == NULL || pixForegroundFraction(shapes, &share) != 0)
            share = 0;
        pixDestroy(&shapes);
    }
    page->blank = share < BLANK_INK;
    status = 0;
done:
    pixDestroy(&clutter);
    pixDestroy(&ink);
    return status;
}

int ocr_page_new(struct ocr_page **out, const struct paper_page *paper, struct error *error)
{
    struct ocr_page *page = calloc(1, sizeof *page);

    if (page == NULL)
        return no_memory(error);
    page->picture = pixClone(paper->image);
    page->dpi = paper->dpi;
    bool scanned_grey = pixGetDepth(page->picture) == 8 && !paper->rendered;
    if (scanned_grey && flatten(page) != 0) {
        ocr_page_free(page);
        return no_memory(error);
    }
    page->coarse = page->dpi < DPI_COARSE || (pixGetDepth(page->picture) == 1 && straighten_doubled(page->picture));
    if (normalise_size(page) != 0 ||
        (scanned_grey && replace(&page->picture, straighten_light(page->picture)) != 0) || level(page) != 0 ||
        clean(page) != 0) {
        ocr_page_free(page);
        return no_memory(error);
    }
    *out = page;
    return 0;
}

static void forget(struct ocr_page *page)
{
    lines_dispose(&page->lines);
    for (size_t i = 0; i < page->word_count; i++)
        free(page->words[i].text);
    page->word_count = 0;
}

void ocr_page_free(struct ocr_page *page)
{
    if (page == NULL)
        return;
    forget(page);
    free(page->words);
    free(page->zones);
    pixDestroy(&page->picture);
    pixDestroy(&page->clean);
    pixDestroy(&page->map);
    free(page);
}

bool ocr_page_blank(const struct ocr_page *page)
{
    return page->blank;
}

bool ocr_page_coarse(const struct ocr_page *page)
{
    return page->coarse;
}

int ocr_page_turn(struct ocr_page *page, int quarters, struct error *error)
{
    forget(page);
    page->stale = false;
    page->zone_count = 0;
    if (turn(page, quarters) != 0 || clean(page) != 0)
        return no_memory(error);
    return 0;
}

/* ---- reading ---- */

/* A zone being read: how its pixels lie on the page. */
struct zone_reading {
    struct ocr_page *page;
    int left, top;         /* of the zone, in pixels of the page */
    int width, height;     /* of the zone as given to the engine */
    float scale;           /* engine's pixels a pixel of the page */
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

static int take_word(void *context, const char *text, const BOX *place, float confidence)
{
    struct zone_reading *zone = context;
    struct ocr_page *page = zone->page;
    l_int32 x;
    l_int32 y;
    l_int32 width;
    l_int32 height;

    boxGetGeometry((BOX *)place, &x, &y, &width, &height);
    if (is_rubbish(zone, text, x, y, width, height) || page->word_count >= WORDS_MAX)
        return 0;
    if (page->word_count == page->word_room) {
        size_t room = page->word_room ? page->word_room * 2 : 256;
        struct ocr_word *words = realloc(page->words, room * sizeof *words);
        if (words == NULL)
            return -1;
        page->words = words;
        page->word_room = room;
    }
    char *copy = strdup(text);
    if (copy == NULL)
        return -1;
    float across = (float)pixGetWidth(page->clean);
    float down = (float)pixGetHeight(page->clean);
    page->words[page->word_count++] = (struct ocr_word){
        .text = copy,
        .confidence = confidence < 0 ? 0 : confidence,
        .box = {((float)x / zone->scale + (float)zone->left) / across,
                ((float)y / zone->scale + (float)zone->top) / down,
                ((float)(x + width) / zone->scale + (float)zone->left) / across,
                ((float)(y + height) / zone->scale + (float)zone->top) / down},
    };
    return 0;
}

static void forget_zone(struct ocr_page *page, struct box zone)
{
    size_t kept = 0;

    lines_dispose(&page->lines);
    for (size_t i = 0; i < page->word_count; i++) {
        if (box_holds(zone, page->words[i].box))
            free(page->words[i].text);
        else
            page->words[kept++] = page->words[i];
    }
    page->word_count = kept;
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
    BOX *zone = boxCreate(left / MAP_STEP, top / MAP_STEP, (right - left + MAP_STEP - 1) / MAP_STEP,
                          (bottom - top + MAP_STEP - 1) / MAP_STEP);
    PIX *part = zone ? pixClipRectangle(page->map, zone, NULL) : NULL;
    BOX *ink = NULL;
    l_int32 x = 0;
    l_int32 y = 0;
    l_int32 width = 0;
    l_int32 height = 0;

    if (part != NULL && pixClipToForeground(part, NULL, &ink) == 0 && ink != NULL) {
        boxGetGeometry(ink, &x, &y, &width, &height);
        int inner_left = left + (x - MARGIN) * MAP_STEP;
        int inner_top = top + (y - MARGIN) * MAP_STEP;
        int inner_right = left + (x + width + MARGIN) * MAP_STEP;
        int inner_bottom = top + (y + height + MARGIN) * MAP_STEP;
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
    float aspect = (float)pixGetHeight(page->clean) / (float)pixGetWidth(page->clean);

    lines_dispose(&page->lines);
    page->stale = lines_build(&page->lines, page->words, page->word_count, aspect, error) != 0;
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

int ocr_page_read(struct ocr_page *page, struct ocr_engine *engine, struct box zone, enum ocr_way way,
                  struct error *error)
{
    int across = pixGetWidth(page->clean);
    int down = pixGetHeight(page->clean);
    int left = (int)(zone.left * (float)across);
    int top = (int)(zone.top * (float)down);
    int right = (int)(zone.right * (float)across);
    int bottom = (int)(zone.bottom * (float)down);
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
    PIX *picture = pixClipRectangle(page->clean, place, NULL);
    struct zone_reading reading = {
        .page = page,
        .left = x,
        .top = y,
        .scale = 1,
        .cut = {left > 0 && x == left, top > 0 && y == top, right < across && x + width == right,
                bottom < down && y + height == bottom},
    };
    int dpi = page->dpi;

    boxDestroy(&place);
    if (picture != NULL && way == OCR_CLOSE) {
        if (replace(&picture, look_closer(picture, page->dpi, &reading.scale)) != 0)
            pixDestroy(&picture);
        dpi = DPI_CLOSE;
    }
    if (picture == NULL)
        return no_memory(error);
    reading.width = pixGetWidth(picture);
    reading.height = pixGetHeight(picture);
    page->stale = true;
    int status = ocr_engine_recognise(engine, picture, dpi, take_word, &reading, error);
    pixDestroy(&picture);
    if (status >= 0 && rebuild_lines(page, error) != 0)
        return -1;
    return status;
}

/* The line in that way: enlarged, perhaps softened, on a border of its own ground. */
static PIX *cut_line(const struct ocr_page *page, struct box line, float scale, bool soft)
{
    enum { BORDER = 12 };
    float across = (float)pixGetWidth(page->clean);
    float down = (float)pixGetHeight(page->clean);
    float room = LINE_ROOM * box_height(line) * down;
    BOX *place = boxCreate((l_int32)(line.left * across - room), (l_int32)(line.top * down - room),
                           (l_int32)(box_width(line) * across + 2 * room), (l_int32)(box_height(line) * down + 2 * room));
    PIX *picture = place ? pixClipRectangle(page->clean, place, NULL) : NULL;

    boxDestroy(&place);
    if (picture == NULL || replace(&picture, pixConvertTo8(picture, 0)) != 0 ||
        replace(&picture, pixScale(picture, scale, scale)) != 0 ||
        (soft && replace(&picture, pixBlockconv(picture, 1, 1)) != 0) ||
        replace(&picture, pixAddBorder(picture, BORDER, 255)) != 0)
        pixDestroy(&picture);
    return picture;
}

int ocr_page_read_line(const struct ocr_page *page, struct ocr_engine *engine, struct box line, unsigned look,
                       char **out, struct error *error)
{
    static const struct {
        float scale;
        bool soft;
    } looks[OCR_LINE_LOOKS] = {{1, true}, {2, false}, {2, true}, {3, true}};
    float scale = looks[look % OCR_LINE_LOOKS].scale;
    PIX *picture = cut_line(page, line, scale, looks[look % OCR_LINE_LOOKS].soft);

    if (picture == NULL)
        return no_memory(error);
    int status = ocr_engine_read_line(engine, picture, (int)(scale * (float)page->dpi), out, error);
    pixDestroy(&picture);
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

    for (size_t i = 0; i < page->word_count; i++) {
        const struct ocr_word *word = &page->words[i];
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
    return page->picture;
}
