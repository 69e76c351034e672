/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The noisy channel: which number was printed, given what was read. Where numbers stand is in
 * cases/number-*.txt. */
#include <math.h>

#include "letter/number.h"
#include "pages.h"

static struct catalogue *catalogue;

static struct number_reading reading_of(const char *token, float confidence)
{
    struct number_reading reading = {.place = PLACE_HEADER, .page = 1, .confidence = confidence};

    snprintf(reading.token, sizeof reading.token, "%s", token);
    reading.letter = token[0] == 'L' && token[1] != 'T';
    return reading;
}

static double fit(const char *token, float confidence, const char *number)
{
    struct number_reading reading = reading_of(token, confidence);

    return number_likelihood(catalogue, &reading, number);
}

/* The listed number that fits best, and by how much (natural log) it beats the best of another notice. */
static const char *best_number(const struct number_reading *reading, double *lead)
{
    size_t count;
    const struct notice *notice = catalogue_notices(catalogue, &count);
    const char *best = "";
    size_t best_notice = count;
    double most = -INFINITY;
    double next = -INFINITY;

    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < count; i++) {
            for (unsigned n = 0; n < notice[i].numbers_count; n++) {
                double score = number_likelihood(catalogue, reading, notice[i].numbers[n]);
                if (pass == 0 && score > most) {
                    most = score;
                    best = notice[i].numbers[n];
                    best_notice = i;
                } else if (pass == 1 && i != best_notice) {
                    next = fmax(next, score);
                }
            }
        }
    }
    *lead = most - next;
    return best;
}

#define SURE_LEAD log(100)

/* Every listed number, cleanly read, is itself, and nothing else comes near. */
static void what_is_read_exactly_is_that(void **state)
{
    size_t count;
    const struct notice *notice = catalogue_notices(catalogue, &count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        for (unsigned n = 0; n < notice[i].numbers_count; n++) {
            struct number_reading reading = reading_of(notice[i].numbers[n], SURE);
            double lead;
            assert_string_equal(best_number(&reading, &lead), notice[i].numbers[n]);
            if (lead < SURE_LEAD)
                fail_msg("%s leads by %.2f only", notice[i].numbers[n], lead);
        }
    }
}

static void usual_confusions_are_undone(void **state)
{
    static const struct {
        const char *read, *printed;
    } examples[] = {
        {"CPSO4", "CP504"}, {"CPS04", "CP504"},   {"CP5O4", "CP504"},   {"CPSO1", "CP501"},
        {"CP5OI", "CP501"}, {"LTI1", "LT11"},     {"LTII", "LT11"},     {"CPI77", "CP177"},
        {"LIO58", "L1058"}, {"L22720", "L2272C"}, {"CP2?7C", "CP297C"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct number_reading reading = reading_of(examples[i].read, SURE);
        double lead;
        reading.letter = examples[i].printed[0] == 'L' && examples[i].printed[1] != 'T';
        const char *best = best_number(&reading, &lead);
        if (strcmp(best, examples[i].printed) != 0)
            fail_msg("%s was taken for %s, not %s", examples[i].read, best, examples[i].printed);
    }
}

/* CP297, CP297A and CP297C: reading one of them for sure says it is not the others. */
static void siblings_are_told_apart_when_read_well(void **state)
{
    static const char *const siblings[] = {"CP297", "CP297A", "CP297C"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        for (size_t k = 0; k < 3; k++) {
            if (i != k)
                assert_true(fit(siblings[i], SURE, siblings[i]) - fit(siblings[i], SURE, siblings[k]) >
                            SURE_LEAD);
        }
    }
}

static void siblings_are_not_told_apart_when_read_badly(void **state)
{
    struct number_reading reading = reading_of("CP297?", 0.1F);
    double lead;

    (void)state;
    best_number(&reading, &lead);
    assert_true(lead < SURE_LEAD);
}

/* The less the engine believes in its characters, the less one number leads over another. */
static void doubt_brings_numbers_together(void **state)
{
    double before = INFINITY;

    (void)state;
    for (int percent = 100; percent >= 0; percent -= 10) {
        float confidence = (float)percent / 100;
        double lead = fit("CP504", confidence, "CP504") - fit("CP504", confidence, "CP501");
        assert_true(lead > 0);
        assert_true(lead <= before);
        before = lead;
    }
}

/* At the picture's edge a last letter may be missing; in the middle of the paper it is hardly ever lost. */
static void the_edge_may_have_cut_the_suffix(void **state)
{
    struct number_reading whole = reading_of("CP90", SURE);
    struct number_reading cut = whole;

    (void)state;
    cut.cut = true;
    double in_the_middle =
        number_likelihood(catalogue, &whole, "CP90") - number_likelihood(catalogue, &whole, "CP90C");
    double at_the_edge =
        number_likelihood(catalogue, &cut, "CP90") - number_likelihood(catalogue, &cut, "CP90C");
    assert_true(in_the_middle > SURE_LEAD);
    assert_true(at_the_edge < SURE_LEAD);
    assert_true(at_the_edge > 0);
}

static void a_letter_is_no_notice(void **state)
{
    (void)state;
    assert_true(isinf(fit("L1058", SURE, "CP504")));
    assert_true(isinf(fit("CP504", SURE, "L1058")));
    assert_true(isfinite(fit("CP504", SURE, "LT11")));
}

static void shapes_of_numbers(void **state)
{
    static const char *const good[] = {"CP504", "CP14",   "CP297A",  "LT11",
                                       "L1058", "L2272C", "L3172DO", "CP2000"};
    static const char *const bad[] = {"CP",    "CP5",      "CPSO4", "CP50A4", "CP12345",
                                      "XX504", "CP504ABC", "L1O58", "CP297?"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct number_reading reading = reading_of(good[i], 1);
        if (!number_well_formed(&reading))
            fail_msg("%s is well formed", good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct number_reading reading = reading_of(bad[i], 1);
        if (number_well_formed(&reading))
            fail_msg("%s is not well formed", bad[i]);
    }
}

static void as_people_write_it(void **state)
{
    char out[48];

    (void)state;
    number_print("CP504", out, sizeof out);
    assert_string_equal(out, "CP 504");
    number_print("L2272C", out, sizeof out);
    assert_string_equal(out, "Letter 2272C");
    number_print("LT11", out, sizeof out);
    assert_string_equal(out, "LT11");
}

static void named_is_the_very_number(void **state)
{
    static const struct {
        const char *text, *number;
        bool named;
    } examples[] = {
        {"Letter 4025 (Rev. 1-2019)", "L4025", true},
        {"LTR2272C", "L2272C", true},
        {"LTR 2272 C", "L2272C", true},
        {"LTR 2272C", "L2272", false},
        {"notice cp-504", "CP504", true},
        {"CP504B", "CP504", false},
        {"CP 297 C", "CP297", false},
        {"CP297 Tax year", "CP297", true},
        {"14025", "L4025", false},
        {"40251", "L4025", false},
        {"Letter 4027", "L4025", false},
        {"XCP504", "CP504", false},
        {"CP5O4", "CP504", false},
        {"CP", "CP504", false},
        {"", "CP504", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        if (number_named(examples[i].text, examples[i].number) != examples[i].named)
            fail_msg("%s, %s", examples[i].text, examples[i].number);
    }
}

/* A page with more numbers than there is room for. */
static void readings_have_a_bound(void **state)
{
    struct sheet_draft *sheet = calloc(1, sizeof *sheet);
    struct number_reading readings[NUMBER_READINGS_MAX + 1];
    struct page_text page;
    char text[32];

    (void)state;
    assert_non_null(sheet);
    sheet->number = 1;
    sheet->read_to = 1;
    for (int i = 0; i < NUMBER_READINGS_MAX + 4; i++) {
        float top = 0.01F + 0.007F * (float)i;
        sheet->paragraph++;
        snprintf(text, sizeof text, "Notice CP%d", 500 + i);
        sheet_add(sheet, (struct box){0.6F, top, 0.75F, top + 0.005F}, text);
    }
    sheet_finish(sheet, &page);
    memset(&readings[NUMBER_READINGS_MAX], 0x5A, sizeof *readings);
    assert_int_equal(number_find(&page, readings, 0), NUMBER_READINGS_MAX);
    assert_int_equal(number_find(&page, readings, NUMBER_READINGS_MAX), NUMBER_READINGS_MAX);
    for (size_t i = 0; i < sizeof *readings; i++)
        assert_int_equal(((unsigned char *)&readings[NUMBER_READINGS_MAX])[i], 0x5A);
    page_text_dispose(&page);
    free(sheet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_exactly_is_that),
        cmocka_unit_test(usual_confusions_are_undone),
        cmocka_unit_test(siblings_are_told_apart_when_read_well),
        cmocka_unit_test(siblings_are_not_told_apart_when_read_badly),
        cmocka_unit_test(doubt_brings_numbers_together),
        cmocka_unit_test(the_edge_may_have_cut_the_suffix),
        cmocka_unit_test(a_letter_is_no_notice),
        cmocka_unit_test(shapes_of_numbers),
        cmocka_unit_test(as_people_write_it),
        cmocka_unit_test(named_is_the_very_number),
        cmocka_unit_test(readings_have_a_bound),
    };

    catalogue = load_catalogue();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    catalogue_free(catalogue);
    return failed;
}
