/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdbool.h>
#include <stdio.h>

#include "commands/commands.h"
#include "commands/options.h"
#include "commands/setup.h"
#include "report/card.h"
#include "report/ics.h"
#include "report/json.h"

struct rights_call {
    bool json;
    bool ics;
    enum language language;
    struct known_dates dates;
    date printed;
    const char *name;
    const char *settings;
};

/* A letter, or a lien, from after the day that is asked about. A letter that is in hand today may be dated a
 * little ahead. */
static int check_order(const struct known_dates *dates, bool as_of_today, struct error *error)
{
    const struct {
        enum clock_start start;
        const char *option;
        int ahead_most;
    } events[] = {{START_NOTICE_DATE, "--date", as_of_today ? RIGHTS_NOTICE_AHEAD_MAX : 0},
                  {START_LIEN_FILED, "--filed", 0}};

    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        char event[DATE_TEXT_SIZE];
        char as_of[DATE_TEXT_SIZE];
        date day = dates->start[events[i].start];
        if (day != DATE_NONE && day > dates->as_of + events[i].ahead_most)
            return error_set(error, ERROR_USAGE,
                             "%s %s lies after %s, the day that is asked about (--as-of, else today); one of "
                             "the two is wrong",
                             events[i].option, date_format(day, event), date_format(dates->as_of, as_of));
    }
    return 0;
}

static int parse(struct rights_call *call, int argc, char **argv, struct error *error)
{
    int operands;

    *call = (struct rights_call){.language = LANGUAGE_COUNT, .printed = DATE_NONE};
    known_dates_init(&call->dates, DATE_NONE);
    const struct option options[] = {
        {"--json", OPTION_FLAG, &call->json},
        {"--ics", OPTION_FLAG, &call->ics},
        {"--lang", OPTION_LANGUAGE, &call->language},
        {"--as-of", OPTION_DATE, &call->dates.as_of},
        {"--date", OPTION_DATE, &call->dates.start[START_NOTICE_DATE]},
        {"--filed", OPTION_DATE, &call->dates.start[START_LIEN_FILED]},
        {"--conference", OPTION_DATE, &call->dates.start[START_CONFERENCE]},
        {"--conference-asked", OPTION_DATE, &call->dates.start[START_CONFERENCE_ASKED]},
        {"--seizure", OPTION_DATE, &call->dates.start[START_SEIZURE_NOTICE]},
        {"--review-asked", OPTION_DATE, &call->dates.start[START_REVIEW_ASKED]},
        {"--review-answered", OPTION_DATE, &call->dates.start[START_REVIEW_ANSWERED]},
        {"--printed", OPTION_DATE, &call->printed},
        {"--settings", OPTION_TEXT, &call->settings},
    };
    if (options_parse(options, sizeof options / sizeof *options, argc, argv, &operands, error) < 0)
        return -1;
    if (operands != 1)
        return error_set(error, ERROR_USAGE, "one notice is wanted, such as CP504 or \"Letter 1058\"");
    if (call->json && call->ics)
        return error_set(error, ERROR_USAGE, "--json and --ics cannot go together");
    bool as_of_today = call->dates.as_of == DATE_NONE;
    if (as_of_today)
        call->dates.as_of = date_today();
    if (check_order(&call->dates, as_of_today, error) < 0)
        return -1;
    call->dates.printed[FIELD_HEARING_BY] = call->printed;
    call->dates.printed[FIELD_RESPOND_BY] = call->printed;
    call->dates.printed[FIELD_TERMINATION_DATE] = call->printed;
    call->name = argv[0];
    return 0;
}

static int write_calendar(const struct finding *finding, const struct rights_call *call, struct error *error)
{
    const struct ics_origin origin = {0};
    struct ics *ics = NULL;
    int result = -1;

    if (ics_new(&ics, call->language, call->dates.as_of, error) < 0)
        return -1;
    if (ics_add(ics, finding, &origin, error) < 0)
        goto done;
    if (ics_count(ics) == 0)
        fputs("irsort rights: no deadline with a known day is open, so the calendar is empty\n", stderr);
    result = setup_write_calendar(ics, error);
done:
    ics_free(ics);
    return result;
}

static bool goes_by_printed_date(const struct notice *notice)
{
    for (unsigned i = 0; i < notice->rights_count; i++) {
        const struct clock *clock = notice->rights[i].clock;
        if (clock != NULL && clock->printed != NULL)
            return true;
    }
    return false;
}

static int write_finding(const struct finding *finding, const struct rights_call *call, struct error *error)
{
    struct sheet sheet;
    struct buffer card;

    if (call->json)
        return setup_write_json(json_rights(finding, call->language), error);
    if (call->ics)
        return write_calendar(finding, call, error);
    setup_sheet(&sheet, &card, call->language);
    card_write(&sheet, finding, NULL);
    int result = setup_write_card(&card, error);
    buffer_dispose(&card);
    return result;
}

int command_rights(int argc, char **argv)
{
    struct rights_call call;
    struct settings settings = {0};
    struct catalogue *catalogue = NULL;
    struct finding finding = {0};
    struct error error = {0};
    int status = STATUS_WRONG;

    if (parse(&call, argc, argv, &error) < 0)
        return options_complain("rights", &error);
    if (settings_load(&settings, call.settings, &error) < 0 ||
        setup_catalogue(&catalogue, &settings, NULL, &error) < 0)
        goto done;
    call.language = setup_language(call.language, &settings);
    const struct notice *notice = setup_find_notice(catalogue, call.name, &error);
    if (notice == NULL)
        goto done;
    if (call.printed != DATE_NONE && !goes_by_printed_date(notice)) {
        error_set(&error, ERROR_USAGE, "no right of %s goes by a day printed on it; leave --printed out",
                  notice->printed);
        goto done;
    }
    if (finding_init_notice(&finding, notice, &call.dates, &error) < 0 ||
        write_finding(&finding, &call, &error) < 0)
        goto done;
    status = STATUS_DONE;
done:
    finding_dispose(&finding);
    catalogue_free(catalogue);
    settings_dispose(&settings);
    return status == STATUS_DONE ? status : setup_complain("rights", &error);
}
