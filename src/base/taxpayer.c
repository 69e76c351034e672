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

/* ---- what a text looks like ---- */

enum {
    FIGURES = 9,
    FIGURES_LEAST = 7, FIGURES_MOST = 11, /* what nine become when two are lost, or doubled */
    GROUPS_MAX = 24,
    PHONE = 10,
};

/* Figures that stand together, or with no more between them than may stand between those of one number. */
struct figures {
    unsigned sizes[GROUPS_MAX];
    unsigned groups;
    unsigned all, plain; /* how many; as how many of them were read as digits */
    bool slashes;        /* between all groups: a date */
    bool after_state;    /* "KS 66002-0001" */
};

/* Bytes of what may stand between two groups, in whatever way it was read; 0 if nothing does. */
static size_t wide_gap(const char *text, bool *slash)
{
    const char *at = text;

    *slash = false;
    for (;;) {
        const char *next = at;
        uint32_t mark = utf8_next(&next);
        bool ascii = mark < 0x80 && strchr(" -.~_=:'/*", (int)mark) != NULL;
        bool dash = (mark >= 0x2010 && mark <= 0x2019) || mark == 0x2212;
        if (mark == 0 || (!ascii && !dash))
            return (size_t)(at - text);
        *slash |= mark == '/';
        at = next;
    }
}

/* Takes the figures that begin there; returns their bytes. */
static size_t take_figures(const char *text, struct figures *out)
{
    size_t at = 0;
    size_t end = 0;
    bool misread = false;
    bool slash = false;

    *out = (struct figures){.slashes = true};
    while (out->groups < GROUPS_MAX && taxpayer_digit(text[at], &misread) >= 0) {
        unsigned *size = &out->sizes[out->groups++];
        for (; taxpayer_digit(text[at], &misread) >= 0; at++, ++*size)
            out->plain += isdigit((unsigned char)text[at]) != 0;
        out->all += *size;
        end = at;
        at += wide_gap(text + at, &slash);
        out->slashes &= slash || taxpayer_digit(text[at], &misread) < 0;
    }
    return end;
}

static bool has_groups(const struct figures *figures, const unsigned *sizes, unsigned count)
{
    for (unsigned from = 0; from + count <= figures->groups; from++) {
        unsigned same = 0;
        while (same < count && figures->sizes[from + same] == sizes[same])
            same++;
        if (same == count)
            return true;
    }
    return false;
}

static bool is_phone(const struct figures *figures)
{
    const unsigned *last = &figures->sizes[figures->groups - 1];

    bool ten = figures->all == PHONE || (figures->all == PHONE + 1 && figures->sizes[0] == 1);

    return ten && figures->groups >= 3 && last[0] == 4 && last[-1] == 3 && last[-2] == 3;
}

static enum taxpayer_look look_at(const struct figures *figures)
{
    static const struct {
        unsigned sizes[3], count;
    } shapes[] = {{{9}, 1}, {{3, 2, 4}, 3}, {{2, 7}, 2}, {{3, 6}, 2}};

    if (figures->plain < PLAIN_LEAST || 2 * figures->plain < figures->all)
        return TAXPAYER_NONE;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        if (has_groups(figures, shapes[i].sizes, shapes[i].count))
            return TAXPAYER_LIKELY;
    }
    bool date = figures->slashes && figures->groups == 3;
    if (figures->all < FIGURES_LEAST || figures->all > FIGURES_MOST || is_phone(figures) || date || figures->after_state)
        return TAXPAYER_NONE;
    return figures->all == FIGURES && figures->groups > 1 ? TAXPAYER_LIKELY : TAXPAYER_UNCLEAR;
}

enum taxpayer_look taxpayer_look(const char *text)
{
    enum taxpayer_look look = TAXPAYER_NONE;
    bool misread = false;

    for (size_t at = 0; text[at] != '\0';) {
        struct figures figures;
        bool within = at > 0 && isalpha((unsigned char)text[at]) && isalpha((unsigned char)text[at - 1]);
        if (within || taxpayer_digit(text[at], &misread) < 0) {
            at++;
            continue;
        }
        size_t length = take_figures(text + at, &figures);
        figures.after_state =
            at > 2 && text[at - 1] == ' ' && isupper((unsigned char)text[at - 2]) && isupper((unsigned char)text[at - 3]);
        enum taxpayer_look found = look_at(&figures);
        look = found > look ? found : look;
        at += length;
    }
    return look;
}
