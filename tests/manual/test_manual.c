/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The manual's pages about files against the schemas by which these are read: each key is in both, with the words that
 * may stand there; and the example of the settings names every one of them, with its default. */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "catalogue/schema.h"
#include "settings/schema.h"
#include "source/source.h"
#include "watch/watch.h"

#define SETTINGS_PAGE PROJECT_DIR "/docs/man/irsort.yaml.5.scd"
#define PATTERNS_PAGE PROJECT_DIR "/docs/man/irsort-patterns.5.scd"
#define EXAMPLE PROJECT_DIR "/docs/irsort.yaml"

enum { KEYS_MAX = 128, PAGE_MAX = 1 << 17 };

struct key {
    char path[SOURCE_PATH_SIZE];
    const cyaml_schema_value_t *schema;
};

struct keys {
    struct key list[KEYS_MAX];
    size_t count;
};

/* ---- the schema's keys ---- */

static void collect(struct keys *keys, const cyaml_schema_value_t *schema, const char *path);

/* A text for people has a key for each language. */
static bool is_text(const cyaml_schema_value_t *schema)
{
    return schema->type == CYAML_MAPPING && strcmp(schema->mapping.fields[0].key, "en") == 0;
}

static void collect_field(struct keys *keys, const cyaml_schema_field_t *field, const char *path)
{
    assert_true(keys->count < KEYS_MAX);
    struct key *key = &keys->list[keys->count++];

    snprintf(key->path, sizeof key->path, "%s%s%s", path, path[0] != '\0' ? "." : "", field->key);
    key->schema = &field->value;
    collect(keys, &field->value, key->path);
}

static void collect(struct keys *keys, const cyaml_schema_value_t *schema, const char *path)
{
    char entry[SOURCE_PATH_SIZE + 2];

    if (schema->type == CYAML_SEQUENCE) {
        snprintf(entry, sizeof entry, "%s[]", path);
        collect(keys, schema->sequence.entry, entry);
    } else if (schema->type == CYAML_MAPPING && !is_text(schema)) {
        for (const cyaml_schema_field_t *field = schema->mapping.fields; field->key != NULL; field++)
            collect_field(keys, field, path);
    }
}

/* ---- the page ---- */

static char *read_text(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = calloc(1, PAGE_MAX);

    assert_non_null(file);
    assert_non_null(text);
    assert_true(fread(text, 1, PAGE_MAX - 1, file) < PAGE_MAX - 1);
    fclose(file);
    return text;
}

/* What stands below the heading, up to the next one; cut out of the page. */
static char *section(char *page, const char *heading)
{
    char line[64];

    snprintf(line, sizeof line, "\n# %s\n", heading);
    char *start = strstr(page, line);
    if (start == NULL)
        fail_msg("no section %s", heading);
    char *copy = strdup(start + strlen(line));
    char *end = strstr(copy, "\n# ");
    assert_non_null(end);
    *end = '\0';
    return copy;
}

/* The description of a key: from the line that is the key to the next such line. NULL if there is none. */
static char *description(const char *text, const char *path)
{
    char line[SOURCE_PATH_SIZE + 8];

    snprintf(line, sizeof line, "\n*%s*\n\t", path);
    const char *start = strstr(text, line);
    if (start == NULL)
        return NULL;
    start += strlen(line);
    const char *end = strstr(start, "\n\n*");
    return end != NULL ? strndup(start, (size_t)(end - start)) : strdup(start);
}

static void check_words(const struct key *key, const char *told)
{
    char word[64];

    if (key->schema->type != CYAML_ENUM)
        return;
    for (uint32_t i = 0; i < key->schema->enumeration.count; i++) {
        const char *name = key->schema->enumeration.strings[i].str;
        snprintf(word, sizeof word, "*%s*", name);
        if (strcmp(name, "true") != 0 && strcmp(name, "false") != 0 && strstr(told, word) == NULL)
            fail_msg("%s: the word %s is not in the manual", key->path, name);
    }
}

/* Both ways: the schema's keys are in the section, and no others are. */
static void compare(const cyaml_schema_value_t *schema, const char *path, const char *heading)
{
    static struct keys keys;
    size_t told = 0;
    char *page = read_text(path);
    char *text = section(page, heading);

    keys.count = 0;
    collect(&keys, schema, "");
    for (size_t i = 0; i < keys.count; i++) {
        char *words = description(text, keys.list[i].path);
        if (words == NULL)
            fail_msg("%s: %s is not in the manual", heading, keys.list[i].path);
        check_words(&keys.list[i], words);
        free(words);
    }
    for (const char *line = text; (line = strstr(line, "\n*")) != NULL; line++) {
        const char *end = strchr(line, '\0');
        const char *stop = strstr(line, "*\n\t");
        told += stop != NULL && stop < end && strcspn(line + 1, "\n") == (size_t)(stop - line);
    }
    if (told != keys.count)
        fail_msg("%s: %zu keys in the manual, %zu in the schema", heading, told, keys.count);
    free(text);
    free(page);
}

static void test_the_manual_has_each_key_of_the_patterns(void **state)
{
    (void)state;
    compare(&schema_notice, PATTERNS_PAGE, "NOTICES");
    compare(&schema_clock, PATTERNS_PAGE, "CLOCKS");
    compare(&schema_fields, PATTERNS_PAGE, "FIELDS");
    compare(&schema_mail, PATTERNS_PAGE, "MAIL");
    compare(&schema_others, PATTERNS_PAGE, "OTHERS");
}

static void test_the_manual_has_each_setting(void **state)
{
    (void)state;
    compare(&schema_settings, SETTINGS_PAGE, "SETTINGS");
}

/* ---- the example ---- */

/* The numeral behind `before` in the manual's text on that setting. */
static unsigned told(const char *page, const char *path, const char *before)
{
    char *words = description(page, path);

    assert_non_null(words);
    const char *found = strstr(words, before);
    if (found == NULL)
        fail_msg("%s: no \"%s\" in the manual", path, before);
    unsigned value = (unsigned)strtoul(found + strlen(before), NULL, 10);
    free(words);
    return value;
}

static void test_the_example_sets_each_to_its_default(void **state)
{
    char empty[] = "/tmp/irsort-settings-XXXXXX";
    struct settings example;
    struct settings standard;
    struct error error = {0};
    char *page = read_text(SETTINGS_PAGE);

    (void)state;
    close(mkstemp(empty));
    if (settings_load(&example, EXAMPLE, &error) < 0 || settings_load(&standard, empty, &error) < 0)
        fail_msg("%s", error.message);
    unlink(empty);
    const struct settings_folder *folder = &example.folders[0];
    const struct settings_folder standard_folder = settings_folder_at(&standard, "/");
    const struct {
        const char *path;
        unsigned example, standard;
    } numbers[] = {
        {"workers", example.workers, standard.workers},
        {"desk.port", example.desk.port, standard.desk.port},
        {"desk.lock", example.desk.lock, standard.desk.lock},
        {"folders[].patience", folder->patience, standard_folder.patience},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (numbers[i].example != numbers[i].standard || told(page, numbers[i].path, "Default: ") != numbers[i].standard)
            fail_msg("%s: the default is %u", numbers[i].path, numbers[i].standard);
    }
    /* Where a setting leaves them open, the watch has two of each. */
    assert_int_equal(folder->settle, WATCH_SETTLE_S);
    assert_int_equal(folder->rescan, WATCH_RESCAN_S);
    assert_int_equal(told(page, "folders[].settle", "Default: "), WATCH_SETTLE_S);
    assert_int_equal(told(page, "folders[].settle", "; "), WATCH_SETTLE_POLLED_S);
    assert_int_equal(told(page, "folders[].rescan", "Default: "), WATCH_RESCAN_S);
    assert_int_equal(told(page, "folders[].rescan", "; "), WATCH_RESCAN_POLLED_S);
    assert_int_equal(standard_folder.patience * 60, WATCH_PATIENCE_S);
    assert_int_equal(example.language, standard.language);
    assert_int_equal(folder->polling, standard_folder.polling);
    settings_dispose(&standard);
    settings_dispose(&example);
    free(page);
}

/* "folders[].path" is "folders[0].path" in the example. */
static void first_entry(const char *path, char out[SOURCE_PATH_SIZE])
{
    const char *list = strstr(path, "[]");

    if (list == NULL)
        snprintf(out, SOURCE_PATH_SIZE, "%s", path);
    else
        snprintf(out, SOURCE_PATH_SIZE, "%.*s[0]%s", (int)(list - path), path, list + 2);
}

static void test_the_example_names_every_setting(void **state)
{
    static struct keys keys;
    struct error error = {0};
    struct fault_log log = {.error = &error};
    struct source source;

    (void)state;
    assert_int_equal(source_open(&source, EXAMPLE, &log), 0);
    collect(&keys, &schema_settings, "");
    assert_true(keys.count > 0);
    for (size_t i = 0; i < keys.count; i++) {
        char path[SOURCE_PATH_SIZE];
        first_entry(keys.list[i].path, path);
        struct place place = source_locate(&source, path);
        /* The place of what is not there is that of what is above it. */
        char *dot = strrchr(path, '.');
        *(dot != NULL ? dot : path) = '\0';
        struct place above = source_locate(&source, path);
        if (place.line == above.line && place.column == above.column)
            fail_msg("the example has no %s", keys.list[i].path);
    }
    source_dispose(&source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_manual_has_each_key_of_the_patterns),
        cmocka_unit_test(test_the_manual_has_each_setting),
        cmocka_unit_test(test_the_example_sets_each_to_its_default),
        cmocka_unit_test(test_the_example_names_every_setting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
