/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "worker/reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "letter/explain.h"
#include "letter/fields.h"
#include "letter/identify.h"
#include "letter/page_text.h"
#include "letter/stack.h"
#include "letter/values.h"
#include "ocr/ocr.h"
#include "paper/paper.h"
#include "worker/show.h"

/* Zones of the upright page: what decides first. */
#define HEADER_TO 0.42F  /* letterhead, header box, address, heading */
#define LATER_TO 0.30F   /* of a later page: enough to see that it belongs to the letter */
#define REST_FROM 0.40F  /* overlaps, so that no line is lost between */
#define FOOT_FROM 0.86F
#define BOX_LEFT 0.42F
#define BOX_TO 0.32F

#define LEGIBLE_ENOUGH 60.0 /* letters in words that look like words: this way is up */
#define DATE_SURE 0.85      /* a notice date that needs no second look */
#define DATE_LEAST 0.82     /* below, digits were found to be wrong: close looks must agree */
#define DATE_VOTED 0.95     /* trust in a date that all close looks gave */

enum {
    VOTES_LEAST = 3, /* close looks that give a date at all */
    DATE_SLACK = 3,  /* strokes before it, in bytes */
};

struct reader {
    const struct catalogue *catalogue;
    struct ocr_engine *engine;
    unsigned extras; /* enum reader_extra */
};

/* A letter while its pages come in. */
struct draft {
    struct letter letter;
    struct page_text *texts; /* of its pages that hold text; the first page first */
    size_t text_count;
    bool whole;              /* the first page was read to its end */
    bool cut_short;          /* the engine gave up on a zone */
    bool coarse;             /* the first page has too few dots an inch */
    char voted_date[DATE_TEXT_SIZE];    /* the notice date that every close look gave; "" if none was taken */
    char dissenting_date[DATE_TEXT_SIZE]; /* what a close look gave instead; "" if none did */
    bool all_blank;
    struct show show;        /* its pages, if pictures are wanted */
};

/* The letters of one file. */
struct file_reading {
    struct reader *reader;
    struct letter *letters;
    size_t count;
    struct draft draft;
    bool open;               /* `draft` holds a letter */
    size_t shown_bytes;      /* of the pictures of all letters */
};

int reader_new(struct reader **out, const struct catalogue *catalogue, struct error *error)
{
    struct reader *reader = calloc(1, sizeof *reader);

    if (reader == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "no memory for the reader");
    reader->catalogue = catalogue;
    if (ocr_engine_new(&reader->engine, error) != 0) {
        free(reader);
        return -1;
    }
    *out = reader;
    return 0;
}

void reader_want(struct reader *reader, unsigned extras)
{
    reader->extras = extras;
}

void reader_free(struct reader *reader)
{
    if (reader == NULL)
        return;
    ocr_engine_free(reader->engine);
    free(reader);
}

void letters_free(struct letter *letters, size_t count)
{
    for (size_t i = 0; i < count; i++)
        letter_dispose(&letters[i]);
    free(letters);
}

/* ---- one page ---- */

/* Reads a zone and makes the page's text anew. */
static int read_zone(struct file_reading *file, struct ocr_page *page, struct box zone, enum ocr_way way,
                     struct page_text *text, unsigned number, float read_to, struct error *error)
{
    int status = ocr_page_read(page, file->reader->engine, zone, way, error);

    if (status < 0)
        return -1;
    if (status == 1)
        file->draft.cut_short = true;
    page_text_dispose(text);
    return page_text_init(text, page, number, read_to, error);
}

/* Reads the upper part; where hardly anything legible comes out, the other ways up are read as well and the most legible
 * one is kept: the cheap test of orientation can err. */
static int read_upright(struct file_reading *file, struct ocr_page *page, float to, struct page_text *text,
                        unsigned number, struct error *error)
{
    struct box zone = {0, 0, 1, to};
    static const int turns[] = {2, 1, 2}; /* to 180, then 270, then 90 degrees */
    int turned = 0;
    int best_turn = 0;

    if (read_zone(file, page, zone, OCR_PLAIN, text, number, to, error) != 0)
        return -1;
    double best = ocr_page_legibility(page);
    for (size_t i = 0; i < sizeof turns / sizeof *turns && best < LEGIBLE_ENOUGH; i++) {
        turned += turns[i];
        if (ocr_page_turn(page, turns[i], error) != 0 ||
            read_zone(file, page, zone, OCR_PLAIN, text, number, to, error) != 0)
            return -1;
        if (ocr_page_legibility(page) > best) {
            best = ocr_page_legibility(page);
            best_turn = turned;
        }
    }
    int back = ((best_turn - turned) % 4 + 4) % 4;
    if (back == 0)
        return 0;
    return ocr_page_turn(page, back, error) == 0 ? read_zone(file, page, zone, OCR_PLAIN, text, number, to, error) : -1;
}

/* ---- one letter ---- */

/* A deadline that the law takes from print, if the letter prints one, is worth reading the page to its end; so is the
 * amount. */
static bool wants_whole_page(const struct letter *letter, const struct notice *notice)
{
    if (letter->fields[FIELD_AMOUNT_DUE].count == 0)
        return true;
    for (unsigned i = 0; notice != NULL && i < notice->rights_count; i++) {
        const struct clock *clock = notice->rights[i].clock;
        if (clock != NULL && clock->printed != NULL && clock->kind != KIND_PRACTICE &&
            letter->fields[*clock->printed].count == 0)
            return true;
    }
    return false;
}

/* The right deadline can only be had from print: the start of its clock is not on the letter. Or the number is gone, and
 * the words of every page must tell. */
static bool wants_later_pages(const struct letter *letter, const struct notice *notice)
{
    if (identify_lacks_number(letter))
        return true;
    for (unsigned i = 0; notice != NULL && i < notice->rights_count; i++) {
        const struct clock *clock = notice->rights[i].clock;
        if (clock != NULL && clock->printed != NULL && clock->safe != NULL &&
            letter->fields[*clock->printed].count == 0)
            return true;
    }
    return false;
}

static const struct notice *known_notice(const struct file_reading *file)
{
    const struct letter *letter = &file->draft.letter;

    return letter->id[0] != '\0' ? catalogue_find_notice(file->reader->catalogue, letter->id) : NULL;
}

/* Understands what was read so far. */
static int understand(struct file_reading *file, bool *enough, struct error *error)
{
    struct draft *d = &file->draft;
    const struct catalogue *catalogue = file->reader->catalogue;

    if (identify(&d->letter, catalogue, d->texts, d->text_count, d->whole, enough, error) != 0)
        return -1;
    return fields_find(&d->letter, catalogue, d->texts, d->text_count, error);
}

/* Adds a page's text to the letter in hand. */
static int add_text(struct draft *d, struct page_text *text, struct error *error)
{
    struct page_text *texts = realloc(d->texts, (d->text_count + 1) * sizeof *texts);

    if (texts == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "no memory for the text of a page");
    d->texts = texts;
    d->texts[d->text_count++] = *text;
    *text = (struct page_text){0};
    return 0;
}

/* Something of the header is not clear: the number, or the date. */
static bool wants_second_look(const struct letter *letter)
{
    const struct field *dated = &letter->fields[FIELD_NOTICE_DATE];

    if (letter->status != LETTER_IDENTIFIED && letter->status != LETTER_REVIEW)
        return false;
    if (dated->count == 0 || dated->values->confidence < DATE_SURE)
        return true;
    for (size_t i = 0; i < letter->warning_count; i++) {
        if (strncmp(letter->warnings[i].code, "number-", 7) == 0 || strcmp(letter->warnings[i].code, "two-numbers") == 0)
            return true;
    }
    return false;
}

/* Reads the header again, enlarged and binarised: two readings that agree are worth more than one, and two that do not
 * are a reason to ask a person. */
static int look_again(struct file_reading *file, struct ocr_page *page, struct error *error)
{
    struct draft *d = &file->draft;
    struct page_text text = {0};
    bool enough;
    int status = -1;

    if (read_zone(file, page, (struct box){BOX_LEFT, 0, 1, BOX_TO}, OCR_CLOSE, &text, d->texts[0].number,
                  d->texts[0].read_to, error) == 0) {
        text.second_look = true;
        if (add_text(d, &text, error) == 0)
            status = understand(file, &enough, error);
    }
    page_text_dispose(&text);
    return status;
}

/* Looks closely at the print of an unsure notice date, in several ways. */
static int vote_on_date(struct file_reading *file, struct ocr_page *page, struct error *error)
{
    struct draft *d = &file->draft;
    const struct field *dated = &d->letter.fields[FIELD_NOTICE_DATE];
    unsigned votes = 0;

    if (dated->count == 0 || dated->values->confidence >= DATE_LEAST || dated->values->page != d->texts[0].number)
        return 0;
    for (unsigned look = 0; look < OCR_LINE_LOOKS; look++) {
        char *text;
        struct value value;
        if (ocr_page_read_line(page, file->reader->engine, dated->values->box, look, &text, error) != 0)
            return -1;
        bool found = value_find(SHAPE_DATE, text, 0, DATE_SLACK, &value);
        free(text);
        if (!found)
            continue;
        if (strcmp(value.text, dated->values->value) == 0)
            votes++;
        else
            snprintf(d->dissenting_date, sizeof d->dissenting_date, "%.10s", value.text);
    }
    if (votes >= VOTES_LEAST)
        snprintf(d->voted_date, sizeof d->voted_date, "%.10s", dated->values->value);
    return 0;
}

/* Reads a first page as far as it takes: header, foot, all of it, the header once more. */
static int read_first_page(struct file_reading *file, struct ocr_page *page, struct error *error)
{
    struct draft *d = &file->draft;
    struct page_text *text = &d->texts[0];
    unsigned number = text->number;
    bool enough = false;

    if (understand(file, &enough, error) != 0)
        return -1;
    if (!enough && d->letter.fields[FIELD_NOTICE_DATE].count > 0) { /* form letters are numbered at the foot */
        if (read_zone(file, page, (struct box){0, FOOT_FROM, 1, 1}, OCR_PLAIN, text, number, HEADER_TO, error) != 0 ||
            understand(file, &enough, error) != 0)
            return -1;
    }
    if (!enough || d->letter.fields[FIELD_NOTICE_DATE].count == 0 || wants_whole_page(&d->letter, known_notice(file))) {
        d->whole = true;
        if (read_zone(file, page, (struct box){0, REST_FROM, 1, 1}, OCR_PLAIN, text, number, 1, error) != 0 ||
            understand(file, &enough, error) != 0)
            return -1;
    }
    return 0;
}

static int finish_letter(struct file_reading *file, struct error *error);

static void drop_draft(struct file_reading *file)
{
    for (size_t i = 0; i < file->draft.text_count; i++)
        page_text_dispose(&file->draft.texts[i]);
    free(file->draft.texts);
    letter_dispose(&file->draft.letter);
    show_dispose(&file->draft.show);
    file->draft = (struct draft){0};
    file->open = false;
}

static void open_letter(struct file_reading *file)
{
    file->draft = (struct draft){.all_blank = true};
    letter_init(&file->draft.letter);
    file->open = true;
}

/* Reads one page into the letter it belongs to. */
static int take_page(struct file_reading *file, struct ocr_page *page, unsigned number, struct error *error)
{
    struct page_text text = {0};
    int status = -1;

    if (!file->open)
        open_letter(file);
    if (ocr_page_blank(page)) {
        status = letter_add_page(&file->draft.letter, number);
        goto done;
    }
    bool first = file->draft.text_count == 0;
    if (read_upright(file, page, first ? HEADER_TO : LATER_TO, &text, number, error) != 0)
        goto done;
    if (!first && !stack_is_marked(&text) &&
        read_zone(file, page, (struct box){0, FOOT_FROM, 1, 1}, OCR_PLAIN, &text, number, LATER_TO,
                            error) != 0)
        goto done;
    if (!first && stack_begins_letter(file->reader->catalogue, file->draft.texts, file->draft.text_count, &text)) {
        if (finish_letter(file, error) != 0)
            goto done;
        open_letter(file);
        first = true;
        if (read_zone(file, page, (struct box){0, 0, 1, HEADER_TO}, OCR_PLAIN, &text, number, HEADER_TO, error) != 0)
            goto done;
    }
    file->draft.all_blank = false;
    file->draft.coarse |= first && ocr_page_coarse(page);
    if (!first &&
        (wants_later_pages(&file->draft.letter, known_notice(file)) || stack_is_insert(file->reader->catalogue, &text)) &&
        read_zone(file, page, BOX_PAGE, OCR_PLAIN, &text, number, 1, error) != 0)
        goto done;
    if (letter_add_page(&file->draft.letter, number) != 0 || add_text(&file->draft, &text, error) != 0)
        goto done;
    if (first && read_first_page(file, page, error) != 0)
        goto done;
    if (first && wants_second_look(&file->draft.letter) &&
        (look_again(file, page, error) != 0 || vote_on_date(file, page, error) != 0))
        goto done;
    bool enough;
    status = first || understand(file, &enough, error) == 0 ? 0 : -1;
done:
    page_text_dispose(&text);
    return status == 0 ? 0 : error_set(error, ERROR_OUT_OF_MEMORY, "no memory for a page");
}

static void ask_a_person(struct letter *letter)
{
    if (letter->status == LETTER_IDENTIFIED)
        letter->status = LETTER_REVIEW;
    letter->id[0] = '\0';
}

static void add_doubts(struct draft *d)
{
    struct letter *letter = &d->letter;
    const struct field *printed = &letter->fields[FIELD_PAGES_PRINTED];
    const struct field *dated = &letter->fields[FIELD_NOTICE_DATE];
    bool unsure_date = false;

    for (size_t i = 0; i < letter->warning_count; i++)
        unsure_date |= strcmp(letter->warnings[i].code, "notice-date-unsure") == 0;
    if (dated->count > 0 && d->dissenting_date[0] != '\0') {
        letter_warn(letter, "notice-date-unsure", "the notice date reads %s at one look and %s at another",
                    dated->values->value, d->dissenting_date);
        unsure_date = true;
    } else if (dated->count > 0 && strcmp(d->voted_date, dated->values->value) == 0 &&
               dated->values->confidence < DATE_VOTED) {
        dated->values->confidence = DATE_VOTED;
    }
    if (dated->count > 0 && dated->values->confidence < DATE_LEAST) {
        letter_warn(letter, "notice-date-unsure", "the notice date, %s, could not be read surely", dated->values->value);
        unsure_date = true;
    }
    if (unsure_date)
        ask_a_person(letter);
    if (d->cut_short && letter->status == LETTER_IDENTIFIED) {
        ask_a_person(letter);
        letter_warn(letter, "reading-cut-short", "a page took too long to read, so part of it was not read");
    }
    if (d->coarse && (letter->status == LETTER_IDENTIFIED || letter->status == LETTER_REVIEW)) {
        ask_a_person(letter);
        letter_warn(letter, "scan-too-coarse",
                    "the scan has too few dots an inch to be sure of a digit; scan the paper again at 200 or more");
    }
    if (printed->count > 0 && (size_t)atoi(printed->values->value) > letter->page_count)
        letter_warn(letter, "pages-missing", "the letter says it has %s pages, the scan has %zu",
                    printed->values->value, letter->page_count);
}

/* Hands the letter in hand to the file's list. */
static int finish_letter(struct file_reading *file, struct error *error)
{
    struct draft *d = &file->draft;
    struct letter *letters = realloc(file->letters, (file->count + 1) * sizeof *letters);

    if (letters == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "no memory for a letter");
    file->letters = letters;
    add_doubts(d);
    if (d->all_blank)
        d->letter.status = LETTER_BLANK;
    if ((file->reader->extras & READER_REASONS) != 0 &&
        explain(&d->letter, file->reader->catalogue, d->texts, d->text_count, error) != 0)
        return -1;
    if (show_paint(&d->show, &d->letter, &file->shown_bytes, error) != 0)
        return -1;
    file->letters[file->count++] = d->letter;
    letter_init(&d->letter);
    drop_draft(file);
    return 0;
}

int reader_read(struct reader *reader, int descriptor, struct letter **letters, size_t *count, struct error *error)
{
    struct file_reading file = {.reader = reader};
    struct paper *paper = NULL;
    int status = -1;

    if (paper_open(&paper, descriptor, error) != 0)
        return -1;
    size_t pages = paper_page_count(paper);
    for (size_t i = 0; i < pages; i++) {
        struct paper_page sheet = {0};
        struct ocr_page *page = NULL;
        bool failed = paper_load(paper, i, &sheet, error) != 0 || ocr_page_new(&page, &sheet, error) != 0 ||
                      take_page(&file, page, (unsigned)i + 1, error) != 0 ||
                      ((reader->extras & READER_PICTURES) != 0 &&
                       show_keep(&file.draft.show, page, (unsigned)i + 1, error) != 0);
        ocr_page_free(page);
        paper_page_dispose(&sheet);
        if (failed)
            goto done;
    }
    if (file.open && finish_letter(&file, error) != 0)
        goto done;
    status = 0;
done:
    paper_close(paper);
    if (file.open)
        drop_draft(&file);
    if (status != 0) {
        letters_free(file.letters, file.count);
        return -1;
    }
    *letters = file.letters;
    *count = file.count;
    return 0;
}
