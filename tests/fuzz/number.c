/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The decoder of numbers. The first byte chooses a listed notice, the second the trust of the engine, the rest is what
 * was read where that notice's number is printed, on a page that is otherwise that notice. No likelihood is over 1, and
 * a reading that is another number exactly, or has lost the letter that tells twins apart, is never surely this one. */
#include <ctype.h>
#include <math.h>

#include "pages.h"
#include "letter/identify.h"
#include "letter/letter.h"
#include "letter/number.h"

enum { TOKEN_MAX = 40, PAGE_TEXT_MAX_BYTES = 4000 };

static void check_likelihoods(const struct number_reading *reading)
{
    const struct catalogue *catalogue = harness_catalogue();
    size_t count;
    const struct notice *notices = catalogue_notices(catalogue, &count);

    for (size_t i = 0; i < count; i++) {
        for (unsigned n = 0; n < notices[i].numbers_count; n++) {
            double fit = number_likelihood(catalogue, reading, notices[i].numbers[n]);
            MUST(!isnan(fit) && fit <= 1e-9);
        }
    }
}

/* The number is `base` and one letter more. */
static bool is_longer(const char *number, const char *base)
{
    size_t length = strlen(base);

    return strncmp(number, base, length) == 0 && isalpha((unsigned char)number[length]) && number[length + 1] == '\0';
}

/* Another number that is listed is `base` and one letter more, and no words tell the two apart: it has those of the notice that
 * owns `base`, or its heading is the same. */
static bool has_twin(const char *base, const struct notice *notice)
{
    const struct catalogue *catalogue = harness_catalogue();
    const struct notice *owner = notice_printed(base);
    bool told = owner != NULL && strcmp(owner->id, notice->id) != 0;
    char longer[NUMBER_TOKEN_SIZE + 2];

    for (char letter = 'A'; letter <= 'Z'; letter++) {
        snprintf(longer, sizeof longer, "%s%c", base, letter);
        const struct notice *twin = catalogue_find_notice(catalogue, longer);
        if (!told && catalogue_find_other(catalogue, longer) != NULL)
            return true;
        if (twin != NULL && strcmp(twin->id, notice->id) != 0 && strcmp(twin->titles[0].text, notice->titles[0].text) == 0)
            return true;
    }
    return false;
}

static void check_verdict(const struct letter *letter, const struct number_reading *reading)
{
    const struct catalogue *catalogue = harness_catalogue();
    /* "Letter T11" is a damaged Letter 4711: the L is of the word Letter, and no LT11 is called so */
    bool other_kind = reading->letter && !isdigit((unsigned char)reading->token[1]);
    const struct notice *read = other_kind ? NULL : notice_printed(reading->token);
    size_t length = strlen(reading->token);

    if (letter->status != LETTER_IDENTIFIED || reading->place == PLACE_LINK) /* a link may be about another notice */
        return;
    MUST(read == NULL || strcmp(read->id, letter->id) == 0);
    MUST(catalogue_find_other(catalogue, reading->token) == NULL);
    if (!isalnum((unsigned char)reading->token[length - 1])) {
        char base[NUMBER_TOKEN_SIZE];
        snprintf(base, sizeof base, "%.*s", (int)length - 1, reading->token);
        const struct notice *owner = other_kind ? NULL : notice_printed(base);
        bool listed = owner != NULL || catalogue_find_other(catalogue, base) != NULL;
        MUST(owner == NULL || strcmp(owner->id, letter->id) == 0 || is_longer(letter->id, base));
        MUST(!(listed && has_twin(base, catalogue_find_notice(catalogue, letter->id))));
    }
}

/* The page of that notice with those words in its header box. */
static char *write_page(const struct notice *notice, const char *read, unsigned trust)
{
    char *page = malloc(PAGE_TEXT_MAX_BYTES);
    int used;

    MUST(page != NULL);
    used = snprintf(page, PAGE_TEXT_MAX_BYTES,
                    "6 40 Department of the Treasury\n6 54 Internal Revenue Service\n6 68 Ogden, UT 84201-0039\n"
                    "55 40 %s %s~%u\n55 54 Notice date January 13, 2025\n55 68 Social Security number XXX-XX-4417\n"
                    "6 230 %.80s\n",
                    notice->style == STYLE_CP || notice->style == STYLE_LT ? "Notice" : "Letter", read, trust,
                    notice->titles[0].text);
    for (unsigned i = 0; i < notice->phrases_count && used < PAGE_TEXT_MAX_BYTES - 200; i++)
        used += snprintf(page + used, PAGE_TEXT_MAX_BYTES - (size_t)used, "6 %u %.90s\n", 300 + 20 * i,
                         notice->phrases[i].text);
    return page;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct catalogue *catalogue = harness_catalogue();
    struct input input = {data, size < TOKEN_MAX ? size : TOKEN_MAX};
    size_t count;
    const struct notice *notices = catalogue_notices(catalogue, &count);
    const struct notice *notice = &notices[input_byte(&input) % count];
    unsigned trust = 50 + input_byte(&input) % 51;
    char *read = input_until(&input, '\n');
    char *text = write_page(notice, read, trust);
    struct number_reading readings[NUMBER_READINGS_MAX];
    struct pages pages;
    struct letter letter;
    struct error error = {0};
    char printed[LETTER_NUMBER_SIZE];
    bool enough;

    pages_init(&pages, (struct input){(const uint8_t *)text, strlen(text)});
    size_t found = number_find(&pages.list[0], readings, 0);
    letter_init(&letter);
    MUST(identify(&letter, catalogue, pages.list, pages.count, true, &enough, &error) == 0);
    for (size_t i = 0; i < found; i++) {
        MUST(strlen(readings[i].token) < NUMBER_TOKEN_SIZE && strlen(readings[i].text) < sizeof readings[i].text);
        MUST(readings[i].confidence >= 0 && readings[i].confidence <= 1);
        check_likelihoods(&readings[i]);
        number_well_formed(&readings[i]);
        number_print(readings[i].token, printed, sizeof printed);
        if (found == 1)
            check_verdict(&letter, &readings[i]);
    }
    letter_dispose(&letter);
    pages_dispose(&pages);
    free(text);
    free(read);
    return 0;
}
