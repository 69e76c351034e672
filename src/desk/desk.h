/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The intake desk: a page on this machine, or on a clinic's network, for the person at the front desk. docs/desk.md tells what
 * it is and what it keeps out. One thread does all: it answers, reads, and files; a second one only compares passwords. */
#ifndef IRSORT_DESK_DESK_H
#define IRSORT_DESK_DESK_H

#include <poll.h>

#include "catalogue/catalogue.h"
#include "docket/docket.h"
#include "settings/settings.h"
#include "worker/worker.h"

enum {
    DESK_CONNECTIONS_MAX = 400, /* at a time: twice what a clinic's browsers and a rude program open */
    DESK_HEADER_S = 10,         /* for a whole request's head, from the connection's start or its last answer */
    DESK_STALL_S = 20,          /* without a byte while a body comes or an answer goes */
    DESK_BODY_S = 15 * 60,      /* for a whole upload: the largest file over a slow wireless network */
    DESK_POLLED_MAX = WORKER_POLLED_MAX + 2,
};

struct desk;

/* Everything is borrowed but `settings`' texts, which must last as long. */
struct desk_call {
    const struct settings *settings;
    const char *listen;       /* address, perhaps with a port (listen.h); NULL: loopback */
    unsigned port;            /* where `listen` has none; 0: any that is free */
    const char *certificate;  /* files of PEM; NULL: without TLS */
    const char *key;
    const char *users_file;   /* where there is one with a user in it, all must log in, and the audit log lies beside the docket */
    const char *docket_file;  /* the scans lie beside it */
    struct docket *docket;
    const struct catalogue *catalogue;
    struct worker_pool *pool;
    date as_of;               /* DATE_NONE: the day it is */
    const char *who;          /* who uses it, until somebody says another name; not looked at where there are users */
    int64_t (*now_ms)(void);  /* NULL: the machine's clock, that goes on while it sleeps */
    unsigned header_s;        /* 0: DESK_HEADER_S */
    /* A line for the person who started it: a new login link, or what went wrong. */
    void (*tell)(void *context, const char *line);
    /* The address: a link that works `once`, or the desk's own where there are users. */
    void (*tell_link)(void *context, const char *url, bool once);
    void *context;
};

/* Listens, and tells the address. ERROR_SETUP where the port is taken, a certificate will not do, or others could reach a desk
 * that has no certificate or no user; ERROR_USAGE where `listen` is no address. */
int desk_open(struct desk **out, const struct desk_call *call, struct error *error);
void desk_close(struct desk *desk);

/* One turn: answers what has come, and hands out what to wait for: at most DESK_POLLED_MAX entries and a time. -1 if it
 * cannot go on. */
int desk_turn(struct desk *desk, struct pollfd *polled, size_t *count, int *timeout_ms, struct error *error);

/* The port that it listens at. */
unsigned desk_port(const struct desk *desk);

/* A new login link, which the last one ends with; where there are users only the address again. */
int desk_new_link(struct desk *desk, struct error *error);

#endif
