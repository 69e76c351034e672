/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* models/confusions.tsv: how often OCR reads one character as another. */
#ifndef IRSORT_CATALOGUE_CONFUSIONS_H
#define IRSORT_CATALOGUE_CONFUSIONS_H

#include "source/fault_log.h"

/* Nothing, and every printable ASCII character but the blank; lower case is folded to upper case. */
enum { CONFUSIONS_SYMBOLS = 1 + ('~' - '!' + 1) };

struct confusions {
    double log_probability[CONFUSIONS_SYMBOLS][CONFUSIONS_SYMBOLS]; /* [printed][read] */
};

/* Reads the counts at `path`. A line that is not understood is a fault. */
void confusions_load(struct confusions *confusions, const char *path, struct fault_log *log);

double confusions_log(const struct confusions *confusions, char printed, char read);

#endif
