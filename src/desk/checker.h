/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A thread that checks passwords, one after the other, so that nobody else waits for the 0.1 s that each takes: more memory
 * than one's is never used, however many log in at a time. */
#ifndef IRSORT_DESK_CHECKER_H
#define IRSORT_DESK_CHECKER_H

#include <stdbool.h>

#include "base/error.h"

enum { CHECKER_WAITING_MAX = 16 }; /* 2 s of work; who comes then is asked to try again */

struct checker;

/* All signals must be blocked that the caller waits for: the thread must not take them. */
int checker_open(struct checker **out, struct error *error);

/* What waits is dropped unanswered. */
void checker_close(struct checker *checker);

/* Has a password (at most USER_PASSWORD_MOST bytes; copied) compared with a hash. `asker` comes back with the answer, and is
 * not looked at; it is not NULL. False if too many wait. */
bool checker_ask(struct checker *checker, const char *hash, const char *password, void *asker);

/* The next answer; false if there is none yet. */
bool checker_answer(struct checker *checker, void **asker, bool *right);

/* Becomes readable when there is an answer. */
int checker_descriptor(const struct checker *checker);

#endif
