/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdio.h>
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

void draft_check_links(struct draft *draft)
{
    for (size_t i = 0; i < draft->catalogue->notice_count; i++) {
        for (unsigned j = 0; j < draft->catalogue->notices[i].rights_count; j++)
            link_right(draft, i, j);
    }
}
