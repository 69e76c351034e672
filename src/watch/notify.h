/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What irsort tells the service manager: one datagram to the socket that $NOTIFY_SOCKET names, as sd_notify(3) describes
 * it. That protocol is promised to stay; libsystemd would bring four more libraries for these lines. */
#ifndef IRSORT_WATCH_NOTIFY_H
#define IRSORT_WATCH_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

struct notify {
    int socket;          /* -1 where nobody wants to hear */
    int64_t watchdog_ms; /* how often "WATCHDOG=1" is to be said at the least; 0: never */
};

void notify_open(struct notify *notify);
void notify_close(struct notify *notify);

/* Lines of NAME=VALUE. What cannot be said is not. */
void notify_say(const struct notify *notify, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Does standard error go to the journal? Then lines begin with their level. */
bool notify_in_journal(void);

#endif
