/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A catalogue while it is being loaded, and the checks that need more than one value to say whether it is
 * right. */
#ifndef IRSORT_CATALOGUE_DRAFT_H
#define IRSORT_CATALOGUE_DRAFT_H

#include "catalogue/confidence.h"
#include "catalogue/confusions.h"
#include "catalogue/schema.h"
#include "catalogue/shelf.h"

struct catalogue {
    struct notice *notices;
    size_t notice_count;
    struct clock *clocks;
    size_t clock_count;
    struct field_rules *fields;
    struct mail *marks;  /* mail.yaml */
    struct mail *others; /* others.yaml: only its `others` */
    struct mail mail;    /* both; owns nothing */
    struct confusions confusions;
    struct confidence confidence;
};

struct draft {
    struct catalogue *catalogue;
    struct shelf notices;
    struct shelf clocks;
    struct source fields; /* has a path only if the file was loaded; likewise the next two */
    struct source mail;
    struct source others;
    struct fault_log *log;
};

/* Compiles every regular expression, and tries it. */
void draft_compile(struct draft *draft);

/* Every text says something; names, numbers and periods are well formed. */
void draft_check_values(struct draft *draft);

/* What one file says of another: clocks by name, tracks, numbers claimed once. Links each right to its clock.
 */
void draft_check_links(struct draft *draft);

/* A number as the pattern files write it: "Letter 1058" → "L1058", "cp 504" → "CP504". Into `out`, cut if too
 * long; returns it. */
const char *number_normalise(const char *name, char *out, size_t size);

#endif
