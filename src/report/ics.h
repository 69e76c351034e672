/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Deadlines as a calendar file (RFC 5545), for any program that keeps appointments. */
#ifndef IRSORT_REPORT_ICS_H
#define IRSORT_REPORT_ICS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "report/finding.h"

struct ics;

/* Where a finding comes from: makes its events the same ones in every export. */
struct ics_origin {
    const char *file;   /* as the user gave it; NULL without a scan */
    const char *sha256; /* of the file, in hex; NULL without a scan */
    bool names;         /* shows the taxpayer's last four digits and the file: asked for by the user */
};

/* An empty calendar. `as_of` is its day of issue: the same call gives the same bytes. ERROR_OUT_OF_MEMORY. */
int ics_new(struct ics **out, enum language language, date as_of, struct error *error);
void ics_free(struct ics *ics);

/* Adds an all-day event, with alarms, for each deadline of the finding that is open or has its last day, and
 * for each later step whose day is known. A letter that is not surely identified has none.
 * ERROR_OUT_OF_MEMORY. */
int ics_add(struct ics *ics, const struct finding *finding, const struct ics_origin *origin,
            struct error *error);

/* The same for one right of the finding. */
int ics_add_right(struct ics *ics, const struct finding *finding, const struct right *right,
                  const struct ics_origin *origin, struct error *error);

/* Events so far. */
size_t ics_count(const struct ics *ics);

/* Adds the whole file to `out`. */
void ics_write(struct buffer *out, const struct ics *ics);

#endif
