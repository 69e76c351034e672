/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "worker/draft.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "letter/fields.h"
#include "letter/fit.h"
#include "letter/identify.h"
#include "letter/values.h"

#define DATE_SURE 0.92  /* a notice date that needs no second look: a 0 was taken for a 6 at 0.90 */
#define DAY_SURE 0.85   /* a printed last day: no more is read in search of it */
#define DATE_LEAST 0.82 /* below, digits were found to be wrong: close looks must agree */
#define DATE_VOTED 0.95 /* trust in a date that close looks agreed on */
#define DATE_LOOKED 0.90 /* and in one that only they could read */

enum { NUMBER_LINE = 9 }; /* words: "Letter 3172 (DO) (Rev. 6-2011) Catalog Number 34456F" */

void draft_init(struct draft *draft, const struct catalogue *catalogue)
{
    *draft = (struct draft){.catalogue = catalogue, .all_blank = true};
    letter_init(&draft->letter);
}

void draft_dispose(struct draft *draft)
{
    for (size_t i = 0; i < draft->text_count; i++)
        page_text_dispose(&draft->texts[i]);
    free(draft->texts);
    letter_dispose(&draft->letter);
    *draft = (struct draft){0};
}

int draft_add_text(struct draft *draft, struct page_text *text, struct error *error)
{
    struct page_text *texts = realloc(draft->texts, (draft->text_count + 1) * sizeof *texts);

    if (texts == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "no memory for the text of a page");
    draft->texts = texts;
    draft->texts[draft->text_count++] = *text;
    draft->stale = true;
    *text = (struct page_text){0};
    return 0;
}

int draft_understand(struct draft *d, struct error *error)
{
    d->stale = false;
    if (identify(&d->letter, d->catalogue, d->texts, d->text_count, d->whole, &d->enough, error) != 0)
        return -1;
    d->enough |= d->letter.status == LETTER_IDENTIFIED && strcmp(d->letter.id, d->voted_number) == 0;
    if (fields_find(&d->letter, d->catalogue, d->texts, d->text_count, error) != 0)
        return -1;
    if (d->looked_date.page != 0 && d->letter.fields[FIELD_NOTICE_DATE].count == 0 &&
        letter_add_field(&d->letter, FIELD_NOTICE_DATE, &d->looked_date) != 0)
        return error_set(error, ERROR_OUT_OF_MEMORY, "no memory for a date");
    return 0;
}

const struct notice *draft_notice(const struct draft *draft)
{
    return draft->letter.id[0] != '\0' ? catalogue_find_notice(draft->catalogue, draft->letter.id) : NULL;
}

static const struct field_value *notice_date(const struct draft *draft)
{
    const struct field *field = &draft->letter.fields[FIELD_NOTICE_DATE];

    return field->count > 0 ? field->values : NULL;
}

bool draft_is_settled(const struct draft *draft)
{
    const struct field_value *dated = notice_date(draft);

    return draft->enough && draft->letter.warning_count == 0 && dated != NULL && draft->dissenting_date[0] == '\0' &&
           (dated->confidence >= DATE_SURE || strcmp(draft->voted_date, dated->value) == 0);
}

/* Something is to be filed by then; a day to pay by stands beside the heading or nowhere. */
static bool is_for_a_form(const struct clock *clock)
{
    return clock->kind != KIND_PRACTICE && clock->form != NULL;
}

static bool is_counted_form(const struct clock *clock)
{
    return is_for_a_form(clock) && clock->count != NULL;
}

static bool starts_off_the_letter(const struct clock *clock)
{
    return clock->safe != NULL;
}

/* Where the letter gives the days, and they count from its own date, no date needs to be printed. */
static bool is_told(const struct clock *clock, enum field_told told)
{
    return told == FIELD_PRINTED || (told == FIELD_IN_DAYS && clock->count != NULL && !starts_off_the_letter(clock));
}

static bool is_glimpsed(const struct draft *draft, const struct clock *clock, struct field_value *out)
{
    return field_glimpsed(&draft->letter, draft->catalogue, &draft->texts[0], *clock->printed, out);
}

static bool is_told_on_first_page(const struct draft *draft, const struct clock *clock)
{
    struct field_value day;

    return is_told(clock, field_told(&draft->letter, draft->catalogue, &draft->texts[0], *clock->printed, DAY_SURE)) ||
           (draft->voted_day[0] != '\0' && is_glimpsed(draft, clock, &day) && strcmp(day.value, draft->voted_day) == 0);
}

static bool is_told_anywhere(const struct draft *draft, const struct clock *clock)
{
    const struct field *field = &draft->letter.fields[*clock->printed];
    bool told = field->count > 0 &&
                (field->values->confidence >= DAY_SURE || strcmp(field->values->value, draft->voted_day) == 0 ||
                 fit_day(&draft->letter, draft->catalogue, *clock->printed, field->values->value));

    for (size_t i = 0; i < draft->text_count && !told; i++)
        told = is_told(clock, field_told(&draft->letter, draft->catalogue, &draft->texts[i], *clock->printed, DAY_SURE));
    return told;
}

static bool is_found(const struct draft *draft, const struct clock *clock)
{
    return draft->letter.fields[*clock->printed].count > 0;
}

/* One of the letter's rights has a clock of that kind whose printed day is not known in that way. */
static bool lacks_day(const struct draft *draft, bool (*counts)(const struct clock *clock),
                      bool (*is_known)(const struct draft *draft, const struct clock *clock))
{
    const struct notice *notice = draft_notice(draft);

    for (unsigned i = 0; notice != NULL && i < notice->rights_count; i++) {
        const struct clock *clock = notice->rights[i].clock;
        if (clock != NULL && clock->printed != NULL && counts(clock) && !is_known(draft, clock))
            return true;
    }
    return false;
}

bool draft_wants_deadline(const struct draft *draft)
{
    return lacks_day(draft, is_for_a_form, is_told_anywhere);
}

bool draft_counts_deadline(const struct draft *draft)
{
    return lacks_day(draft, is_counted_form, is_told_anywhere);
}

bool draft_sees_deadline(const struct draft *draft)
{
    return !lacks_day(draft, is_for_a_form, is_told_on_first_page);
}

bool draft_unsure_day(const struct draft *draft, struct field_value *out)
{
    const struct notice *notice = draft_notice(draft);
    bool found = false;

    for (unsigned i = 0; notice != NULL && i < notice->rights_count && !found; i++) {
        const struct clock *clock = notice->rights[i].clock;
        found = clock != NULL && clock->printed != NULL && is_for_a_form(clock) && !is_told_on_first_page(draft, clock) &&
                is_glimpsed(draft, clock, out) && strcmp(out->value, draft->looked_day) != 0;
    }
    return found;
}

bool draft_wants_later_pages(const struct draft *draft)
{
    return identify_lacks_number(&draft->letter) || lacks_day(draft, starts_off_the_letter, is_found);
}

bool draft_lacks_date(const struct draft *draft)
{
    return notice_date(draft) == NULL;
}

bool draft_wants_second_look(const struct draft *draft)
{
    const struct letter *letter = &draft->letter;
    const struct field_value *dated = notice_date(draft);

    if (letter->status != LETTER_IDENTIFIED && letter->status != LETTER_REVIEW)
        return false;
    return dated == NULL || dated->confidence < DATE_SURE || letter_has_warning(letter, "number-unsure") ||
           letter_has_warning(letter, "number-not-read") ||
           letter_has_warning(letter, "two-numbers");
}

const struct field_value *draft_unsure_date(const struct draft *draft, unsigned page)
{
    const struct field_value *dated = notice_date(draft);

    return dated != NULL && dated->confidence < DATE_SURE && dated->page == page ? dated : NULL;
}

const struct evidence *draft_number(const struct draft *draft)
{
    char rule[LETTER_RULE_SIZE];
    const struct letter *letter = &draft->letter;

    snprintf(rule, sizeof rule, "%s/number", letter->id);
    for (size_t i = 0; i < letter->evidence_count; i++) {
        if (letter->evidence[i].page == draft->texts[0].number && strcmp(letter->evidence[i].rule, rule) == 0)
            return &letter->evidence[i];
    }
    return NULL;
}

const struct box *draft_unread_date(const struct draft *draft, unsigned page)
{
    const struct letter *letter = &draft->letter;
    bool unread = letter->status == LETTER_IDENTIFIED && notice_date(draft) == NULL && letter->unread_page == page;

    return unread ? &letter->unread_date : NULL;
}

int draft_date(struct draft *draft, const char *iso, struct error *error)
{
    draft->looked_date = (struct field_value){
        .confidence = DATE_LOOKED, .page = draft->letter.unread_page, .box = draft->letter.unread_date};
    snprintf(draft->looked_date.value, sizeof draft->looked_date.value, "%s", iso);
    return draft_understand(draft, error);
}

bool draft_doubts_number(const struct draft *draft)
{
    const struct letter *letter = &draft->letter;

    return letter->status == LETTER_REVIEW && (letter_has_warning(letter, "number-unsure") ||
                                               letter_has_warning(letter, "two-numbers"));
}

/* The line of the print, as far as any look at it saw it. */
static bool find_line(const struct draft *draft, const struct evidence *print, struct box *out)
{
    bool found = false;

    for (size_t t = 0; t < draft->text_count; t++) {
        const struct text_run *line = draft->texts[t].number == print->page
                                          ? page_text_line_at(&draft->texts[t], print->box, NUMBER_LINE)
                                          : NULL;
        if (line != NULL)
            *out = found ? box_join(*out, line->box) : line->box;
        found |= line != NULL;
    }
    return found;
}

size_t draft_number_lines(const struct draft *draft, struct box lines[DRAFT_NUMBER_LINES])
{
    const struct letter *letter = &draft->letter;
    size_t count = 0;

    for (size_t i = 0; i < letter->evidence_count && count < DRAFT_NUMBER_LINES; i++) {
        const struct evidence *e = &letter->evidence[i];
        bool known = strcmp(e->kind, "number") != 0 || e->page != draft->texts[0].number;
        for (size_t k = 0; k < count; k++)
            known |= box_overlap_x(e->box, lines[k]) > 0.5F && box_overlap_y(e->box, lines[k]) > 0.5F;
        bool found = !known && find_line(draft, e, &lines[count]);
        count += found;
    }
    return count;
}

/* ---- the last word ---- */

static void ask_a_person(struct letter *letter)
{
    if (letter->status == LETTER_IDENTIFIED)
        letter->status = LETTER_REVIEW;
    letter->id[0] = '\0';
}

/* The header of a later page is another print of the notice date: where both are read alike, neither was misread. */
static bool is_printed_again(const struct draft *d, const char *day)
{
    for (size_t i = 0; i < d->text_count; i++) {
        if (d->texts[i].number != d->texts[0].number && stack_shows_date(&d->texts[i], day))
            return true;
    }
    return false;
}

static void doubt_date(struct draft *d)
{
    struct letter *letter = &d->letter;
    struct field_value *dated = letter->fields[FIELD_NOTICE_DATE].values;
    bool unsure = letter_has_warning(letter, "notice-date-unsure");

    if (letter->fields[FIELD_NOTICE_DATE].count > 0) {
        bool misread = value_nearly_equal(d->dissenting_date, dated->value) &&
                       fit_date(letter, d->catalogue, dated->value);
        if (d->dissenting_date[0] != '\0' && !misread) {
            letter_warn(letter, "notice-date-unsure", "the notice date reads %s at one look and %s at another",
                        dated->value, d->dissenting_date);
            unsure = true;
        } else if (dated->confidence < DATE_VOTED &&
                   (strcmp(d->voted_date, dated->value) == 0 || is_printed_again(d, dated->value))) {
            dated->confidence = DATE_VOTED;
        }
        if (dated->confidence < DATE_LEAST) {
            letter_warn(letter, "notice-date-unsure", "the notice date, %s, could not be read surely", dated->value);
            unsure = true;
        }
    }
    if (unsure)
        ask_a_person(letter);
}

static void doubt_pages(struct draft *d)
{
    struct letter *letter = &d->letter;
    const struct field *printed = &letter->fields[FIELD_PAGES_PRINTED];

    if (d->headless) {
        ask_a_person(letter);
        letter_warn(letter, "first-page-missing",
                    "page %u is a later page of a letter whose first page does not stand before it", letter->pages[0]);
    }
    if (d->damaged_page != 0) {
        ask_a_person(letter);
        letter_warn(letter, "page-damaged",
                    "page %u is damaged in the file, so not all of it could be read: scan the letter again", d->damaged_page);
    }
    if (d->doubtful_page != 0) {
        ask_a_person(letter);
        letter_warn(letter, "page-differs",
                    "page %u may be of another letter: its page number, date or taxpayer number does not agree",
                    d->doubtful_page);
    }
    if (d->unproven_page != 0)
        letter_warn(letter, "page-unproven",
                    "page %u shows no date or taxpayer number that agrees: see whether it belongs to this letter",
                    d->unproven_page);
    if (printed->count > 0 && (size_t)atoi(printed->values->value) > letter->page_count)
        letter_warn(letter, "pages-missing", "the letter says it has %s pages, the scan has %zu",
                    printed->values->value, letter->page_count);
}

/* Something was left unread, so the letter may be more than it seems, whatever that is. */
static void doubt_the_rest(struct draft *d)
{
    struct letter *letter = &d->letter;

    if (d->cut_short)
        letter_warn(letter, "reading-cut-short",
                    "a page took too long to read, or holds more than is looked at, so part of it was not read");
    if (!letter_has_warning(letter, "reading-cut-short") || letter->status == LETTER_UNREADABLE)
        return;
    letter->status = LETTER_REVIEW;
    letter->id[0] = '\0';
}

int draft_close(struct draft *d, struct error *error)
{
    struct letter *letter = &d->letter;

    if (d->stale && draft_understand(d, error) != 0)
        return -1;
    doubt_date(d);
    doubt_the_rest(d);
    if (d->coarse && (letter->status == LETTER_IDENTIFIED || letter->status == LETTER_REVIEW)) {
        ask_a_person(letter);
        letter_warn(letter, "scan-too-coarse",
                    "the scan has too few dots an inch to be sure of a digit; scan the paper again at 200 or more");
    }
    doubt_pages(d);
    if (!d->all_blank)
        return 0;
    letter->status = d->damaged_page != 0 ? LETTER_UNREADABLE : d->faint_page != 0 ? LETTER_REVIEW : LETTER_BLANK;
    if (letter->status == LETTER_REVIEW)
        letter_warn(letter, "print-too-faint",
                    "there may be print on page %u that is too faint to be read: scan the paper again, darker", d->faint_page);
    return 0;
}
