/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <string.h>

#include <unistr.h>
#include <uniwidth.h>

#include "docket/show.h"
#include "report/warning.h"

enum {
    ID_WIDTH = 6, /* columns, as the next ones */
    LETTER_WIDTH = 8,
    DAY_WIDTH = 20,  /* "2026-03-04 miércoles" */
    WHEN_WIDTH = 22, /* "VENCIDO hace 365 días" */
    REF_WIDTH = SHEET_WIDTH - ID_WIDTH - LETTER_WIDTH - DAY_WIDTH - WHEN_WIDTH - 4, /* 4 gaps */
    DETAIL = ID_WIDTH + 1, /* columns that the lines below are indented */
    URGENT_DAYS = 7,       /* a request needs days to be written and mailed */
    CELL_MAX = DOCKET_NAME_MAX * 6 + 1,
    LINE_MAX = 1 << 10,
    REASON_MAX = 1 << 12,
};

static int width_of(const char *text)
{
    return u8_strwidth((const uint8_t *)text, "UTF-8");
}

/* The text, and blanks up to the width and a gap. */
static void add_cell(struct buffer *line, const char *text, int width)
{
    buffer_text(line, text);
    buffer_printf(line, "%*s", width > width_of(text) ? width - width_of(text) + 1 : 1, "");
}

static void end_row(struct sheet *sheet, struct buffer *line, enum ink ink)
{
    while (line->length > 0 && line->data[line->length - 1] == ' ')
        line->data[--line->length] = '\0';
    /* not wrapped: every cell fits, and leading blanks stay */
    static const char *const start[] = {
        [INK_PLAIN] = "", [INK_HEADING] = "\033[1m", [INK_URGENT] = "\033[1;31m", [INK_FAINT] = "\033[2m"};
    bool colour = sheet->colour && ink != INK_PLAIN;
    buffer_printf(sheet->out, "%s%s%s\n", colour ? start[ink] : "", line->data != NULL ? line->data : "",
                  colour ? "\033[0m" : "");
    if (line->failed)
        sheet->out->failed = true;
    buffer_dispose(line);
}

static void write_names(struct sheet *sheet)
{
    struct buffer line;
    enum language language = sheet->language;

    buffer_init(&line, LINE_MAX);
    buffer_printf(&line, "%*s%s ", ID_WIDTH - width_of(words_text(WORD_DOCKET_ID, language)), "",
                  words_text(WORD_DOCKET_ID, language));
    add_cell(&line, words_text(WORD_DOCKET_LETTER, language), LETTER_WIDTH);
    add_cell(&line, words_text(WORD_DOCKET_DAY, language), DAY_WIDTH);
    add_cell(&line, words_text(WORD_DOCKET_WHEN, language), WHEN_WIDTH);
    buffer_text(&line, words_text(WORD_DOCKET_REF, language));
    end_row(sheet, &line, INK_HEADING);
}

static struct short_text in_words(const struct agenda_row *row, enum language language)
{
    char number[12];
    const char *values[] = {number};
    int days = row->deadline.days_left;
    enum word word = WORD_DOCKET_IN_DAYS;

    switch (row->state) {
    case AGENDA_MISSED:
        word = days == -1 ? WORD_DOCKET_OVERDUE_DAY : WORD_DOCKET_OVERDUE;
        break;
    case AGENDA_OPEN:
        word = days == 0 ? WORD_DOCKET_TODAY : days == 1 ? WORD_DOCKET_TOMORROW : WORD_DOCKET_IN_DAYS;
        break;
    case AGENDA_PASSED:
        return words_days_left(days, language);
    case AGENDA_LOOK:
        word = WORD_DOCKET_MUST_LOOK;
        break;
    case AGENDA_NONE:
        word = WORD_DOCKET_NONE;
        break;
    case AGENDA_DONE:
        word = WORD_DOCKET_DONE;
        break;
    }
    snprintf(number, sizeof number, "%d", days < 0 ? -days : days);
    return words_short(word, language, values, 1);
}

static enum ink ink_of(const struct agenda_row *row)
{
    switch (row->state) {
    case AGENDA_MISSED:
    case AGENDA_LOOK:
        return INK_URGENT;
    case AGENDA_OPEN:
        return row->second_best                         ? INK_PLAIN
               : row->deadline.days_left <= URGENT_DAYS ? INK_URGENT
                                                        : INK_HEADING;
    default:
        return INK_FAINT;
    }
}

static struct short_text day_cell(const struct agenda_row *row, enum language language)
{
    struct short_text cell = {""};
    char day[DATE_TEXT_SIZE];

    if (row->rule != NULL)
        snprintf(cell.text, sizeof cell.text, "%s %s", date_format(row->deadline.day, day),
                 words_weekday(row->deadline.day, language));
    else if (row->state == AGENDA_LOOK)
        snprintf(cell.text, sizeof cell.text, "%s", words_text(WORD_DOCKET_UNSURE, language));
    return cell;
}

static bool ref_fits(const char *ref)
{
    return width_of(ref) <= REF_WIDTH;
}

static void write_row(struct sheet *sheet, const struct agenda_row *row)
{
    enum language language = sheet->language;
    const struct docket_letter *letter = row->letter;
    struct buffer line;

    buffer_init(&line, LINE_MAX);
    buffer_printf(&line, "%*lld ", ID_WIDTH, (long long)letter->id);
    add_cell(&line,
             row->notice != NULL         ? row->notice->id
             : row->state == AGENDA_LOOK ? "?"
                                         : "-",
             LETTER_WIDTH);
    add_cell(&line, day_cell(row, language).text, DAY_WIDTH);
    add_cell(&line, in_words(row, language).text, WHEN_WIDTH);
    if (letter->ref != NULL && ref_fits(letter->ref))
        sheet_escape(&line, letter->ref);
    end_row(sheet, &line, ink_of(row));
}

static void write_right(struct sheet *sheet, const struct agenda_row *row)
{
    const char *name = words_right(row->rule, sheet->language);
    enum word word = row->rule->clock->kind == KIND_PRACTICE         ? WORD_DOCKET_RIGHT_WARNING
                     : row->state == AGENDA_OPEN && row->second_best ? WORD_DOCKET_RIGHT_SECOND
                     : row->rule->available == AVAILABLE_CONDITIONAL ? WORD_DOCKET_RIGHT_IF
                                                                     : WORD_DOCKET_RIGHT;

    sheet_say(sheet, DETAIL, INK_PLAIN, word, name);
    if (row->deadline.safe)
        sheet_say(sheet, DETAIL, INK_PLAIN, WORD_DOCKET_SAFE);
}

static void write_warning(struct sheet *sheet, const struct agenda_row *row)
{
    struct rights_warning warning = {.days = row->warning_days};
    struct buffer text;

    memcpy(warning.code, row->warning, sizeof warning.code);
    buffer_init(&text, REASON_MAX);
    warning_text(&text, &warning, sheet->language);
    sheet_text(sheet, DETAIL, INK_PLAIN, text.data != NULL ? text.data : "");
    sheet_drop(sheet, &text);
}

/* The day it would be, never without its condition. */
static void write_maybe(struct sheet *sheet, const struct agenda_row *row, date as_of)
{
    enum language language = sheet->language;
    bool practice = row->maybe_rule->clock->kind == KIND_PRACTICE;

    sheet_say(sheet, DETAIL, INK_PLAIN, WORD_ONLY_IF, row->maybe->printed, row->maybe->title.in[language]);
    sheet_say(sheet, DETAIL + 2, INK_PLAIN, practice ? WORD_ONLY_IF_WARNING : WORD_ONLY_IF_ACT_BY,
              words_date(row->maybe_by, language).text,
              words_days_left(row->maybe_by - as_of, language).text);
}

static void write_reason(struct sheet *sheet, const struct agenda_row *row)
{
    struct buffer text;

    buffer_init(&text, REASON_MAX);
    show_reason(&text, row, sheet->language);
    if (text.length > 0)
        sheet_text(sheet, DETAIL, INK_PLAIN, text.data);
    sheet_drop(sheet, &text);
}

static void write_details(struct sheet *sheet, const struct agenda_row *row, date as_of)
{
    const struct docket_letter *letter = row->letter;
    char number[24];

    if (row->rule != NULL)
        write_right(sheet, row);
    write_reason(sheet, row);
    if (row->maybe != NULL)
        write_maybe(sheet, row, as_of);
    if (row->warning[0] != '\0' && row->state != AGENDA_LOOK)
        write_warning(sheet, row);
    if (letter->ref != NULL && !ref_fits(letter->ref))
        sheet_say(sheet, DETAIL, INK_PLAIN, WORD_DOCKET_CLIENT, letter->ref);
    if (letter->assigned != NULL)
        sheet_say(sheet, DETAIL, INK_PLAIN, WORD_DOCKET_ASSIGNED, letter->assigned);
    if (letter->note != NULL)
        sheet_say(sheet, DETAIL, INK_PLAIN, WORD_STEP_NOTE, letter->note);
    if (letter->rescan_of != 0) {
        snprintf(number, sizeof number, "%lld", (long long)letter->rescan_of);
        sheet_say(sheet, DETAIL, INK_PLAIN, WORD_DOCKET_RESCAN, number);
    }
}

static void write_counts(struct sheet *sheet, const struct agenda *agenda)
{
    static const enum agenda_state counted[] = {AGENDA_OPEN, AGENDA_LOOK, AGENDA_MISSED, AGENDA_PASSED};
    char counts[4][24];

    for (size_t i = 0; i < 4; i++)
        snprintf(counts[i], sizeof counts[i], "%zu", agenda->of_state[counted[i]]);
    sheet_say(sheet, 0, INK_HEADING, WORD_DOCKET_AS_OF, words_date(agenda->as_of, sheet->language).text);
    sheet_say(sheet, 0, INK_PLAIN, WORD_DOCKET_COUNTS, counts[0], counts[1], counts[2], counts[3]);
}

void show_table(struct sheet *sheet, const struct agenda *agenda)
{
    write_counts(sheet, agenda);
    if (agenda->of_state[AGENDA_OPEN] + agenda->of_state[AGENDA_LOOK] + agenda->of_state[AGENDA_MISSED] == 0)
        sheet_say(sheet, 0, INK_PLAIN, WORD_DOCKET_EMPTY);
    if (agenda->count > 0) {
        sheet_blank(sheet);
        write_names(sheet);
    }
    for (size_t i = 0; i < agenda->count; i++) {
        write_row(sheet, &agenda->rows[i]);
        write_details(sheet, &agenda->rows[i], agenda->as_of);
    }
    if (agenda->count > 0)
        sheet_blank(sheet);
    if (agenda->of_state[AGENDA_LOOK] > 0)
        sheet_say(sheet, 0, INK_FAINT, WORD_DOCKET_HOW_LOOK);
    if (agenda->count > 0)
        sheet_say(sheet, 0, INK_FAINT, WORD_DOCKET_HOW_DONE);
}
