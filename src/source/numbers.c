/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* libcyaml takes "30x" for 30 and "030" for 24: what a person writes as a number is looked at once more. */
#include <stdlib.h>
#include <string.h>

#include "source/inside.h"

static bool is_number(const cyaml_schema_value_t *schema, const char *text)
{
    char *end;

    if (schema->type == CYAML_UINT)
        return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0' && (text[0] != '0' || text[1] == '\0');
    strtod(text, &end);
    return end != text && *end == '\0';
}

/* Good files with no number in their schema are parsed once only. */
static bool has_number(const cyaml_schema_value_t *schema)
{
    if (schema->type == CYAML_SEQUENCE)
        return has_number(schema->sequence.entry);
    if (schema->type == CYAML_MAPPING) {
        for (const cyaml_schema_field_t *field = schema->mapping.fields; field->key != NULL; field++) {
            if (has_number(&field->value))
                return true;
        }
    }
    return schema->type == CYAML_UINT || schema->type == CYAML_FLOAT;
}

static void check_node(struct source *source, const cyaml_schema_value_t *schema, yaml_node_item_t item,
                       const char *path, struct fault_log *log);

static void check_pair(struct source *source, const cyaml_schema_value_t *schema, const yaml_node_pair_t *pair,
                       const char *path, struct fault_log *log)
{
    const yaml_node_t *key = yaml_document_get_node(&source->document, pair->key);
    char below[SOURCE_PATH_SIZE];

    for (const cyaml_schema_field_t *field = schema->mapping.fields; field->key != NULL; field++) {
        if (strcmp((const char *)key->data.scalar.value, field->key) != 0)
            continue;
        source_path(below, path, field->key, 0);
        check_node(source, &field->value, pair->value, below, log);
    }
}

static void check_node(struct source *source, const cyaml_schema_value_t *schema, yaml_node_item_t item,
                       const char *path, struct fault_log *log)
{
    const yaml_node_t *node = yaml_document_get_node(&source->document, item);
    char below[SOURCE_PATH_SIZE];

    if (schema->type == CYAML_MAPPING) {
        for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top;
             pair++)
            check_pair(source, schema, pair, path, log);
    } else if (schema->type == CYAML_SEQUENCE) {
        const yaml_node_item_t *start = node->data.sequence.items.start;
        for (const yaml_node_item_t *entry = start; entry < node->data.sequence.items.top; entry++) {
            source_path(below, path, NULL, (unsigned)(entry - start));
            check_node(source, schema->sequence.entry, *entry, below, log);
        }
    } else if (schema->type == CYAML_UINT || schema->type == CYAML_FLOAT) {
        if (!is_number(schema, (const char *)node->data.scalar.value))
            source_fault(source, log, path, "write %s, with nothing behind it",
                         schema->type == CYAML_UINT ? "a whole number in plain digits" : "a number");
    }
}

void source_check_numbers(struct source *source, const cyaml_schema_value_t *schema, struct fault_log *log)
{
    enum { ROOT = 1 }; /* libyaml counts nodes from 1 */
    struct place place;
    char what[1];

    if (has_number(schema) && !source_syntax_error(source, &place, what, sizeof what))
        check_node(source, schema, ROOT, "", log);
}
