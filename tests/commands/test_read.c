/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* `irsort read` up to the reader's door: what is found, opened and refused, and how that is told. */
#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "run.h"

static void make_socket(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int server = socket(AF_UNIX, SOCK_STREAM, 0);

    assert_true(server >= 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", name);
    assert_int_equal(bind(server, (struct sockaddr *)&address, sizeof address), 0);
    close(server);
}

static void each_error_has_its_code(void **state)
{
    (void)state;
    make_file("empty.pdf", "");
    assert_int_equal(mkfifo("fifo.pdf", 0600), 0);
    make_socket("socket.pdf");
    assert_int_equal(symlink("loop.pdf", "loop.pdf"), 0);
    irsort("read", "--json", "missing.pdf", "empty.pdf", "fifo.pdf", "socket.pdf", "/dev/tty", "/dev/null",
           "loop.pdf", "empty.pdf/x");
    assert_int_equal(run.status, 1);
    assert_int_equal(count_lines(run.out), 8);
    assert_error_line(0, "missing.pdf", "not-found");
    assert_error_line(1, "empty.pdf", "empty");
    assert_error_line(2, "fifo.pdf", "not-regular");
    assert_error_line(3, "socket.pdf", "not-regular");
    assert_error_line(4, "/dev/tty", "not-regular");
    assert_error_line(5, "/dev/null", "not-regular");
    assert_error_line(6, "loop.pdf", "not-found");
    assert_error_line(7, "empty.pdf/x", "not-found");
    assert_string_equal(run.err, "");
}

static void a_calendar_tells_beside_it_what_it_lacks(void **state)
{
    (void)state;
    make_file("empty.pdf", "");
    irsort("read", "--ics", "missing.pdf", "empty.pdf");
    assert_int_equal(run.status, 1);
    assert_int_equal(strncmp(run.out, "BEGIN:VCALENDAR\r\n", 17), 0);
    assert_said(run.out, "END:VCALENDAR\r\n");
    assert_said(run.err, "irsort read: missing.pdf: ");
    assert_said(run.err, "irsort read: empty.pdf: ");
}

static void a_file_too_large_is_not_even_read(void **state)
{
    (void)state;
    make_file("large.pdf", "%PDF-1.4\n");
    assert_int_equal(truncate("large.pdf", (off_t)1 << 40), 0); /* a hole: takes no room */
    irsort("read", "--json", "large.pdf");
    assert_int_equal(run.status, 1);
    assert_error_line(0, "large.pdf", "too-large");
}

static void a_file_without_permission_is_not_readable(void **state)
{
    enum { NOBODY = 65534 };

    (void)state;
    if (getuid() != 0 || access(IRSORT_PROGRAM, X_OK) < 0) {
        print_message("needs root to become another user: skipped\n");
        skip();
    }
    assert_int_equal(chmod(".", 0755), 0);
    make_file("secret.pdf", "secret");
    assert_int_equal(chmod("secret.pdf", 0600), 0);
    assert_int_equal(mkdir("closed", 0700), 0);
    run_as(NOBODY, NULL, (const char *const[]){"irsort", "read", "--json", "secret.pdf", "closed", NULL});
    if (run.status == 127 || run.status == 126) {
        print_message("the program cannot be reached by another user: skipped\n");
        skip();
    }
    assert_int_equal(run.status, 1);
    assert_error_line(0, "secret.pdf", "not-readable");
    assert_error_line(1, "closed", "not-readable");
}

static void errors_are_cards_too(void **state)
{
    (void)state;
    irsort("read", "missing\n\033[2J.pdf", "missing.pdf");
    assert_int_equal(run.status, 1);
    assert_said(run.out, "missing\\n\\x1b[2J.pdf\nCOULD NOT BE READ\n  there is no such file\n");
    assert_said(run.out, "────\n\nmissing.pdf\n");
    irsort("read", "--lang", "es", "missing.pdf");
    assert_said(run.out, "NO SE PUDO LEER");
}

static void a_name_may_be_anything(void **state)
{
    (void)state;
    make_file("new\nline.pdf", "");
    make_file("-dash.pdf", "");
    make_file("latin\xe9.pdf", "");
    irsort("read", "--json", "new\nline.pdf", "latin\xe9.pdf", "--", "-dash.pdf", "--json");
    assert_int_equal(run.status, 1);
    assert_int_equal(count_lines(run.out), 4);
    assert_error_line(0, "new\nline.pdf", "empty");
    assert_error_line(1, "latin\xef\xbf\xbd.pdf", "empty");
    assert_error_line(2, "-dash.pdf", "empty");
    assert_error_line(3, "--json", "not-found");
}

static void directories_are_opened_up_in_order(void **state)
{
    (void)state;
    assert_int_equal(mkdir("d", 0700), 0);
    assert_int_equal(mkdir("d/b", 0700), 0);
    assert_int_equal(mkdir("d/.hidden", 0700), 0);
    assert_int_equal(mkdir("outside", 0700), 0);
    make_file("d/c.pdf", "");
    make_file("d/a.pdf", "");
    make_file("d/b/z.txt", "");
    make_file("d/b/y.pdf", "");
    make_file("d/.hidden/x.pdf", "");
    make_file("d/.DS_Store", "");
    make_file("d/Thumbs.db", "");
    make_file("d/~$letter.docx", "");
    make_file("outside/o.pdf", "");
    assert_int_equal(mkfifo("d/fifo", 0600), 0);
    assert_int_equal(symlink("..", "d/b/up"), 0);           /* a loop */
    assert_int_equal(symlink("../outside", "d/linked"), 0); /* not followed */
    assert_int_equal(symlink("../outside/o.pdf", "d/e.pdf"), 0);
    assert_int_equal(symlink("nowhere", "d/f.pdf"), 0);
    irsort("read", "--json", "d");
    assert_int_equal(run.status, 1);
    assert_int_equal(count_lines(run.out), 6);
    assert_error_line(0, "d/a.pdf", "empty");
    assert_error_line(1, "d/b/y.pdf", "empty");
    assert_error_line(2, "d/b/z.txt", "empty");
    assert_error_line(3, "d/c.pdf", "empty");
    assert_error_line(4, "d/e.pdf", "empty");
    assert_error_line(5, "d/f.pdf", "not-found");
    irsort("read", "--json", "d/linked"); /* named by the user: followed */
    assert_error_line(0, "d/linked/o.pdf", "empty");
    irsort("read", "--json", "d/Thumbs.db");
    assert_error_line(0, "d/Thumbs.db", "empty");
}

static void an_empty_directory_is_no_failure(void **state)
{
    (void)state;
    assert_int_equal(mkdir("nothing", 0700), 0);
    irsort("read", "--json", "nothing");
    assert_int_equal(run.status, 0);
    assert_string_equal(run.out, "");
}

static void standard_input_is_a_file(void **state)
{
    (void)state;
    irsort("read", "--json", "-");
    assert_int_equal(run.status, 1);
    assert_error_line(0, "-", "empty");
    make_file("words.txt", "these are only words\n");
    irsort_with_input("words.txt", "read", "--json", "-");
    assert_int_equal(run.status, 1);
    assert_error_line(0, "-", "unknown-format");
}

/* What comes through the pool stands where it belongs between what did not get that far. */
static void answers_keep_the_order_of_the_call(void **state)
{
    enum { FILES = 80 };
    static char names[FILES][16];
    const char *arguments[FILES + 4] = {"irsort", "read", "--json"};

    (void)state;
    for (int i = 0; i < FILES; i++) {
        snprintf(names[i], sizeof names[i], "o%02d.pdf", i);
        arguments[3 + i] = names[i];
        make_file(names[i], i % 7 == 0 ? "" : "words\n");
    }
    run_as(0, NULL, arguments);
    assert_int_equal(run.status, 1);
    assert_int_equal(count_lines(run.out), FILES);
    for (int i = 0; i < FILES; i++)
        assert_error_line((size_t)i, names[i], i % 7 == 0 ? "empty" : "unknown-format");
}

static void the_hash_is_of_the_content(void **state)
{
    (void)state;
    make_file("abc", "abc");
    irsort("read", "--json", "abc");
    assert_said(run.out,
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"); /* FIPS 180-2, B.1 */
}

static void wrong_patterns_stop_everything(void **state)
{
    (void)state;
    make_file("some.pdf", "words");
    assert_int_equal(setenv("IRSORT_DATA", directory, 1), 0);
    irsort("read", "--json", "some.pdf");
    assert_int_equal(unsetenv("IRSORT_DATA"), 0);
    assert_int_equal(run.status, 2);
    assert_string_equal(run.out, "");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, enter_directory, leave_directory)
    const struct CMUnitTest tests[] = {
        TEST(each_error_has_its_code),
        TEST(a_calendar_tells_beside_it_what_it_lacks),
        TEST(a_file_too_large_is_not_even_read),
        TEST(a_file_without_permission_is_not_readable),
        TEST(errors_are_cards_too),
        TEST(a_name_may_be_anything),
        TEST(directories_are_opened_up_in_order),
        TEST(an_empty_directory_is_no_failure),
        TEST(standard_input_is_a_file),
        TEST(answers_keep_the_order_of_the_call),
        TEST(the_hash_is_of_the_content),
        TEST(wrong_patterns_stop_everything),
    };
#undef TEST

    return cmocka_run_group_tests(tests, NULL, NULL);
}
