/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/card.h"

#include <stdio.h>
#include <string.h>

enum {
    PAGES_TEXT_MAX = 1 << 14, /* bytes for a list of page numbers */
    URGENT_DAYS = 7,          /* a week left is shown in the colour of alarm */
};

/* "1-4" or "1, 3, 7-9". */
static void pages_text(struct buffer *out, const struct letter *letter)
{
    size_t i = 0;

    while (i < letter->page_count) {
        size_t last = i;
        while (last + 1 < letter->page_count && letter->pages[last + 1] == letter->pages[last] + 1)
            last++;
        buffer_printf(out, i == 0 ? "%u" : ", %u", letter->pages[i]);
        if (last > i)
            buffer_printf(out, "-%u", letter->pages[last]);
        i = last + 1;
    }
}

static void write_source(struct sheet *sheet, const struct letter *letter, const char *file)
{
    struct buffer name;
    struct buffer pages;

    buffer_init(&name, PAGES_TEXT_MAX);
    buffer_init(&pages, PAGES_TEXT_MAX);
    sheet_escape(&name, file);
    if (letter != NULL && letter->page_count > 0) {
        pages_text(&pages, letter);
        if (pages.data != NULL && name.data != NULL)
            sheet_say(sheet, 0, INK_PLAIN, letter->page_count == 1 ? WORD_SOURCE_PAGE : WORD_SOURCE_PAGES,
                      name.data, pages.data);
    } else if (name.data != NULL) {
        sheet_text(sheet, 0, INK_PLAIN, name.data);
    }
    sheet_drop(sheet, &name);
    sheet_drop(sheet, &pages);
}

static bool has_standing(const struct rights *rights, enum standing standing)
{
    for (size_t i = 0; i < rights->count; i++) {
        if (rights->list[i].standing == standing)
            return true;
    }
    return false;
}

/* What is at the top must not hide that a better way is over, or that something may happen any day. */
static void write_over(struct sheet *sheet, const struct rights *rights)
{
    enum language language = sheet->language;

    for (size_t i = 0; i < rights->count; i++) {
        const struct right *right = &rights->list[i];
        if (right->standing == STANDING_PASSED && !rights_perhaps_open(right))
            sheet_say(sheet, 2, INK_PLAIN, card_passed_word(right, WORD_ACT_BY_OVER),
                      words_right(right->rule, language), words_date(right->deadline.day, language).text,
                      words_days_left(right->deadline.days_left, language).text);
    }
}

/* A safe day that has gone by, while the real last day may be today: it comes before a later deadline that is
 * sure. */
static bool write_doubtful(struct sheet *sheet, const struct rights *rights)
{
    enum language language = sheet->language;
    bool any = false;

    for (size_t i = 0; i < rights->count; i++) {
        const struct right *right = &rights->list[i];
        if (!rights_perhaps_open(right))
            continue;
        if (!any)
            sheet_say(sheet, 0, INK_URGENT, WORD_ACT_TODAY);
        any = true;
        sheet_say(sheet, 2, INK_PLAIN, WORD_PASSED_SAFE, words_right(right->rule, language),
                  words_date(right->deadline.day, language).text,
                  words_days_left(right->deadline.days_left, language).text);
    }
    return any;
}

/* What is left to do when the time is over, of a right that has passed; NULL where the law gives no second
 * time. */
static const struct text *second_time(const struct rights *rights)
{
    const struct text *afterwards = NULL;

    for (size_t i = 0; i < rights->count; i++) {
        const struct right *right = &rights->list[i];
        if (right->standing == STANDING_PASSED && right->rule->clock->afterwards != NULL)
            afterwards = right->rule->clock->afterwards;
    }
    return afterwards;
}

/* All that was counted is over. That is not all where the law gives a second time, or where a real last day
 * may be later than the safe one (`doubtful`, told before). */
static void write_all_over(struct sheet *sheet, const struct rights *rights, bool doubtful)
{
    const struct text *afterwards = second_time(rights);

    if (afterwards != NULL) {
        sheet_say(sheet, 0, INK_URGENT, WORD_MAYBE_SECOND);
        sheet_text(sheet, 2, INK_PLAIN, afterwards->in[sheet->language]);
    } else if (!doubtful) {
        sheet_say(sheet, 0, INK_HEADING, WORD_NO_DEADLINE);
        sheet_say(sheet, 2, INK_PLAIN, WORD_NO_DEADLINE_PASSED);
    }
    write_over(sheet, rights);
}

static void write_act_by(struct sheet *sheet, const struct finding *finding)
{
    const struct right *right = finding->rights.act_by;
    const struct deadline *deadline = &right->deadline;
    enum language language = sheet->language;
    enum word what = right->rule->clock->kind == KIND_PRACTICE         ? WORD_ACT_BY_WARNING
                     : right->rule->available == AVAILABLE_CONDITIONAL ? WORD_ACT_BY_FOR_IF
                                                                       : WORD_ACT_BY_FOR;

    sheet_say(sheet, 0, deadline->days_left <= URGENT_DAYS ? INK_URGENT : INK_HEADING, WORD_ACT_BY,
              words_date(deadline->day, language).text, words_days_left(deadline->days_left, language).text);
    sheet_say(sheet, 2, INK_PLAIN, what, words_right(right->rule, language));
    write_over(sheet, &finding->rights);
    if (has_standing(&finding->rights, STANDING_NEEDS_DATE))
        sheet_say(sheet, 2, INK_PLAIN, WORD_SOME_UNKNOWN);
}

static void write_identified(struct sheet *sheet, const struct finding *finding)
{
    bool doubtful = write_doubtful(sheet, &finding->rights);

    if (finding->rights.act_by != NULL) {
        write_act_by(sheet, finding);
    } else if (has_standing(&finding->rights, STANDING_NEEDS_DATE)) {
        sheet_say(sheet, 0, INK_URGENT, WORD_ACT_BY_UNKNOWN);
        if (sheet->paragraph != NULL) /* nobody sits at a shell */
            sheet_say(sheet, 2, INK_PLAIN, WORD_ACT_BY_UNKNOWN_DESK);
        else
            sheet_say(sheet, 2, INK_PLAIN, WORD_ACT_BY_UNKNOWN_WHY, finding->notice->id);
    } else if (has_standing(&finding->rights, STANDING_PASSED)) {
        write_all_over(sheet, &finding->rights, doubtful);
    } else {
        sheet_say(sheet, 0, INK_HEADING, WORD_NO_DEADLINE_HERE);
        sheet_say(sheet, 2, INK_PLAIN, WORD_NO_DEADLINE_HERE_WHY);
    }
}

static void write_maybe(struct sheet *sheet, const struct maybe *maybe)
{
    enum language language = sheet->language;
    const struct right *right = maybe->rights.act_by;

    sheet_say(sheet, 2, INK_PLAIN, WORD_ONLY_IF, maybe->notice->printed, maybe->notice->title.in[language]);
    for (size_t i = 0; i < maybe->rights.count; i++) {
        if (rights_perhaps_open(&maybe->rights.list[i])) {
            sheet_say(sheet, 4, INK_URGENT, WORD_ONLY_IF_DOUBTFUL);
            break;
        }
    }
    if (right != NULL)
        sheet_say(sheet, 4, INK_HEADING,
                  right->rule->clock->kind == KIND_PRACTICE ? WORD_ONLY_IF_WARNING : WORD_ONLY_IF_ACT_BY,
                  words_date(right->deadline.day, language).text,
                  words_days_left(right->deadline.days_left, language).text);
    else if (has_standing(&maybe->rights, STANDING_NEEDS_DATE))
        sheet_say(sheet, 4, INK_HEADING, WORD_ONLY_IF_UNKNOWN);
    else if (second_time(&maybe->rights) != NULL)
        sheet_say(sheet, 4, INK_HEADING, WORD_ONLY_IF_SECOND);
    else
        sheet_say(sheet, 4, INK_PLAIN,
                  has_standing(&maybe->rights, STANDING_PASSED) ? WORD_ONLY_IF_PASSED : WORD_ONLY_IF_NONE);
}

/* Candidates of which the catalogue knows no rights. */
static void write_unlisted_maybes(struct sheet *sheet, const struct finding *finding)
{
    const struct letter *letter = finding->letter;

    for (size_t i = 0; i < letter->candidate_count; i++) {
        const char *id = letter->candidates[i].id;
        bool listed = false;
        for (size_t j = 0; j < finding->maybe_count; j++)
            listed = listed || finding->maybes[j].candidate == &letter->candidates[i];
        if (!listed)
            sheet_say(sheet, 2, INK_PLAIN, WORD_ONLY_IF_UNLISTED, id);
    }
}

static void write_review(struct sheet *sheet, const struct finding *finding)
{
    sheet_say(sheet, 0, INK_URGENT, WORD_REVIEW);
    sheet_say(sheet, 2, INK_PLAIN, WORD_REVIEW_WHY);
    if (finding->letter->candidate_count == 0)
        return;
    if (finding->maybe_count > 0 && finding->maybes[0].rights.act_by != NULL)
        sheet_say(sheet, 2, INK_PLAIN, WORD_REVIEW_FIRST);
    sheet_heading(sheet, WORD_CANDIDATES);
    for (size_t i = 0; i < finding->maybe_count; i++)
        write_maybe(sheet, &finding->maybes[i]);
    write_unlisted_maybes(sheet, finding);
}

/* A letter that the program can do nothing about: what kind it is, and what a person should do. */
static void write_other(struct sheet *sheet, const struct letter *letter)
{
    switch (letter->status) {
    case LETTER_IRS_UNLISTED:
        sheet_say(sheet, 0, INK_URGENT, WORD_REVIEW);
        sheet_say(sheet, 2, INK_PLAIN, WORD_UNLISTED_WHY);
        if (letter->printed[0] != '\0') {
            struct buffer number;
            buffer_init(&number, PAGES_TEXT_MAX);
            sheet_escape(&number, letter->printed);
            if (number.data != NULL)
                sheet_say(sheet, 2, INK_PLAIN, WORD_UNLISTED_NUMBER, number.data);
            sheet_drop(sheet, &number);
        }
        break;
    case LETTER_NOT_IRS:
        sheet_say(sheet, 0, INK_HEADING, WORD_NOT_IRS);
        sheet_say(sheet, 2, INK_PLAIN, WORD_NOT_IRS_WHY);
        break;
    case LETTER_BLANK:
        sheet_say(sheet, 0, INK_HEADING, WORD_BLANK);
        sheet_say(sheet, 2, INK_PLAIN, WORD_BLANK_WHY);
        break;
    default:
        sheet_say(sheet, 0, INK_URGENT, WORD_REVIEW);
        sheet_say(sheet, 2, INK_PLAIN, WORD_UNREADABLE_WHY);
        break;
    }
}

static void write_letter(struct sheet *sheet, const struct notice *notice)
{
    enum language language = sheet->language;

    sheet_heading(sheet, WORD_THE_LETTER);
    sheet_say(sheet, 2, INK_PLAIN, WORD_LETTER_NAME, notice->printed, notice->title.in[language]);
    sheet_text(sheet, 2, INK_PLAIN, notice->what.in[language]);
    sheet_heading(sheet, WORD_MEANS);
    sheet_text(sheet, 2, INK_PLAIN, notice->means.in[language]);
    sheet_heading(sheet, WORD_CAME);
    sheet_text(sheet, 2, INK_PLAIN, notice->came.in[language]);
}

static void write_help(struct sheet *sheet)
{
    sheet_heading(sheet, WORD_HELP);
    sheet_say(sheet, 2, INK_PLAIN, WORD_HELP_ADVOCATE);
    sheet_say(sheet, 2, INK_PLAIN, WORD_HELP_CLINICS);
}

static void write_reminders(struct sheet *sheet, bool dates)
{
    sheet_heading(sheet, WORD_REMEMBER);
    if (dates) {
        sheet_say(sheet, 2, INK_PLAIN, WORD_REMEMBER_RELIEF);
        sheet_say(sheet, 2, INK_PLAIN, WORD_REMEMBER_PAPER);
    }
    sheet_say(sheet, 2, INK_PLAIN, WORD_REMEMBER_ADVICE);
}

/* The order is that of the Taxpayer Advocate's six questions, which clinics know: what this is, what it
 * means, how one got here, what to do next, by when, where help is. Only the day to act by comes before them.
 */
static void write_known(struct sheet *sheet, const struct finding *finding)
{
    write_identified(sheet, finding);
    card_warnings(sheet, finding);
    write_letter(sheet, finding->notice);
    card_steps(sheet, finding);
    card_by_when(sheet, finding);
    write_help(sheet);
    card_not_available(sheet, finding);
    card_why(sheet, finding);
    sheet_blank(sheet);
    sheet_say(sheet, 0, INK_PLAIN, WORD_REMEMBER_ADVICE);
}

void card_write(struct sheet *sheet, const struct finding *finding, const char *file)
{
    const struct letter *letter = finding->letter;

    if (file != NULL)
        write_source(sheet, letter, file);
    if (finding->notice != NULL) {
        write_known(sheet, finding);
        return;
    }
    if (letter->status == LETTER_REVIEW)
        write_review(sheet, finding);
    else
        write_other(sheet, letter);
    card_why(sheet, finding);
    card_warnings(sheet, finding);
    if (letter->status == LETTER_REVIEW || letter->status == LETTER_IRS_UNLISTED)
        write_help(sheet);
    if (letter->status != LETTER_BLANK && letter->status != LETTER_NOT_IRS)
        write_reminders(sheet, finding->maybe_count > 0);
}

void card_write_error(struct sheet *sheet, const char *file, const struct error *error)
{
    write_source(sheet, NULL, file);
    sheet_say(sheet, 0, INK_URGENT, WORD_ERROR);
    sheet_text(sheet, 2, INK_PLAIN, error->message);
}
