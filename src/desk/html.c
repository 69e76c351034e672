/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "desk/html.h"

void html_text(struct buffer *out, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '<':
            buffer_text(out, "&lt;");
            break;
        case '>':
            buffer_text(out, "&gt;");
            break;
        case '&':
            buffer_text(out, "&amp;");
            break;
        case '"':
            buffer_text(out, "&quot;");
            break;
        case '\'':
            buffer_text(out, "&#39;");
            break;
        default:
            buffer_byte(out, *text);
        }
    }
}

void html_element(struct buffer *out, const char *tag, const char *class, const char *text)
{
    buffer_printf(out, "<%s class=\"%s\">", tag, class);
    html_text(out, text);
    buffer_printf(out, "</%s>\n", tag);
}

void html_word(struct buffer *out, const char *tag, const char *class, enum word word, enum language language)
{
    html_element(out, tag, class, words_text(word, language));
}
