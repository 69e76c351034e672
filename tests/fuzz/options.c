/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A command line, a line of the input an argument: options and days, and the number of a notice however it is typed.
 * A day that is taken exists and is the one that was written; a message can be shown on a terminal. */
#include "base/date.h"
#include "commands/day.h"
#include "commands/options.h"
#include "harness.h"

enum { ARGUMENTS_MAX = 12, NEAREST = 3 };

static void check_day(const char *text)
{
    char reason[DAY_REASON_SIZE];
    char again[DATE_TEXT_SIZE];
    date day = date_parse(text);

    day_reason(text, reason);
    MUST(memchr(reason, '\0', sizeof reason) != NULL && is_clean(reason));
    if (day != DATE_NONE)
        MUST(strcmp(date_format(day, again), text) == 0);
    for (const char *advice = strstr(reason, "write "); advice != NULL;) {
        char advised[DATE_TEXT_SIZE];
        snprintf(advised, sizeof advised, "%s", advice + strcspn(advice, "0123456789"));
        MUST(date_parse(advised) != DATE_NONE); /* what a person is told to write is then taken */
        advice = strstr(advice + 1, " or ");
    }
}

static void check_name(const char *name)
{
    const struct catalogue *catalogue = harness_catalogue();
    const struct notice *nearest[NEAREST];
    const struct notice *notice = catalogue_find_notice(catalogue, name);
    size_t count = catalogue_nearest(catalogue, name, nearest, NEAREST);

    MUST(count <= NEAREST);
    for (size_t i = 0; i < count; i++)
        MUST(catalogue_find_notice(catalogue, nearest[i]->id) == nearest[i]);
    if (notice != NULL)
        MUST(catalogue_find_other(catalogue, name) == NULL && catalogue_find_notice(catalogue, notice->id) == notice);
    catalogue_find_clock(catalogue, name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    char *kept[ARGUMENTS_MAX];
    char *arguments[ARGUMENTS_MAX + 1];
    int count = 0;
    int operands = -1;
    struct error error = {0};
    bool json = false;
    date as_of = DATE_NONE;
    date filed = DATE_NONE;
    enum language language = LANGUAGE_COUNT;
    const struct option options[] = {
        {"--json", OPTION_FLAG, &json},
        {"--as-of", OPTION_DATE, &as_of},
        {"--filed", OPTION_DATE, &filed},
        {"--lang", OPTION_LANGUAGE, &language},
    };

    while (count < ARGUMENTS_MAX && (count == 0 || input.size > 0)) {
        kept[count] = arguments[count] = input_until(&input, '\n');
        check_day(kept[count]);
        check_name(kept[count]);
        count++;
    }
    arguments[count] = NULL;
    int result = options_parse(options, sizeof options / sizeof *options, count, arguments, &operands, &error);
    MUST(result == 0 || result == -1);
    MUST((result == 0) == (error.code == ERROR_NONE));
    MUST(operands >= 0 && operands < count + (count == 0));
    if (result == -1)
        MUST(error.code == ERROR_USAGE && error.message[0] != '\0' && is_clean(error.message));
    MUST(as_of == DATE_NONE || date_weekday(as_of) <= SATURDAY);
    MUST(language == LANGUAGE_COUNT || language == LANGUAGE_EN || language == LANGUAGE_ES);
    for (int i = 0; i < count; i++)
        free(kept[i]);
    return 0;
}
