/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The card's rights: steps to take, and what the letter does not give. */
#include <stdio.h>
#include <string.h>

#include "report/card.h"

/* Under 100 rights a notice is no bound that a pattern file will meet; the number is only shown. */
struct step_number {
    char text[12];
};

bool card_usable(const struct right *right)
{
    return (right->standing != STANDING_PASSED || rights_perhaps_open(right)) &&
           right->standing != STANDING_NOT_AVAILABLE;
}

bool card_is_way_out(const struct right *right)
{
    return card_usable(right) && right->rule->clock->kind != KIND_PRACTICE &&
           strcmp(right->rule->track, "passport-warning") != 0;
}

bool card_is_appeal(const struct right *right)
{
    const struct clock *clock = right->rule->clock;

    return right->rule->available != AVAILABLE_NO && (clock->form != NULL || clock->kind == KIND_STATUTORY) &&
           (clock->count != NULL || clock->printed != NULL);
}

/* What has a form or a time of its own is told at length; what only wants attention is told in a breath. */
static bool is_paperwork(const struct clock *clock)
{
    return clock->form != NULL || clock->count != NULL;
}

/* A suit's limit runs from a levy or a certificate, which is no letter of the catalogue. */
bool card_has_other_limit(const struct right *right)
{
    const struct clock *clock = right->rule->clock;

    return clock->printed == NULL && clock->count == NULL && clock->kind == KIND_STATUTORY &&
           strcmp(clock->track, "other") == 0;
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
    case STANDING_PASSED: /* only perhaps, or it were no step */
        sheet_say(sheet, 5, INK_URGENT, WORD_PASSED_SAFE, words_right(right->rule, language),
                  words_date(deadline->day, language).text,
                  words_days_left(deadline->days_left, language).text);
        break;
    case STANDING_NEEDS_DATE: {
        const struct count *count = right->rule->clock->count;
        enum clock_start from = count != NULL ? count->from : START_NOTICE_DATE;
        sheet_say(sheet, 5, INK_URGENT, WORD_STEP_NEEDS_DATE, words_origin(words_start_name(from), language));
        break;
    }
    default:
        if (card_has_other_limit(right))
            sheet_say(sheet, 5, INK_PLAIN, WORD_STEP_OTHER_LIMIT);
        else if (is_paperwork(right->rule->clock)) /* what else is printed is told under "by when" */
            sheet_say(sheet, 5, INK_PLAIN,
                      right->rule->clock->printed != NULL ? WORD_STEP_PRINTED : WORD_STEP_NO_CLOCK);
        break;
    }
}

void card_known_follow_up(struct sheet *sheet, unsigned indent, const struct follow_up_deadline *later)
{
    enum language language = sheet->language;

    sheet_say(sheet, indent, INK_PLAIN,
              later->standing == STANDING_PASSED ? WORD_STEP_LATER_OVER : WORD_STEP_LATER_DATE,
              words_date(later->deadline.day, language).text,
              words_days_left(later->deadline.days_left, language).text, later->follow_up->what.in[language]);
}

static void write_follow_ups(struct sheet *sheet, const struct right *right)
{
    enum language language = sheet->language;

    for (size_t i = 0; i < right->follow_up_count; i++) {
        const struct follow_up_deadline *later = &right->follow_ups[i];
        const char *what = later->follow_up->what.in[language];
        if (later->known)
            card_known_follow_up(sheet, 5, later);
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
    if (clock->form != NULL)
        sheet_say(sheet, 2, INK_HEADING, WORD_STEP_WITH_FORM, text.text, words_right(rule, language),
                  clock->form);
    else
        sheet_say(sheet, 2, INK_HEADING, WORD_STEP, text.text, words_right(rule, language));
    write_standing(sheet, right);
    if (right->has_deadline && right->deadline.safe && clock->count != NULL)
        sheet_say(sheet, 5, INK_PLAIN, WORD_SAFE,
                  words_origin(words_start_name(clock->count->from), language));
    if (right->better_open)
        sheet_say(sheet, 5, INK_PLAIN, WORD_STEP_SECOND_BEST);
    if (rule->condition != NULL)
        sheet_text(sheet, 5, INK_PLAIN, rule->condition->in[language]);
    if (is_paperwork(clock)) {
        sheet_say(sheet, 5, INK_PLAIN, WORD_STEP_HOW, clock->how.in[language]);
        sheet_say(sheet, 5, INK_PLAIN, WORD_STEP_EFFECT, effect->in[language]);
    } else {
        sheet_say(sheet, 5, INK_PLAIN, WORD_TWO_SENTENCES, clock->how.in[language], effect->in[language]);
    }
    if (rule->note != NULL)
        sheet_say(sheet, 5, INK_PLAIN, WORD_STEP_NOTE, rule->note->in[language]);
    write_follow_ups(sheet, right);
    if (!right->has_deadline) /* else it stands with the day */
        card_authority(sheet, 5, right);
}

/* The notice's own advice speaks of the time that it gives. */
static bool advice_is_late(const struct rights *rights)
{
    for (size_t i = 0; i < rights->count; i++) {
        const struct right *right = &rights->list[i];
        if (right->standing == STANDING_PASSED && !rights_perhaps_open(right))
            return true;
    }
    return false;
}

/* Every way to appeal that the letter gave is over. */
static bool all_is_over(const struct rights *rights)
{
    bool any = false;

    for (size_t i = 0; i < rights->count; i++) {
        const struct right *right = &rights->list[i];
        if (!card_is_appeal(right))
            continue;
        if (right->standing != STANDING_PASSED || rights_perhaps_open(right))
            return false;
        any = true;
    }
    return any;
}

/* A second time that the law gives after the first one. */
static void write_second_times(struct sheet *sheet, const struct rights *rights)
{
    for (size_t i = 0; i < rights->count; i++) {
        const struct right *right = &rights->list[i];
        if (right->standing == STANDING_PASSED && right->rule->clock->afterwards != NULL)
            sheet_say(sheet, 2, INK_PLAIN, WORD_BULLET, right->rule->clock->afterwards->in[sheet->language]);
    }
}

static bool any_way_out(const struct rights *rights)
{
    for (size_t i = 0; i < rights->count; i++) {
        if (card_is_way_out(&rights->list[i]))
            return true;
    }
    return false;
}

static void write_next(struct sheet *sheet, const struct finding *finding)
{
    if (!advice_is_late(&finding->rights)) {
        sheet_text(sheet, 2, INK_PLAIN, finding->notice->next.in[sheet->language]);
        return;
    }
    if (any_way_out(&finding->rights))
        sheet_say(sheet, 2, INK_PLAIN, WORD_TWO_SENTENCES, words_text(WORD_TO_DO_LATE, sheet->language),
                  words_text(WORD_TO_DO_LEFT, sheet->language));
    else
        sheet_say(sheet, 2, INK_PLAIN, WORD_TO_DO_LATE);
    write_second_times(sheet, &finding->rights);
    if (all_is_over(&finding->rights)) {
        sheet_say(sheet, 2, INK_PLAIN, WORD_LEFT_PAY);
        sheet_say(sheet, 2, INK_PLAIN, WORD_LEFT_AUDIT);
        sheet_say(sheet, 2, INK_PLAIN, WORD_LEFT_ADVOCATE);
    }
}

/* A day on which the IRS may act is no step: it stands in the card's first lines and under "by when". */
static bool is_step(const struct right *right)
{
    return card_usable(right) && right->rule->clock->kind != KIND_PRACTICE;
}

void card_steps(struct sheet *sheet, const struct finding *finding)
{
    unsigned number = 0;

    sheet_heading(sheet, WORD_TO_DO);
    write_next(sheet, finding);
    for (size_t i = 0; i < finding->rights.count; i++) {
        if (is_step(&finding->rights.list[i])) {
            sheet_blank(sheet);
            write_step(sheet, &finding->rights.list[i], ++number);
        }
    }
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
