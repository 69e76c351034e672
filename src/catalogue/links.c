/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue/draft.h"

enum { PATH_SIZE = 64 };

/* A clock for a right, the condition where it is conditional: and each only where it belongs. */
static void link_right(struct draft *draft, size_t index, unsigned number)
{
    struct source *source = &draft->notices.sources[index];
    struct notice_right *right = &draft->catalogue->notices[index].rights[number];
    char clock_path[PATH_SIZE];
    char condition_path[PATH_SIZE];

    snprintf(clock_path, sizeof clock_path, "rights[%u].clock", number);
    snprintf(condition_path, sizeof condition_path, "rights[%u].condition", number);
    if (right->clock_name != NULL) {
        right->clock = catalogue_find_clock(draft->catalogue, right->clock_name);
        if (right->clock == NULL && !shelf_has(&draft->clocks, right->clock_name))
            source_fault(source, draft->log, clock_path,
                         "there is no clock \"%s\"; add patterns/clocks/%s.yaml or name another",
                         right->clock_name, right->clock_name);
        else if (right->clock != NULL && strcmp(right->clock->track, right->track) != 0)
            source_fault(source, draft->log, clock_path,
                         "the clock \"%s\" is of the track \"%s\", this right of \"%s\"; make them agree",
                         right->clock_name, right->clock->track, right->track);
    } else if (right->available != AVAILABLE_NO) {
        source_fault(source, draft->log, clock_path, "a right that is available needs a clock; add `clock:`");
    }
    if (right->available == AVAILABLE_CONDITIONAL && right->condition == NULL)
        source_fault(source, draft->log, condition_path,
                     "a conditional right needs its condition; add `condition: {en: …, es: …}`");
    if (right->available != AVAILABLE_CONDITIONAL && right->condition != NULL)
        source_fault(
            source, draft->log, condition_path,
            "only a conditional right has a condition; write `available: conditional` or take it away");
}

/* A number that the files say is theirs. */
struct claim {
    const char *number;
    struct source *source;
    char path[PATH_SIZE];
    size_t order; /* of claims: the first is right, the later ones are faults */
};

static int by_number(const void *left, const void *right)
{
    const struct claim *a = left;
    const struct claim *b = right;
    int order = strcmp(a->number, b->number);

    return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

/* The next claim; its path is the caller's to write. */
static char *claim(struct claim *claims, size_t *count, const char *number, struct source *source)
{
    struct claim *next = &claims[*count];

    *next = (struct claim){.number = number, .source = source, .order = *count};
    ++*count;
    return next->path;
}

static bool is_own_number(const struct notice *notice)
{
    for (unsigned i = 0; i < notice->numbers_count; i++) {
        if (strcmp(notice->id, notice->numbers[i]) == 0)
            return true;
    }
    return false;
}

/* What was read must lead to one notice: no id or number may be claimed twice. */
static void check_claims(struct draft *draft)
{
    const struct catalogue *catalogue = draft->catalogue;
    size_t most = catalogue->mail.others_count;
    size_t count = 0;

    for (size_t i = 0; i < catalogue->notice_count; i++)
        most += 1 + catalogue->notices[i].numbers_count;
    struct claim *claims = calloc(most + 1, sizeof *claims);
    if (claims == NULL) {
        error_set(draft->log->error, ERROR_OUT_OF_MEMORY, "no memory to compare the notices' numbers");
        draft->log->count++;
        return;
    }
    for (size_t i = 0; i < catalogue->notice_count; i++) {
        const struct notice *notice = &catalogue->notices[i];
        struct source *source = &draft->notices.sources[i];
        if (!is_own_number(notice))
            snprintf(claim(claims, &count, notice->id, source), PATH_SIZE, "id");
        for (unsigned j = 0; j < notice->numbers_count; j++)
            snprintf(claim(claims, &count, notice->numbers[j], source), PATH_SIZE, "numbers[%u]", j);
    }
    for (unsigned i = 0; i < catalogue->mail.others_count; i++)
        snprintf(claim(claims, &count, catalogue->mail.others[i].number, &draft->others), PATH_SIZE,
                 "others[%u].number", i);
    qsort(claims, count, sizeof *claims, by_number);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(claims[i - 1].number, claims[i].number) == 0)
            source_fault(claims[i].source, draft->log, claims[i].path,
                         "%s is claimed by %s (%s) already; take it away from one", claims[i].number,
                         claims[i - 1].source->path, claims[i - 1].path);
    }
    free(claims);
}

static bool has_track(const struct catalogue *catalogue, const char *track)
{
    for (size_t i = 0; i < catalogue->clock_count; i++) {
        if (strcmp(catalogue->clocks[i].track, track) == 0)
            return true;
    }
    return false;
}

static void check_clocks(struct draft *draft)
{
    const struct catalogue *catalogue = draft->catalogue;
    bool all_loaded = draft->clocks.count == draft->clocks.stem_count;

    for (size_t i = 0; i < catalogue->clock_count; i++) {
        const struct clock *clock = &catalogue->clocks[i];
        struct source *source = &draft->clocks.sources[i];
        for (size_t j = 0; j < i; j++) {
            if (strcmp(catalogue->clocks[j].name, clock->name) == 0)
                source_fault(source, draft->log, "name", "the name \"%s\" is taken by %s; give it another",
                             clock->name, draft->clocks.sources[j].path);
        }
        /* A track may be that of a clock whose file is faulty: say only what is certain. */
        if (clock->after_track != NULL && all_loaded && !has_track(catalogue, clock->after_track))
            source_fault(source, draft->log, "after_track",
                         "no clock has the track \"%s\"; write the `track` of another clock",
                         clock->after_track);
    }
}

void draft_check_links(struct draft *draft)
{
    check_clocks(draft);
    for (size_t i = 0; i < draft->catalogue->notice_count; i++) {
        for (unsigned j = 0; j < draft->catalogue->notices[i].rights_count; j++)
            link_right(draft, i, j);
    }
    check_claims(draft);
}
