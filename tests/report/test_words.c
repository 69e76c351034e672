/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <glob.h>

#include "report/warning.h"
#include "report/words.h"
#include "sample.h"

static void dates_are_said_as_people_say_them(void **state)
{
    (void)state;
    assert_string_equal(words_date(day("2025-02-12"), LANGUAGE_EN).text, "Wednesday, February 12, 2025");
    assert_string_equal(words_date(day("2025-02-12"), LANGUAGE_ES).text, "miércoles 12 de febrero de 2025");
    assert_string_equal(words_date(day("2024-02-29"), LANGUAGE_EN).text, "Thursday, February 29, 2024");
    assert_string_equal(words_date(day("2027-09-04"), LANGUAGE_ES).text, "sábado 4 de septiembre de 2027");
}

static void the_longest_date_fits(void **state)
{
    (void)state;
    for (date at = day("2024-01-01"); at <= day("2024-12-31"); at++) {
        for (enum language language = 0; language < LANGUAGE_COUNT; language++)
            assert_non_null(strstr(words_date(at, language).text, "2024"));
    }
}

static void days_left_are_counted_in_words(void **state)
{
    (void)state;
    assert_string_equal(words_days_left(30, LANGUAGE_EN).text, "30 days left");
    assert_string_equal(words_days_left(1, LANGUAGE_EN).text, "1 day left");
    assert_string_equal(words_days_left(0, LANGUAGE_EN).text, "today is the last day");
    assert_string_equal(words_days_left(-1, LANGUAGE_EN).text, "1 day ago");
    assert_string_equal(words_days_left(-40, LANGUAGE_EN).text, "40 days ago");
    assert_string_equal(words_days_left(2, LANGUAGE_ES).text, "quedan 2 días");
    assert_string_equal(words_days_left(-1, LANGUAGE_ES).text, "hace 1 día");
}

/* Which of {0} … {9} a sentence takes, as bits. */
static unsigned places(const char *text)
{
    unsigned found = 0;

    for (; *text != '\0'; text++) {
        if (text[0] == '{' && text[1] >= '0' && text[1] <= '9' && text[2] == '}')
            found |= 1U << (text[1] - '0');
    }
    return found;
}

static void translations_say_the_same_values(void **state)
{
    (void)state;
    for (enum word word = 0; word < WORD_COUNT; word++) {
        const char *english = words_text(word, LANGUAGE_EN);
        const char *spanish = words_text(word, LANGUAGE_ES);
        assert_true(strlen(english) > 0 && strlen(spanish) > 0);
        if (places(english) != places(spanish))
            fail_msg("\"%s\" and \"%s\" take different values", english, spanish);
    }
}

static void missing_values_give_nothing(void **state)
{
    struct buffer out;
    const char *values[] = {"x"};

    (void)state;
    buffer_init(&out, 100);
    words_fill(&out, WORD_SOURCE_PAGE, LANGUAGE_EN, values, 1);
    assert_string_equal(out.data, "x, page ");
    buffer_dispose(&out);
}

static void every_right_of_the_catalogue_has_a_name(void **state)
{
    struct catalogue *catalogue = sample_catalogue();
    size_t count;

    (void)state;
    const struct notice *notices = catalogue_notices(catalogue, &count);
    for (size_t i = 0; i < count; i++) {
        for (unsigned j = 0; j < notices[i].rights_count; j++) {
            const struct notice_right *right = &notices[i].rights[j];
            if (words_right(right, LANGUAGE_EN) == right->track)
                fail_msg("%s: %s has no name in tracks.def", notices[i].id, right->track);
        }
    }
    catalogue_free(catalogue);
}

/* The codes stand in the reader's source as letter_warn(…, "code", …). */
static void check_codes_of(const char *path)
{
    char line[512];
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        char code[64];
        const char *call = strstr(line, "letter_warn(");
        const char *quote = call != NULL ? strchr(call, '"') : NULL;
        if (quote != NULL && sscanf(quote + 1, "%63[^\"]", code) == 1 &&
            warning_of_reading(code, line, LANGUAGE_ES) == line)
            fail_msg("%s: the warning %s has no Spanish sentence in warning.c", path, code);
    }
    fclose(file);
}

static void every_warning_of_the_reader_has_a_translation(void **state)
{
    glob_t files;

    (void)state;
    assert_int_equal(glob(PROJECT_DIR "/src/*/*.c", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++)
        check_codes_of(files.gl_pathv[i]);
    globfree(&files);
    assert_string_equal(warning_of_reading("two-numbers", "x", LANGUAGE_EN), "x");
    assert_string_equal(warning_of_reading("no-such-code", "x", LANGUAGE_ES), "x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_said_as_people_say_them),
        cmocka_unit_test(the_longest_date_fits),
        cmocka_unit_test(days_left_are_counted_in_words),
        cmocka_unit_test(translations_say_the_same_values),
        cmocka_unit_test(missing_values_give_nothing),
        cmocka_unit_test(every_warning_of_the_reader_has_a_translation),
        cmocka_unit_test(every_right_of_the_catalogue_has_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
