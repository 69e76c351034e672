/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The card's rights: steps to take, deadlines gone by, and what the letter does not give. */
#include <stdio.h>
#include <string.h>

#include "report/card.h"

enum {
    LIST_MAX = 1 << 12, /* bytes for the names of the rights still open */
    SAFE_DOUBT_DAYS =
        60, /* a lien is filed 30 days after its letter at the latest, and a real last day may roll */
};

/* Under 100 rights a notice is no bound that a pattern file will meet; the number is only shown. */
struct step_number {
    char text[12];
};

static bool usable(const struct right *right)
{
    return right->standing != STANDING_PASSED && right->standing != STANDING_NOT_AVAILABLE;
}

/* A suit's limit runs from a levy or a certificate, which is no letter of the catalogue. */
static enum word word_without_day(const struct right *right)
{
    const struct clock *clock = right->rule->clock;

    if (clock->printed != NULL)
        return WORD_STEP_PRINTED;
    return clock->kind == KIND_STATUTORY && strcmp(clock->track, "other") == 0 ? WORD_STEP_OTHER_LIMIT
                                                                               : WORD_STEP_NO_CLOCK;
}

static void write_standing(struct sheet *sheet, const struct right *right)
{
    enum language language = sheet->language;
    const struct deadline *deadline = &right->deadline;
    bool warning = right->rule->clock->kind == KIND_PRACTICE;

    switch (right->standing) {
    case STANDING_OPEN:
        sheet_say(sheet, 5, INK_HEADING, warning ? WORD_STEP_WARNING : WORD_STEP_OPEN,
                  words_date(deadline->day, language).text,
                  words_days_left(deadline->days_left, language).text);
        break;
    case STANDING_LAST_DAY:
        if (warning)
            sheet_say(sheet, 5, INK_HEADING, WORD_STEP_WARNING, words_date(deadline->day, language).text,
                      words_days_left(0, language).text);
        else
            sheet_say(sheet, 5, INK_URGENT, WORD_STEP_LAST_DAY, words_date(deadline->day, language).text);
        break;
    case STANDING_NEEDS_DATE: {
        const struct count *count = right->rule->clock->count;
        enum clock_start from = count != NULL ? count->from : START_NOTICE_DATE;
        sheet_say(sheet, 5, INK_URGENT, WORD_STEP_NEEDS_DATE, words_origin(words_start_name(from), language));
        break;
    }
    default:
        sheet_say(sheet, 5, INK_PLAIN, word_without_day(right));
        break;
    }
}

static void write_known_follow_up(struct sheet *sheet, const struct follow_up_deadline *later)
{
    enum language language = sheet->language;

    sheet_say(sheet, 5, INK_PLAIN, WORD_STEP_LATER_DATE, words_date(later->deadline.day, language).text,
              words_days_left(later->deadline.days_left, language).text, later->follow_up->what.in[language]);
}

static void write_follow_ups(struct sheet *sheet, const struct right *right)
{
    enum language language = sheet->language;

    for (size_t i = 0; i < right->follow_up_count; i++) {
        const struct follow_up_deadline *later = &right->follow_ups[i];
        const char *what = later->follow_up->what.in[language];
        if (later->known)
            write_known_follow_up(sheet, later);
        else
            sheet_say(sheet, 5, INK_PLAIN, WORD_STEP_LATER,
                      words_period(&later->follow_up->count.period, language).text,
                      words_origin(words_start_name(later->follow_up->count.from), language), what);
    }
}

static void write_step(struct sheet *sheet, const struct right *right, unsigned number)
{
    enum language language = sheet->language;
    const struct notice_right *rule = right->rule;
    const struct clock *clock = rule->clock;
    const struct text *effect = rule->effect != NULL ? rule->effect : &clock->effect;
    struct step_number text;

    snprintf(text.text, sizeof text.text, "%u", number);
    sheet_say(sheet, 2, INK_HEADING, WORD_STEP, text.text, words_right(rule, language));
    write_standing(sheet, right);
    if (right->has_deadline && right->deadline.safe && clock->count != NULL)
        sheet_say(sheet, 5, INK_PLAIN, WORD_SAFE,
                  words_origin(words_start_name(clock->count->from), language));
    if (right->better_open)
        sheet_say(sheet, 5, INK_PLAIN, WORD_STEP_SECOND_BEST);
    if (rule->condition != NULL)
        sheet_text(sheet, 5, INK_PLAIN, rule->condition->in[language]);
    if (clock->form != NULL)
        sheet_say(sheet, 5, INK_PLAIN, WORD_STEP_FORM, clock->form);
    sheet_say(sheet, 5, INK_PLAIN, WORD_STEP_HOW, clock->how.in[language]);
    sheet_say(sheet, 5, INK_PLAIN, WORD_STEP_EFFECT, effect->in[language]);
    if (rule->note != NULL)
        sheet_say(sheet, 5, INK_PLAIN, WORD_STEP_NOTE, rule->note->in[language]);
    write_follow_ups(sheet, right);
}

/* The notice's own advice speaks of the time that it gives. */
static bool advice_is_late(const struct rights *rights)
{
    for (size_t i = 0; i < rights->count; i++) {
        const struct right *right = &rights->list[i];
        if (right->standing == STANDING_PASSED && card_passed_word(right, WORD_PASSED) != WORD_PASSED_SAFE)
            return true;
    }
    return false;
}

void card_steps(struct sheet *sheet, const struct finding *finding)
{
    unsigned number = 0;

    sheet_heading(sheet, WORD_TO_DO);
    if (advice_is_late(&finding->rights))
        sheet_say(sheet, 2, INK_PLAIN, WORD_TO_DO_LATE);
    else
        sheet_text(sheet, 2, INK_PLAIN, finding->notice->next.in[sheet->language]);
    for (size_t i = 0; i < finding->rights.count; i++) {
        if (usable(&finding->rights.list[i])) {
            sheet_blank(sheet);
            write_step(sheet, &finding->rights.list[i], ++number);
        }
    }
}

/* What is left after a deadline has passed, so that nobody gives up who need not. */
static void write_still_open(struct sheet *sheet, const struct rights *rights)
{
    struct buffer names;

    buffer_init(&names, LIST_MAX);
    for (size_t i = 0; i < rights->count; i++) {
        const struct right *right = &rights->list[i];
        if (!usable(right) || right->rule->clock->kind == KIND_PRACTICE ||
            strcmp(right->rule->track, "passport-warning") == 0) /* a threat, not a way out */
            continue;
        if (names.length > 0)
            buffer_text(&names, "; ");
        buffer_text(&names, words_right(right->rule, sheet->language));
    }
    if (names.length > 0)
        sheet_say(sheet, 2, INK_PLAIN, WORD_STILL_OPEN, names.data);
    else
        sheet_say(sheet, 2, INK_PLAIN, WORD_NOTHING_OPEN);
    buffer_dispose(&names);
}

enum word card_passed_word(const struct right *right, enum word ended)
{
    if (right->rule->clock->kind == KIND_PRACTICE) /* something may happen from then on; no right has ended */
        return WORD_SINCE;
    return right->deadline.safe && -right->deadline.days_left <= SAFE_DOUBT_DAYS ? WORD_PASSED_SAFE : ended;
}

void card_passed(struct sheet *sheet, const struct finding *finding)
{
    enum language language = sheet->language;
    bool any = false;

    for (size_t i = 0; i < finding->rights.count; i++) {
        const struct right *right = &finding->rights.list[i];
        if (right->standing != STANDING_PASSED)
            continue;
        if (!any)
            sheet_heading(sheet, WORD_OTHER_DATES);
        any = true;
        sheet_say(sheet, 2, INK_PLAIN, card_passed_word(right, WORD_PASSED),
                  words_right(right->rule, language), words_date(right->deadline.day, language).text,
                  words_days_left(right->deadline.days_left, language).text);
        for (size_t later = 0; later < right->follow_up_count; later++) {
            if (right->follow_ups[later].known) /* it was used in time, and goes on from there */
                write_known_follow_up(sheet, &right->follow_ups[later]);
        }
        if (right->rule->note != NULL) /* it may tell of a second window, or of the notice that comes next */
            sheet_say(sheet, 4, INK_PLAIN, WORD_STEP_NOTE, right->rule->note->in[language]);
    }
    if (any)
        write_still_open(sheet, &finding->rights);
}

void card_not_available(struct sheet *sheet, const struct finding *finding)
{
    enum language language = sheet->language;
    bool any = false;

    for (size_t i = 0; i < finding->rights.count; i++) {
        const struct right *right = &finding->rights.list[i];
        if (right->standing != STANDING_NOT_AVAILABLE)
            continue;
        if (!any)
            sheet_heading(sheet, WORD_NOT_AVAILABLE);
        any = true;
        const char *name = words_right(right->rule, language);
        if (right->rule->note != NULL)
            sheet_say(sheet, 2, INK_PLAIN, WORD_NO_RIGHT_BECAUSE, name, right->rule->note->in[language]);
        else
            sheet_say(sheet, 2, INK_PLAIN, WORD_NO_RIGHT, name);
    }
}
