/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Amounts, telephone numbers, page counts, and the last four digits of taxpayer numbers; and the masking of those:
 * after it no text shows one, and nothing else has changed. */
#include "base/taxpayer.h"
#include "harness.h"
#include "letter/values.h"

enum { TEXT_MAX = 200, SLACK = 6 };

/* The digits of a text, in order. */
static void digits_of(const char *text, size_t length, char *out, size_t size)
{
    size_t count = 0;

    for (size_t i = 0; i < length; i++) {
        if (is_digit(text[i]) && count + 1 < size)
            out[count++] = text[i];
    }
    out[count] = '\0';
}

static void check_money(const char *text, const struct value *value)
{
    char printed[64];
    char found[64];
    size_t whole = strspn(value->text, "0123456789");

    MUST(whole > 0 && value->text[whole] == '.' && strlen(value->text) == whole + 3);
    MUST(strspn(value->text + whole + 1, "0123456789") == 2);
    digits_of(text + value->start, value->end - value->start, printed, sizeof printed);
    digits_of(value->text, strlen(value->text), found, sizeof found);
    bool cents = strcmp(printed, found) == 0;
    bool no_cents = strlen(printed) + 2 == strlen(found) && strncmp(printed, found, strlen(printed)) == 0 &&
                    strcmp(value->text + whole, ".00") == 0;
    MUST(cents || no_cents);
}

static void check_value(enum field_shape shape, const char *text, const struct value *value)
{
    char printed[64];
    char found[64];

    digits_of(text + value->start, value->end - value->start, printed, sizeof printed);
    digits_of(value->text, strlen(value->text), found, sizeof found);
    switch (shape) {
    case SHAPE_MONEY:
        check_money(text, value);
        break;
    case SHAPE_TIN:
        MUST(strlen(value->text) == 4 && strlen(found) == 4);
        MUST(strlen(printed) >= 4 && strcmp(printed + strlen(printed) - 4, value->text) == 0);
        break;
    case SHAPE_PHONE:
        MUST(strcmp(printed, found) == 0 && (strlen(found) == 10 || (strlen(found) == 11 && found[0] == '1')));
        break;
    case SHAPE_PAGES:
        MUST(atoi(value->text) >= 1 && atoi(value->text) <= 99);
        break;
    default:
        break;
    }
}

static void check_mask(const char *text)
{
    char *masked = strdup(text);

    MUST(masked != NULL);
    taxpayer_mask(masked);
    MUST(strlen(masked) == strlen(text) && !shows_taxpayer_number(masked));
    for (size_t i = 0; text[i] != '\0'; i++)
        MUST(masked[i] == text[i] || (masked[i] == 'X' && strchr("0123456789OoQD@lI|SsBZ", text[i]) != NULL));
    free(masked);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum field_shape shapes[] = {SHAPE_MONEY, SHAPE_TIN, SHAPE_PHONE, SHAPE_PAGES};
    struct input input = {data, size < TEXT_MAX ? size : TEXT_MAX};
    char *text = input_rest(&input);
    size_t length = strlen(text);
    struct value value;

    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        for (size_t from = 0; from <= length; from++) {
            if (!value_find(shapes[s], text, from, SLACK, &value))
                continue;
            MUST(value.start >= from && value.start <= from + SLACK && value.start < value.end &&
                 value.end <= length);
            check_value(shapes[s], text, &value);
        }
    }
    check_mask(text);
    free(text);
    return 0;
}
