/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What irsort is to write into, and what tells it the day. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/date.h"
#include "base/limits.h"
#include "commands/doctor.h"
#include "commands/setup.h"
#include "watch/events.h"
#include "watch/store.h"
#include "watch/trust.h"

enum {
    /* Days between the last check of the patterns and today. The law on collection changes every few years; a
     * clock that is set wrong mostly says a year that is far off. */
    PATTERNS_OLD_DAYS = 3 * 365,

    SPACE_NONE = 64 << 20, /* bytes: a scan of a hundred pages */
};

/* Bytes: the largest scan that is read, and its copy. */
static const unsigned long long space_low = 2 * PAPER_FILE_MAX;

/* ---- of folders and files ---- */

/* The folder that the file is, or will be, in. */
static void folder_of(const char *path, char out[PATH_MAX])
{
    struct stat status;

    snprintf(out, PATH_MAX, "%s", path);
    do {
        char *slash = strrchr(out, '/');
        if (slash == NULL) {
            snprintf(out, PATH_MAX, ".");
            return;
        }
        slash[slash == out] = '\0';
    } while (stat(out, &status) < 0 && strcmp(out, "/") != 0);
}

static void look_at_space(struct doctor *doctor, const char *folder, const char *named)
{
    struct statvfs status;

    if (statvfs(folder, &status) < 0 || status.f_blocks == 0) /* some have no end, and say so */
        return;
    unsigned long long space = (unsigned long long)status.f_bavail * status.f_frsize;
    if (space < SPACE_NONE)
        doctor_say(doctor, GRADE_WRONG, WORD_DOCTOR_SPACE_NONE, WORD_MEND_SPACE, named);
    else if (space < space_low)
        doctor_say(doctor, GRADE_WARNING, WORD_DOCTOR_SPACE_LOW, WORD_MEND_SPACE, named);
    else
        doctor_say(doctor, GRADE_GOOD, WORD_DOCTOR_SPACE, DOCTOR_NO_MEND, named);
}

/* ---- settings, docket, clock ---- */

static void look_at_settings(struct doctor *doctor)
{
    const char *file = doctor->settings->file;
    struct stat status;

    if (file == NULL) {
        doctor_say(doctor, GRADE_GOOD, WORD_DOCTOR_NO_SETTINGS, DOCTOR_NO_MEND, NULL);
        return;
    }
    doctor_say(doctor, GRADE_GOOD, WORD_DOCTOR_SETTINGS, DOCTOR_NO_MEND, file);
    if (stat(file, &status) == 0 && (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        doctor_say(doctor, GRADE_WARNING, WORD_DOCTOR_SETTINGS_OPEN, WORD_MEND_SETTINGS_OPEN, file);
}

static void look_at_broken_hook(struct doctor *doctor, enum hook hook, const struct error *error)
{
    struct error named = {0};

    error_set(&named, error->code, "%s: %s", settings_hook_name(hook), error->message);
    doctor_say(doctor, GRADE_WARNING, WORD_DOCTOR_FAILED, DOCTOR_NO_MEND, named.message);
}

/* One that may not be run does not keep letters from being filed. */
static void look_at_hooks(struct doctor *doctor, const struct settings_hook hooks[HOOK_COUNT])
{
    char resolved[PATH_MAX];

    for (enum hook hook = 0; hook < HOOK_COUNT; hook++) {
        struct error error = {0};
        if (hooks[hook].count == 0)
            continue;
        if (trust_check_hook(&hooks[hook], doctor->settings->file, resolved, &error) == 0)
            doctor_say(doctor, GRADE_GOOD, WORD_DOCTOR_HOOK, DOCTOR_NO_MEND, hooks[hook].words[0]);
        else
            look_at_broken_hook(doctor, hook, &error);
    }
}

/* It is looked at from outside only: opening it would bring an older one up to date. */
static void look_at_docket(struct doctor *doctor)
{
    char path[PATH_MAX];
    char folder[PATH_MAX];
    struct stat status;
    struct error error = {0};
    bool local = true;

    if (setup_docket_file(path, NULL, doctor->settings, &error) < 0) {
        doctor_say(doctor, GRADE_WRONG, WORD_DOCTOR_FAILED, DOCTOR_NO_MEND, error.message);
        return;
    }
    folder_of(path, folder);
    if (stat(path, &status) < 0 && errno == ENOENT)
        doctor_say(doctor, GRADE_GOOD, WORD_DOCTOR_NO_DOCKET, DOCTOR_NO_MEND, path);
    else if (access(path, R_OK | W_OK) < 0)
        doctor_say(doctor, GRADE_WRONG, WORD_DOCTOR_DOCKET_CLOSED, WORD_MEND_DOCKET_CLOSED, path);
    else if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        doctor_say(doctor, GRADE_WRONG, WORD_DOCTOR_DOCKET_OPEN, WORD_MEND_DOCKET_OPEN, path);
    else
        doctor_say(doctor, GRADE_GOOD, WORD_DOCTOR_DOCKET, DOCTOR_NO_MEND, path);

    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        const char *system = events_file_system(descriptor, &local);
        /* A container's own disk is an overlay: nobody else changes it, only events cannot be relied on. */
        local |= strcmp(system, "overlay") == 0 || strcmp(system, "unknown") == 0;
        close(descriptor);
    }
    if (!local)
        doctor_say(doctor, GRADE_WRONG, WORD_DOCTOR_DOCKET_FOREIGN, WORD_MEND_DOCKET_FOREIGN, path);
    look_at_space(doctor, folder, path);
}

/* A clock that is behind the patterns is a fault of these: nothing is read at all. */
static void look_at_clock(struct doctor *doctor, const struct catalogue *catalogue)
{
    char today[DATE_TEXT_SIZE];
    size_t count;
    const struct clock *clocks = catalogue_clocks(catalogue, &count);
    date newest = DATE_NONE;

    for (size_t i = 0; i < count; i++) {
        date checked = date_parse(clocks[i].checked);
        if (newest == DATE_NONE || checked > newest)
            newest = checked;
    }
    date_format(date_today(), today);
    if (date_today() > newest + PATTERNS_OLD_DAYS)
        doctor_say(doctor, GRADE_WARNING, WORD_DOCTOR_CLOCK_AHEAD, WORD_MEND_CLOCK_AHEAD, today);
    else
        doctor_say(doctor, GRADE_GOOD, WORD_DOCTOR_CLOCK, DOCTOR_NO_MEND, today);
}

void doctor_look_at_places(struct doctor *doctor, const struct catalogue *catalogue)
{
    look_at_settings(doctor);
    look_at_hooks(doctor, doctor->settings->watch.hooks);
    look_at_docket(doctor);
    if (catalogue != NULL)
        look_at_clock(doctor, catalogue);
}

/* ---- folders ---- */

static void look_at_hearing(struct doctor *doctor, const struct settings_folder *folder, int descriptor)
{
    struct events events;
    bool local;

    if (folder->polling == POLLING_ALWAYS) {
        doctor_say(doctor, GRADE_GOOD, WORD_DOCTOR_FOLDER_POLLED, DOCTOR_NO_MEND, "polling: always");
        return;
    }
    events_open(&events, descriptor, folder->path);
    if (events.hearing == HEARING_DEAF)
        doctor_say(doctor, folder->polling == POLLING_NEVER ? GRADE_WRONG : GRADE_WARNING,
                   folder->polling == POLLING_NEVER ? WORD_DOCTOR_FOLDER_MUTE : WORD_DOCTOR_FOLDER_DEAF,
                   WORD_MEND_FOLDER_DEAF, NULL);
    else if (events.hearing == HEARING_FOREIGN && folder->polling == POLLING_AUTO)
        doctor_say(doctor, GRADE_GOOD, WORD_DOCTOR_FOLDER_POLLED, DOCTOR_NO_MEND,
                   events_file_system(descriptor, &local));
    else
        doctor_say(doctor, GRADE_GOOD, WORD_DOCTOR_FOLDER_EVENTS, DOCTOR_NO_MEND, NULL);
    events_close(&events);
}

/* Those that are not for all folders. */
static void look_at_own_hooks(struct doctor *doctor, const struct settings_folder *folder)
{
    struct settings_hook own[HOOK_COUNT] = {0};

    for (enum hook hook = 0; hook < HOOK_COUNT; hook++) {
        if (folder->hooks[hook].words != doctor->settings->watch.hooks[hook].words)
            own[hook] = folder->hooks[hook];
    }
    look_at_hooks(doctor, own);
}

/* Whether `path` is `above` or lies inside it; both without links. */
static bool lies_inside(const char *path, const char *above)
{
    size_t length = strlen(above);

    return strncmp(path, above, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

/* Before any of them was watched nothing on the disk tells of it. */
static int check_neighbours(const struct settings *settings, const struct settings_folder *folder, const char *path,
                            struct error *error)
{
    char other[PATH_MAX];

    for (size_t i = 0; i < settings->folder_count; i++) {
        if (&settings->folders[i] != folder && realpath(settings->folders[i].path, other) != NULL &&
            lies_inside(path, other) && (strcmp(path, other) != 0 || &settings->folders[i] < folder))
            return error_set(error, ERROR_USAGE,
                             "the folder %s %s %s, which is to be watched too: only one of the two can be; take one out "
                             "of the settings",
                             folder->path, strcmp(path, other) == 0 ? "is the same as" : "lies inside",
                             settings->folders[i].path);
    }
    return 0;
}

static void look_at_place(struct doctor *doctor, const struct settings_folder *folder)
{
    char path[PATH_MAX];
    struct error error = {0};

    if (realpath(folder->path, path) == NULL)
        return;
    if (check_neighbours(doctor->settings, folder, path, &error) < 0 || store_check_place(path, &error) < 0)
        doctor_say(doctor, GRADE_WRONG, WORD_DOCTOR_FAILED, DOCTOR_NO_MEND, error.message);
}

static void look_at_folder(struct doctor *doctor, const struct settings_folder *folder)
{
    struct stat status;
    int descriptor = open(folder->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (descriptor < 0 && errno != EACCES) {
        doctor_say(doctor, GRADE_WRONG, WORD_DOCTOR_FOLDER_GONE, WORD_MEND_FOLDER_GONE, folder->path);
        return;
    }
    if (descriptor < 0 || access(folder->path, R_OK | W_OK | X_OK) < 0) {
        doctor_say(doctor, GRADE_WRONG, WORD_DOCTOR_FOLDER_CLOSED, WORD_MEND_FOLDER_CLOSED, folder->path);
        if (descriptor >= 0)
            close(descriptor);
        return;
    }
    doctor_say(doctor, GRADE_GOOD, WORD_DOCTOR_FOLDER, DOCTOR_NO_MEND, folder->path);
    look_at_place(doctor, folder);
    look_at_hearing(doctor, folder, descriptor);
    if (fstat(descriptor, &status) == 0 && (status.st_mode & S_IRWXO) != 0)
        doctor_say(doctor, GRADE_WARNING, WORD_DOCTOR_FOLDER_OPEN, WORD_MEND_FOLDER_OPEN, folder->path);
    look_at_own_hooks(doctor, folder);
    look_at_space(doctor, folder->path, folder->path);
    close(descriptor);
}

void doctor_look_at_folders(struct doctor *doctor)
{
    for (size_t i = 0; i < doctor->settings->folder_count; i++)
        look_at_folder(doctor, &doctor->settings->folders[i]);
    if (doctor->settings->folder_count == 0)
        doctor_say(doctor, GRADE_GOOD, WORD_DOCTOR_NO_FOLDERS, DOCTOR_NO_MEND, NULL);
}
