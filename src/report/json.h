/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The reports for programs. Each function gives a new reference, NULL on lack of memory. The shapes are
 * described in docs/irsort.letter.schema.json and docs/json.md. */
#ifndef IRSORT_REPORT_JSON_H
#define IRSORT_REPORT_JSON_H

#include <jansson.h>

#include "base/error.h"
#include "base/text.h"
#include "catalogue/catalogue.h"
#include "report/finding.h"

/* irsort.letter/1. `file` is the name as the user gave it (what is not UTF-8 in it becomes U+FFFD), `sha256`
 * in hex. */
json_t *json_letter(const struct finding *finding, const char *file, const char *sha256,
                    enum language language);

/* irsort.error/1. `sha256` is NULL where the content could not be read. */
json_t *json_error(const char *file, const char *sha256, const struct error *error);

/* irsort.rights/1: a finding without a letter. */
json_t *json_rights(const struct finding *finding, enum language language);

/* irsort.notice/1: what the catalogue says of one notice. */
json_t *json_notice(const struct notice *notice, enum language language);

#endif
