/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "commands/commands.h"
#include "commands/options.h"
#include "commands/setup.h"

static void count_fault(void *context, const struct fault *fault)
{
    ++*(size_t *)context;
    setup_print_fault(stdout, fault);
}

int command_lint(int argc, char **argv)
{
    char found[PATH_MAX];
    const char *directory = found;
    struct catalogue *catalogue = NULL;
    struct error error = {0};
    size_t faults = 0;
    const char *settings_file = NULL;
    struct settings settings = {0};
    int operands;

    const struct option options[] = {{"--settings", OPTION_TEXT, &settings_file}};
    if (options_parse(options, 1, argc, argv, &operands, &error) < 0)
        return options_complain("lint", &error);
    if (operands > 1) {
        error_set(&error, ERROR_USAGE, "one directory at the most is wanted");
        return options_complain("lint", &error);
    }
    if (operands == 1)
        directory = argv[0];
    else if (settings_load(&settings, settings_file, &error) < 0)
        return setup_complain("lint", &error);
    int located = operands == 1 ? 0 : setup_data(found, &settings, &error);
    settings_dispose(&settings);
    if (located < 0)
        return setup_complain("lint", &error);

    if (catalogue_new(&catalogue, directory, count_fault, &faults, &error) < 0) {
        if (faults == 0)
            return setup_complain("lint", &error);
        printf("%zu %s\n", faults, faults == 1 ? "fault" : "faults");
        return STATUS_WRONG;
    }
    size_t notices;
    size_t clocks;
    catalogue_notices(catalogue, &notices);
    catalogue_clocks(catalogue, &clocks);
    printf("%zu notices, %zu clocks: no fault\n", notices, clocks);
    catalogue_free(catalogue);
    return STATUS_DONE;
}
