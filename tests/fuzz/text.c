/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* UTF-8 and bounded buffers, against libunistring as a second opinion; folding, searching with tolerance, and text made
 * safe for a terminal. */
#include <unictype.h>
#include <unistr.h>

#include "base/buffer.h"
#include "harness.h"
#include "letter/fuzzy.h"
#include "letter/page_text.h"
#include "report/sheet.h"

enum { TEXT_MAX = 2000, OUT_MAX = 1 << 16 };

static void check_decoding(const char *text)
{
    const char *at = text;
    size_t characters = 0;

    for (uint32_t c; (c = utf8_next(&at)) != 0; characters++)
        MUST(c <= 0x10FFFF && !(c >= 0xD800 && c <= 0xDFFF));
    MUST((size_t)(at - text) == strlen(text) && utf8_length(text) == characters);
    at = text;
    while (*at != '\0') {
        const char *start = at;
        char bytes[4];
        ucs4_t other;
        int length = u8_mbtouc(&other, (const uint8_t *)start, strlen(start));
        uint32_t c = utf8_next(&at);
        MUST(at > start && at - start <= 4);
        bool formed = u8_check((const uint8_t *)start, (size_t)(at - start)) == NULL;
        MUST(formed || (c == 0xFFFD && at - start == 1));
        if (formed) {
            MUST(c == other && at - start == length);
            MUST(utf8_put(c, bytes) == (size_t)length && memcmp(bytes, start, (size_t)length) == 0);
        }
    }
}

/* Cut anywhere, a well-formed text is well formed after trimming, and lost no whole character. */
static void check_trimming(const char *text)
{
    char *copy = strdup(text);
    size_t length = strlen(text);
    bool formed = u8_check((const uint8_t *)text, length) == NULL;

    MUST(copy != NULL);
    for (size_t cut = 0; cut <= length && cut < 64; cut++) {
        memcpy(copy, text, cut);
        copy[cut] = '\0';
        utf8_trim(copy);
        size_t left = strlen(copy);
        MUST(left <= cut && cut - left <= 3 && memcmp(copy, text, left) == 0);
        if (formed)
            MUST(u8_check((const uint8_t *)copy, left) == NULL);
    }
    free(copy);
}

/* In one go or in pieces, within the bound or over it: what is held is a beginning of what was added. */
static void check_buffer(const char *text, size_t limit)
{
    struct buffer buffer;
    size_t length = strlen(text);

    buffer_init(&buffer, limit);
    for (size_t at = 0; at < length; at += 7)
        buffer_add(&buffer, text + at, length - at < 7 ? length - at : 7);
    MUST(buffer.length <= limit && buffer.failed == (length > limit));
    if (buffer.data != NULL)
        MUST(memcmp(buffer.data, text, buffer.length) == 0 && buffer.data[buffer.length] == '\0');
    char *taken = buffer_take(&buffer);
    MUST((taken != NULL) == (length <= limit));
    free(taken);
    buffer_init(&buffer, limit);
    buffer_printf(&buffer, "%s", text);
    MUST(buffer.failed == (length > limit));
    buffer_dispose(&buffer);
}

static void check_escape(const char *text)
{
    struct buffer out;

    buffer_init(&out, OUT_MAX);
    sheet_escape(&out, text);
    MUST(!out.failed);
    if (out.data != NULL) {
        MUST(is_clean(out.data));
        for (const char *at = out.data; *at != '\0';)
            MUST(!uc_is_general_category_withtable(utf8_next(&at), UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Cc));
    }
    buffer_dispose(&out);
}

/* Wrapped for a terminal, no line is wider than the sheet in plain characters, and none drives it. */
static void check_wrapping(const char *text)
{
    struct buffer out;
    struct sheet sheet = {.out = &out};

    buffer_init(&out, OUT_MAX);
    sheet_text(&sheet, 2, INK_PLAIN, text);
    MUST(!out.failed);
    for (const char *at = out.data != NULL ? out.data : ""; *at != '\0';) {
        uint32_t c = utf8_next(&at);
        MUST(c == '\n' || !uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf));
    }
    buffer_dispose(&out);
}

static void check_search(const char *needle, const char *haystack)
{
    char *folded_needle = fold_text(needle);
    char *folded = fold_text(haystack);
    struct fuzzy_match match;

    MUST(folded_needle != NULL && folded != NULL);
    MUST(strspn(folded, "abcdefghjklmnopqrstuvwxyz2346790") == strlen(folded));
    if (folded_needle[0] != '\0' && fuzzy_find(folded_needle, folded, strlen(folded), &match)) {
        MUST(match.start <= match.end && match.end <= strlen(folded));
        MUST(match.errors <= fuzzy_tolerance(strlen(folded_needle)));
    }
    if (strlen(folded_needle) > 0 && strlen(folded_needle) < FUZZY_NEEDLE_MAX && strstr(folded, folded_needle) != NULL)
        MUST(fuzzy_find(folded_needle, folded, strlen(folded), &match) && match.errors == 0);
    free(folded_needle);
    free(folded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size < TEXT_MAX ? size : TEXT_MAX};
    size_t limit = input_byte(&input) * 4u;
    char *first = input_until(&input, '\n');
    char *text = input_rest(&input);

    check_decoding(text);
    check_trimming(text);
    check_buffer(text, limit);
    check_escape(text);
    check_wrapping(text);
    check_search(first, text);
    free(first);
    free(text);
    return 0;
}
