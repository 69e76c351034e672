/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The card as a list of sections, so that the desk says what `irsort read` says, word for word. */
#include <string.h>

#include "desk/inside.h"
#include "report/card.h"

enum { SCRAP_MAX = 1 << 10 }; /* what the sheet itself would write: nothing */

struct collecting {
    json_t *sections;
    bool failed;
};

const char *word_name(enum word word)
{
    static const char *const names[WORD_COUNT + 1] = {
#define WORD(name, en, es) [WORD_##name] = #name,
#include "report/words.def"
#undef WORD
        [WORD_COUNT] = ""};

    return names[word];
}

static const char *ink_name(enum ink ink)
{
    static const char *const names[] = {
        [INK_PLAIN] = "plain", [INK_HEADING] = "strong", [INK_URGENT] = "urgent", [INK_FAINT] = "faint"};

    return names[ink];
}

static int begin_section(json_t *sections, const char *name, const char *title)
{
    return json_array_append_new(sections, json_pack("{s:s, s:s, s:[]}", "name", name, "title", title, "lines"));
}

static void collect(void *context, const struct sheet_paragraph *paragraph)
{
    struct collecting *collecting = context;
    json_t *sections = collecting->sections;
    int result;

    if (paragraph->heading) {
        result = begin_section(sections, word_name(paragraph->word), paragraph->text);
    } else {
        json_t *last = json_array_get(sections, json_array_size(sections) - 1);
        result = json_array_append_new(json_object_get(last, "lines"),
                                       json_pack("{s:s, s:i, s:s, s:s}", "word", word_name(paragraph->word), "indent",
                                                 (int)paragraph->indent, "ink", ink_name(paragraph->ink), "text",
                                                 paragraph->text));
    }
    collecting->failed = collecting->failed || result < 0;
}

json_t *card_json(const struct finding *finding, enum language language)
{
    struct collecting collecting = {json_array(), false};
    struct buffer scrap;
    struct sheet sheet = {.out = &scrap, .language = language, .paragraph = collect, .context = &collecting};

    buffer_init(&scrap, SCRAP_MAX);
    collecting.failed = begin_section(collecting.sections, "HEAD", "") < 0;
    card_write(&sheet, finding, NULL);
    bool failed = collecting.failed || scrap.failed;
    buffer_dispose(&scrap);
    if (!failed)
        return collecting.sections;
    json_decref(collecting.sections);
    return NULL;
}
