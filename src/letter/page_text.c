/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "letter/page_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/utf8.h"

enum {
    RUN_MAX = PAGE_TEXT_MAX + PAGE_WORDS_MAX, /* bytes: all words of a page, with a blank before each */
    LOOK_WORDS = 24,                          /* of a line that is looked at closely */
};

#define SAME_ROW 0.5F

/* ---- folding ---- */

static char without_accent(unsigned c)
{
    static const struct {
        unsigned first, last;
        char plain;
    } ranges[] = {
        {0xC0, 0xC5, 'a'}, {0xC7, 0xC7, 'c'}, {0xC8, 0xCB, 'e'}, {0xCC, 0xCF, 'i'}, {0xD1, 0xD1, 'n'},
        {0xD2, 0xD6, 'o'}, {0xD9, 0xDC, 'u'}, {0xE0, 0xE5, 'a'}, {0xE7, 0xE7, 'c'}, {0xE8, 0xEB, 'e'},
        {0xEC, 0xEF, 'i'}, {0xF1, 0xF1, 'n'}, {0xF2, 0xF6, 'o'}, {0xF9, 0xFC, 'u'},
    };

    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (c >= ranges[i].first && c <= ranges[i].last)
            return ranges[i].plain;
    }
    return 0;
}

char fold_character(unsigned character)
{
    char plain = character < 0x80 ? (char)character : without_accent(character);

    if (plain >= 'A' && plain <= 'Z')
        plain = (char)(plain - 'A' + 'a');
    switch (plain) {
    case '0':
        return 'o';
    case '1':
    case 'i':
    case '|':
        return 'l';
    case '5':
        return 's';
    case '8':
        return 'b';
    default:
        return (plain >= 'a' && plain <= 'z') || (plain >= '0' && plain <= '9') ? plain : 0;
    }
}

char *fold_text(const char *text)
{
    struct buffer folded;

    buffer_init(&folded, RUN_MAX);
    for (unsigned c; (c = utf8_next(&text)) != 0;) {
        char plain = fold_character(c);
        if (plain != 0)
            buffer_byte(&folded, plain);
    }
    return buffer_take(&folded);
}

/* ---- runs ---- */

/* A run of those words in that order. `words` is handed over. */
static int make_run(struct text_run *out, const struct page_text *page, size_t *words, size_t count)
{
    struct buffer text;

    *out = (struct text_run){.words = words, .starts = calloc(count + 1, sizeof *out->starts), .count = count};
    buffer_init(&text, RUN_MAX);
    for (size_t i = 0; i < count && words != NULL && out->starts != NULL; i++) {
        const struct ocr_word *word = &page->words[words[i]];
        if (i > 0)
            buffer_byte(&text, ' ');
        out->starts[i] = text.length;
        buffer_text(&text, word->text);
        out->box = i == 0 ? word->box : box_join(out->box, word->box);
    }
    out->text = buffer_take(&text);
    return words == NULL || out->starts == NULL || out->text == NULL ? -1 : 0;
}

static void dispose_run(struct text_run *run)
{
    free(run->words);
    free(run->starts);
    free(run->text);
}

static void dispose_runs(struct text_run *runs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        dispose_run(&runs[i]);
    free(runs);
}

/* Copies the words and makes a run of each line. */
static int copy_lines(struct page_text *page, const struct ocr_line *lines, size_t count)
{
    size_t words = 0;

    for (size_t i = 0; i < count; i++)
        words += lines[i].word_count;
    page->words = calloc(words + 1, sizeof *page->words);
    page->lines = calloc(count + 1, sizeof *page->lines);
    if (page->words == NULL || page->lines == NULL)
        return -1;
    for (size_t i = 0; i < count; i++) {
        size_t *index = calloc(lines[i].word_count + 1, sizeof *index);
        for (size_t w = 0; w < lines[i].word_count && index != NULL; w++) {
            struct ocr_word *word = &page->words[page->word_count];
            *word = lines[i].words[w];
            word->text = strdup(lines[i].words[w].text);
            index[w] = page->word_count++;
            if (word->text == NULL) {
                page->word_count--;
                free(index);
                return -1;
            }
        }
        if (make_run(&page->lines[page->line_count++], page, index, lines[i].word_count) != 0)
            return -1;
    }
    return 0;
}

static void sort_by_left(const struct page_text *page, size_t *words, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        size_t word = words[i];
        size_t at = i;
        for (; at > 0 && page->words[words[at - 1]].box.left > page->words[word].box.left; at--)
            words[at] = words[at - 1];
        words[at] = word;
    }
}

/* Makes a run of the words of several lines, one line after another or (`row`) from left to right. */
static int join_lines(struct text_run *out, const struct page_text *page, const size_t *lines, size_t count, bool row)
{
    size_t words = 0;

    for (size_t i = 0; i < count; i++)
        words += page->lines[lines[i]].count;
    size_t *index = calloc(words + 1, sizeof *index);
    size_t put = 0;
    for (size_t i = 0; i < count && index != NULL; i++) {
        const struct text_run *line = &page->lines[lines[i]];
        if (line->count > 0)
            memcpy(index + put, line->words, line->count * sizeof *index);
        put += line->count;
    }
    if (row && index != NULL)
        sort_by_left(page, index, put);
    return make_run(out, page, index, words);
}

struct ordered_line {
    size_t line;
    struct box box;
};

static int by_middle(const void *a, const void *b)
{
    float one = box_middle(((const struct ordered_line *)a)->box);
    float other = box_middle(((const struct ordered_line *)b)->box);

    return (one > other) - (one < other);
}

static int by_left(const void *a, const void *b)
{
    float one = ((const struct ordered_line *)a)->box.left;
    float other = ((const struct ordered_line *)b)->box.left;

    return (one > other) - (one < other);
}

/* Puts lines at one height together, whatever column they stand in: a label and its value. */
static int make_rows(struct page_text *page)
{
    struct ordered_line *order = calloc(page->line_count + 1, sizeof *order);
    size_t *members = calloc(page->line_count + 1, sizeof *members);
    int status = -1;

    page->rows = calloc(page->line_count + 1, sizeof *page->rows);
    if (order == NULL || members == NULL || page->rows == NULL)
        goto done;
    for (size_t i = 0; i < page->line_count; i++)
        order[i] = (struct ordered_line){i, page->lines[i].box};
    qsort(order, page->line_count, sizeof *order, by_middle);
    for (size_t i = 0; i < page->line_count;) {
        size_t end = i + 1;
        while (end < page->line_count && box_overlap_y(order[end - 1].box, order[end].box) > SAME_ROW)
            end++;
        qsort(order + i, end - i, sizeof *order, by_left);
        for (size_t k = i; k < end; k++)
            members[k - i] = order[k].line;
        if (join_lines(&page->rows[page->row_count++], page, members, end - i, true) != 0)
            goto done;
        i = end;
    }
    status = 0;
done:
    free(order);
    free(members);
    return status;
}

static int make_paragraphs(struct page_text *page, const struct ocr_line *lines)
{
    size_t *members = calloc(page->line_count + 1, sizeof *members);
    int status = -1;

    page->paragraphs = calloc(page->line_count + 1, sizeof *page->paragraphs);
    if (members == NULL || page->paragraphs == NULL)
        goto done;
    for (size_t i = 0; i < page->line_count;) {
        size_t count = 0;
        size_t first = i;
        while (i < page->line_count && lines[i].paragraph == lines[first].paragraph)
            members[count++] = i++;
        if (join_lines(&page->paragraphs[page->paragraph_count++], page, members, count, false) != 0)
            goto done;
    }
    status = 0;
done:
    free(members);
    return status;
}

static int make_whole(struct page_text *page)
{
    size_t *members = calloc(page->line_count + 1, sizeof *members);
    int status = -1;

    for (size_t i = 0; i < page->line_count && members != NULL; i++)
        members[i] = i;
    if (members != NULL)
        status = join_lines(&page->whole, page, members, page->line_count, false);
    free(members);
    return status;
}

static int make_folded(struct page_text *page)
{
    struct folded *folded = &page->folded;
    size_t bytes = 0;

    for (size_t i = 0; i < page->word_count; i++)
        bytes += strlen(page->words[i].text);
    folded->text = calloc(bytes + 1, 1);
    folded->words = calloc(bytes + 1, sizeof *folded->words);
    if (folded->text == NULL || folded->words == NULL)
        return -1;
    for (size_t i = 0; i < page->word_count; i++) {
        const char *text = page->words[i].text;
        for (unsigned c; (c = utf8_next(&text)) != 0;) {
            char plain = fold_character(c);
            if (plain == 0)
                continue;
            folded->words[folded->length] = i;
            folded->text[folded->length++] = plain;
        }
    }
    return 0;
}

int page_text_from_lines(struct page_text *out, const struct ocr_line *lines, size_t count, unsigned number,
                         float read_to, struct error *error)
{
    *out = (struct page_text){.number = number, .read_to = read_to};
    if (copy_lines(out, lines, count) == 0 && make_rows(out) == 0 && make_paragraphs(out, lines) == 0 &&
        make_whole(out) == 0 && make_folded(out) == 0)
        return 0;
    page_text_dispose(out);
    return error_set(error, ERROR_OUT_OF_MEMORY, "no memory for the text of a page");
}

int page_text_init(struct page_text *out, const struct ocr_page *page, unsigned number, float read_to,
                   struct error *error)
{
    size_t count;
    const struct ocr_line *lines = ocr_page_lines(page, &count);

    return page_text_from_lines(out, lines, count, number, read_to, error);
}

int page_text_look(struct page_text *out, const char *text, struct box line, float confidence, unsigned number,
                   struct error *error)
{
    struct ocr_word words[LOOK_WORDS];
    size_t count = 0;
    float width = box_width(line) / (float)(strlen(text) + 1);
    char *copy = strdup(text);
    char *rest = copy;
    int status = -1;

    for (char *word; copy != NULL && count < LOOK_WORDS && (word = strsep(&rest, " \t\r\n")) != NULL;) {
        float left = line.left + width * (float)(word - copy);
        if (word[0] != '\0')
            words[count++] = (struct ocr_word){
                .text = word,
                .confidence = confidence,
                .box = {left, line.top, left + width * (float)strlen(word), line.bottom}};
    }
    struct ocr_line all = {.words = words, .word_count = count, .text = copy, .box = line};
    if (copy != NULL)
        status = page_text_from_lines(out, &all, count > 0 ? 1 : 0, number, 1, error);
    else
        error_set(error, ERROR_OUT_OF_MEMORY, "no memory for the text of a line");
    out->second_look = true;
    free(copy);
    return status;
}

const struct text_run *page_text_line_at(const struct page_text *page, struct box box, size_t words)
{
    for (size_t l = 0; l < page->line_count; l++) {
        const struct text_run *line = &page->lines[l];
        for (size_t w = 0; w < line->count && line->count <= words; w++) {
            struct box word = page->words[line->words[w]].box;
            if (box_overlap_x(word, box) > 0.5F && box_overlap_y(word, box) > 0.5F)
                return line;
        }
    }
    return NULL;
}

void page_text_dispose(struct page_text *text)
{
    dispose_runs(text->lines, text->line_count);
    dispose_runs(text->rows, text->row_count);
    dispose_runs(text->paragraphs, text->paragraph_count);
    dispose_run(&text->whole);
    for (size_t i = 0; i < text->word_count; i++)
        free(text->words[i].text);
    free(text->words);
    free(text->folded.text);
    free(text->folded.words);
    *text = (struct page_text){0};
}

/* First and last word (not included) of the run that characters from..to touch. */
static void words_between(const struct text_run *run, size_t from, size_t to, size_t *first, size_t *last)
{
    *first = 0;
    while (*first + 1 < run->count && run->starts[*first + 1] <= from)
        (*first)++;
    *last = *first + 1;
    while (*last < run->count && run->starts[*last] < to)
        (*last)++;
}

struct box text_run_box(const struct page_text *page, const struct text_run *run, size_t from, size_t to)
{
    size_t first;
    size_t last;

    if (run->count == 0)
        return run->box;
    words_between(run, from, to, &first, &last);
    struct box box = page->words[run->words[first]].box;
    for (size_t i = first + 1; i < last; i++)
        box = box_join(box, page->words[run->words[i]].box);
    return box;
}

float text_run_confidence(const struct page_text *page, const struct text_run *run, size_t from, size_t to)
{
    size_t first;
    size_t last;
    float lowest = 1;

    if (run->count == 0)
        return 0;
    words_between(run, from, to, &first, &last);
    for (size_t i = first; i < last; i++) {
        if (page->words[run->words[i]].confidence < lowest)
            lowest = page->words[run->words[i]].confidence;
    }
    return lowest;
}
