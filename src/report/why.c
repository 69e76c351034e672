/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/why.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/card.h"

enum { TEXT_MAX = LETTER_TEXT_SIZE * 8 }; /* bytes; an escaped byte takes up to six */

/* A text of the letter or a pattern, safe to show. Freed by sheet_drop. */
static const char *shown(struct buffer *buffer, const char *text)
{
    buffer_init(buffer, TEXT_MAX);
    sheet_escape(buffer, text);
    return buffer->data != NULL ? buffer->data : "";
}

/* "page 1, top right". */
static struct short_text place(const struct sheet *sheet, const struct why_rule *rule)
{
    char page[12];

    snprintf(page, sizeof page, "%u", rule->page);
    return words_short(WORD_WHY_PLACE, sheet->language,
                       (const char *const[]){page, card_place(&rule->box, sheet->language)}, 2);
}

static void write_rule(struct sheet *sheet, const struct why_rule *rule)
{
    struct buffer wanted;
    struct buffer text;
    char off[12];
    char allowed[12];
    const char *wanted_text = shown(&wanted, rule->wanted);
    const char *read_text = shown(&text, rule->text);

    snprintf(off, sizeof off, "%u", rule->off);
    snprintf(allowed, sizeof allowed, "%u", rule->allowed);
    switch (rule->found) {
    case WHY_HIT:
        sheet_say(sheet, 4, INK_PLAIN, strstr(rule->rule, "/excludes[") != NULL ? WORD_WHY_AGAINST : WORD_WHY_HIT, rule->rule, wanted_text, place(sheet, rule).text, read_text);
        break;
    case WHY_PART:
        sheet_say(sheet, 4, INK_PLAIN, WORD_WHY_PART, rule->rule, wanted_text, place(sheet, rule).text, read_text);
        break;
    case WHY_NO_HEADING:
        sheet_say(sheet, 4, INK_PLAIN, WORD_WHY_NO_HEADING, rule->rule, wanted_text, place(sheet, rule).text, read_text);
        break;
    case WHY_NEAR:
        sheet_say(sheet, 4, INK_PLAIN, WORD_WHY_NEAR, rule->rule, wanted_text, place(sheet, rule).text, read_text, off,
                  allowed);
        break;
    default:
        sheet_say(sheet, 4, INK_FAINT, WORD_WHY_NOTHING, rule->rule, wanted_text);
        break;
    }
    sheet_drop(sheet, &text);
    sheet_drop(sheet, &wanted);
}

void why_write(struct sheet *sheet, const struct letter *letter)
{
    /* what hit first, then what nearly did */
    static const enum why_found order[] = {WHY_HIT, WHY_PART, WHY_NO_HEADING, WHY_NEAR, WHY_NOTHING};

    sheet_heading(sheet, WORD_WHY_RULES);
    if (letter->why_count == 0)
        sheet_say(sheet, 2, INK_PLAIN, WORD_WHY_NO_NOTICE);
    for (size_t i = 0; i < letter->why_count; i++) {
        const struct why *why = &letter->why[i];
        char percent[16];
        snprintf(percent, sizeof percent, "%.1f", floor(why->confidence * 1000) / 10);
        if (why->confidence > 0)
            sheet_say(sheet, 2, INK_PLAIN, WORD_WHY_CANDIDATE, why->id, percent);
        else
            sheet_say(sheet, 2, INK_PLAIN, WORD_WHY_NO_CANDIDATE, why->id);
        for (size_t o = 0; o < sizeof order / sizeof *order; o++) {
            for (size_t r = 0; r < why->rule_count; r++) {
                if (why->rules[r].found == order[o])
                    write_rule(sheet, &why->rules[r]);
            }
        }
    }
}
