/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "catalogue/catalogue.h"

const char *field_name(enum field_id field)
{
    static const char *const names[FIELD_COUNT] = {
        [FIELD_NOTICE_DATE] = "notice_date",
        [FIELD_AMOUNT_DUE] = "amount_due",
        [FIELD_TAX_PERIODS] = "tax_periods",
        [FIELD_TIN_LAST4] = "tin_last4",
        [FIELD_RESPOND_BY] = "respond_by",
        [FIELD_HEARING_BY] = "hearing_by",
        [FIELD_TERMINATION_DATE] = "termination_date",
        [FIELD_LIEN_FILED] = "lien_filed",
        [FIELD_CONTACT_PHONE] = "contact_phone",
        [FIELD_PAGES_PRINTED] = "pages_printed",
    };

    return names[field];
}
