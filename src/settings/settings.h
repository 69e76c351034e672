/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a clinic sets once, in one YAML file; docs/irsort.yaml has every setting with its default. What a call or the
 * environment says goes before a setting. */
#ifndef IRSORT_SETTINGS_SETTINGS_H
#define IRSORT_SETTINGS_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

/* How new files in a folder are noticed. */
enum settings_polling {
    POLLING_AUTO,   /* by events where a probe shows that they come, else by looking */
    POLLING_ALWAYS, /* by looking only */
    POLLING_NEVER,  /* by events; where none come it is an error */
};

/* Letters that a program may be run for. */
enum hook { HOOK_FILED, HOOK_REVIEW, HOOK_COUNT };

/* "on_filed", "on_review". Static text; also the setting's name. */
const char *settings_hook_name(enum hook hook);

enum { SETTINGS_HOOK_WORDS_MAX = 32 }; /* a program with more is a script's work */

/* A program and what it is called with; no shell. */
struct settings_hook {
    char *const *words; /* the first is the program's full path */
    size_t count;       /* 0: none */
};

enum { SETTINGS_WORKERS_MAX = 8 }; /* as many as a pool may have */

/* One watched folder. */
struct settings_folder {
    const char *path;  /* full: begins with / where it comes from the file */
    unsigned settle;   /* seconds that size and time of a file must stay as they are before it is taken; 0: not set, so
                          that it goes by whether other machines write there */
    unsigned rescan;   /* seconds from one look at the whole folder to the next; 0: likewise */
    unsigned patience; /* minutes after which a file that never became whole is taken as it is */
    enum settings_polling polling;
    struct settings_hook hooks[HOOK_COUNT]; /* its own, else those of all folders */
};

/* All pointers belong to the settings. */
struct settings {
    const char *file; /* that they came from; NULL if there is none and all is as without one */
    struct {
        const char *name; /* each NULL if not set */
        char *const *address;
        size_t address_count; /* lines */
        const char *phone;
    } clinic;
    enum language language;
    const char *docket; /* its file; NULL: the user's own */
    const char *data;   /* the directory that holds patterns/ and models/; NULL: what came with the program */
    unsigned workers;   /* files read at a time; 0: one a processor */
    struct {
        struct settings_hook hooks[HOOK_COUNT];
        unsigned hook_time; /* seconds that such a program may take */
    } watch;
    struct settings_folder *folders;
    size_t folder_count;
    struct {
        unsigned port;
        unsigned lock; /* minutes without a key or click until the page asks for the login again */
        const char *listen;      /* an address, perhaps with a port; NULL: this machine only */
        const char *certificate; /* files of PEM; both NULL, or neither */
        const char *key;
        const char *users; /* file; NULL: beside the docket */
        char *const *names; /* by which browsers may call it, beside its address */
        size_t names_count;
    } desk;
    void *loaded; /* what the pointers point into */
};

/* Loads `path`, or, where that is NULL, the first that is there of $XDG_CONFIG_HOME/irsort/irsort.yaml
 * (~/.config/… where that is not set) and /etc/irsort/irsort.yaml; where none is, everything has its default.
 * ERROR_SETUP with file, line, field and the mend, ERROR_OUT_OF_MEMORY; `out` is then empty. */
int settings_load(struct settings *out, const char *path, struct error *error);
void settings_dispose(struct settings *settings);

/* The settings of the folder at `path`: those of the file, where it lists that very directory, else the defaults. The
 * result's path is `path`. */
struct settings_folder settings_folder_at(const struct settings *settings, const char *path);

#endif
