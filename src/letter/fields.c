/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "letter/fields.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue/regex.h"
#include "letter/fit.h"
#include "letter/stack.h"
#include "letter/values.h"

/* Zones of the upright page. */
#define HEADER_BOTTOM 0.36F
#define STUB_TOP 0.60F
#define RIM 0.022F            /* where a fax machine prints its line */

#define BELOW_GAP 1.8F      /* line heights between a label and the value under it */
#define STAMP_REACH 0.05F   /* of the page's height: a date this near under the word RECEIVED is the stamp's */
#define YEAR_FIRST "1980"   /* of a notice date */
#define YEAR_LAST "2059"
#define REPAIRED 0.6        /* trust in a value in which a character was mended */
#define CLEAR 0.85          /* a print that is read this surely ... */
#define BLURRED 0.4         /* ... is not put in doubt by one that is read as badly as this */
#define ANOTHER_PRINT 0.9   /* share of the doubt that the same value printed elsewhere takes away, if read surely */
#define FITTING 0.95        /* trust in a notice date that the printed deadline bears out */
#define ANOTHER_LOOK 0.5    /* and a second look at the same print, which shares its damage */

enum {
    SLACK = 6,              /* bytes of noise between a label and its value */
    WORD_LEAST = 3,         /* letters and digits of a line that is no noise */
    VALUE_LEAST = 5,        /* of what is left of a date: "1/5/2025" has six */
    VALUE_MOST = 24,        /* and of a longer text that is none: "27deseptiembredelano2025" */
    FINDS_MAX = 24,         /* values of one field that are compared */
};

/* One value where it stands. */
struct find {
    struct field_value value;
    size_t label;           /* index of its label: the best is 0 */
    bool second_look;
};

struct finds {
    struct find list[FINDS_MAX];
    size_t count;
    struct box unread;      /* what stands by a label, but reads like no value */
    unsigned unread_page;   /* 0: nothing */
    bool more;              /* there are values that were not looked at: a bound was hit */
    char impossible[VALUE_TEXT_SIZE]; /* what is printed where a date should stand, but is none; "" if nothing was */
};

/* ---- one value ---- */

/* The stamp of the day on which the clinic received the letter. */
static bool under_stamp(const struct page_text *page, struct box box)
{
    for (size_t i = 0; i < page->word_count; i++) {
        const struct ocr_word *word = &page->words[i];
        bool begins = strncasecmp(word->text, "rece", 4) == 0 || strncasecmp(word->text, "reci", 4) == 0;
        char *folded = begins ? fold_text(word->text) : NULL;
        /* without memory to look closer it counts as one: a date too few is told, a wrong one is not */
        bool stamp = begins && (folded == NULL || strcmp(folded, "recelved") == 0 || strcmp(folded, "reclbldo") == 0);
        free(folded);
        if (stamp && box_overlap_x(word->box, box) > 0 && box.top > word->box.top &&
            box.top - word->box.bottom < STAMP_REACH)
            return true;
    }
    return false;
}

/* The value says the same as one that is kept. */
static bool is_kept(const struct finds *finds, const char *value)
{
    for (size_t i = 0; i < finds->count; i++) {
        if (strcmp(finds->list[i].value.value, value) == 0)
            return true;
    }
    return false;
}

static void keep(struct finds *finds, const struct page_text *page, const struct text_run *run,
                 const struct value *value, size_t label, enum field_shape shape)
{
    struct box box = text_run_box(page, run, value->start, value->end);

    if (shape == SHAPE_DATE && under_stamp(page, box))
        return;
    if (finds->count >= FINDS_MAX) {
        finds->more |= !is_kept(finds, value->text);
        return;
    }
    struct find *find = &finds->list[finds->count];
    *find = (struct find){.label = label, .second_look = page->second_look, .value = {.page = page->number, .box = box}};
    snprintf(find->value.value, sizeof find->value.value, "%s", value->text);
    find->value.confidence = text_run_confidence(page, run, value->start, value->end);
    if (value->repaired)
        find->value.confidence *= REPAIRED;
    for (size_t i = 0; i < finds->count; i++) { /* the same print, found by another label */
        if (finds->list[i].value.page == page->number && finds->list[i].second_look == page->second_look &&
            box_overlap_x(finds->list[i].value.box, box) > 0.5F &&
            box_overlap_y(finds->list[i].value.box, box) > 0.5F)
            return;
    }
    finds->count++;
}

/* A list of periods goes on after a comma or "and". */
static void keep_list(struct finds *finds, const struct page_text *page, const struct text_run *run,
                      const struct value *first, size_t label, enum field_shape shape)
{
    struct value value = *first;

    keep(finds, page, run, &value, label, shape);
    while (shape == SHAPE_PERIOD) {
        size_t at = value.end;
        at += strspn(run->text + at, " ,;&");
        if (strncasecmp(run->text + at, "and ", 4) == 0)
            at += 4;
        if (at == value.end || !value_find(shape, run->text, at, 0, &value))
            return;
        keep(finds, page, run, &value, label, shape);
    }
}

/* "February 31, 2026" is no date, but it says why there is none. */
static void note_impossible(struct finds *finds, const char *text, const struct value *value)
{
    size_t length = value->end - value->start;

    if (value->impossible && finds->impossible[0] == '\0' && length < sizeof finds->impossible)
        snprintf(finds->impossible, sizeof finds->impossible, "%.*s", (int)length, text + value->start);
}

static size_t letters_of(const char *text)
{
    size_t letters = 0;

    for (; *text != '\0'; text++)
        letters += isalnum((unsigned char)*text) != 0;
    return letters;
}

/* The first place is remembered: the best label's. */
static void note_unread(struct finds *finds, const struct page_text *page, struct box box)
{
    if (finds->unread_page != 0)
        return;
    finds->unread = box;
    finds->unread_page = page->number;
}

/* Words that stand between a label and what is under it: the label of something else, or a value that could not be read. */
static bool says_something(const struct text_run *line)
{
    return letters_of(line->text) >= WORD_LEAST;
}

/* The line right under a label, if it begins with a value of that shape. A value that stands under another line is another's. */
static const struct text_run *value_below(struct finds *finds, const struct page_text *page, struct box label,
                                          enum field_shape shape, struct value *out)
{
    const struct text_run *nearest = NULL;
    float height = box_height(label);

    for (size_t i = 0; i < page->line_count; i++) {
        const struct text_run *line = &page->lines[i];
        float gap = line->box.top - label.bottom;
        if (gap < -0.3F * height || gap > BELOW_GAP * height || line->box.top <= label.top ||
            box_overlap_x(line->box, label) < 0.2F || !says_something(line) ||
            (nearest != NULL && line->box.top >= nearest->box.top))
            continue;
        nearest = line;
    }
    if (nearest == NULL || value_find(shape, nearest->text, 0, SLACK, out))
        return nearest;
    note_impossible(finds, nearest->text, out);
    note_unread(finds, page, nearest->box);
    return NULL;
}

/* ---- one label ---- */

static void find_in_run(struct finds *finds, const struct page_text *page, const struct text_run *run,
                        const struct field_rule *rule, size_t label)
{
    const struct field_label *l = &rule->labels[label];
    size_t length = strlen(run->text);
    struct regex_match match;
    struct value value;
    int found = 1;

    for (size_t from = 0; from < length && (found = regex_find(l->code, run->text, length, from, &match)) == 1;
         from = match.end[0] > from ? match.end[0] : from + 1) {
        if (value_find(rule->shape, run->text, match.end[0], SLACK, &value)) {
            keep_list(finds, page, run, &value, label, rule->shape);
            continue;
        }
        note_impossible(finds, run->text, &value);
        size_t rest = letters_of(run->text + match.end[0]);
        if (rest >= VALUE_LEAST && rest <= VALUE_MOST)
            note_unread(finds, page, text_run_box(page, run, match.end[0], length));
        if (l->below) {
            const struct text_run *below =
                value_below(finds, page, text_run_box(page, run, match.start[0], match.end[0]), rule->shape, &value);
            if (below != NULL)
                keep_list(finds, page, below, &value, label, rule->shape);
        }
    }
    finds->more |= found < 0;
}

static bool in_zone(enum field_zone zone, struct box box)
{
    return zone == ZONE_ANY || (zone == ZONE_HEADER && box.top < HEADER_BOTTOM) ||
           (zone == ZONE_STUB && box.top > STUB_TOP) || zone == ZONE_BODY;
}

/* Rows hold a label and its value in one table line; lines keep a column to itself; paragraphs join a sentence. */
static void find_by_label(struct finds *finds, const struct page_text *page, const struct field_rule *rule,
                          size_t label)
{
    enum field_zone zone = rule->labels[label].zone;

    for (size_t i = 0; zone != ZONE_BODY && i < page->line_count; i++) {
        if (in_zone(zone, page->lines[i].box))
            find_in_run(finds, page, &page->lines[i], rule, label);
    }
    for (size_t i = 0; zone != ZONE_BODY && i < page->row_count; i++) {
        if (in_zone(zone, page->rows[i].box))
            find_in_run(finds, page, &page->rows[i], rule, label);
    }
    for (size_t i = 0; (zone == ZONE_BODY || zone == ZONE_ANY) && i < page->paragraph_count; i++)
        find_in_run(finds, page, &page->paragraphs[i], rule, label);
}

/* ---- a later page's header ---- */

/* Something else stands at the height of the line: a header is a row, a stamp is not. */
static bool is_in_a_row(const struct page_text *page, const struct text_run *line)
{
    for (size_t r = 0; r < page->row_count; r++) {
        const struct text_run *row = &page->rows[r];
        if (row->count > line->count && box_overlap_y(row->box, line->box) > 0.5F &&
            box_overlap_x(row->box, line->box) > 0.5F)
            return true;
    }
    return false;
}

/* Dates that stand alone in the headers of later pages, which repeat the letter's number and its date. */
static void find_running_dates(struct finds *finds, const struct page_text *pages, size_t count)
{
    for (size_t p = 1; p < count; p++) {
        const struct page_text *page = &pages[p];
        if (page->number == pages[0].number || (!stack_is_marked(page) && !stack_is_numbered(&pages[0], page)))
            continue;
        for (size_t l = 0; l < page->line_count; l++) {
            const struct text_run *line = &page->lines[l];
            struct value value;
            if (line->box.top > RIM && line->box.bottom < STACK_RUNNING_BOTTOM && is_in_a_row(page, line) &&
                value_find(SHAPE_DATE, line->text, 0, 0, &value) && line->text[value.end] == '\0')
                keep(finds, page, line, &value, 0, SHAPE_DATE);
        }
    }
}

/* ---- one field ---- */

/* The same value; "2023" and "2023-12-31" name one period. */
static bool same(const struct find *a, const struct find *b)
{
    size_t one = strlen(a->value.value);
    size_t other = strlen(b->value.value);

    if (one == 4 || other == 4)
        return strncmp(a->value.value, b->value.value, 4) == 0;
    return strcmp(a->value.value, b->value.value) == 0;
}

/* Every print that says the same makes the first surer. */
static void confirm(struct finds *finds)
{
    struct find *first = &finds->list[0];

    for (size_t i = 1; i < finds->count; i++) {
        double weight = finds->list[i].second_look ? ANOTHER_LOOK : ANOTHER_PRINT;
        if (same(first, &finds->list[i]))
            first->value.confidence += (1 - first->value.confidence) * weight * finds->list[i].value.confidence;
    }
}

/* Two prints of the notice date that say two days put it in doubt. */
static bool is_disputed(const struct finds *dates, const struct find *other, bool fits)
{
    const struct field_value *first = &dates->list[0].value;
    bool clearer = first->confidence >= CLEAR && other->value.confidence < BLURRED;

    return !same(&dates->list[0], other) && !clearer && !(fits && value_nearly_equal(first->value, other->value.value));
}

/* How sure the notice date is, when all else that the letter prints is known. */
static void weigh_notice_date(struct letter *letter, const struct catalogue *catalogue, const struct finds *dates)
{
    struct field_value *dated = letter->fields[FIELD_NOTICE_DATE].values;
    bool fits = dates->count > 0 && fit_date(letter, catalogue, dated->value);

    if (fits && dated->confidence < FITTING)
        dated->confidence = FITTING;
    for (size_t i = 1; i < dates->count; i++) {
        if (!is_disputed(dates, &dates->list[i], fits))
            continue;
        letter_warn(letter, "notice-date-unsure", "the notice date reads %s in one place and %s in another", dated->value,
                    dates->list[i].value.value);
        dated->confidence /= 2;
        return;
    }
}

/* An insert can move the last day to ask for a hearing, and a digit can be misread: the earlier day is the one to keep,
 * the last one is kept beside it. */
static int keep_earliest(struct letter *letter, struct finds *finds)
{
    size_t earliest = 0;
    size_t last = 0;

    for (size_t i = 1; i < finds->count; i++) {
        if (strcmp(finds->list[i].value.value, finds->list[earliest].value.value) < 0)
            earliest = i;
        if (strcmp(finds->list[i].value.value, finds->list[last].value.value) > 0)
            last = i;
    }
    if (same(&finds->list[last], &finds->list[earliest]))
        return 0;
    letter_warn(letter, "hearing-dates-differ",
                "the last day to ask for a hearing reads %s on page %u and %s on page %u; keep the earlier, and have a "
                "person look: a later letter or insert can move it",
                finds->list[earliest].value.value, finds->list[earliest].value.page, finds->list[last].value.value,
                finds->list[last].value.page);
    if (letter_add_field(letter, FIELD_HEARING_BY_LATER, &finds->list[last].value) != 0)
        return -1;
    struct find first = finds->list[earliest];
    finds->list[earliest] = finds->list[0];
    finds->list[0] = first;
    return 0;
}

static int put(struct letter *letter, const struct field_rule *rule, const struct finds *finds)
{
    const struct finds *f = finds;
    size_t values = rule->field == FIELD_TAX_PERIODS ? f->count : 1;

    for (size_t i = 0; i < values; i++) {
        bool repeated = f->list[i].label != f->list[0].label;
        for (size_t k = 0; k < i; k++)
            repeated |= same(&f->list[i], &f->list[k]);
        if (!repeated && letter_add_field(letter, rule->field, &f->list[i].value) != 0)
            return -1;
    }
    return 0;
}

/* A day on which something must be done is not before the letter. */
static bool too_early(const struct letter *letter, const struct field_rule *rule, const struct find *find)
{
    date notice = letter_date(letter, FIELD_NOTICE_DATE);
    bool later = rule->field == FIELD_HEARING_BY || rule->field == FIELD_RESPOND_BY ||
                 rule->field == FIELD_TERMINATION_DATE;

    return later && notice != DATE_NONE && date_parse(find->value.value) <= notice;
}

/* No letter that a clinic sees is of such a year: a digit was misread. */
static bool no_letters_year(const struct field_rule *rule, const struct find *find)
{
    return rule->field == FIELD_NOTICE_DATE && (strncmp(find->value.value, YEAR_FIRST, 4) < 0 ||
                                                strncmp(find->value.value, YEAR_LAST, 4) > 0);
}

static void drop_implausible(const struct letter *letter, const struct field_rule *rule, struct finds *finds)
{
    size_t kept = 0;

    for (size_t i = 0; i < finds->count; i++) {
        if (no_letters_year(rule, &finds->list[i]))
            snprintf(finds->impossible, sizeof finds->impossible, "%.*s", (int)sizeof finds->impossible - 1,
                     finds->list[i].value.value);
        else if (!too_early(letter, rule, &finds->list[i]))
            finds->list[kept++] = finds->list[i];
    }
    finds->count = kept;
}

static void forget_fields(struct letter *letter)
{
    for (int i = 0; i < FIELD_COUNT; i++) {
        free(letter->fields[i].values);
        letter->fields[i] = (struct field){0};
    }
}

/* Whether the words of `label` stand in its zone of the page. */
static bool label_stands(const struct page_text *page, const struct field_label *label)
{
    const struct text_run *runs = label->zone == ZONE_BODY ? page->paragraphs : page->rows;
    size_t count = label->zone == ZONE_BODY ? page->paragraph_count : page->row_count;
    struct regex_match match;

    for (size_t i = 0; i < count; i++) {
        if (in_zone(label->zone, runs[i].box) &&
            regex_find(label->code, runs[i].text, strlen(runs[i].text), 0, &match) == 1)
            return true;
    }
    return false;
}

static const struct field_rule *rule_of(const struct catalogue *catalogue, enum field_id field)
{
    size_t count;
    const struct field_rule *rules = catalogue_fields(catalogue, &count);

    for (size_t i = 0; i < count; i++) {
        if (rules[i].field == field)
            return &rules[i];
    }
    return NULL;
}

/* What the page prints of a field and can be right. NULL without memory; to be freed. */
static struct finds *find_on_page(const struct letter *letter, const struct field_rule *rule, const struct page_text *page)
{
    struct finds *finds = calloc(1, sizeof *finds);

    for (size_t label = 0; finds != NULL && label < rule->labels_count; label++)
        find_by_label(finds, page, rule, label);
    if (finds != NULL)
        drop_implausible(letter, rule, finds);
    return finds;
}

enum field_told field_told(const struct letter *letter, const struct catalogue *catalogue, const struct page_text *page,
                           enum field_id field, double least)
{
    const struct field_rule *rule = rule_of(catalogue, field);
    struct finds *finds = rule != NULL ? find_on_page(letter, rule, page) : NULL;
    enum field_told told = FIELD_UNTOLD;

    if (finds == NULL)
        return FIELD_UNTOLD; /* without memory nothing is told: more is read */
    for (size_t i = 0; i < finds->count; i++) {
        const struct field_value *value = &finds->list[i].value;
        if (value->confidence >= least || fit_day(letter, catalogue, field, value->value))
            told = FIELD_PRINTED;
    }
    for (size_t i = 0; finds->count == 0 && i < rule->in_days_count; i++) {
        if (label_stands(page, &rule->in_days[i]))
            told = FIELD_IN_DAYS;
    }
    free(finds);
    return told;
}

bool field_glimpsed(const struct letter *letter, const struct catalogue *catalogue, const struct page_text *page,
                    enum field_id field, struct field_value *out)
{
    const struct field_rule *rule = rule_of(catalogue, field);
    struct finds *finds = rule != NULL ? find_on_page(letter, rule, page) : NULL;
    bool found = finds != NULL && finds->count > 0;

    if (found)
        *out = finds->list[0].value;
    free(finds);
    return found;
}

int fields_find(struct letter *letter, const struct catalogue *catalogue, const struct page_text *pages, size_t count,
                struct error *error)
{
    size_t rules;
    const struct field_rule *rule = catalogue_fields(catalogue, &rules);
    struct finds *finds = malloc(sizeof *finds);
    struct finds *dates = calloc(1, sizeof *dates); /* of the notice, kept until all is found */
    int status = finds == NULL || dates == NULL ? -1 : 0;

    forget_fields(letter);
    for (size_t r = 0; r < rules && status == 0; r++) {
        *finds = (struct finds){0};
        for (size_t label = 0; label < rule[r].labels_count; label++) {
            for (size_t p = 0; p < count; p++)
                find_by_label(finds, &pages[p], &rule[r], label);
        }
        if (finds->count == 0 && rule[r].field == FIELD_NOTICE_DATE)
            find_running_dates(finds, pages, count);
        if (finds->more)
            letter_warn_cut_short(letter);
        drop_implausible(letter, &rule[r], finds);
        if (rule[r].field == FIELD_NOTICE_DATE) {
            letter->unread_date = finds->unread;
            letter->unread_page = finds->count == 0 ? finds->unread_page : 0;
        }
        if (finds->count == 0) {
            if (rule[r].field == FIELD_NOTICE_DATE && finds->impossible[0] != '\0')
                letter_warn(letter, "notice-date-impossible",
                            "the notice date reads %s, which cannot be; it was not used: find the date on the paper",
                            finds->impossible);
            continue;
        }
        if (rule[r].field == FIELD_HEARING_BY && keep_earliest(letter, finds) != 0)
            status = -1;
        confirm(finds);
        if (rule[r].field == FIELD_NOTICE_DATE)
            *dates = *finds;
        if (status == 0)
            status = put(letter, &rule[r], finds);
    }
    if (status == 0)
        weigh_notice_date(letter, catalogue, dates);
    free(dates);
    free(finds);
    return status == 0 ? 0 : error_set(error, ERROR_OUT_OF_MEMORY, "no memory for the fields of a letter");
}
