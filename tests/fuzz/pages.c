/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Identification, fields and the splitter over the words of up to four pages. Whatever stands there, the answer is
 * whole, its reader takes it, an unsure one says why, and no taxpayer number shows. */
#include "pages.h"
#include "letter/fields.h"
#include "letter/identify.h"
#include "letter/number.h"
#include "letter/stack.h"
#include "letters.h"

static void check_private(const struct letter *letter)
{
    for (size_t i = 0; i < letter->evidence_count; i++)
        MUST(!shows_taxpayer_number(letter->evidence[i].text));
    for (size_t i = 0; i < letter->warning_count; i++)
        MUST(!shows_taxpayer_number(letter->warnings[i].text));
    MUST(!shows_taxpayer_number(letter->printed));
}

static void check_verdict(const struct letter *letter)
{
    const struct catalogue *catalogue = harness_catalogue();
    size_t others = 0;

    if (letter->status == LETTER_IDENTIFIED) {
        MUST(catalogue_find_notice(catalogue, letter->id) != NULL && letter->warning_count == 0);
        MUST(letter->confidence >= 0.97 && letter->candidate_count > 0);
        MUST(strcmp(letter->candidates[0].id, letter->id) == 0 && letter->evidence_count > 0);
    }
    if (letter->status == LETTER_REVIEW)
        MUST(letter->warning_count > 0);
    for (size_t i = 1; i < letter->candidate_count; i++)
        others += letter->candidates[i].confidence > letter->candidates[i - 1].confidence;
    MUST(others == 0);
}

/* Its heading and another of its prints say what it is. */
static bool told_twice(const struct letter *letter, const struct number_reading *readings, size_t count)
{
    const struct catalogue *catalogue = harness_catalogue();
    bool heading = false;
    bool number = false;

    for (size_t i = 0; i < letter->evidence_count; i++)
        heading |= strcmp(letter->evidence[i].kind, "title") == 0;
    for (size_t i = 0; i < count; i++) {
        const struct notice *read = notice_printed(readings[i].token);
        number |= readings[i].place != PLACE_LINK && read != NULL && strcmp(read->id, letter->id) == 0;
    }
    return heading && number;
}

/* A letter's header box says in so many words that it is another one: then it is not surely this one. A number that is not
 * listed may be a misread one, where heading and number are told elsewhere. */
static void check_not_surely_wrong(const struct letter *letter, const struct pages *pages)
{
    const struct catalogue *catalogue = harness_catalogue();
    struct number_reading readings[NUMBER_READINGS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < pages->count; i++)
        count = number_find(&pages->list[i], readings, count);
    MUST(count <= NUMBER_READINGS_MAX);
    for (size_t i = 0; i < count; i++) {
        const struct number_reading *reading = &readings[i];
        MUST(memchr(reading->token, '\0', sizeof reading->token) != NULL && strlen(reading->token) >= 3);
        if (letter->status != LETTER_IDENTIFIED || reading->place != PLACE_HEADER || reading->confidence < 0.9F)
            continue;
        const struct notice *read = notice_printed(reading->token);
        const struct other_number *other = catalogue_find_other(catalogue, reading->token);
        MUST(read == NULL || strcmp(read->id, letter->id) == 0);
        MUST(other == NULL || strcmp(other->number, reading->token) != 0 || told_twice(letter, readings, count));
    }
}

static void understand(const struct pages *pages, size_t first, size_t count, bool whole)
{
    const struct catalogue *catalogue = harness_catalogue();
    struct letter letter;
    struct error error = {0};
    bool enough;

    letter_init(&letter);
    MUST(identify(&letter, catalogue, pages->list + first, count, whole, &enough, &error) == 0);
    check_verdict(&letter);
    MUST(!enough || letter.status == LETTER_IDENTIFIED);
    MUST(fields_find(&letter, catalogue, pages->list + first, count, &error) == 0);
    for (size_t i = 0; i < count; i++)
        MUST(letter_add_page(&letter, (unsigned)(first + i) + 1) == 0);
    check_letter(&letter);
    check_private(&letter);
    check_goes_over(&letter);
    if (first == 0 && count == pages->count)
        check_not_surely_wrong(&letter, pages);
    letter_dispose(&letter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct catalogue *catalogue = harness_catalogue();
    struct input input = {data, size};
    struct pages pages;
    size_t first = 0;

    pages_init(&pages, input);
    understand(&pages, 0, pages.count, size % 2 == 0);
    for (size_t i = 1; i < pages.count; i++) {
        stack_is_marked(&pages.list[i]);
        if (stack_place(catalogue, &pages.list[first], i - first, &pages.list[i]) != STACK_BEGINS)
            continue;
        understand(&pages, first, i - first, true);
        first = i;
    }
    pages_dispose(&pages);
    return 0;
}
