/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Text that becomes HTML, and stays text. */
#ifndef IRSORT_DESK_HTML_H
#define IRSORT_DESK_HTML_H

#include "base/buffer.h"
#include "report/words.h"

void html_text(struct buffer *out, const char *text);

/* <tag class="class">text</tag> and a line's end. */
void html_element(struct buffer *out, const char *tag, const char *class, const char *text);
void html_word(struct buffer *out, const char *tag, const char *class, enum word word, enum language language);

#endif
