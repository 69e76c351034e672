/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A desk is opened, tended and closed. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <netinet/in.h>

#include "desk/inside.h"

enum { SWEEP_MS = 500 };

int64_t desk_now(const struct desk *desk)
{
    return desk->call.now_ms != NULL ? desk->call.now_ms() : serve_clock_ms();
}

date desk_today(void *context)
{
    const struct desk *desk = context;

    return desk->call.as_of != DATE_NONE ? desk->call.as_of : date_today();
}

static void tell_item(void *context, const struct pile_item *item)
{
    struct desk *desk = context;

    if (item->only_pages)
        events_tell(desk, "pages", json_pack("{s:s, s:b}", "sha256", item->slip.hash, "there", item->state == PILE_DONE));
    else
        events_tell(desk, "item", item_json(item));
}

/* Beyond loopback others can listen to what goes over the wire, and call. */
static int check_exposure(const struct desk *desk, struct error *error)
{
    const char *address = desk->address.text;

    if (desk->address.loopback)
        return 0;
    if (desk->tls.certificate == NULL)
        return error_set(error, ERROR_SETUP,
                         "%s can be reached from other machines, and without TLS all that goes there can be read on the way; "
                         "give a certificate and its key with --tls CERT KEY, or leave --listen away",
                         address);
    if (desk->door == NULL)
        return error_set(error, ERROR_SETUP,
                         "%s can be reached from other machines, and the desk has no users yet; add the first with `irsort "
                         "desk --user NAME --role reviewer`, or leave --listen away",
                         address);
    return 0;
}

static int prepare(struct desk *desk, struct error *error)
{
    const struct desk_call *call = &desk->call;
    char audit[PATH_MAX];

    if ((size_t)snprintf(audit, sizeof audit, "%s.audit", call->docket_file) >= sizeof audit)
        return error_set(error, ERROR_SETUP, "the name of the docket is too long");
    if (listen_parse(&desk->address, call->listen, error) < 0 ||
        (call->certificate != NULL && listen_load_tls(&desk->tls, call->certificate, call->key, error) < 0) ||
        door_open(&desk->door, call->users_file, audit, error) < 0 || check_exposure(desk, error) < 0)
        return -1;
    desk->names = (struct edge_names){.tls = desk->tls.certificate != NULL,
                                      .address = desk->address.text[0] != '\0' ? desk->address.text : NULL,
                                      .others = call->settings->desk.names,
                                      .others_count = call->settings->desk.names_count};
    if (desk->names.tls && desk->tls.ends < (int64_t)time(NULL))
        call->tell(call->context, "the certificate is past its last day; browsers will warn of it");
    return 0;
}

int desk_new_link(struct desk *desk, struct error *error)
{
    const char *scheme = desk->names.tls ? "https" : "http";
    const char *host = desk->address.text[0] != '\0' ? desk->address.text
                       : desk->address.socket.any.sa_family == AF_INET6 ? "::1"
                                                                        : "127.0.0.1";
    bool bracketed = strchr(host, ':') != NULL;
    char secret[EDGE_SECRET_TEXT] = "";
    char url[EDGE_SECRET_TEXT + EDGE_AUTHORITY_SIZE];

    if (desk->door == NULL && sessions_new_link(&desk->sessions, secret, error) < 0)
        return -1;
    snprintf(url, sizeof url, "%s://%s%s%s:%u/%s%s", scheme, bracketed ? "[" : "", host, bracketed ? "]" : "",
             desk->names.port, desk->door == NULL ? "enter?key=" : "", secret);
    desk->call.tell_link(desk->call.context, url, desk->door == NULL);
    explicit_bzero(secret, sizeof secret);
    explicit_bzero(url, sizeof url);
    return 0;
}

int desk_open(struct desk **out, const struct desk_call *call, struct error *error)
{
    struct desk *desk = calloc(1, sizeof *desk);
    const struct agenda *agenda;

    if (desk == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    desk->call = *call;
    sessions_init(&desk->sessions, call->settings->desk.lock);
    if (prepare(desk, error) < 0)
        goto failed;
    if (docket_version(call->docket, &desk->told_version, error) < 0 ||
        desk_list(desk, &agenda, error) < 0 || /* so that the first page need not wait for it */
        scans_open(&desk->scans, call->docket_file, error) < 0)
        goto failed;
    const struct pile_call pile = {.scans = desk->scans, .docket = call->docket, .pool = call->pool,
                                       .today = desk_today, .tell = tell_item, .context = desk};
    if (pile_open(&desk->pile, &pile, error) < 0 || serve_open(desk, error) < 0 || desk_new_link(desk, error) < 0)
        goto failed;
    *out = desk;
    return 0;

failed:
    desk_close(desk);
    return -1;
}

void desk_close(struct desk *desk)
{
    if (desk == NULL)
        return;
    if (desk->daemon != NULL) {
        login_end(desk);
        events_tend(desk, true);
        MHD_stop_daemon(desk->daemon);
    }
    pile_close(desk->pile);
    scans_close(desk->scans);
    if (desk->has_agenda)
        agenda_dispose(&desk->agenda);
    for (size_t i = 0; i < SESSIONS_MAX; i++)
        session_end(&desk->sessions.list[i]);
    explicit_bzero(desk->sessions.link, sizeof desk->sessions.link);
    door_close(desk->door);
    listen_dispose_tls(&desk->tls);
    free(desk);
}

unsigned desk_port(const struct desk *desk)
{
    return desk->names.port;
}

/* ---- the loop ---- */

/* What another program put on the docket, the watched folder for one, shows at once. */
static int tell_changes(struct desk *desk, struct error *error)
{
    uint64_t version;

    if (docket_version(desk->call.docket, &version, error) < 0)
        return -1;
    if (version != desk->told_version)
        events_tell(desk, "docket", json_object());
    desk->told_version = version;
    return 0;
}

static int tend(struct desk *desk, struct error *error)
{
    int64_t now = desk_now(desk);

    if (now - desk->swept_ms < SWEEP_MS)
        return 0;
    desk->swept_ms = now;
    serve_sweep(desk);
    gate_look_at_users(desk);
    if (sessions_expire(&desk->sessions, now) > 0 && desk->door == NULL && !desk->sessions.link_open &&
        desk_new_link(desk, error) < 0)
        return -1;
    events_tend(desk, false);
    return tell_changes(desk, error);
}

int desk_turn(struct desk *desk, struct pollfd *polled, size_t *count, int *timeout_ms, struct error *error)
{
    MHD_UNSIGNED_LONG_LONG wait;
    int reading_ms;

    login_turn(desk);
    if (MHD_run(desk->daemon) != MHD_YES)
        return error_set(error, ERROR_SETUP, "the server of the desk's page failed");
    if (pile_turn(desk->pile, error) < 0 || tend(desk, error) < 0)
        return -1;
    MHD_run(desk->daemon); /* what was told meanwhile goes out */
    *count = worker_pool_polled(desk->call.pool, polled, &reading_ms);
    polled[(*count)++] = (struct pollfd){.fd = desk->epoll, .events = POLLIN};
    if (desk->door != NULL)
        polled[(*count)++] = (struct pollfd){.fd = checker_descriptor(desk->door->checker), .events = POLLIN};
    *timeout_ms = SWEEP_MS;
    if (reading_ms >= 0 && reading_ms < *timeout_ms)
        *timeout_ms = reading_ms;
    if (MHD_get_timeout(desk->daemon, &wait) == MHD_YES && wait < (unsigned)*timeout_ms)
        *timeout_ms = (int)wait;
    return 0;
}
