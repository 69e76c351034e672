/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A letter while its pages come in. */
#include "worker/draft.h"

#include "../letter/pages.h"

static struct catalogue *catalogue;

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

/* The letter is settled by its first page; what stands on the next is compared all the same. */
static void a_later_page_may_put_the_date_in_doubt(void **state)
{
    struct case_file file;
    struct draft draft;
    struct error error = {0};

    (void)state;
    case_load(&file, PROJECT_DIR "/tests/letter/cases/field-date-of-a-later-page-differs.txt");
    assert_int_equal(file.page_count, 2);
    draft_init(&draft, catalogue);
    draft.all_blank = false;
    assert_int_equal(draft_add_text(&draft, &file.pages[0], &error), 0);
    assert_int_equal(draft_understand(&draft, &error), 0);
    assert_true(draft_is_settled(&draft));
    assert_int_equal(draft_add_text(&draft, &file.pages[1], &error), 0);
    assert_int_equal(draft_close(&draft, &error), 0);
    assert_int_equal(draft.letter.status, LETTER_REVIEW);
    assert_true(letter_has_warning(&draft.letter, "notice-date-unsure"));
    draft_dispose(&draft);
    case_dispose(&file);
}

/* OCR took "October 20" for "October 26" with a trust of 0.90, and no other print of the date was read. */
static void a_date_of_some_trust_is_looked_at(void **state)
{
    struct case_file file;
    struct draft draft;
    struct error error = {0};

    (void)state;
    case_load(&file, PROJECT_DIR "/tests/letter/cases/cp504-header.txt");
    for (size_t i = 0; i < file.pages[0].word_count; i++)
        file.pages[0].words[i].confidence = 0.90F;
    draft_init(&draft, catalogue);
    draft.all_blank = false;
    assert_int_equal(draft_add_text(&draft, &file.pages[0], &error), 0);
    assert_int_equal(draft_understand(&draft, &error), 0);
    assert_non_null(draft_unsure_date(&draft, 1));
    draft_dispose(&draft);
    case_dispose(&file);
}

/* A bound was hit: whatever the letter seems to be, a person must look, unless there is nothing to look at. */
static void what_was_cut_short_is_for_a_person(void **state)
{
    static const struct {
        const char *name;
        enum letter_status status;
    } files[] = {
        {"cp504-header", LETTER_IDENTIFIED},
        {"unlisted-cp2000", LETTER_IRS_UNLISTED},
        {"state-agency", LETTER_NOT_IRS},
        {"two-words-are-no-letter", LETTER_UNREADABLE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/tests/letter/cases/%s.txt", PROJECT_DIR, files[i].name);
        for (int cut_short = 0; cut_short < 2; cut_short++) {
            struct case_file file;
            struct draft draft;
            struct error error = {0};
            case_load(&file, path);
            draft_init(&draft, catalogue);
            draft.all_blank = false;
            draft.whole = true;
            draft.cut_short = cut_short != 0;
            for (size_t p = 0; p < file.page_count; p++) {
                assert_int_equal(letter_add_page(&draft.letter, file.pages[p].number), 0);
                assert_int_equal(draft_add_text(&draft, &file.pages[p], &error), 0);
            }
            assert_int_equal(draft_close(&draft, &error), 0);
            bool readable = files[i].status != LETTER_UNREADABLE;
            assert_int_equal(draft.letter.status, cut_short && readable ? LETTER_REVIEW : files[i].status);
            assert_int_equal(letter_has_warning(&draft.letter, "reading-cut-short"), cut_short);
            draft_dispose(&draft);
            case_dispose(&file);
        }
    }
}

/* Close looks that did not agree need no person either, where the deadline tells which of them is right. */
static void the_deadline_may_overrule_a_look(void **state)
{
    static const struct {
        const char *dissent;
        enum letter_status status;
    } looks[] = {{"2024-10-16", LETTER_IDENTIFIED}, {"2024-09-23", LETTER_REVIEW}};

    (void)state;
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
        struct case_file file;
        struct draft draft;
        struct error error = {0};
        case_load(&file, PROJECT_DIR "/tests/letter/cases/field-date-borne-out-by-the-deadline.txt");
        draft_init(&draft, catalogue);
        draft.all_blank = false;
        snprintf(draft.dissenting_date, sizeof draft.dissenting_date, "%s", looks[i].dissent);
        assert_int_equal(draft_add_text(&draft, &file.pages[0], &error), 0);
        assert_int_equal(draft_close(&draft, &error), 0);
        assert_int_equal(draft.letter.status, looks[i].status);
        draft_dispose(&draft);
        case_dispose(&file);
    }
}

/* An unsure date needs no person where a later page's header is another print of it. */
static void a_later_page_may_confirm_the_date(void **state)
{
    struct case_file file;
    struct error error = {0};

    (void)state;
    for (int again = 0; again <= 1; again++) {
        struct draft draft;
        case_load(&file, PROJECT_DIR "/tests/letter/cases/field-date-again-in-a-running-header.txt");
        for (size_t i = 0; i < file.pages[0].word_count; i++) {
            if (strcmp(file.pages[0].words[i].text, "13,") == 0)
                file.pages[0].words[i].confidence = 0.4F;
        }
        draft_init(&draft, catalogue);
        draft.all_blank = false;
        assert_int_equal(draft_add_text(&draft, &file.pages[0], &error), 0);
        if (again)
            assert_int_equal(draft_add_text(&draft, &file.pages[1], &error), 0);
        assert_int_equal(draft_close(&draft, &error), 0);
        assert_int_equal(draft.letter.status, again ? LETTER_IDENTIFIED : LETTER_REVIEW);
        assert_int_equal(letter_has_warning(&draft.letter, "notice-date-unsure"), !again);
        draft_dispose(&draft);
        case_dispose(&file);
    }
}

/* The letter of a case, when all that it prints was read with that much trust. */
static void read_case(struct draft *draft, struct case_file *file, const char *path, float trust)
{
    struct error error = {0};

    case_load(file, path);
    for (size_t i = 0; i < file->pages[0].word_count; i++)
        file->pages[0].words[i].confidence = i < file->pages[0].word_count / 2 ? 1 : trust;
    draft_init(draft, catalogue);
    draft->all_blank = false;
    assert_int_equal(draft_add_text(draft, &file->pages[0], &error), 0);
    assert_int_equal(draft_understand(draft, &error), 0);
    assert_int_equal(draft->letter.status, LETTER_IDENTIFIED);
}

/* A last day that was not read surely is looked for no longer, if the law's days lead to it from the notice date. */
static void a_last_day_is_borne_out_by_the_law(void **state)
{
    static const struct {
        const char *path;
        bool told;
    } cases[] = {
        {PROJECT_DIR "/tests/worker/cases/lt11-day-by-the-law.txt", true},
        {PROJECT_DIR "/tests/worker/cases/lt11-day-after-a-weekend.txt", true},
        {PROJECT_DIR "/tests/worker/cases/lt11-another-day.txt", false},
        {PROJECT_DIR "/tests/worker/cases/lt11-only-days.txt", true},
        {PROJECT_DIR "/tests/worker/cases/lt11-days-from-above.txt", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct case_file file;
        struct draft draft;
        read_case(&draft, &file, cases[i].path, 0.6F);
        if (draft_wants_deadline(&draft) == cases[i].told || draft_sees_deadline(&draft) != cases[i].told)
            fail_msg("%s", cases[i].path);
        draft_dispose(&draft);
        case_dispose(&file);
    }
}

/* One that the law does not bear out is looked at closely, once; what the looks agree on is known. */
static void an_unsure_last_day_is_looked_at(void **state)
{
    struct case_file file;
    struct draft draft;
    struct field_value day;

    (void)state;
    read_case(&draft, &file, PROJECT_DIR "/tests/worker/cases/lt11-another-day.txt", 0.6F);
    assert_true(draft_unsure_day(&draft, &day));
    assert_string_equal(day.value, "2025-12-08");
    snprintf(draft.looked_day, sizeof draft.looked_day, "2025-12-08");
    assert_false(draft_unsure_day(&draft, &day));
    assert_true(draft_wants_deadline(&draft));
    assert_false(draft_sees_deadline(&draft));
    snprintf(draft.voted_day, sizeof draft.voted_day, "2025-12-08");
    assert_false(draft_wants_deadline(&draft));
    assert_true(draft_sees_deadline(&draft));
    draft_dispose(&draft);
    case_dispose(&file);

    read_case(&draft, &file, PROJECT_DIR "/tests/worker/cases/lt11-another-day.txt", 0.99F);
    assert_false(draft_unsure_day(&draft, &day)); /* it was read surely */
    draft_dispose(&draft);
    case_dispose(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_later_page_may_put_the_date_in_doubt),
        cmocka_unit_test(a_date_of_some_trust_is_looked_at),
        cmocka_unit_test(a_last_day_is_borne_out_by_the_law),
        cmocka_unit_test(an_unsure_last_day_is_looked_at),
        cmocka_unit_test(what_was_cut_short_is_for_a_person),
        cmocka_unit_test(the_deadline_may_overrule_a_look),
        cmocka_unit_test(a_later_page_may_confirm_the_date),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
