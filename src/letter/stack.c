/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "letter/stack.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "letter/marks.h"
#include "letter/number.h"

/* A letterhead by its weights in patterns/mail.yaml: the department and the service. */
#define LETTERHEAD 5.0
#define SAME_NUMBER 4.6 /* log 100: two readings may differ that much and still be of one number */
#define LETTERHEAD_LINE 6
#define LETTERHEAD_TOP 0.25F

/* The number behind "Page" at the top or foot, 0 if none is printed. */
static int printed_page(const struct page_text *page)
{
    for (size_t l = 0; l < page->line_count; l++) {
        const struct text_run *line = &page->lines[l];
        for (size_t i = 0; i + 1 < line->count; i++) {
            const char *word = page->words[line->words[i]].text;
            const char *next = page->words[line->words[i + 1]].text;
            if ((strcasecmp(word, "page") == 0 || strcasecmp(word, "página") == 0) &&
                isdigit((unsigned char)next[0]))
                return atoi(next);
        }
    }
    return 0;
}

/* "Department of the Treasury / Internal Revenue Service" as lines of their own at the top, and whom it is to. */
static bool has_letterhead(const struct catalogue *catalogue, const struct page_text *page)
{
    struct sender sender;

    marks_sender(catalogue, page, &sender);
    if (sender.irs < LETTERHEAD || sender.strongest_irs == NULL || sender.irs_mark.box.top > LETTERHEAD_TOP)
        return false;
    for (size_t l = 0; l < page->line_count; l++) {
        const struct text_run *line = &page->lines[l];
        if (box_overlap_y(line->box, sender.irs_mark.box) > 0.5F && box_overlap_x(line->box, sender.irs_mark.box) > 0.5F)
            return line->count <= LETTERHEAD_LINE;
    }
    return false;
}

/* How well the two readings can be of one number: the best listed number for both, against each one's own best. */
static bool same_number(const struct catalogue *catalogue, const struct number_reading *a, const struct number_reading *b)
{
    size_t count;
    const struct notice *notice = catalogue_notices(catalogue, &count);
    double best_a = -INFINITY;
    double best_b = -INFINITY;
    double both = -INFINITY;

    if (strcmp(a->token, b->token) == 0)
        return true;
    for (size_t i = 0; i < count; i++) {
        for (unsigned n = 0; n < notice[i].numbers_count; n++) {
            double fit_a = number_likelihood(catalogue, a, notice[i].numbers[n]);
            double fit_b = number_likelihood(catalogue, b, notice[i].numbers[n]);
            best_a = fmax(best_a, fit_a);
            best_b = fmax(best_b, fit_b);
            both = fmax(both, fit_a + fit_b);
        }
    }
    return both > best_a + best_b - SAME_NUMBER;
}

static bool other_number(const struct catalogue *catalogue, const struct number_reading *known, size_t known_count,
                         const struct number_reading *found, size_t found_count)
{
    bool any = false;
    bool any_known = false;

    for (size_t f = 0; f < found_count; f++) {
        if ((found[f].place != PLACE_HEADER && found[f].place != PLACE_FOOTER) || !number_well_formed(&found[f]))
            continue;
        any = true;
        for (size_t k = 0; k < known_count; k++) {
            if (!number_well_formed(&known[k])) /* a word that was taken for a number fits every number alike */
                continue;
            any_known = true;
            if (same_number(catalogue, &known[k], &found[f]))
                return false;
        }
    }
    return any && any_known;
}

bool stack_is_marked(const struct page_text *page)
{
    struct number_reading found[NUMBER_READINGS_MAX];

    return printed_page(page) > 0 || number_find(page, found, 0) > 0;
}

bool stack_is_insert(const struct catalogue *catalogue, const struct page_text *page)
{
    struct mark where;

    return marks_insert(catalogue, page, &where) != NULL;
}

bool stack_begins_letter(const struct catalogue *catalogue, const struct page_text *letter, size_t count,
                         const struct page_text *page)
{
    struct number_reading known[NUMBER_READINGS_MAX];
    struct number_reading found[NUMBER_READINGS_MAX];
    size_t known_count = 0;

    if (count == 0)
        return true;
    for (size_t i = 0; i < count; i++)
        known_count = number_find(&letter[i], known, known_count);
    size_t found_count = number_find(page, found, 0);
    if (other_number(catalogue, known, known_count, found, found_count))
        return true;
    int printed = printed_page(page);
    if (printed > 1)
        return false;
    struct sender sender;
    marks_sender(catalogue, page, &sender);
    if (sender.enclosure != NULL && found_count == 0)
        return false;
    return printed == 1 || has_letterhead(catalogue, page);
}
