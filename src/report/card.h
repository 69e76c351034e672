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

/* What to do: the rights that can still be used, as numbered steps; those that the letter does not give. */
void card_steps(struct sheet *sheet, const struct finding *finding);
void card_not_available(struct sheet *sheet, const struct finding *finding);

/* By when: each day with how it was counted, those gone by too, and what counts as on time. */
void card_by_when(struct sheet *sheet, const struct finding *finding);

/* A later step whose day is known. */
void card_known_follow_up(struct sheet *sheet, unsigned indent, const struct follow_up_deadline *later);

/* On what authority a right rests. */
void card_authority(struct sheet *sheet, unsigned indent, const struct right *right);

/* What was read and where; then the warnings. */
void card_why(struct sheet *sheet, const struct finding *finding);
void card_warnings(struct sheet *sheet, const struct finding *finding);

/* The ninth of the page in which the middle of the box lies: "top right". Static text. */
const char *card_place(const struct box *box, enum language language);

/* The right can still be used, or its day is not known. */
bool card_usable(const struct right *right);

/* The law sets a time limit for the right that this letter alone does not tell. */
bool card_has_other_limit(const struct right *right);

/* The right is a way to appeal and has a last day. */
bool card_is_appeal(const struct right *right);

/* Something can still be done with it: no threat, and not over. */
bool card_is_way_out(const struct right *right);

/* How a right that has passed is told, where `ended` is the word for one that surely has. */
enum word card_passed_word(const struct right *right, enum word ended);

#endif
