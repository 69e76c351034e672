/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/table.h"

#include <stdio.h>

static struct short_text clock_text(const struct clock *clock, enum language language)
{
    if (clock->count != NULL)
        return words_period(&clock->count->period, language);
    return words_short(clock->printed != NULL ? WORD_CLOCK_PRINTED : WORD_CLOCK_NONE, language, NULL, 0);
}

static void write_right(struct sheet *sheet, const struct notice_right *right)
{
    enum language language = sheet->language;
    const char *condition =
        right->available == AVAILABLE_CONDITIONAL ? words_text(WORD_CONDITIONAL, language) : "";

    buffer_printf(sheet->out, "    %-26s %-3s %s\n", right->track, condition,
                  clock_text(right->clock, language).text);
}

void table_write(struct sheet *sheet, const struct notice *notices, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct notice *notice = &notices[i];
        char line[512];
        snprintf(line, sizeof line, "%-7s %-13s %s", notice->id, notice->printed,
                 notice->title.in[sheet->language]);
        sheet_text(sheet, 0, INK_HEADING, line);
        for (unsigned j = 0; j < notice->rights_count; j++) {
            if (notice->rights[j].available != AVAILABLE_NO)
                write_right(sheet, &notice->rights[j]);
        }
    }
}
