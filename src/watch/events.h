/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How irsort hears of new files: by events of the kernel, or by looking again and again where those do not come. */
#ifndef IRSORT_WATCH_EVENTS_H
#define IRSORT_WATCH_EVENTS_H

#include <stdbool.h>
#include <stddef.h>

/* Why events are relied on or not. */
enum hearing {
    HEARING_EVENTS,  /* a local file system, and a file made for a try was heard of */
    HEARING_FOREIGN, /* other machines or programs may change it without this kernel's knowing: NFS, SMB, FUSE … */
    HEARING_DEAF,    /* no event came of a file made for a try, or none can be asked for */
};

struct events {
    int descriptor; /* to wait on; -1 where there are none */
    enum hearing hearing;
};

/* Begins to listen and tries it: makes a dot file in the folder and removes it. Takes up to EVENTS_TRY_MS. */
enum { EVENTS_TRY_MS = 1000 };
void events_open(struct events *events, int folder, const char *path);
void events_close(struct events *events);

/* Takes what came. `each` gets the names of files that came or changed. True if more may have happened than was told:
 * then the folder is to be looked through. */
bool events_read(struct events *events, void (*each)(void *context, const char *name), void *context);

/* "local", or what the file system is called: "nfs", "smb", "fuse" …; static text. */
const char *events_file_system(int folder, bool *local);

#endif
