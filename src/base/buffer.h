/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef IRSORT_BASE_BUFFER_H
#define IRSORT_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

/* A growing run of bytes with a bound. Adding never fails loudly: look at `failed` once, at the end. */
struct buffer {
    char *data;    /* NUL after the last byte once anything was added; owned */
    size_t length; /* bytes, without that NUL */
    size_t size;   /* bytes allocated */
    size_t limit;  /* bytes that may be held at the most */
    bool failed;   /* memory or the bound ran out; `data` holds what fitted before */
    bool starved;  /* it was memory */
};

void buffer_init(struct buffer *buffer, size_t limit);
void buffer_dispose(struct buffer *buffer);
void buffer_clear(struct buffer *buffer);

void buffer_add(struct buffer *buffer, const void *bytes, size_t length);
void buffer_text(struct buffer *buffer, const char *text);
void buffer_byte(struct buffer *buffer, char byte);
void buffer_printf(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Hands the bytes (NUL-terminated, to be freed by the caller) over and empties the buffer; NULL if it failed. */
char *buffer_take(struct buffer *buffer);

#endif
