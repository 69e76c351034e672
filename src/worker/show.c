/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* At the left the upright page, so that a box's fractions are fractions of it, dimmed where it was not read; at the right
 * what the boxes are. */
#include "worker/show.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <allheaders.h>

#include "base/buffer.h"
#include "base/utf8.h"
#include "report/warning.h"
#include "report/words.h"

enum {
    KEPT_MAX = 64,           /* pages of one letter: 1.5 MB each while they wait; no letter of the IRS's is longer */
    FILE_BYTES_MAX = 24 << 20, /* of pictures of one file: what fits into an answer beside its letters */
    PAGE_WIDTH = 1100,       /* pixels: small print can just be read */
    PANEL_WIDTH = 500,
    GREYS = 16,              /* of the page: with the colours still few enough for a palette, a third of the bytes */
    FRAME = 3,               /* pixels: width of a box's line */
    ROOM = 4,                /* between a box's line and what it surrounds */
    PAD = 4,                 /* round the words of a tag */
    MARGIN = 16,             /* of the panel */
    SMALL = 4, LARGE = 6,    /* sizes of the built-in bitmap font: 12 and 18 pixels high */
    TAGS_MAX = 128,
    WORDS_MAX = 240,         /* bytes of a line in the panel before it is broken */
};
#define DIM 0.35F            /* what is left of the contrast where the page was not read */
#define DIM_PAPER 214        /* and of the white */
#define OTHER_NUMBER "other/" /* how the rule of a number begins that speaks for another notice */

struct shown_page {
    unsigned number;
    PIX *grey;
    struct box *zones;
    size_t zone_count;
};

struct colour {
    unsigned char red, green, blue;
};

/* Apart for colour-blind eyes too: they differ in lightness, and every box bears its name. */
static const struct colour NUMBER_COLOUR = {190, 0, 90};
static const struct colour HEADING_COLOUR = {200, 90, 0};
static const struct colour PHRASE_COLOUR = {0, 115, 60};
static const struct colour SENDER_COLOUR = {110, 40, 160};
static const struct colour AGAINST_COLOUR = {40, 40, 40};
static const struct colour FIELD_COLOUR = {0, 85, 200};
static const struct colour PANEL_COLOUR = {226, 228, 233};
static const struct colour TEXT_COLOUR = {25, 25, 25};
static const struct colour FAINT_COLOUR = {95, 95, 95};

/* One thing that was found on the page. */
struct tag {
    struct box box;
    struct colour colour;
    const char *name;  /* at the box */
    char words[LETTER_TEXT_SIZE + LETTER_RULE_SIZE + 64]; /* in the panel */
};

/* One picture while it is painted. */
struct canvas {
    PIX *pix;
    enum language language;
    L_BMF *small;
    L_BMF *large;
    int page_height;
    int line; /* of the panel: where the next one's top is */
    struct tag *tags;
    size_t tag_count;
    BOXA *taken; /* by tags, so that they do not cover each other */
};

static int no_memory(struct error *error)
{
    return error_set(error, ERROR_OUT_OF_MEMORY, "no memory for a picture of a page");
}

/* ---- keeping ---- */

BOX *show_place(struct box box, int width, int height, int room)
{
    int left = (int)(box.left * (float)width) - room;
    int top = (int)(box.top * (float)height) - room;
    int right = (int)(box.right * (float)width + 0.5F) + room;
    int bottom = (int)(box.bottom * (float)height + 0.5F) + room;

    return boxCreateValid(left, top, right > left ? right - left : 1, bottom > top ? bottom - top : 1);
}

PIX *show_grey(const PIX *picture, int width)
{
    float scale = (float)width / (float)pixGetWidth((PIX *)picture);
    PIX *grey = NULL;

    if (pixGetDepth((PIX *)picture) == 1 && scale < 1)
        grey = pixScaleToGray((PIX *)picture, scale);
    else if (pixGetDepth((PIX *)picture) == 1)
        grey = pixConvert1To8(NULL, (PIX *)picture, 255, 0);
    else
        grey = pixConvertTo8((PIX *)picture, 0);
    if (grey == NULL || pixGetWidth(grey) == width)
        return grey;
    PIX *scaled = pixScaleToSize(grey, width, 0);
    pixDestroy(&grey);
    return scaled;
}

int show_keep(struct show *show, const struct ocr_page *page, unsigned number, struct error *error)
{
    size_t zone_count;
    const struct box *zones = ocr_page_zones(page, &zone_count);

    if (show->count == KEPT_MAX)
        return 0;
    struct shown_page *pages = realloc(show->pages, (show->count + 1) * sizeof *pages);
    if (pages == NULL)
        return no_memory(error);
    show->pages = pages;
    struct shown_page *kept = &pages[show->count];
    *kept = (struct shown_page){.number = number, .grey = show_grey(ocr_page_picture(page), PAGE_WIDTH)};
    kept->zones = calloc(zone_count + 1, sizeof *kept->zones);
    if (kept->grey == NULL || kept->zones == NULL) {
        pixDestroy(&kept->grey);
        free(kept->zones);
        return no_memory(error);
    }
    memcpy(kept->zones, zones, zone_count * sizeof *zones);
    kept->zone_count = zone_count;
    show->count++;
    return 0;
}

void show_dispose(struct show *show)
{
    for (size_t i = 0; i < show->count; i++) {
        pixDestroy(&show->pages[i].grey);
        free(show->pages[i].zones);
    }
    free(show->pages);
    *show = (struct show){0};
}

/* ---- what is on a page ---- */

static struct colour colour_of(const char *kind)
{
    static const struct {
        const char *kind;
        const struct colour *colour;
    } colours[] = {{"number", &NUMBER_COLOUR},
                   {"title", &HEADING_COLOUR},
                   {"phrase", &PHRASE_COLOUR},
                   {"letterhead", &SENDER_COLOUR}};

    for (size_t i = 0; i < sizeof colours / sizeof *colours; i++) {
        if (strcmp(colours[i].kind, kind) == 0)
            return *colours[i].colour;
    }
    return AGAINST_COLOUR;
}

/* Adds a tag, unless one of that name lies there already: a second look at the same print. NULL then, or if there is no
 * room. */
static struct tag *add_tag(struct canvas *canvas, struct box box, const char *name, struct colour colour)
{
    for (size_t i = 0; i < canvas->tag_count; i++) {
        if (strcmp(canvas->tags[i].name, name) == 0 && box_holds(canvas->tags[i].box, box))
            return NULL;
    }
    if (canvas->tag_count == TAGS_MAX)
        return NULL;
    struct tag *tag = &canvas->tags[canvas->tag_count++];
    *tag = (struct tag){.box = box, .colour = colour, .name = name};
    return tag;
}

/* A sentence of the catalogue's with its values, cut at `size`. */
static void fill_values(char *out, size_t size, enum word word, enum language language, const char *const *values,
                        size_t count)
{
    struct buffer buffer;

    buffer_init(&buffer, size - 1);
    words_fill(&buffer, word, language, values, count);
    snprintf(out, size, "%s", buffer.data != NULL ? buffer.data : "");
    buffer_dispose(&buffer);
}

static void collect(struct canvas *canvas, const struct letter *letter, unsigned page)
{
    for (size_t i = 0; i < letter->evidence_count; i++) {
        const struct evidence *e = &letter->evidence[i];
        bool other = strncmp(e->rule, OTHER_NUMBER, strlen(OTHER_NUMBER)) == 0;
        struct tag *tag =
            e->page == page ? add_tag(canvas, e->box, e->kind, other ? AGAINST_COLOUR : colour_of(e->kind)) : NULL;
        if (tag != NULL)
            fill_values(tag->words, sizeof tag->words, WORD_SHOW_EVIDENCE, canvas->language,
                        (const char *const[]){e->kind, e->text, e->rule}, 3);
    }
    for (enum field_id field = 0; field < FIELD_COUNT; field++) {
        for (size_t i = 0; i < letter->fields[field].count; i++) {
            const struct field_value *value = &letter->fields[field].values[i];
            struct tag *tag =
                value->page == page ? add_tag(canvas, value->box, field_name(field), FIELD_COLOUR) : NULL;
            if (tag != NULL) /* rounded down: nothing is surer than the program knows */
                snprintf(tag->words, sizeof tag->words, "%s %s (%.1f %%)", field_name(field), value->value,
                         floor(value->confidence * 1000) / 10);
        }
    }
}

/* ---- painting ---- */

static l_uint32 pixel_of(struct colour colour)
{
    l_uint32 pixel = 0;

    composeRGBPixel(colour.red, colour.green, colour.blue, &pixel);
    return pixel;
}

/* The font has ASCII only: letters lose their accents, other characters become "?". */
static void to_ascii(char *out, size_t size, const char *text)
{
    static const char latin[] = "AAAAAAACEEEEIIIIDNOOOOO?OUUUUY?saaaaaaaceeeeiiiidnooooo?ouuuuy?y"; /* from U+00C0 on */
    size_t used = 0;
    uint32_t character;

    while ((character = utf8_next(&text)) != 0 && used + 1 < size) {
        if (character >= 0x20 && character < 0x7F)
            out[used++] = (char)character;
        else if (character >= 0xC0 && character <= 0xFF)
            out[used++] = latin[character - 0xC0];
        else
            out[used++] = character == 0x2018 || character == 0x2019 ? '\'' : '?';
    }
    out[used] = '\0';
}

static int width_of(L_BMF *font, const char *text)
{
    l_int32 width = 0;

    return bmfGetStringWidth(font, text, &width) == 0 ? width : 0;
}

/* The text with its upper left corner there. The font refuses an empty one. */
static void write_at(struct canvas *canvas, L_BMF *font, struct colour colour, int x, int y, const char *text)
{
    if (text[0] != '\0')
        pixSetTextline(canvas->pix, font, text, pixel_of(colour), x, y + font->baselinetab['A' - 32], NULL, NULL);
}

/* How many bytes of the text fit into the width, broken at a blank where there is one. */
static size_t fitting(L_BMF *font, const char *text, int width)
{
    char part[WORDS_MAX + 1];
    size_t length = strnlen(text, WORDS_MAX);
    size_t blank = 0;

    for (size_t i = 1; i <= length; i++) {
        memcpy(part, text, i);
        part[i] = '\0';
        if (width_of(font, part) > width)
            return blank > 0 ? blank : i > 1 ? i - 1 : 1;
        if (text[i] == ' ' || text[i] == '\0')
            blank = i;
    }
    return length;
}

/* A paragraph of the panel. */
static void say(struct canvas *canvas, L_BMF *font, struct colour colour, int indent, const char *words)
{
    char text[sizeof((struct tag *)0)->words];
    int x = PAGE_WIDTH + MARGIN + indent;

    to_ascii(text, sizeof text, words);
    for (const char *rest = text; *rest != '\0';) {
        size_t length = fitting(font, rest, PAGE_WIDTH + PANEL_WIDTH - MARGIN - x);
        char line[WORDS_MAX + 1];
        if (canvas->line + font->lineheight > canvas->page_height)
            return;
        snprintf(line, sizeof line, "%.*s", (int)length, rest);
        write_at(canvas, font, colour, x, canvas->line, line);
        canvas->line += font->lineheight + 2;
        for (rest += length; *rest == ' '; rest++)
            ;
    }
}

static void swatch(struct canvas *canvas, struct colour colour, int height)
{
    BOX *box = boxCreate(PAGE_WIDTH + MARGIN, canvas->line, 14, height);

    pixSetInRectArbitrary(canvas->pix, box, pixel_of(colour));
    boxDestroy(&box);
}

static bool is_free(const struct canvas *canvas, BOX *box)
{
    l_int32 x;
    l_int32 y;
    l_int32 width;
    l_int32 height;

    boxGetGeometry(box, &x, &y, &width, &height);
    if (x < 0 || y < 0 || x + width > PAGE_WIDTH || y + height > canvas->page_height)
        return false;
    for (l_int32 i = 0; i < boxaGetCount(canvas->taken); i++) {
        l_int32 meet = 0;
        boxIntersects(box, canvas->taken->box[i], &meet);
        if (meet)
            return false;
    }
    return true;
}

/* Where the tag's name goes: right above its box, or the nearest place that is free. NULL if there is none. */
static BOX *find_room(const struct canvas *canvas, BOX *box, int width, int height)
{
    l_int32 x;
    l_int32 y;
    l_int32 box_width;
    l_int32 box_height;

    boxGetGeometry(box, &x, &y, &box_width, &box_height);
    int across = x + width <= PAGE_WIDTH ? x : PAGE_WIDTH - width;
    int middle = y + (box_height - height) / 2;
    const int places[][2] = {
        {x + box_width + 2, middle}, {x - width - 2, middle}, {across, y - height}, {across, y + box_height},
        {x + box_width - width, y - height}, {x + box_width - width, y + box_height},
        {across, y - 2 * height}, {across, y + box_height + height},
    };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        BOX *room = boxCreateValid(places[i][0], places[i][1], width, height);
        if (room != NULL && is_free(canvas, room))
            return room;
        boxDestroy(&room);
    }
    return NULL;
}

static void frame_tag(struct canvas *canvas, const struct tag *tag)
{
    BOX *box = show_place(tag->box, PAGE_WIDTH, canvas->page_height, ROOM);

    if (box != NULL)
        pixRenderBoxArb(canvas->pix, box, FRAME, tag->colour.red, tag->colour.green, tag->colour.blue);
    boxDestroy(&box);
}

static void name_tag(struct canvas *canvas, const struct tag *tag)
{
    static const struct colour white = {255, 255, 255};
    BOX *box = show_place(tag->box, PAGE_WIDTH, canvas->page_height, ROOM);
    int width = width_of(canvas->small, tag->name) + 2 * PAD;
    int height = canvas->small->lineheight + 2;
    BOX *room = box != NULL ? find_room(canvas, box, width, height) : NULL;

    if (room != NULL) {
        l_int32 x;
        l_int32 y;
        boxGetGeometry(room, &x, &y, NULL, NULL);
        pixSetInRectArbitrary(canvas->pix, room, pixel_of(tag->colour));
        write_at(canvas, canvas->small, white, x + PAD, y + 2, tag->name);
        boxaAddBox(canvas->taken, room, L_INSERT);
    }
    boxDestroy(&box);
}

/* No name may lie on a box. */
static void take_boxes(struct canvas *canvas)
{
    for (size_t i = 0; i < canvas->tag_count; i++) {
        BOX *box = show_place(canvas->tags[i].box, PAGE_WIDTH, canvas->page_height, ROOM);
        if (box != NULL)
            boxaAddBox(canvas->taken, box, L_INSERT);
    }
}

/* The page, dimmed where it was not read, in few greys; in colour. */
static PIX *paint_page(const struct shown_page *page)
{
    int height = pixGetHeight(page->grey);
    PIX *dim = pixCopy(NULL, page->grey);
    PIX *canvas = NULL;

    if (dim == NULL)
        return NULL;
    pixMultConstantGray(dim, DIM);
    pixAddConstantGray(dim, (l_int32)(DIM_PAPER - 255 * DIM));
    for (size_t i = 0; i < page->zone_count; i++) {
        BOX *zone = show_place(page->zones[i], PAGE_WIDTH, height, 0);
        l_int32 x;
        l_int32 y;
        l_int32 width;
        l_int32 tall;
        if (zone == NULL || boxGetGeometry(zone, &x, &y, &width, &tall) != 0)
            continue;
        pixRasterop(dim, x, y, width, tall, PIX_SRC, page->grey, x, y);
        boxDestroy(&zone);
    }
    PIX *few = pixThresholdOn8bpp(dim, GREYS, 0);
    PIX *colour = few != NULL ? pixConvertTo32(few) : NULL;
    if (colour != NULL)
        canvas = pixAddBorderGeneral(colour, 0, PANEL_WIDTH, 0, 0, pixel_of(PANEL_COLOUR));
    pixDestroy(&dim);
    pixDestroy(&few);
    pixDestroy(&colour);
    return canvas;
}

static void paint_head(struct canvas *canvas, const struct letter *letter, const struct shown_page *page)
{
    static const enum word verdicts[LETTER_STATUS_COUNT] = {
        [LETTER_IDENTIFIED] = WORD_SHOW_IDENTIFIED, [LETTER_REVIEW] = WORD_REVIEW, [LETTER_IRS_UNLISTED] = WORD_REVIEW,
        [LETTER_NOT_IRS] = WORD_NOT_IRS,            [LETTER_BLANK] = WORD_BLANK,   [LETTER_UNREADABLE] = WORD_REVIEW};
    char words[128];
    char number[12];
    char first[12];
    char last[12];

    fill_values(words, sizeof words, verdicts[letter->status], canvas->language, (const char *const[]){letter->id}, 1);
    say(canvas, canvas->large, TEXT_COLOUR, 0, words);
    snprintf(number, sizeof number, "%u", page->number);
    snprintf(first, sizeof first, "%u", letter->pages[0]);
    snprintf(last, sizeof last, "%u", letter->pages[letter->page_count - 1]);
    fill_values(words, sizeof words, WORD_SHOW_PAGE, canvas->language, (const char *const[]){number, first, last}, 3);
    say(canvas, canvas->small, FAINT_COLOUR, 0, words);
    canvas->line += MARGIN;
}

static void paint_list(struct canvas *canvas)
{
    for (size_t i = 0; i < canvas->tag_count; i++) {
        swatch(canvas, canvas->tags[i].colour, canvas->small->lineheight);
        say(canvas, canvas->small, TEXT_COLOUR, 24, canvas->tags[i].words);
        canvas->line += PAD;
    }
    if (canvas->tag_count == 0)
        say(canvas, canvas->small, FAINT_COLOUR, 0, words_text(WORD_SHOW_NOTHING, canvas->language));
    canvas->line += MARGIN;
}

static void paint_legend(struct canvas *canvas, bool any_zone)
{
    static const struct {
        const struct colour *colour;
        enum word word;
    } lines[] = {{&NUMBER_COLOUR, WORD_SHOW_NUMBER},   {&HEADING_COLOUR, WORD_SHOW_TITLE},
                 {&PHRASE_COLOUR, WORD_SHOW_PHRASE},   {&SENDER_COLOUR, WORD_SHOW_LETTERHEAD},
                 {&AGAINST_COLOUR, WORD_SHOW_AGAINST}, {&FIELD_COLOUR, WORD_SHOW_FIELD}};

    say(canvas, canvas->small, FAINT_COLOUR, 0, words_text(WORD_SHOW_COLOURS, canvas->language));
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        swatch(canvas, *lines[i].colour, canvas->small->lineheight);
        say(canvas, canvas->small, FAINT_COLOUR, 24, words_text(lines[i].word, canvas->language));
        canvas->line += PAD;
    }
    say(canvas, canvas->small, FAINT_COLOUR, 0,
        words_text(any_zone ? WORD_SHOW_DIMMED : WORD_SHOW_UNREAD, canvas->language));
}

/* Why the letter is not sure, or what else is to be said of it. */
static void paint_warnings(struct canvas *canvas, const struct letter *letter)
{
    for (size_t i = 0; i < letter->warning_count; i++) {
        say(canvas, canvas->small, AGAINST_COLOUR, 0,
            warning_of_reading(letter->warnings[i].code, letter->warnings[i].text, canvas->language));
        canvas->line += PAD;
    }
    if (letter->warning_count > 0)
        canvas->line += MARGIN;
}

static void canvas_dispose(struct canvas *canvas)
{
    pixDestroy(&canvas->pix);
    bmfDestroy(&canvas->small);
    bmfDestroy(&canvas->large);
    boxaDestroy(&canvas->taken);
    free(canvas->tags);
}

/* The picture as PNG, to be freed by lept_free. NULL on lack of memory. */
static l_uint8 *paint(const struct shown_page *page, const struct letter *letter, enum language language, size_t *size)
{
    struct canvas canvas = {.pix = paint_page(page),
                            .language = language,
                            .small = bmfCreate(NULL, SMALL),
                            .large = bmfCreate(NULL, LARGE),
                            .page_height = pixGetHeight(page->grey),
                            .line = MARGIN,
                            .tags = calloc(TAGS_MAX, sizeof *canvas.tags),
                            .taken = boxaCreate(TAGS_MAX)};
    PIX *palette = NULL;
    l_uint8 *png = NULL;

    if (canvas.pix == NULL || canvas.small == NULL || canvas.large == NULL || canvas.tags == NULL || canvas.taken == NULL)
        goto done;
    collect(&canvas, letter, page->number);
    for (size_t i = 0; i < canvas.tag_count; i++)
        frame_tag(&canvas, &canvas.tags[i]);
    take_boxes(&canvas);
    for (size_t i = 0; i < canvas.tag_count; i++)
        name_tag(&canvas, &canvas.tags[i]);
    paint_head(&canvas, letter, page);
    paint_warnings(&canvas, letter);
    paint_list(&canvas);
    paint_legend(&canvas, page->zone_count > 0);
    palette = pixConvertRGBToColormap(canvas.pix, 0);
    if (palette == NULL || pixWriteMemPng(&png, size, palette, 0) != 0)
        png = NULL;
done:
    pixDestroy(&palette);
    canvas_dispose(&canvas);
    return png;
}

int show_paint(const struct show *show, struct letter *letter, enum language language, size_t *spent,
               struct error *error)
{
    for (size_t i = 0; i < show->count && *spent < FILE_BYTES_MAX; i++) {
        size_t size = 0;
        const struct shown_page *page = &show->pages[i];
        l_uint8 *png = paint(page, letter, language, &size);
        if (png == NULL)
            return no_memory(error);
        *spent += size;
        int status = *spent > FILE_BYTES_MAX || size > LETTER_PICTURE_MAX
                         ? 0 /* left out; that it is missing is told where the pictures are written */
                         : letter_add_picture(letter, show->pages[i].number, png, size);
        lept_free(png);
        if (status != 0)
            return no_memory(error);
    }
    return 0;
}
