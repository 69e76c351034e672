/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "worker/bare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <allheaders.h>

#include "worker/show.h"

enum {
    SCREEN_WIDTH = 1100, /* pixels: what a page gets of a large screen; small print can just be read */
    FULL_WIDTH = 2600,   /* a letter page at 300 dots an inch; what has more is made smaller */
    SCREEN_BYTES_MAX = 8 << 20, /* of a file's pages at the size of a screen: some 150 */
    FULL_BYTES_MAX = 16 << 20,  /* and with all dots: some 70; together they fit into an answer beside its letters */
    PACKING = 1,         /* zlib's least: its best takes three times as long, and saves a seventh */
    MASKED_LEAST = 2,    /* X in a word that was masked: a group of a number has two at the least */
    BLOT_GREY = 60,
    BLOT_ROOM = 2,       /* pixels round what is blotted out */
};
#define MASKED_MARGIN 0.04F

struct bare_page {
    unsigned number;
    l_uint8 *screen, *full; /* PNG, of Leptonica's; `full` may be missing */
    size_t screen_size, full_size;
};

static int no_memory(struct error *error)
{
    return error_set(error, ERROR_OUT_OF_MEMORY, "no memory for a picture of a page");
}

/* How much of the word's width is a taxpayer number's masked digits: 0 if none is in it. Figures are as wide as each
 * other, hyphens narrower, so that the share of characters falls short of the share of width by a little. */
static float masked_share(const char *text)
{
    const char *last = strrchr(text, 'X');
    size_t masked = 0;

    for (const char *at = text; *at != '\0'; at++)
        masked += *at == 'X';
    if (masked < MASKED_LEAST)
        return 0;
    return fminf((float)(last - text + 1) / (float)strlen(text) + MASKED_MARGIN, 1);
}

static int blot_word(PIX *grey, const struct ocr_word *word)
{
    struct box box = word->box;
    float share = masked_share(word->text);

    if (share == 0)
        return 0;
    box.right = box.left + share * (box.right - box.left);
    BOX *place = show_place(box, pixGetWidth(grey), pixGetHeight(grey), BLOT_ROOM);
    int status = place == NULL || pixSetInRectArbitrary(grey, place, BLOT_GREY) != 0 ? -1 : 0;
    boxDestroy(&place);
    return status;
}

/* Blots out on the picture what was masked in the text. */
static int blot(PIX *grey, const struct ocr_page *page)
{
    size_t count;
    const struct ocr_line *lines = ocr_page_lines(page, &count);

    for (size_t i = 0; i < count; i++) {
        for (size_t w = 0; w < lines[i].word_count; w++) {
            if (blot_word(grey, &lines[i].words[w]) < 0)
                return -1;
        }
    }
    return 0;
}

/* Four greys do for the screen, and take half the bytes of sixteen. */
static PIX *screen_greys(PIX *grey)
{
    return pixThresholdTo2bpp(grey, 4, 0);
}

static PIX *full_greys(PIX *grey)
{
    return pixThresholdTo4bpp(grey, 16, 0);
}

/* The page that wide, in few greys, as PNG. NULL on lack of memory. */
static l_uint8 *make_picture(const struct ocr_page *page, int width, PIX *make_few(PIX *), size_t *size)
{
    PIX *grey = show_grey(ocr_page_picture(page), width);
    PIX *few = grey != NULL && blot(grey, page) == 0 ? make_few(grey) : NULL;
    l_uint8 *png = NULL;

    if (few != NULL)
        pixSetZlibCompression(few, PACKING);
    if (few == NULL || pixWriteMemPng(&png, size, few, 0) != 0)
        png = NULL;
    pixDestroy(&grey);
    pixDestroy(&few);
    return png;
}

static void page_dispose(struct bare_page *page)
{
    lept_free(page->screen);
    lept_free(page->full);
}

int bare_keep(struct bare *bare, const struct ocr_page *page, unsigned number, struct bare_spent *spent,
              struct error *error)
{
    int width = pixGetWidth((PIX *)ocr_page_picture(page));
    struct bare_page kept = {.number = number};

    if (spent->screen >= SCREEN_BYTES_MAX) /* that a picture is missing is told where it would be shown */
        return 0;
    struct bare_page *pages = realloc(bare->pages, (bare->count + 1) * sizeof *pages);
    if (pages == NULL)
        return no_memory(error);
    bare->pages = pages;
    kept.screen = make_picture(page, width < SCREEN_WIDTH ? width : SCREEN_WIDTH, screen_greys, &kept.screen_size);
    if (kept.screen == NULL)
        return no_memory(error);
    if (width > SCREEN_WIDTH && spent->full < FULL_BYTES_MAX) {
        kept.full = make_picture(page, width < FULL_WIDTH ? width : FULL_WIDTH, full_greys, &kept.full_size);
        if (kept.full == NULL) {
            page_dispose(&kept);
            return no_memory(error);
        }
    }
    spent->screen += kept.screen_size;
    spent->full += kept.full_size;
    pages[bare->count++] = kept;
    return 0;
}

int bare_hand_over(struct bare *bare, struct letter *letter, struct error *error)
{
    for (size_t i = 0; i < bare->count; i++) {
        const struct bare_page *page = &bare->pages[i];
        bool full = page->full != NULL && page->full_size <= LETTER_PICTURE_MAX;
        if (page->screen_size > LETTER_PICTURE_MAX)
            continue;
        if (letter_add_picture(letter, page->number, page->screen, page->screen_size) != 0 ||
            (full && letter_add_full_picture(letter, page->full, page->full_size) != 0))
            return no_memory(error);
    }
    bare_dispose(bare);
    return 0;
}

void bare_dispose(struct bare *bare)
{
    for (size_t i = 0; i < bare->count; i++)
        page_dispose(&bare->pages[i]);
    free(bare->pages);
    *bare = (struct bare){0};
}
