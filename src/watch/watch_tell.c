/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "watch/inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "watch/name.h"

enum {
    PAUSE_FIRST_MS = 5 * MS, /* after what stops everything; each time twice as long */
    PAUSE_MOST_MS = 300 * MS,
};

void watch_tell(struct watch *watch, enum watch_level level, const char *format, ...)
{
    char line[LINE_MAX_BYTES];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    watch->call.tell(watch->call.context, level, line);
}

void watch_tell_of(struct watch *watch, enum watch_level level, const char *name, const char *what)
{
    struct buffer shown;

    buffer_init(&shown, LINE_MAX_BYTES / 2);
    name_show(&shown, name);
    watch_tell(watch, level, "%s: %s", shown.data != NULL ? shown.data : "", what);
    buffer_dispose(&shown);
}

/* The same trouble is told once, until it is over. */
void watch_tell_trouble(struct watch *watch, const char *what)
{
    if (strcmp(watch->trouble, what) == 0)
        return;
    snprintf(watch->trouble, sizeof watch->trouble, "%.*s", (int)sizeof watch->trouble - 1, what);
    watch_tell(watch, WATCH_ERROR, "%s", what);
}

void watch_end_trouble(struct watch *watch)
{
    watch->paused_until = 0;
    watch->pause_ms = 0;
    if (watch->trouble[0] == '\0')
        return;
    watch->trouble[0] = '\0';
    watch_tell(watch, WATCH_NOTICE, "it goes on");
}

/* Nothing is taken for a while. */
void watch_make_pause(struct watch *watch, const struct error *error)
{
    watch->pause_ms = watch->pause_ms == 0                  ? PAUSE_FIRST_MS
                      : watch->pause_ms * 2 < PAUSE_MOST_MS ? watch->pause_ms * 2
                                                            : PAUSE_MOST_MS;
    watch->paused_until = watch->outside->now_ms() + watch->pause_ms;
    watch->next_rescan = 0; /* is the folder still there? */
    watch_tell_trouble(watch, error->message);
}
