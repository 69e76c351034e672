/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Pages out of an input. Each line of it is `left top text`, in hundredths of the page's width and thousandths of its
 * height; a line that begins with P begins a page. A word may end in ~ and the percent of trust in it. What is no
 * number counts as 0, so that every input makes pages. */
#ifndef IRSORT_TESTS_FUZZ_PAGES_H
#define IRSORT_TESTS_FUZZ_PAGES_H

#include "harness.h"
#include "letter/page_text.h"
#include "ocr/lines.h"

/* The notice with exactly that number; a label that is glued to it ("LTRCP177") is not taken off, as where people type it. */
static inline const struct notice *notice_printed(const char *token)
{
    const struct notice *notice = catalogue_find_notice(harness_catalogue(), token);

    for (unsigned i = 0; notice != NULL && i < notice->numbers_count; i++) {
        if (strcmp(notice->numbers[i], token) == 0)
            return notice;
    }
    return NULL;
}

enum { PAGES_MAX = 4, PAGE_WORDS_MAX = 400 };

#define CHARACTER_WIDTH 0.0088F
#define LINE_HEIGHT 0.011F
#define PAGE_ASPECT 1.294F

struct pages {
    struct page_text list[PAGES_MAX];
    size_t count;
};

struct page_words {
    struct ocr_word list[PAGE_WORDS_MAX];
    size_t count;
};

static inline float fraction(long number, float of)
{
    number = number < 0 ? 0 : number > (long)of ? (long)of : number;
    return (float)number / of;
}

static inline void pages_line(struct page_words *words, char *line)
{
    char *rest = line;
    float left = fraction(strtol(rest, &rest, 10), 100);
    float top = fraction(strtol(rest, &rest, 10), 1000);

    for (char *word; (word = strtok_r(NULL, " \t\r", &rest)) != NULL;) {
        float confidence = 0.95F;
        char *trust = strchr(word, '~');
        if (trust != NULL) {
            confidence = fraction(strtol(trust + 1, NULL, 10), 100);
            *trust = '\0';
        }
        float right = left + CHARACTER_WIDTH * (float)utf8_length(word);
        if (right > 1 || top + LINE_HEIGHT > 1 || word[0] == '\0' || words->count == PAGE_WORDS_MAX)
            continue;
        struct ocr_word *next = &words->list[words->count++];
        *next = (struct ocr_word){
            .text = strdup(word), .box = {left, top, right, top + LINE_HEIGHT}, .confidence = confidence};
        MUST(next->text != NULL);
        left = right + CHARACTER_WIDTH;
    }
}

static inline void pages_finish(struct pages *pages, struct page_words *words)
{
    struct ocr_lines lines;
    struct error error = {0};

    MUST(lines_build(&lines, words->list, words->count, PAGE_ASPECT, &error) == 0);
    MUST(page_text_from_lines(&pages->list[pages->count], lines.lines, lines.line_count,
                              (unsigned)pages->count + 1, 1, &error) == 0);
    pages->count++;
    lines_dispose(&lines);
    for (size_t i = 0; i < words->count; i++)
        free(words->list[i].text);
    words->count = 0;
}

/* At least one page. */
static inline void pages_init(struct pages *pages, struct input input)
{
    struct page_words *words = calloc(1, sizeof *words);

    MUST(words != NULL);
    *pages = (struct pages){.count = 0};
    while (input.size > 0) {
        char *line = input_until(&input, '\n');
        if (line[0] == 'P' && words->count > 0 && pages->count + 1 < PAGES_MAX)
            pages_finish(pages, words);
        else if (line[0] != 'P')
            pages_line(words, line);
        free(line);
    }
    pages_finish(pages, words);
    free(words);
}

static inline void pages_dispose(struct pages *pages)
{
    for (size_t i = 0; i < pages->count; i++)
        page_text_dispose(&pages->list[i]);
}

#endif
