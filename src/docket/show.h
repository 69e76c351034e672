/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The docket for people, programs, spreadsheets and calendars. */
#ifndef IRSORT_DOCKET_SHOW_H
#define IRSORT_DOCKET_SHOW_H

#include <jansson.h>

#include "docket/agenda.h"
#include "report/ics.h"
#include "report/sheet.h"

/* For a terminal of 80 columns. */
void show_table(struct sheet *sheet, const struct agenda *agenda);

/* One row as irsort.docket/1, a new reference; NULL on lack of memory. */
json_t *show_json(const struct agenda *agenda, const struct agenda_row *row, enum language language);

/* RFC 4180 with a line of names first. No cell can be taken for a formula, and no file is named. */
void show_csv(struct buffer *out, const struct agenda *agenda, enum language language);

/* Adds the open deadlines as events, with the UIDs that `irsort read --ics` gives them for the same scan.
 * `names` shows the taxpayer's last four digits and the file. ERROR_OUT_OF_MEMORY. */
int show_calendar(struct ics *ics, const struct agenda *agenda, bool names, struct error *error);

/* Why a person must look, in a sentence or more; nothing for any other row. */
void show_reason(struct buffer *out, const struct agenda_row *row, enum language language);

/* What happened, in words. */
void show_event(struct buffer *out, const struct docket_event *event, enum language language);

#endif
