/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is about to be done with a dropped file, written down before it is done: one small file each. Inside watch/. */
#ifndef IRSORT_WATCH_JOURNAL_H
#define IRSORT_WATCH_JOURNAL_H

#include <limits.h>

#include "base/date.h"
#include "base/error.h"
#include "watch/outside.h"

/* Where results go; each is a folder beside the inbox's files. */
enum place {
    PLACE_FILED,
    PLACE_REVIEW,  /* a person must look */
    PLACE_FAILED,  /* it could not be read */
    PLACE_REPEATS, /* its content is there already, or was */
    PLACE_COUNT
};

/* "filed", "review", … Static text; also the folder's name. */
const char *place_name(enum place place);

enum {
    INTENT_HASH_SIZE = 65, /* SHA-256 in hex, and NUL */
    INTENT_FOLDER_SIZE = 256,
};

struct intent {
    uint64_t key;                    /* its number, and its name in the journal */
    char name[NAME_MAX + 1];         /* in the inbox; any bytes */
    struct identity identity;        /* as it was when it was taken */
    char sha256[INTENT_HASH_SIZE];
    enum place place;
    char folder[INTENT_FOLDER_SIZE]; /* below the place: "2026-03/2026-03-02 LT11 0a1b2c3d" */
    date received;
};

enum { INTENT_KEY_SIZE = 24 };

/* The name that belongs to the key in each of the private folders. Into `out`; returns it. */
const char *intent_key_name(uint64_t key, char out[INTENT_KEY_SIZE]);

/* The key of such a name; 0 if it is none. */
uint64_t intent_key_parse(const char *name);

/* Writes it down for good; -1 with errno set. What is half written counts for nothing. */
int journal_write(const struct outside *outside, int journal, const struct intent *intent);

/* 1 with the intent, 0 if it is not there or was not written to its end, -1 with errno set. */
int journal_read(const struct outside *outside, int journal, uint64_t key, struct intent *out);

/* Done with it; -1 with errno set. */
int journal_forget(const struct outside *outside, int journal, uint64_t key);

#endif
