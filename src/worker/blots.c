/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "worker/blots.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/taxpayer.h"

enum {
    MASKED_LEAST = 2, /* X in a word that was masked: a group of a number has two at the least */
    SHOWN = 4,        /* last figures, which everybody may see */
    BESIDE = 2,       /* characters */
    WORD_LEAST = 3,   /* letters */
    READ_MOST = 200,  /* places, each in some 15 ms; a dense page has 60. What is over that is noise, and is
                         blotted out unread */
};
#define MASKED_MARGIN 0.04F
#define NARROW 0.5F        /* width of a blank or a mark, in those of a figure */
#define FIGURE_WIDTH 0.77F /* in its heights; in a narrow face less */
#define SURE                                                                                                 \
    0.80F            /* of what the engine says: figures that are not a number's are taken for what was read \
                      */
#define UNREAD 0.45F /* under this nothing is known of what stands there */
#define NINE 4.0F          /* heights that nine figures take at the least, in the narrowest face */
#define WORDY 0.4F   /* of the characters */
#define SAME_LINE 0.5F
#define KNOWN_SHARE 0.75F /* of a place's width, the blanks left out, that was read */

static int no_memory(struct error *error)
{
    return error_set(error, ERROR_OUT_OF_MEMORY, "no memory for what is blotted out");
}

static int add(struct blots *blots, struct box box)
{
    struct box *boxes = realloc(blots->boxes, (blots->count + 1) * sizeof *boxes);

    if (boxes == NULL)
        return -1;
    blots->boxes = boxes;
    boxes[blots->count++] = box;
    return 0;
}

/* ---- what was read ---- */

/* How much of the word's width is a taxpayer number's masked digits: 0 if none is in it. Figures are as wide
 * as each other, hyphens narrower, so that the share of characters falls short of the share of width by a
 * little. */
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

static int add_masked(struct blots *blots, const struct ocr_page *page)
{
    size_t count;
    const struct ocr_line *lines = ocr_page_lines(page, &count);

    for (size_t i = 0; i < count; i++) {
        for (size_t w = 0; w < lines[i].word_count; w++) {
            struct box box = lines[i].words[w].box;
            float share = masked_share(lines[i].words[w].text);
            box.right = box.left + share * box_width(box);
            if (share > 0 && add(blots, box) != 0)
                return -1;
        }
    }
    return 0;
}

/* ---- what may be figures ---- */

/* Characters from `from` on in widths of a figure. */
static float width_of(const char *text, size_t from, size_t to)
{
    float width = 0;

    for (size_t at = from; at < to; at++)
        width += strchr(" -.,;:'|()", text[at]) != NULL ? NARROW : 1;
    return width;
}

/* What of a place is blotted out whose text holds a number that was read well, and masked: all of that but
 * for its last figures, and some of what stands beside it, because it is known from the text only how the
 * place is shared. `high` is the place's height in widths of the page. */
static struct box cut_to_number(struct box place, const char *masked, float high)
{
    size_t length = strlen(masked);
    size_t first = strcspn(masked, "X");
    size_t last = (size_t)(strrchr(masked, 'X') - masked);
    float figure = box_width(place) / fmaxf(width_of(masked, 0, length), 1);
    struct box box = place;

    size_t before = BESIDE + first / 4; /* letters may be narrower */
    if (first > before)
        box.left = place.left + width_of(masked, 0, first - before) * figure;
    if (last + SHOWN + 1 == length) /* the number ends the place: where its figures stand is known */
        box.right = place.right - SHOWN * fminf(figure, FIGURE_WIDTH * high);
    else if (last + SHOWN + BESIDE < length)
        box.right = place.left + width_of(masked, 0, last + SHOWN + BESIDE) * figure;
    return box;
}

/* Most of it are letters of words, none of which OCR makes of figures. */
static bool is_wordy(const char *text)
{
    size_t wordy = 0;
    size_t all = 0;
    size_t run = 0;
    bool misread = false;

    for (const char *at = text;; at++) {
        if (isalpha((unsigned char)*at) && taxpayer_digit(*at, &misread) < 0) {
            run++;
            continue;
        }
        wordy += run >= WORD_LEAST ? run : 0;
        all += run + (*at != ' ' && *at != '\0');
        run = 0;
        if (*at == '\0')
            return (float)wordy >= WORDY * (float)all && wordy > 0;
    }
}

/* The engine was not sure of what it read, and it may be figures that are no amount. */
static bool is_doubtful(const char *text, float sure)
{
    return text[0] == '\0' || (sure < UNREAD && strchr(text, '$') == NULL && !is_wordy(text));
}

/* The place was read before, surely, and holds no number. */
static bool is_known(const struct ocr_page *page, struct box place)
{
    size_t count;
    const struct ocr_line *lines = ocr_page_lines(page, &count);
    float read = 0;

    for (size_t i = 0; i < count; i++) {
        if (box_overlap_y(lines[i].box, place) < SAME_LINE)
            continue;
        for (size_t w = 0; w < lines[i].word_count; w++) {
            const struct ocr_word *word = &lines[i].words[w];
            float shared = box_overlap_x(word->box, place) * fminf(box_width(word->box), box_width(place));
            if (shared > 0 && (word->confidence < SURE || masked_share(word->text) > 0))
                return false;
            read += shared;
        }
        if (read > 0 && taxpayer_look(lines[i].text) != TAXPAYER_NONE)
            return false;
    }
    return read >= KNOWN_SHARE * box_width(place);
}

/* Letters and figures are the same, whatever stands between them. */
static bool agree(const char *a, const char *b)
{
    do {
        while (*a != '\0' && !isalnum((unsigned char)*a))
            a++;
        while (*b != '\0' && !isalnum((unsigned char)*b))
            b++;
        if (*a != *b)
            return false;
    } while (*a++ != '\0' && *b++ != '\0');
    return true;
}

/* What two looks agree on is there, however unsure one of them was. */
static int look_twice(const struct sheet *sheet, struct box place, const char *text, float *sure,
                      struct error *error)
{
    char *again = NULL;

    if (ocr_page_read_line(sheet->page, sheet->engine, place, 0, &again, error) != 0)
        return -1;
    if (text[0] != '\0' && agree(text, again))
        *sure = UNREAD;
    free(again);
    return 0;
}

static int judge(struct blots *blots, struct box place, float high, const char *text, float sure)
{
    char *masked = strdup(text);
    int status = -1;

    if (masked == NULL)
        return -1;
    taxpayer_mask(masked);
    enum taxpayer_look look = taxpayer_look(text);
    if (strcmp(masked, text) != 0 && strchr(text, 'X') == NULL && sure >= UNREAD)
        status = add(blots, cut_to_number(place, masked, high));
    else if (look == TAXPAYER_LIKELY || (look == TAXPAYER_UNCLEAR && sure < SURE) ||
             strcmp(masked, text) != 0 || is_doubtful(text, sure))
        status = add(blots, place);
    else
        status = 0;
    free(masked);
    return status;
}

/* Reads a place and judges it. What cannot be read for lack of time may be anything. */
static int take_place(struct blots *blots, const struct sheet *sheet, struct box place, float aspect,
                      struct error *error)
{
    char *text = NULL;
    float sure = 0;
    int status = ocr_page_read_figures(sheet->page, sheet->engine, place, &text, &sure, error);

    if (status < 0)
        return -1;
    if (status == 0 && is_doubtful(text, sure))
        status = look_twice(sheet, place, text, &sure, error);
    if (status == 1)
        sure = 0;
    if (status >= 0 && (status = judge(blots, place, box_height(place) * aspect, text, sure)) != 0)
        status = no_memory(error);
    free(text);
    return status;
}

/* Cuts off what was understood as a date, an amount or the like, which people compare. What stands before it goes into
 * `left`, what stands behind it stays in `place`. */
static bool cut_field(const struct letter *letter, unsigned page, struct box *place, struct box *left)
{
    for (enum field_id id = 0; id < FIELD_COUNT; id++) {
        for (size_t i = 0; id != FIELD_TIN_LAST4 && i < letter->fields[id].count; i++) {
            const struct field_value *value = &letter->fields[id].values[i];
            if (value->page != page || box_overlap_y(value->box, *place) < SAME_LINE ||
                box_overlap_x(value->box, *place) <= 0)
                continue;
            *left = *place;
            left->right = fminf(value->box.left, place->right);
            place->left = fminf(value->box.right, place->right);
            return true;
        }
    }
    return false;
}

static int take_part(struct blots *blots, const struct sheet *sheet, const struct letter *letter, struct box place,
                     float aspect, size_t *read, struct error *error)
{
    struct box left;

    if (box_width(place) < NINE * aspect * box_height(place))
        return 0;
    if (cut_field(letter, sheet->number, &place, &left))
        return take_part(blots, sheet, letter, left, aspect, read, error) != 0
                   ? -1
                   : take_part(blots, sheet, letter, place, aspect, read, error);
    if (is_known(sheet->page, place))
        return 0;
    if (++*read <= READ_MOST)
        return take_place(blots, sheet, place, aspect, error);
    return add(blots, place) == 0 ? 0 : no_memory(error);
}

static int take_places(struct blots *blots, const struct sheet *sheet, const struct letter *letter,
                       const struct box *places, size_t count, struct error *error)
{
    PIX *picture = (PIX *)ocr_page_picture(sheet->page);
    size_t read = 0;

    if (picture == NULL)
        return no_memory(error);
    float aspect = (float)pixGetHeight(picture) / (float)pixGetWidth(picture);
    for (size_t i = 0; i < count; i++) {
        if (take_part(blots, sheet, letter, places[i], aspect, &read, error) != 0)
            return -1;
    }
    return 0;
}

int blots_find(struct blots *out, const struct sheet *sheet, const struct letter *letter, struct error *error)
{
    struct box *places = NULL;
    size_t count = 0;

    *out = (struct blots){0};
    if (ocr_page_blank(sheet->page))
        return 0;
    int status = add_masked(out, sheet->page) != 0 ? no_memory(error)
                                                   : ocr_page_figures(sheet->page, &places, &count, error);
    if (status == 0) {
        status = take_places(out, sheet, letter, places, count, error);
        free(places);
    }
    if (status != 0)
        blots_dispose(out);
    return status;
}

void blots_dispose(struct blots *blots)
{
    free(blots->boxes);
    *blots = (struct blots){0};
}
