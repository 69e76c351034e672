/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "worker/looks.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "letter/number.h"
#include "letter/values.h"

enum {
    VOTES_LEAST = 3,     /* of the first looks, that give the very number */
    LOOKS_FIRST = 4,     /* if these agree, no more are needed */
    NUMBER_LOOKS = 6,    /* at each print of a number that is not clear */
    DATE_VOTES = 5,      /* of all close looks, that give one date; … */
    DATE_VOTES_EACH = 6, /* … so many for each look that gives another */
    DATE_SLACK = 3,      /* strokes before it, in bytes */
};

#define LOOK_TRUST 0.8F /* in a close look's words; of dates that were looked at so, more than nine in ten were right */

/* ---- at a number ---- */

static bool names_notice(const struct notice *notice, const char *text)
{
    for (unsigned i = 0; i < notice->numbers_count; i++) {
        if (number_named(text, notice->numbers[i]))
            return true;
    }
    return false;
}

int looks_at_lone_number(struct draft *draft, const struct sheet *sheet, struct error *error)
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

int looks_at_numbers(struct draft *draft, const struct sheet *sheet, struct error *error)
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

/* ---- at a date ---- */

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

/* One close look at the print of a date: 1 if it gives that date, -1 if another one, which goes into `other`, 0 if none. */
static int look_at_date(const struct sheet *sheet, const struct field_value *dated, unsigned look, int *vote,
                        char other[DATE_TEXT_SIZE], struct error *error)
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
        snprintf(other, DATE_TEXT_SIZE, "%.10s", value.text);
    return 0;
}

/* Whether close looks agree on a date. `other` is what the last one gave that gave another, else as it was. */
static int vote_on_date(const struct sheet *sheet, const struct field_value *dated, bool *agreed, char other[DATE_TEXT_SIZE],
                        struct error *error)
{
    unsigned look;
    unsigned votes = 0;
    unsigned others = 0;

    for (look = 0; look < OCR_LINE_LOOKS && (look < LOOKS_FIRST || votes < look); look++) {
        int vote;
        if (look_at_date(sheet, dated, look, &vote, other, error) != 0)
            return -1;
        votes += vote > 0;
        others += vote < 0;
    }
    *agreed = votes == look || (votes >= DATE_VOTES && votes >= DATE_VOTES_EACH * others);
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

int looks_at_date(struct draft *draft, const struct sheet *sheet, struct error *error)
{
    const struct field_value *dated = draft_unsure_date(draft, sheet->number);
    bool agreed;

    if (dated == NULL)
        return look_for_date(draft, sheet, error);
    draft->dissenting_date[0] = '\0'; /* this vote is the one that counts */
    if (vote_on_date(sheet, dated, &agreed, draft->dissenting_date, error) != 0)
        return -1;
    if (!agreed)
        return 0;
    draft->dissenting_date[0] = '\0';
    snprintf(draft->voted_date, sizeof draft->voted_date, "%.10s", dated->value);
    return 0;
}

int looks_at_day(struct draft *draft, const struct sheet *sheet, struct error *error)
{
    struct field_value day;
    char other[DATE_TEXT_SIZE];
    bool agreed;

    if (!draft_unsure_day(draft, &day))
        return 0;
    snprintf(draft->looked_day, sizeof draft->looked_day, "%.10s", day.value);
    if (vote_on_date(sheet, &day, &agreed, other, error) != 0)
        return -1;
    if (agreed)
        snprintf(draft->voted_day, sizeof draft->voted_day, "%.10s", day.value);
    return 0;
}
