/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <string.h>

#include "source/source.h"

static bool is_blank(const char *text)
{
    static const char *const nothings[] = {"~", "null", "Null", "NULL"};

    for (size_t i = 0; i < sizeof nothings / sizeof *nothings; i++) {
        if (strcmp(text, nothings[i]) == 0)
            return true;
    }
    return text[strspn(text, " \t\r\n")] == '\0';
}

static void check_value(struct source *source, const cyaml_schema_value_t *schema, const char *value,
                        const char *path, struct fault_log *log);

static void check_list(struct source *source, const cyaml_schema_field_t *field, const char *mapping,
                       const char *list, const char *path, struct fault_log *log)
{
    const cyaml_schema_value_t *entry = field->value.sequence.entry;
    bool pointers = (entry->flags & CYAML_FLAG_POINTER) != 0;
    unsigned count;

    memcpy(&count, mapping + field->count_offset, sizeof count);
    for (unsigned i = 0; i < count; i++) {
        char entry_path[SOURCE_PATH_SIZE];
        const char *value = list + i * (pointers ? sizeof(char *) : entry->data_size);
        if (pointers)
            value = *(char *const *)value;
        source_path(entry_path, path, NULL, i);
        check_value(source, entry, value, entry_path, log);
    }
}

static void check_value(struct source *source, const cyaml_schema_value_t *schema, const char *value,
                        const char *path, struct fault_log *log)
{
    if (value == NULL) /* optional, and not there */
        return;
    if (schema->type == CYAML_STRING && is_blank(value))
        source_fault(source, log, path, "the text is empty; write it");
    if (schema->type != CYAML_MAPPING)
        return;
    for (const cyaml_schema_field_t *field = schema->mapping.fields; field->key != NULL; field++) {
        char field_path[SOURCE_PATH_SIZE];
        const char *member = value + field->data_offset;
        if ((field->value.flags & CYAML_FLAG_POINTER) != 0)
            member = *(char *const *)member;
        source_path(field_path, path, field->key, 0);
        if (field->value.type == CYAML_SEQUENCE)
            check_list(source, field, value, member, field_path, log);
        else
            check_value(source, &field->value, member, field_path, log);
    }
}

void source_check_texts(struct source *source, const cyaml_schema_value_t *schema, const void *value,
                        struct fault_log *log)
{
    check_value(source, schema, value, "", log);
}
