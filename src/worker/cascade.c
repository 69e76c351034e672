/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "worker/cascade.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "letter/number.h"
#include "letter/stack.h"
#include "letter/values.h"

/* Letters in words that look like words. */
#define LEGIBLE_ENOUGH 60.0  /* this way may be up */
#define LEGIBLE_SURELY 150.0 /* and now no other needs to be tried: upside down, some words look like words too */

enum {
    LETTERHEAD_LINES = 2,
    VOTES_LEAST = 3, /* of the first looks, that give the very number */
    LOOKS_FIRST = 4, /* if these agree, no more are needed */
    NUMBER_LOOKS = 6, /* at each print of a number that is not clear */
    DATE_VOTES = 5,  /* of all close looks, that give one date; … */
    DATE_VOTES_EACH = 6, /* … so many for each look that gives another */
    DATE_SLACK = 3,  /* strokes before it, in bytes */
};

#define LOOK_TRUST 0.8F /* in a close look's words; of dates that were looked at so, more than nine in ten were right */

/* ---- parts of a page ---- */

/* Zones of the upright page. */
#define HEADER_TO 0.42F  /* letterhead, header box, address, heading */
#define LATER_TO 0.30F   /* of a later page: enough to see that it belongs to the letter */
#define REST_FROM 0.40F  /* overlaps, so that no line is lost between */
#define FOOT_FROM 0.86F
#define FOOT_WIDEST 0.55F /* "Letter 3172 (DO) (Rev. 6-2011) Catalog Number 34456F"; a sentence's line is wider */

static const struct box header = {0, 0, 1, HEADER_TO};
static const struct box later_header = {0, 0, 1, LATER_TO};
/* For initialisers too, where clang takes no object for a constant. */
#define REST {0, REST_FROM, 1, 1}
#define FOOT {0, FOOT_FROM, 1, 1}
static const struct box header_box = {0.42F, 0, 1, 0.32F};

#define ADDRESS_FROM 0.09F
#define ADDRESS_TO 0.30F
#define MIDDLE_TO 0.62F
#define HEADING_TO 0.45F /* of a heading's line */
#define SENTENCE_LEAST 0.30F /* width of a sentence's line */
#define FLUSH 0.012F          /* left edges so near to one another are one margin */
#define RUNNING_TO 0.11F /* of a later page's header */

/* Where a fax machine prints its line. */
#define RIM 0.022F

/* As the line of a sentence is. */
static bool is_wide(const struct ocr_strip *strip)
{
    return box_width(strip->box) > SENTENCE_LEAST;
}

static bool is_large(const struct ocr_strip *strip)
{
    return strip->size >= 1.4F;
}

/* The strips of a page that a step reads; none of them begins below `to`. */
struct part {
    bool (*holds)(const struct draft *draft, const struct ocr_strip *strips, size_t strip);
    float to;
};

/* Upper right: the number, the date, whose letter it is. */
static bool in_header_box(const struct draft *draft, const struct ocr_strip *strips, size_t strip)
{
    (void)draft;
    return strips[strip].box.left >= header_box.left && strips[strip].box.top > RIM && strips[strip].box.bottom < header_box.bottom;
}

static bool is_upper_left(const struct ocr_strip *strip)
{
    return strip->box.left < header_box.left && strip->box.top > RIM && strip->box.top < 0.085F;
}

static bool is_address(const struct ocr_strip *strip)
{
    return strip->box.left < header_box.left && strip->box.top > ADDRESS_FROM && strip->box.bottom < ADDRESS_TO &&
           !is_wide(strip) && !is_large(strip);
}

/* The sender, in two lines; what follows is its address. */
static bool in_letterhead(const struct draft *draft, const struct ocr_strip *strips, size_t strip)
{
    size_t above = 0;

    (void)draft;
    for (size_t i = 0; i < strip; i++)
        above += is_upper_left(&strips[i]);
    return is_upper_left(&strips[strip]) && above < LETTERHEAD_LINES;
}

/* Large print under the address. */
static bool in_heading(const struct draft *draft, const struct ocr_strip *strips, size_t strip)
{
    (void)draft;
    return is_large(&strips[strip]) && box_width(strips[strip].box) > 0.15F && strips[strip].box.top > 0.17F && strips[strip].box.top < HEADING_TO;
}

static bool in_first_look(const struct draft *draft, const struct ocr_strip *strips, size_t strip)
{
    return in_header_box(draft, strips, strip) || in_letterhead(draft, strips, strip) ||
           in_heading(draft, strips, strip);
}

/* Under the address, where the heading is that is printed no larger than the text. */
static bool in_heading_band(const struct draft *draft, const struct ocr_strip *strips, size_t strip)
{
    (void)draft;
    return strips[strip].box.top > 0.23F && strips[strip].box.top < 0.345F;
}

static bool in_upper_part(const struct draft *draft, const struct ocr_strip *strips, size_t strip)
{
    (void)draft;
    return box_holds(header, strips[strip].box);
}

/* The letter's text down to its middle. */
static bool is_early(const struct draft *draft, const struct ocr_strip *strips, size_t strip)
{
    (void)draft;
    return strips[strip].box.top > RUNNING_TO && strips[strip].box.top < MIDDLE_TO;
}

/* The first line of the address is the name, which later pages may bear; a barcode over it is higher than print. */
static bool in_name(const struct draft *draft, const struct ocr_strip *strips, size_t strip)
{
    size_t above = 0;

    (void)draft;
    for (size_t i = 0; i < strip; i++)
        above += is_address(&strips[i]);
    return is_address(&strips[strip]) && above == 0;
}

static bool in_foot(const struct draft *draft, const struct ocr_strip *strips, size_t strip)
{
    (void)draft;
    return box_holds((struct box)FOOT, strips[strip].box) && box_width(strips[strip].box) < FOOT_WIDEST;
}

static bool anywhere(const struct draft *draft, const struct ocr_strip *strips, size_t strip)
{
    (void)draft, (void)strips, (void)strip;
    return true;
}

/* Where the page before said whose page it is. */
static bool in_known_places(const struct draft *draft, const struct ocr_strip *strips, size_t strip)
{
    for (size_t i = 0; i < draft->print_count && !is_wide(&strips[strip]); i++) {
        if (box_overlap_x(draft->prints[i], strips[strip].box) > 0.5F && box_overlap_y(draft->prints[i], strips[strip].box) > 0.5F)
            return true;
    }
    return false;
}

/* A later page's running header. */
static bool in_running_header(const struct draft *draft, const struct ocr_strip *strips, size_t strip)
{
    (void)draft;
    return strips[strip].box.top > RIM && strips[strip].box.top < RUNNING_TO && box_width(strips[strip].box) < 0.45F && !is_large(&strips[strip]);
}

static bool in_later_upper_part(const struct draft *draft, const struct ocr_strip *strips, size_t strip)
{
    (void)draft;
    return box_holds(later_header, strips[strip].box);
}

static const struct part first_look = {in_first_look, HEADING_TO};
static const struct part heading_band = {in_heading_band, HEADER_TO};
static const struct part upper_part = {in_upper_part, HEADER_TO};
static const struct part early_part = {is_early, MIDDLE_TO};
static const struct part name_part = {in_name, ADDRESS_TO};
static const struct part foot_part = {in_foot, 1};
static const struct part whole_page = {anywhere, 1};
static const struct part known_places = {in_known_places, RUNNING_TO};
static const struct part running_header = {in_running_header, RUNNING_TO};
static const struct part later_upper_part = {in_later_upper_part, LATER_TO};

/* ---- reading a part ---- */

static int note(struct draft *draft, int status)
{
    draft->cut_short |= status == 1;
    return status < 0 ? -1 : 0;
}

/* Makes `text` anew from all that was read of the page. */
static int refresh(struct page_text *text, const struct sheet *sheet, struct error *error)
{
    page_text_dispose(text);
    return page_text_init(text, sheet->page, sheet->number, 1, error);
}

/* Reads what was not read yet of the strips in a part. */
static int read_part(struct draft *draft, const struct sheet *sheet, const struct part *part, struct page_text *text,
                     struct error *error)
{
    const struct ocr_strip *strips;
    size_t count;

    if (ocr_page_strips(sheet->page, part->to, &strips, &count, error) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (part->holds(draft, strips, i) && note(draft, ocr_page_read_strip(sheet->page, sheet->engine, i, error)) != 0)
            return -1;
    }
    return ocr_page_settle(sheet->page, error) != 0 ? -1 : refresh(text, sheet, error);
}

/* Reads a zone whole, whatever was read in it before: slower, but the engine finds lines that do not stand apart. */
static int read_zone(struct draft *draft, const struct sheet *sheet, struct box zone, enum ocr_way way,
                     struct page_text *text, struct error *error)
{
    if (note(draft, ocr_page_read(sheet->page, sheet->engine, zone, way, error)) != 0)
        return -1;
    return refresh(text, sheet, error);
}

static bool is_legible(const struct sheet *sheet)
{
    return ocr_page_legibility(sheet->page) >= LEGIBLE_ENOUGH;
}

/* What is read of a page to see which way is up. */
typedef int look_fn(struct draft *draft, const struct sheet *sheet, struct page_text *text, struct error *error);

static int look_first(struct draft *draft, const struct sheet *sheet, struct page_text *text, struct error *error)
{
    return read_part(draft, sheet, &first_look, text, error);
}

static int look_at_header(struct draft *draft, const struct sheet *sheet, struct page_text *text, struct error *error)
{
    return read_zone(draft, sheet, header, OCR_PLAIN, text, error);
}

static int look_at_later_header(struct draft *draft, const struct sheet *sheet, struct page_text *text,
                                struct error *error)
{
    return read_zone(draft, sheet, later_header, OCR_PLAIN, text, error);
}

/* Reads the upper part; where hardly anything legible comes out, the other ways up are read as well and the most legible
 * one is kept: the cheap test of orientation can err. */
static int read_upright(struct draft *draft, const struct sheet *sheet, look_fn *look, struct page_text *text,
                        struct error *error)
{
    static const int turns[] = {2, 1, 2}; /* to 180, then 270, then 90 degrees */
    int turned = 0;
    int best_turn = 0;

    if (look(draft, sheet, text, error) != 0)
        return -1;
    double best = ocr_page_legibility(sheet->page);
    bool turn = best < LEGIBLE_ENOUGH;
    for (size_t i = 0; i < sizeof turns / sizeof *turns && turn && best < LEGIBLE_SURELY; i++) {
        turned += turns[i];
        if (ocr_page_turn(sheet->page, turns[i], error) != 0 || look(draft, sheet, text, error) != 0)
            return -1;
        if (ocr_page_legibility(sheet->page) > best) {
            best = ocr_page_legibility(sheet->page);
            best_turn = turned;
        }
    }
    int back = ((best_turn - turned) % 4 + 4) % 4;
    if (back == 0)
        return 0;
    return ocr_page_turn(sheet->page, back, error) == 0 ? look(draft, sheet, text, error) : -1;
}

/* ---- the first page ---- */

/* A step reads a part and understands the letter anew; it is taken only while something is open. */
struct step {
    bool (*open)(const struct draft *draft);
    const struct part *part; /* strips that are read … */
    struct box zone;         /* … or, without a part, the zone that is read whole */
    bool to_the_end;         /* nothing of the page is unread after it */
};

static bool unsettled(const struct draft *draft)
{
    return !draft_is_settled(draft);
}

/* A form letter says at its foot what it is. */
static bool unnumbered(const struct draft *draft)
{
    return draft->letter.printed[0] == '\0';
}

/* The letter is known, but not yet a date in its text on which a right depends. */
static bool only_deadline_open(const struct draft *draft)
{
    return draft_is_settled(draft) && draft_wants_deadline(draft);
}

static bool not_enough(const struct draft *draft)
{
    return !draft->enough && draft->letter.fields[FIELD_NOTICE_DATE].count > 0;
}

static bool anything_open(const struct draft *draft)
{
    return !draft->enough || draft->letter.fields[FIELD_NOTICE_DATE].count == 0 || draft_wants_deadline(draft) ||
           draft->letter.fields[FIELD_AMOUNT_DUE].count == 0;
}

static const struct step to_the_number[] = {
    {.open = unnumbered, .part = &foot_part},
};
static const struct step by_strips[] = {
    {.open = unsettled, .part = &heading_band},
    {.open = unsettled, .part = &upper_part},
};

static const struct step by_zones[] = {
    {.open = not_enough, .zone = FOOT},
    {.open = anything_open, .zone = REST, .to_the_end = true},
};

static int take_steps(struct draft *draft, const struct sheet *sheet, const struct step *steps, size_t count,
                      struct error *error)
{
    struct page_text *text = &draft->texts[0];

    for (const struct step *step = steps; step < steps + count; step++) {
        if (!step->open(draft))
            continue;
        draft->whole |= step->to_the_end;
        int status = step->part != NULL ? read_part(draft, sheet, step->part, text, error)
                                        : read_zone(draft, sheet, step->zone, OCR_PLAIN, text, error);
        if (status != 0 || draft_understand(draft, error) != 0)
            return -1;
    }
    return 0;
}

/* Reads the header again, enlarged and binarised: two readings that agree are worth more than one, and two that do not
 * are a reason to ask a person. */
static int look_again(struct draft *draft, const struct sheet *sheet, struct error *error)
{
    struct page_text text = {0};
    int status = -1;

    if (read_zone(draft, sheet, header_box, OCR_CLOSE, &text, error) == 0) {
        text.second_look = true;
        if (draft_add_text(draft, &text, error) == 0)
            status = draft_understand(draft, error);
    }
    page_text_dispose(&text);
    return status;
}

/* What the strips gave stays beside what the zones will give: another look at the same print. */
static int keep_as_second_look(struct draft *draft, const struct sheet *sheet, struct error *error)
{
    struct page_text text = {0};
    int status = -1;

    draft->whole = false;
    if (!is_legible(sheet))
        return 0;
    if (refresh(&text, sheet, error) == 0) {
        text.second_look = true;
        status = draft_add_text(draft, &text, error);
    }
    page_text_dispose(&text);
    return status;
}

static bool names_notice(const struct notice *notice, const char *text)
{
    for (unsigned i = 0; i < notice->numbers_count; i++) {
        if (number_named(text, notice->numbers[i]))
            return true;
    }
    return false;
}

/* Looks closely at the print of a number that stands alone: no heading and no words say yet that it is that one. */
static int vote_on_number(struct draft *draft, const struct sheet *sheet, struct error *error)
{
    const struct notice *notice = draft_notice(draft);
    const struct evidence *print = notice != NULL && !draft->enough ? draft_number(draft) : NULL;
    unsigned votes = 0;

    for (unsigned look = 0; print != NULL && look < LOOKS_FIRST; look++) {
        char *text;
        if (ocr_page_read_line(sheet->page, sheet->engine, print->box, look, &text, error) != 0)
            return -1;
        votes += names_notice(notice, text);
        free(text);
    }
    if (votes < VOTES_LEAST)
        return 0;
    snprintf(draft->voted_number, sizeof draft->voted_number, "%s", notice->id);
    return draft_understand(draft, error);
}

/* Adds what close looks at the prints of the number give to what was read of them. */
static int look_at_numbers(struct draft *draft, const struct sheet *sheet, struct error *error)
{
    struct box lines[DRAFT_NUMBER_LINES];
    size_t count = draft_doubts_number(draft) ? draft_number_lines(draft, lines) : 0;

    for (size_t i = 0; i < count; i++) {
        for (unsigned look = 0; look < NUMBER_LOOKS; look++) {
            struct page_text text = {0};
            char *read;
            if (ocr_page_read_line(sheet->page, sheet->engine, lines[i], look, &read, error) != 0)
                return -1;
            int status = page_text_look(&text, read, lines[i], LOOK_TRUST, sheet->number, error);
            free(read);
            if (status == 0)
                status = draft_add_text(draft, &text, error);
            page_text_dispose(&text); /* empty where it was taken over */
            if (status != 0)
                return -1;
        }
    }
    return count > 0 ? draft_understand(draft, error) : 0;
}

/* "0908/2025" has the digits of 2025-09-08: a stroke between them was not seen. */
static bool has_digits_of(const char *text, const char *iso)
{
    char digits[] = {iso[5], iso[6], iso[8], iso[9], iso[0], iso[1], iso[2], iso[3]}; /* as they are printed */
    size_t found = 0;

    for (; *text != '\0'; text++) {
        if (!isdigit((unsigned char)*text))
            continue;
        if (found == sizeof digits || *text != digits[found])
            return false;
        found++;
    }
    return found == sizeof digits;
}

/* One close look at the print of a date: 1 if it gives that date, -1 if another one, 0 if none. */
static int look_at_date(struct draft *draft, const struct sheet *sheet, const struct field_value *dated, unsigned look,
                        int *vote, struct error *error)
{
    char *text;
    struct value value;

    if (ocr_page_read_line(sheet->page, sheet->engine, dated->box, look, &text, error) != 0)
        return -1;
    bool found = value_find(SHAPE_DATE, text, 0, DATE_SLACK, &value);
    bool same = found ? strcmp(value.text, dated->value) == 0 : has_digits_of(text, dated->value);
    free(text);
    *vote = same ? 1 : found ? -1 : 0;
    if (*vote < 0)
        snprintf(draft->dissenting_date, sizeof draft->dissenting_date, "%.10s", value.text);
    return 0;
}

/* Looks closely where a notice date stands that could not be read. What most looks give is taken, if hardly any gives another. */
static int look_for_date(struct draft *draft, const struct sheet *sheet, struct error *error)
{
    const struct box *place = draft_unread_date(draft, sheet->number);
    char found[OCR_LINE_LOOKS][DATE_TEXT_SIZE];
    size_t count = 0;

    for (unsigned look = 0; place != NULL && look < OCR_LINE_LOOKS; look++) {
        char *text;
        struct value value;
        if (ocr_page_read_line(sheet->page, sheet->engine, *place, look, &text, error) != 0)
            return -1;
        if (value_find(SHAPE_DATE, text, 0, DATE_SLACK, &value))
            snprintf(found[count++], DATE_TEXT_SIZE, "%.10s", value.text);
        free(text);
    }
    for (size_t i = 0; i < count; i++) {
        size_t votes = 0;
        for (size_t k = 0; k < count; k++)
            votes += strcmp(found[i], found[k]) == 0;
        if (votes >= DATE_VOTES && votes >= DATE_VOTES_EACH * (count - votes))
            return draft_date(draft, found[i], error);
    }
    return 0;
}

/* Looks closely at the print of an unsure notice date, in several ways. One look among many may err. */
static int vote_on_date(struct draft *draft, const struct sheet *sheet, struct error *error)
{
    const struct field_value *dated = draft_unsure_date(draft, sheet->number);
    unsigned look;
    unsigned votes = 0;
    unsigned others = 0;

    if (dated == NULL)
        return look_for_date(draft, sheet, error);
    draft->dissenting_date[0] = '\0'; /* this vote is the one that counts */
    for (look = 0; look < OCR_LINE_LOOKS && (look < LOOKS_FIRST || votes < look); look++) {
        int vote;
        if (look_at_date(draft, sheet, dated, look, &vote, error) != 0)
            return -1;
        votes += vote > 0;
        others += vote < 0;
    }
    if (votes < look && (votes < DATE_VOTES || votes < DATE_VOTES_EACH * others))
        return 0;
    draft->dissenting_date[0] = '\0';
    snprintf(draft->voted_date, sizeof draft->voted_date, "%.10s", dated->value);
    return 0;
}

/* ---- a deadline in the text ---- */

/* The last line of a paragraph may be short: it stands under a wide one, and begins where that does. */
static bool goes_on(const struct ocr_strip *wide, const struct ocr_strip *strip)
{
    float gap = strip->box.top - wide->box.bottom;

    return is_wide(wide) && fabsf(strip->box.left - wide->box.left) < FLUSH && gap > 0 && gap < box_height(wide->box);
}

/* A line of a sentence, not a cell of a table or a line of an address. The strips go from top to bottom. */
static bool is_sentence(const struct ocr_strip *strips, size_t strip)
{
    bool sentence = is_wide(&strips[strip]);

    for (size_t i = strip; i-- > 0 && !sentence;)
        sentence = goes_on(&strips[i], &strips[strip]);
    return sentence;
}

/* Reads the strips of one kind in a part, one by one, until they tell the deadline. */
static int hunt(struct draft *draft, const struct sheet *sheet, const struct part *part, bool sentences, struct error *error)
{
    const struct ocr_strip *strips;
    size_t count;
    bool seen = false;

    if (ocr_page_strips(sheet->page, part->to, &strips, &count, error) != 0)
        return -1;
    for (size_t i = 0; i < count && !seen; i++) {
        if (strips[i].read || is_sentence(strips, i) != sentences || !part->holds(draft, strips, i))
            continue;
        if (note(draft, ocr_page_read_strip(sheet->page, sheet->engine, i, error)) != 0 ||
            ocr_page_settle(sheet->page, error) != 0 || refresh(&draft->texts[0], sheet, error) != 0)
            return -1;
        seen = draft_sees_deadline(draft);
    }
    draft->whole |= !seen && part == &whole_page && !sentences;
    return draft_understand(draft, error);
}

/* Most letters that print the day say it early, and in a sentence. */
static int look_for_deadline(struct draft *draft, const struct sheet *sheet, struct error *error)
{
    static const struct {
        const struct part *part;
        bool sentences;
    } hunts[] = {{&early_part, true}, {&whole_page, true}, {&early_part, false}, {&whole_page, false}};

    for (size_t i = 0; i < sizeof hunts / sizeof *hunts && only_deadline_open(draft); i++) {
        if (i > 0 && !draft_counts_deadline(draft))
            break; /* the law gives no days, and no source says that the letter does: the card asks for a look */
        if (hunt(draft, sheet, hunts[i].part, hunts[i].sentences, error) != 0)
            return -1;
    }
    return 0;
}

/* Goes on from the first look, as long as something is open. */
static int read_by_strips(struct draft *draft, const struct sheet *sheet, struct error *error)
{
    if (take_steps(draft, sheet, to_the_number, sizeof to_the_number / sizeof *to_the_number, error) != 0 ||
        vote_on_number(draft, sheet, error) != 0 || (draft->enough && vote_on_date(draft, sheet, error) != 0))
        return -1;
    if (take_steps(draft, sheet, by_strips, sizeof by_strips / sizeof *by_strips, error) != 0)
        return -1;
    return look_for_deadline(draft, sheet, error);
}

/* Remembers where the page says whose page it is. */
static void remember_prints(struct draft *draft, const struct page_text *text)
{
    struct box prints[STACK_PRINTS_MAX];
    size_t count = stack_prints(text, prints);

    if (count == 0)
        return;
    memcpy(draft->prints, prints, sizeof prints);
    draft->print_count = count;
}

int cascade_first_page(struct draft *draft, const struct sheet *sheet, struct error *error)
{
    struct page_text text = {0};
    bool added = refresh(&text, sheet, error) == 0 && draft_add_text(draft, &text, error) == 0;

    page_text_dispose(&text); /* empty where it was taken over */
    if (!added)
        return -1;
    draft->coarse = ocr_page_coarse(sheet->page);
    draft->all_blank = false;
    if (read_upright(draft, sheet, look_first, &draft->texts[0], error) != 0 ||
        draft_understand(draft, error) != 0 || (is_legible(sheet) && read_by_strips(draft, sheet, error) != 0))
        return -1;
    if (draft_is_settled(draft)) {
        if (!sheet->last && read_part(draft, sheet, &name_part, &draft->texts[0], error) != 0)
            return -1;
        remember_prints(draft, &draft->texts[0]);
        return 0;
    }
    if (keep_as_second_look(draft, sheet, error) != 0 ||
        read_upright(draft, sheet, look_at_header, &draft->texts[0], error) != 0 || draft_understand(draft, error) != 0 ||
        take_steps(draft, sheet, by_zones, sizeof by_zones / sizeof *by_zones, error) != 0)
        return -1;
    remember_prints(draft, &draft->texts[0]);
    if (!draft_wants_second_look(draft))
        return 0;
    return look_again(draft, sheet, error) != 0 || look_at_numbers(draft, sheet, error) != 0 ? -1
                                                                                            : vote_on_date(draft, sheet, error);
}

/* ---- a later page ---- */

/* Reads the strips in a part one by one, until they tell whose page it is. */
static int read_until_told(struct draft *draft, const struct sheet *sheet, const struct part *part, struct page_text *text,
                           bool *told, struct error *error)
{
    const struct ocr_strip *strips;
    size_t count;

    if (ocr_page_strips(sheet->page, part->to, &strips, &count, error) != 0)
        return -1;
    for (size_t i = 0; i < count && !*told; i++) {
        if (strips[i].read || !part->holds(draft, strips, i))
            continue;
        if (note(draft, ocr_page_read_strip(sheet->page, sheet->engine, i, error)) != 0 ||
            ocr_page_settle(sheet->page, error) != 0 || refresh(text, sheet, error) != 0)
            return -1;
        *told = stack_is_told(draft->texts, draft->text_count, text);
    }
    return 0;
}

/* Reads as much of it as it takes to place it; in a glance only as much as may tell. */
static int place_page(struct draft *draft, const struct sheet *sheet, struct page_text *text, enum stack_place *place,
                      bool *told, struct error *error)
{
    enum { PARTS = 3 };
    static const struct part *const parts[PARTS] = {&known_places, &running_header, &later_upper_part};

    *told = false;
    if (refresh(text, sheet, error) != 0) /* there may be nothing to read */
        return -1;
    for (size_t i = 0; i < PARTS && !*told; i++) {
        if (read_until_told(draft, sheet, parts[i], text, told, error) != 0)
            return -1;
        /* no more of its header is to come */
        *told |= parts[i] == &running_header && stack_follows(draft->catalogue, draft->texts, draft->text_count, text);
    }
    if (!*told && !sheet->glance &&
        ((!is_legible(sheet) && read_upright(draft, sheet, look_at_later_header, text, error) != 0) ||
         (!stack_is_marked(text) && read_part(draft, sheet, &foot_part, text, error) != 0)))
        return -1;
    *place = stack_place(draft->catalogue, draft->texts, draft->text_count, text);
    if (*place != STACK_UNPROVEN && !draft_lacks_date(draft))
        return 0;
    if (read_part(draft, sheet, &running_header, text, error) != 0) /* it may show the addressee's name, or the date */
        return -1;
    *place = stack_place(draft->catalogue, draft->texts, draft->text_count, text);
    return 0;
}

int cascade_later_page(struct draft *draft, const struct sheet *sheet, enum cascade_turn *turn, struct error *error)
{
    struct page_text text = {0};
    enum stack_place place = STACK_FOLLOWS;
    bool cut_short = draft->cut_short;
    bool told = false;
    int status = -1;

    if (place_page(draft, sheet, &text, &place, &told, error) != 0)
        goto done;
    bool to_the_end = draft_wants_later_pages(draft) || stack_is_insert(draft->catalogue, &text);
    bool plain = told && (place == STACK_FOLLOWS || place == STACK_UNPROVEN) && !to_the_end;
    *turn = sheet->glance && !plain ? CASCADE_UNSURE : place == STACK_BEGINS ? CASCADE_BEGINS : CASCADE_TAKEN;
    if (*turn != CASCADE_TAKEN) {
        draft->cut_short = cut_short; /* that was another letter's page, or it comes once more */
        status = 0;
        goto done;
    }
    if (place == STACK_DOUBTFUL)
        draft->doubtful_page = sheet->number;
    if (place == STACK_UNPROVEN)
        draft->unproven_page = sheet->number;
    if (to_the_end && read_part(draft, sheet, &whole_page, &text, error) != 0)
        goto done;
    remember_prints(draft, &text);
    bool known = draft_is_settled(draft) && place != STACK_DOUBTFUL && !to_the_end;
    if (draft_add_text(draft, &text, error) == 0)
        status = known ? 0 : draft_understand(draft, error);
    if (status == 0 && !sheet->glance)
        status = vote_on_date(draft, sheet, error);
done:
    page_text_dispose(&text);
    return status;
}
