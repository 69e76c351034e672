/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <string.h>

#include "docket/show.h"

enum { REASON_MAX = 1 << 12 };

/* A spreadsheet takes a cell that begins so for a formula, and what stands in it was partly read from paper.
 */
static bool looks_like_formula(const char *text)
{
    return text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;
}

static void add_text(struct buffer *out, const char *text)
{
    buffer_byte(out, ',');
    if (text == NULL || text[0] == '\0')
        return;
    buffer_byte(out, '"');
    if (looks_like_formula(text))
        buffer_byte(out, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            buffer_byte(out, '"');
        buffer_byte(out, *text);
    }
    buffer_byte(out, '"');
}

static void add_day(struct buffer *out, date day)
{
    char text[DATE_TEXT_SIZE];

    buffer_printf(out, ",%s", day != DATE_NONE ? date_format(day, text) : "");
}

static void add_reason(struct buffer *out, const struct agenda_row *row, enum language language)
{
    struct buffer text;

    buffer_init(&text, REASON_MAX);
    show_reason(&text, row, language);
    add_text(out, text.data);
    out->failed |= text.starved; /* nothing is left out without a word */
    buffer_dispose(&text);
}

static void add_row(struct buffer *out, const struct agenda_row *row, enum language language)
{
    const struct docket_letter *letter = row->letter;
    bool dated = row->rule != NULL;

    buffer_printf(out, "%lld,%s", (long long)letter->id, agenda_state_name(row->state));
    add_day(out, dated ? row->deadline.day : DATE_NONE);
    if (dated)
        buffer_printf(out, ",%d", row->deadline.days_left);
    else
        buffer_byte(out, ',');
    add_text(out, row->notice != NULL ? row->notice->id : NULL);
    add_text(out, dated ? row->rule->track : NULL);
    add_text(out, dated ? words_right(row->rule, language) : NULL);
    add_text(out, letter->ref);
    add_text(out, letter->assigned);
    add_text(out, letter->fields[FIELD_TIN_LAST4]);
    add_text(out, letter->fields[FIELD_AMOUNT_DUE]);
    add_text(out, letter->fields[FIELD_TAX_PERIODS]);
    add_text(out, letter->fields[FIELD_NOTICE_DATE]);
    add_day(out, letter->received);
    add_reason(out, row, language);
    add_text(out, letter->note);
    buffer_text(out, "\r\n");
}

void show_csv(struct buffer *out, const struct agenda *agenda, enum language language)
{
    buffer_text(out,
                "id,state,date,days_left,notice,track,right,ref,assigned,tin_last4,amount_due,tax_periods,"
                "notice_date,received,reason,note\r\n");
    for (size_t i = 0; i < agenda->count; i++)
        add_row(out, &agenda->rows[i], language);
}
