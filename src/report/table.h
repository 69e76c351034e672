/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The catalogue as a table for people. */
#ifndef IRSORT_REPORT_TABLE_H
#define IRSORT_REPORT_TABLE_H

#include <stddef.h>

#include "catalogue/catalogue.h"
#include "report/sheet.h"

/* One line a notice with its title, then one a right that it opens: track and clock. */
void table_write(struct sheet *sheet, const struct notice *notices, size_t count);

#endif
