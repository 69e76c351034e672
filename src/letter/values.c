/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "letter/values.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/taxpayer.h"
#include "base/utf8.h"
#include "letter/fuzzy.h"
#include "letter/page_text.h"

enum { YEAR_FIRST = 1950, YEAR_LAST = 2100, WORD_MAX = 16, PERIODS_FIRST_YEAR = 1980 };

/* ---- scanning ---- */

struct cursor {
    const char *text;
    size_t at;
    bool repaired;
};

static char peek(const struct cursor *c)
{
    return c->text[c->at];
}

static void skip_any(struct cursor *c, const char *set)
{
    while (peek(c) != '\0' && strchr(set, peek(c)) != NULL)
        c->at++;
}

/* A number of `least` to `most` digits, not followed by another one; at least one must be a plain digit. */
static bool scan_number(struct cursor *c, size_t least, size_t most, int *out)
{
    bool repaired = false;
    bool plain = false;
    size_t count = 0;
    int value = 0;

    while (count <= most) {
        int digit = taxpayer_digit(c->text[c->at + count], &repaired);
        if (digit < 0)
            break;
        plain |= isdigit((unsigned char)c->text[c->at + count]) != 0;
        value = value * 10 + digit;
        count++;
    }
    if (count < least || count > most || !plain)
        return false;
    c->at += count;
    c->repaired |= repaired;
    *out = value;
    return true;
}

/* ---- dates ---- */

static const char *const month_names[12][2] = {
    {"january", "enero"},   {"february", "febrero"}, {"march", "marzo"},          {"april", "abril"},
    {"may", "mayo"},        {"june", "junio"},       {"july", "julio"},           {"august", "agosto"},
    {"september", "septiembre"}, {"october", "octubre"}, {"november", "noviembre"}, {"december", "diciembre"}};

/* "Apnl" is an April whose "ri" touches, two letters off; so far off, the first letter and the length must speak for it. */
static bool is_near(const char *word, const char *name, unsigned apart)
{
    return strlen(word) >= 4 && (apart <= 1 || (apart == 2 && strlen(name) >= 5 && word[0] == name[0]));
}

/* The month of a folded word: the name, its first three or four letters, or the name with an error or two if no other month
 * is as near. 0 if none. */
static int month_of(const char *folded, bool *repaired)
{
    size_t length = strlen(folded);
    unsigned nearest = WORD_MAX;
    int near = 0;

    for (int m = 0; m < 12; m++) {
        for (int language = 0; language < 2; language++) {
            char name[WORD_MAX] = "";
            for (size_t i = 0; month_names[m][language][i] != '\0'; i++)
                name[i] = fold_character((unsigned char)month_names[m][language][i]);
            unsigned apart = fuzzy_distance(folded, name);
            if (apart == 0 ||
                ((length == 3 || length == 4) && length < strlen(name) && strncmp(folded, name, length) == 0))
                return m + 1;
            if (apart > nearest || (apart == nearest && near == m + 1))
                continue;
            near = apart < nearest && is_near(folded, name, apart) ? m + 1 : 0;
            nearest = apart;
        }
    }
    if (near > 0)
        *repaired = true;
    return near;
}

/* A run of letters (and what OCR makes of them), folded; false if it is none or too long. */
static bool scan_word(struct cursor *c, char out[WORD_MAX])
{
    size_t length = 0;
    const char *at = c->text + c->at;

    for (;;) {
        const char *next = at;
        unsigned character = utf8_next(&next);
        char plain = fold_character(character);
        if (plain == 0 || character == ' ')
            break;
        if (length + 1 >= WORD_MAX)
            return false;
        out[length++] = plain;
        at = next;
    }
    out[length] = '\0';
    c->at = (size_t)(at - c->text);
    return length >= 3;
}

static bool keep_date(struct value *out, const struct cursor *c, size_t start, int year, int month, int day)
{
    date found = year >= YEAR_FIRST && year <= YEAR_LAST ? date_from_civil(year, month, day) : DATE_NONE;

    *out = (struct value){.start = start, .end = c->at, .repaired = c->repaired, .impossible = found == DATE_NONE};
    if (!out->impossible)
        date_format(found, out->text);
    return !out->impossible;
}

/* "April7" or "April 7": digits at the end of the word are the day's, the blank before them was not seen. */
static bool scan_month(struct cursor *c, int *month)
{
    char word[WORD_MAX];
    size_t digits = 0;

    if (!scan_word(c, word))
        return false;
    while (c->at > digits && isdigit((unsigned char)c->text[c->at - digits - 1]))
        digits++;
    if (digits > 0 && digits + 3 <= strlen(word)) {
        word[strlen(word) - digits] = '\0';
        c->at -= digits;
    }
    *month = month_of(word, &c->repaired);
    return *month != 0;
}

/* Blanks, marks, and what OCR makes of dirt among them ("Jul. °13"): all that is no letter and no digit. */
static void skip_specks(struct cursor *c)
{
    const char *at = c->text + c->at;

    for (const char *next = at; *at != '\0'; at = next) {
        unsigned character = utf8_next(&next);
        if (fold_character(character) != 0 && character != ' ')
            break;
    }
    c->at = (size_t)(at - c->text);
}

/* "April 28, 2026", "Apr. 28, 2026". */
static bool scan_month_first(const char *text, size_t start, struct value *out)
{
    struct cursor c = {text, start, false};
    int month;
    int day;
    int year;

    if (!scan_month(&c, &month))
        return false;
    skip_specks(&c);
    if (!scan_number(&c, 1, 2, &day))
        return false;
    skip_any(&c, " .,;:'");
    return scan_number(&c, 4, 4, &year) && keep_date(out, &c, start, year, month, day);
}

/* "24 de enero de 2025", "24 enero 2025". */
static bool scan_day_first(const char *text, size_t start, struct value *out)
{
    struct cursor c = {text, start, false};
    char word[WORD_MAX];
    int day;
    int year;

    if (!scan_number(&c, 1, 2, &day) || peek(&c) != ' ')
        return false;
    skip_any(&c, " ");
    if (strncasecmp(text + c.at, "de ", 3) == 0)
        c.at += 3;
    if (!scan_word(&c, word))
        return false;
    int month = month_of(word, &c.repaired);
    if (month == 0)
        return false;
    skip_any(&c, " .,");
    if (strncasecmp(text + c.at, "de ", 3) == 0)
        c.at += 3;
    else if (strncasecmp(text + c.at, "del ", 4) == 0)
        c.at += 4;
    return scan_number(&c, 4, 4, &year) && keep_date(out, &c, start, year, month, day);
}

/* "02/14/2014", "02-14-2014". */
static bool scan_numeric(const char *text, size_t start, struct value *out)
{
    struct cursor c = {text, start, false};
    int month;
    int day;
    int year;

    if (!scan_number(&c, 1, 2, &month))
        return false;
    skip_any(&c, " ");
    char mark = peek(&c);
    if (mark != '/' && mark != '-')
        return false;
    c.at++;
    skip_any(&c, " ");
    if (!scan_number(&c, 1, 2, &day))
        return false;
    skip_any(&c, " ");
    if (peek(&c) != mark)
        return false;
    c.at++;
    skip_any(&c, " ");
    return scan_number(&c, 4, 4, &year) && keep_date(out, &c, start, year, month, day);
}

static bool scan_date(const char *text, size_t start, struct value *out)
{
    return scan_month_first(text, start, out) || scan_day_first(text, start, out) || scan_numeric(text, start, out);
}

/* ---- the other shapes ---- */

/* Bytes of a comma, and of the blank that the engine may see behind it, if three digits follow: a thousand's. */
static size_t thousands_mark(const char *text)
{
    size_t bytes = text[0] != ',' ? 0 : text[1] == ' ' ? 2 : 1;

    for (size_t i = 0; bytes > 0 && i < 3; i++) {
        if (!isdigit((unsigned char)text[bytes + i]))
            bytes = 0;
    }
    return bytes;
}

/* The number that begins here is the tail of one: "30," stands before it. */
static bool is_tail(const char *text, size_t start)
{
    size_t at = start > 0 && text[start - 1] == ' ' ? start - 1 : start;

    return at > 1 && isdigit((unsigned char)text[at - 2]) && thousands_mark(text + at - 1) > 0;
}

/* "$1,234.56": groups of three, cents or none. "decimal string, no sign or comma". */
static bool scan_money(const char *text, size_t start, struct value *out)
{
    size_t at = start;
    size_t length = 0;
    char digits[VALUE_TEXT_SIZE];
    bool dollar = text[at] == '$';

    if (is_tail(text, start))
        return false;
    if (dollar)
        at++;
    while (text[at] == ' ')
        at++;
    size_t group = 0;
    bool comma = false;
    while (length + 4 < sizeof digits) {
        if (isdigit((unsigned char)text[at])) {
            digits[length++] = text[at++];
            group++;
        } else if (group >= 1 && group <= 3 && thousands_mark(text + at) > 0) {
            at += thousands_mark(text + at);
            group = 0;
            comma = true;
        } else {
            break;
        }
    }
    bool cents = text[at] == '.' && isdigit((unsigned char)text[at + 1]) && isdigit((unsigned char)text[at + 2]) &&
                 !isdigit((unsigned char)text[at + 3]);
    bool goes_on = !cents && (strchr(",.", text[at]) != NULL || isdigit((unsigned char)text[at + (text[at] == ' ')]));
    if (length == 0 || (comma && group != 3) || (!dollar && !cents) || (text[at] != '\0' && goes_on))
        return false;
    *out = (struct value){.start = start};
    snprintf(out->text, sizeof out->text, "%.*s.%.2s", (int)length, digits, cents ? text + at + 1 : "00");
    out->end = at + (cents ? 3 : 0);
    return true;
}

static bool is_mask(char c)
{
    return c == 'X' || c == 'x' || c == '*' || isdigit((unsigned char)c);
}

/* Masked or plain: `first` characters, a hyphen, `second`, perhaps a hyphen, four digits. Blanks may have crept in. */
static bool scan_tin_groups(const char *text, size_t start, size_t first, size_t second, bool hyphen, struct value *out)
{
    size_t at = start;
    const size_t groups[] = {first, second};

    for (size_t g = 0; g < 2; g++) {
        for (size_t i = 0; i < groups[g]; i++) {
            if (!is_mask(text[at]))
                return false;
            at++;
        }
        while (text[at] == ' ')
            at++;
        if (g == 0 || hyphen) {
            if (text[at] != '-')
                return false;
            at++;
        }
        while (text[at] == ' ')
            at++;
    }
    for (size_t i = 0; i < 4; i++) {
        if (!isdigit((unsigned char)text[at + i]))
            return false;
    }
    if (isdigit((unsigned char)text[at + 4]))
        return false;
    *out = (struct value){.start = start, .end = at + 4};
    snprintf(out->text, sizeof out->text, "%.4s", text + at);
    return true;
}

static bool scan_tin(const char *text, size_t start, struct value *out)
{
    return scan_tin_groups(text, start, 3, 2, true, out) || scan_tin_groups(text, start, 2, 3, false, out);
}

/* "1-800-829-1040", "(800) 829-1040", "800 829 1040". */
static bool scan_phone(const char *text, size_t start, struct value *out)
{
    size_t at = start;
    char digits[12] = "";
    size_t count = 0;

    while (text[at] != '\0' && count < sizeof digits - 1) {
        if (isdigit((unsigned char)text[at]))
            digits[count++] = text[at];
        else if (strchr(" ()-.", text[at]) == NULL || at - start > 18)
            break;
        at++;
        bool complete = (digits[0] == '1' && count == 11) || (digits[0] != '1' && count == 10);
        if (complete)
            break;
    }
    size_t skip = digits[0] == '1' ? 1 : 0;
    if (count != 10 + skip || isdigit((unsigned char)text[at]) || !strpbrk("(0123456789", (char[]){text[start], 0}))
        return false;
    *out = (struct value){.start = start, .end = at};
    snprintf(out->text, sizeof out->text, "%s%.3s-%.3s-%.4s", skip ? "1-" : "", digits + skip, digits + skip + 3,
             digits + skip + 6);
    return true;
}

/* A tax year, or the date on which a period ended. */
static bool scan_period(const char *text, size_t start, struct value *out)
{
    struct cursor c = {text, start, false};
    int year;

    if (scan_date(text, start, out))
        return true;
    if (!scan_number(&c, 4, 4, &year) || c.repaired || year < PERIODS_FIRST_YEAR || year > YEAR_LAST)
        return false;
    *out = (struct value){.start = start, .end = c.at};
    snprintf(out->text, sizeof out->text, "%d", year);
    return true;
}

static bool scan_pages(const char *text, size_t start, struct value *out)
{
    struct cursor c = {text, start, false};
    int pages;

    if (!scan_number(&c, 1, 2, &pages) || pages < 1)
        return false;
    *out = (struct value){.start = start, .end = c.at};
    snprintf(out->text, sizeof out->text, "%d", pages);
    return true;
}

bool value_find(enum field_shape shape, const char *text, size_t from, size_t slack, struct value *out)
{
    static bool (*const scan[])(const char *, size_t, struct value *) = {
        [SHAPE_DATE] = scan_date,   [SHAPE_MONEY] = scan_money,   [SHAPE_TIN] = scan_tin,
        [SHAPE_PHONE] = scan_phone, [SHAPE_PERIOD] = scan_period, [SHAPE_PAGES] = scan_pages,
    };
    size_t length = strlen(text);
    struct value impossible = {0};

    for (size_t at = from; at < length && at <= from + slack; at++) {
        bool inside = at > 0 && isalnum((unsigned char)text[at]) && isalnum((unsigned char)text[at - 1]) && at > from;
        *out = (struct value){0};
        if (!inside && scan[shape](text, at, out))
            return true;
        if (out->impossible && !impossible.impossible)
            impossible = *out;
    }
    *out = impossible;
    return false;
}

bool value_nearly_equal(const char *a, const char *b)
{
    int apart = 0;

    for (; *a != '\0' && *b != '\0'; a++, b++)
        apart += *a != *b;
    return *a == *b && apart <= 1;
}
