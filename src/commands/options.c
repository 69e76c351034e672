/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "commands/options.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "commands/commands.h"
#include "commands/day.h"
#include "report/sheet.h"

enum {
    SHOWN_MAX = 200,        /* bytes of a wrong argument that are repeated to the user */
    NUMBER_DIGITS_MAX = 18, /* always fit into 63 bits */
};

/* What the user wrote, safe to show; a long one is not shown whole. */
struct shown {
    char text[SHOWN_MAX + 1];
};

static struct shown show(const char *argument)
{
    struct shown shown = {{0}};
    struct buffer buffer;

    buffer_init(&buffer, SHOWN_MAX);
    sheet_escape(&buffer, argument);
    if (buffer.data != NULL)
        snprintf(shown.text, sizeof shown.text, "%s", buffer.data);
    buffer_dispose(&buffer);
    return shown;
}

/* The option that the argument names, with or without "=VALUE"; NULL if there is none. */
static const struct option *find_option(const struct option *options, size_t count, const char *argument)
{
    size_t length = strcspn(argument, "=");

    for (size_t i = 0; i < count; i++) {
        if (strlen(options[i].name) == length && memcmp(options[i].name, argument, length) == 0)
            return &options[i];
    }
    return NULL;
}

static int set_value(const struct option *option, const char *value, struct error *error)
{
    char reason[DAY_REASON_SIZE];

    if (option->kind == OPTION_NUMBER) {
        size_t digits = strspn(value, "0123456789");
        if (digits == 0 || digits > NUMBER_DIGITS_MAX || value[digits] != '\0')
            return error_set(error, ERROR_USAGE, "%s wants a number, not \"%s\"", option->name,
                             show(value).text);
        *(int64_t *)option->value = strtoll(value, NULL, 10);
    } else if (option->kind == OPTION_DATE) {
        date day = date_parse(value);
        if (day == DATE_NONE)
            return error_set(error, ERROR_USAGE, "%s wants a day such as 2025-02-12, not \"%s\"%s",
                             option->name, show(value).text, day_reason(value, reason));
        *(date *)option->value = day;
    } else if (option->kind == OPTION_TEXT) {
        if (value[0] == '\0')
            return error_set(error, ERROR_USAGE, "%s wants a value", option->name);
        *(const char **)option->value = value;
    } else if (option->kind == OPTION_COUNT) {
        bool digit = value[0] >= '1' && value[0] <= '0' + OPTION_COUNT_MAX && value[1] == '\0';
        if (!digit)
            return error_set(error, ERROR_USAGE, "%s wants a number from 1 to %d, not \"%s\"", option->name,
                             OPTION_COUNT_MAX, show(value).text);
        *(unsigned *)option->value = (unsigned)(value[0] - '0');
    } else if (words_language(value, option->value) < 0) {
        return error_set(error, ERROR_USAGE, "%s wants en or es, not \"%s\"", option->name, show(value).text);
    }
    return 0;
}

int options_parse(const struct option *options, size_t count, int argc, char **argv, int *operands,
                  struct error *error)
{
    bool only_operands = false;

    *operands = 0;
    for (int i = 1; i < argc; i++) {
        char *argument = argv[i];
        if (only_operands || argument[0] != '-' || argument[1] == '\0') {
            argv[(*operands)++] = argument;
            continue;
        }
        if (strcmp(argument, "--") == 0) {
            only_operands = true;
            continue;
        }
        const struct option *option = find_option(options, count, argument);
        const char *value = strchr(argument, '=');
        if (option == NULL)
            return error_set(error, ERROR_USAGE, "there is no option %s", show(argument).text);
        if (option->kind == OPTION_FLAG) {
            if (value != NULL)
                return error_set(error, ERROR_USAGE, "%s takes no value", option->name);
            *(bool *)option->value = true;
            continue;
        }
        if (option->kind == OPTION_PAIR) {
            if (value != NULL || i + 2 >= argc || argv[i + 1][0] == '\0' || argv[i + 2][0] == '\0')
                return error_set(error, ERROR_USAGE, "%s wants two values after it", option->name);
            memcpy(option->value, (const char *const[]){argv[i + 1], argv[i + 2]}, 2 * sizeof(const char *));
            i += 2;
            continue;
        }
        if (value == NULL && i + 1 == argc)
            return error_set(error, ERROR_USAGE, "%s wants a value", option->name);
        if (set_value(option, value != NULL ? value + 1 : argv[++i], error) < 0)
            return -1;
    }
    return 0;
}

int options_complain(const char *command, const struct error *error)
{
    fprintf(stderr, "irsort %s: %s\nSee `irsort help %s`.\n", command, error->message, command);
    return STATUS_WRONG;
}
