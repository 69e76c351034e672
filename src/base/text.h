/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef IRSORT_BASE_TEXT_H
#define IRSORT_BASE_TEXT_H

enum language { LANGUAGE_EN, LANGUAGE_ES, LANGUAGE_COUNT };

/* One sentence for a person, in each language. Both are always there. */
struct text {
    char *in[LANGUAGE_COUNT];
};

#endif
