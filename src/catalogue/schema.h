/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The schemas of the pattern files: what libcyaml accepts for the structs of catalogue.h. */
#ifndef IRSORT_CATALOGUE_SCHEMA_H
#define IRSORT_CATALOGUE_SCHEMA_H

#include <cyaml/cyaml.h>

#include "catalogue/catalogue.h"

/* The whole of patterns/fields.yaml. */
struct field_rules {
    struct field_rule *fields;
    unsigned fields_count;
};

extern const cyaml_schema_value_t schema_notice;  /* one file: struct notice */
extern const cyaml_schema_value_t schema_notices; /* a list of struct notice, for freeing */
extern const cyaml_schema_value_t schema_clock;
extern const cyaml_schema_value_t schema_clocks;
extern const cyaml_schema_value_t schema_fields; /* struct field_rules */
extern const cyaml_schema_value_t schema_mail;   /* struct mail without `others` */
extern const cyaml_schema_value_t schema_others; /* struct mail with nothing but `others` */

/* The names of the fields, in the order of enum field_id. */
extern const cyaml_strval_t schema_field_names[FIELD_COUNT];

#endif
