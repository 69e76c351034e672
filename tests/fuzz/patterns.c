/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The loader of pattern files. The first byte says which file of a small, right tree the rest replaces:
 * n a notice, f the fields, m the mail, o the other numbers, c the confusions. Each fault has a place and words; no
 * fault means a catalogue in which everything is whole. */
#include <math.h>

#include "../catalogue/tree.h"
#include "catalogue/regex.h"
#include "faults.h"

static const char *file_of(uint8_t which)
{
    switch (which) {
    case 'f':
        return "patterns/fields.yaml";
    case 'm':
        return "patterns/mail.yaml";
    case 'o':
        return "patterns/others.yaml";
    case 'c':
        return "models/confusions.tsv";
    default:
        return "patterns/notices/LT11.yaml";
    }
}

static void check_notice(const struct catalogue *catalogue, const struct notice *notice)
{
    MUST(notice->id[0] != '\0' && notice->printed[0] != '\0' && notice->numbers_count > 0);
    MUST(catalogue_find_notice(catalogue, notice->id) == notice);
    for (unsigned i = 0; i < notice->numbers_count; i++)
        MUST(catalogue_find_notice(catalogue, notice->numbers[i]) == notice);
    for (int language = 0; language < LANGUAGE_COUNT; language++)
        MUST(notice->title.in[language] != NULL && notice->what.in[language] != NULL);
    for (unsigned i = 0; i < notice->rights_count; i++) {
        const struct notice_right *right = &notice->rights[i];
        MUST(right->available == AVAILABLE_NO || right->clock != NULL);
        MUST(right->clock == NULL || strcmp(right->clock->track, right->track) == 0);
        MUST((right->available == AVAILABLE_CONDITIONAL) == (right->condition != NULL));
    }
    for (unsigned i = 0; i < notice->excludes_count; i++) {
        struct regex_match match;
        MUST(notice->excludes[i].code != NULL);
        MUST(regex_find(notice->excludes[i].code, "", 0, 0, &match) == 0);
    }
}

/* Of one character printed, one thing is read: the probabilities make 1. */
static void check_confusions(const struct catalogue *catalogue)
{
    for (char printed = '!'; printed <= '~'; printed++) {
        double sum = exp(catalogue_confusion(catalogue, printed, 0));
        if ((printed >= 'a' && printed <= 'z') || printed == '-')
            continue;
        for (char read = '!'; read <= '~'; read++) {
            double share = exp(catalogue_confusion(catalogue, printed, read));
            MUST(share > 0 && share <= 1);
            sum += read >= 'a' && read <= 'z' ? 0 : share;
        }
        MUST(fabs(sum - 1) < 1e-6);
    }
}

static void check_catalogue(const struct catalogue *catalogue)
{
    size_t count;
    const struct notice *notices = catalogue_notices(catalogue, &count);
    const struct mail *mail = catalogue_mail(catalogue);

    MUST(count == 2);
    for (size_t i = 0; i < count; i++)
        check_notice(catalogue, &notices[i]);
    for (unsigned i = 0; i < mail->letterhead_count; i++)
        MUST(mail->letterhead[i].code != NULL && isfinite(mail->letterhead[i].weight));
    for (unsigned i = 0; i < mail->others_count; i++)
        MUST(catalogue_find_other(catalogue, mail->others[i].number) == &mail->others[i]);
    check_confusions(catalogue);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const char *name = file_of(input_byte(&input));
    struct catalogue *catalogue = faults_load(name, input.data, input.size);

    if (catalogue != NULL)
        check_catalogue(catalogue);
    catalogue_free(catalogue);
    return 0;
}
