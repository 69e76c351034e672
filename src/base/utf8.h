/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef IRSORT_BASE_UTF8_H
#define IRSORT_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Decodes the character at *text and moves *text past it. An ill-formed byte gives U+FFFD and moves one byte;
 * the terminating NUL gives 0 and does not move. */
uint32_t utf8_next(const char **text);

/* Writes the character as 1 to 4 bytes, no NUL; returns how many. Not a scalar value: writes U+FFFD. */
size_t utf8_put(uint32_t character, char out[4]);

/* Cuts an incomplete character from the end of a text that was truncated by bytes. */
void utf8_trim(char *text);

/* Adds up to `length` bytes of `text` to what is in `out`, whose room is `size` bytes with the NUL (8 at the least). What
 * does not fit is cut at a character, and … in its place tells of it; nothing is added behind that. */
void utf8_append(char *out, size_t size, const char *text, size_t length);

/* Characters, not bytes. */
size_t utf8_length(const char *text);

#endif
