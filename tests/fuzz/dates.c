/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Dates and tax periods out of text. A date that is found exists, comes back from its own text, and, unless it says
 * that it was mended, has its year and day standing in the text. */
#include "harness.h"
#include "letter/values.h"

enum { TEXT_MAX = 200, SLACK = 6 };

/* The digits stand in that part of the text in their order, one after another or with others between. */
static bool has_number(const char *text, const struct value *value, int number, int width)
{
    char digits[8];

    snprintf(digits, sizeof digits, "%0*d", width, number % 10000);
    for (size_t at = value->start; at + strlen(digits) <= value->end; at++) {
        if (strncmp(text + at, digits, strlen(digits)) == 0)
            return true;
    }
    return false;
}

static void check_date(const char *text, const struct value *value)
{
    date day = date_parse(value->text);
    char again[DATE_TEXT_SIZE];
    int year;
    int month;
    int day_of_month;

    MUST(day != DATE_NONE);
    MUST(strcmp(date_format(day, again), value->text) == 0);
    date_to_civil(day, &year, &month, &day_of_month);
    MUST(date_from_civil(year, month, day_of_month) == day);
    MUST(year >= 1950 && year <= 2100);
    if (!value->repaired)
        MUST(has_number(text, value, year, 4) && has_number(text, value, day_of_month, 1));
}

/* What was found is found in that part of the text alone, too. */
static void check_alone(enum field_shape shape, const char *text, const struct value *value)
{
    char *alone = strndup(text + value->start, value->end - value->start);
    struct value again;

    MUST(alone != NULL);
    MUST(value_find(shape, alone, 0, 0, &again));
    MUST(strcmp(again.text, value->text) == 0 && again.repaired == value->repaired && again.start == 0);
    MUST(again.end == value->end - value->start);
    free(alone);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size < TEXT_MAX ? size : TEXT_MAX};
    char *text = input_rest(&input);
    size_t length = strlen(text);
    char again[DATE_TEXT_SIZE];
    struct value value;

    for (size_t from = 0; from <= length; from++) {
        if (value_find(SHAPE_DATE, text, from, SLACK, &value)) {
            MUST(value.start >= from && value.start <= from + SLACK && value.start < value.end &&
                 value.end <= length);
            check_date(text, &value);
            check_alone(SHAPE_DATE, text, &value);
        }
        if (value_find(SHAPE_PERIOD, text, from, 0, &value)) {
            MUST(value.start == from && value.end <= length);
            if (strlen(value.text) == 4)
                MUST(!value.repaired && has_number(text, &value, atoi(value.text), 4));
            else
                check_date(text, &value);
        }
    }
    date day = date_parse(text);
    if (day != DATE_NONE)
        MUST(strcmp(date_format(day, again), text) == 0 && date_weekday(day) <= SATURDAY);
    free(text);
    return 0;
}
