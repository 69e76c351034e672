/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "catalogue/draft.h"

/* Blanks and the hyphens and dashes that stand in a number. */
static bool is_gap(uint32_t character)
{
    return character == ' ' || (character >= '\t' && character <= '\r') || character == 0xA0 ||
           character == '-' || (character >= 0x2000 && character <= 0x2015) || character == 0x202F ||
           character == 0x2212;
}

/* Takes `word` from the front of `text`; false if it is not there, or nothing would be left. */
static bool drop_word(char *text, const char *word)
{
    size_t length = strlen(word);

    if (strncmp(text, word, length) != 0 || text[length] == '\0')
        return false;
    memmove(text, text + length, strlen(text + length) + 1);
    return true;
}

const char *number_normalise(const char *name, char *out, size_t size)
{
    size_t length = 0;
    uint32_t character;

    while ((character = utf8_next(&name)) != 0) {
        char bytes[4];
        if (is_gap(character))
            continue;
        if (character < 0x80)
            character = (uint32_t)toupper((int)character);
        size_t count = utf8_put(character, bytes);
        if (length + count >= size)
            break;
        memcpy(out + length, bytes, count);
        length += count;
    }
    out[length] = '\0';
    drop_word(out, "NOTICE");
    bool letter = drop_word(out, "LETTER") || drop_word(out, "LTR");
    if (letter && isdigit((unsigned char)out[0])) {
        /* The word taken away was longer than the "L" put back. */
        memmove(out + 1, out, strlen(out) + 1);
        out[0] = 'L';
    }
    return out;
}
