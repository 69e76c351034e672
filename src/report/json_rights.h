/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Parts of the JSON that letters, rights and notices share. */
#ifndef IRSORT_REPORT_JSON_RIGHTS_H
#define IRSORT_REPORT_JSON_RIGHTS_H

#include <jansson.h>

#include "rights/rights.h"

/* New references; NULL on lack of memory. */
json_t *json_rights_list(const struct rights *rights, enum language language);
json_t *json_act_by(const struct rights *rights);
json_t *json_day(date day);
json_t *json_deadline(const struct deadline *deadline, enum deadline_kind kind, const char *rule,
                      enum language language);
const char *json_availability(enum availability available);
const char *json_kind(enum deadline_kind kind);

#endif
