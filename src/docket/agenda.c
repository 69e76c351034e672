/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "docket/agenda.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One letter and its texts, in one piece. */
struct agenda_block {
    struct agenda_block *next;
    struct docket_letter letter;
    char texts[];
};

struct making {
    struct agenda *agenda;
    const struct agenda_filter *filter;
    const struct notice *notices; /* sorted by id */
    size_t notice_count;
};

const char *agenda_state_name(enum agenda_state state)
{
    static const char *const names[] = {
        [AGENDA_MISSED] = "missed", [AGENDA_LOOK] = "look", [AGENDA_OPEN] = "open",
        [AGENDA_PASSED] = "passed", [AGENDA_NONE] = "none", [AGENDA_DONE] = "done",
    };

    return names[state];
}

static int out_of_memory(struct error *error)
{
    return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
}

/* ---- keeping a letter ---- */

enum { TEXTS = FIELD_COUNT + 12 };

/* Where the letter's texts are. */
static void list_texts(struct docket_letter *letter, const char **texts[TEXTS])
{
    const char **others[] = {&letter->sha256,      &letter->file,   &letter->filed,     &letter->notice,
                             &letter->printed,     &letter->ref,    &letter->assigned,  &letter->candidates,
                             &letter->reason_code, &letter->reason, &letter->unsettled, &letter->note};

    for (size_t i = 0; i < FIELD_COUNT; i++)
        texts[i] = &letter->fields[i];
    memcpy(texts + FIELD_COUNT, others, sizeof others);
}

/* A copy that lasts as long as the agenda; NULL on lack of memory. */
static const struct docket_letter *keep(struct agenda *agenda, const struct docket_letter *letter)
{
    struct docket_letter copy = *letter;
    const char **texts[TEXTS];
    size_t length = 0;

    list_texts(&copy, texts);
    for (size_t i = 0; i < TEXTS; i++)
        length += *texts[i] != NULL ? strlen(*texts[i]) + 1 : 0;
    struct agenda_block *block = calloc(1, sizeof *block + length);
    if (block == NULL)
        return NULL;
    char *at = block->texts;
    for (size_t i = 0; i < TEXTS; i++) {
        if (*texts[i] == NULL)
            continue;
        size_t size = strlen(*texts[i]) + 1;
        memcpy(at, *texts[i], size);
        *texts[i] = at;
        at += size;
    }
    block->letter = copy;
    block->next = agenda->letters;
    agenda->letters = block;
    return &block->letter;
}

/* ---- rows ---- */

static int add_row(struct agenda *agenda, const struct agenda_row *row, struct error *error)
{
    if (agenda->count == agenda->size) {
        size_t size = agenda->size == 0 ? 64 : agenda->size * 2;
        struct agenda_row *rows = reallocarray(agenda->rows, size, sizeof *rows);
        if (rows == NULL)
            return out_of_memory(error);
        agenda->rows = rows;
        agenda->size = size;
    }
    agenda->rows[agenda->count++] = *row;
    agenda->of_state[row->state]++;
    return 0;
}

static bool is_open(enum standing standing)
{
    return standing == STANDING_OPEN || standing == STANDING_LAST_DAY;
}

/* What went by while the letter lay here. On a KIND_PRACTICE day something may happen; no right ends. `at_first`: the same
 * right on the day the letter came; a right may have had a later day than the one that is told once all have gone by. */
static bool is_missed(const struct right *right, const struct right *at_first, date received)
{
    return right->standing == STANDING_PASSED && right->rule->clock->kind != KIND_PRACTICE &&
           (right->deadline.day >= received || is_open(at_first->standing));
}

static void set_warning(struct agenda_row *row, const struct rights *rights, const struct right *right)
{
    for (size_t i = 0; i < rights->warning_count; i++) {
        const struct rights_warning *warning = &rights->warnings[i];
        if (warning->right != NULL && warning->right != right)
            continue;
        snprintf(row->warning, sizeof row->warning, "%s", warning->code);
        row->warning_days = warning->days;
        return;
    }
}

static bool in_window(const struct making *making, date by)
{
    return making->filter->within < 0 || by - making->agenda->as_of <= making->filter->within;
}

static int add_right(struct making *making, struct agenda_row row, enum agenda_state state,
                     const struct rights *rights, const struct right *right, struct error *error)
{
    row.state = state;
    row.by = right->deadline.day;
    row.rule = right->rule;
    row.deadline = right->deadline;
    row.second_best = right->better_open;
    set_warning(&row, rights, right);
    return in_window(making, row.by) ? add_row(making->agenda, &row, error) : 0;
}

/* ---- a letter that is known ---- */

static int add_unknown_date(struct making *making, struct agenda_row row, const struct rights *rights,
                            struct error *error)
{
    row.state = AGENDA_LOOK;
    row.look = LOOK_NO_DATE;
    row.by = making->agenda->as_of; /* it may be today */
    set_warning(&row, rights, NULL);
    return add_row(making->agenda, &row, error);
}

/* Of a letter that has nothing left, one row: the day that went by last. */
static int add_rest(struct making *making, struct agenda_row row, const struct rights *rights,
                    struct error *error)
{
    const struct right *last = NULL;

    for (size_t i = 0; i < rights->count; i++) {
        const struct right *right = &rights->list[i];
        if (right->standing == STANDING_PASSED && (last == NULL || right->deadline.day > last->deadline.day))
            last = right;
    }
    if (last != NULL)
        return making->filter->within < 0 ? add_right(making, row, AGENDA_PASSED, rights, last, error) : 0;
    row.state = AGENDA_NONE;
    row.by = row.letter->received;
    return making->filter->all ? add_row(making->agenda, &row, error) : 0;
}

static int add_rights(struct making *making, struct agenda_row row, const struct rights *rights,
                      const struct rights *at_first, struct error *error)
{
    bool needs_date = false;
    bool listed = false;

    for (size_t i = 0; i < rights->count; i++) {
        const struct right *right = &rights->list[i];
        bool missed = is_missed(right, &at_first->list[i], row.letter->received);
        needs_date = needs_date || right->standing == STANDING_NEEDS_DATE;
        if (!missed && !is_open(right->standing))
            continue;
        listed = true;
        if (add_right(making, row, missed ? AGENDA_MISSED : AGENDA_OPEN, rights, right, error) < 0)
            return -1;
    }
    if (needs_date)
        return add_unknown_date(making, row, rights, error);
    return listed ? 0 : add_rest(making, row, rights, error);
}

static const char *text_of(const void *letter, enum field_id field)
{
    return ((const struct docket_letter *)letter)->fields[field];
}

static int compare_id(const void *key, const void *element)
{
    return strcmp(key, ((const struct notice *)element)->id);
}

static const struct notice *find_notice(const struct making *making, const char *id)
{
    return bsearch(id, making->notices, making->notice_count, sizeof *making->notices, compare_id);
}

static int add_known(struct making *making, struct agenda_row row, struct error *error)
{
    struct known_dates dates;
    struct rights rights;
    struct rights at_first;

    row.notice = find_notice(making, row.letter->notice);
    if (row.notice == NULL) {
        row.state = AGENDA_LOOK;
        row.look = LOOK_NO_NOTICE;
        row.by = making->agenda->as_of;
        return add_row(making->agenda, &row, error);
    }
    known_dates_of_letter(&dates, making->agenda->as_of, text_of, row.letter);
    if (rights_init(&rights, row.notice, &dates, error) < 0)
        return -1;
    dates.as_of = row.letter->received;
    int result = rights_init(&at_first, row.notice, &dates, error);
    if (result == 0) {
        result = add_rights(making, row, &rights, &at_first, error);
        rights_dispose(&at_first);
    }
    rights_dispose(&rights);
    return result;
}

/* ---- a letter that is not ---- */

/* The next id of a list with blanks between, into `out`; false at its end. */
static bool next_id(const char **list, char out[LETTER_ID_SIZE])
{
    *list += strspn(*list, " ");
    size_t length = strcspn(*list, " ");
    if (length == 0 || length >= LETTER_ID_SIZE)
        return false;
    memcpy(out, *list, length);
    out[length] = '\0';
    *list += length;
    return true;
}

/* The earliest day still open if it is that notice. */
static int try_notice(const struct making *making, struct agenda_row *row, const char *id,
                      struct error *error)
{
    const struct notice *notice = find_notice(making, id);
    struct known_dates dates;
    struct rights rights;

    if (notice == NULL)
        return 0;
    known_dates_of_letter(&dates, making->agenda->as_of, text_of, row->letter);
    if (rights_init(&rights, notice, &dates, error) < 0)
        return -1;
    if (rights.act_by != NULL && (row->maybe == NULL || rights.act_by->deadline.day < row->maybe_by)) {
        row->maybe = notice;
        row->maybe_rule = rights.act_by->rule;
        row->maybe_by = rights.act_by->deadline.day;
    }
    rights_dispose(&rights);
    return 0;
}

static int add_unsure(struct making *making, struct agenda_row row, enum agenda_look look,
                      struct error *error)
{
    const char *list = row.letter->notice != NULL ? row.letter->notice : row.letter->candidates;
    char id[LETTER_ID_SIZE];

    row.state = AGENDA_LOOK;
    row.look = look;
    while (list != NULL && next_id(&list, id)) {
        if (try_notice(making, &row, id, error) < 0)
            return -1;
    }
    row.by = row.maybe != NULL ? row.maybe_by : making->agenda->as_of; /* it may be today */
    return add_row(making->agenda, &row, error);
}

/* ---- all letters ---- */

static bool may_be(const struct docket_letter *letter, const struct notice *notice)
{
    const char *list = letter->notice != NULL ? letter->notice : letter->candidates;
    char id[LETTER_ID_SIZE];

    while (list != NULL && next_id(&list, id)) {
        if (strcmp(id, notice->id) == 0)
            return true;
    }
    return false;
}

static bool is_wanted(const struct agenda_filter *filter, const struct docket_letter *letter)
{
    if (filter->ref != NULL && (letter->ref == NULL || strcmp(letter->ref, filter->ref) != 0))
        return false;
    if (filter->notice != NULL && !may_be(letter, filter->notice))
        return false;
    return filter->all || (!letter->done && !letter->rescan_is_sure);
}

static int add_quiet(struct making *making, struct agenda_row row, enum agenda_state state,
                     struct error *error)
{
    row.state = state;
    row.by = row.letter->received;
    return making->filter->all ? add_row(making->agenda, &row, error) : 0;
}

static int add_letter(void *context, const struct docket_letter *letter, struct error *error)
{
    struct making *making = context;
    struct agenda_row row = {.maybe_by = DATE_NONE};

    if (!is_wanted(making->filter, letter))
        return 0;
    row.letter = keep(making->agenda, letter);
    if (row.letter == NULL)
        return out_of_memory(error);
    if (letter->done)
        return add_quiet(making, row, AGENDA_DONE, error);
    switch (letter->status) {
    case LETTER_IDENTIFIED:
        return add_known(making, row, error);
    case LETTER_IRS_UNLISTED:
        return add_unsure(making, row, LOOK_UNLISTED, error);
    case LETTER_UNREADABLE:
        return add_unsure(making, row, LOOK_UNREADABLE, error);
    case LETTER_NOT_IRS:
    case LETTER_BLANK:
        return add_quiet(making, row, AGENDA_NONE, error);
    default:
        return add_unsure(making, row, LOOK_UNSURE, error);
    }
}

/* What is open and what must be looked at stand together. */
static int place_of(enum agenda_state state)
{
    return state == AGENDA_OPEN ? AGENDA_LOOK : (int)state;
}

/* Soonest first; of what went by, the latest first. */
static int compare_rows(const void *left, const void *right)
{
    const struct agenda_row *a = left;
    const struct agenda_row *b = right;
    int places = place_of(a->state) - place_of(b->state);
    bool ahead = place_of(a->state) == AGENDA_LOOK;

    if (places != 0)
        return places;
    if (a->by != b->by)
        return (a->by < b->by) == ahead ? -1 : 1;
    if (a->letter->id != b->letter->id)
        return a->letter->id < b->letter->id ? -1 : 1;
    return (a->rule > b->rule) - (a->rule < b->rule); /* the notice has the one to consider first first */
}

int agenda_init(struct agenda *agenda, struct docket *docket, const struct catalogue *catalogue, date as_of,
                const struct agenda_filter *filter, struct error *error)
{
    struct making making = {.agenda = agenda, .filter = filter};

    *agenda = (struct agenda){.as_of = as_of};
    making.notices = catalogue_notices(catalogue, &making.notice_count);
    if (docket_letters(docket, add_letter, &making, error) < 0) {
        agenda_dispose(agenda);
        return -1;
    }
    if (agenda->count > 0)
        qsort(agenda->rows, agenda->count, sizeof *agenda->rows, compare_rows);
    return 0;
}

void agenda_dispose(struct agenda *agenda)
{
    while (agenda->letters != NULL) {
        struct agenda_block *block = agenda->letters;
        agenda->letters = block->next;
        free(block);
    }
    free(agenda->rows);
    *agenda = (struct agenda){.as_of = agenda->as_of};
}
