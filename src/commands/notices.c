/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdbool.h>
#include <stdio.h>

#include "commands/commands.h"
#include "commands/options.h"
#include "commands/setup.h"
#include "report/json.h"
#include "report/table.h"

int command_notices(int argc, char **argv)
{
    bool json = false;
    enum language language = LANGUAGE_COUNT;
    const char *settings_file = NULL;
    struct settings settings = {0};
    int operands;
    struct catalogue *catalogue = NULL;
    struct error error = {0};
    struct buffer text;
    int result = -1;
    size_t count;

    const struct option options[] = {
        {"--json", OPTION_FLAG, &json},
        {"--lang", OPTION_LANGUAGE, &language},
        {"--settings", OPTION_TEXT, &settings_file},
    };
    if (options_parse(options, sizeof options / sizeof *options, argc, argv, &operands, &error) < 0)
        return options_complain("notices", &error);
    if (operands > 0) {
        error_set(&error, ERROR_USAGE, "it takes no arguments; ask `irsort rights` about one notice");
        return options_complain("notices", &error);
    }
    if (settings_load(&settings, settings_file, &error) < 0 ||
        setup_catalogue(&catalogue, &settings, NULL, &error) < 0)
        goto done;
    language = setup_language(language, &settings);
    result = 0;
    const struct notice *notices = catalogue_notices(catalogue, &count);
    if (json) {
        for (size_t i = 0; i < count && result == 0; i++)
            result = setup_write_json(json_notice(&notices[i], language), &error);
    } else {
        struct sheet sheet;
        setup_sheet(&sheet, &text, language);
        table_write(&sheet, notices, count);
        result = setup_write_card(&text, &error);
        buffer_dispose(&text);
    }
done:
    catalogue_free(catalogue);
    settings_dispose(&settings);
    return result == 0 ? STATUS_DONE : setup_complain("notices", &error);
}
