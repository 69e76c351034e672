/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "catalogue/draft.h"

enum {
    PATH_SIZE = 200, /* bytes of a path such as "follow_ups[2].count.period.count" */
    STEM_SIZE = 256, /* bytes of a file name */
    NUMBER_SIZE = 64,
    PERIOD_DAYS_MAX =
        3660, /* ten years, the longest time in which the IRS collects (IRC 6502); more is a slip */
    PERIOD_YEARS_MAX = 10,
    AHEAD_DAYS_MAX = 1, /* where the sun rises first it is tomorrow already */
};

/* No path is longer than the schemas are deep. */
__attribute__((format(printf, 2, 3))) static void path_write(char out[PATH_SIZE], const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(out, PATH_SIZE, format, args);
    va_end(args);
}

/* ---- clocks ---- */

static void check_period(struct draft *draft, struct source *source, const char *path,
                         const struct period *period)
{
    unsigned most = period->unit == UNIT_YEARS ? PERIOD_YEARS_MAX : PERIOD_DAYS_MAX;
    char count_path[PATH_SIZE];

    if (period->count >= 1 && period->count <= most)
        return;
    path_write(count_path, "%s.count", path);
    source_fault(source, draft->log, count_path, "a period has 1 to %u of its units", most);
}

static void check_count(struct draft *draft, struct source *source, const char *path,
                        const struct count *count)
{
    char part[PATH_SIZE];

    if (count == NULL)
        return;
    if (count->first != NULL) {
        path_write(part, "%s.first", path);
        check_period(draft, source, part, count->first);
    }
    path_write(part, "%s.period", path);
    check_period(draft, source, part, &count->period);
}

static bool is_date_field(enum field_id field)
{
    switch (field) {
    case FIELD_NOTICE_DATE:
    case FIELD_RESPOND_BY:
    case FIELD_HEARING_BY:
    case FIELD_HEARING_BY_LATER:
    case FIELD_TERMINATION_DATE:
    case FIELD_LIEN_FILED:
        return true;
    default:
        return false;
    }
}

/* A machine whose own clock is behind that day counts wrong days, so it is stopped as well. */
static void check_checked(struct draft *draft, struct source *source, const char *checked)
{
    date day = date_parse(checked);

    if (day == DATE_NONE)
        source_fault(source, draft->log, "checked", "there is no such day; write YYYY-MM-DD");
    else if (day > date_today() + AHEAD_DAYS_MAX)
        source_fault(source, draft->log, "checked",
                     "the day is in the future; write the day on which the sources were last looked at, "
                     "or set this machine's clock");
}

static void check_clock(struct draft *draft, size_t index)
{
    const struct clock *clock = &draft->catalogue->clocks[index];
    struct source *source = &draft->clocks.sources[index];
    char stem[STEM_SIZE];

    source_check_texts(source, &schema_clock, clock, draft->log);
    if (strcmp(clock->name, shelf_stem(&draft->clocks, index, stem, sizeof stem)) != 0)
        source_fault(source, draft->log, "name",
                     "the name differs from the file's; write %s or rename the file", stem);
    if (clock->printed != NULL && !is_date_field(*clock->printed))
        source_fault(
            source, draft->log, "printed",
            "%s is not a date; write hearing_by, respond_by, termination_date, or another date's field",
            field_name(*clock->printed));
    if (clock->safe != NULL && clock->count == NULL)
        source_fault(source, draft->log, "safe",
                     "`safe` stands in for `count`, which is not here; add `count:`");
    check_count(draft, source, "count", clock->count);
    check_count(draft, source, "safe", clock->safe);
    check_checked(draft, source, clock->checked);
    for (unsigned i = 0; i < clock->follow_ups_count; i++) {
        char path[PATH_SIZE];
        path_write(path, "follow_ups[%u].count", i);
        check_count(draft, source, path, &clock->follow_ups[i].count);
    }
}

/* ---- notices and numbers ---- */

static void check_number(struct draft *draft, struct source *source, const char *path, const char *number)
{
    char normal[NUMBER_SIZE];
    bool plain = number[strspn(number, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")] == '\0';

    number_normalise(number, normal, sizeof normal);
    if (strcmp(number, normal) != 0)
        source_fault(source, draft->log, path,
                     "numbers are in upper case without blanks, hyphens or \"Letter\"; "
                     "write %s",
                     normal);
    else if (!plain)
        source_fault(source, draft->log, path,
                     "a number has only the letters A to Z and digits; take the rest away");
}

static void check_notice(struct draft *draft, size_t index)
{
    const struct notice *notice = &draft->catalogue->notices[index];
    struct source *source = &draft->notices.sources[index];
    char path[PATH_SIZE];
    char stem[STEM_SIZE];

    source_check_texts(source, &schema_notice, notice, draft->log);
    check_number(draft, source, "id", notice->id);
    if (strcmp(notice->id, shelf_stem(&draft->notices, index, stem, sizeof stem)) != 0)
        source_fault(source, draft->log, "id",
                     "the id differs from the file's name; write %s or rename the file", stem);
    for (unsigned i = 0; i < notice->numbers_count; i++) {
        path_write(path, "numbers[%u]", i);
        check_number(draft, source, path, notice->numbers[i]);
    }
}

/* ---- fields and mail ---- */

static void check_field_rules(struct draft *draft)
{
    const struct field_rules *rules = draft->catalogue->fields;
    bool seen[FIELD_COUNT] = {false};

    if (rules == NULL)
        return;
    source_check_texts(&draft->fields, &schema_fields, rules, draft->log);
    for (unsigned i = 0; i < rules->fields_count; i++) {
        char path[PATH_SIZE];
        enum field_id field = rules->fields[i].field;
        path_write(path, "fields[%u].field", i);
        if (seen[field])
            source_fault(&draft->fields, draft->log, path, "%s has a rule already; put its labels there",
                         field_name(field));
        seen[field] = true;
        if (is_date_field(field) && rules->fields[i].shape != SHAPE_DATE) {
            path_write(path, "fields[%u].shape", i);
            source_fault(&draft->fields, draft->log, path, "%s is a date; write `shape: date`",
                         field_name(field));
        }
    }
}

static void check_weights(struct draft *draft, const char *list, const struct mail_mark *marks,
                          unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        char path[PATH_SIZE];
        path_write(path, "%s[%u].weight", list, i);
        if (!isfinite(marks[i].weight))
            source_fault(&draft->mail, draft->log, path, "the weight must be a finite number");
    }
}

static void check_mail(struct draft *draft)
{
    const struct mail *mail = &draft->catalogue->mail;

    if (draft->catalogue->marks != NULL)
        source_check_texts(&draft->mail, &schema_mail, draft->catalogue->marks, draft->log);
    if (draft->catalogue->others != NULL)
        source_check_texts(&draft->others, &schema_others, draft->catalogue->others, draft->log);
    check_weights(draft, "letterhead", mail->letterhead, mail->letterhead_count);
    check_weights(draft, "enclosures", mail->enclosures, mail->enclosures_count);
    check_weights(draft, "imitations", mail->imitations, mail->imitations_count);
    for (unsigned i = 0; i < mail->others_count; i++) {
        char path[PATH_SIZE];
        path_write(path, "others[%u].number", i);
        check_number(draft, &draft->others, path, mail->others[i].number);
    }
}

void draft_check_values(struct draft *draft)
{
    for (size_t i = 0; i < draft->catalogue->clock_count; i++)
        check_clock(draft, i);
    for (size_t i = 0; i < draft->catalogue->notice_count; i++)
        check_notice(draft, i);
    check_field_rules(draft);
    check_mail(draft);
}
