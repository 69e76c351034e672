/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "worker/bare.h"

#include <stdlib.h>

#include <allheaders.h>

#include "worker/blots.h"
#include "worker/show.h"

enum {
    SCREEN_WIDTH = 1100, /* pixels: what a page gets of a large screen; small print can just be read */
    FULL_WIDTH = 2600,   /* a letter page at 300 dots an inch; what has more is made smaller */
    SCREEN_BYTES_MAX = 8 << 20, /* of a file's pages at the size of a screen: some 150 */
    FULL_BYTES_MAX = 16 << 20,  /* and with all dots: some 70; together they fit into an answer beside its letters */
    PACKING = 1,         /* zlib's least: its best takes three times as long, and saves a seventh */
    BLOT_GREY = 60,
    BLOT_ROOM = 2,       /* pixels round what is blotted out */
};

struct bare_page {
    unsigned number;
    l_uint8 *screen, *full; /* PNG, of Leptonica's; `full` may be missing */
    size_t screen_size, full_size;
};

static int no_memory(struct error *error)
{
    return error_set(error, ERROR_OUT_OF_MEMORY, "no memory for a picture of a page");
}

static int blot(PIX *grey, const struct blots *blots)
{
    for (size_t i = 0; i < blots->count; i++) {
        BOX *place = show_place(blots->boxes[i], pixGetWidth(grey), pixGetHeight(grey), BLOT_ROOM);
        int status = place == NULL || pixSetInRectArbitrary(grey, place, BLOT_GREY) != 0 ? -1 : 0;
        boxDestroy(&place);
        if (status != 0)
            return -1;
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
static l_uint8 *make_picture(const PIX *page, const struct blots *blots, int width, PIX *make_few(PIX *),
                             size_t *size)
{
    PIX *grey = show_grey(page, width);
    PIX *few = grey != NULL && blot(grey, blots) == 0 ? make_few(grey) : NULL;
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

static int make_pictures(struct bare_page *kept, const PIX *page, const struct blots *blots, bool full)
{
    int width = pixGetWidth((PIX *)page);

    kept->screen = make_picture(page, blots, width < SCREEN_WIDTH ? width : SCREEN_WIDTH, screen_greys,
                                &kept->screen_size);
    if (kept->screen != NULL && width > SCREEN_WIDTH && full)
        kept->full =
            make_picture(page, blots, width < FULL_WIDTH ? width : FULL_WIDTH, full_greys, &kept->full_size);
    return kept->screen != NULL && (kept->full != NULL || width <= SCREEN_WIDTH || !full) ? 0 : -1;
}

int bare_keep(struct bare *bare, const struct sheet *sheet, const struct letter *letter, struct bare_spent *spent,
              struct error *error)
{
    struct bare_page kept = {.number = sheet->number};
    struct blots blots;

    if (spent->screen >= SCREEN_BYTES_MAX) /* that a picture is missing is told where it would be shown */
        return 0;
    struct bare_page *pages = realloc(bare->pages, (bare->count + 1) * sizeof *pages);
    if (pages == NULL)
        return no_memory(error);
    bare->pages = pages;
    if (blots_find(&blots, sheet, letter, error) != 0)
        return -1;
    const PIX *page = ocr_page_picture(sheet->page);
    int status = page != NULL ? make_pictures(&kept, page, &blots, spent->full < FULL_BYTES_MAX) : -1;
    blots_dispose(&blots);
    if (status != 0) {
        page_dispose(&kept);
        return no_memory(error);
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
