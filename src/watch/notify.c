/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "watch/notify.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { MESSAGE_MAX = 1024 };

static int connect_to(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    int descriptor;

    if ((name[0] != '/' && name[0] != '@') || length >= sizeof address.sun_path)
        return -1;
    memcpy(address.sun_path, name, length);
    if (name[0] == '@') /* a name outside of any file system */
        address.sun_path[0] = '\0';
    descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor >= 0 && connect(descriptor, (const struct sockaddr *)&address,
                                   (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) < 0) {
        close(descriptor);
        return -1;
    }
    return descriptor;
}

/* Twice in the time that the manager allows; 0 if it does not watch this process. */
static int64_t find_watchdog(void)
{
    const char *time = getenv("WATCHDOG_USEC");
    const char *process = getenv("WATCHDOG_PID");

    if (time == NULL || (process != NULL && strtol(process, NULL, 10) != (long)getpid()))
        return 0;
    int64_t us = strtoll(time, NULL, 10);
    return us > 0 ? us / 2000 + 1 : 0;
}

void notify_open(struct notify *notify)
{
    const char *name = getenv("NOTIFY_SOCKET");

    *notify = (struct notify){.socket = name != NULL ? connect_to(name) : -1};
    if (notify->socket >= 0)
        notify->watchdog_ms = find_watchdog();
}

void notify_close(struct notify *notify)
{
    if (notify->socket >= 0)
        close(notify->socket);
    notify->socket = -1;
}

void notify_say(const struct notify *notify, const char *format, ...)
{
    char message[MESSAGE_MAX];
    va_list args;

    if (notify->socket < 0)
        return;
    va_start(args, format);
    int length = vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (length > 0 && length < (int)sizeof message)
        send(notify->socket, message, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT);
}

bool notify_in_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    struct stat status;
    unsigned long long device;
    unsigned long long inode;

    return stream != NULL && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
           fstat(STDERR_FILENO, &status) == 0 && status.st_dev == device && status.st_ino == inode;
}
