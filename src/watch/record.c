/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "watch/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/finding.h"
#include "report/json.h"
#include "watch/name.h"

enum {
    LABELS_MAX = 3,  /* numbers of letters in a folder's name; a stack may hold hundreds */
    REAL_DIGITS = 6, /* as `irsort read --json` writes them */
};

static int out_of_memory(struct error *error)
{
    return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
}

static int make_room(struct paperwork *paperwork, size_t records, struct error *error)
{
    *paperwork = (struct paperwork){0};
    paperwork->records = calloc(records, sizeof *paperwork->records);
    paperwork->names = calloc(records, sizeof *paperwork->names);
    paperwork->filing.records = paperwork->records;
    paperwork->filing.label = paperwork->label;
    return paperwork->records == NULL || paperwork->names == NULL ? out_of_memory(error) : 0;
}

/* Takes the reference; NULL is lack of memory. One line, so that records can be put one after the other. */
static int add_record(struct paperwork *paperwork, const char *name, json_t *json, struct error *error)
{
    size_t i = paperwork->filing.record_count;
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(REAL_DIGITS)) : NULL;
    size_t length = text != NULL ? strlen(text) : 0;
    char *line = text != NULL ? realloc(text, length + 2) : NULL;

    json_decref(json);
    if (line == NULL) {
        free(text);
        return out_of_memory(error);
    }
    memcpy(line + length, "\n", 2);
    snprintf(paperwork->names[i], RECORD_NAME_SIZE, "%s", name);
    paperwork->records[i] = (struct record){paperwork->names[i], line, length + 1};
    paperwork->filing.record_count++;
    return 0;
}

/* ---- letters ---- */

/* As the docket lists them: a person must look at what is not sure, and at what lacks the date that a deadline counts from. */
static bool wants_a_person(const struct finding *finding)
{
    switch (finding->letter->status) {
    case LETTER_NOT_IRS:
    case LETTER_BLANK:
        return false;
    case LETTER_IDENTIFIED:
        for (size_t i = 0; i < finding->rights.count; i++) {
            if (finding->rights.list[i].standing == STANDING_NEEDS_DATE)
                return true;
        }
        return false;
    default:
        return true;
    }
}

/* The ids of the letters: "LT11", "CP504+LT11", "CP504+CP504+LT11+9 more". */
static void add_label(struct paperwork *paperwork, const struct letter *letter, size_t i, size_t count)
{
    const char *id = letter->status == LETTER_IDENTIFIED ? letter->id : letter_status_name(letter->status);
    size_t length = strlen(paperwork->label);

    if (i < LABELS_MAX)
        snprintf(paperwork->label + length, sizeof paperwork->label - length, "%s%s", i > 0 ? "+" : "", id);
    else if (i == LABELS_MAX)
        snprintf(paperwork->label + length, sizeof paperwork->label - length, "+%zu more", count - i);
}

static int add_letter(struct paperwork *paperwork, const struct catalogue *catalogue, const struct intent *intent,
                      const struct letter *letter, enum language language, struct error *problem, struct error *error)
{
    struct finding finding;
    char name[RECORD_NAME_SIZE] = "letter.json";
    size_t n = paperwork->filing.record_count + 1;

    if (finding_init(&finding, catalogue, letter, intent->received, problem) < 0)
        return problem->code == ERROR_OUT_OF_MEMORY ? out_of_memory(error) : 0;
    if (n > 1)
        snprintf(name, sizeof name, "letter-%zu.json", n);
    if (wants_a_person(&finding))
        paperwork->filing.place = PLACE_REVIEW;
    int result = add_record(paperwork, name, json_letter(&finding, intent->name, intent->sha256, language), error);
    finding_dispose(&finding);
    return result;
}

static int init_letters(struct paperwork *paperwork, const struct catalogue *catalogue, const struct intent *intent,
                        const struct worker_result *result, enum language language, struct error *problem,
                        struct error *error)
{
    if (make_room(paperwork, result->letter_count, error) < 0)
        return -1;
    paperwork->filing.place = PLACE_FILED;
    paperwork->filing.letters = result->letters;
    paperwork->filing.letter_count = result->letter_count;
    for (size_t i = 0; i < result->letter_count && problem->code == ERROR_NONE; i++) {
        if (add_letter(paperwork, catalogue, intent, &result->letters[i], language, problem, error) < 0)
            return -1;
        add_label(paperwork, &result->letters[i], i, result->letter_count);
    }
    return 0;
}

static int init_failed(struct paperwork *paperwork, const struct intent *intent, const struct error *problem,
                       struct error *error)
{
    if (make_room(paperwork, 1, error) < 0)
        return -1;
    paperwork->filing.place = PLACE_FAILED;
    snprintf(paperwork->label, sizeof paperwork->label, "%s", error_code_name(problem->code));
    return add_record(paperwork, "error.json", json_error(intent->name, intent->sha256, problem), error);
}

int paperwork_init(struct paperwork *paperwork, const struct catalogue *catalogue, const struct intent *intent,
                   const struct worker_result *result, enum language language, struct error *error)
{
    struct error problem = result->error;
    int done = -1;

    *paperwork = (struct paperwork){0};
    if (problem.code == ERROR_NONE && result->letter_count == 0)
        error_set(&problem, ERROR_DAMAGED, "no page was found in this file: scan it again");
    if (problem.code == ERROR_NONE)
        done = init_letters(paperwork, catalogue, intent, result, language, &problem, error);
    if (problem.code != ERROR_NONE && error->code == ERROR_NONE) {
        paperwork_dispose(paperwork);
        done = init_failed(paperwork, intent, &problem, error);
    }
    if (done < 0)
        paperwork_dispose(paperwork);
    return done;
}

/* ---- repeats ---- */

int paperwork_init_repeat(struct paperwork *paperwork, const struct intent *intent, const struct intent *first,
                          struct error *error)
{
    char received[DATE_TEXT_SIZE];
    struct buffer name;
    json_t *same = NULL;

    if (make_room(paperwork, 1, error) < 0) {
        paperwork_dispose(paperwork);
        return -1;
    }
    paperwork->filing.place = PLACE_REPEATS;
    buffer_init(&name, (size_t)NAME_MAX * 3 + 1);
    name_utf8(&name, intent->name);
    same = first->folder[0] != '\0' ? json_sprintf("%s/%s", place_name(first->place), first->folder) : json_null();
    int result = add_record(paperwork, "repeat.json",
                            name.failed ? NULL
                                        : json_pack("{s:s, s:{s:s, s:s}, s:s, s:o}", "schema", "irsort.repeat/1",
                                                    "source", "file", name.data, "sha256", intent->sha256, "received",
                                                    date_format(intent->received, received), "same_as", same),
                            error);
    if (name.failed)
        json_decref(same);
    buffer_dispose(&name);
    if (result < 0)
        paperwork_dispose(paperwork);
    return result;
}

void paperwork_dispose(struct paperwork *paperwork)
{
    for (size_t i = 0; i < paperwork->filing.record_count; i++)
        free((char *)paperwork->records[i].bytes);
    free(paperwork->records);
    free(paperwork->names);
    *paperwork = (struct paperwork){0};
}
