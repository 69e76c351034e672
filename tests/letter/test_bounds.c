/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* More on the pages than is looked at: never left out in silence, always a warning that sends the letter to a person. */
#include "base/limits.h"
#include "letter/fields.h"
#include "letter/identify.h"
#include "letter/number.h"

#include "../catalogue/tree.h"
#include "pages.h"

#define CUT_SHORT "reading-cut-short"

static struct catalogue *catalogue;

static struct sheet_draft *begin(void)
{
    struct sheet_draft *sheet = calloc(1, sizeof *sheet);

    assert_non_null(sheet);
    sheet->number = 1;
    sheet->read_to = 1;
    return sheet;
}

/* A line of its own in the header, from a place on the left. */
static void add(struct sheet_draft *sheet, float left, const char *text)
{
    float top = 0.01F + 0.007F * (float)sheet->count; /* forty fit into a header */

    sheet->paragraph++;
    sheet_add(sheet, (struct box){left, top, left + 0.005F * (float)strlen(text), top + 0.006F}, text);
}

/* Which letters and fields are found; disposes of the sheet. */
static void understand(struct sheet_draft *sheet, const struct catalogue *with, struct letter *letter)
{
    struct page_text page;
    struct error error = {0};
    bool enough;

    sheet_finish(sheet, &page);
    letter_init(letter);
    assert_int_equal(identify(letter, with, &page, 1, true, &enough, &error), 0);
    assert_int_equal(fields_find(letter, with, &page, 1, &error), 0);
    page_text_dispose(&page);
    free(sheet);
}

static bool periods_warn(unsigned count)
{
    struct sheet_draft *sheet = begin();
    struct letter letter;
    char line[CASE_LINE] = "Tax years 1981";

    for (unsigned i = 1; i < count; i++)
        snprintf(line + strlen(line), sizeof line - strlen(line), ", %u", 1981 + i);
    add(sheet, 0.06F, line);
    understand(sheet, catalogue, &letter);
    assert_int_equal(letter.fields[FIELD_TAX_PERIODS].count, count < LETTER_PERIODS_MAX ? count : LETTER_PERIODS_MAX);
    bool warned = letter_has_warning(&letter, CUT_SHORT);
    letter_dispose(&letter);
    return warned;
}

static void tax_periods(void **state)
{
    (void)state;
    assert_false(periods_warn(LETTER_PERIODS_MAX));
    assert_true(periods_warn(LETTER_PERIODS_MAX + 1));
}

/* What says the same as what is kept is no loss. */
static bool dates_warn(const char *last)
{
    struct sheet_draft *sheet = begin();
    struct letter letter;
    char line[64];

    for (unsigned i = 0; i < LETTER_PERIODS_MAX + 1; i++) { /* as many values of a field are compared */
        snprintf(line, sizeof line, "Notice date %s", i < LETTER_PERIODS_MAX ? "January 13, 2025" : last);
        add(sheet, 0.06F, line);
    }
    understand(sheet, catalogue, &letter);
    assert_string_equal(letter.fields[FIELD_NOTICE_DATE].values[0].value, "2025-01-13");
    bool warned = letter_has_warning(&letter, CUT_SHORT);
    letter_dispose(&letter);
    return warned;
}

static void prints_of_a_date(void **state)
{
    (void)state;
    assert_false(dates_warn("January 13, 2025"));
    assert_true(dates_warn("January 18, 2025"));
}

static bool numbers_warn(unsigned distinct, unsigned count)
{
    struct sheet_draft *sheet = begin();
    struct letter letter;
    char line[32];

    for (unsigned i = 0; i < count; i++) {
        snprintf(line, sizeof line, "Notice CP%u", 500 + i % distinct);
        add(sheet, 0.60F, line);
    }
    understand(sheet, catalogue, &letter);
    bool warned = letter_has_warning(&letter, CUT_SHORT);
    letter_dispose(&letter);
    return warned;
}

static void numbers(void **state)
{
    const unsigned most = LETTER_EVIDENCE_MAX - 2; /* prints, beside a heading and a letterhead */

    (void)state;
    assert_false(numbers_warn(most, most));
    assert_true(numbers_warn(NUMBER_READINGS_MAX + 1, NUMBER_READINGS_MAX + 1));
}

/* Each page of inserts is an entry of the evidence. */
static bool inserts_warn(unsigned count, bool different)
{
    struct page_text *pages = calloc(count, sizeof *pages);
    struct letter letter;
    struct error error = {0};
    char line[64];
    bool enough;

    assert_non_null(pages);
    for (unsigned i = 0; i < count; i++) {
        struct sheet_draft *sheet = begin();
        sheet->number = i + 1;
        if (i == 0) {
            add(sheet, 0.06F, "Department of the Treasury");
            add(sheet, 0.06F, "Internal Revenue Service");
            add(sheet, 0.60F, "Notice CP92");
        } else {
            snprintf(line, sizeof line, "Notice 1052-%c", different ? (char)('A' + i % 26) : 'C');
            add(sheet, 0.06F, line);
        }
        sheet_finish(sheet, &pages[i]);
        free(sheet);
    }
    letter_init(&letter);
    assert_int_equal(identify(&letter, catalogue, pages, count, true, &enough, &error), 0);
    assert_in_range(letter.evidence_count, 0, LETTER_EVIDENCE_MAX);
    bool warned = letter_has_warning(&letter, CUT_SHORT);
    letter_dispose(&letter);
    for (unsigned i = 0; i < count; i++)
        page_text_dispose(&pages[i]);
    free(pages);
    return warned;
}

static void evidence(void **state)
{
    (void)state;
    assert_false(inserts_warn(4, true));
    assert_false(inserts_warn(LETTER_EVIDENCE_MAX + 4, false));
    assert_true(inserts_warn(LETTER_EVIDENCE_MAX + 4, true));
}

/* A pattern that is at its bound after some ten thousand characters: whether it fits is not known then. */
#define HUNGRY "(?:x|y)*[^xy]"

static bool pattern_warns(const char *name, const char *text, size_t length)
{
    char tree[TREE_PATH_SIZE];
    char *run = calloc(length + 1, 1);
    struct catalogue *own = NULL;
    struct error error = {0};
    struct letter letter;
    struct page_text page;
    bool enough;

    tree_make(tree);
    tree_write(tree, name, text);
    if (catalogue_new(&own, tree, NULL, NULL, &error) != 0)
        fail_msg("%s", error.message);
    memset(run, 'x', length);
    const struct ocr_word word = {run, {0.1F, 0.1F, 0.9F, 0.11F}, SURE};
    const struct ocr_line line = {&word, 1, run, word.box, 1};
    assert_int_equal(page_text_from_lines(&page, &line, 1, 1, 1, &error), 0);
    letter_init(&letter);
    assert_int_equal(identify(&letter, own, &page, 1, true, &enough, &error), 0);
    assert_int_equal(fields_find(&letter, own, &page, 1, &error), 0);
    bool warned = letter_has_warning(&letter, CUT_SHORT);
    letter_dispose(&letter);
    page_text_dispose(&page);
    catalogue_free(own);
    tree_drop(tree);
    free(run);
    return warned;
}

static void patterns_without_an_answer(void **state)
{
    static const struct tree_file files[] = {
        {"patterns/mail.yaml", "letterhead:\n"
                               "  - {regex: 'internal revenue', name: irs, weight: 3.5}\n"
                               "enclosures:\n"
                               "  - {regex: 'form 12153', name: form, weight: 2}\n"
                               "cautions:\n"
                               "  - {regex: 'not from us', why: it says so}\n"
                               "imitations:\n"
                               "  - {regex: '" HUNGRY "', name: advertisement, weight: 4}\n"},
        {"patterns/fields.yaml", "fields:\n"
                                 "  - field: notice_date\n"
                                 "    shape: date\n"
                                 "    labels:\n"
                                 "      - {regex: '" HUNGRY "', zone: any}\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        assert_false(pattern_warns(files[i].name, files[i].text, 100));
        assert_true(pattern_warns(files[i].name, files[i].text, PAGE_TEXT_MAX));
    }
}

static void longer_text_is_cut_visibly(void **state)
{
    struct letter letter;
    char text[LETTER_TEXT_SIZE * 3];

    (void)state;
    letter_init(&letter);
    memset(text, 'w', sizeof text);
    text[sizeof text - 1] = '\0';
    letter_warn(&letter, "first", "%.*s", (int)sizeof letter.warnings[0].text - 1, text);
    letter_warn(&letter, "second", "%.*s", (int)sizeof letter.warnings[0].text, text);
    assert_int_equal(strlen(letter.warnings[0].text), sizeof letter.warnings[0].text - 1);
    assert_null(strstr(letter.warnings[0].text, "…"));
    const char *end = letter.warnings[1].text + strlen(letter.warnings[1].text);
    assert_string_equal(end - strlen("…"), "…");
    letter_dispose(&letter);
}

static int load(void **state)
{
    (void)state;
    catalogue = load_catalogue();
    return 0;
}

static int unload(void **state)
{
    (void)state;
    catalogue_free(catalogue);
    return 0;
}

/* A letter that is understood anew takes the places of its old warnings. */
static void a_warning_replaces_an_older_one(void **state)
{
    struct letter letter;

    (void)state;
    letter_init(&letter);
    letter_warn(&letter, "one", "this was said %s", "before");
    letter.warning_count = 0;
    letter_warn(&letter, "other", "%s", "new");
    assert_string_equal(letter.warnings[0].text, "new");
    letter_dispose(&letter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tax_periods),
        cmocka_unit_test(prints_of_a_date),
        cmocka_unit_test(numbers),
        cmocka_unit_test(evidence),
        cmocka_unit_test(patterns_without_an_answer),
        cmocka_unit_test(longer_text_is_cut_visibly),
        cmocka_unit_test(a_warning_replaces_an_older_one),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
