/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One settings file, right or wrong, and what becomes of it. */
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
#include <sys/stat.h>
#include <unistd.h>

#include "settings/settings.h"

static char directory[64];
static char file[128];

static int enter_directory(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "/tmp/irsort-settings-XXXXXX");
    if (mkdtemp(directory) == NULL)
        return -1;
    snprintf(file, sizeof file, "%s/irsort.yaml", directory);
    return 0;
}

static int leave_directory(void **state)
{
    char command[128];

    (void)state;
    unsetenv("XDG_CONFIG_HOME");
    snprintf(command, sizeof command, "rm -rf %s", directory);
    return system(command) == 0 ? 0 : -1;
}

static void write_text(const char *path, const char *text)
{
    FILE *stream = fopen(path, "w");

    assert_non_null(stream);
    fputs(text, stream);
    assert_int_equal(fclose(stream), 0);
}

static void load(struct settings *settings, const char *text)
{
    struct error error = {0};

    write_text(file, text);
    if (settings_load(settings, file, &error) < 0)
        fail_msg("%s", error.message);
}

static void assert_standard(const struct settings *settings)
{
    assert_null(settings->clinic.name);
    assert_null(settings->clinic.phone);
    assert_int_equal(settings->clinic.address_count, 0);
    assert_int_equal(settings->language, LANGUAGE_EN);
    assert_null(settings->docket);
    assert_null(settings->data);
    assert_int_equal(settings->workers, 0);
    assert_int_equal(settings->folder_count, 0);
    assert_int_equal(settings->watch.hooks[HOOK_FILED].count, 0);
    assert_int_equal(settings->watch.hooks[HOOK_REVIEW].count, 0);
    assert_int_equal(settings->watch.hook_time, 30);
    assert_int_equal(settings->desk.port, 8433);
    assert_int_equal(settings->desk.lock, 10);
    assert_null(settings->desk.listen);
    assert_null(settings->desk.certificate);
    assert_null(settings->desk.key);
    assert_null(settings->desk.users);
    assert_int_equal(settings->desk.names_count, 0);
}

static void assert_standard_folder(const struct settings_folder *folder, const char *path)
{
    assert_string_equal(folder->path, path);
    assert_int_equal(folder->settle, 0);
    assert_int_equal(folder->rescan, 0);
    assert_int_equal(folder->patience, 10);
    assert_int_equal(folder->polling, POLLING_AUTO);
}

static void test_a_file_of_comments_sets_nothing(void **state)
{
    struct settings settings;

    (void)state;
    load(&settings, "# language: es\n\n   # more\n");
    assert_standard(&settings);
    assert_string_equal(settings.file, file);
    settings_dispose(&settings);
    load(&settings, "");
    assert_standard(&settings);
    settings_dispose(&settings);
}

static void test_what_is_not_set_has_its_default(void **state)
{
    struct settings settings;

    (void)state;
    load(&settings, "folders:\n- path: /srv/scans\n- path: /srv/fax\n  polling: always\n  settle: 30\n"
                    "clinic: {}\ndesk: {lock: 3}\n");
    assert_int_equal(settings.folder_count, 2);
    assert_standard_folder(&settings.folders[0], "/srv/scans");
    assert_int_equal(settings.folders[1].settle, 30);
    assert_int_equal(settings.folders[1].rescan, 0);
    assert_int_equal(settings.folders[1].polling, POLLING_ALWAYS);
    assert_int_equal(settings.desk.port, 8433);
    assert_int_equal(settings.desk.lock, 3);
    settings_dispose(&settings);
}

static void test_what_is_set_counts(void **state)
{
    struct settings settings;

    (void)state;
    load(&settings, "clinic:\n  name: Clínica\n  address: [1 Main St, \"Town, ST 00000\"]\n  phone: 555-0100\n"
                    "language: es\ndocket: /srv/d.db\ndata: /opt/d\nworkers: 8\n"
                    "folders:\n- {path: /s, settle: 3600, rescan: 1, patience: 1440, polling: never}\n"
                    "desk: {port: 1024, lock: 480, listen: 192.0.2.7, certificate: /c, key: /k, users: /u,\n"
                    "  names: [desk.clinic.example, front-desk]}\n");
    assert_string_equal(settings.clinic.name, "Clínica");
    assert_int_equal(settings.clinic.address_count, 2);
    assert_string_equal(settings.clinic.address[1], "Town, ST 00000");
    assert_string_equal(settings.clinic.phone, "555-0100");
    assert_int_equal(settings.language, LANGUAGE_ES);
    assert_string_equal(settings.docket, "/srv/d.db");
    assert_string_equal(settings.data, "/opt/d");
    assert_int_equal(settings.workers, 8);
    assert_int_equal(settings.folders[0].settle, 3600);
    assert_int_equal(settings.folders[0].rescan, 1);
    assert_int_equal(settings.folders[0].patience, 1440);
    assert_int_equal(settings.folders[0].polling, POLLING_NEVER);
    assert_int_equal(settings.desk.port, 1024);
    assert_int_equal(settings.desk.lock, 480);
    assert_string_equal(settings.desk.listen, "192.0.2.7");
    assert_string_equal(settings.desk.certificate, "/c");
    assert_string_equal(settings.desk.key, "/k");
    assert_string_equal(settings.desk.users, "/u");
    assert_int_equal(settings.desk.names_count, 2);
    assert_string_equal(settings.desk.names[1], "front-desk");
    settings_dispose(&settings);
}

static void test_a_folder_has_the_hooks_of_all_or_its_own(void **state)
{
    struct settings settings;

    (void)state;
    load(&settings, "watch: {on_filed: [/bin/a, -x], on_review: [/bin/b], hook_time: 5}\n"
                    "folders:\n- path: /s\n- {path: /t, on_filed: [/bin/c]}\n");
    assert_int_equal(settings.watch.hook_time, 5);
    assert_int_equal(settings.watch.hooks[HOOK_FILED].count, 2);
    assert_string_equal(settings.watch.hooks[HOOK_FILED].words[1], "-x");
    assert_string_equal(settings.folders[0].hooks[HOOK_FILED].words[0], "/bin/a");
    assert_string_equal(settings.folders[0].hooks[HOOK_REVIEW].words[0], "/bin/b");
    assert_int_equal(settings.folders[1].hooks[HOOK_FILED].count, 1);
    assert_string_equal(settings.folders[1].hooks[HOOK_FILED].words[0], "/bin/c");
    assert_string_equal(settings.folders[1].hooks[HOOK_REVIEW].words[0], "/bin/b");
    struct settings_folder other = settings_folder_at(&settings, "/nowhere");
    assert_string_equal(other.hooks[HOOK_FILED].words[0], "/bin/a");
    settings_dispose(&settings);
}

/* What is wrong, and how the complaint begins after the file's name, with what it must name further on. */
static const struct {
    const char *text;
    const char *begins;
    const char *names;
} faults[] = {
    {"langauge: en\n", ":1:1: langauge: unknown key; `language` may be meant", "folders"},
    {"printer: x\n", ":1:1: printer: unknown key; the keys here are: clinic", "desk"},
    {"folders:\n- path: /s\n  setle: 3\n", ":3:3: folders[0].setle: unknown key; `settle` may be meant", "polling"},
    {"folders:\n- path: /s\n  settle: 0\n", ":3:11: folders[0].settle: ", "1 to 3600, seconds"},
    {"folders:\n- path: /s\n  settle: 3601\n", ":3:11: folders[0].settle: ", "1 to 3600, seconds"},
    {"folders:\n- path: /s\n  settle: 2s\n", ":3:11: folders[0].settle: ", "plain digits"},
    {"folders:\n- path: /s\n  rescan: 86401\n", ":3:11: folders[0].rescan: ", "1 to 86400, seconds"},
    {"folders:\n- path: /s\n  patience: 1441\n", ":3:13: folders[0].patience: ", "1 to 1440, minutes"},
    {"folders:\n- path: /s\n  polling: maybe\n", ":3:12: folders[0].polling: ", "auto, always, never"},
    {"folders:\n- settle: 3\n", ":2:3: folders[0].path: ", "missing"},
    {"folders:\n- path: scans\n", ":2:9: folders[0].path: ", "full path"},
    {"folders:\n- path: /s\n- path: /s\n", ":3:9: folders[1].path: ", "already"},
    {"folders: /s\n", ":1:10: folders: ", "a list"},
    {"language: fr\n", ":1:11: language: ", "en, es"},
    {"docket: docket.db\n", ":1:9: docket: ", "full path"},
    {"docket: ~\n", ":1:9: docket: ", "empty"},
    {"data: ./d\n", ":1:7: data: ", "full path"},
    {"workers: 9\n", ":1:10: workers: ", "0 to 8"},
    {"workers: -1\n", ":1:10: workers: ", "whole number"},
    {"watch: {on_filed: /bin/a}\n", ":1:19: watch.on_filed: ", "a list"},
    {"watch: {on_filed: [mail]}\n", ":1:20: watch.on_filed[0]: ", "full path"},
    {"watch: {on_review: []}\n", ":1:20: watch.on_review: ", "1"},
    {"watch: {hook_time: 0}\n", ":1:20: watch.hook_time: ", "1 to 3600, seconds"},
    {"folders:\n- {path: /s, on_review: [x]}\n", ":2:26: folders[0].on_review[0]: ", "full path"},
    {"desk: {port: 80}\n", ":1:14: desk.port: ", "1024 to 65535"},
    {"desk: {lock: 481}\n", ":1:14: desk.lock: ", "1 to 480, minutes"},
    {"desk: {key: /k}\n", ":1:13: desk.key: ", "`certificate`"},
    {"desk: {certificate: /c}\n", ":1:21: desk.certificate: ", "`key`"},
    {"desk: {users: u}\n", ":1:15: desk.users: ", "begins with /"},
    {"desk: {names: [\"https://desk\"]}\n", ":1:16: desk.names[0]: ", "without https://"},
    {"clinic: Ours\n", ":1:9: clinic: ", "a mapping"},
    {"clinic: {name: \"  \"}\n", ":1:16: clinic.name: ", "empty"},
    {"language: en\nlanguage: es\n", ":2:1: language: ", "twice"},
    {"language: [en\n", ":2:1: language: ", "not YAML"},
    {"language: en\n---\nlanguage: es\n", ":1:1: ", "second document"},
};

static void test_a_fault_has_its_place_and_its_mend(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct settings settings;
        struct error error = {0};
        char begins[256];

        write_text(file, faults[i].text);
        if (settings_load(&settings, file, &error) == 0)
            fail_msg("taken:\n%s", faults[i].text);
        assert_int_equal(error.code, ERROR_SETUP);
        snprintf(begins, sizeof begins, "%s%s", file, faults[i].begins);
        if (strncmp(error.message, begins, strlen(begins)) != 0 || strstr(error.message, faults[i].names) == NULL)
            fail_msg("\"%s\" and \"%s\" wanted, told was: %s", begins, faults[i].names, error.message);
        assert_null(settings.folders);
        assert_null(settings.loaded);
    }
}

static void test_a_file_that_is_named_must_be_there(void **state)
{
    struct settings settings;
    struct error error = {0};

    (void)state;
    assert_int_equal(settings_load(&settings, "/nowhere/irsort.yaml", &error), -1);
    assert_int_equal(error.code, ERROR_SETUP);
    assert_non_null(strstr(error.message, "/nowhere/irsort.yaml"));
}

static void test_the_users_file_is_found(void **state)
{
    struct settings settings;
    struct error error = {0};
    char path[160];

    (void)state;
    setenv("XDG_CONFIG_HOME", directory, 1);
    snprintf(path, sizeof path, "%s/irsort", directory);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/irsort/irsort.yaml", directory);
    write_text(path, "workers: 3\n");
    assert_int_equal(settings_load(&settings, NULL, &error), 0);
    assert_int_equal(settings.workers, 3);
    assert_string_equal(settings.file, path);
    settings_dispose(&settings);
    write_text(path, "workers: x\n");
    assert_int_equal(settings_load(&settings, NULL, &error), -1);
}

static void test_a_folder_has_the_settings_of_the_file(void **state)
{
    struct settings settings;
    char text[256];
    char other[128];

    (void)state;
    snprintf(text, sizeof text, "folders:\n- path: /nowhere\n- path: %s\n  patience: 2\n", directory);
    load(&settings, text);
    snprintf(other, sizeof other, "%s/../%s/.", directory, strrchr(directory, '/') + 1);
    struct settings_folder folder = settings_folder_at(&settings, other);
    assert_string_equal(folder.path, other);
    assert_int_equal(folder.patience, 2);
    folder = settings_folder_at(&settings, "/tmp");
    assert_standard_folder(&folder, "/tmp");
    folder = settings_folder_at(&settings, "/nowhere");
    assert_standard_folder(&folder, "/nowhere");
    settings_dispose(&settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_file_of_comments_sets_nothing, enter_directory, leave_directory),
        cmocka_unit_test_setup_teardown(test_what_is_not_set_has_its_default, enter_directory, leave_directory),
        cmocka_unit_test_setup_teardown(test_what_is_set_counts, enter_directory, leave_directory),
        cmocka_unit_test_setup_teardown(test_a_folder_has_the_hooks_of_all_or_its_own, enter_directory,
                                        leave_directory),
        cmocka_unit_test_setup_teardown(test_a_fault_has_its_place_and_its_mend, enter_directory, leave_directory),
        cmocka_unit_test_setup_teardown(test_a_file_that_is_named_must_be_there, enter_directory, leave_directory),
        cmocka_unit_test_setup_teardown(test_the_users_file_is_found, enter_directory, leave_directory),
        cmocka_unit_test_setup_teardown(test_a_folder_has_the_settings_of_the_file, enter_directory,
                                        leave_directory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
