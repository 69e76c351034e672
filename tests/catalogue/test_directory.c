/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Where the data is looked for depends on where the program lies: this test copies itself and runs the copy,
 * which prints what it found. */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "tree.h"

#define PRINT "print"

static int print(void)
{
    char directory[TREE_PATH_SIZE];
    struct error error = {0};

    if (catalogue_find_directory(directory, sizeof directory, &error) != 0) {
        puts(error_code_name(error.code));
        return 1;
    }
    puts(directory);
    return 0;
}

struct place {
    char root[TREE_PATH_SIZE];
    char program[TREE_PATH_SIZE];
};

static void copy(const char *from, const char *to)
{
    char block[1 << 16];
    size_t length;
    FILE *in = fopen(from, "rb");
    FILE *out = fopen(to, "wb");

    assert_non_null(in);
    assert_non_null(out);
    while ((length = fread(block, 1, sizeof block, in)) > 0)
        assert_int_equal(fwrite(block, 1, length, out), length);
    fclose(in);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(chmod(to, 0700), 0);
}

static void make_folder(const char *root, const char *name)
{
    char path[TREE_PATH_SIZE];

    assert_int_equal(mkdir(tree_path(root, name, path), 0700), 0);
}

static int make_place(void **state)
{
    static struct place place;

    strcpy(place.root, "/tmp/irsort-directory-XXXXXX");
    assert_non_null(mkdtemp(place.root));
    make_folder(place.root, "bin");
    copy("/proc/self/exe", tree_path(place.root, "bin/program", place.program));
    unsetenv("IRSORT_DATA");
    *state = &place;
    return 0;
}

static int drop_place(void **state)
{
    tree_drop(((struct place *)*state)->root);
    return 0;
}

/* What the copy finds. */
static const char *found(const struct place *place, char out[TREE_PATH_SIZE])
{
    char command[TREE_PATH_SIZE + 16];

    snprintf(command, sizeof command, "%s " PRINT, place->program);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    if (fgets(out, TREE_PATH_SIZE, pipe) == NULL)
        out[0] = '\0';
    pclose(pipe);
    out[strcspn(out, "\n")] = '\0';
    return out;
}

static void the_share_beside_the_program_is_found(void **state)
{
    const struct place *place = *state;
    char share[TREE_PATH_SIZE];
    char out[TREE_PATH_SIZE];

    make_folder(place->root, "share");
    make_folder(place->root, "share/irsort");
    make_folder(place->root, "share/irsort/patterns");
    assert_string_equal(found(place, out), tree_path(place->root, "share/irsort", share));
}

static void else_the_source_tree(void **state)
{
    char out[TREE_PATH_SIZE];
    bool there = access(PROJECT_DIR "/patterns", F_OK) == 0;

    assert_string_equal(found(*state, out), there ? PROJECT_DIR : "setup");
}

static void what_is_named_goes_before_all(void **state)
{
    const struct place *place = *state;
    char named[TREE_PATH_SIZE];
    char out[TREE_PATH_SIZE];

    make_folder(place->root, "share");
    make_folder(place->root, "share/irsort");
    make_folder(place->root, "share/irsort/patterns");
    make_folder(place->root, "mine");
    make_folder(place->root, "mine/patterns");
    setenv("IRSORT_DATA", tree_path(place->root, "mine", named), 1);
    assert_string_equal(found(place, out), named);
}

/* A wrong name is not made good by other data: a person would believe that theirs was used. */
static void a_wrong_name_is_refused(void **state)
{
    const struct place *place = *state;
    char named[TREE_PATH_SIZE];
    char out[TREE_PATH_SIZE];

    make_folder(place->root, "share");
    make_folder(place->root, "share/irsort");
    make_folder(place->root, "share/irsort/patterns");
    setenv("IRSORT_DATA", tree_path(place->root, "nowhere", named), 1);
    assert_string_equal(found(place, out), "setup");
}

static void a_path_that_does_not_fit_is_refused(void **state)
{
    const struct place *place = *state;
    char out[4];
    struct error error = {0};

    make_folder(place->root, "patterns");
    setenv("IRSORT_DATA", place->root, 1);
    assert_int_equal(catalogue_find_directory(out, sizeof out, &error), -1);
    assert_int_equal(error.code, ERROR_SETUP);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_share_beside_the_program_is_found, make_place, drop_place),
        cmocka_unit_test_setup_teardown(else_the_source_tree, make_place, drop_place),
        cmocka_unit_test_setup_teardown(what_is_named_goes_before_all, make_place, drop_place),
        cmocka_unit_test_setup_teardown(a_wrong_name_is_refused, make_place, drop_place),
        cmocka_unit_test_setup_teardown(a_path_that_does_not_fit_is_refused, make_place, drop_place),
    };

    if (argc == 2 && strcmp(argv[1], PRINT) == 0)
        return print();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
