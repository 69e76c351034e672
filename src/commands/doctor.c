/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What this machine has of what irsort needs: can it read, and which protections from hostile files hold. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "commands/commands.h"
#include "commands/doctor.h"
#include "commands/options.h"
#include "commands/setup.h"
#include "worker/sandbox.h"
#include "worker/worker.h"

enum { ENTRY_SIZE = 32 }; /* bytes of a number as text */

static const enum word protection_words[PROTECTION_COUNT] = {
    [PROTECTION_DESCRIPTORS] = WORD_PROTECTION_DESCRIPTORS,
    [PROTECTION_LIMITS] = WORD_PROTECTION_LIMITS,
    [PROTECTION_UNTRACEABLE] = WORD_PROTECTION_UNTRACEABLE,
    [PROTECTION_CAPABILITIES] = WORD_PROTECTION_CAPABILITIES,
    [PROTECTION_NO_NEW_PRIVILEGES] = WORD_PROTECTION_NO_NEW_PRIVILEGES,
    [PROTECTION_LANDLOCK] = WORD_PROTECTION_LANDLOCK,
    [PROTECTION_SECCOMP] = WORD_PROTECTION_SECCOMP,
};

void doctor_say(struct doctor *doctor, enum grade grade, enum word word, unsigned mend, const char *value)
{
    static const enum word states[] = {WORD_DOCTOR_GOOD, WORD_DOCTOR_WARNING, WORD_DOCTOR_WRONG};
    const char *values[] = {value};
    enum ink ink = grade == GRADE_GOOD ? INK_PLAIN : INK_URGENT;
    struct buffer line;

    buffer_init(&line, (size_t)ERROR_MESSAGE_MAX * 2);
    buffer_text(&line, words_text(states[grade], doctor->sheet.language));
    buffer_text(&line, " ");
    words_fill(&line, word, doctor->sheet.language, values, 1);
    sheet_text(&doctor->sheet, 0, ink, line.failed ? "" : line.data);
    if (mend != DOCTOR_NO_MEND && grade != GRADE_GOOD) {
        buffer_clear(&line);
        words_fill(&line, (enum word)mend, doctor->sheet.language, values, 1);
        sheet_say(&doctor->sheet, 2, ink, WORD_DOCTOR_MEND, line.failed ? "" : line.data);
    }
    buffer_dispose(&line);
    doctor->wrong |= grade == GRADE_WRONG;
    doctor->warned |= grade == GRADE_WARNING;
}

/* Patterns, models and language data, by starting what reads. The catalogue is the caller's; NULL if it is not
 * whole. */
static void look_at_reading(struct doctor *doctor, struct catalogue **catalogue)
{
    char directory[PATH_MAX];
    struct error error = {0};
    bool one_thread = false;

    if (setup_catalogue(catalogue, doctor->settings, directory, &error) < 0) {
        doctor->cannot_read = true;
        doctor_say(doctor, GRADE_WRONG, WORD_DOCTOR_FAILED, DOCTOR_NO_MEND, error.message);
        return;
    }
    doctor_say(doctor, GRADE_GOOD, WORD_DOCTOR_PATTERNS, DOCTOR_NO_MEND, NULL);
    if (worker_try(directory, &one_thread, &error) < 0) {
        doctor->cannot_read = true;
        doctor_say(doctor, GRADE_WRONG, WORD_DOCTOR_FAILED, DOCTOR_NO_MEND, error.message);
        return;
    }
    doctor_say(doctor, GRADE_GOOD, WORD_DOCTOR_ENGINE, DOCTOR_NO_MEND, NULL);
    doctor_say(doctor, one_thread ? GRADE_GOOD : GRADE_WRONG, WORD_DOCTOR_ONE_THREAD, WORD_MEND_ONE_THREAD, NULL);
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
    if (available >= worker_pool_memory())
        doctor_say(doctor, GRADE_GOOD, WORD_DOCTOR_MEMORY, DOCTOR_NO_MEND, text);
    else
        doctor_say(doctor, GRADE_WARNING, WORD_DOCTOR_MEMORY_LOW, WORD_MEND_MEMORY, text);
}

static void look_at_protections(struct doctor *doctor)
{
    unsigned held = sandbox_probe();

    for (enum protection protection = 0; protection < PROTECTION_COUNT; protection++) {
        const char *name = sandbox_protection_name(protection);
        bool holds = (held >> protection & 1) != 0;
        struct short_text what = words_short(protection_words[protection], doctor->sheet.language, &name, 1);
        doctor_say(doctor, holds ? GRADE_GOOD : GRADE_WRONG, holds ? WORD_DOCTOR_FAILED : WORD_PROTECTION_LACKING,
                   protection == PROTECTION_LANDLOCK ? WORD_MEND_LANDLOCK : WORD_MEND_PROTECTION, what.text);
    }
}

int command_doctor(int argc, char **argv)
{
    enum language language = LANGUAGE_COUNT;
    const char *settings_file = NULL;
    struct settings settings;
    const struct option options[] = {{"--lang", OPTION_LANGUAGE, &language},
                                     {"--settings", OPTION_TEXT, &settings_file}};
    struct doctor doctor = {.settings = &settings};
    struct catalogue *catalogue = NULL;
    struct buffer text;
    struct error error = {0};
    struct error fault = {0}; /* of the settings, which stops every other command: here the rest is looked at */
    int operands;

    if (options_parse(options, 2, argc, argv, &operands, &error) < 0)
        return options_complain("doctor", &error);
    if (operands > 0) {
        error_set(&error, ERROR_USAGE, "it takes no arguments");
        return options_complain("doctor", &error);
    }
    doctor.cannot_read = settings_load(&settings, settings_file, &fault) < 0;
    setup_sheet(&doctor.sheet, &text, setup_language(language, &settings));
    sheet_heading(&doctor.sheet, WORD_DOCTOR_READING);
    look_at_reading(&doctor, &catalogue);
    look_at_memory(&doctor);
    sheet_heading(&doctor.sheet, WORD_DOCTOR_PLACES);
    if (fault.code != ERROR_NONE) {
        doctor_say(&doctor, GRADE_WRONG, WORD_DOCTOR_FAILED, DOCTOR_NO_MEND, fault.message);
    } else {
        doctor_look_at_places(&doctor, catalogue);
        doctor_look_at_desk(&doctor);
    }
    sheet_heading(&doctor.sheet, WORD_DOCTOR_FOLDERS);
    doctor_look_at_folders(&doctor);
    sheet_heading(&doctor.sheet, WORD_DOCTOR_PROTECTIONS);
    look_at_protections(&doctor);
    sheet_blank(&doctor.sheet);
    sheet_text(&doctor.sheet, 0, doctor.wrong ? INK_URGENT : INK_HEADING,
               words_text(doctor.cannot_read ? WORD_DOCTOR_CANNOT_READ
                          : doctor.wrong     ? WORD_DOCTOR_LACKING
                          : doctor.warned    ? WORD_DOCTOR_WARNED
                                             : WORD_DOCTOR_ALL_WELL,
                          doctor.sheet.language));
    int result = setup_write_card(&text, &error);
    buffer_dispose(&text);
    catalogue_free(catalogue);
    settings_dispose(&settings);
    if (result < 0)
        return setup_complain("doctor", &error);
    return doctor.cannot_read ? STATUS_WRONG : doctor.wrong ? STATUS_UNREAD : STATUS_DONE;
}
