/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Where a desk listens, and the certificate that it shows. */
#ifndef IRSORT_DESK_LISTEN_H
#define IRSORT_DESK_LISTEN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include <netinet/in.h>

#include "base/error.h"

struct listen_address {
    union {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    } socket;
    bool loopback;               /* only this machine reaches it */
    unsigned port;               /* 0: none was said */
    char text[INET6_ADDRSTRLEN]; /* the address alone, as a browser writes it; "" where each of loopback's names will do */
};

/* "192.0.2.7", "192.0.2.7:8433", "[2001:db8::7]:8433", "2001:db8::7"; NULL is loopback. ERROR_USAGE where it is no one
 * address. */
int listen_parse(struct listen_address *out, const char *text, struct error *error);

void listen_set_port(struct listen_address *address, unsigned port);

/* A certificate (with what leads from it to its authority) and its key, as PEM. */
struct listen_tls {
    char *certificate; /* NULL: none */
    char *key;
    int64_t ends; /* the certificate's last second, since 1970 */
};

enum {
    LISTEN_ENDS_SOON_S = 30 * 24 * 3600, /* time to get another one */
};

/* Reads both and sees whether they fit together. ERROR_SETUP with the mend: also where others can read the key. */
int listen_load_tls(struct listen_tls *out, const char *certificate, const char *key, struct error *error);
void listen_dispose_tls(struct listen_tls *tls);

#endif
