/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "settings/schema.h"

#include <limits.h>

#include "source/forms.h"

enum {
    LINE_MAX_BYTES = 100, /* bytes of a line on the client's sheet */
    PATH_BYTES = PATH_MAX - 1,
    WORD_BYTES = PATH_MAX - 1, /* of what a program is called with */
};

#define NUMBER(key, type, member) CYAML_FIELD_UINT_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member)
#define WORD(key, type, member, names)                                                                       \
    CYAML_FIELD_ENUM_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL, type, member,    \
                         names, LENGTH(names))
#define GROUP(key, type, member, fields)                                                                     \
    CYAML_FIELD_MAPPING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, fields)

#define WORDS(key, type, member)                                                                             \
    CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, &word_value, 1,        \
                         SETTINGS_HOOK_WORDS_MAX)

static const cyaml_strval_t languages[] = {{"en", LANGUAGE_EN}, {"es", LANGUAGE_ES}};

static const cyaml_strval_t pollings[] = {
    {"auto", POLLING_AUTO}, {"always", POLLING_ALWAYS}, {"never", POLLING_NEVER}};

static const cyaml_schema_value_t line_value = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, LINE_MAX_BYTES)};

static const cyaml_schema_value_t word_value = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 0, WORD_BYTES)};

static const cyaml_schema_field_t clinic_fields[] = {
    STRING_OPTIONAL("name", struct file_clinic, name, LINE_MAX_BYTES),
    LIST_OPTIONAL("address", struct file_clinic, address, &line_value),
    STRING_OPTIONAL("phone", struct file_clinic, phone, LINE_MAX_BYTES),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t folder_fields[] = {
    STRING("path", struct file_folder, path, PATH_BYTES),
    NUMBER("settle", struct file_folder, settle),
    NUMBER("rescan", struct file_folder, rescan),
    NUMBER("patience", struct file_folder, patience),
    WORD("polling", struct file_folder, polling, pollings),
    WORDS("on_filed", struct file_folder, hooks.filed),
    WORDS("on_review", struct file_folder, hooks.review),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t folder_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_folder, folder_fields)};

static const cyaml_schema_field_t watch_fields[] = {
    WORDS("on_filed", struct file_watch, hooks.filed),
    WORDS("on_review", struct file_watch, hooks.review),
    NUMBER("hook_time", struct file_watch, hook_time),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t desk_fields[] = {
    NUMBER("port", struct file_desk, port),
    NUMBER("lock", struct file_desk, lock),
    STRING_OPTIONAL("listen", struct file_desk, listen, LINE_MAX_BYTES),
    STRING_OPTIONAL("certificate", struct file_desk, certificate, PATH_BYTES),
    STRING_OPTIONAL("key", struct file_desk, key, PATH_BYTES),
    STRING_OPTIONAL("users", struct file_desk, users, PATH_BYTES),
    LIST_OPTIONAL("names", struct file_desk, names, &line_value),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t settings_fields[] = {
    GROUP("clinic", struct settings_file, clinic, clinic_fields),
    WORD("language", struct settings_file, language, languages),
    STRING_OPTIONAL("docket", struct settings_file, docket, PATH_BYTES),
    STRING_OPTIONAL("data", struct settings_file, data, PATH_BYTES),
    NUMBER("workers", struct settings_file, workers),
    GROUP("watch", struct settings_file, watch, watch_fields),
    LIST_OPTIONAL("folders", struct settings_file, folders, &folder_value),
    GROUP("desk", struct settings_file, desk, desk_fields),
    CYAML_FIELD_END,
};

const cyaml_schema_value_t schema_settings = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct settings_file, settings_fields)};
