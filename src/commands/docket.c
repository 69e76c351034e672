/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "commands/commands.h"
#include "commands/options.h"
#include "commands/setup.h"
#include "commands/take.h"
#include "docket/agenda.h"
#include "docket/show.h"

enum {
    TIME_SIZE = 20,        /* "2026-03-02T14:05:09" and NUL */
    EVENT_MAX = 1 << 14,   /* bytes of an event's sentence */
    LISTING_MAX = 1 << 28, /* bytes of a whole list: some hundred thousand rows */
    WITHIN_MAX = 100000,   /* days: more than dates have */
    NO_ID = -1,
};

/* What is to be done; without one the list is shown. */
enum action {
    ACTION_LIST,
    ACTION_TAKE,
    ACTION_DONE,
    ACTION_UNDO,
    ACTION_NOTE,
    ACTION_ASSIGN,
    ACTION_REFER,
    ACTION_CORRECT,
    ACTION_CONFIRM,
    ACTION_HISTORY,
    ACTION_BACKUP,
    ACTION_COUNT
};

/* What each wants besides its id. */
static const struct {
    const char *option;
    int least, most; /* operands; -1: any number */
    const char *wanted;
} actions[ACTION_COUNT] = {
    [ACTION_LIST] = {"", 0, 0, "no FILE is wanted here; --take FILE takes letters"},
    [ACTION_TAKE] = {"--take", 1, -1, "--take wants a file, or - for standard input"},
    [ACTION_DONE] = {"--done", 0, 0, "--done wants one ID"},
    [ACTION_UNDO] = {"--undo", 0, 0, "--undo wants one ID"},
    [ACTION_NOTE] = {"--note", 1, 1, "--note wants an ID and one text, in quotes"},
    [ACTION_ASSIGN] = {"--assign", 1, 1, "--assign wants an ID and one name, in quotes; \"\" for nobody"},
    [ACTION_REFER] = {"--set-ref", 1, 1, "--set-ref wants an ID and one reference, in quotes; \"\" for none"},
    [ACTION_CORRECT] = {"--correct", 1, 1, "--correct wants an ID and FIELD=VALUE"},
    [ACTION_CONFIRM] = {"--confirm", 0, 1, "--confirm wants an ID, and perhaps one FIELD"},
    [ACTION_HISTORY] = {"--history", 0, 0, "--history wants one ID"},
    [ACTION_BACKUP] = {"--backup", 0, 0, "--backup wants one file"},
};

struct docket_call {
    enum action action;
    int64_t id;
    char **operands;
    size_t operand_count;
    bool json, csv, ics, names, all;
    enum language language;
    date as_of;
    date received;
    int64_t within;
    const char *file, *ref, *notice, *by, *backup, *settings;
};

/* ---- the call ---- */

static int choose_action(struct docket_call *call, bool take, const int64_t ids[ACTION_COUNT],
                         struct error *error)
{
    size_t chosen = 0;

    for (enum action action = ACTION_TAKE; action < ACTION_COUNT; action++) {
        bool given = action == ACTION_TAKE     ? take
                     : action == ACTION_BACKUP ? call->backup != NULL
                                               : ids[action] != NO_ID;
        if (!given)
            continue;
        chosen++;
        call->action = action;
        call->id = ids[action];
    }
    return chosen > 1 ? error_set(error, ERROR_USAGE,
                                  "one thing at a time: two of --take, --done, --note … were given")
                      : 0;
}

static int check_call(const struct docket_call *call, struct error *error)
{
    bool list = call->action == ACTION_LIST;

    if ((int)call->operand_count < actions[call->action].least ||
        (actions[call->action].most >= 0 && (int)call->operand_count > actions[call->action].most))
        return error_set(error, ERROR_USAGE, "%s", actions[call->action].wanted);
    if (call->json + call->csv + call->ics > 1)
        return error_set(error, ERROR_USAGE, "--json, --csv and --ics cannot go together");
    if (call->names && !call->ics)
        return error_set(error, ERROR_USAGE, "--names is only for --ics");
    if (call->received != DATE_NONE && call->action != ACTION_TAKE)
        return error_set(error, ERROR_USAGE, "--received is only for --take");
    if (call->received != DATE_NONE && call->received > call->as_of)
        return error_set(error, ERROR_USAGE, "--received lies after today");
    if (!list && (call->csv || call->ics || call->all || call->notice != NULL || call->within >= 0))
        return error_set(error, ERROR_USAGE,
                         "--csv, --ics, --all, --notice and --within are only for the list");
    if (call->json && !list && call->action != ACTION_HISTORY)
        return error_set(error, ERROR_USAGE, "--json is only for the list and --history");
    if (call->ref != NULL && !list && call->action != ACTION_TAKE)
        return error_set(error, ERROR_USAGE,
                         "--ref is for the list and --take; --set-ref ID REF sets it later");
    return 0;
}

static int parse(struct docket_call *call, int argc, char **argv, struct error *error)
{
    int64_t ids[ACTION_COUNT];
    bool take = false;
    int operands;

    for (size_t i = 0; i < ACTION_COUNT; i++)
        ids[i] = NO_ID;
    *call = (struct docket_call){.language = LANGUAGE_COUNT,
                                  .as_of = date_today(),
                                  .received = DATE_NONE,
                                  .within = -1};
    const struct option options[] = {
        {"--json", OPTION_FLAG, &call->json},
        {"--csv", OPTION_FLAG, &call->csv},
        {"--ics", OPTION_FLAG, &call->ics},
        {"--names", OPTION_FLAG, &call->names},
        {"--all", OPTION_FLAG, &call->all},
        {"--lang", OPTION_LANGUAGE, &call->language},
        {"--as-of", OPTION_DATE, &call->as_of},
        {"--received", OPTION_DATE, &call->received},
        {"--within", OPTION_NUMBER, &call->within},
        {"--file", OPTION_TEXT, &call->file},
        {"--settings", OPTION_TEXT, &call->settings},
        {"--ref", OPTION_TEXT, &call->ref},
        {"--notice", OPTION_TEXT, &call->notice},
        {"--by", OPTION_TEXT, &call->by},
        {"--take", OPTION_FLAG, &take},
        {"--done", OPTION_NUMBER, &ids[ACTION_DONE]},
        {"--undo", OPTION_NUMBER, &ids[ACTION_UNDO]},
        {"--note", OPTION_NUMBER, &ids[ACTION_NOTE]},
        {"--assign", OPTION_NUMBER, &ids[ACTION_ASSIGN]},
        {"--set-ref", OPTION_NUMBER, &ids[ACTION_REFER]},
        {"--correct", OPTION_NUMBER, &ids[ACTION_CORRECT]},
        {"--confirm", OPTION_NUMBER, &ids[ACTION_CONFIRM]},
        {"--history", OPTION_NUMBER, &ids[ACTION_HISTORY]},
        {"--backup", OPTION_TEXT, &call->backup},
    };
    if (options_parse(options, sizeof options / sizeof *options, argc, argv, &operands, error) < 0)
        return -1;
    call->operands = argv;
    call->operand_count = (size_t)operands;
    if (call->within > WITHIN_MAX)
        call->within = WITHIN_MAX;
    if (choose_action(call, take, ids, error) < 0)
        return -1;
    return check_call(call, error);
}

/* ---- who, when ---- */

static struct docket_actor find_actor(const char *by, char name[DOCKET_NAME_MAX])
{
    const struct passwd *user = getpwuid(getuid());

    if (user != NULL)
        snprintf(name, DOCKET_NAME_MAX, "%s", user->pw_name);
    else
        snprintf(name, DOCKET_NAME_MAX, "user %u", (unsigned)getuid());
    return (struct docket_actor){by != NULL && by[0] != '\0' ? by : name, (int64_t)time(NULL)};
}

/* ---- the list ---- */

/* What a calendar cannot hold is said beside it, so that no letter is lost without a word. */
static int write_calendar(const struct agenda *agenda, const struct docket_call *call, struct error *error)
{
    struct ics *ics = NULL;
    int result = -1;

    if (ics_new(&ics, call->language, call->as_of, error) < 0)
        return -1;
    for (size_t i = 0; i < agenda->count; i++) {
        if (agenda->rows[i].state == AGENDA_LOOK)
            fprintf(
                stderr,
                "irsort docket: letter %lld: a person must look; a deadline of it is not in the calendar\n",
                (long long)agenda->rows[i].letter->id);
    }
    if (show_calendar(ics, agenda, call->names, error) == 0)
        result = setup_write_calendar(ics, error);
    ics_free(ics);
    return result;
}

static int write_json(const struct agenda *agenda, enum language language, struct error *error)
{
    for (size_t i = 0; i < agenda->count; i++) {
        if (setup_write_json(show_json(agenda, &agenda->rows[i], language), error) < 0)
            return -1;
    }
    return 0;
}

static int write_text(const struct agenda *agenda, const struct docket_call *call, struct error *error)
{
    struct sheet sheet;
    struct buffer text;

    setup_sheet(&sheet, &text, call->language);
    text.limit = LISTING_MAX;
    if (call->csv)
        show_csv(&text, agenda, call->language);
    else
        show_table(&sheet, agenda);
    int result = setup_write_card(&text, error);
    buffer_dispose(&text);
    return result;
}

static int list(struct docket *docket, const struct catalogue *catalogue, const struct docket_call *call,
                struct error *error)
{
    struct agenda_filter filter = {.ref = call->ref, .within = (int)call->within, .all = call->all};
    struct agenda agenda;
    int result;

    if (call->notice != NULL) {
        filter.notice = setup_find_notice(catalogue, call->notice, error);
        if (filter.notice == NULL)
            return -1;
    }
    if (agenda_init(&agenda, docket, catalogue, call->as_of, &filter, error) < 0)
        return -1;
    if (call->ics)
        result = write_calendar(&agenda, call, error);
    else if (call->json)
        result = write_json(&agenda, call->language, error);
    else
        result = write_text(&agenda, call, error);
    agenda_dispose(&agenda);
    return result;
}

/* ---- history ---- */

struct telling {
    const struct docket_call *call;
};

/* "2026-03-02T14:05:09", UTC. */
static void format_time(int64_t at, char out[TIME_SIZE])
{
    time_t seconds = (time_t)at;
    struct tm utc;

    out[0] = '\0';
    if (gmtime_r(&seconds, &utc) != NULL)
        strftime(out, TIME_SIZE, "%Y-%m-%dT%H:%M:%S", &utc);
}

static int tell_event(void *context, const struct docket_event *event, struct error *error)
{
    const struct docket_call *call = ((const struct telling *)context)->call;
    char when[TIME_SIZE];
    struct buffer what;
    struct buffer text;
    struct sheet sheet;

    format_time(event->at, when);
    if (call->json)
        return setup_write_json(
            json_pack("{s:s, s:I, s:o, s:s, s:s, s:s?, s:s?, s:s?}", "schema", "irsort.event/1", "id",
                      (json_int_t)call->id, "at", json_sprintf("%sZ", when), "who", event->who, "what",
                      event->what, "point", event->point, "before", event->before, "after", event->after),
            error);
    when[10] = ' '; /* "2026-03-02 14:05" */
    when[16] = '\0';
    setup_sheet(&sheet, &text, call->language);
    buffer_init(&what, EVENT_MAX);
    show_event(&what, event, call->language);
    sheet_say(&sheet, 0, INK_PLAIN, WORD_DOCKET_EVENT, when, event->who, what.data != NULL ? what.data : "");
    sheet_drop(&sheet, &what);
    int result = setup_write_card(&text, error);
    buffer_dispose(&text);
    return result;
}

/* ---- changes ---- */

static int correct(struct docket *docket, const struct catalogue *catalogue, const struct docket_call *call,
                   const struct docket_actor *actor, struct error *error)
{
    char *point = call->operands[0];
    char *value = strchr(point, '=');

    if (value == NULL || value == point)
        return error_set(error, ERROR_USAGE, "%s", actions[ACTION_CORRECT].wanted);
    *value++ = '\0';
    if (strcmp(point, "notice") == 0) {
        const struct notice *notice = setup_find_notice(catalogue, value, error);
        if (notice == NULL)
            return -1;
        value = notice->id;
    }
    return docket_correct(docket, call->id, point, value, actor, error);
}

static int take_letters(struct docket *docket, const struct docket_call *call,
                        const struct docket_actor *actor, bool *refused, struct error *error)
{
    struct take take = {
        .docket = docket,
        .actor = actor,
        .received = call->received != DATE_NONE ? call->received : call->as_of,
        .came_again = call->received != DATE_NONE,
        .ref = call->ref,
    };
    int result = 0;

    for (size_t i = 0; i < call->operand_count && result == 0; i++)
        result = take_file(&take, call->operands[i], error);
    printf("letters taken: %zu (second scans of one that is there: %zu); there already: %zu; came again: "
           "%zu; not taken: "
           "%zu\n",
           take.kept.taken, take.kept.rescans, take.kept.known, take.kept.repeats, take.refused);
    *refused = take.refused > 0;
    if (fflush(stdout) != 0)
        return error_set(error, ERROR_SETUP, "the result cannot be written: %s", strerror(errno));
    return result;
}

static int act(struct docket *docket, const struct catalogue *catalogue, const struct docket_call *call,
               const struct docket_actor *actor, bool *refused, struct error *error)
{
    struct telling telling = {call};
    const char *operand = call->operand_count > 0 ? call->operands[0] : NULL;

    switch (call->action) {
    case ACTION_TAKE:
        return take_letters(docket, call, actor, refused, error);
    case ACTION_DONE:
    case ACTION_UNDO:
        return docket_done(docket, call->id, call->action == ACTION_DONE, actor, error);
    case ACTION_NOTE:
        return docket_note(docket, call->id, operand, actor, error);
    case ACTION_ASSIGN:
        return docket_assign(docket, call->id, operand, actor, error);
    case ACTION_REFER:
        return docket_refer(docket, call->id, operand, actor, error);
    case ACTION_CORRECT:
        return correct(docket, catalogue, call, actor, error);
    case ACTION_CONFIRM:
        return docket_confirm(docket, call->id, operand, actor, error);
    case ACTION_HISTORY:
        return docket_history(docket, call->id, tell_event, &telling, error);
    case ACTION_BACKUP:
        return docket_backup(docket, call->backup, error);
    default:
        return list(docket, catalogue, call, error);
    }
}

int command_docket(int argc, char **argv)
{
    char path[PATH_MAX];
    char name[DOCKET_NAME_MAX];
    struct docket_call call;
    struct settings settings = {0};
    struct catalogue *catalogue = NULL;
    struct docket *docket = NULL;
    struct error error = {0};
    bool refused = false;
    int result = -1;

    if (parse(&call, argc, argv, &error) < 0)
        return options_complain("docket", &error);
    const struct docket_actor actor = find_actor(call.by, name);
    if (settings_load(&settings, call.settings, &error) < 0 ||
        setup_docket_file(path, call.file, &settings, &error) < 0)
        goto done;
    call.language = setup_language(call.language, &settings);
    if ((call.action == ACTION_LIST || call.action == ACTION_CORRECT) &&
        setup_catalogue(&catalogue, &settings, NULL, &error) < 0)
        goto done;
    if (docket_open(&docket, path, call.action == ACTION_TAKE ? DOCKET_START : DOCKET_EXISTING, &error) < 0)
        goto done;
    result = act(docket, catalogue, &call, &actor, &refused, &error);
done:
    docket_close(docket);
    catalogue_free(catalogue);
    settings_dispose(&settings);
    if (result < 0)
        return setup_complain("docket", &error);
    return refused ? STATUS_UNREAD : STATUS_DONE;
}
