/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What this machine has of what irsort needs: can it read, and which protections from hostile files hold. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "commands/commands.h"
#include "commands/options.h"
#include "commands/setup.h"
#include "worker/sandbox.h"
#include "worker/worker.h"

enum { ENTRY_SIZE = 32 }; /* bytes of a number as text */

struct doctor {
    struct sheet sheet;
    bool reads;  /* letters can be read here */
    bool lacking; /* but something is missing */
};

static const enum word protection_words[PROTECTION_COUNT] = {
    [PROTECTION_DESCRIPTORS] = WORD_PROTECTION_DESCRIPTORS,
    [PROTECTION_LIMITS] = WORD_PROTECTION_LIMITS,
    [PROTECTION_UNTRACEABLE] = WORD_PROTECTION_UNTRACEABLE,
    [PROTECTION_CAPABILITIES] = WORD_PROTECTION_CAPABILITIES,
    [PROTECTION_NO_NEW_PRIVILEGES] = WORD_PROTECTION_NO_NEW_PRIVILEGES,
    [PROTECTION_LANDLOCK] = WORD_PROTECTION_LANDLOCK,
    [PROTECTION_SECCOMP] = WORD_PROTECTION_SECCOMP,
};

static void say(struct doctor *doctor, bool good, enum word word, const char *value)
{
    const char *values[] = {value};
    struct buffer line;

    buffer_init(&line, (size_t)ERROR_MESSAGE_MAX * 2);
    buffer_text(&line, words_text(good ? WORD_DOCTOR_GOOD : WORD_DOCTOR_BAD, doctor->sheet.language));
    buffer_text(&line, " ");
    words_fill(&line, word, doctor->sheet.language, values, 1);
    sheet_text(&doctor->sheet, 0, good ? INK_PLAIN : INK_URGENT, line.failed ? "" : line.data);
    buffer_dispose(&line);
    doctor->lacking |= !good;
}

/* Patterns, models and language data, by starting what reads. */
static void look_at_reading(struct doctor *doctor, const struct settings *settings)
{
    char directory[PATH_MAX];
    struct catalogue *catalogue = NULL;
    struct error error = {0};
    bool one_thread = false;

    doctor->reads = setup_catalogue(&catalogue, settings, directory, &error) == 0;
    say(doctor, doctor->reads, doctor->reads ? WORD_DOCTOR_PATTERNS : WORD_DOCTOR_FAILED, error.message);
    if (doctor->reads) {
        doctor->reads = worker_try(directory, &one_thread, &error) == 0;
        say(doctor, doctor->reads, doctor->reads ? WORD_DOCTOR_ENGINE : WORD_DOCTOR_FAILED, error.message);
    }
    if (doctor->reads)
        say(doctor, one_thread, WORD_DOCTOR_ONE_THREAD, NULL);
    catalogue_free(catalogue);
}

/* Bytes that processes may take now without anything being swapped out; 0 if the kernel does not say. */
static unsigned long long available_memory(void)
{
    unsigned long long kib = 0;
    char line[128];
    FILE *file = fopen("/proc/meminfo", "re");

    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "MemAvailable: %llu kB", &kib) == 1)
            break;
    }
    if (file != NULL)
        fclose(file);
    return kib << 10;
}

/* A file may take all that its process is allowed, and there is one process a processor. */
static void look_at_memory(struct doctor *doctor)
{
    unsigned long long available = available_memory();
    char text[ENTRY_SIZE];

    snprintf(text, sizeof text, "%.1f GB", (double)available / (double)(1ul << 30));
    say(doctor, available >= worker_pool_memory(), WORD_DOCTOR_MEMORY, text);
}

static void look_at_protections(struct doctor *doctor)
{
    unsigned held = sandbox_probe();

    for (enum protection protection = 0; protection < PROTECTION_COUNT; protection++)
        say(doctor, (held >> protection & 1) != 0, protection_words[protection], sandbox_protection_name(protection));
}

int command_doctor(int argc, char **argv)
{
    enum language language = LANGUAGE_COUNT;
    const char *settings_file = NULL;
    struct settings settings = {0};
    const struct option options[] = {{"--lang", OPTION_LANGUAGE, &language},
                                     {"--settings", OPTION_TEXT, &settings_file}};
    struct doctor doctor = {0};
    struct buffer text;
    struct error error = {0};
    int operands;

    if (options_parse(options, 2, argc, argv, &operands, &error) < 0)
        return options_complain("doctor", &error);
    if (operands > 0) {
        error_set(&error, ERROR_USAGE, "it takes no arguments");
        return options_complain("doctor", &error);
    }
    if (settings_load(&settings, settings_file, &error) < 0)
        return setup_complain("doctor", &error);
    language = setup_language(language, &settings);
    setup_sheet(&doctor.sheet, &text, language);
    sheet_heading(&doctor.sheet, WORD_DOCTOR_READING);
    look_at_reading(&doctor, &settings);
    look_at_memory(&doctor);
    sheet_heading(&doctor.sheet, WORD_DOCTOR_PROTECTIONS);
    look_at_protections(&doctor);
    sheet_blank(&doctor.sheet);
    sheet_text(&doctor.sheet, 0, doctor.lacking ? INK_URGENT : INK_HEADING,
               words_text(!doctor.reads    ? WORD_DOCTOR_CANNOT_READ
                          : doctor.lacking ? WORD_DOCTOR_LACKING
                                           : WORD_DOCTOR_ALL_WELL,
                          language));
    int result = setup_write_card(&text, &error);
    buffer_dispose(&text);
    settings_dispose(&settings);
    if (result < 0)
        return setup_complain("doctor", &error);
    return !doctor.reads ? STATUS_WRONG : doctor.lacking ? STATUS_UNREAD : STATUS_DONE;
}
