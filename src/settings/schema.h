/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The schema of the settings' file: what libcyaml accepts, before defaults are filled in and values are checked. */
#ifndef IRSORT_SETTINGS_SCHEMA_H
#define IRSORT_SETTINGS_SCHEMA_H

#include <cyaml/cyaml.h>

#include "settings/settings.h"

/* NULL is what does not stand in the file. */
struct file_hooks {
    char **filed;
    unsigned filed_count;
    char **review;
    unsigned review_count;
};

struct file_watch {
    struct file_hooks hooks;
    unsigned *hook_time;
};

struct file_folder {
    char *path;
    unsigned *settle;
    unsigned *rescan;
    unsigned *patience;
    enum settings_polling *polling;
    struct file_hooks hooks;
};

struct file_clinic {
    char *name;
    char **address;
    unsigned address_count;
    char *phone;
};

struct file_desk {
    unsigned *port;
    unsigned *lock;
    char *listen;
    char *certificate;
    char *key;
    char *users;
    char **names;
    unsigned names_count;
};

struct settings_file {
    struct file_clinic *clinic;
    enum language *language;
    char *docket;
    char *data;
    unsigned *workers;
    struct file_watch *watch;
    struct file_folder *folders;
    unsigned folders_count;
    struct file_desk *desk;
};

extern const cyaml_schema_value_t schema_settings; /* struct settings_file */

#endif
