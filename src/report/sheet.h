/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Text for a terminal or a printer: wrapped by display width, and nothing in it can drive the terminal. */
#ifndef IRSORT_REPORT_SHEET_H
#define IRSORT_REPORT_SHEET_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/text.h"
#include "report/words.h"

enum { SHEET_WIDTH = 80 }; /* columns: the narrowest terminal and a printed page in a readable size */

enum ink { INK_PLAIN, INK_HEADING, INK_URGENT, INK_FAINT };

/* One paragraph, for who does not want lines. */
struct sheet_paragraph {
    enum word word; /* the sentence that it is; WORD_COUNT for a text of its own */
    bool heading;
    unsigned indent;
    enum ink ink;
    const char *text; /* made safe, on one line */
};

typedef void sheet_paragraph_fn(void *context, const struct sheet_paragraph *paragraph);

struct sheet {
    struct buffer *out;
    enum language language;
    bool colour;
    sheet_paragraph_fn *paragraph; /* where it is set, it gets all that would go to `out` */
    void *context;
};

/* One paragraph, `indent` columns in. Blanks and line ends are where it may break; a
 * control or direction-changing character is shown as an escape. */
void sheet_text(struct sheet *sheet, unsigned indent, enum ink ink, const char *text);

/* The same with a sentence of words.def, continued lines two columns further in; the values are `const char
 * *`. */
#define sheet_say(sheet, indent, ink, ...)                                                                   \
    sheet_say_values(sheet, indent, ink, __VA_ARGS__, (const char *)NULL)
void sheet_say_values(struct sheet *sheet, unsigned indent, enum ink ink, enum word word, ...)
    __attribute__((sentinel));

/* An empty line, and then a heading. */
void sheet_heading(struct sheet *sheet, enum word word);
void sheet_blank(struct sheet *sheet);

/* A line across the sheet, between two cards. */
void sheet_rule(struct sheet *sheet);

/* Disposes of a text that went into the sheet. If memory for it ran out, the sheet has failed too: nothing is left out
 * without a word. */
void sheet_drop(struct sheet *sheet, struct buffer *text);

/* What came out of a document or a file name, made safe to show on one line: "a\nb", "\xff". Appended to
 * `out`. */
void sheet_escape(struct buffer *out, const char *text);

#endif
