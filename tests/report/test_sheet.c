/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/sheet.h"
#include "sample.h"

static char *write_text(const char *text, unsigned indent)
{
    struct buffer out;

    buffer_init(&out, 1 << 16);
    struct sheet sheet = {.out = &out};
    sheet_text(&sheet, indent, INK_PLAIN, text);
    char *written = buffer_take(&out);
    assert_non_null(written);
    return written;
}

static void assert_written(const char *text, unsigned indent, const char *expected)
{
    char *written = write_text(text, indent);

    assert_string_equal(written, expected);
    free(written);
}

static void short_text_stays_on_its_line(void **state)
{
    (void)state;
    assert_written("a few words", 2, "  a few words\n");
    assert_written("", 2, "");
    assert_written("  line\nends and\ttabs ", 0, "line ends and tabs\n");
}

static void a_line_is_full_at_80_columns(void **state)
{
    char exact[] = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx abc";
    char expected[100];

    (void)state;
    assert_int_equal(strlen(exact), 80);
    snprintf(expected, sizeof expected, "%s\n", exact);
    assert_written(exact, 0, expected);
    exact[76] = ' ';
    snprintf(expected, sizeof expected, "%.75s\n abc\n", exact);
    char *written = write_text(exact, 1); /* one column fewer: the last word goes to a line of its own */
    assert_has(written, "\n abc\n");
    free(written);
}

/* Bytes of the first line when the character is written `count` times. */
static size_t first_line_of(const char *character, int count)
{
    struct buffer text;

    buffer_init(&text, 1000);
    for (int i = 0; i < count; i++)
        buffer_text(&text, character);
    char *written = write_text(text.data, 0);
    size_t length = strcspn(written, "\n");
    free(written);
    buffer_dispose(&text);
    return length;
}

static void width_counts_columns_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(first_line_of("ñ", 80), 160);  /* two bytes, one column */
    assert_int_equal(first_line_of("語", 41), 120); /* three bytes, two columns */
}

static void a_word_too_long_is_cut(void **state)
{
    char text[200];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    char *written = write_text(text, 4);
    assert_int_equal(strcspn(written, "\n"), 80);
    assert_int_equal(strcspn(written + 81, "\n"), 80);
    free(written);
}

static void nothing_drives_the_terminal(void **state)
{
    static const struct {
        const char *text;
        const char *shown;
    } cases[] = {
        {"a\nb", "a\\nb"},
        {"a\tb", "a\\tb"},
        {"\033[31mred", "\\x1b[31mred"},
        {"bell\a", "bell\\x07"},
        {"\x7f", "\\x7f"},
        {"\xc2\x9b"
         "5m",
         "\\u009b5m"}, /* CSI in one character */
        /* NOLINTNEXTLINE(misc-misleading-bidirectional): an override that must not get through */
        {"cod\xe2\x80\xae"
         "fdp.exe",
         "cod\\u202efdp.exe"},
        {"a\xe2\x80\xa8"
         "b",
         "a\\u2028b"}, /* line separator */
        {"bad \xff byte", "bad \\xff byte"},
        {"cut \xc3", "cut \\xc3"},
        {"año 語", "año 語"},
        {"\xef\xbf\xbd", "\xef\xbf\xbd"}, /* a U+FFFD that was really there */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer out;
        buffer_init(&out, 1000);
        sheet_escape(&out, cases[i].text);
        assert_string_equal(out.data, cases[i].shown);
        buffer_dispose(&out);
    }
    assert_written("\033]0;title\a", 0, "\\x1b]0;title\\x07\n");
}

static void colour_is_only_there_when_asked_for(void **state)
{
    struct buffer out;

    (void)state;
    buffer_init(&out, 1000);
    struct sheet sheet = {.out = &out, .colour = true};
    sheet_text(&sheet, 0, INK_URGENT, "now");
    assert_string_equal(out.data, "\033[1;31mnow\033[0m\n");
    buffer_clear(&out);
    sheet.colour = false;
    sheet_text(&sheet, 0, INK_URGENT, "now");
    assert_string_equal(out.data, "now\n");
    buffer_dispose(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_text_stays_on_its_line),
        cmocka_unit_test(a_line_is_full_at_80_columns),
        cmocka_unit_test(width_counts_columns_not_bytes),
        cmocka_unit_test(a_word_too_long_is_cut),
        cmocka_unit_test(nothing_drives_the_terminal),
        cmocka_unit_test(colour_is_only_there_when_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
