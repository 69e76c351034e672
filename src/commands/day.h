/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Days that a person types. */
#ifndef IRSORT_COMMANDS_DAY_H
#define IRSORT_COMMANDS_DAY_H

enum { DAY_REASON_SIZE = 96 };

/* Why `text`, which date_parse refused, is no day, or how it must be written: to follow the sentence that
 * refuses it. "" where that sentence says enough. Into `out`; returns it. */
const char *day_reason(const char *text, char out[DAY_REASON_SIZE]);

#endif
