/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A YAML file through libcyaml, and its complaints turned into faults that say where and what to write
 * instead. */
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/slips.h"
#include "source/inside.h"

enum {
    DEPTH_MAX = 12,       /* levels of the deepest schema, twice over */
    STEP_MAX = 64,        /* bytes of a key or an index */
    COMPLAINT_MAX = 512,  /* bytes of libcyaml's own words */
    CHOICES_MAX = 600,    /* bytes of a list of what may be written */
    SLIPS_MAX = 2,        /* with three a short key becomes any other */
};

struct step {
    char key[STEP_MAX]; /* "" for a list's entry */
    unsigned index;     /* of that entry, from 0 */
};

/* What libcyaml logged about one file. */
struct complaint {
    char words[COMPLAINT_MAX]; /* the first line: what is wrong */
    struct step steps[DEPTH_MAX];
    size_t depth; /* steps, innermost first */
    struct place place;
    bool backtrace;
    bool more_documents;
};

/* libcyaml tells what is wrong in lines for a person: the fault, then "in mapping field 'x' (line: 1, column:
 * 2)" from the inside out. */
static void note(cyaml_log_t level, void *context, const char *format, va_list args)
{
    struct complaint *complaint = context;
    char line[COMPLAINT_MAX];
    struct step step = {.key = ""};
    unsigned at_line = 0;
    unsigned at_column = 0;

    vsnprintf(line, sizeof line, format, args);
    line[strcspn(line, "\n")] = '\0';
    if (level == CYAML_LOG_WARNING) {
        complaint->more_documents |= strstr(line, "documents after first") != NULL;
        return;
    }
    if (strcmp(line, "Load: Backtrace:") == 0) {
        complaint->backtrace = true;
        return;
    }
    if (!complaint->backtrace) {
        const char *words = strncmp(line, "Load: ", 6) == 0 ? line + 6 : line;
        snprintf(complaint->words, sizeof complaint->words, "%s", words);
        return;
    }
    bool is_step = false;
    if (sscanf(line, "  in mapping field '%63[^']' (line: %u, column: %u)", step.key, &at_line, &at_column) ==
        3) {
        is_step = true;
    } else if (sscanf(line, "  in sequence entry '%u' (line: %u, column: %u)", &step.index, &at_line,
                      &at_column) == 3) {
        is_step = true;
        step.index -= step.index > 0;
    } else {
        sscanf(line, "  in mapping (line: %u, column: %u)", &at_line, &at_column);
    }
    if (complaint->place.line == 0 && at_line > 0)
        complaint->place = (struct place){at_line, at_column};
    if (is_step && complaint->depth < DEPTH_MAX)
        complaint->steps[complaint->depth++] = step;
}

static void add_step(char path[SOURCE_PATH_SIZE], const char *key, unsigned index)
{
    char longer[SOURCE_PATH_SIZE];

    source_path(longer, path, key[0] != '\0' ? key : NULL, index);
    memcpy(path, longer, sizeof longer);
}

/* The schema of the value that the steps lead to, NULL if they lead nowhere. */
static const cyaml_schema_value_t *schema_at(const cyaml_schema_value_t *schema,
                                             const struct complaint *complaint)
{
    for (size_t i = complaint->depth; i > 0 && schema != NULL; i--) {
        const struct step *step = &complaint->steps[i - 1];
        const cyaml_schema_value_t *next = NULL;
        if (step->key[0] == '\0') {
            if (schema->type == CYAML_SEQUENCE)
                next = schema->sequence.entry;
        } else if (schema->type == CYAML_MAPPING) {
            for (const cyaml_schema_field_t *field = schema->mapping.fields; field->key != NULL; field++) {
                if (strcmp(field->key, step->key) == 0)
                    next = &field->value;
            }
        }
        schema = next;
    }
    return schema;
}

/* What may stand there, as a list for a person. */
static const char *choices(const cyaml_schema_value_t *schema, char out[CHOICES_MAX])
{
    struct buffer buffer;

    buffer_init(&buffer, CHOICES_MAX - 1);
    if (schema != NULL && schema->type == CYAML_ENUM) {
        for (uint32_t i = 0; i < schema->enumeration.count; i++)
            buffer_printf(&buffer, "%s%s", i > 0 ? ", " : "", schema->enumeration.strings[i].str);
    } else if (schema != NULL && schema->type == CYAML_MAPPING) {
        for (const cyaml_schema_field_t *field = schema->mapping.fields; field->key != NULL; field++)
            buffer_printf(&buffer, "%s%s", buffer.length > 0 ? ", " : "", field->key);
    }
    snprintf(out, CHOICES_MAX, "%s", buffer.length > 0 ? buffer.data : "");
    buffer_dispose(&buffer);
    return out;
}

/* The key of the mapping that may have been meant; NULL if none is near. */
static const char *nearest_key(const cyaml_schema_value_t *schema, const char *typed)
{
    const char *nearest = NULL;
    unsigned best = SLIPS_MAX + 1;

    if (schema == NULL || schema->type != CYAML_MAPPING)
        return NULL;
    for (const cyaml_schema_field_t *field = schema->mapping.fields; field->key != NULL; field++) {
        unsigned slips = slips_between(typed, field->key);
        if (slips < best && slips < strlen(typed)) {
            best = slips;
            nearest = field->key;
        }
    }
    return nearest;
}

static void explain_key(struct source *source, const cyaml_schema_value_t *here, const char *path,
                        const char *typed, struct fault_log *log)
{
    char list[CHOICES_MAX];
    const char *nearest = nearest_key(here, typed);

    if (nearest != NULL)
        fault_tell(log, source->path, source_locate_key(source, path), path,
                   "unknown key; `%s` may be meant; the keys here are: %s", nearest, choices(here, list));
    else
        fault_tell(log, source->path, source_locate_key(source, path), path,
                   "unknown key; the keys here are: %s", choices(here, list));
}

static const char *kind_wanted(const cyaml_schema_value_t *schema)
{
    if (schema == NULL)
        return "another kind of value";
    switch (schema->type) {
    case CYAML_UINT:
        return "a whole number, 0 or more";
    case CYAML_FLOAT:
        return "a number";
    case CYAML_STRING:
        return "a text";
    case CYAML_MAPPING:
        return "a mapping (`key: value` lines)";
    case CYAML_SEQUENCE:
        return "a list (`- ` lines)";
    default:
        return "one of the words of the list in the guide";
    }
}

/* The part of a complaint after its colon: the key or value that libcyaml stumbled over. */
static const char *subject_of(const struct complaint *complaint)
{
    const char *colon = strstr(complaint->words, ": ");

    return colon != NULL ? colon + 2 : "";
}

static void explain(struct source *source, const cyaml_schema_value_t *schema, cyaml_err_t error,
                    struct complaint *complaint, struct fault_log *log)
{
    char path[SOURCE_PATH_SIZE] = "";
    char list[CHOICES_MAX];
    char syntax[COMPLAINT_MAX];
    struct place place;

    /* In these the innermost step is the field read before, or the count, not the place of the fault. */
    bool step_is_stale = error == CYAML_ERR_MAPPING_FIELD_MISSING ||
                         error == CYAML_ERR_SEQUENCE_ENTRIES_MIN || error == CYAML_ERR_SEQUENCE_ENTRIES_MAX ||
                         error == CYAML_ERR_INTERNAL_ERROR;
    if (step_is_stale && complaint->depth > 0) {
        complaint->depth--;
        memmove(complaint->steps, complaint->steps + 1, complaint->depth * sizeof *complaint->steps);
    }
    for (size_t i = complaint->depth; i > 0; i--)
        add_step(path, complaint->steps[i - 1].key, complaint->steps[i - 1].index);
    const cyaml_schema_value_t *here = schema_at(schema, complaint);

    if (source_syntax_error(source, &place, syntax, sizeof syntax)) {
        fault_tell(log, source->path, place, path,
                   "this is not YAML (%s); look at the quotes, colons and indentation", syntax);
        return;
    }
    place = source_locate(source, path);
    switch (error) {
    case CYAML_ERR_INVALID_KEY:
        add_step(path, subject_of(complaint), 0);
        explain_key(source, here, path, subject_of(complaint), log);
        break;
    case CYAML_ERR_MAPPING_FIELD_MISSING: {
        const char *key = subject_of(complaint);
        bool translation = strcmp(key, "en") == 0 || strcmp(key, "es") == 0;
        add_step(path, key, 0);
        if (translation)
            fault_tell(log, source->path, place, path, "the %s text is missing; add `%s:`",
                       key[1] == 'n' ? "English" : "Spanish", key);
        else
            fault_tell(log, source->path, place, path, "the key is missing; add `%s:`", key);
        break;
    }
    case CYAML_ERR_INTERNAL_ERROR: /* which is what libcyaml calls a key that is a list or a mapping */
        fault_tell(log, source->path, place, path, "a key must be a plain word");
        break;
    case CYAML_ERR_UNEXPECTED_EVENT:
        fault_tell(log, source->path, source_locate_key(source, path), path,
                   "the key is here twice; take one of them away");
        break;
    case CYAML_ERR_STRING_LENGTH_MIN:
        fault_tell(log, source->path, place, path, "the text is empty; write it");
        break;
    case CYAML_ERR_STRING_LENGTH_MAX:
        fault_tell(log, source->path, place, path, "the text is longer than the %u bytes allowed; shorten it",
                   here != NULL ? here->string.max : 0);
        break;
    case CYAML_ERR_SEQUENCE_ENTRIES_MIN:
        fault_tell(log, source->path, place, path, "the list is empty; it needs at least one entry");
        break;
    case CYAML_ERR_SEQUENCE_ENTRIES_MAX:
        fault_tell(log, source->path, place, path,
                   "the list has more than the %u entries allowed; shorten it",
                   here != NULL ? here->sequence.max : 0);
        break;
    case CYAML_ERR_ALIAS: /* in libyaml's tree the value referred to stands there, so the key's place is
                             nearer */
        fault_tell(log, source->path, source_locate_key(source, path), path,
                   "references (`*name`) are not used here; write the value out");
        break;
    case CYAML_ERR_INVALID_VALUE:
        if (here != NULL && here->type == CYAML_ENUM)
            fault_tell(log, source->path, place, path, "unknown word; write one of: %s", choices(here, list));
        else
            fault_tell(log, source->path, place, path, "wrong kind of value (%s); write %s", complaint->words,
                       kind_wanted(here));
        break;
    default:
        fault_tell(log, source->path, place, path, "%s%s%s", cyaml_strerror(error),
                   complaint->words[0] != '\0' ? ": " : "", complaint->words);
        break;
    }
}

int source_load(struct source *source, const cyaml_schema_value_t *schema, void **out, struct fault_log *log)
{
    static const struct place start = {1, 1};
    struct complaint complaint = {.words = ""};
    const cyaml_config_t config = {.log_fn = note,
                                   .log_ctx = &complaint,
                                   .log_level = CYAML_LOG_WARNING,
                                   .mem_fn = cyaml_mem,
                                   .flags = CYAML_CFG_NO_ALIAS};
    void *value = NULL;

    *out = NULL;
    cyaml_err_t error =
        cyaml_load_data((const uint8_t *)source->bytes, source->length, &config, schema, &value, NULL);
    if (error == CYAML_ERR_OOM) { /* no fault of the file's */
        error_set(log->error, ERROR_OUT_OF_MEMORY, "no memory for %s", source->path);
        log->count++;
        return -1;
    }
    if (error != CYAML_OK) {
        explain(source, schema, error, &complaint, log);
        return -1;
    }
    if (value == NULL) {
        fault_tell(log, source->path, start, "", "the file is empty; write it or take it away");
        return -1;
    }
    if (complaint.more_documents) {
        fault_tell(log, source->path, start, "",
                   "a second document (`---`) begins in this file; use one file each");
        source_free_value(schema, value, 0);
        return -1;
    }
    size_t before = log->count;
    source_check_numbers(source, schema, log);
    if (log->count > before) {
        source_free_value(schema, value, 0);
        return -1;
    }
    *out = value;
    return 0;
}

void source_free_value(const cyaml_schema_value_t *schema, void *value, size_t count)
{
    const cyaml_config_t config = {.mem_fn = cyaml_mem, .log_level = CYAML_LOG_ERROR};

    if (value != NULL)
        cyaml_free(&config, schema, value, (unsigned)count);
}
