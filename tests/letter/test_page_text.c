/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Words in the orders in which letters are understood. */
#include "pages.h"

static struct sheet_draft sheet;

static int start(void **state)
{
    (void)state;
    sheet = (struct sheet_draft){.number = 4, .read_to = 0.5F};
    return 0;
}

static void add(float left, float top, const char *text)
{
    sheet_add(&sheet, (struct box){left, top, left + 0.01F * (float)strlen(text), top + 0.01F}, text);
}

/* Header box: the labels are one column, their values another. A row brings them together. */
static void rows_cross_columns(void **state)
{
    struct page_text page;

    (void)state;
    add(0.55F, 0.040F, "Notice");
    add(0.55F, 0.054F, "Notice date");
    sheet.paragraph++;
    add(0.80F, 0.041F, "CP504");
    add(0.80F, 0.055F, "May 6, 2025");
    sheet.paragraph++;
    add(0.06F, 0.0395F, "Department of the Treasury");
    sheet_finish(&sheet, &page);
    assert_int_equal(page.number, 4);
    assert_true(page.read_to == 0.5F);
    assert_int_equal(page.line_count, 5);
    assert_int_equal(page.word_count, 1 + 2 + 1 + 3 + 4);
    assert_int_equal(page.row_count, 2);
    assert_string_equal(page.rows[0].text, "Department of the Treasury Notice CP504");
    assert_string_equal(page.rows[1].text, "Notice date May 6, 2025");
    assert_int_equal(page.paragraph_count, 3);
    assert_string_equal(page.paragraphs[0].text, "Notice Notice date");
    assert_string_equal(page.paragraphs[1].text, "CP504 May 6, 2025");
    assert_string_equal(page.whole.text, "Notice Notice date CP504 May 6, 2025 Department of the Treasury");
    page_text_dispose(&page);
}

/* Lines under each other that touch are no row. */
static void close_lines_stay_apart(void **state)
{
    struct page_text page;

    (void)state;
    add(0.06F, 0.300F, "we have not received");
    add(0.06F, 0.309F, "your payment yet");
    sheet_finish(&sheet, &page);
    assert_int_equal(page.row_count, 2);
    assert_string_equal(page.paragraphs[0].text, "we have not received your payment yet");
    page_text_dispose(&page);
}

static void boxes_and_confidence_of_a_part(void **state)
{
    struct page_text page;

    (void)state;
    add(0.10F, 0.30F, "one two~30 three");
    sheet_finish(&sheet, &page);
    const struct text_run *run = &page.lines[0];
    assert_string_equal(run->text, "one two three");
    size_t two = (size_t)(strstr(run->text, "two") - run->text);
    struct box box = text_run_box(&page, run, two, two + 3);
    assert_float_equal(box.left, page.words[1].box.left, 1e-6);
    assert_float_equal(box.right, page.words[1].box.right, 1e-6);
    assert_float_equal(text_run_confidence(&page, run, two, two + 3), 0.30, 1e-6);
    assert_float_equal(text_run_confidence(&page, run, 0, 3), SURE, 1e-6);
    assert_float_equal(text_run_confidence(&page, run, 0, two + 1), 0.30, 1e-6); /* touches the second word */
    box = text_run_box(&page, run, 1, strlen(run->text));
    assert_float_equal(box.left, page.words[0].box.left, 1e-6);
    assert_float_equal(box.right, page.words[2].box.right, 1e-6);
    page_text_dispose(&page);
}

static void an_empty_page(void **state)
{
    struct page_text page;

    (void)state;
    sheet_finish(&sheet, &page);
    assert_int_equal(page.line_count + page.row_count + page.paragraph_count + page.word_count, 0);
    assert_string_equal(page.whole.text, "");
    assert_string_equal(page.folded.text, "");
    page_text_dispose(&page);
}

/* What OCR confuses falls together; accents, case and marks fall away. */
static void folding(void **state)
{
    static const char *const same[][2] = {
        {"Notice of INTENT to levy", "noticeofintenttolevy"},
        {"CP504", "CPSO4"},
        {"LT11", "LTIl"},
        {"8OO-B29", "B00829"},
        {"Año tributario", "ano tributario"},
        {"ACCIÓN", "accion"},
        {"don't", "dont"},
    };
    static const char *const other[][2] = {{"CP501", "CP504"}, {"levy", "lien"}, {"CP297A", "CP297C"}};

    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        char *a = fold_text(same[i][0]);
        char *b = fold_text(same[i][1]);
        assert_string_equal(a, b);
        free(a);
        free(b);
    }
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        char *a = fold_text(other[i][0]);
        char *b = fold_text(other[i][1]);
        assert_string_not_equal(a, b);
        free(a);
        free(b);
    }
    assert_int_equal(fold_character(' '), 0);
    assert_int_equal(fold_character('-'), 0);
    assert_int_equal(fold_character(0x4E2D), 0); /* a Chinese character */
    assert_int_equal(fold_character('Z'), 'z');
}

/* The folded page knows from which word each character came, also where a word folds to nothing. */
static void the_folded_page_leads_back_to_words(void **state)
{
    struct page_text page;

    (void)state;
    add(0.10F, 0.30F, "Notice -- of");
    add(0.10F, 0.32F, "Intent");
    sheet_finish(&sheet, &page);
    assert_string_equal(page.folded.text, "notlceoflntent");
    assert_int_equal(page.folded.length, 14);
    assert_int_equal(page.folded.words[0], 0);
    assert_int_equal(page.folded.words[6], 2);
    assert_int_equal(page.folded.words[13], 3);
    page_text_dispose(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(rows_cross_columns, start),
        cmocka_unit_test_setup(close_lines_stay_apart, start),
        cmocka_unit_test_setup(boxes_and_confidence_of_a_part, start),
        cmocka_unit_test_setup(an_empty_page, start),
        cmocka_unit_test(folding),
        cmocka_unit_test_setup(the_folded_page_leads_back_to_words, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
