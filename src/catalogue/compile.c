/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdio.h>

#include "catalogue/draft.h"
#include "catalogue/regex.h"

enum { PATH_SIZE = 64 };

static void compile(struct draft *draft, struct source *source, const char *path, const char *regex,
                    void **code)
{
    struct regex_error error;

    if (regex_compile(code, regex, &error) != 0)
        source_fault(source, draft->log, path, "bad regular expression, at its byte %zu: %s; mend it",
                     error.offset + 1, error.message);
    else if (regex_try(*code, regex, &error) != 0)
        source_fault(source, draft->log, path, "the regular expression, at its byte %zu, %s",
                     error.offset + 1, error.message);
}

static void compile_marks(struct draft *draft, const char *list, struct mail_mark *marks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char path[PATH_SIZE];
        snprintf(path, sizeof path, "%s[%zu].regex", list, i);
        compile(draft, &draft->mail, path, marks[i].regex, &marks[i].code);
    }
}

void draft_compile(struct draft *draft)
{
    struct catalogue *catalogue = draft->catalogue;
    char path[PATH_SIZE];

    for (size_t i = 0; i < catalogue->notice_count; i++) {
        struct notice *notice = &catalogue->notices[i];
        for (size_t j = 0; j < notice->excludes_count; j++) {
            snprintf(path, sizeof path, "excludes[%zu].regex", j);
            compile(draft, &draft->notices.sources[i], path, notice->excludes[j].regex,
                    &notice->excludes[j].code);
        }
    }
    for (size_t i = 0; catalogue->fields != NULL && i < catalogue->fields->fields_count; i++) {
        struct field_rule *rule = &catalogue->fields->fields[i];
        for (size_t j = 0; j < rule->labels_count; j++) {
            snprintf(path, sizeof path, "fields[%zu].labels[%zu].regex", i, j);
            compile(draft, &draft->fields, path, rule->labels[j].regex, &rule->labels[j].code);
        }
        for (size_t j = 0; j < rule->in_days_count; j++) {
            snprintf(path, sizeof path, "fields[%zu].in_days[%zu].regex", i, j);
            compile(draft, &draft->fields, path, rule->in_days[j].regex, &rule->in_days[j].code);
        }
    }
    compile_marks(draft, "letterhead", catalogue->mail.letterhead, catalogue->mail.letterhead_count);
    compile_marks(draft, "enclosures", catalogue->mail.enclosures, catalogue->mail.enclosures_count);
    for (size_t i = 0; i < catalogue->mail.cautions_count; i++) {
        snprintf(path, sizeof path, "cautions[%zu].regex", i);
        compile(draft, &draft->mail, path, catalogue->mail.cautions[i].regex, &catalogue->mail.cautions[i].code);
    }
    compile_marks(draft, "imitations", catalogue->mail.imitations, catalogue->mail.imitations_count);
}
