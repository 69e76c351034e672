/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/sheet.h"

#include <stdarg.h>
#include <string.h>

#include <unictype.h>
#include <uniwidth.h>

#include "base/utf8.h"

enum {
    VALUES_MAX = 8,          /* values in one sentence */
    HANGING = 2,             /* columns that continued lines of a sentence stand further in */
    BLANKS_MAX = 16,         /* kept between two words; a file name may have many */
    PARAGRAPH_MAX = 1 << 16, /* bytes; far above what a pattern file may say in one text */
};

static const char *const ink_start[] = {
    [INK_PLAIN] = "",
    [INK_HEADING] = "\033[1m",
    [INK_URGENT] = "\033[1;31m",
    [INK_FAINT] = "\033[2m",
};

/* Control, format (bidirectional overrides among them) and line separators. */
static bool must_be_escaped(uint32_t character)
{
    return uc_is_general_category_withtable(character, UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf |
                                                           UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp);
}

void sheet_escape(struct buffer *out, const char *text)
{
    while (*text != '\0') {
        const char *start = text;
        uint32_t character = utf8_next(&text);
        if (character == 0xFFFD && text - start == 1)
            buffer_printf(out, "\\x%02x", (unsigned char)*start);
        else if (character == '\n')
            buffer_text(out, "\\n");
        else if (character == '\t')
            buffer_text(out, "\\t");
        else if (character < 0x80 && must_be_escaped(character))
            buffer_printf(out, "\\x%02x", character);
        else if (must_be_escaped(character))
            buffer_printf(out, "\\u%04x", character);
        else
            buffer_add(out, start, (size_t)(text - start));
    }
}

/* Columns that the bytes up to `end` take. */
static unsigned width_of(const char *text, const char *end)
{
    unsigned width = 0;

    while (text < end) {
        int columns = uc_width(utf8_next(&text), "UTF-8");
        width += columns > 0 ? (unsigned)columns : 0;
    }
    return width;
}

/* As much of the word as fits into `columns`, at least one character. */
static const char *cut_word(const char *word, const char *end, unsigned columns)
{
    const char *cut = word;

    utf8_next(&cut);
    while (cut < end) {
        const char *next = cut;
        utf8_next(&next);
        if (width_of(word, next) > columns)
            break;
        cut = next;
    }
    return cut;
}

static void start_line(struct sheet *sheet, unsigned indent, enum ink ink)
{
    for (unsigned i = 0; i < indent; i++)
        buffer_byte(sheet->out, ' ');
    if (sheet->colour)
        buffer_text(sheet->out, ink_start[ink]);
}

static void end_line(struct sheet *sheet, enum ink ink)
{
    if (sheet->colour && ink != INK_PLAIN)
        buffer_text(sheet->out, "\033[0m");
    buffer_byte(sheet->out, '\n');
}

/* Wraps text that is already safe. */
static void wrap(struct sheet *sheet, unsigned indent, unsigned hanging, enum ink ink, const char *text)
{
    unsigned column = indent;
    bool empty = true;

    start_line(sheet, indent, ink);
    text += strspn(text, " ");
    while (*text != '\0') {
        size_t blanks = strspn(text, " ");
        const char *word = text + blanks;
        const char *end = word + strcspn(word, " ");
        if (*word == '\0')
            break;
        if (blanks > BLANKS_MAX)
            blanks = BLANKS_MAX;
        unsigned width = width_of(word, end);
        if (!empty && column + blanks + width > SHEET_WIDTH) {
            end_line(sheet, ink);
            start_line(sheet, indent + hanging, ink);
            column = indent + hanging;
            empty = true;
        }
        if (empty)
            blanks = 0;
        if (column + width > SHEET_WIDTH) {
            end = cut_word(word, end, SHEET_WIDTH - column);
            width = width_of(word, end);
        }
        buffer_printf(sheet->out, "%*s", (int)blanks, "");
        buffer_add(sheet->out, word, (size_t)(end - word));
        column += (unsigned)blanks + width;
        empty = false;
        text = end;
        if (*text != '\0' && *text != ' ') { /* the rest of a word that was cut */
            end_line(sheet, ink);
            start_line(sheet, indent + hanging, ink);
            column = indent + hanging;
            empty = true;
        }
    }
    end_line(sheet, ink);
}

/* `as` tells what the paragraph is; its text is still to be made safe. */
static void write_paragraph(struct sheet *sheet, const struct sheet_paragraph *as, unsigned hanging)
{
    const char *text = as->text;
    struct buffer safe;
    struct buffer folded;

    buffer_init(&safe, PARAGRAPH_MAX);
    buffer_init(&folded, PARAGRAPH_MAX);
    for (; *text != '\0'; text++)
        buffer_byte(&folded, *text == '\n' || *text == '\t' ? ' ' : *text);
    if (folded.data != NULL)
        sheet_escape(&safe, folded.data);
    if (safe.data != NULL && sheet->paragraph != NULL) {
        struct sheet_paragraph paragraph = *as;
        paragraph.text = safe.data;
        sheet->paragraph(sheet->context, &paragraph);
    } else if (safe.data != NULL) {
        wrap(sheet, as->indent, hanging, as->ink, safe.data);
    }
    if (safe.failed || folded.failed)
        sheet->out->failed = true;
    buffer_dispose(&safe);
    buffer_dispose(&folded);
}

void sheet_text(struct sheet *sheet, unsigned indent, enum ink ink, const char *text)
{
    write_paragraph(sheet, &(struct sheet_paragraph){.word = WORD_COUNT, .indent = indent, .ink = ink, .text = text}, 0);
}

void sheet_say_values(struct sheet *sheet, unsigned indent, enum ink ink, enum word word, ...)
{
    struct sheet_paragraph paragraph = {.word = word, .indent = indent, .ink = ink};
    const char *values[VALUES_MAX];
    size_t count = 0;
    struct buffer text;
    va_list args;

    va_start(args, word);
    for (const char *value = va_arg(args, const char *); value != NULL && count < VALUES_MAX;
         value = va_arg(args, const char *))
        values[count++] = value;
    va_end(args);
    buffer_init(&text, PARAGRAPH_MAX);
    words_fill(&text, word, sheet->language, values, count);
    if (text.failed)
        sheet->out->failed = true;
    paragraph.text = text.data;
    if (text.data != NULL)
        write_paragraph(sheet, &paragraph, HANGING);
    buffer_dispose(&text);
}

void sheet_drop(struct sheet *sheet, struct buffer *text)
{
    if (text->starved)
        sheet->out->failed = true;
    buffer_dispose(text);
}

void sheet_blank(struct sheet *sheet)
{
    if (sheet->paragraph == NULL)
        buffer_byte(sheet->out, '\n');
}

void sheet_rule(struct sheet *sheet)
{
    if (sheet->paragraph != NULL)
        return;
    sheet_blank(sheet);
    for (int i = 0; i < SHEET_WIDTH; i++)
        buffer_text(sheet->out, "─");
    buffer_text(sheet->out, "\n\n");
}

void sheet_heading(struct sheet *sheet, enum word word)
{
    const struct sheet_paragraph paragraph = {
        .word = word, .heading = true, .ink = INK_HEADING, .text = words_text(word, sheet->language)};

    sheet_blank(sheet);
    write_paragraph(sheet, &paragraph, HANGING);
}
