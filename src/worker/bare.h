/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The pages of a letter as they are, upright, for a person who compares: each at the size of a screen, which
 * comes at once, and with all its dots, for who looks closer. Taxpayer numbers are blotted out, see blots.h.
 */
#ifndef IRSORT_WORKER_BARE_H
#define IRSORT_WORKER_BARE_H

#include <stddef.h>

#include "base/error.h"
#include "letter/letter.h"
#include "worker/sheet.h"

/* Those of the letter that is being read. Empty when all is zero. */
struct bare {
    struct bare_page *pages;
    size_t count;
};

/* Bytes of the pictures of all letters of a file; over a bound no more are kept. */
struct bare_spent {
    size_t screen, full;
};

/* Keeps a page of the letter as it was read; what was not read of it is looked through for taxpayer numbers. -1 on lack of
 * memory. */
int bare_keep(struct bare *bare, const struct sheet *sheet, const struct letter *letter, struct bare_spent *spent,
              struct error *error);

/* Adds what was kept to its letter, and is empty then. -1 on lack of memory. */
int bare_hand_over(struct bare *bare, struct letter *letter, struct error *error);

void bare_dispose(struct bare *bare);

#endif
