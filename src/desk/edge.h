/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What comes over HTTP, judged and taken apart: nothing of it is trusted, and none of these can fail but by saying no.
 * docs/desk.md tells what each keeps out. */
#ifndef IRSORT_DESK_EDGE_H
#define IRSORT_DESK_EDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    EDGE_SECRET_SIZE = 32,                        /* bytes of a login link, a session and a token against forged requests */
    EDGE_SECRET_TEXT = 2 * EDGE_SECRET_SIZE + 1,  /* in hex, with NUL */
    EDGE_NAME_SIZE = 160,                         /* bytes of an uploaded file's name as it is kept, with NUL */
    EDGE_AUTHORITY_SIZE = 300,                    /* a host's name has 253 at the most, and a port follows */
};

/* How a browser must call this desk. */
struct edge_names {
    bool tls;
    unsigned port;
    const char *address; /* that it listens at; NULL where each of loopback's names will do */
    char *const *others; /* names that the clinic gave that address; not looked at where `address` is NULL */
    size_t others_count;
};

/* Whether a Host header (NULL: none came) names this desk: against names of others that resolve to this machine. */
bool edge_host_is_ours(const char *host, const struct edge_names *names);

/* Whether an Origin header names it. */
bool edge_origin_is_ours(const char *origin, const struct edge_names *names);

/* Whether what Sec-Fetch-Site says of a request (NULL: an old browser, or none) lets it pass. A navigation may come from
 * anywhere by hand ("none"). */
bool edge_site_is_ours(const char *site);

/* The value of the cookie into `out`. False if it is not there, is too long, or is there twice: one of them was then
 * planted. */
bool edge_cookie(const char *header, const char *name, char *out, size_t size);

/* The value of the one field of that name in an HTML form's bytes (application/x-www-form-urlencoded) into `out`. False if it
 * is not there, is there twice, is too long, or holds a NUL or an escape that is none. */
bool edge_form(const char *bytes, size_t length, const char *name, char *out, size_t size);

/* Exactly 64 hex digits in lower case. */
bool edge_secret_parse(const char *text, uint8_t out[EDGE_SECRET_SIZE]);
void edge_secret_format(const uint8_t secret[EDGE_SECRET_SIZE], char out[EDGE_SECRET_TEXT]);

/* In the same time wherever they differ. */
bool edge_secret_is(const uint8_t left[EDGE_SECRET_SIZE], const uint8_t right[EDGE_SECRET_SIZE]);

/* An uploaded file's name as it can be shown and stored: what follows the last slash or backslash, well-formed, without
 * controls and direction marks, taxpayer numbers masked; "scan" where nothing is left. Never used to open a file. */
void edge_file_name(const char *raw, char out[EDGE_NAME_SIZE]);

/* Digits only, 1 to INT64_MAX. */
bool edge_number(const char *text, int64_t *out);

/* A path such as "/api/letter/12/page/3" against a pattern in which # is a number: "/api/letter/#/page/#". The numbers go
 * into `numbers` (as many as the pattern has). A * at its end is a name of small letters, digits, dots and hyphens. */
bool edge_path_is(const char *path, const char *pattern, int64_t *numbers);

#endif
