/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "ocr/words.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

enum { ROOM_FIRST = 256 };

int words_add(struct words *words, const struct ocr_word *word)
{
    size_t length = strlen(word->text);

    if (words->count >= PAGE_WORDS_MAX || length > PAGE_TEXT_MAX - words->bytes) {
        words->more = true;
        return 0;
    }
    if (words->count == words->room) {
        size_t room = words->room > 0 ? words->room * 2 : ROOM_FIRST;
        struct ocr_word *list = realloc(words->list, room * sizeof *list);
        if (list == NULL)
            return -1;
        words->list = list;
        words->room = room;
    }
    char *copy = strdup(word->text);
    if (copy == NULL)
        return -1;
    words->list[words->count] = *word;
    words->list[words->count++].text = copy;
    words->bytes += length;
    return 0;
}

void words_forget(struct words *words, const struct box *zone)
{
    size_t kept = 0;

    for (size_t i = 0; i < words->count; i++) {
        struct ocr_word *word = &words->list[i];
        if (zone != NULL && !box_holds(*zone, word->box)) {
            words->list[kept++] = *word;
            continue;
        }
        words->bytes -= strlen(word->text);
        free(word->text);
    }
    words->count = kept;
}

void words_dispose(struct words *words)
{
    words_forget(words, NULL);
    free(words->list);
    *words = (struct words){0};
}
