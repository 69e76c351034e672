/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "catalogue/draft.h"

void draft_check_values(struct draft *draft)
{
    if (draft->notices.stem_count == 0)
        fault_tell(draft->log, "patterns/notices", (struct place){1, 1}, "", "there is no notice at all");
}
