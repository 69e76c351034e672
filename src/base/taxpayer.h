/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Taxpayer numbers, which nobody shall see whole: they are masked where a word is read off the page, and once more where
 * text leaves for evidence or the docket. */
#ifndef IRSORT_BASE_TAXPAYER_H
#define IRSORT_BASE_TAXPAYER_H

#include <stdbool.h>

/* The digit that a character stands for, -1 if for none; `misread` is set where it is one that OCR takes for a digit. */
int taxpayer_digit(char c, bool *misread);

/* Replaces with X all but the last four digits of anything in the text that looks like a taxpayer number, in place. The
 * text keeps its length. */
void taxpayer_mask(char *text);

/* What the figures in a text look like, seeing that OCR loses, doubles and misreads some: for pictures, where a place that is
 * blotted out in vain costs little. */
enum taxpayer_look {
    TAXPAYER_NONE,
    TAXPAYER_UNCLEAR, /* about as many as a taxpayer number has: none if they were read surely */
    TAXPAYER_LIKELY,
};

enum taxpayer_look taxpayer_look(const char *text);

#endif
