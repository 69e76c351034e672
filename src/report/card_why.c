/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The card's reasons: what was read and where, and what to be careful of. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/card.h"
#include "report/warning.h"

enum { VALUE_MAX = LETTER_TEXT_SIZE * 8 }; /* bytes; an escaped byte takes up to six */

struct word_name {
    const char *name;
    enum word word;
};

static enum word find_word(const struct word_name *names, size_t count, const char *name, enum word otherwise)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i].name, name) == 0)
            return names[i].word;
    }
    return otherwise;
}

const char *card_place(const struct box *box, enum language language)
{
    static const enum word places[3][3] = {
        {WORD_PLACE_TOP_LEFT, WORD_PLACE_TOP, WORD_PLACE_TOP_RIGHT},
        {WORD_PLACE_LEFT, WORD_PLACE_MIDDLE, WORD_PLACE_RIGHT},
        {WORD_PLACE_BOTTOM_LEFT, WORD_PLACE_BOTTOM, WORD_PLACE_BOTTOM_RIGHT},
    };
    float across = (box->left + box->right) / 2;
    float down = (box->top + box->bottom) / 2;
    int column = across < 1.0F / 3 ? 0 : across < 2.0F / 3 ? 1 : 2;
    int row = down < 1.0F / 3 ? 0 : down < 2.0F / 3 ? 1 : 2;

    return words_text(places[row][column], language);
}

static void write_evidence(struct sheet *sheet, const struct evidence *evidence)
{
    static const struct word_name kinds[] = {
        {"number", WORD_KIND_NUMBER},       {"title", WORD_KIND_TITLE},
        {"phrase", WORD_KIND_PHRASE},       {"letterhead", WORD_KIND_LETTERHEAD},
        {"enclosure", WORD_KIND_ENCLOSURE}, {"imitation", WORD_KIND_IMITATION},
        {"exclusion", WORD_KIND_EXCLUSION},
    };
    enum word kind = find_word(kinds, sizeof kinds / sizeof *kinds, evidence->kind, WORD_KIND_OTHER);
    const char *kind_text = words_text(kind, sheet->language);
    const char *where = card_place(&evidence->box, sheet->language);
    char page[12];
    struct buffer text;

    snprintf(page, sizeof page, "%u", evidence->page);
    buffer_init(&text, VALUE_MAX);
    sheet_escape(&text, evidence->text);
    if (text.length > 0)
        sheet_say(sheet, 2, INK_PLAIN, WORD_EVIDENCE, page, where, kind_text, text.data, evidence->rule);
    else
        sheet_say(sheet, 2, INK_PLAIN, WORD_EVIDENCE_NO_TEXT, page, where, kind_text, evidence->rule);
    sheet_drop(sheet, &text);
}

static void write_field(struct sheet *sheet, enum field_id field, const struct field_value *value)
{
    date day = date_parse(value->value);
    char page[12];
    struct buffer text;

    snprintf(page, sizeof page, "%u", value->page);
    buffer_init(&text, VALUE_MAX);
    if (field == FIELD_AMOUNT_DUE)
        buffer_byte(&text, '$');
    if (day != DATE_NONE && field != FIELD_TAX_PERIODS) /* on which weekday a period ends is no matter */
        buffer_text(&text, words_date(day, sheet->language).text);
    else
        sheet_escape(&text, value->value);
    if (text.data != NULL)
        sheet_say(sheet, 2, INK_PLAIN, WORD_FIELD_READ, words_field(field, sheet->language),
                  text.data, page, card_place(&value->box, sheet->language));
    sheet_drop(sheet, &text);
}

static void write_letter_reasons(struct sheet *sheet, const struct letter *letter)
{
    if (letter->status == LETTER_IDENTIFIED) {
        char percent[16];
        /* Rounded down: nothing is surer than the program knows. */
        snprintf(percent, sizeof percent, "%.1f", floor(letter->confidence * 1000) / 10);
        sheet_say(sheet, 2, INK_PLAIN, WORD_CONFIDENCE, letter->id, percent);
    }
    for (size_t i = 0; i < letter->evidence_count; i++)
        write_evidence(sheet, &letter->evidence[i]);
    for (enum field_id field = 0; field < FIELD_COUNT; field++) {
        for (size_t i = 0; i < letter->fields[field].count; i++)
            write_field(sheet, field, &letter->fields[field].values[i]);
    }
}

static bool has_reasons(const struct letter *letter)
{
    for (enum field_id field = 0; field < FIELD_COUNT; field++) {
        if (letter->fields[field].count > 0)
            return true;
    }
    return letter->evidence_count > 0;
}

void card_why(struct sheet *sheet, const struct finding *finding)
{
    if (finding->letter == NULL || !has_reasons(finding->letter))
        return;
    sheet_heading(sheet, WORD_WHY);
    write_letter_reasons(sheet, finding->letter);
}

static int count_warning(void *to, const struct rights_warning *warning)
{
    (void)warning;
    ++*(size_t *)to;
    return 0;
}

static int write_warning(void *to, const struct rights_warning *warning)
{
    struct sheet *sheet = to;
    struct buffer text;

    buffer_init(&text, VALUE_MAX);
    warning_text(&text, warning, sheet->language);
    if (text.data != NULL)
        sheet_say(sheet, 2, INK_PLAIN, WORD_BULLET, text.data);
    sheet_drop(sheet, &text);
    return 0;
}

void card_warnings(struct sheet *sheet, const struct finding *finding)
{
    const struct letter *letter = finding->letter;
    size_t count = letter != NULL ? letter->warning_count : 0;

    finding_each_warning(finding, count_warning, &count);
    if (count == 0)
        return;
    sheet_heading(sheet, WORD_WARNINGS);
    finding_each_warning(finding, write_warning, sheet);
    for (size_t i = 0; letter != NULL && i < letter->warning_count; i++) {
        struct buffer text;
        buffer_init(&text, VALUE_MAX);
        sheet_escape(&text,
                     warning_of_reading(letter->warnings[i].code, letter->warnings[i].text, sheet->language));
        if (text.data != NULL)
            sheet_say(sheet, 2, INK_PLAIN, WORD_BULLET, text.data);
        sheet_drop(sheet, &text);
    }
}
