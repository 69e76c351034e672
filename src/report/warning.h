/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What to be careful of, in words. */
#ifndef IRSORT_REPORT_WARNING_H
#define IRSORT_REPORT_WARNING_H

#include "base/buffer.h"
#include "base/text.h"
#include "rights/rights.h"

/* Appends the sentence for a warning that came from counting. */
void warning_text(struct buffer *out, const struct rights_warning *warning, enum language language);

/* The sentence of a warning that came from reading. The reader speaks English; in Spanish there is one
 * sentence a code, and what the reader named is found among the evidence. A code unknown here keeps its
 * English `text`. */
const char *warning_of_reading(const char *code, const char *text, enum language language);

#endif
