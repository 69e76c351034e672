/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Sentences that the docket's table, JSON and CSV share. */
#include <stdio.h>
#include <string.h>

#include "docket/show.h"
#include "report/warning.h"

enum { LIST_MAX = 1 << 10 }; /* bytes of the names of all fields */

static void say(struct buffer *out, enum word word, enum language language, const char *first,
                const char *second)
{
    const char *values[] = {first, second};

    words_fill(out, word, language, values, 2);
}

/* ---- why a person must look ---- */

/* "notice notice_date" as words for people. */
static void add_points(struct buffer *out, const char *points, enum language language)
{
    while (*points != '\0') {
        char name[LETTER_CODE_SIZE];
        enum field_id field;
        size_t length = strcspn(points, " ");
        snprintf(name, sizeof name, "%.*s", (int)length, points);
        if (out->length > 0)
            buffer_text(out, ", ");
        buffer_text(out, field_parse(name, &field) ? words_field(field, language)
                                                   : words_text(WORD_DOCKET_THE_NOTICE, language));
        points += length;
        points += strspn(points, " ");
    }
}

/* A person said which letter it is, and not yet that its dates are right. */
static void add_unsettled(struct buffer *out, const struct docket_letter *letter, enum language language)
{
    struct buffer list;

    buffer_init(&list, LIST_MAX);
    add_points(&list, letter->unsettled, language);
    say(out, WORD_DOCKET_UNSETTLED, language, list.data != NULL ? list.data : "", "");
    if (list.starved)
        out->failed = out->starved = true;
    buffer_dispose(&list);
}

static void add_unsure(struct buffer *out, const struct docket_letter *letter, enum language language)
{
    if (letter->notice != NULL && letter->unsettled != NULL)
        add_unsettled(out, letter, language);
    else if (letter->reason_code != NULL && letter->reason != NULL)
        say(out, WORD_DOCKET_REASON, language,
            warning_of_reading(letter->reason_code, letter->reason, language), "");
    else
        say(out, WORD_REVIEW_WHY, language, "", "");
}

static void add_unlisted(struct buffer *out, const struct docket_letter *letter, enum language language)
{
    if (letter->notice != NULL && letter->unsettled != NULL) {
        add_unsettled(out, letter, language);
        return;
    }
    say(out, WORD_UNLISTED_WHY, language, "", "");
    if (letter->printed == NULL)
        return;
    buffer_byte(out, ' ');
    say(out, WORD_UNLISTED_NUMBER, language, letter->printed, "");
}

void show_reason(struct buffer *out, const struct agenda_row *row, enum language language)
{
    const struct rights_warning warning = {.days = row->warning_days};

    if (row->state != AGENDA_LOOK)
        return;
    switch (row->look) {
    case LOOK_UNSURE:
        add_unsure(out, row->letter, language);
        break;
    case LOOK_UNLISTED:
        add_unlisted(out, row->letter, language);
        break;
    case LOOK_UNREADABLE:
        say(out, WORD_UNREADABLE_WHY, language, "", "");
        break;
    case LOOK_NO_DATE:
        if (row->warning[0] != '\0') {
            struct rights_warning told = warning;
            memcpy(told.code, row->warning, sizeof told.code);
            warning_text(out, &told, language);
            buffer_byte(out, ' ');
        }
        say(out, WORD_DOCKET_NO_DATE, language, "", "");
        break;
    case LOOK_NO_NOTICE:
        say(out, WORD_DOCKET_NO_NOTICE, language, row->letter->notice, "");
        break;
    }
}

/* ---- what happened ---- */

static const char *point_words(const char *point, enum language language)
{
    enum field_id field;

    return field_parse(point, &field) ? words_field(field, language)
                                      : words_text(WORD_DOCKET_LETTER, language);
}

void show_event(struct buffer *out, const struct docket_event *event, enum language language)
{
    static const struct {
        const char *what;
        enum word word;
        enum word without; /* where the event has no value */
    } plain[] = {
        {"taken", WORD_EVENT_TAKEN, WORD_EVENT_TAKEN},
        {"repeat", WORD_EVENT_REPEAT, WORD_EVENT_REPEAT},
        {"done", WORD_EVENT_DONE, WORD_EVENT_DONE},
        {"undone", WORD_EVENT_UNDONE, WORD_EVENT_UNDONE},
        {"note", WORD_EVENT_NOTE, WORD_EVENT_NOTE},
        {"assigned", WORD_EVENT_ASSIGNED, WORD_EVENT_UNASSIGNED},
        {"ref", WORD_EVENT_REF, WORD_EVENT_NO_REF},
        {"settled", WORD_EVENT_SETTLED, WORD_EVENT_SETTLED},
    };
    const char *nothing = words_text(WORD_EVENT_NOTHING, language);
    const char *after = event->after != NULL ? event->after : nothing;

    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (strcmp(plain[i].what, event->what) == 0) {
            say(out, event->after != NULL ? plain[i].word : plain[i].without, language, after, "");
            return;
        }
    }
    if (strcmp(event->what, "confirmed") == 0 && event->point == NULL) {
        say(out, WORD_EVENT_CONFIRMED_ALL, language, "", "");
    } else if (strcmp(event->what, "confirmed") == 0) {
        say(out, WORD_EVENT_CONFIRMED, language, point_words(event->point, language), after);
    } else if (event->point != NULL) {
        const char *values[] = {point_words(event->point, language), after,
                                event->before != NULL ? event->before : nothing};
        words_fill(out, WORD_EVENT_CORRECTED, language, values, 3);
    }
}
