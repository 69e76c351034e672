/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "watch/known.h"

#include <stdlib.h>
#include <string.h>

enum { SIZE_FIRST = 1024 };

uint32_t known_short(const char *sha256)
{
    char digits[KNOWN_DIGITS + 1] = {0};

    memcpy(digits, sha256, KNOWN_DIGITS);
    return (uint32_t)strtoul(digits, NULL, 16);
}

/* The slot that holds it, or the free one where it belongs. The hashes are as good as random: no other is needed. */
static size_t slot_of(const uint32_t *slots, size_t size, uint32_t hash)
{
    size_t at = hash & (size - 1);

    while (slots[at] != 0 && slots[at] != hash)
        at = (at + 1) & (size - 1);
    return at;
}

static int grow(struct known *known)
{
    size_t size = known->size == 0 ? SIZE_FIRST : known->size * 2;
    uint32_t *slots = calloc(size, sizeof *slots);

    if (slots == NULL)
        return -1;
    for (size_t i = 0; i < known->size; i++) {
        if (known->slots[i] != 0)
            slots[slot_of(slots, size, known->slots[i])] = known->slots[i];
    }
    free(known->slots);
    known->slots = slots;
    known->size = size;
    return 0;
}

int known_add(struct known *known, uint32_t hash)
{
    if (hash == 0) {
        known->has_zero = true;
        return 0;
    }
    if (known->count >= known->size / 2 && grow(known) < 0)
        return -1;
    size_t at = slot_of(known->slots, known->size, hash);
    known->count += known->slots[at] == 0;
    known->slots[at] = hash;
    return 0;
}

bool known_has(const struct known *known, uint32_t hash)
{
    if (hash == 0)
        return known->has_zero;
    return known->size > 0 && known->slots[slot_of(known->slots, known->size, hash)] == hash;
}

void known_dispose(struct known *known)
{
    free(known->slots);
    *known = (struct known){0};
}

static bool is_hash(const char *text)
{
    return strspn(text, "0123456789abcdef") == KNOWN_DIGITS && (text[KNOWN_DIGITS] == '\0' || text[KNOWN_DIGITS] == ' ');
}

bool known_parse(const char *folder, uint32_t *hash)
{
    const char *last = strrchr(folder, ' ');
    const char *found = NULL;

    if (last == NULL)
        return false;
    for (const char *at = strchr(folder, ' '); at != NULL; at = strchr(at + 1, ' ')) {
        bool at_end = at == last || strchr(at + 1, ' ') == last; /* a number may follow it */
        if (at_end && is_hash(at + 1))
            found = at + 1;
    }
    if (found == NULL)
        return false;
    *hash = known_short(found);
    return true;
}
