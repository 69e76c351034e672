/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <uniwidth.h>

#include "base/utf8.h"
#include "sample.h"

static struct catalogue *catalogue;

static int load(void **state)
{
    (void)state;
    catalogue = sample_catalogue();
    return 0;
}

static int unload(void **state)
{
    (void)state;
    catalogue_free(catalogue);
    return 0;
}

/* The card of a letter, to be freed. */
static char *card_of(const struct letter *letter, const char *as_of, enum language language)
{
    struct finding finding;
    struct error error = {0};

    if (finding_init(&finding, catalogue, letter, day(as_of), &error) < 0)
        fail_msg("%s", error.message);
    char *card = sample_card(&finding, "mail.pdf", language);
    finding_dispose(&finding);
    return card;
}

static char *card_identified(const char *id, const char *notice_date, const char *as_of,
                             enum language language)
{
    struct letter letter;

    sample_letter(&letter, LETTER_IDENTIFIED, id, notice_date);
    char *card = card_of(&letter, as_of, language);
    letter_dispose(&letter);
    return card;
}

static void assert_starts(const char *card, const char *start)
{
    if (strncmp(card, start, strlen(start)) != 0)
        fail_msg("wanted at the start: %s\nbut there is:\n%.300s", start, card);
}

static void the_date_to_act_by_comes_first(void **state)
{
    (void)state;
    char *card = card_identified("LT11", "2026-03-02", "2026-03-20", LANGUAGE_EN);
    assert_starts(card, "mail.pdf, pages 1-3\nACT BY Wednesday, April 1, 2026 (12 days left)\n"
                        "  The date to keep for: Hearing about the levy");
    assert_has(card, "Date of the letter: Monday, March 2, 2026 (page 1, top right)");
    assert_has(card,
               "Counted from the date of the letter (Monday, March 2, 2026) by rule\n      cdp-levy-30.");
    free(card);

    card = card_identified("LT11", "2026-03-02", "2026-04-01", LANGUAGE_ES);
    assert_starts(
        card, "mail.pdf, páginas 1-3\nACTÚE A MÁS TARDAR EL miércoles 1 de abril de 2026 (hoy es el último "
              "día)\n");
    assert_has(card, "ÚLTIMO DÍA: hoy, miércoles 1 de abril de 2026.");
    free(card);
}

static void the_parts_keep_their_order(void **state)
{
    static const char *const order[] = {"ACT BY",
                                        "\nWHAT THIS LETTER IS\n",
                                        "\nWHAT IT MEANS FOR YOU\n",
                                        "\nHOW YOU GOT HERE\n",
                                        "\nWHAT TO DO NEXT\n",
                                        "\n  1. Hearing about the levy",
                                        "\n  2. Late hearing",
                                        "Second best",
                                        "\nBY WHEN\n",
                                        "\nWHERE HELP IS\n",
                                        "\nWHY THE PROGRAM SAYS SO\n",
                                        "\nThis is information, not legal"};

    (void)state;
    char *card = card_identified("LT11", "2026-03-02", "2026-03-20", LANGUAGE_EN);
    for (size_t i = 1; i < sizeof order / sizeof *order; i++)
        assert_true(offset_of(card, order[i - 1]) < offset_of(card, order[i]));
    assert_has(card, "A disaster or service in a combat zone can move these dates");
    assert_has(card, "not legal advice");
    free(card);
}

static void a_passed_hearing_leaves_the_late_one(void **state)
{
    (void)state;
    char *card = card_identified("LT11", "2026-03-02", "2026-04-02", LANGUAGE_EN);
    assert_starts(card, "mail.pdf, pages 1-3\nACT BY Tuesday, March 2, 2027 (334 days left)\n"
                        "  The date to keep for: Late hearing about the levy (Equivalent Hearing), if it\n"
                        "    applies (see the step below).\n"
                        "  Already over: Hearing about the levy (Collection Due Process), ended\n"
                        "    Wednesday, April 1, 2026 (1 day ago).\n");
    assert_has(card, "\n  Hearing about the levy (Collection Due Process): ended Wednesday, April 1,\n    "
                     "2026 (1 day ago).");
    assert_has(card, "The time that this letter gave is over, in whole or in part.");
    assert_has(card, "mailed after its date, the time");
    assert_has_not(card, "audit");
    assert_has_not(card, "Decide soon");
    assert_has(card, "Still open: Late hearing about the levy (Equivalent Hearing); Quick appeal");
    assert_has_not(card, "Second best");
    assert_has_not(card, "1. Hearing about the levy");
    free(card);
}

static void nothing_open_is_said_so(void **state)
{
    (void)state;
    char *card = card_identified("LT11", "2020-03-02", "2026-04-02", LANGUAGE_EN);
    assert_starts(card, "mail.pdf, pages 1-3\nNO DEADLINE OPEN\n");
    assert_has(card, "Still open: Quick appeal");
    assert_has(card, "The time that this letter gave is over, in whole or in part.");
    assert_has(card, "ask for audit\n    reconsideration, with new documents.");
    assert_has(card, "ask for a payment plan");
    assert_has(card, "Taxpayer Advocate");
    assert_has_not(card, "Decide soon"); /* the advice that had its time */
    assert_has_not(card, "On time by mail");
    free(card);
}

/* Nobody is told to ask within 30 days that are over, and a second window is not forgotten with the first. */
static void late_advice_is_not_given(void **state)
{
    static const char *const ids[] = {"LT11", "L4052", "CP504", "CP523"};

    (void)state;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        char *card = card_identified(ids[i], "2025-01-13", "2025-08-01", LANGUAGE_EN);
        assert_has(card, "WHAT TO DO NEXT\n  The time that this letter gave is over");
        assert_has_not(card, "within 30 days of the");
        assert_has_not(card, "before the 30");
        free(card);
    }
    char *card = card_identified("CP523", "2025-01-13", "2025-02-20", LANGUAGE_EN);
    assert_has(card, "If the plan ends, 30");
    assert_has_not(card, "Still open: Your passport");
    free(card);
}

/* A refusal starts six months for a third party's suit: it is not called a letter without any deadline. */
static void a_suit_has_its_own_limit(void **state)
{
    (void)state;
    char *card = card_identified("L3975", "2026-03-02", "2026-04-02", LANGUAGE_EN);
    assert_has(card, "any time limit named below");
    assert_has(card, "The law sets a time limit (see below)");
    assert_has(card, "limit (see the step above)");
    assert_has_not(card, "opens no time limit");
    free(card);
}

static void a_letter_without_a_clock_says_so(void **state)
{
    static const char *const without[] = {"L3177", "L3886", "L4025", "L4027", "L4711",
                                          "L5603", "L3975", "L3174", "L3171"};
    static const char *const with[] = {"LT11", "L3172", "CP523", "L2439"};

    (void)state;
    for (size_t i = 0; i < sizeof without / sizeof *without; i++) {
        char *said = card_identified(without[i], "2026-03-02", "2026-03-20", LANGUAGE_EN);
        assert_starts(said, "mail.pdf, pages 1-3\nNO APPEAL DEADLINE IS COUNTED FROM THIS LETTER\n");
        if (strstr(said, "\n  This letter opens no time limit of its own.\n") == NULL)
            assert_has(said, "\n  This letter opens no window of its own to appeal.\n");
        free(said);
    }
    for (size_t i = 0; i < sizeof with / sizeof *with; i++) {
        char *said = card_identified(with[i], NULL, "2026-03-20", LANGUAGE_EN);
        assert_has_not(said, "of its own");
        free(said);
    }
    char *card = card_identified("L3174", "2026-03-02", "2026-04-02", LANGUAGE_EN);
    assert_starts(card, "mail.pdf, pages 1-3\nNO APPEAL DEADLINE IS COUNTED FROM THIS LETTER\n");
    assert_has(card, "\nBY WHEN\n  This letter opens no time limit of its own.\n");
    free(card);
    card = card_identified("CP501", "2026-03-02", "2026-03-20", LANGUAGE_EN); /* a day is printed on it */
    assert_has_not(card, "opens no time limit");
    assert_has(card,
               "\nBY WHEN\n  Pay, or ask for time to pay. If the letter prints a day for this, keep it.");
    free(card);
}

/* Section 7429: the 30 days to ask for the review are over, but it was asked for on 10 March; the suit's 90
 * days run from the 16th day after that, 26 March. */
static void a_right_that_was_used_in_time_goes_on(void **state)
{
    struct known_dates dates;
    struct finding finding;
    struct error error = {0};

    (void)state;
    known_dates_init(&dates, day("2026-05-01"));
    dates.start[START_NOTICE_DATE] = day("2026-03-02");
    dates.start[START_REVIEW_ASKED] = day("2026-03-10");
    const struct notice *notice = catalogue_find_notice(catalogue, "L2439");
    assert_int_equal(finding_init_notice(&finding, notice, &dates, &error), 0);
    char *card = sample_card(&finding, NULL, LANGUAGE_EN);
    assert_has(card, "\n    Later, by Wednesday, June 24, 2026 (54 days left): ");
    free(card);
    finding_dispose(&finding);
}

static void every_card_says_where_help_is(void **state)
{
    (void)state;
    for (enum language language = 0; language < LANGUAGE_COUNT; language++) {
        char *card = card_identified("L3174", NULL, "2026-04-02", language);
        assert_has(card, "1-877-777-4778");
        assert_has(card, "911");
        assert_has(card, "4134");
        free(card);
    }
}

static void what_counts_as_on_time_is_said_of_appeals(void **state)
{
    (void)state;
    char *card = card_identified("LT11", "2026-03-02", "2026-03-20", LANGUAGE_EN);
    assert_has(card, "On time by mail: a U.S. postmark by the last day");
    assert_has(card, "A private carrier counts only with a service on the IRS list.");
    assert_has(card, "A later copy to your representative restarts nothing.");
    free(card);
    card =
        card_identified("LT11", NULL, "2026-03-20", LANGUAGE_ES); /* the day is not known, but there is one */
    assert_has(card, "A tiempo por correo: matasellos de EE. UU.");
    free(card);
    card = card_identified("CP504", "2026-03-02", "2026-03-20", LANGUAGE_EN); /* nothing to appeal by a day */
    assert_has_not(card, "On time by mail");
    free(card);
}

static size_t count_lines(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += *text == '\n';
    return count;
}

static void a_common_card_stays_short(void **state)
{
    enum { LINES_MAX = 78 }; /* one printed page; Spanish takes more room than English */
    struct known_dates dates;
    struct finding finding;
    struct error error = {0};

    (void)state;
    known_dates_init(&dates, day("2026-03-20"));
    dates.start[START_NOTICE_DATE] = day("2026-03-02");
    const struct notice *notice = catalogue_find_notice(catalogue, "CP504");
    assert_int_equal(finding_init_notice(&finding, notice, &dates, &error), 0);
    for (enum language language = 0; language < LANGUAGE_COUNT; language++) {
        char *card = sample_card(&finding, NULL, language);
        if (count_lines(card) > LINES_MAX)
            fail_msg("%zu lines:\n%s", count_lines(card), card);
        free(card);
    }
    finding_dispose(&finding);
}

static void cp504_has_no_hearing(void **state)
{
    (void)state;
    char *card = card_identified("CP504", "2025-01-13", "2025-01-13", LANGUAGE_EN);
    assert_starts(card, "mail.pdf, pages 1-3\nACT BY Wednesday, February 12, 2025 (30 days left)\n"
                        "  This is not an appeal deadline. From that day on: The IRS may take your state\n"
                        "    tax refund.\n");
    assert_has(card, "NOT WITH THIS LETTER");
    assert_true(offset_of(card, "NOT WITH THIS LETTER") < offset_of(card, "Hearing about the levy"));
    free(card);
}

static void a_warning_date_gone_by_has_not_ended_anything(void **state)
{
    (void)state;
    char *card = card_identified("CP504", "2025-01-13", "2025-02-13", LANGUAGE_EN);
    assert_starts(card, "mail.pdf, pages 1-3\nNO DEADLINE OPEN\n"
                        "  Every date counted from this letter has passed. What is left is below.\n"
                        "  The IRS may take your state tax refund: since Wednesday, February 12, 2025 (1\n");
    assert_has_not(card, "ended");
    free(card);
}

static void a_missing_date_is_asked_for(void **state)
{
    (void)state;
    char *card = card_identified("LT11", NULL, "2026-04-02", LANGUAGE_EN);
    assert_starts(card, "mail.pdf, pages 1-3\nACT SOON: THE DEADLINE IS NOT KNOWN\n");
    assert_has(card, "irsort rights LT11 --date YYYY-MM-DD");
    assert_has(card, "a time limit runs, but from");
    assert_has_not(card, "ACT BY");
    free(card);
}

static void printed_dates_come_first_and_differences_are_told(void **state)
{
    struct letter letter;

    (void)state;
    sample_letter(&letter, LETTER_IDENTIFIED, "L1058", "2026-03-02");
    sample_field(&letter, FIELD_HEARING_BY, "2026-04-06");
    char *card = card_of(&letter, "2026-03-20", LANGUAGE_EN);
    letter_dispose(&letter);
    assert_starts(card, "mail.pdf, pages 1-3\nACT BY Monday, April 6, 2026 (17 days left)\n");
    assert_has(card, "By count alone it would be Wednesday, April 1, 2026.");
    assert_has(card, "The printed date, Monday, April 6, 2026, is 5 days later than the count\n    gives.");
    free(card);
}

static void a_safe_day_is_called_so(void **state)
{
    (void)state;
    char *card = card_identified("L3172", "2026-03-02", "2026-03-20", LANGUAGE_EN);
    assert_starts(card, "mail.pdf, pages 1-3\nACT BY Wednesday, April 1, 2026 (12 days left)\n");
    assert_has(card, "The safe day: it truly counts from the day the lien was filed");
    free(card);

    card = card_identified("L3172", "2026-03-02", "2026-04-02",
                           LANGUAGE_EN); /* filed that day: open until April 8 */
    assert_starts(card, "mail.pdf, pages 1-3\nACT TODAY: A LAST DAY MAY NOT BE OVER YET\n"
                        "  Perhaps not over yet: Hearing about the lien");
    assert_true(offset_of(card, "Perhaps not over yet") < offset_of(card, "ACT BY Tuesday, March 2, 2027"));
    assert_has(
        card,
        "\n  1. Hearing about the lien (Collection Due Process), Form 12153\n     Perhaps not over yet");
    assert_has(card, "On time by mail");
    assert_has_not(card, "Already over: Hearing about the lien");
    free(card);

    card = card_identified("L3172", "2026-03-02", "2026-09-02", LANGUAGE_EN);
    assert_has(card, "Already over: Hearing about the lien");
    free(card);
}

static void review_gives_only_ifs(void **state)
{
    struct letter letter;

    (void)state;
    sample_letter(&letter, LETTER_REVIEW, NULL, "2026-03-02");
    sample_candidate(&letter, "CP503", 0.5);
    sample_candidate(&letter, "LT11", 0.3);
    sample_candidate(&letter, "CP9999", 0.1);
    letter_warn(&letter, "number-unclear", "one character of the number cannot be read");
    char *card = card_of(&letter, "2026-03-20", LANGUAGE_EN);
    letter_dispose(&letter);
    assert_starts(card, "mail.pdf, pages 1-3\nA PERSON MUST LOOK\n");
    assert_has_not(card, "ACT BY ");
    assert_has_not(card, "WHAT TO DO");
    assert_true(offset_of(card, "ONLY IF it is LT11") < offset_of(card, "ONLY IF it is CP 503"));
    assert_has(card, "act by Wednesday, April 1, 2026 (12 days left)");
    assert_has(card, "ONLY IF it is CP9999: the program does not know that letter");
    assert_has(card, "one character of the number cannot be read");
    free(card);
}

/* A date that is doubted is doubted whichever letter it is. */
static void a_date_ahead_is_doubted(void **state)
{
    struct letter letter;

    (void)state;
    char *card = card_identified("LT11", "2026-03-25", "2026-03-20", LANGUAGE_EN);
    assert_starts(card, "mail.pdf, pages 1-3\nACT BY Friday, April 24, 2026 (35 days left)\n");
    assert_has(card, "The letter's date, Wednesday, March 25, 2026, is 5 days ahead of today.");
    free(card);
    card = card_identified("LT11", "2026-03-21", "2026-03-20", LANGUAGE_ES);
    assert_has(card, "La fecha de la carta, sábado 21 de marzo de 2026, queda 1 día después de\n    hoy.");
    free(card);
    card = card_identified("LT11", "2026-04-25", "2026-03-20", LANGUAGE_EN);
    assert_starts(card, "mail.pdf, pages 1-3\nACT SOON: THE DEADLINE IS NOT KNOWN\n");
    assert_has(card, "Saturday, April 25, 2026, lies 36 days\n    ahead. It was not used");
    free(card);

    sample_letter(&letter, LETTER_REVIEW, NULL, "2026-03-25");
    sample_candidate(&letter, "LT11", 0.5);
    card = card_of(&letter, "2026-03-20", LANGUAGE_EN);
    letter_dispose(&letter);
    assert_has(card, "act by Friday, April 24, 2026");
    assert_has(card, "is 5 days ahead of today.");
    free(card);
}

/* The first time is over, but the law gives a second one: nobody is told that nothing is open. */
static void a_second_time_is_not_hidden(void **state)
{
    static const char *const ids[] = {"CP523", "L2975", "L5259"};

    (void)state;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        char *card = card_identified(ids[i], "2026-03-02", "2026-04-02", LANGUAGE_EN);
        assert_starts(card,
                      "mail.pdf, pages 1-3\nTHE FIRST TIME TO APPEAL IS OVER: A SECOND ONE MAY BE OPEN\n"
                      "  There is a second time to appeal: 30 days after the ");
        assert_has_not(card, "NO DEADLINE OPEN");
        assert_has(card, "- There is a second time to appeal");
        free(card);
        card = card_identified(ids[i], "2026-03-02", "2026-04-01", LANGUAGE_EN);
        assert_has_not(card, "A SECOND ONE");
        free(card);
    }
}

/* Steps that are promised below stand below. */
static void what_is_left_is_there(void **state)
{
    (void)state;
    char *card = card_identified("L4052", "2026-03-02", "2026-04-02", LANGUAGE_EN);
    assert_has_not(card, "can still be taken");
    assert_has_not(card, "\n  1. ");
    free(card);
    card = card_identified("LT11", "2026-03-02", "2026-04-02", LANGUAGE_EN);
    assert_has(card, "can still be taken");
    assert_has(card, "\n  1. ");
    free(card);
    card = card_identified("L3172", "2026-03-02", "2027-03-03", LANGUAGE_EN);
    assert_has_not(card, "Every date counted from this letter has passed");
    assert_has_not(card, "NO DEADLINE OPEN");
    assert_has(card, "the real last day may be\n    later");
    free(card);
}

static void a_maybe_hides_no_time_that_is_left(void **state)
{
    struct letter letter;

    (void)state;
    sample_letter(&letter, LETTER_REVIEW, NULL, "2026-03-02");
    sample_candidate(&letter, "L3172", 0.5);
    sample_candidate(&letter, "CP523", 0.3);
    char *card = card_of(&letter, "2026-04-02", LANGUAGE_EN);
    letter_dispose(&letter);
    assert_has(card, "act today: a last day may not be over yet");
    assert_has(card, "the first time to appeal has passed; a second one may be open");
    assert_has_not(card, "every deadline counted from it has passed");
    free(card);
}

static void other_mail_is_named(void **state)
{
    static const struct {
        enum letter_status status;
        const char *first;
    } cases[] = {
        {LETTER_IRS_UNLISTED, "A PERSON MUST LOOK\n  This is IRS mail"},
        {LETTER_NOT_IRS, "NOT AN IRS LETTER"},
        {LETTER_BLANK, "BLANK PAGE"},
        {LETTER_UNREADABLE, "A PERSON MUST LOOK\n  The page could not be read."},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct letter letter;
        sample_letter(&letter, cases[i].status, NULL, NULL);
        char *card = card_of(&letter, "2026-03-20", LANGUAGE_EN);
        assert_starts(card + strlen("mail.pdf, pages 1-3\n"), cases[i].first);
        assert_has_not(card, "ACT BY");
        free(card);
        letter_dispose(&letter);
    }
}

static void what_was_read_cannot_forge_the_card(void **state)
{
    struct letter letter;
    struct finding finding;
    struct error error = {0};

    (void)state;
    sample_letter(&letter, LETTER_REVIEW, NULL, NULL);
    snprintf(letter.evidence[0].text, sizeof letter.evidence[0].text, "x\nACT BY never\033[2J");
    letter_warn(&letter, "odd", "a\nb");
    assert_int_equal(finding_init(&finding, catalogue, &letter, day("2026-03-20"), &error), 0);
    char *card = sample_card(&finding, "a\nACT BY never.pdf", LANGUAGE_EN);
    assert_starts(card, "a\\nACT BY never.pdf, pages 1-3\nA PERSON MUST LOOK\n");
    assert_has(card, "x\\nACT BY never\\x1b[2J");
    assert_has_not(card, "\nACT BY");
    assert_has_not(card, "\033");
    free(card);
    finding_dispose(&finding);
    letter_dispose(&letter);
}

static void a_notice_that_does_not_exist_is_an_error(void **state)
{
    struct letter letter;
    struct finding finding;
    struct error error = {0};

    (void)state;
    sample_letter(&letter, LETTER_IDENTIFIED, "CP9999", NULL);
    assert_int_equal(finding_init(&finding, catalogue, &letter, day("2026-03-20"), &error), -1);
    assert_int_equal(error.code, ERROR_WORKER_DIED);
    letter_dispose(&letter);
}

/* ---- every notice, both languages, every standing ---- */

static void assert_fits(const char *id, const char *card)
{
    const char *at = card;

    while (*at != '\0') {
        const char *line = at;
        int width = 0;
        while (*at != '\0' && *at != '\n')
            width += uc_width(utf8_next(&at), "UTF-8");
        if (width > SHEET_WIDTH)
            fail_msg("%s: %d columns: %.*s", id, width, (int)(at - line), line);
        if (at > line && at[-1] == ' ')
            fail_msg("%s: blank at the end of: %.*s", id, (int)(at - line), line);
        at += *at == '\n';
    }
}

static void every_card_fits_80_columns(void **state)
{
    static const char *const as_of[] = {"2025-03-14", "2025-04-14", "2025-05-01", "2026-03-16", "2031-01-01"};
    static const char *const dates[] = {"2025-03-14", NULL};
    size_t count;

    (void)state;
    const struct notice *notices = catalogue_notices(catalogue, &count);
    assert_true(count >= 31);
    for (size_t i = 0; i < count; i++) {
        for (enum language language = 0; language < LANGUAGE_COUNT; language++) {
            for (size_t j = 0; j < sizeof as_of / sizeof *as_of; j++) {
                for (size_t k = 0; k < sizeof dates / sizeof *dates; k++) {
                    char *card = card_identified(notices[i].id, dates[k], as_of[j], language);
                    assert_fits(notices[i].id, card);
                    assert_has(card, notices[i].printed);
                    assert_has_not(card, "{");
                    assert_has_not(card, "\\x");
                    free(card);
                }
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_date_to_act_by_comes_first),
        cmocka_unit_test(the_parts_keep_their_order),
        cmocka_unit_test(a_passed_hearing_leaves_the_late_one),
        cmocka_unit_test(late_advice_is_not_given),
        cmocka_unit_test(a_suit_has_its_own_limit),
        cmocka_unit_test(nothing_open_is_said_so),
        cmocka_unit_test(a_letter_without_a_clock_says_so),
        cmocka_unit_test(a_right_that_was_used_in_time_goes_on),
        cmocka_unit_test(every_card_says_where_help_is),
        cmocka_unit_test(what_counts_as_on_time_is_said_of_appeals),
        cmocka_unit_test(a_common_card_stays_short),
        cmocka_unit_test(cp504_has_no_hearing),
        cmocka_unit_test(a_warning_date_gone_by_has_not_ended_anything),
        cmocka_unit_test(a_missing_date_is_asked_for),
        cmocka_unit_test(printed_dates_come_first_and_differences_are_told),
        cmocka_unit_test(a_safe_day_is_called_so),
        cmocka_unit_test(review_gives_only_ifs),
        cmocka_unit_test(a_date_ahead_is_doubted),
        cmocka_unit_test(a_second_time_is_not_hidden),
        cmocka_unit_test(what_is_left_is_there),
        cmocka_unit_test(a_maybe_hides_no_time_that_is_left),
        cmocka_unit_test(other_mail_is_named),
        cmocka_unit_test(what_was_read_cannot_forge_the_card),
        cmocka_unit_test(a_notice_that_does_not_exist_is_an_error),
        cmocka_unit_test(every_card_fits_80_columns),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
