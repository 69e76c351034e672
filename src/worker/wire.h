/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What goes over the socket between the pool and a child.
 *
 * Parent to child: one request a file, a fixed header with a serial number and the file's descriptor riding on it.
 * Child to parent: messages of JSON behind a prefix of two 32-bit numbers in network order, their length and the
 * serial number of the request that they answer, so that no answer can pass for another file's. The first is a
 * greeting, {"ready": true} or {"error": …}, with the number 0; after it comes exactly one answer a request:
 * {"letters": […]} or {"error": {"code", "message"}}. Before an answer may come, for each page that is begun,
 * {"page": 3, "pages": 12}. */
#ifndef IRSORT_WORKER_WIRE_H
#define IRSORT_WORKER_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/error.h"
#include "base/limits.h"
#include "letter/letter.h"

enum {
    WIRE_PREFIX_SIZE = 8,
};

/* Sends a request. The descriptor stays the caller's. -1 if the other end is gone. */
int wire_send_file(int socket, uint32_t serial, int descriptor);

/* Waits for a request. 1 with the descriptor (the caller's now), 0 when the parent has hung up, -1 on
 * nonsense. */
int wire_receive_file(int socket, uint32_t *serial, int *descriptor);

/* Sends one message, all of it. -1 if the other end is gone or it is too long or `message` is NULL. */
int wire_send_message(int socket, uint32_t serial, const json_t *message);

/* The length that a prefix says, if it is allowed and the serial number is the one awaited; else 0. */
size_t wire_length(const char prefix[WIRE_PREFIX_SIZE], uint32_t serial);

/* {"page", "pages"}, {"error": {…}} and {"letters": […]}. New references, NULL on lack of memory. */
json_t *wire_page(unsigned page, unsigned pages);
json_t *wire_error(const struct error *error);
json_t *wire_letters(const struct letter *letters, size_t count);

/* Takes a greeting apart. -1 with the child's own error, or ERROR_SETUP where it makes no sense. */
int wire_take_greeting(const char *text, size_t length, struct error *error);

/* 1 if the message says which page is being read, of how many: 1 <= *page <= *pages <= PAPER_PAGES_MAX. 0 if it is
 * something else. -1 if it tries and makes no sense. */
int wire_take_page(const char *text, size_t length, unsigned *page, unsigned *pages);

/* Takes an answer apart: 0 with letters (each to be disposed of, then the array freed), or with `file_error`
 * set if the child could not read the file; -1 if the answer makes no sense, and the child is not to be
 * trusted further. */
int wire_take_answer(const char *text, size_t length, struct letter **letters, size_t *count,
                     struct error *file_error);

#endif
