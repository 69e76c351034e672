/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <string.h>

#include "catalogue/schema.h"

const cyaml_strval_t schema_field_names[FIELD_COUNT] = {
    [FIELD_NOTICE_DATE] = {"notice_date", FIELD_NOTICE_DATE},
    [FIELD_AMOUNT_DUE] = {"amount_due", FIELD_AMOUNT_DUE},
    [FIELD_TAX_PERIODS] = {"tax_periods", FIELD_TAX_PERIODS},
    [FIELD_TIN_LAST4] = {"tin_last4", FIELD_TIN_LAST4},
    [FIELD_RESPOND_BY] = {"respond_by", FIELD_RESPOND_BY},
    [FIELD_HEARING_BY] = {"hearing_by", FIELD_HEARING_BY},
    [FIELD_HEARING_BY_LATER] = {"hearing_by_later", FIELD_HEARING_BY_LATER},
    [FIELD_TERMINATION_DATE] = {"termination_date", FIELD_TERMINATION_DATE},
    [FIELD_LIEN_FILED] = {"lien_filed", FIELD_LIEN_FILED},
    [FIELD_CONTACT_PHONE] = {"contact_phone", FIELD_CONTACT_PHONE},
    [FIELD_PAGES_PRINTED] = {"pages_printed", FIELD_PAGES_PRINTED},
};

const char *field_name(enum field_id field)
{
    return schema_field_names[field].str;
}

bool field_parse(const char *name, enum field_id *out)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (strcmp(schema_field_names[i].str, name) == 0) {
            *out = (enum field_id)i;
            return true;
        }
    }
    return false;
}
