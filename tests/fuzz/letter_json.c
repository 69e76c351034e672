/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The parent's reader of one letter as JSON. What it takes is whole and within its bounds, and goes out and in again
 * unchanged; what it refuses leaves nothing behind and says so. */
#include "harness.h"
#include "letters.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *json = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
    struct letter letter;
    struct error error = {0};

    if (json == NULL)
        return 0;
    if (letter_from_json(&letter, json, &error) == 0) {
        MUST(error.code == ERROR_NONE);
        check_letter(&letter);
        MUST(is_clean(letter.id) && is_clean(letter.printed));
        for (size_t i = 1; i < letter.page_count; i++)
            MUST(letter.pages[i - 1] < letter.pages[i]);
        json_t *out = letter_to_json(&letter);
        MUST(out != NULL);
        letter_dispose(&letter);
        MUST(letter_from_json(&letter, out, &error) == 0); /* rounded now */
        check_goes_over(&letter);
        json_decref(out);
    } else {
        MUST(error.code == ERROR_WORKER_DIED && error.message[0] != '\0');
        MUST(letter.page_count == 0 && letter.pages == NULL && letter.id[0] == '\0' && letter.evidence_count == 0);
    }
    letter_dispose(&letter);
    json_decref(json);
    return 0;
}
