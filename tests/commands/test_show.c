/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* `irsort read --show` and `--why` as a whole, through the process that reads. */
#include "run.h"

#define SCAN "l3172-a-clean300"

/* A scan, twice, under one name in two folders. */
static int enter_with_scans(void **state)
{
    char command[1024];

    if (enter_directory(state) != 0)
        return -1;
    snprintf(command, sizeof command,
             "'%s' --out made --only " SCAN " >/dev/null && mkdir a b && cp made/" SCAN ".* a/ && cp made/" SCAN ".* b/",
             IRSORT_FIXTURES);
    return system(command);
}

static void assert_picture(const char *name)
{
    unsigned char begin[8] = {0};
    struct stat status;
    FILE *file = fopen(name, "r");

    if (file == NULL)
        fail_msg("there is no %s", name);
    assert_int_equal(fread(begin, 1, sizeof begin, file), sizeof begin);
    assert_int_equal(fstat(fileno(file), &status), 0);
    fclose(file);
    assert_memory_equal(begin, "\x89PNG\r\n\x1A\n", 8);
    assert_int_equal(status.st_mode & 07777, 0600);
}

static void pictures_of_many_files_do_not_meet(void **state)
{
    (void)state;
    irsort("read", "--json", "--show", "shown", "a", "b");
    assert_int_equal(run.status, 0);
    assert_int_equal(count_lines(run.out), 2);
    assert_null(strstr(run.out, "\"pictures\"")); /* they are files, not part of the answer */
    assert_null(strstr(run.out, "\"why\""));
    assert_picture("shown/" SCAN " p1.png");
    assert_picture("shown/" SCAN " p1-2.png");
    assert_said(run.err, "there is a picture \"" SCAN " p1.png\" already; this one is \"" SCAN " p1-2.png\"");
    assert_said(run.err, "pictures written\n");
}

static void reasons_are_part_of_the_answer(void **state)
{
    (void)state;
    irsort("read", "--json", "--why", "a");
    assert_int_equal(run.status, 0);
    json_t *json = json_line(0);
    const json_t *first = json_array_get(json_object_get(json, "why"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "id")), "L3172");
    const json_t *rule = json_array_get(json_object_get(first, "rules"), 0);
    assert_string_equal(json_string_value(json_object_get(rule, "wanted")), "L3172");
    assert_string_equal(json_string_value(json_object_get(rule, "found")), "hit");
    json_decref(json);
    make_file("answer.json", run.out);
    char command[1024];
    snprintf(command, sizeof command,
             "python3 " PROJECT_DIR "/tests/report/validate.py " PROJECT_DIR "/docs/irsort.letter.schema.json "
             "<answer.json >/dev/null");
    assert_int_equal(system(command), 0);
    irsort("read", "--why", "a");
    assert_said(run.out, "\nWHICH RULES HIT, AND WHICH DID NOT\n  L3172, probability ");
    assert_said(run.out, "\n    HIT L3172/numbers[0] \"L3172\": page 1, ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pictures_of_many_files_do_not_meet, enter_with_scans, leave_directory),
        cmocka_unit_test_setup_teardown(reasons_are_part_of_the_answer, enter_with_scans, leave_directory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
