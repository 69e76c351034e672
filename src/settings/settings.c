/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "settings/settings.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "settings/schema.h"
#include "source/source.h"

#define SYSTEM_FILE "/etc/irsort/irsort.yaml"

enum { FIELD_SIZE = 64 }; /* bytes of a path such as "folders[1999].patience" */

/* A number: what it is without a setting, and what may be set. */
struct bounds {
    unsigned standard, least, most;
    const char *unit;
};

static const struct bounds
    settle_bounds = {0, 1, 3600, "seconds"},    /* a scanner's pause between pages; an hour is a mistake */
    rescan_bounds = {0, 1, 86400, "seconds"},   /* a scan that no event told of waits no longer than that */
    patience_bounds = {10, 1, 1440, "minutes"}, /* a long stack takes minutes; what lies for a day is missed */
    hook_time_bounds = {30, 1, 3600, "seconds"}, /* a mail program that waits for its server; an hour is a mistake */
    workers_bounds = {0, 0, SETTINGS_WORKERS_MAX, "files at a time (0: one a processor)"},
    port_bounds = {8433, 1024, 65535, ""},      /* below, only the administrator's programs may listen */
    lock_bounds = {10, 1, 480, "minutes"};      /* a working day */

static const struct settings_file nothing = {0};

/* A file on its way into settings. */
struct reading {
    struct source source;
    struct fault_log log;
};

static unsigned pick(struct reading *reading, const unsigned *given, const struct bounds *bounds, const char *field)
{
    if (given == NULL)
        return bounds->standard;
    if (*given < bounds->least || *given > bounds->most)
        source_fault(&reading->source, &reading->log, field, "write a number from %u to %u%s%s", bounds->least,
                     bounds->most, bounds->unit[0] != '\0' ? ", " : "", bounds->unit);
    return *given;
}

/* A settings file is read from many directories, so what a path is relative to would be anybody's guess. */
static const char *pick_path(struct reading *reading, const char *path, const char *field)
{
    if (path != NULL && path[0] != '/')
        source_fault(&reading->source, &reading->log, field, "write the full path, which begins with /");
    return path;
}

const char *settings_hook_name(enum hook hook)
{
    return hook == HOOK_FILED ? "on_filed" : "on_review";
}

/* Those of the file, and what `others` has where it has none. `before` is the field's path up to its name. */
static void pick_hooks(struct reading *reading, struct settings_hook out[HOOK_COUNT], const struct file_hooks *from,
                       const struct settings_hook others[HOOK_COUNT], const char *before)
{
    const struct settings_hook given[HOOK_COUNT] = {
        [HOOK_FILED] = {from->filed, from->filed_count}, [HOOK_REVIEW] = {from->review, from->review_count}};
    char field[FIELD_SIZE];

    for (enum hook hook = 0; hook < HOOK_COUNT; hook++) {
        out[hook] = given[hook].count > 0 ? given[hook] : others[hook];
        snprintf(field, sizeof field, "%s.%s[0]", before, settings_hook_name(hook));
        if (given[hook].count > 0)
            pick_path(reading, given[hook].words[0], field);
    }
}

static struct settings_folder standard_folder(const struct settings *settings, const char *path)
{
    return (struct settings_folder){.path = path,
                                    .hooks = {settings->watch.hooks[HOOK_FILED], settings->watch.hooks[HOOK_REVIEW]},
                                    .settle = settle_bounds.standard,
                                    .rescan = rescan_bounds.standard,
                                    .patience = patience_bounds.standard,
                                    .polling = POLLING_AUTO};
}

static void take_folder(struct reading *reading, struct settings *settings, const struct file_folder *from,
                        size_t index)
{
    struct settings_folder *folder = &settings->folders[index];
    char field[FIELD_SIZE];

    *folder = standard_folder(settings, from->path);
    snprintf(field, sizeof field, "folders[%zu].path", index);
    pick_path(reading, from->path, field);
    for (size_t i = 0; i < index; i++) {
        if (strcmp(settings->folders[i].path, from->path) == 0)
            source_fault(&reading->source, &reading->log, field, "this folder is in the list already; take one away");
    }
    snprintf(field, sizeof field, "folders[%zu].settle", index);
    folder->settle = pick(reading, from->settle, &settle_bounds, field);
    snprintf(field, sizeof field, "folders[%zu].rescan", index);
    folder->rescan = pick(reading, from->rescan, &rescan_bounds, field);
    snprintf(field, sizeof field, "folders[%zu].patience", index);
    folder->patience = pick(reading, from->patience, &patience_bounds, field);
    if (from->polling != NULL)
        folder->polling = *from->polling;
    snprintf(field, sizeof field, "folders[%zu]", index);
    pick_hooks(reading, folder->hooks, &from->hooks, settings->watch.hooks, field);
}

static void take_clinic(struct settings *settings, const struct file_clinic *from)
{
    if (from == NULL)
        return;
    settings->clinic.name = from->name;
    settings->clinic.address = from->address;
    settings->clinic.address_count = from->address_count;
    settings->clinic.phone = from->phone;
}

/* A host's name as a browser writes it: letters, digits, dots and hyphens. */
static bool is_host(const char *name)
{
    return strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") == strlen(name);
}

static void take_desk(struct reading *reading, struct settings *settings, const struct file_desk *from)
{
    char field[FIELD_SIZE];

    settings->desk.port = pick(reading, from->port, &port_bounds, "desk.port");
    settings->desk.lock = pick(reading, from->lock, &lock_bounds, "desk.lock");
    settings->desk.listen = from->listen;
    settings->desk.certificate = pick_path(reading, from->certificate, "desk.certificate");
    settings->desk.key = pick_path(reading, from->key, "desk.key");
    settings->desk.users = pick_path(reading, from->users, "desk.users");
    settings->desk.names = from->names;
    settings->desk.names_count = from->names_count;
    if (from->certificate != NULL && from->key == NULL)
        source_fault(&reading->source, &reading->log, "desk.certificate", "write `key` too: the file of its key");
    if (from->key != NULL && from->certificate == NULL)
        source_fault(&reading->source, &reading->log, "desk.key", "write `certificate` too: the file of its certificate");
    for (size_t i = 0; i < from->names_count; i++) {
        snprintf(field, sizeof field, "desk.names[%zu]", i);
        if (!is_host(from->names[i]))
            source_fault(&reading->source, &reading->log, field,
                         "write a name such as desk.clinic.example, without https:// and port");
    }
}

static void take_watch(struct reading *reading, struct settings *settings, const struct file_watch *from)
{
    static const struct file_watch none = {0};
    static const struct settings_hook no_hooks[HOOK_COUNT] = {0};

    if (from == NULL)
        from = &none;
    settings->watch.hook_time = pick(reading, from->hook_time, &hook_time_bounds, "watch.hook_time");
    pick_hooks(reading, settings->watch.hooks, &from->hooks, no_hooks, "watch");
}

/* What stands in the file, and the default where nothing does. -1 on lack of memory. */
static int take_file(struct reading *reading, struct settings *settings, const struct settings_file *from)
{
    take_clinic(settings, from->clinic);
    settings->language = from->language != NULL ? *from->language : LANGUAGE_EN;
    settings->docket = pick_path(reading, from->docket, "docket");
    settings->data = pick_path(reading, from->data, "data");
    settings->workers = pick(reading, from->workers, &workers_bounds, "workers");
    take_desk(reading, settings, from->desk != NULL ? from->desk : &(struct file_desk){0});
    take_watch(reading, settings, from->watch);
    if (from->folders_count == 0)
        return 0;
    settings->folders = calloc(from->folders_count, sizeof *settings->folders);
    if (settings->folders == NULL)
        return error_set(reading->log.error, ERROR_OUT_OF_MEMORY, "out of memory");
    settings->folder_count = from->folders_count;
    for (size_t i = 0; i < settings->folder_count; i++)
        take_folder(reading, settings, &from->folders[i], i);
    return 0;
}

/* Nothing but blank lines and comments: a file in which every setting is still to be set. */
static bool says_nothing(const char *line)
{
    while (*line != '\0') {
        line += strspn(line, " \t\r\n");
        if (*line != '#')
            break;
        line += strcspn(line, "\n");
    }
    return *line == '\0';
}

static int load_file(struct settings *out, const char *path, struct error *error)
{
    struct reading reading = {.log = {.error = error}};
    void *loaded = NULL;
    int result = -1;

    if (source_open(&reading.source, path, &reading.log) < 0)
        return -1;
    if (!says_nothing(reading.source.bytes)) {
        if (source_load(&reading.source, &schema_settings, &loaded, &reading.log) < 0)
            goto done;
        out->loaded = loaded;
        source_check_texts(&reading.source, &schema_settings, loaded, &reading.log);
    }
    if (take_file(&reading, out, loaded != NULL ? loaded : &nothing) < 0 || reading.log.count > 0)
        goto done;
    out->file = strdup(path);
    result = out->file == NULL ? error_set(error, ERROR_OUT_OF_MEMORY, "out of memory") : 0;
done:
    source_dispose(&reading.source);
    return result;
}

/* $XDG_CONFIG_HOME/irsort/irsort.yaml; false if this user has no such place. */
static bool user_file(char out[PATH_MAX])
{
    const char *config = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    int length = 0;

    if (config != NULL && config[0] == '/') /* the standard: a relative one is to be passed over */
        length = snprintf(out, PATH_MAX, "%s/irsort/irsort.yaml", config);
    else if (home != NULL && home[0] == '/')
        length = snprintf(out, PATH_MAX, "%s/.config/irsort/irsort.yaml", home);
    return length > 0 && length < PATH_MAX;
}

/* One that is there but cannot be read counts: it is told, not passed over in silence. One in a directory that this
 * user may not enter is another's: sudo leaves HOME as it was. */
static bool is_there(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 || (errno != ENOENT && errno != ENOTDIR && errno != EACCES);
}

int settings_load(struct settings *out, const char *path, struct error *error)
{
    char found[PATH_MAX];
    struct error fault = {0};
    int result;

    *out = (struct settings){0};
    if (path == NULL && user_file(found) && is_there(found))
        path = found;
    else if (path == NULL && is_there(SYSTEM_FILE))
        path = SYSTEM_FILE;
    if (path != NULL)
        result = load_file(out, path, &fault);
    else
        result = take_file(&(struct reading){.log = {.error = &fault}}, out, &nothing);
    if (result == 0)
        return 0;
    settings_dispose(out);
    /* A fault log knows of pattern files only. */
    return error_set(error, fault.code == ERROR_PATTERNS ? ERROR_SETUP : fault.code, "%s", fault.message);
}

void settings_dispose(struct settings *settings)
{
    source_free_value(&schema_settings, settings->loaded, 0);
    free(settings->folders);
    free((char *)settings->file);
    *settings = (struct settings){0};
}

struct settings_folder settings_folder_at(const struct settings *settings, const char *path)
{
    struct settings_folder folder = standard_folder(settings, path);
    struct stat wanted;
    struct stat listed;

    if (stat(path, &wanted) < 0)
        return folder;
    for (size_t i = 0; i < settings->folder_count; i++) {
        if (stat(settings->folders[i].path, &listed) == 0 && listed.st_dev == wanted.st_dev &&
            listed.st_ino == wanted.st_ino) {
            folder = settings->folders[i];
            folder.path = path;
            break;
        }
    }
    return folder;
}
