/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a child gives up before it meets a file: a decoder that a hostile file has taken over can then use memory, read
 * what it was handed and answer its parent, and nothing else. */
#ifndef IRSORT_WORKER_SANDBOX_H
#define IRSORT_WORKER_SANDBOX_H

#include <stdbool.h>

/* One protection each; they overlap, so that one that the kernel lacks leaves the others. */
enum protection {
    PROTECTION_DESCRIPTORS,  /* nothing is open but its socket, its file and, as standard streams, /dev/null */
    PROTECTION_LIMITS,       /* of memory, and no file written, no process started, no core file */
    PROTECTION_UNTRACEABLE,  /* no other process of this user may look into its memory */
    PROTECTION_CAPABILITIES, /* started as root, it is root no more */
    PROTECTION_NO_NEW_PRIVILEGES,
    PROTECTION_LANDLOCK, /* no file, and no network where the kernel's Landlock knows networks */
    PROTECTION_SECCOMP,  /* the system calls of sandbox.c and no other */
    PROTECTION_COUNT,
};

#define PROTECTION_ALL ((1u << PROTECTION_COUNT) - 1)

/* The protection's name on the wire and for people: "landlock". Static text. */
const char *sandbox_protection_name(enum protection protection);

/* Gives up all that a reader of the one file behind `file` does not need, its socket aside (0 < socket < file). To be
 * called once all is loaded, by a process of one thread. Returns the protections that hold now, a bit each
 * (1u << PROTECTION_…): what the kernel lacks is missing from it. */
unsigned sandbox_enter(int socket, int file);

/* The protections that sandbox_enter would find here, tried out in a process of its own. 0 if there can be none. */
unsigned sandbox_probe(void);

#endif
