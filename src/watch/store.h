/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A watched folder on the disk: its private part, its result folders, and what may lie in them. Inside watch/. */
#ifndef IRSORT_WATCH_STORE_H
#define IRSORT_WATCH_STORE_H

#include <limits.h>

#include "base/error.h"
#include "docket/docket.h"
#include "watch/journal.h"
#include "watch/known.h"

#define STORE_OWN_NAME ".irsort" /* the private part */

/* One of the result folders. */
struct results {
    int folder;
    int stage;    /* where new folders are put together, on the same file system, so that they come in whole */
    bool foreign; /* another file system than the inbox's: `stage` is its own */
    char month[8]; /* "2026-03": the last one whose folder is surely on the disk */
};

struct store {
    const struct outside *outside;
    struct docket *docket;   /* borrowed */
    struct patience patience;
    char path[PATH_MAX];     /* of the watched folder, without links */
    bool lasting_inodes;
    mode_t mode;             /* of new result folders: as the watched folder's, but never for others to write */
    int inbox;
    int own;                 /* .irsort */
    int lock;
    int spool;               /* copies of what is being read */
    int journal;
    int leaving;             /* originals whose copy is filed, for the moment until they are gone */
    struct results results[PLACE_COUNT];
    struct known known;
    uint64_t next_key;
    bool untidy;             /* something that is of no use any more could not be removed */
};

enum { STORE_PATH_SIZE = PATH_MAX + INTENT_FOLDER_SIZE + 16 };

/* May a folder be watched there? Not /, and not inside one that is watched: what that one files would be taken again.
 * `path` is without links (realpath). -1 with ERROR_USAGE and the mend. */
int store_check_place(const char *path, struct error *error);

/* Opens the folder, makes what irsort needs in it, and keeps every other irsort out. `make` is false where it was watched
 * already and has come back: then its private part must be there. Errors: ERROR_USAGE if another irsort is at work on it
 * or it may not be watched there, ERROR_SETUP for what a person must mend. */
int store_open(struct store *store, const struct outside *outside, const struct patience *patience, const char *path,
               bool make, struct error *error);
void store_close(struct store *store);

/* Is the folder at that path still the one that is open, with its private part and its result folders? */
bool store_is_there(const struct store *store);

/* Where a result is, as a person finds it. Into `out`; returns it. */
const char *store_path_of(const struct store *store, const struct intent *intent, char out[STORE_PATH_SIZE]);

/* A result folder of that content that is whole: 1 with its place and folder in `out`, 0 if there is none, -1 with errno. */
int store_find(const struct store *store, const char *sha256, struct intent *out);

/* Does the intent's folder hold a file of that content? 1, 0, or -1 with errno. */
int store_holds(const struct store *store, const struct intent *intent);

#endif
