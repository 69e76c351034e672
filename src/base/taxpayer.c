/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/taxpayer.h"

#include <ctype.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

int taxpayer_digit(char c, bool *misread)
{
    static const char letters[] = "OoQD@lI|SsBZ";
    static const char digits[] = "000001115582";
    const char *at = c != '\0' ? strchr(letters, c) : NULL;

    if (isdigit((unsigned char)c))
        return c - '0';
    if (at == NULL)
        return -1;
    *misread = true;
    return digits[at - letters] - '0';
}

/* ---- masking ---- */

enum { PLAIN_LEAST = 5 }; /* digits of a taxpayer number that must have been read as digits */

/* Bytes of what stands between two groups of a number: blanks, and at most one hyphen, dash or stop. */
static size_t gap_length(const char *text)
{
    size_t length = strspn(text, " ");
    const char *next = text + length;
    uint32_t mark = utf8_next(&next);

    if (mark == '-' || mark == '.' || (mark >= 0x2010 && mark <= 0x2015) || mark == 0x2212) {
        length = (size_t)(next - text);
        length += strspn(next, " ");
    }
    return length;
}

/* Bytes of digits in groups of those sizes, not followed by another digit; 0 if the text does not begin so. `plain`:
 * how many of them were read as digits; `marked`: more than a blank stands between two groups. */
static size_t grouped(const char *text, const unsigned sizes[3], unsigned *plain, bool *marked)
{
    size_t at = 0;
    bool misread = false;

    *plain = 0;
    *marked = false;
    for (size_t g = 0; g < 3 && sizes[g] > 0; g++) {
        size_t gap = g > 0 ? gap_length(text + at) : 0;
        if (g > 0 && gap == 0)
            return 0;
        *marked |= gap > strspn(text + at, " ");
        at += gap;
        for (unsigned i = 0; i < sizes[g]; i++, at++) {
            if (taxpayer_digit(text[at], &misread) < 0)
                return 0;
            *plain += isdigit((unsigned char)text[at]) != 0;
        }
    }
    return isdigit((unsigned char)text[at]) ? 0 : at;
}

/* Bytes of a taxpayer number that begins here: 9 digits, plain or in groups. In groups a digit may have been misread as
 * a letter, and a hyphen as something else or lost. A ZIP code's 5 and 4 are none, nor is what stands behind the name
 * of a notice (`glued`: "LT11 1234567"). 0 if it is none. */
static size_t taxpayer_number(const char *text, bool glued)
{
    static const unsigned shapes[][3] = {{9, 0, 0}, {3, 2, 4}, {2, 7, 0}, {3, 6, 0}};

    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        unsigned plain;
        bool marked;
        size_t length = grouped(text, shapes[s], &plain, &marked);
        if (glued && shapes[s][1] > 0 && shapes[s][2] == 0 && !marked)
            continue;
        if (length > 0 && plain >= (s == 0 ? 9 : PLAIN_LEAST))
            return length;
    }
    return 0;
}

/* The end of "LT" or "CP", however the letter before it was read. */
static bool names_notice(const char *text, size_t at)
{
    return at > 0 && strchr("TtPp", text[at - 1]) != NULL;
}

/* Whether there was anything to mask. */
static bool mask_once(char *text)
{
    bool masked = false;

    for (size_t at = 0; text[at] != '\0'; at++) {
        bool misread = false;
        bool begins = at == 0 || !isdigit((unsigned char)text[at - 1]);
        size_t length = begins ? taxpayer_number(text + at, names_notice(text, at)) : 0;
        for (size_t i = 0; i + 4 < length; i++) {
            if (taxpayer_digit(text[at + i], &misread) < 0)
                continue;
            text[at + i] = 'X';
            masked = true;
        }
    }
    return masked;
}

/* Where one is masked, another may come to light: digits that ran on into it. */
void taxpayer_mask(char *text)
{
    bool masked = true;

    while (masked)
        masked = mask_once(text);
}
