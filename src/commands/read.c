/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "commands/commands.h"
#include "commands/inputs.h"
#include "commands/intake.h"
#include "commands/options.h"
#include "commands/setup.h"
#include "report/card.h"
#include "report/ics.h"
#include "report/json.h"
#include "report/show.h"
#include "report/why.h"
#include "worker/reading.h"
#include "worker/worker.h"

static_assert((int)OPTION_COUNT_MAX == (int)SETTINGS_WORKERS_MAX, "--workers and the setting have one bound");

enum {
    WINDOW = 32, /* files under way or waiting for an earlier one: bounds open files and held results */
    NAME_MAX_BYTES = 1 << 15, /* bytes of a file name: PATH_MAX, each escaped to six */
    PROGRESS_FROM = 4,        /* files; fewer are over before a line about them is read */
};

struct read_call {
    bool json;
    bool ics;
    bool names; /* in the calendar */
    unsigned workers; /* 0: one a processor */
    bool why;
    const char *show; /* folder for pictures; or NULL */
    const char *settings;
    enum language language;
    date as_of;
};

/* One file on its way through. */
struct job {
    const char *name;
    char sha256[INTAKE_HASH_SIZE]; /* "" until its content was read */
    bool done;
    struct worker_result result;
};

struct reading {
    const struct read_call *call;
    const struct catalogue *catalogue;
    const char *directory;
    struct ics *ics;          /* with --ics: what is written at the end */
    struct show_folder *show; /* with --show */
    struct worker_pool *pool; /* started with the first file that can be opened */
    struct job *jobs;
    size_t count;
    size_t started;
    size_t written;
    bool any_unread;
    bool first_card_written;
};

/* ---- writing ---- */

static void clear_progress(const struct reading *reading)
{
    if (reading->count >= PROGRESS_FROM && isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

static void show_progress(const struct reading *reading)
{
    if (reading->count >= PROGRESS_FROM && isatty(STDERR_FILENO) && reading->written < reading->count)
        fprintf(stderr, "\r%zu of %zu files read", reading->written, reading->count);
}

/* Cards follow each other with a line between them. */
static void start_card(struct reading *reading, struct sheet *sheet, struct buffer *card)
{
    setup_sheet(sheet, card, reading->call->language);
    if (reading->first_card_written)
        sheet_rule(sheet);
    reading->first_card_written = true;
}

/* What a calendar or a folder of pictures cannot hold is said beside it, so that no letter is lost without a word. */
static void tell_aside(const char *file, const char *what)
{
    struct buffer line;

    buffer_init(&line, NAME_MAX_BYTES);
    sheet_escape(&line, file);
    buffer_text(&line, ": ");
    sheet_escape(&line, what);
    fprintf(stderr, "irsort read: %s\n", line.data != NULL ? line.data : "");
    buffer_dispose(&line);
}

static bool lacks_a_day(const struct finding *finding)
{
    for (size_t i = 0; i < finding->rights.count; i++) {
        if (finding->rights.list[i].standing == STANDING_NEEDS_DATE)
            return true;
    }
    return false;
}

static int add_to_calendar(struct reading *reading, const struct job *job, const struct finding *finding,
                           struct error *error)
{
    const struct ics_origin origin = {job->name, job->sha256, reading->call->names};

    switch (finding->letter->status) {
    case LETTER_IDENTIFIED:
        if (lacks_a_day(finding))
            tell_aside(job->name, "a deadline of this letter is not in the calendar: its date is not known");
        return ics_add(reading->ics, finding, &origin, error);
    case LETTER_NOT_IRS:
    case LETTER_BLANK:
        return 0;
    default:
        tell_aside(job->name, "a person must look; a deadline of this letter is not in the calendar");
        return 0;
    }
}

static int write_error(struct reading *reading, const struct job *job, const struct error *problem,
                       struct error *error)
{
    struct sheet sheet;
    struct buffer card;

    reading->any_unread = true;
    if (reading->ics != NULL) {
        tell_aside(job->name, problem->message);
        return 0;
    }
    if (reading->call->json)
        return setup_write_json(json_error(job->name, job->sha256[0] == '\0' ? NULL : job->sha256, problem),
                                error);
    start_card(reading, &sheet, &card);
    card_write_error(&sheet, job->name, problem);
    int result = setup_write_card(&card, error);
    buffer_dispose(&card);
    return result;
}

static int write_letter(struct reading *reading, const struct job *job, const struct letter *letter,
                        struct error *error)
{
    struct finding finding;
    struct sheet sheet;
    struct buffer card;
    struct error problem = {0};
    int result;

    if (finding_init(&finding, reading->catalogue, letter, reading->call->as_of, &problem) < 0)
        return write_error(reading, job, &problem, error);
    if (reading->ics != NULL) {
        result = add_to_calendar(reading, job, &finding, error);
    } else if (reading->call->json) {
        json_t *json = json_letter(&finding, job->name, job->sha256, reading->call->language);
        if (reading->call->why && json_object_set_new(json, "why", letter_why_to_json(letter)) < 0) {
            json_decref(json);
            json = NULL;
        }
        result = setup_write_json(json, error);
    } else {
        start_card(reading, &sheet, &card);
        card_write(&sheet, &finding, job->name);
        if (reading->call->why)
            why_write(&sheet, letter);
        result = setup_write_card(&card, error);
        buffer_dispose(&card);
    }
    finding_dispose(&finding);
    return result;
}

static int write_job(struct reading *reading, const struct job *job, struct error *error)
{
    if (job->result.error.code != ERROR_NONE)
        return write_error(reading, job, &job->result.error, error);
    for (size_t i = 0; i < job->result.letter_count; i++) {
        if (write_letter(reading, job, &job->result.letters[i], error) < 0)
            return -1;
    }
    return 0;
}

/* Writes what is finished, in the order of the call. */
static int write_finished(struct reading *reading, struct error *error)
{
    int result = 0;

    clear_progress(reading);
    while (result == 0 && reading->written < reading->started && reading->jobs[reading->written].done) {
        struct job *job = &reading->jobs[reading->written++];
        result = write_job(reading, job, error);
        worker_result_dispose(&job->result);
        job->done = false;
    }
    show_progress(reading);
    return result;
}

/* ---- reading ---- */

static int start_job(struct reading *reading, struct job *job, struct error *error)
{
    int descriptor = -1;

    if (job->result.error.code == ERROR_NONE)
        intake_open(&descriptor, job->name, job->sha256, &job->result.error);
    if (job->result.error.code != ERROR_NONE) {
        job->done = true;
        return 0;
    }
    if (reading->pool == NULL) {
        if (worker_pool_new(&reading->pool, reading->call->workers, reading->directory, error) < 0) {
            close(descriptor);
            return -1;
        }
        worker_pool_want(reading->pool, (reading->show != NULL ? READER_PICTURES : 0) |
                                                (reading->call->why ? READER_REASONS : 0) |
                                                (reading->call->language == LANGUAGE_ES ? READER_SPANISH : 0));
    }
    return worker_pool_submit(reading->pool, descriptor, job, error);
}

static void tell_of_pictures(void *context, const char *what)
{
    const struct job *job = context;

    tell_aside(job->name, what);
}

/* At once, so that pictures of many files are not held together. */
static int write_pictures(struct reading *reading, struct job *job, struct error *error)
{
    if (reading->show == NULL)
        return 0;
    clear_progress(reading);
    for (size_t i = 0; i < job->result.letter_count; i++) {
        struct letter *letter = &job->result.letters[i];
        if (show_write(reading->show, job->name, letter, tell_of_pictures, job, error) < 0)
            return -1;
        letter_drop_pictures(letter);
    }
    return 0;
}

static int wait_for_result(struct reading *reading, struct error *error)
{
    struct worker_result result;
    int got = worker_pool_next(reading->pool, &result, error);

    if (got < 0)
        return -1;
    if (got == 0)
        return error_set(error, ERROR_SETUP, "the readers stopped before every file was read");
    struct job *job = result.tag;
    job->result = result;
    job->done = true;
    return write_pictures(reading, job, error);
}

static int read_all(struct reading *reading, struct error *error)
{
    show_progress(reading);
    while (reading->written < reading->count) {
        while (reading->started < reading->count && reading->started - reading->written < WINDOW) {
            if (start_job(reading, &reading->jobs[reading->started++], error) < 0)
                return -1;
        }
        if (!reading->jobs[reading->written].done && wait_for_result(reading, error) < 0)
            return -1;
        if (write_finished(reading, error) < 0)
            return -1;
    }
    return 0;
}

static int make_jobs(struct reading *reading, const struct inputs *inputs, struct error *error)
{
    reading->jobs = calloc(inputs->count == 0 ? 1 : inputs->count, sizeof *reading->jobs);
    if (reading->jobs == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    reading->count = inputs->count;
    for (size_t i = 0; i < inputs->count; i++) {
        reading->jobs[i].name = inputs->list[i].name;
        reading->jobs[i].result.error = inputs->list[i].error;
    }
    return 0;
}

static void drop_jobs(struct reading *reading)
{
    for (size_t i = reading->written; i < reading->started; i++) {
        if (reading->jobs[i].done)
            worker_result_dispose(&reading->jobs[i].result);
    }
    free(reading->jobs);
}

/* ---- the command ---- */

static int parse(struct read_call *call, int argc, char **argv, int *operands, struct error *error)
{
    *call = (struct read_call){.language = LANGUAGE_COUNT, .as_of = date_today()};
    const struct option options[] = {
        {"--json", OPTION_FLAG, &call->json},   {"--ics", OPTION_FLAG, &call->ics},
        {"--names", OPTION_FLAG, &call->names}, {"--lang", OPTION_LANGUAGE, &call->language},
        {"--as-of", OPTION_DATE, &call->as_of}, {"--workers", OPTION_COUNT, &call->workers},
        {"--show", OPTION_TEXT, &call->show},   {"--why", OPTION_FLAG, &call->why},
        {"--settings", OPTION_TEXT, &call->settings},
    };
    if (options_parse(options, sizeof options / sizeof *options, argc, argv, operands, error) < 0)
        return -1;
    if (call->json && call->ics)
        return error_set(error, ERROR_USAGE, "--json and --ics cannot go together");
    if (call->names && !call->ics)
        return error_set(error, ERROR_USAGE, "--names is only for --ics");
    if (call->why && call->ics)
        return error_set(error, ERROR_USAGE, "--why and --ics cannot go together");
    if (*operands == 0)
        return error_set(error, ERROR_USAGE, "a file, a directory or - (standard input) is wanted");
    return 0;
}

int command_read(int argc, char **argv)
{
    char directory[PATH_MAX];
    struct read_call call;
    struct settings settings = {0};
    struct catalogue *catalogue = NULL;
    struct inputs inputs = {0};
    struct reading reading = {.call = &call, .directory = directory};
    struct error error = {0};
    int operands;
    int result = -1;

    if (parse(&call, argc, argv, &operands, &error) < 0)
        return options_complain("read", &error);
    if (settings_load(&settings, call.settings, &error) < 0 ||
        setup_catalogue(&catalogue, &settings, directory, &error) < 0)
        goto done;
    call.language = setup_language(call.language, &settings);
    if (call.workers == 0)
        call.workers = settings.workers;
    reading.catalogue = catalogue;
    if (inputs_init(&inputs, argv, (size_t)operands, &error) < 0 || make_jobs(&reading, &inputs, &error) < 0)
        goto done;
    if (call.ics && ics_new(&reading.ics, call.language, call.as_of, &error) < 0)
        goto done;
    if (call.show != NULL && show_open(&reading.show, call.show, &error) < 0)
        goto done;
    result = read_all(&reading, &error);
    if (result == 0 && call.ics)
        result = setup_write_calendar(reading.ics, &error);
    if (result == 0 && call.show != NULL)
        fprintf(stderr, "irsort read: %zu pictures written\n", show_count(reading.show));
done:
    ics_free(reading.ics);
    show_close(reading.show);
    drop_jobs(&reading);
    worker_pool_free(reading.pool);
    inputs_dispose(&inputs);
    catalogue_free(catalogue);
    settings_dispose(&settings);
    if (reading.pool != NULL)
        setup_tell_lacks("read");
    if (result < 0)
        return setup_complain("read", &error);
    return reading.any_unread ? STATUS_UNREAD : STATUS_DONE;
}
