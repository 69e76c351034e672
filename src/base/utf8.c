/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/utf8.h"

#include <string.h>

#define REPLACEMENT 0xFFFDu

/* Bytes of the sequence that `lead` begins, 0 if it begins none. */
static size_t sequence_length(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xC2 && lead <= 0xDF)
        return 2;
    if (lead >= 0xE0 && lead <= 0xEF)
        return 3;
    if (lead >= 0xF0 && lead <= 0xF4)
        return 4;
    return 0;
}

uint32_t utf8_next(const char **text)
{
    const unsigned char *byte = (const unsigned char *)*text;
    size_t length = sequence_length(byte[0]);

    if (byte[0] == 0)
        return 0;
    if (length == 1) {
        *text += 1;
        return byte[0];
    }
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t character = length == 0 ? 0 : byte[0] & (0xFFu >> (length + 1));
    size_t i = 1;
    while (i < length && (byte[i] & 0xC0) == 0x80)
        character = character << 6 | (byte[i++] & 0x3Fu);
    if (length == 0 || i < length || character < smallest[length] || character > 0x10FFFF ||
        (character >= 0xD800 && character <= 0xDFFF)) {
        *text += 1;
        return REPLACEMENT;
    }
    *text += length;
    return character;
}

size_t utf8_put(uint32_t character, char out[4])
{
    if (character > 0x10FFFF || (character >= 0xD800 && character <= 0xDFFF))
        character = REPLACEMENT;
    if (character < 0x80) {
        out[0] = (char)character;
        return 1;
    }
    size_t length = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (character & 0x3F));
        character >>= 6;
    }
    out[0] = (char)((0xF00u >> length) | character);
    return length;
}

void utf8_trim(char *text)
{
    size_t length = strlen(text);
    size_t start = length;

    while (start > 0 && length - start < 4 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start > 0 && sequence_length((unsigned char)text[start - 1]) > length - start + 1)
        text[start - 1] = '\0';
}

void utf8_append(char *out, size_t size, const char *text, size_t length)
{
    static const char more[] = "\u2026";
    size_t used = strlen(out);
    size_t cut = size - sizeof more;

    length = strnlen(text, length);
    if (used >= sizeof more - 1 && strcmp(out + used - (sizeof more - 1), more) == 0)
        return;
    if (used + length < size) {
        memcpy(out + used, text, length);
        out[used + length] = '\0';
        return;
    }
    if (used < cut)
        memcpy(out + used, text, cut - used);
    out[cut] = '\0';
    utf8_trim(out);
    memcpy(out + strlen(out), more, sizeof more); /* at `cut` or before it */
}

size_t utf8_length(const char *text)
{
    size_t count = 0;

    while (utf8_next(&text) != 0)
        count++;
    return count;
}
