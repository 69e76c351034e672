/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Requests and connections, as libmicrohttpd hands them over. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <netinet/in.h>

#include "desk/inside.h"

enum {
    MEMORY_MAX = 48 << 10, /* bytes that libmicrohttpd gives a connection: its head must fit, and a piece of the body */
    SECOND = 1000,
};

/* One connection, for its time. */
struct connection {
    int socket;
    int64_t since; /* it was opened, or its last answer was over */
    bool busy;     /* a request's head is in */
    bool body;     /* and its body is still coming */
    struct connection *next, **link;
};

int64_t serve_clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now); /* a lid that was closed over night counts as rest */
    return (int64_t)now.tv_sec * SECOND + now.tv_nsec / 1000000;
}

/* ---- requests ---- */

static void choose_language(struct request *request)
{
    const char *name = request_argument(request, "lang");

    if (name == NULL || words_language(name, &request->language) < 0)
        request->language = request->desk->call.settings->language;
}

static struct connection *connection_of(const struct request *request)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info != NULL ? info->socket_context : NULL;
}

static void take_body(struct request *request, const char *bytes, size_t size)
{
    if (request->refused)
        return;
    if (request->uploading) {
        if (scans_add(&request->upload, bytes, size, &request->upload_error) < 0) {
            scans_drop(&request->upload);
            request->uploading = false;
        }
    } else {
        buffer_add(&request->body, bytes, size);
    }
}

/* The answer, and a line of it in the audit log. Of looks at a letter the first of a session is noted: an open page looks
 * again and again. */
static enum MHD_Result answer_route(struct request *request)
{
    const struct route *route = request->route;
    char who[DOCKET_NAME_MAX + 1] = "";
    bool noted = route->act != AUDIT_NONE && request->session != NULL;

    if (noted) {
        snprintf(who, sizeof who, "%s", request->session->who); /* locking ends it */
        noted = route->act != AUDIT_LOOK || session_looks_first(request->session, request->numbers[0]);
    }
    enum MHD_Result result = route->answer(request);
    if (noted)
        audit_request(request, who, route->act, request->numbers[0],
                      request->status == MHD_HTTP_FORBIDDEN    ? AUDIT_REFUSED
                      : request->status < MHD_HTTP_BAD_REQUEST ? AUDIT_DONE
                                                               : AUDIT_FAILED);
    return result;
}

static enum MHD_Result finish_request(struct request *request)
{
    if (request->body.failed) {
        request->refused = true;
        return answer_refusal(request, MHD_HTTP_CONTENT_TOO_LARGE, "too-large");
    }
    if (request->upload_error.code != ERROR_NONE) {
        request->refused = true;
        return answer_error(request, &request->upload_error);
    }
    /* While a body came the session may have ended, and another one taken its place. */
    if (request->route->kind >= ROUTE_CHANGE) {
        request_find_session(request);
        if (request->session == NULL) {
            scans_drop(&request->upload);
            return gate_refuse(request, MHD_HTTP_UNAUTHORIZED, "locked");
        }
    }
    return answer_route(request);
}

static enum MHD_Result take_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                                    const char *version, const char *bytes, size_t *size, void **tag)
{
    struct request *request = *tag;
    struct connection *tracked;

    (void)version;
    if (request == NULL) {
        request = calloc(1, sizeof *request);
        if (request == NULL)
            return MHD_NO;
        *tag = request;
        request->desk = context;
        request->connection = connection;
        request->upload.descriptor = -1;
        buffer_init(&request->body, BODY_MAX);
        choose_language(request);
        tracked = connection_of(request);
        if (tracked != NULL) {
            tracked->busy = tracked->body = true;
            tracked->since = serve_clock_ms();
        }
        return gate_pass(request, url, method);
    }
    if (*size > 0) {
        take_body(request, bytes, *size);
        *size = 0;
        return MHD_YES;
    }
    tracked = connection_of(request);
    if (tracked != NULL)
        tracked->body = false;
    return request->refused ? MHD_YES : finish_request(request);
}

static void end_request(void *context, struct MHD_Connection *connection, void **tag, enum MHD_RequestTerminationCode why)
{
    struct request *request = *tag;

    (void)context;
    (void)connection;
    (void)why;
    if (request == NULL)
        return;
    struct connection *tracked = connection_of(request);
    if (tracked != NULL) {
        tracked->busy = tracked->body = false;
        tracked->since = serve_clock_ms();
    }
    scans_drop(&request->upload);
    attempt_free(request->attempt);
    buffer_dispose(&request->body);
    free(request);
    *tag = NULL;
}

/* A NUL would end a path or a value before its end: such a one stays as it came, and then fits nothing. */
static size_t unescape(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strstr(text, "%00") != NULL ? strlen(text) : MHD_http_unescape(text);
}

/* ---- connections ---- */

static void track_connection(void *context, struct MHD_Connection *mhd, void **tag, enum MHD_ConnectionNotificationCode what)
{
    struct desk *desk = context;
    struct connection *connection = *tag;
    const union MHD_ConnectionInfo *info;

    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
        connection = info != NULL ? calloc(1, sizeof *connection) : NULL;
        if (connection == NULL)
            return;
        *connection = (struct connection){.socket = info->connect_fd, .since = serve_clock_ms(), .next = desk->connections,
                                          .link = &desk->connections};
        if (connection->next != NULL)
            connection->next->link = &connection->next;
        desk->connections = connection;
        *tag = connection;
    } else if (connection != NULL) {
        *connection->link = connection->next;
        if (connection->next != NULL)
            connection->next->link = connection->link;
        free(connection);
        *tag = NULL;
    }
}

/* Who sends a byte now and then keeps a connection alive for libmicrohttpd, but not for ever. */
void serve_sweep(struct desk *desk)
{
    int64_t now = serve_clock_ms();
    int64_t header_ms = (int64_t)(desk->call.header_s != 0 ? desk->call.header_s : DESK_HEADER_S) * SECOND;

    for (struct connection *connection = desk->connections; connection != NULL; connection = connection->next) {
        int64_t limit = connection->body ? (int64_t)DESK_BODY_S * SECOND : header_ms;
        if ((!connection->busy || connection->body) && now - connection->since > limit)
            shutdown(connection->socket, SHUT_RDWR);
    }
}

/* ---- the server ---- */

int serve_open(struct desk *desk, struct error *error)
{
    unsigned port = desk->address.port != 0 ? desk->address.port : desk->call.port;
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (desk->names.tls ? MHD_USE_TLS : 0) |
                     (desk->address.socket.any.sa_family == AF_INET6 ? MHD_USE_IPv6 : 0);
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, desk->tls.certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, desk->tls.key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)"SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
        {MHD_OPTION_END, 0, NULL},
    };
    const union MHD_DaemonInfo *info;

    listen_set_port(&desk->address, port);
    desk->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, take_request, desk, MHD_OPTION_SOCK_ADDR, &desk->address.socket.any,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)DESK_CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)DESK_STALL_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_MAX, MHD_OPTION_NOTIFY_COMPLETED,
        end_request, desk, MHD_OPTION_NOTIFY_CONNECTION, track_connection, desk,
        MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_ARRAY,
        desk->names.tls ? tls : &tls[3], MHD_OPTION_END);
    if (desk->daemon == NULL && errno == EADDRNOTAVAIL)
        return error_set(error, ERROR_SETUP, "%s is no address of this machine; `ip address` tells which it has",
                         desk->address.text);
    if (desk->daemon == NULL)
        return error_set(error, ERROR_SETUP,
                         "port %u of this machine cannot be had: %s; perhaps a desk is open already; or give another "
                         "with --port",
                         port, strerror(errno));
    info = MHD_get_daemon_info(desk->daemon, MHD_DAEMON_INFO_BIND_PORT);
    desk->names.port = info != NULL ? info->port : port;
    info = MHD_get_daemon_info(desk->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    if (info == NULL)
        return error_set(error, ERROR_SETUP, "libmicrohttpd has no epoll here");
    desk->epoll = info->listen_fd;
    return 0;
}
