/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is written beside an original, and where both belong. Inside watch/. */
#ifndef IRSORT_WATCH_RECORD_H
#define IRSORT_WATCH_RECORD_H

#include "base/text.h"
#include "catalogue/catalogue.h"
#include "watch/filing.h"
#include "worker/worker.h"

enum { RECORD_NAME_SIZE = 40, RECORD_LABEL_SIZE = 80 };

/* A filing with the texts that it points into. */
struct paperwork {
    struct filing filing;
    char label[RECORD_LABEL_SIZE];
    struct record *records; /* owned, as are their bytes and names */
    char (*names)[RECORD_NAME_SIZE];
};

/* From what reading gave. The letters stay the result's, which must outlive it. A file whose letters cannot be worked out
 * goes to PLACE_FAILED with the reason, as one that could not be read. Only lack of memory is an error. */
int paperwork_init(struct paperwork *paperwork, const struct catalogue *catalogue, const struct intent *intent,
                   const struct worker_result *result, enum language language, struct error *error);

/* Of a content that is there already at `first` (folder "" if only the docket knows it). */
int paperwork_init_repeat(struct paperwork *paperwork, const struct intent *intent, const struct intent *first,
                          struct error *error);

void paperwork_dispose(struct paperwork *paperwork);

#endif
