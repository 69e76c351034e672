/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const texts[WORD_COUNT][LANGUAGE_COUNT] = {
#define WORD(name, en, es) [WORD_##name] = {en, es},
#include "report/words.def"
#undef WORD
};

static const struct {
    const char *name;
    const char *words[LANGUAGE_COUNT];
} tracks[] = {
#define TRACK(name, en, es) {name, {en, es}},
#include "report/tracks.def"
#undef TRACK
};

static const char *const weekdays[LANGUAGE_COUNT][7] = {
    [LANGUAGE_EN] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
    [LANGUAGE_ES] = {"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"},
};

static const char *const months[LANGUAGE_COUNT][12] = {
    [LANGUAGE_EN] = {"January", "February", "March", "April", "May", "June", "July", "August", "September",
                     "October", "November", "December"},
    [LANGUAGE_ES] = {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
                     "octubre", "noviembre", "diciembre"},
};

const char *words_text(enum word word, enum language language)
{
    return texts[word][language];
}

void words_fill(struct buffer *out, enum word word, enum language language, const char *const *values,
                size_t count)
{
    for (const char *at = texts[word][language]; *at != '\0'; at++) {
        if (at[0] == '{' && at[1] >= '0' && at[1] <= '9' && at[2] == '}') {
            size_t index = (size_t)(at[1] - '0');
            if (index < count)
                buffer_text(out, values[index]);
            at += 2;
        } else {
            buffer_byte(out, *at);
        }
    }
}

struct short_text words_short(enum word word, enum language language, const char *const *values, size_t count)
{
    struct short_text result = {{0}};
    /* its memory is the result's, so it never grows, and a day is never lost for lack of it */
    struct buffer buffer = {.data = result.text, .size = sizeof result.text, .limit = sizeof result.text - 1};

    words_fill(&buffer, word, language, values, count);
    return result;
}

struct short_text words_date(date day, enum language language)
{
    int year;
    int month;
    int day_of_month;
    char year_text[12];
    char day_text[12];

    date_to_civil(day, &year, &month, &day_of_month);
    snprintf(year_text, sizeof year_text, "%d", year);
    snprintf(day_text, sizeof day_text, "%d", day_of_month);
    const char *values[] = {words_weekday(day, language), months[language][month - 1], day_text, year_text};
    return words_short(WORD_DATE, language, values, 4);
}

const char *words_weekday(date day, enum language language)
{
    return weekdays[language][date_weekday(day)];
}

struct short_text words_days_left(int days, enum language language)
{
    char number[12];
    const char *values[] = {number};
    enum word word = days > 1     ? WORD_DAYS_LEFT
                     : days == 1  ? WORD_DAY_LEFT
                     : days == 0  ? WORD_LAST_DAY
                     : days == -1 ? WORD_DAY_AGO
                                  : WORD_DAYS_AGO;

    snprintf(number, sizeof number, "%d", abs(days));
    return words_short(word, language, values, 1);
}

struct short_text words_day_count(unsigned days, enum language language)
{
    char number[12];
    const char *values[] = {number};

    snprintf(number, sizeof number, "%u", days);
    return words_short(days == 1 ? WORD_CLOCK_DAY : WORD_CLOCK_DAYS, language, values, 1);
}

struct short_text words_period(const struct period *period, enum language language)
{
    static const enum word units[] = {[UNIT_DAYS] = WORD_CLOCK_DAYS,
                                      [UNIT_BUSINESS_DAYS] = WORD_CLOCK_BUSINESS_DAYS,
                                      [UNIT_YEARS] = WORD_CLOCK_YEARS};
    char number[12];
    const char *values[] = {number};

    snprintf(number, sizeof number, "%u", period->count);
    return words_short(units[period->unit], language, values, 1);
}

const char *words_field(enum field_id field, enum language language)
{
    static const enum word words[FIELD_COUNT] = {
        [FIELD_NOTICE_DATE] = WORD_FIELD_NOTICE_DATE,
        [FIELD_AMOUNT_DUE] = WORD_FIELD_AMOUNT_DUE,
        [FIELD_TAX_PERIODS] = WORD_FIELD_TAX_PERIODS,
        [FIELD_TIN_LAST4] = WORD_FIELD_TIN_LAST4,
        [FIELD_RESPOND_BY] = WORD_FIELD_RESPOND_BY,
        [FIELD_HEARING_BY] = WORD_FIELD_HEARING_BY,
        [FIELD_HEARING_BY_LATER] = WORD_FIELD_HEARING_BY_LATER,
        [FIELD_TERMINATION_DATE] = WORD_FIELD_TERMINATION_DATE,
        [FIELD_LIEN_FILED] = WORD_FIELD_LIEN_FILED,
        [FIELD_CONTACT_PHONE] = WORD_FIELD_CONTACT_PHONE,
        [FIELD_PAGES_PRINTED] = WORD_FIELD_PAGES_PRINTED,
    };

    return words_text(words[field], language);
}

const char *words_start_name(enum clock_start start)
{
    static const char *const names[START_COUNT] = {
        [START_NOTICE_DATE] = "notice_date",         [START_LIEN_FILED] = "lien_filed",
        [START_CONFERENCE] = "conference",           [START_CONFERENCE_ASKED] = "conference_asked",
        [START_SEIZURE_NOTICE] = "seizure_notice",   [START_REVIEW_ASKED] = "review_asked",
        [START_REVIEW_ANSWERED] = "review_answered",
    };

    return names[start];
}

const char *words_origin(const char *name, enum language language)
{
    static const struct {
        const char *name;
        enum word word;
    } origins[] = {
        {"notice_date", WORD_FROM_NOTICE_DATE},
        {"lien_filed", WORD_FROM_LIEN_FILED},
        {"conference", WORD_FROM_CONFERENCE},
        {"conference_asked", WORD_FROM_CONFERENCE_ASKED},
        {"seizure_notice", WORD_FROM_SEIZURE_NOTICE},
        {"review_asked", WORD_FROM_REVIEW_ASKED},
        {"review_answered", WORD_FROM_REVIEW_ANSWERED},
        {"respond_by", WORD_FROM_RESPOND_BY},
        {"hearing_by", WORD_FROM_HEARING_BY},
        {"hearing_by_later", WORD_FROM_HEARING_BY_LATER},
        {"termination_date", WORD_FROM_TERMINATION_DATE},
    };

    for (size_t i = 0; i < sizeof origins / sizeof *origins; i++) {
        if (strcmp(origins[i].name, name) == 0)
            return words_text(origins[i].word, language);
    }
    return name;
}

static const char *find_name(const char *name, enum language language)
{
    for (size_t i = 0; i < sizeof tracks / sizeof *tracks; i++) {
        if (strcmp(tracks[i].name, name) == 0)
            return tracks[i].words[language];
    }
    return NULL;
}

const char *words_right(const struct notice_right *right, enum language language)
{
    const char *words = right->clock_name != NULL ? find_name(right->clock_name, language) : NULL;

    if (words == NULL)
        words = find_name(right->track, language);
    return words != NULL ? words : right->track;
}

int words_language(const char *name, enum language *out)
{
    if (strcmp(name, "en") == 0)
        *out = LANGUAGE_EN;
    else if (strcmp(name, "es") == 0)
        *out = LANGUAGE_ES;
    else
        return -1;
    return 0;
}
