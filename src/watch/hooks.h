/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The programs that the settings name for letters that were filed. Each letter is told at most once, after it is filed
 * for good; nothing that such a program does or leaves undone can hold up filing. docs/watch.md says what it is
 * promised. */
#ifndef IRSORT_WATCH_HOOKS_H
#define IRSORT_WATCH_HOOKS_H

#include <poll.h>

#include "settings/settings.h"
#include "watch/watch.h"

struct hooks;

/* All is borrowed. */
struct hooks_call {
    struct settings_hook programs[HOOK_COUNT];
    const char *settings_file; /* that names them; NULL if there is none */
    unsigned limit_s;          /* a program that takes longer is ended */
    int64_t (*now_ms)(void);
    watch_tell_fn *tell;
    void *context; /* of `tell` */
};

enum {
    HOOKS_RUNNING_MAX = 2,          /* at a time: they must not take the processors from reading */
    HOOKS_WAITING_MAX = 256,        /* letters: each holds a descriptor */
    HOOKS_WAITING_BYTES = 16 << 20, /* of their records together */
};

/* Tells of a program that is not to be trusted or not there; letters are filed all the same. */
int hooks_new(struct hooks **out, const struct hooks_call *call, struct error *error);

/* Ends what runs, within HOOKS_END_MS, and forgets what waits. */
enum { HOOKS_END_MS = 2000 };
void hooks_free(struct hooks *hooks);

/* A letter was filed: its record, and the folder that it lies in. */
void hooks_add(struct hooks *hooks, enum hook hook, const char *folder, const void *record, size_t length);

/* Starts what waits and reaps what ended. Hands out what to wait for until the next call, at most HOOKS_RUNNING_MAX
 * entries, and shortens the time. Returns the number of entries. */
size_t hooks_turn(struct hooks *hooks, struct pollfd *polled, int *timeout_ms);

/* Does nothing wait or run? */
bool hooks_idle(const struct hooks *hooks);

#endif
