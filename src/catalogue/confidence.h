/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* models/confidence.tsv: how what was found on a letter becomes the probability that its likeliest notice is the right one.
 * Fitted by models/fit.py; models/README.md says how, and what each trait is. */
#ifndef IRSORT_CATALOGUE_CONFIDENCE_H
#define IRSORT_CATALOGUE_CONFIDENCE_H

#include "catalogue/catalogue.h"
#include "source/fault_log.h"

struct confidence {
    double weights[TRAIT_COUNT];
};

/* Faults go to `log`. */
void confidence_load(struct confidence *confidence, const char *path, struct fault_log *log);

double confidence_of(const struct confidence *confidence, const double traits[TRAIT_COUNT]);

#endif
