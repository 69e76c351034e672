/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Pages out of a text file, so that a case needs no C. Its head says what is expected, a line `---` ends it:
 *
 *     # why the case is there
 *     status: identified
 *     id: CP504
 *     ---
 *     page 1
 *     0.06 0.040 0.30 0.051<TAB>Department of the Treasury
 *
 * A line of text has its box before it (left, top, right, bottom as fractions of the page). An empty line
 * ends a paragraph. Words get their share of the box by their length. `word~40` was read with a confidence of
 * 40 percent; others with SURE. `page 1 to 0.42` is a page that was read down to there, `page 1 look` the same
 * page read once more. What the keys mean:
 * test_cases.c. */
#ifndef IRSORT_TESTS_LETTER_PAGES_H
#define IRSORT_TESTS_LETTER_PAGES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "catalogue/catalogue.h"
#include "letter/page_text.h"

enum { CASE_LINE = 512, CASE_KEYS = 32, CASE_PAGES = 8, CASE_LINES = 120, CASE_WORDS = 40 };

#define SURE 0.95F

struct case_key {
    char name[32];
    char value[160];
};

struct case_file {
    struct case_key keys[CASE_KEYS];
    size_t key_count;
    struct page_text pages[CASE_PAGES];
    size_t page_count;
};

/* The lines of one page while they are collected. */
struct sheet_draft {
    struct ocr_line lines[CASE_LINES];
    struct ocr_word words[CASE_LINES][CASE_WORDS];
    size_t count;
    size_t paragraph;
    unsigned number;
    float read_to;
    bool second_look;
};

/* Splits the text at its blanks; each word gets its share of the box. */
static inline void sheet_add(struct sheet_draft *sheet, struct box box, const char *text)
{
    char copy[CASE_LINE];
    float length = (float)utf8_length(text);
    size_t at = 0;

    if (sheet->count >= CASE_LINES)
        fail_msg("more than %d lines", CASE_LINES);
    struct ocr_line *line = &sheet->lines[sheet->count];
    struct ocr_word *words = sheet->words[sheet->count++];
    *line =
        (struct ocr_line){.words = words, .text = strdup(text), .box = box, .paragraph = sheet->paragraph};
    snprintf(copy, sizeof copy, "%s", text);
    char *rest = copy;
    for (char *word; (word = strtok_r(NULL, " ", &rest)) != NULL; line->word_count++) {
        float confidence = SURE;
        size_t size = utf8_length(word);
        char *mark = strchr(word, '~');
        if (line->word_count >= CASE_WORDS)
            fail_msg("more than %d words in: %s", CASE_WORDS, text);
        if (mark != NULL) {
            confidence = (float)atoi(mark + 1) / 100;
            *mark = '\0';
        }
        struct ocr_word *out = &words[line->word_count];
        *out = (struct ocr_word){.text = strdup(word), .box = box, .confidence = confidence};
        out->box.left = box.left + box_width(box) * (float)at / length;
        out->box.right = box.left + box_width(box) * (float)(at + size) / length;
        at += size + 1;
    }
}

static inline void sheet_finish(struct sheet_draft *sheet, struct page_text *out)
{
    struct error error = {0};

    assert_int_equal(
        page_text_from_lines(out, sheet->lines, sheet->count, sheet->number, sheet->read_to, &error), 0);
    out->second_look = sheet->second_look;
    for (size_t l = 0; l < sheet->count; l++) {
        for (size_t w = 0; w < sheet->lines[l].word_count; w++)
            free(sheet->words[l][w].text);
        free(sheet->lines[l].text);
    }
    sheet->count = 0;
}

static inline void case_finish_page(struct case_file *file, struct sheet_draft *sheet)
{
    if (sheet->number == 0)
        return;
    assert_true(file->page_count < CASE_PAGES);
    sheet_finish(sheet, &file->pages[file->page_count++]);
    sheet->number = 0;
}

static inline void case_body_line(struct case_file *file, struct sheet_draft *sheet, const char *line)
{
    struct box box;
    unsigned number;
    float read_to = 1;
    int end = 0;

    if (sscanf(line, "page %u to %f", &number, &read_to) >= 1) {
        case_finish_page(file, sheet);
        sheet->number = number;
        sheet->read_to = read_to;
        sheet->second_look = strstr(line, " look") != NULL;
    } else if (line[0] == '\0') {
        sheet->paragraph++;
    } else if (sscanf(line, "%f %f %f %f%n", &box.left, &box.top, &box.right, &box.bottom, &end) == 4 &&
               line[end] == '\t' && sheet->number != 0 && box.left < box.right && box.top < box.bottom) {
        sheet_add(sheet, box, line + end + 1);
    } else {
        fail_msg("neither a page nor a box, a tab and a text: %s", line);
    }
}

static inline void case_head_line(struct case_file *file, const char *line)
{
    if (line[0] == '#' || line[0] == '\0')
        return;
    assert_true(file->key_count < CASE_KEYS);
    struct case_key *key = &file->keys[file->key_count++];
    if (sscanf(line, "%31[a-z-]: %159[^\n]", key->name, key->value) != 2)
        fail_msg("not `key: value`: %s", line);
}

static inline void case_load(struct case_file *file, const char *path)
{
    struct sheet_draft *sheet = calloc(1, sizeof *sheet);
    FILE *input = fopen(path, "r");
    char line[CASE_LINE];
    bool head = true;

    assert_non_null(sheet);
    if (input == NULL)
        fail_msg("cannot open %s", path);
    *file = (struct case_file){0};
    while (fgets(line, sizeof line, input) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (head && strcmp(line, "---") == 0)
            head = false;
        else if (head)
            case_head_line(file, line);
        else
            case_body_line(file, sheet, line);
    }
    case_finish_page(file, sheet);
    fclose(input);
    free(sheet);
    assert_true(file->page_count > 0);
}

static inline void case_dispose(struct case_file *file)
{
    for (size_t i = 0; i < file->page_count; i++)
        page_text_dispose(&file->pages[i]);
}

static inline struct catalogue *load_catalogue(void)
{
    struct catalogue *catalogue = NULL;
    struct error error = {0};

    if (catalogue_new(&catalogue, PROJECT_DIR, NULL, NULL, &error) != 0)
        fail_msg("%s", error.message);
    return catalogue;
}

#endif
