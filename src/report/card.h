/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The card: one letter for a person in a hurry, most urgent first. */
#ifndef IRSORT_REPORT_CARD_H
#define IRSORT_REPORT_CARD_H

#include "report/finding.h"
#include "report/sheet.h"

/* Writes the card of a finding. `file` is the name as the user gave it, NULL without a scan. */
void card_write(struct sheet *sheet, const struct finding *finding, const char *file);

/* The card of a file that could not be read. */
void card_write_error(struct sheet *sheet, const char *file, const struct error *error);

/* ---- parts of the card, one file each ---- */

/* The rights that can still be used, as numbered steps; those that have passed; those that the letter does
 * not give. */
void card_steps(struct sheet *sheet, const struct finding *finding);
void card_passed(struct sheet *sheet, const struct finding *finding);
void card_not_available(struct sheet *sheet, const struct finding *finding);

/* What was read and where, how the dates were counted, on what authority; then the warnings. */
void card_why(struct sheet *sheet, const struct finding *finding);
void card_warnings(struct sheet *sheet, const struct finding *finding);

/* How a right that has passed is told, where `ended` is the word for one that surely has. */
enum word card_passed_word(const struct right *right, enum word ended);

#endif
