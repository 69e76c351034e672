/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "letter/stack.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "letter/marks.h"
#include "letter/number.h"
#include "letter/values.h"

/* A letterhead by its weights in patterns/mail.yaml: the department and the service. */
#define LETTERHEAD 5.0
#define SAME_NUMBER 4.6 /* log 100: two readings may differ that much and still be of one number */
#define LETTERHEAD_LINE 7 /* words: service and department side by side */
#define LETTERHEAD_TOP 0.25F
#define HEADER_LEFT 0.42F
#define HEADER_BOTTOM 0.32F
#define DASHES " -~" /* round a page's number */
#define ADDRESS_TOP 0.10F    /* where the first page says to whom it goes */
#define ADDRESS_BOTTOM 0.33F

enum {
    HEADER_LINE = 10,  /* words, "Notice CP504 December 18, 2025 XXX-XX-9117 Page 2 of 4" */
    PAGE_DIGITS = 2,   /* of a page's number */
    NAME_WORDS = 6,    /* of an addressee */
    NAME_LEAST = 6,    /* letters */
    PRINTS_MAX = 8,    /* dates or taxpayer numbers of one header */
    TOLD_REASONS = 3,  /* of four: a later page's number, and the letter's number, date and taxpayer */
    SPLIT_REASONS = 2, /* it takes two to begin a letter in the middle; one is a doubt */
};

/* "2", "2of4", "20f4" (a zero for the o): the number before the end or the "of"; 0 if the word is no page's number. */
static int page_of(const char *word)
{
    for (size_t digits = strspn(word, "0123456789"); digits > 0; digits--) {
        const char *rest = word + digits;
        bool of = (rest[0] == 'o' || rest[0] == 'O' || rest[0] == '0') && isalpha((unsigned char)rest[1]);
        if (digits > PAGE_DIGITS || (!of && isalnum((unsigned char)rest[0])))
            continue;
        return digits == 1 ? word[0] - '0' : (word[0] - '0') * 10 + word[1] - '0';
    }
    return 0;
}

/* The line that says "Page 2"; NULL if none does. */
static const struct text_run *page_line(const struct page_text *page, int *number)
{
    for (size_t l = 0; l < page->line_count; l++) {
        const struct text_run *line = &page->lines[l];
        for (size_t i = 0; i + 1 < line->count; i++) {
            const char *word = page->words[line->words[i]].text;
            const char *next = page->words[line->words[i + 1]].text;
            int printed = page_of(next);
            if ((strcasecmp(word, "page") == 0 || strcasecmp(word, "página") == 0) && printed > 0) {
                *number = printed;
                return line;
            }
        }
    }
    return NULL;
}

int stack_printed_page(const struct page_text *page)
{
    int number = 0;

    page_line(page, &number);
    return number;
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

/* ---- what is printed on every page of a letter ---- */

/* The values of one shape that a header shows. */
struct prints {
    char text[PRINTS_MAX][VALUE_TEXT_SIZE];
    struct box box[PRINTS_MAX];
    size_t count;
};

/* "by March 3, 2025", "antes del 3 de marzo": a day by which something is to be done, not the letter's. */
static bool is_last_day(const struct page_text *page, const struct text_run *line, size_t word)
{
    static const char *const before[] = {"by", "before", "until", "del", "el"};

    for (size_t i = 0; word > 0 && i < sizeof before / sizeof *before; i++) {
        if (strcasecmp(page->words[line->words[word - 1]].text, before[i]) == 0)
            return true;
    }
    return false;
}

/* Adds the values that stand in the page's header and not in a sentence. */
static void find_prints(struct prints *prints, const struct page_text *page, enum field_shape shape, bool first)
{
    for (size_t l = 0; l < page->line_count; l++) {
        const struct text_run *line = &page->lines[l];
        bool aside = line->box.right < HEADER_LEFT;
        if (line->count > HEADER_LINE || (first && aside) || line->box.bottom > (first ? HEADER_BOTTOM : STACK_RUNNING_BOTTOM))
            continue;
        for (size_t w = 0; w < line->count && prints->count < PRINTS_MAX; w++) {
            struct value value;
            if (!value_find(shape, line->text, line->starts[w], 0, &value) ||
                (shape == SHAPE_DATE && is_last_day(page, line, w)))
                continue;
            if (aside && (value.start > 0 || line->text[value.end] != '\0')) /* a sentence begins at the left too */
                continue;
            prints->box[prints->count] = text_run_box(page, line, value.start, value.end);
            snprintf(prints->text[prints->count++], VALUE_TEXT_SIZE, "%s", value.text);
            while (w + 1 < line->count && line->starts[w + 1] < value.end)
                w++;
        }
    }
}

/* 1: a value of the page is one of the letter's; -1: none is, even misread; 0: nothing to compare, or hard to say. */
static int compare_values(const struct prints *letter, const struct prints *page)
{
    bool near = false;

    for (size_t p = 0; p < page->count; p++) {
        for (size_t l = 0; l < letter->count; l++) {
            if (strcmp(page->text[p], letter->text[l]) == 0)
                return 1;
            near |= value_nearly_equal(page->text[p], letter->text[l]);
        }
    }
    return near || letter->count == 0 || page->count == 0 ? 0 : -1;
}

/* The values that the letter's pages show in their headers. */
static struct prints prints_of(const struct page_text *letter, size_t count, enum field_shape shape)
{
    struct prints known = {0};

    for (size_t i = 0; i < count; i++)
        find_prints(&known, &letter[i], shape, i == 0 || letter[i].second_look);
    return known;
}

static int compare_prints(const struct page_text *letter, size_t count, const struct page_text *page,
                          enum field_shape shape)
{
    struct prints known = prints_of(letter, count, shape);
    struct prints found = {0};

    find_prints(&found, page, shape, false);
    return compare_values(&known, &found);
}

/* 1: the page's number follows those of the later pages before it; -1: it does not; 0: it has none. The first page's own
 * says nothing: where it is not 1 it was misread. */
static int compare_order(const struct page_text *letter, size_t count, const struct page_text *page)
{
    int printed = stack_printed_page(page);
    int last = 0;

    for (size_t i = 0; i < count; i++) {
        int before = letter[i].number == letter[0].number ? 1 : stack_printed_page(&letter[i]);
        last = before > last ? before : last;
    }
    return printed == 0 ? 0 : printed > last ? 1 : -1;
}

static bool shows_same_number(const struct page_text *letter, size_t count, const struct page_text *page)
{
    struct number_reading known[NUMBER_READINGS_MAX];
    struct number_reading found[NUMBER_READINGS_MAX];
    size_t known_count = 0;
    size_t found_count = number_find(page, found, 0);

    for (size_t i = 0; i < count; i++)
        known_count = number_find(&letter[i], known, known_count);
    for (size_t f = 0; f < found_count; f++) {
        for (size_t k = 0; k < known_count; k++) {
            if (strcmp(found[f].token, known[k].token) == 0)
                return true;
        }
    }
    return false;
}

/* A short line without digits at the head of a later page that stands in the first page's address, too: the addressee's name. The
 * IRS's own is in many headers. */
static bool shows_same_name(const struct page_text *letter, const struct page_text *page)
{
    static const char *const own[] = {"revenue", "treasury"};
    bool same = false;

    for (size_t l = 0; l < page->line_count && !same; l++) {
        const struct text_run *line = &page->lines[l];
        if (line->count < 2 || line->count > NAME_WORDS || line->box.bottom > STACK_RUNNING_BOTTOM ||
            strpbrk(line->text, "0123456789") != NULL)
            continue;
        char *name = fold_text(line->text);
        for (size_t k = 0; name != NULL && strlen(name) >= NAME_LEAST && k < letter->line_count && !same; k++) {
            const struct text_run *other = &letter->lines[k];
            char *folded = other->box.top > ADDRESS_TOP && other->box.bottom < ADDRESS_BOTTOM ? fold_text(other->text) : NULL;
            same = folded != NULL && strcmp(name, folded) == 0;
            free(folded);
        }
        for (size_t k = 0; same && k < sizeof own / sizeof *own; k++) {
            char *service = fold_text(own[k]);
            same = service != NULL && strstr(name, service) == NULL; /* without memory nothing is tied */
            free(service);
        }
        free(name);
    }
    return same;
}

/* What a page's header says against the header of the letter before it. */
struct comparison {
    int printed;  /* the page's number, 0 if none is printed */
    int order;
    int date;
    int taxpayer;
};

static struct comparison compare_headers(const struct page_text *letter, size_t count, const struct page_text *page)
{
    return (struct comparison){
        .printed = stack_printed_page(page),
        .order = compare_order(letter, count, page),
        .date = compare_prints(letter, count, page, SHAPE_DATE),
        .taxpayer = compare_prints(letter, count, page, SHAPE_TIN),
    };
}

/* The number that stands alone in a later page's header, "2" or "- 2 -"; 0 if none does. Too little to part letters by,
 * enough beside date and taxpayer. */
static int bare_number(const struct page_text *page)
{
    for (size_t l = 0; l < page->line_count; l++) {
        const struct text_run *line = &page->lines[l];
        const char *text = line->text + strspn(line->text, DASHES);
        size_t digits = strspn(text, "0123456789");
        bool alone = text[digits + strspn(text + digits, DASHES)] == '\0';
        if (line->box.bottom < STACK_RUNNING_BOTTOM && alone && digits > 0 && digits <= PAGE_DIGITS && atoi(text) > 1)
            return atoi(text);
    }
    return 0;
}

bool stack_is_told(const struct page_text *letter, size_t count, const struct page_text *page)
{
    struct comparison c = compare_headers(letter, count, page);
    bool number = shows_same_number(letter, count, page);
    bool later = c.printed > 1;

    /* a letter to somebody else than the taxpayer shows no number to compare with */
    bool taxpayer = c.taxpayer > 0 || (c.taxpayer == 0 && prints_of(letter, count, SHAPE_TIN).count == 0);
    if (!later && c.date > 0 && taxpayer && bare_number(page) > 0)
        return true;
    return (later && (number || c.taxpayer > 0)) || later + number + (c.date > 0) + (c.taxpayer > 0) >= TOLD_REASONS;
}

bool stack_is_numbered(const struct page_text *first, const struct page_text *page)
{
    return bare_number(page) == (int)(page->number - first->number) + 1;
}

bool stack_follows(const struct catalogue *catalogue, const struct page_text *letter, size_t count,
                   const struct page_text *page)
{
    struct comparison c = compare_headers(letter, count, page);
    bool in_order = c.printed > 1 && c.order > 0;
    bool in_place = c.printed == 0 && stack_is_numbered(&letter[0], page) && !has_letterhead(catalogue, page);

    return (in_order || in_place) && c.date >= 0 && c.taxpayer >= 0;
}

bool stack_shows_date(const struct page_text *page, const char *day)
{
    struct prints found = {0};

    find_prints(&found, page, SHAPE_DATE, false);
    for (size_t i = 0; i < found.count; i++) {
        if (strcmp(found.text[i], day) == 0)
            return true;
    }
    return false;
}

size_t stack_prints(const struct page_text *page, struct box prints[STACK_PRINTS_MAX])
{
    struct number_reading numbers[NUMBER_READINGS_MAX];
    struct prints found = {0};
    size_t number_count = number_find(page, numbers, 0);
    size_t count = 0;
    int printed;
    const struct text_run *line = page_line(page, &printed);

    find_prints(&found, page, SHAPE_DATE, true);
    find_prints(&found, page, SHAPE_TIN, true);
    if (line != NULL)
        prints[count++] = line->box;
    for (size_t i = 0; i < number_count && count < STACK_PRINTS_MAX; i++)
        prints[count++] = numbers[i].box;
    for (size_t i = 0; i < found.count && count < STACK_PRINTS_MAX; i++)
        prints[count++] = found.box[i];
    return count;
}

bool stack_is_insert(const struct catalogue *catalogue, const struct page_text *page)
{
    struct mark where;

    return marks_insert(catalogue, page, &where) != NULL;
}

bool stack_is_marked(const struct page_text *page)
{
    struct number_reading found[NUMBER_READINGS_MAX];

    return stack_printed_page(page) > 0 || number_find(page, found, 0) > 0;
}

enum stack_place stack_place(const struct catalogue *catalogue, const struct page_text *letter, size_t count,
                             const struct page_text *page)
{
    struct number_reading known[NUMBER_READINGS_MAX];
    struct number_reading found[NUMBER_READINGS_MAX];
    size_t known_count = 0;
    struct sender sender;

    if (count == 0)
        return STACK_BEGINS;
    for (size_t i = 0; i < count; i++)
        known_count = number_find(&letter[i], known, known_count);
    size_t found_count = number_find(page, found, 0);
    if (other_number(catalogue, known, known_count, found, found_count))
        return STACK_BEGINS;
    struct comparison c = compare_headers(letter, count, page);
    int against = (c.order < 0) + (c.date < 0) + (c.taxpayer < 0);
    if (c.printed == 1 || against >= SPLIT_REASONS)
        return STACK_BEGINS;
    if (c.printed == 0) {
        marks_sender(catalogue, page, &sender);
        bool enclosure = sender.enclosure != NULL && found_count == 0;
        return !enclosure && has_letterhead(catalogue, page) ? STACK_BEGINS : STACK_FOLLOWS;
    }
    if (against > 0)
        return STACK_DOUBTFUL;
    bool tied = c.date != 0 || c.taxpayer != 0 || shows_same_name(&letter[0], page);
    return found_count > 0 && !tied ? STACK_UNPROVEN : STACK_FOLLOWS;
}
