/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Where the desk keeps what was uploaded, and the pictures of pages: "<docket>.scans/", for its owner only. A scan
 * lies in waiting/ until its letters are on the docket, so that none is lost when the power fails; then in a
 * directory named by its hash. No name that came from outside is ever part of a path.
 *
 * Errors: ERROR_SETUP (the disk), ERROR_OUT_OF_MEMORY, and those named below. */
#ifndef IRSORT_DESK_SCANS_H
#define IRSORT_DESK_SCANS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include <nettle/sha2.h>

#include "base/error.h"
#include "desk/edge.h"
#include "docket/docket.h"
#include "letter/letter.h"

enum {
    SCANS_HASH_SIZE = 2 * SHA256_DIGEST_SIZE + 1, /* in hex, with NUL */
    SCANS_WAITING_MAX = 500,                      /* uploads that wait to be read: a morning's pile */
};

struct scans;

int scans_open(struct scans **out, const char *docket_file, struct error *error);
void scans_close(struct scans *scans);

/* ---- an upload, while it comes ---- */

struct scans_upload {
    struct scans *scans;
    int descriptor; /* -1: none is open */
    char name[40];  /* in waiting/, until it is whole */
    size_t size;
    struct sha256_ctx hash;
};

int scans_begin(struct scans *scans, struct scans_upload *upload, struct error *error);

/* ERROR_TOO_LARGE as soon as it is larger than any file may be. */
int scans_add(struct scans_upload *upload, const void *bytes, size_t length, struct error *error);

/* It went wrong, or is not wanted: nothing of it stays. */
void scans_drop(struct scans_upload *upload);

/* What is known of a scan that waits. */
struct scans_slip {
    char hash[SCANS_HASH_SIZE];
    char file[EDGE_NAME_SIZE];      /* as it was named */
    char ref[DOCKET_NAME_MAX + 1];  /* "" if not given */
    char who[DOCKET_NAME_MAX + 1];  /* who brought it */
};

/* All of it came: it is on the disk and in waiting/ when this returns, and `slip->hash` is set. ERROR_EMPTY. Whatever
 * happens, the upload is over. */
int scans_finish(struct scans_upload *upload, struct scans_slip *slip, struct error *error);

/* ---- scans that wait ---- */

/* Calls back for each, for those that an earlier desk left. The slip is the callback's to copy. */
int scans_each_waiting(struct scans *scans, int (*each)(void *context, const struct scans_slip *slip), void *context,
                       struct error *error);

int scans_open_waiting(struct scans *scans, const char *hash, int *out, struct error *error);

/* Its letters are on the docket: it moves to where it stays. */
int scans_keep(struct scans *scans, const char *hash, struct error *error);

/* It cannot be read and is of no use. */
void scans_discard(struct scans *scans, const char *hash);

/* The directory in which a scan stays, for the docket. */
void scans_place(const struct scans *scans, const char *hash, char out[PATH_MAX]);

/* ---- scans and pages that stay ---- */

/* Opens the scan with that hash: of the desk's own, or in the directory where the docket says that it was filed (NULL:
 * nowhere). What lies there must have that hash. ERROR_NOT_FOUND. */
int scans_open_kept(struct scans *scans, const char *hash, const char *filed, int *out, struct error *error);

/* Keeps pictures of pages, PNG each: the size of a screen, and with all dots where there is one. */
int scans_put_pages(struct scans *scans, const char *hash, const struct letter *letter, struct error *error);

/* A page's picture; -1 if it was not kept. */
int scans_open_page(struct scans *scans, const char *hash, unsigned page, bool full);

#endif
