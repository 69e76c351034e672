/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buffer_init(struct buffer *buffer, size_t limit)
{
    *buffer = (struct buffer){.limit = limit};
}

void buffer_dispose(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct buffer){.limit = buffer->limit};
}

void buffer_clear(struct buffer *buffer)
{
    buffer->length = 0;
    buffer->failed = buffer->starved = false;
    if (buffer->data != NULL)
        buffer->data[0] = '\0';
}

/* Room for `extra` more bytes and a NUL. */
static bool reserve(struct buffer *buffer, size_t extra)
{
    if (buffer->failed || extra > buffer->limit - buffer->length) {
        buffer->failed = true;
        return false;
    }
    size_t needed = buffer->length + extra + 1;
    if (needed <= buffer->size)
        return true;
    size_t size = buffer->size < 64 ? 64 : buffer->size;
    while (size < needed)
        size *= 2;
    char *data = realloc(buffer->data, size);
    if (data == NULL) {
        buffer->failed = buffer->starved = true;
        return false;
    }
    buffer->data = data;
    buffer->size = size;
    return true;
}

void buffer_add(struct buffer *buffer, const void *bytes, size_t length)
{
    if (!reserve(buffer, length))
        return;
    if (length > 0)
        memcpy(buffer->data + buffer->length, bytes, length);
    buffer->length += length;
    buffer->data[buffer->length] = '\0';
}

void buffer_text(struct buffer *buffer, const char *text)
{
    buffer_add(buffer, text, strlen(text));
}

void buffer_byte(struct buffer *buffer, char byte)
{
    buffer_add(buffer, &byte, 1);
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
    va_list args;
    va_list again;

    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0) {
        buffer->failed = true;
    } else if (reserve(buffer, (size_t)length)) {
        vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, again);
        buffer->length += (size_t)length;
    }
    va_end(again);
}

char *buffer_take(struct buffer *buffer)
{
    char *data = NULL;

    if (!buffer->failed && reserve(buffer, 0)) {
        buffer->data[buffer->length] = '\0';
        data = buffer->data;
        buffer->data = NULL;
    }
    buffer_dispose(buffer);
    return data;
}
