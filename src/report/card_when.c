/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The card's days: each with how it was counted and on what authority, and what counts as on time. */
#include <stdio.h>
#include <string.h>

#include "report/card.h"

enum {
    LIST_MAX = 1 << 12,      /* bytes for the names of the rights still open */
    AUTHORITY_MAX = 1 << 12, /* bytes for what one right rests on */
};

/* The day that a computed deadline was counted from, as it was given or read. */
static struct short_text start_day(const struct finding *finding, const char *counted_from,
                                   enum language language)
{
    for (enum clock_start start = 0; start < START_COUNT; start++) {
        date day = finding->dates.start[start];
        if (day != DATE_NONE && strcmp(words_start_name(start), counted_from) == 0)
            return words_date(day, language);
    }
    return (struct short_text){"?"};
}

static void write_counting(struct sheet *sheet, const struct finding *finding, const struct right *right)
{
    enum language language = sheet->language;
    const struct deadline *deadline = &right->deadline;
    const char *rule = right->rule->clock->name;
    const char *origin = words_origin(deadline->counted_from, language);

    if (deadline->basis == BASIS_PRINTED)
        sheet_say(sheet, 4, INK_PLAIN, WORD_PRINTED, origin, rule);
    else
        sheet_say(sheet, 4, INK_PLAIN, WORD_COUNTED, origin, rule,
                  start_day(finding, deadline->counted_from, language).text);
    if (deadline->rolled_from != DATE_NONE && deadline->basis == BASIS_COMPUTED)
        sheet_say(sheet, 4, INK_PLAIN, WORD_ROLLED, words_date(deadline->rolled_from, language).text);
    if (deadline->basis == BASIS_PRINTED && deadline->computed != DATE_NONE &&
        deadline->computed != deadline->day)
        sheet_say(sheet, 4, INK_PLAIN, WORD_COMPUTED_TOO, words_date(deadline->computed, language).text);
    if (deadline->basis == BASIS_COMPUTED && deadline->printed != DATE_NONE &&
        deadline->printed >= deadline->day && *right->rule->clock->printed == FIELD_TERMINATION_DATE)
        sheet_say(sheet, 4, INK_PLAIN, WORD_PRINTED_END, words_date(deadline->printed, language).text);
    if (deadline->fallback != DATE_NONE)
        sheet_say(sheet, 4, INK_PLAIN, WORD_FALLBACK, words_date(deadline->fallback, language).text);
}

/* Each once: a right may name what its clock rests on as well. */
static void add_authority(struct buffer *out, char **authority, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (out->data != NULL && strstr(out->data, authority[i]) != NULL)
            continue;
        if (out->length > 0)
            buffer_text(out, "; ");
        buffer_text(out, authority[i]);
    }
}

void card_authority(struct sheet *sheet, unsigned indent, const struct right *right)
{
    static const enum word kinds[] = {
        [KIND_STATUTORY] = WORD_KIND_STATUTORY,
        [KIND_ADMINISTRATIVE] = WORD_KIND_ADMINISTRATIVE,
        [KIND_PRACTICE] = WORD_KIND_PRACTICE,
    };
    const struct clock *clock = right->rule->clock;
    struct buffer text;

    buffer_init(&text, AUTHORITY_MAX);
    add_authority(&text, clock->authority, clock->authority_count);
    add_authority(&text, right->rule->authority, right->rule->authority_count);
    if (text.length > 0)
        sheet_say(sheet, indent, INK_FAINT, WORD_AUTHORITY, words_text(kinds[clock->kind], sheet->language),
                  text.data);
    sheet_drop(sheet, &text);
}

enum word card_passed_word(const struct right *right, enum word ended)
{
    if (right->rule->clock->kind == KIND_PRACTICE) /* something may happen from then on; no right has ended */
        return WORD_SINCE;
    return rights_perhaps_open(right) ? WORD_PASSED_SAFE : ended;
}

static void write_day(struct sheet *sheet, const struct finding *finding, const struct right *right)
{
    enum language language = sheet->language;
    const struct deadline *deadline = &right->deadline;
    enum word word = right->standing == STANDING_PASSED          ? card_passed_word(right, WORD_PASSED)
                     : right->rule->clock->kind == KIND_PRACTICE ? WORD_DAY_WARNING
                                                                 : WORD_DAY_OPEN;

    sheet_say(sheet, 2, INK_PLAIN, word, words_right(right->rule, language),
              words_date(deadline->day, language).text, words_days_left(deadline->days_left, language).text);
    if (right->standing == STANDING_PASSED && right->rule->note != NULL) /* may tell of a second window */
        sheet_say(sheet, 4, INK_PLAIN, WORD_STEP_NOTE, right->rule->note->in[language]);
    for (size_t i = 0; right->standing == STANDING_PASSED && i < right->follow_up_count; i++) {
        if (right->follow_ups[i].known) /* the right was used in time, and goes on from there */
            card_known_follow_up(sheet, 4, &right->follow_ups[i]);
    }
    if (right->standing == STANDING_PASSED && strcmp(right->rule->track, "cdp-levy") == 0)
        sheet_say(sheet, 4, INK_PLAIN, WORD_MAILED_LATER);
    write_counting(sheet, finding, right);
    card_authority(sheet, 4, right);
}

/* What is left after a deadline has passed, so that nobody gives up who need not. */
static void write_still_open(struct sheet *sheet, const struct rights *rights)
{
    struct buffer names;

    buffer_init(&names, LIST_MAX);
    for (size_t i = 0; i < rights->count; i++) {
        const struct right *right = &rights->list[i];
        if (!card_is_way_out(right) || rights_perhaps_open(right)) /* that one is told with its day */
            continue;
        if (names.length > 0)
            buffer_text(&names, "; ");
        buffer_text(&names, words_right(right->rule, sheet->language));
    }
    if (names.length > 0)
        sheet_say(sheet, 2, INK_PLAIN, WORD_STILL_OPEN, names.data);
    else
        sheet_say(sheet, 2, INK_PLAIN, WORD_NOTHING_OPEN);
    sheet_drop(sheet, &names);
}

static void write_on_time(struct sheet *sheet)
{
    sheet_say(sheet, 2, INK_PLAIN, WORD_ON_TIME_MAIL);
    sheet_say(sheet, 2, INK_PLAIN, WORD_ON_TIME_OTHER);
    sheet_say(sheet, 2, INK_PLAIN, WORD_ON_TIME_COPY);
}

static bool has_window(const struct right *right)
{
    const struct clock *clock = right->rule->clock;

    return right->standing != STANDING_NOT_AVAILABLE &&
           (clock->count != NULL || clock->printed != NULL || card_has_other_limit(right));
}

static void write_unknown_day(struct sheet *sheet, const struct right *right)
{
    const char *name = words_right(right->rule, sheet->language);

    if (right->standing == STANDING_NEEDS_DATE)
        sheet_say(sheet, 2, INK_PLAIN, WORD_BY_WHEN_UNKNOWN, name);
    else if (card_has_other_limit(right))
        sheet_say(sheet, 2, INK_PLAIN, WORD_BY_WHEN_OTHER, name);
    else
        sheet_say(sheet, 2, INK_PLAIN, WORD_BY_WHEN_PRINTED, name,
                  words_text(WORD_STEP_PRINTED, sheet->language));
}

void card_by_when(struct sheet *sheet, const struct finding *finding)
{
    const struct rights *rights = &finding->rights;
    bool window = false;
    bool passed = false;
    bool appeal = false;
    bool appeal_window = false; /* a time to appeal that starts with this letter */

    sheet_heading(sheet, WORD_BY_WHEN);
    for (size_t i = 0; i < rights->count; i++) {
        const struct right *right = &rights->list[i];
        if (right->has_deadline)
            write_day(sheet, finding, right);
        else if (has_window(right))
            write_unknown_day(sheet, right);
        window = window || has_window(right);
        passed = passed || right->standing == STANDING_PASSED;
        appeal = appeal || (card_is_appeal(right) && card_usable(right));
        appeal_window = appeal_window ||
                        (card_is_appeal(right) && (right->rule->clock->count != NULL || right->has_deadline));
    }
    if (!window) {
        sheet_say(sheet, 2, INK_PLAIN, WORD_BY_WHEN_NO_WINDOW);
        return;
    }
    if (!appeal_window)
        sheet_say(sheet, 2, INK_PLAIN, WORD_BY_WHEN_NO_APPEAL);
    if (passed)
        write_still_open(sheet, rights);
    if (appeal)
        write_on_time(sheet);
    sheet_say(sheet, 2, INK_PLAIN, WORD_TWO_SENTENCES, words_text(WORD_REMEMBER_RELIEF, sheet->language),
              words_text(WORD_REMEMBER_PAPER, sheet->language));
}
