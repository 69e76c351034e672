/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "worker/cascade.h"

#include <string.h>

#include "letter/number.h"
#include "letter/stack.h"
#include "worker/looks.h"
#include "worker/parts.h"

/* Letters in words that look like words. */
#define LEGIBLE_ENOUGH 60.0 /* this way is up: upside down, some words look like words too, but not so many */

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

/* Reads one strip, for a caller that looks at the text after each. */
static int read_one(struct draft *draft, const struct sheet *sheet, size_t strip, struct page_text *text,
                    struct error *error)
{
    if (note(draft, ocr_page_read_strip(sheet->page, sheet->engine, strip, error)) != 0 ||
        ocr_page_settle(sheet->page, error) != 0)
        return -1;
    return refresh(text, sheet, error);
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
        if (part->holds(draft, &strips[i], i) && note(draft, ocr_page_read_strip(sheet->page, sheet->engine, i, error)) != 0)
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
    return read_part(draft, sheet, &part_first_look, text, error);
}

static int look_at_header(struct draft *draft, const struct sheet *sheet, struct page_text *text, struct error *error)
{
    return read_zone(draft, sheet, (struct box)PARTS_HEADER, OCR_PLAIN, text, error);
}

static int look_at_later_header(struct draft *draft, const struct sheet *sheet, struct page_text *text,
                                struct error *error)
{
    return read_zone(draft, sheet, (struct box)PARTS_LATER_HEADER, OCR_PLAIN, text, error);
}

/* Reads the upper part; where hardly anything legible comes out, the other ways up are read as well and the most legible
 * one is kept: the cheap test of orientation can err. Sideways last: of lines that run across the page some words can be read
 * either way up, of lines that run along it none, and their many pieces take long. */
static int read_upright(struct draft *draft, const struct sheet *sheet, look_fn *look, struct page_text *text,
                        struct error *error)
{
    static const int turns[] = {2, 1, 2}; /* to 180, then 270, then 90 degrees */
    int turned = 0;
    int best_turn = 0;

    if (look(draft, sheet, text, error) != 0)
        return -1;
    double best = ocr_page_legibility(sheet->page);
    for (size_t i = 0; i < sizeof turns / sizeof *turns && best < LEGIBLE_ENOUGH; i++) {
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

static const struct step by_strips[] = {
    {.open = unsettled, .part = &part_heading_band},
    {.open = unsettled, .part = &part_upper},
};

static const struct step by_zones[] = {
    {.open = not_enough, .zone = PARTS_FOOT},
    {.open = anything_open, .zone = PARTS_REST, .to_the_end = true},
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

static bool has_foot_number(const struct page_text *text)
{
    struct number_reading found[NUMBER_READINGS_MAX];
    size_t count = number_find(text, found, 0);

    while (count > 0 && (found[count - 1].place != PLACE_FOOTER || !number_well_formed(&found[count - 1])))
        count--;
    return count > 0;
}

/* A form letter says at its foot what it is. */
static bool unnumbered(const struct draft *draft)
{
    return draft->letter.printed[0] == '\0';
}

/* Reads the foot until it says which letter this is: its lowest lines first, for what stands over them is text, but of these the
 * upper one first, for under the number stands that of the form's catalogue. */
static int look_for_number(struct draft *draft, const struct sheet *sheet, struct error *error)
{
    const struct ocr_strip *strips;
    size_t count;
    bool seen = false;

    if (ocr_page_strips(sheet->page, part_foot.to, &strips, &count, error) != 0)
        return -1;
    for (size_t end = count; end > 0 && !seen;) {
        size_t first = end - 1;
        while (first > 0 && part_is_close(&strips[first - 1], &strips[first]))
            first--;
        for (size_t i = first; i < end && !seen; i++) {
            if (strips[i].read || !part_foot.holds(draft, &strips[i], i))
                continue;
            if (read_one(draft, sheet, i, &draft->texts[0], error) != 0)
                return -1;
            seen = has_foot_number(&draft->texts[0]);
        }
        end = first;
    }
    return draft_understand(draft, error);
}

/* Reads the header again, enlarged and binarised: two readings that agree are worth more than one, and two that do not
 * are a reason to ask a person. */
static int look_again(struct draft *draft, const struct sheet *sheet, struct error *error)
{
    struct page_text text = {0};
    int status = -1;

    if (read_zone(draft, sheet, (struct box)PARTS_HEADER_BOX, OCR_CLOSE, &text, error) == 0) {
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

/* ---- a deadline in the text ---- */

/* Reads the strips of one kind in a part, one by one, until they tell the deadline. */
static int hunt(struct draft *draft, const struct sheet *sheet, const struct part *part, bool sentences, struct error *error)
{
    const struct ocr_strip *strips;
    size_t count;
    bool seen = false;

    if (ocr_page_strips(sheet->page, part->to, &strips, &count, error) != 0)
        return -1;
    for (size_t i = 0; i < count && !seen; i++) {
        if (strips[i].read || part_is_sentence(&strips[i], i) != sentences || !part->holds(draft, &strips[i], i))
            continue;
        if (read_one(draft, sheet, i, &draft->texts[0], error) != 0 || looks_at_day(draft, sheet, error) != 0)
            return -1;
        seen = draft_sees_deadline(draft);
    }
    draft->whole |= !seen && part == &part_whole && !sentences;
    return draft_understand(draft, error);
}

/* Most letters that print the day say it early, and in a sentence. */
static int look_for_deadline(struct draft *draft, const struct sheet *sheet, struct error *error)
{
    static const struct {
        const struct part *part;
        bool sentences;
    } hunts[] = {{&part_early, true}, {&part_whole, true}, {&part_early, false}, {&part_whole, false}};

    for (size_t i = 0; i < sizeof hunts / sizeof *hunts && only_deadline_open(draft); i++) {
        if (i > 0 && !draft_counts_deadline(draft))
            break; /* the law gives no days, and no source says that the letter does: the card asks for a look */
        if (hunt(draft, sheet, hunts[i].part, hunts[i].sentences, error) != 0)
            return -1;
    }
    return 0;
}

/* Goes on from the first look, as long as something is open. Close looks at a number that is not clear cost a tenth of what
 * the rest of the page does. */
static int read_by_strips(struct draft *draft, const struct sheet *sheet, struct error *error)
{
    if ((unnumbered(draft) && look_for_number(draft, sheet, error) != 0) ||
        looks_at_lone_number(draft, sheet, error) != 0 || (draft->enough && looks_at_date(draft, sheet, error) != 0))
        return -1;
    if (take_steps(draft, sheet, by_strips, sizeof by_strips / sizeof *by_strips, error) != 0 ||
        looks_at_numbers(draft, sheet, error) != 0 || looks_at_lone_number(draft, sheet, error) != 0)
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
        draft->nameless = true;
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
    return look_again(draft, sheet, error) != 0 || looks_at_numbers(draft, sheet, error) != 0 ? -1
                                                                                            : looks_at_date(draft, sheet, error);
}

/* ---- a later page ---- */

/* The narrowest strip of the part that is not read yet: numbers are told from few letters. -1 if none is left. */
static ptrdiff_t next_strip(const struct draft *draft, const struct ocr_strip *strips, size_t count, const struct part *part)
{
    ptrdiff_t next = -1;

    for (size_t i = 0; i < count; i++) {
        if (!strips[i].read && part->holds(draft, &strips[i], i) &&
            (next < 0 || box_width(strips[i].box) < box_width(strips[next].box)))
            next = (ptrdiff_t)i;
    }
    return next;
}

/* Whether what was read of a later page will do. */
typedef bool will_do_fn(const struct draft *draft, const struct page_text *text);

static bool is_told(const struct draft *draft, const struct page_text *text)
{
    return stack_is_told(draft->texts, draft->text_count, text);
}

static bool is_tied(const struct draft *draft, const struct page_text *text)
{
    return !draft_lacks_date(draft) &&
           stack_place(draft->catalogue, draft->texts, draft->text_count, text) != STACK_UNPROVEN;
}

/* Reads the strips in a part one by one, until they will do. */
static int read_until(will_do_fn *will_do, struct draft *draft, const struct sheet *sheet, const struct part *part,
                      struct page_text *text, bool *done, struct error *error)
{
    const struct ocr_strip *strips;
    size_t count;
    ptrdiff_t next;

    if (ocr_page_strips(sheet->page, part->to, &strips, &count, error) != 0)
        return -1;
    while (!*done && (next = next_strip(draft, strips, count, part)) >= 0) {
        if (read_one(draft, sheet, (size_t)next, text, error) != 0)
            return -1;
        *done = will_do(draft, text);
    }
    return 0;
}

/* Where it belongs by what was read of it; few pages need the addressee's name for that. */
static int find_place(struct draft *draft, const struct sheet *first, const struct page_text *text, enum stack_place *place,
                      struct error *error)
{
    *place = stack_place(draft->catalogue, draft->texts, draft->text_count, text);
    if (*place != STACK_UNPROVEN || first == NULL || !draft->nameless)
        return 0;
    draft->nameless = false;
    if (read_part(draft, first, &part_name, &draft->texts[0], error) != 0)
        return -1;
    *place = stack_place(draft->catalogue, draft->texts, draft->text_count, text);
    return 0;
}

/* Reads as much of it as it takes to place it; in a glance only as much as may tell. */
static int place_page(struct draft *draft, const struct sheet *first, const struct sheet *sheet, struct page_text *text,
                      enum stack_place *place, bool *told, struct error *error)
{
    enum { PARTS = 3 };
    static const struct part *const parts[PARTS] = {&part_known_places, &part_running_header, &part_later_upper};

    *told = false;
    if (refresh(text, sheet, error) != 0) /* there may be nothing to read */
        return -1;
    for (size_t i = 0; i < PARTS && !*told; i++) {
        if (read_until(is_told, draft, sheet, parts[i], text, told, error) != 0)
            return -1;
        /* no more of its header is to come */
        *told |= parts[i] == &part_running_header && stack_follows(draft->catalogue, draft->texts, draft->text_count, text);
    }
    if (!*told && !sheet->glance &&
        ((!is_legible(sheet) && read_upright(draft, sheet, look_at_later_header, text, error) != 0) ||
         (!stack_is_marked(text) && read_part(draft, sheet, &part_foot, text, error) != 0)))
        return -1;
    if (find_place(draft, first, text, place, error) != 0)
        return -1;
    bool tied = is_tied(draft, text);
    if (tied)
        return 0;
    /* the date or the taxpayer number may stand where it did before, or the addressee's name above */
    if (read_until(is_tied, draft, sheet, &part_known_places, text, &tied, error) != 0 ||
        read_until(is_tied, draft, sheet, &part_running_header, text, &tied, error) != 0)
        return -1;
    *place = stack_place(draft->catalogue, draft->texts, draft->text_count, text);
    return 0;
}

int cascade_later_page(struct draft *draft, const struct sheet *first, const struct sheet *sheet, enum cascade_turn *turn,
                       struct error *error)
{
    struct page_text text = {0};
    enum stack_place place = STACK_FOLLOWS;
    bool cut_short = draft->cut_short;
    bool told = false;
    int status = -1;

    if (place_page(draft, first, sheet, &text, &place, &told, error) != 0)
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
    if (to_the_end && read_part(draft, sheet, &part_whole, &text, error) != 0)
        goto done;
    remember_prints(draft, &text);
    bool known = draft_is_settled(draft) && place != STACK_DOUBTFUL && !to_the_end;
    if (draft_add_text(draft, &text, error) == 0)
        status = known ? 0 : draft_understand(draft, error);
    if (status == 0 && !sheet->glance)
        status = looks_at_date(draft, sheet, error);
done:
    page_text_dispose(&text);
    return status;
}
