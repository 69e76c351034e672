/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* irsort-observe: what the models are learned from. See models/README.md.
 *
 *     irsort-observe read FOLDER FILE...   reads scans by the program's own way and keeps their words in
 *                                          FOLDER/FILE.words, so that recognition is paid for once
 *     irsort-observe weigh FOLDER FILE...  what identification makes of those words: one JSON object a letter
 *     irsort-observe blind FOLDER FILE...  the same without the words in which its number stands, as if they were torn off;
 *                                          only of letters that were read to their end */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "letter/fields.h"
#include "letter/identify.h"
#include "letter/number.h"
#include "worker/reading.h"

enum {
    PATH_SIZE = 1024,
    LINE_SIZE = 2048,
    PAGES_MAX = 64,
    LINES_MAX = 1000,
    WORDS_MAX = 20000,
    WORDS_LIMIT = 64 << 20, /* bytes of one file: far beyond any letter */
};

static void die(const char *what, const char *name)
{
    fprintf(stderr, "irsort-observe: %s: %s\n", name, what);
    exit(EXIT_FAILURE);
}

/* ---- the words of the letters of one file ----
 *
 *     letter WHOLE
 *     page NUMBER READ-TO SECOND-LOOK
 *     line PARAGRAPH LEFT TOP RIGHT BOTTOM
 *     LEFT TOP RIGHT BOTTOM CONFIDENCE TEXT      a word of it
 *     answer JSON                                what the program said of the letter in the end */

static struct {
    struct buffer words;    /* of the letter in hand, as of the last call of identify() */
    struct buffer all;      /* of the letters before it */
    unsigned first_page;
} kept;

static void put_page(struct buffer *out, const struct page_text *page)
{
    size_t line = 0;

    buffer_printf(out, "page %u %.4f %d\n", page->number, (double)page->read_to, page->second_look);
    for (size_t p = 0; p < page->paragraph_count; p++) {
        for (size_t words = 0; words < page->paragraphs[p].count; line++) {
            const struct text_run *run = &page->lines[line];
            buffer_printf(out, "line %zu %.5f %.5f %.5f %.5f\n", p, (double)run->box.left, (double)run->box.top,
                          (double)run->box.right, (double)run->box.bottom);
            for (size_t w = 0; w < run->count; w++, words++) {
                const struct ocr_word *word = &page->words[run->words[w]];
                buffer_printf(out, "%.5f %.5f %.5f %.5f %.4f %s\n", (double)word->box.left, (double)word->box.top,
                              (double)word->box.right, (double)word->box.bottom, (double)word->confidence, word->text);
            }
        }
    }
}

int __real_identify(struct letter *letter, const struct catalogue *catalogue, const struct page_text *pages, size_t count,
                    bool whole, bool *enough, struct error *error);
int __wrap_identify(struct letter *letter, const struct catalogue *catalogue, const struct page_text *pages, size_t count,
                    bool whole, bool *enough, struct error *error);

/* Stands before identify(), see CMakeLists.txt: the pages that it is asked about are kept. */
int __wrap_identify(struct letter *letter, const struct catalogue *catalogue, const struct page_text *pages, size_t count,
                    bool whole, bool *enough, struct error *error)
{
    if (pages[0].number != kept.first_page)
        buffer_add(&kept.all, kept.words.data, kept.words.length);
    kept.first_page = pages[0].number;
    buffer_clear(&kept.words);
    buffer_printf(&kept.words, "letter %d\n", whole);
    for (size_t i = 0; i < count; i++)
        put_page(&kept.words, &pages[i]);
    return __real_identify(letter, catalogue, pages, count, whole, enough, error);
}

static void write_words(const char *path, const struct letter *letters, size_t count)
{
    char part[PATH_SIZE + 16];

    buffer_add(&kept.all, kept.words.data, kept.words.length);
    for (size_t i = 0; i < count; i++) {
        json_t *json = letter_to_json(&letters[i]);
        char *text = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);
        buffer_printf(&kept.all, "answer %s\n", text == NULL ? "" : text);
        free(text);
        json_decref(json);
    }
    if (kept.all.failed || kept.words.failed)
        die("no memory for its words", path);
    snprintf(part, sizeof part, "%s.part", path);
    FILE *file = fopen(part, "we");
    if (file == NULL || fwrite(kept.all.data, 1, kept.all.length, file) != kept.all.length || fclose(file) != 0 ||
        rename(part, path) != 0)
        die("cannot be written", path);
}

static void read_file(struct reader *reader, const char *folder, const char *name)
{
    char scan[PATH_SIZE];
    char words[PATH_SIZE + 8];
    struct letter *letters = NULL;
    size_t count = 0;
    struct error error = {0};

    snprintf(scan, sizeof scan, "%s/%s", folder, name);
    snprintf(words, sizeof words, "%s/%s.words", folder, name);
    if (access(words, F_OK) == 0)
        return;
    int descriptor = open(scan, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        die("cannot be opened", scan);
    buffer_init(&kept.all, WORDS_LIMIT);
    buffer_init(&kept.words, WORDS_LIMIT);
    kept.first_page = 0;
    if (reader_read(reader, descriptor, &letters, &count, &error) != 0)
        die(error.message, scan);
    write_words(words, letters, count);
    letters_free(letters, count);
    buffer_dispose(&kept.all);
    buffer_dispose(&kept.words);
    close(descriptor);
}

/* ---- words back to pages ---- */

struct sheet {
    struct ocr_line lines[LINES_MAX];
    struct ocr_word words[WORDS_MAX];
    size_t line_count;
    size_t word_count;
    unsigned number;
    float read_to;
    int second_look;
};

struct pages {
    struct page_text texts[PAGES_MAX];
    size_t count;
    int whole;
};

/* Where the numbers of the file's letters stand, to be left out. */
static struct {
    struct {
        unsigned page;
        struct box box;
    } list[PAGES_MAX * NUMBER_READINGS_MAX];
    size_t count;
} hidden;

static void hide_numbers(const struct pages *pages)
{
    struct number_reading readings[NUMBER_READINGS_MAX];

    for (size_t p = 0; p < pages->count; p++) {
        size_t count = number_find(&pages->texts[p], readings, 0);
        for (size_t i = 0; i < count && hidden.count < PAGES_MAX * NUMBER_READINGS_MAX; i++) {
            hidden.list[hidden.count].page = readings[i].page;
            hidden.list[hidden.count++].box = readings[i].box;
        }
    }
}

static bool is_hidden(unsigned page, struct box box)
{
    for (size_t i = 0; i < hidden.count; i++) {
        if (hidden.list[i].page == page && box_holds(hidden.list[i].box, box))
            return true;
    }
    return false;
}

static void finish_sheet(struct pages *pages, struct sheet *sheet, const char *name)
{
    struct error error = {0};

    if (sheet->number == 0)
        return;
    if (pages->count == PAGES_MAX)
        die("too many pages", name);
    struct page_text *text = &pages->texts[pages->count++];
    if (page_text_from_lines(text, sheet->lines, sheet->line_count, sheet->number, sheet->read_to, &error) != 0)
        die(error.message, name);
    text->second_look = sheet->second_look;
    for (size_t i = 0; i < sheet->word_count; i++)
        free(sheet->words[i].text);
    sheet->number = 0;
    sheet->line_count = 0;
    sheet->word_count = 0;
}

static void add_word(struct sheet *sheet, const char *line, const char *name)
{
    struct ocr_word word = {0};
    int at = 0;

    if (sscanf(line, "%f %f %f %f %f %n", &word.box.left, &word.box.top, &word.box.right, &word.box.bottom,
               &word.confidence, &at) != 5 ||
        at == 0 || sheet->line_count == 0 || sheet->word_count == WORDS_MAX)
        die(line, name);
    if (is_hidden(sheet->number, word.box))
        return;
    word.text = strdup(line + at);
    struct ocr_line *last = &sheet->lines[sheet->line_count - 1];
    if (last->word_count == 0)
        last->words = &sheet->words[sheet->word_count];
    last->word_count++;
    sheet->words[sheet->word_count++] = word;
}

static void drop_pages(struct pages *pages)
{
    for (size_t i = 0; i < pages->count; i++)
        page_text_dispose(&pages->texts[i]);
    pages->count = 0;
}

static void weigh_letter(const struct catalogue *catalogue, struct pages *pages, const char *name)
{
    struct letter letter;
    struct error error = {0};
    bool enough;

    if (pages->count == 0)
        return;
    letter_init(&letter);
    if (identify(&letter, catalogue, pages->texts, pages->count, pages->whole, &enough, &error) != 0 ||
        fields_find(&letter, catalogue, pages->texts, pages->count, &error) != 0)
        die(error.message, name);
    for (size_t i = 0; i < pages->count; i++) {
        if ((i == 0 || pages->texts[i].number != pages->texts[i - 1].number) && letter_add_page(&letter, pages->texts[i].number) != 0)
            die("no memory", name);
    }
    json_t *json = letter_to_json(&letter);
    json_t *traits = json_object();
    for (int i = 0; i < TRAIT_COUNT; i++)
        json_object_set_new(traits, trait_name(i), json_real(letter.traits[i]));
    if (json == NULL || json_object_set_new(json, "file", json_string(name)) != 0 ||
        json_object_set_new(json, "traits", traits) != 0 ||
        json_object_set_new(json, "best", json_string(letter.likeliest)) != 0)
        die("no memory", name);
    json_dumpf(json, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(json);
    letter_dispose(&letter);
    drop_pages(pages);
}

/* What is done with a letter's pages when all are there. */
enum task { TASK_WEIGH, TASK_HIDE, TASK_BLIND };

static void finish_letter(const struct catalogue *catalogue, struct pages *pages, struct sheet *sheet, enum task task,
                          const char *name)
{
    finish_sheet(pages, sheet, name);
    if (task == TASK_HIDE)
        hide_numbers(pages);
    if (task == TASK_WEIGH || (task == TASK_BLIND && pages->whole))
        weigh_letter(catalogue, pages, name);
    drop_pages(pages);
}

static void go_through(const struct catalogue *catalogue, const char *folder, const char *name, enum task task)
{
    static struct sheet sheet;
    static struct pages pages;
    char path[PATH_SIZE];
    char line[LINE_SIZE];

    snprintf(path, sizeof path, "%s/%s.words", folder, name);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        die("was not read yet", path);
    while (fgets(line, sizeof line, file) != NULL) {
        size_t paragraph;
        struct box box;
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "letter ", 7) == 0) {
            finish_letter(catalogue, &pages, &sheet, task, name);
            pages.whole = atoi(line + 7);
        } else if (strncmp(line, "page ", 5) == 0) {
            finish_sheet(&pages, &sheet, name);
            if (sscanf(line, "page %u %f %d", &sheet.number, &sheet.read_to, &sheet.second_look) != 3)
                die(line, name);
        } else if (sscanf(line, "line %zu %f %f %f %f", &paragraph, &box.left, &box.top, &box.right, &box.bottom) == 5) {
            if (sheet.line_count == LINES_MAX)
                die("too many lines", name);
            sheet.lines[sheet.line_count++] = (struct ocr_line){.box = box, .paragraph = paragraph};
        } else if (strncmp(line, "answer ", 7) == 0) {
            break;
        } else {
            add_word(&sheet, line, name);
        }
    }
    fclose(file);
    finish_letter(catalogue, &pages, &sheet, task, name);
}

int main(int argc, char **argv)
{
    char directory[PATH_SIZE];
    struct catalogue *catalogue = NULL;
    struct error error = {0};

    static const char *const words[] = {"weigh", "blind", "read"};
    size_t command = 0;

    while (argc > 3 && command < 3 && strcmp(argv[1], words[command]) != 0)
        command++;
    if (argc <= 3 || command == 3) {
        fputs("usage: irsort-observe read|weigh|blind FOLDER FILE...\n", stderr);
        return 2;
    }
    bool reading = command == 2;
    if (catalogue_find_directory(directory, sizeof directory, &error) != 0 ||
        catalogue_new(&catalogue, directory, NULL, NULL, &error) != 0)
        die(error.message, argv[0]);
    struct reader *reader = NULL;
    if (reading && reader_new(&reader, catalogue, &error) != 0)
        die(error.message, argv[0]);
    for (int i = 3; i < argc; i++) {
        if (reading)
            read_file(reader, argv[2], argv[i]);
        hidden.count = 0;
        if (command == 1)
            go_through(catalogue, argv[2], argv[i], TASK_HIDE);
        if (!reading)
            go_through(catalogue, argv[2], argv[i], command == 1 ? TASK_BLIND : TASK_WEIGH);
    }
    reader_free(reader);
    catalogue_free(catalogue);
    return 0;
}
