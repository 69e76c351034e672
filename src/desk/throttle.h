/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How often somebody may try a password: from one address, and for one name. Times are milliseconds of a clock that never
 * goes back. */
#ifndef IRSORT_DESK_THROTTLE_H
#define IRSORT_DESK_THROTTLE_H

#include <stddef.h>
#include <stdint.h>

enum {
    THROTTLE_ENTRIES = 256,
    THROTTLE_KEY_SIZE = 64,
    THROTTLE_FREE = 3,                 /* wrong tries that cost nothing: fingers slip */
    THROTTLE_REST_MS = 15 * 60 * 1000, /* after which all is forgotten */
    THROTTLE_NAME_S = 60,     /* at the most: who tries wrong passwords for a name all day keeps its owner waiting no longer */
    THROTTLE_ADDRESS_S = 600, /* at the most */
};

struct throttle_entry {
    char key[THROTTLE_KEY_SIZE]; /* "" is a free place */
    unsigned count;              /* tries that were not right, or are not known to be */
    unsigned delay_s;            /* that the last one brought */
    int64_t next;                /* when the next one is let in */
    int64_t last;
};

/* All zero is an empty one. */
struct throttle {
    struct throttle_entry list[THROTTLE_ENTRIES];
};

/* Seconds until a try is let in; 0: now. */
unsigned throttle_wait(const struct throttle *throttle, const char *key, int64_t now);

/* A try is let in. It counts as wrong until it is known to be right, so that many at a time are no way round. Each beyond
 * THROTTLE_FREE doubles the wait, up to `most` seconds. */
void throttle_charge(struct throttle *throttle, const char *key, unsigned most, int64_t now);

/* A try turned out to be wrong: the wait counts from now. */
void throttle_settle(struct throttle *throttle, const char *key, int64_t now);

/* The last try was right: it does not count (an address), or all is forgotten (a name). */
void throttle_refund(struct throttle *throttle, const char *key);
void throttle_forget(struct throttle *throttle, const char *key);

/* The key of an address as inet_ntop writes it: of IPv6 the network, whose addresses one machine can change at will. */
void throttle_address(const char *address, char out[THROTTLE_KEY_SIZE]);

#endif
