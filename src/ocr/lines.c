/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "ocr/lines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/taxpayer.h"

enum { LINE_TEXT_MAX = PAGE_TEXT_MAX + PAGE_WORDS_MAX }; /* bytes: all words in one line, with a blank before each */

#define SAME_LINE 0.5F        /* share of the lower word's height that both have in common */
#define GAP_IN_LINE 1.4F      /* blank between words of a line, in heights of its tallest word */
#define OVERLAP_IN_LINE 0.6F  /* how far the boxes of neighbours may run into each other, in heights */
#define LEADING 1.1F          /* blank between lines of a paragraph, in line heights */
#define SIZE_IN_PARAGRAPH 1.6F
#define SHARED_IN_PARAGRAPH 0.4F

/* A line while it grows: a chain of words. */
struct chain {
    size_t last;
    struct box box;
    float tallest;
};

static int by_left(const void *a, const void *b)
{
    const struct ocr_word *one = a;
    const struct ocr_word *other = b;

    return (one->box.left > other->box.left) - (one->box.left < other->box.left);
}

/* Appends each word, left to right, to the line that it continues best; next[i] is the word after word i. Returns how
 * many lines there are; first[l] is line l's first word. */
static size_t chain_words(const struct ocr_word *words, size_t count, float aspect, size_t *first, size_t *next,
                          struct chain *chains)
{
    size_t lines = 0;

    for (size_t w = 0; w < count; w++) {
        const struct box *box = &words[w].box;
        float height = box_height(*box) * aspect; /* in widths, as gaps are */
        size_t best = lines;
        float best_gap = INFINITY;
        for (size_t l = 0; l < lines; l++) {
            const struct box *last = &words[chains[l].last].box;
            float tall = chains[l].tallest > height ? chains[l].tallest : height;
            float gap = box->left - last->right;
            if (gap > GAP_IN_LINE * tall || gap < -OVERLAP_IN_LINE * tall || box_overlap_y(*last, *box) < SAME_LINE)
                continue;
            if (gap < best_gap) {
                best = l;
                best_gap = gap;
            }
        }
        next[w] = SIZE_MAX;
        if (best == lines) {
            first[lines] = w;
            chains[lines++] = (struct chain){.last = w, .box = *box, .tallest = height};
        } else {
            next[chains[best].last] = w;
            chains[best].last = w;
            chains[best].box = box_join(chains[best].box, *box);
            if (height > chains[best].tallest)
                chains[best].tallest = height;
        }
    }
    return lines;
}

static int by_top(const void *a, const void *b)
{
    const struct ocr_line *one = a;
    const struct ocr_line *other = b;

    if (one->box.top != other->box.top)
        return one->box.top > other->box.top ? 1 : -1;
    return (one->box.left > other->box.left) - (one->box.left < other->box.left);
}

/* The line below continues the paragraph of the line above. */
static bool continues(const struct ocr_line *above, const struct ocr_line *below)
{
    float upper = box_height(above->box);
    float lower = box_height(below->box);
    float gap = below->box.top - above->box.bottom;

    return gap > -0.5F * lower && gap < LEADING * (upper > lower ? upper : lower) &&
           upper < SIZE_IN_PARAGRAPH * lower && lower < SIZE_IN_PARAGRAPH * upper &&
           box_overlap_x(above->box, below->box) > SHARED_IN_PARAGRAPH;
}

/* Numbers the paragraphs of lines sorted by top: each line joins the nearest line above that it continues and that
 * nothing continues yet. */
static void number_paragraphs(struct ocr_line *lines, size_t count, bool *continued)
{
    size_t paragraphs = 0;

    for (size_t below = 0; below < count; below++) {
        size_t best = count;
        continued[below] = false;
        for (size_t above = 0; above < below; above++) {
            if (!continued[above] && continues(&lines[above], &lines[below]) &&
                (best == count || lines[above].box.bottom > lines[best].box.bottom))
                best = above;
        }
        if (best == count) {
            lines[below].paragraph = paragraphs++;
        } else {
            continued[best] = true;
            lines[below].paragraph = lines[best].paragraph;
        }
    }
}

static int by_paragraph(const void *a, const void *b)
{
    const struct ocr_line *one = a;
    const struct ocr_line *other = b;

    if (one->paragraph != other->paragraph)
        return one->paragraph > other->paragraph ? 1 : -1;
    return by_top(a, b);
}

static char *join_words(const struct ocr_line *line)
{
    struct buffer text;

    buffer_init(&text, LINE_TEXT_MAX);
    for (size_t i = 0; i < line->word_count; i++) {
        if (i > 0)
            buffer_byte(&text, ' ');
        buffer_text(&text, line->words[i].text);
    }
    return buffer_take(&text);
}

/* A number may go through several words, so it is looked for in the line; the words are masked with it. */
static void mask_taxpayers(struct ocr_line *line)
{
    const char *from = line->text;

    taxpayer_mask(line->text);
    for (size_t i = 0; i < line->word_count; i++) {
        size_t length = strlen(line->words[i].text);
        memcpy(line->words[i].text, from, length);
        from += length + 1;
    }
}

int lines_build(struct ocr_lines *out, const struct ocr_word *words, size_t count, float aspect, struct error *error)
{
    struct ocr_word *sorted = calloc(count + 1, sizeof *sorted);
    struct chain *chains = calloc(count + 1, sizeof *chains);
    size_t *first = calloc(count + 1, sizeof *first);
    size_t *next = calloc(count + 1, sizeof *next);
    bool *continued = calloc(count + 1, sizeof *continued);
    int status = -1;

    *out = (struct ocr_lines){.words = calloc(count + 1, sizeof *out->words),
                              .lines = calloc(count + 1, sizeof *out->lines)};
    if (!sorted || !chains || !first || !next || !continued || !out->words || !out->lines)
        goto done;
    if (count > 0)
        memcpy(sorted, words, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_left);
    size_t lines = chain_words(sorted, count, aspect, first, next, chains);
    size_t put = 0;
    for (size_t l = 0; l < lines; l++) {
        struct ocr_line *line = &out->lines[l];
        line->words = &out->words[put];
        line->box = chains[l].box;
        for (size_t w = first[l]; w != SIZE_MAX; w = next[w])
            out->words[put++] = sorted[w];
        line->word_count = (size_t)(&out->words[put] - line->words);
        line->text = join_words(line);
        out->line_count++;
        if (line->text == NULL)
            goto done;
        mask_taxpayers(line);
    }
    qsort(out->lines, lines, sizeof *out->lines, by_top);
    number_paragraphs(out->lines, lines, continued);
    qsort(out->lines, lines, sizeof *out->lines, by_paragraph);
    status = 0;
done:
    free(sorted);
    free(chains);
    free(first);
    free(next);
    free(continued);
    if (status != 0) {
        lines_dispose(out);
        error_set(error, ERROR_OUT_OF_MEMORY, "no memory for the lines of a page");
    }
    return status;
}

void lines_dispose(struct ocr_lines *lines)
{
    for (size_t i = 0; i < lines->line_count; i++)
        free(lines->lines[i].text);
    free(lines->lines);
    free(lines->words);
    *lines = (struct ocr_lines){0};
}
