/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A pass of its own after identify.c, which stops looking when it knows enough. It asks the same rooms, so that "hit" means
 * here what it means there; it decides nothing. */
#include "letter/explain.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/taxpayer.h"
#include "base/utf8.h"
#include "letter/marks.h"
#include "letter/number.h"

enum {
    NUMBER_NEAR = 2, /* characters: a number further off is another number */

    /* What a notice shares with the letter, to choose what to tell beside the candidates. */
    SHARED_TITLE = 4,
    SHARED_NUMBER = 3, /* less the characters that differ */
    SHARED_PHRASE = 1,
};

struct explanation {
    struct letter *letter;
    const struct catalogue *catalogue;
    const struct page_text *pages;
    size_t page_count;
    struct number_reading readings[NUMBER_READINGS_MAX];
    size_t reading_count;
};

/* Characters to change, add or drop. */
static unsigned distance(const char *a, const char *b)
{
    unsigned cost[NUMBER_TOKEN_SIZE + 1];
    size_t length = strnlen(b, NUMBER_TOKEN_SIZE);

    for (size_t i = 0; i <= length; i++)
        cost[i] = (unsigned)i;
    for (; *a != '\0'; a++) {
        unsigned diagonal = cost[0]++;
        for (size_t i = 1; i <= length; i++) {
            unsigned best = diagonal + (*a != b[i - 1]);
            diagonal = cost[i];
            best = cost[i] + 1 < best ? cost[i] + 1 : best;
            cost[i] = cost[i - 1] + 1 < best ? cost[i - 1] + 1 : best;
        }
    }
    return cost[length];
}

/* The reading that is most like the number; NULL if none is near. */
static const struct number_reading *nearest_reading(const struct explanation *e, const char *number, unsigned *off)
{
    const struct number_reading *best = NULL;

    *off = NUMBER_NEAR + 1;
    for (size_t i = 0; i < e->reading_count; i++) {
        unsigned d = distance(number, e->readings[i].token);
        if (d < *off) {
            *off = d;
            best = &e->readings[i];
        }
    }
    return best;
}

static void fill(struct why_rule *rule, enum why_found found, unsigned page, struct box box, const char *text)
{
    rule->found = found;
    rule->page = page;
    rule->box = box;
    rule->text[0] = '\0';
    utf8_append(rule->text, sizeof rule->text, text, SIZE_MAX);
    taxpayer_mask(rule->text);
}

static void name(struct why_rule *rule, const struct notice *notice, const char *list, unsigned index, const char *wanted)
{
    *rule = (struct why_rule){.found = WHY_NOTHING};
    snprintf(rule->rule, sizeof rule->rule, "%s/%s[%u]", notice->id, list, index);
    utf8_append(rule->wanted, sizeof rule->wanted, wanted, SIZE_MAX);
}

static void try_number(const struct explanation *e, const char *number, struct why_rule *rule)
{
    const struct number_reading *reading = nearest_reading(e, number, &rule->off);

    if (reading != NULL)
        fill(rule, rule->off == 0 ? WHY_HIT : WHY_NEAR, reading->page, reading->box, reading->text);
    else
        rule->off = 0;
}

/* A heading counts on the first page only, a phrase on all. */
static int try_words(const struct explanation *e, const struct feature *feature, bool title, struct why_rule *rule)
{
    struct feature_place best = {0};

    for (size_t i = 0; i < (title ? 1 : e->page_count); i++) {
        struct feature_place place;
        if (marks_nearest(&e->pages[i], feature->text, &place) != 0)
            return -1;
        if (place.mark.found && (!best.mark.found || place.errors < best.errors))
            best = place;
    }
    if (!best.mark.found)
        return 0;
    rule->off = best.errors;
    rule->allowed = best.allowed;
    enum why_found found = best.errors > best.allowed    ? WHY_NEAR
                           : title && !best.heading      ? WHY_NO_HEADING
                           : title && !best.whole        ? WHY_PART
                                                         : WHY_HIT;
    fill(rule, found, best.mark.page, best.mark.box, best.mark.text);
    return 0;
}

/* An exclusion hits or it does not: a regular expression has no nearest. */
static void try_exclusion(const struct explanation *e, const struct notice *notice, unsigned index, struct why_rule *rule)
{
    struct notice alone = *notice;
    struct mark where;

    alone.excludes = &notice->excludes[index];
    alone.excludes_count = 1;
    if (marks_exclusion(&alone, &e->pages[0], &where) != NULL)
        fill(rule, WHY_HIT, where.page, where.box, where.text);
}

static int explain_notice(const struct explanation *e, const struct notice *notice, double confidence)
{
    struct why *why = &e->letter->why[e->letter->why_count++];
    struct why_rule rule;

    *why = (struct why){.confidence = confidence};
    snprintf(why->id, sizeof why->id, "%s", notice->id);
    for (unsigned i = 0; i < notice->numbers_count; i++) {
        name(&rule, notice, "numbers", i, notice->numbers[i]);
        try_number(e, notice->numbers[i], &rule);
        if (letter_add_why_rule(e->letter, &rule) != 0)
            return -1;
    }
    for (unsigned i = 0; i < notice->titles_count; i++) {
        name(&rule, notice, "titles", i, notice->titles[i].text);
        if (try_words(e, &notice->titles[i], true, &rule) != 0 || letter_add_why_rule(e->letter, &rule) != 0)
            return -1;
    }
    for (unsigned i = 0; i < notice->phrases_count; i++) {
        name(&rule, notice, "phrases", i, notice->phrases[i].text);
        if (try_words(e, &notice->phrases[i], false, &rule) != 0 || letter_add_why_rule(e->letter, &rule) != 0)
            return -1;
    }
    for (unsigned i = 0; i < notice->excludes_count; i++) {
        name(&rule, notice, "excludes", i, notice->excludes[i].regex);
        try_exclusion(e, notice, i, &rule);
        if (letter_add_why_rule(e->letter, &rule) != 0)
            return -1;
    }
    return 0;
}

static unsigned shared(const struct explanation *e, const struct notice *notice, const struct feature_hits *hits)
{
    unsigned number = 0;

    for (unsigned i = 0; i < notice->numbers_count; i++) {
        unsigned off;
        if (nearest_reading(e, notice->numbers[i], &off) != NULL && SHARED_NUMBER - off > number)
            number = SHARED_NUMBER - off;
    }
    return number + (hits->title_mark.found ? SHARED_TITLE : 0) + SHARED_PHRASE * (hits->phrases + hits->expected);
}

static bool is_told(const struct letter *letter, const char *id)
{
    for (size_t i = 0; i < letter->why_count; i++) {
        if (strcmp(letter->why[i].id, id) == 0)
            return true;
    }
    return false;
}

/* The notice that shares most with the letter of those not told yet; NULL if none shares anything. */
static const struct notice *next_best(const struct explanation *e, const struct feature_hits *hits)
{
    size_t count;
    const struct notice *notices = catalogue_notices(e->catalogue, &count);
    const struct notice *best = NULL;
    unsigned most = 0;

    for (size_t i = 0; i < count; i++) {
        unsigned value = shared(e, &notices[i], &hits[i]);
        if (value > most && !is_told(e->letter, notices[i].id)) {
            most = value;
            best = &notices[i];
        }
    }
    return best;
}

int explain(struct letter *letter, const struct catalogue *catalogue, const struct page_text *pages, size_t count,
            struct error *error)
{
    struct explanation e = {.letter = letter, .catalogue = catalogue, .pages = pages, .page_count = count};
    size_t notice_count;
    const struct notice *notices = catalogue_notices(catalogue, &notice_count);
    int status = -1;

    if (count == 0) /* nothing was read */
        return 0;
    struct wording *wordings = calloc(notice_count + 1, sizeof *wordings);
    struct feature_hits *hits = calloc(notice_count + 1, sizeof *hits);
    if (wordings == NULL || hits == NULL)
        goto done;
    for (size_t i = 0; i < notice_count; i++)
        wordings[i] = (struct wording){notices[i].titles, notices[i].titles_count, notices[i].phrases,
                                       notices[i].phrases_count};
    for (size_t i = 0; i < count; i++)
        e.reading_count = number_find(&pages[i], e.readings, e.reading_count);
    if (marks_features(wordings, notice_count, pages, count, hits) != 0)
        goto done;
    for (size_t i = 0; i < letter->candidate_count && letter->why_count < LETTER_WHY_MAX; i++) {
        const struct notice *notice = catalogue_find_notice(catalogue, letter->candidates[i].id);
        if (notice != NULL && explain_notice(&e, notice, letter->candidates[i].confidence) != 0)
            goto done;
    }
    for (const struct notice *notice; letter->why_count < LETTER_WHY_MAX && (notice = next_best(&e, hits)) != NULL;) {
        if (explain_notice(&e, notice, 0) != 0)
            goto done;
    }
    status = 0;
done:
    free(hits);
    free(wordings);
    return status == 0 ? 0 : error_set(error, ERROR_OUT_OF_MEMORY, "no memory to explain a letter");
}
