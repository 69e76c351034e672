/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The door: who may come in with what, and the loop. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <netinet/in.h>

#include "base/limits.h"
#include "desk/inside.h"

enum {
    MEMORY_MAX = 48 << 10, /* bytes that libmicrohttpd gives a connection: its head must fit, and a piece of the body */
    SWEEP_MS = 500,
    COOKIE_SIZE = 160,
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

/* ---- small things ---- */

static int64_t machine_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now); /* a lid that was closed over night counts as rest */
    return (int64_t)now.tv_sec * SECOND + now.tv_nsec / 1000000;
}

int64_t desk_now(const struct desk *desk)
{
    return desk->call.now_ms != NULL ? desk->call.now_ms() : machine_ms();
}

date desk_today(void *context)
{
    const struct desk *desk = context;

    return desk->call.as_of != DATE_NONE ? desk->call.as_of : date_today();
}

const char *request_argument(const struct request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
}

const char *request_header(const struct request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

const char *desk_cookie_name(const struct desk *desk)
{
    return desk->names.tls ? "__Host-irsort" : "irsort";
}

void desk_cookie(const struct desk *desk, const char *value, char out[COOKIE_SIZE])
{
    snprintf(out, COOKIE_SIZE, "%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s", desk_cookie_name(desk), value,
             desk->names.tls ? "; Secure" : "", value[0] == '\0' ? "; Max-Age=0" : "");
}

/* ---- answers ---- */

enum MHD_Result answer_send(struct request *request, unsigned status, struct MHD_Response *response)
{
    static const char *const headers[][2] = {
        /* Scripts, styles and pictures of this desk only; nothing is framed, nothing goes anywhere else. */
        {"Content-Security-Policy",
         "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
         "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Permissions-Policy", "camera=(), microphone=(), geolocation=(), display-capture=()"},
        {"Cache-Control", "no-store"},
    };
    enum MHD_Result result = MHD_NO;

    if (response == NULL)
        return MHD_NO;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        MHD_add_response_header(response, headers[i][0], headers[i][1]);
    if (request->desk->names.tls)
        MHD_add_response_header(response, "Strict-Transport-Security", "max-age=31536000");
    /* A browser says no Origin with a form of a page that forbids all of that. */
    MHD_add_response_header(response, "Referrer-Policy", request->desk->door != NULL ? "same-origin" : "no-referrer");
    request->status = status;
    result = MHD_queue_response(request->connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static struct MHD_Response *with_type(struct MHD_Response *response, const char *type)
{
    if (response != NULL)
        MHD_add_response_header(response, "Content-Type", type);
    return response;
}

enum MHD_Result answer_text(struct request *request, unsigned status, const char *type, const char *file,
                            struct buffer *text)
{
    char disposition[128];
    size_t length = text->length;
    char *bytes = buffer_take(text);
    struct MHD_Response *response;

    if (bytes == NULL)
        return MHD_NO;
    response = with_type(MHD_create_response_from_buffer(length, bytes, MHD_RESPMEM_MUST_FREE), type);
    if (response == NULL) {
        free(bytes);
        return MHD_NO;
    }
    if (file != NULL) {
        snprintf(disposition, sizeof disposition, "attachment; filename=\"%s\"", file);
        MHD_add_response_header(response, "Content-Disposition", disposition);
    }
    return answer_send(request, status, response);
}

enum MHD_Result answer_json(struct request *request, unsigned status, json_t *json)
{
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(REAL_DIGITS)) : NULL;
    struct MHD_Response *response;

    json_decref(json);
    if (text == NULL)
        return MHD_NO;
    response = MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE);
    if (response == NULL)
        free(text);
    return answer_send(request, status, with_type(response, "application/json"));
}

struct MHD_Response *asset_response(const char *name)
{
    struct asset asset;

    if (!asset_find(name, &asset))
        return NULL;
    return with_type(MHD_create_response_from_buffer(asset.size, (void *)asset.bytes, MHD_RESPMEM_PERSISTENT), asset.type);
}

enum MHD_Result answer_asset(struct request *request, const char *name, unsigned status)
{
    struct MHD_Response *response = asset_response(name);

    return response != NULL ? answer_send(request, status, response)
                            : answer_refusal(request, MHD_HTTP_NOT_FOUND, "not-found");
}

enum MHD_Result answer_file(struct request *request, const char *type, int descriptor)
{
    off_t size = lseek(descriptor, 0, SEEK_END);
    struct MHD_Response *response =
        size >= 0 ? MHD_create_response_from_fd_at_offset64((uint64_t)size, descriptor, 0) : NULL;

    if (response == NULL)
        close(descriptor);
    return answer_send(request, MHD_HTTP_OK, with_type(response, type));
}

enum MHD_Result answer_refusal(struct request *request, unsigned status, const char *code)
{
    return answer_json(request, status, json_pack("{s:{s:s}}", "error", "code", code));
}

enum MHD_Result answer_error(struct request *request, const struct error *error)
{
    unsigned status = MHD_HTTP_INTERNAL_SERVER_ERROR;

    if (error->code == ERROR_USAGE || error->code == ERROR_EMPTY)
        status = MHD_HTTP_UNPROCESSABLE_CONTENT;
    else if (error->code == ERROR_NOT_FOUND)
        status = MHD_HTTP_NOT_FOUND;
    else if (error->code == ERROR_TOO_LARGE)
        status = MHD_HTTP_CONTENT_TOO_LARGE;
    return answer_json(request, status,
                       json_pack("{s:{s:s, s:s}}", "error", "code", error_code_name(error->code), "message",
                                 error->message));
}

/* ---- the gate ---- */

static enum MHD_Result count_hosts(void *context, enum MHD_ValueKind kind, const char *key, const char *value)
{
    unsigned *count = context;

    (void)kind;
    (void)value;
    if (strcasecmp(key, MHD_HTTP_HEADER_HOST) == 0)
        ++*count;
    return MHD_YES;
}

static bool is_called_by_name(const struct request *request)
{
    unsigned hosts = 0;

    MHD_get_connection_values(request->connection, MHD_HEADER_KIND, count_hosts, &hosts);
    return hosts == 1 && edge_host_is_ours(request_header(request, MHD_HTTP_HEADER_HOST), &request->desk->names);
}

/* Who was taken out of the users' file a moment ago comes no further. */
static void look_at_users(struct desk *desk)
{
    struct error error = {0};

    if (desk->door == NULL)
        return;
    int ended = door_look_again(desk->door, &desk->sessions, &error);
    if (ended < 0)
        desk->call.tell(desk->call.context, error.message);
    if (ended != 0)
        events_tend(desk, false);
}

void request_find_session(struct request *request)
{
    char cookie[EDGE_SECRET_TEXT + 1];
    int64_t now = desk_now(request->desk);

    request->session = NULL;
    if (!edge_cookie(request_header(request, MHD_HTTP_HEADER_COOKIE), desk_cookie_name(request->desk), cookie,
                     sizeof cookie))
        return;
    request->session = sessions_find(&request->desk->sessions, cookie, now);
    if (request->session != NULL && !request->route->quiet && request_header(request, "X-Irsort-Quiet") == NULL)
        request->session->seen = now;
}

static uint64_t body_limit(const struct request *request)
{
    switch (request->route->kind) {
    case ROUTE_UPLOAD:
        return PAPER_FILE_MAX;
    case ROUTE_CHANGE:
        return BODY_MAX;
    default:
        return strcmp(request->route->method, "POST") == 0 ? BODY_MAX : 0;
    }
}

/* A length that is said and is too large is refused before a byte of it is taken. */
static bool says_too_much(const struct request *request)
{
    const char *length = request_header(request, MHD_HTTP_HEADER_CONTENT_LENGTH);
    int64_t number;

    if (length == NULL || strspn(length, "0") == strlen(length))
        return false;
    return !edge_number(length, &number) || (uint64_t)number > body_limit(request);
}

/* Whether a change comes from this desk's own page. A browser says Origin with each of them. */
static bool is_own_change(const struct request *request)
{
    return edge_origin_is_ours(request_header(request, MHD_HTTP_HEADER_ORIGIN), &request->desk->names) &&
           session_token_is(request->session, request_header(request, "X-Irsort-Token"));
}

static enum MHD_Result refuse(struct request *request, unsigned status, const char *code)
{
    request->refused = true;
    return answer_refusal(request, status, code);
}

enum MHD_Result answer_locked(struct request *request)
{
    request->refused = true;
    return request->desk->door != NULL ? answer_login_page(request, MHD_HTTP_UNAUTHORIZED)
                                       : answer_asset(request, "locked.html", MHD_HTTP_UNAUTHORIZED);
}

static enum MHD_Result refuse_role(struct request *request)
{
    request->refused = true;
    audit_request(request, request->session->who, request->route->act, request->numbers[0], AUDIT_REFUSED);
    return answer_json(request, MHD_HTTP_FORBIDDEN,
                       json_pack("{s:{s:s, s:s}}", "error", "code", "role", "message",
                                 words_text(WORD_DESK_ERR_ROLE, request->language)));
}

/* All that is asked before a byte of a body is taken. Leaves the request refused with its answer queued, or fit. */
static enum MHD_Result pass_gate(struct request *request, const char *url, const char *method)
{
    bool known = false;

    if (!is_called_by_name(request))
        return refuse(request, MHD_HTTP_MISDIRECTED_REQUEST, "not-this-desk");
    request->route = route_find(method, url, request->numbers, &known);
    if (request->route == NULL)
        return refuse(request, known ? MHD_HTTP_METHOD_NOT_ALLOWED : MHD_HTTP_NOT_FOUND, known ? "method" : "not-found");
    snprintf(request->part, sizeof request->part, "%s", strrchr(url, '/') + 1);
    look_at_users(request->desk);
    request_find_session(request);
    if (request->route->kind != ROUTE_OPEN && !edge_site_is_ours(request_header(request, "Sec-Fetch-Site")))
        return refuse(request, MHD_HTTP_FORBIDDEN, "other-site");
    if (request->route->kind == ROUTE_FORM &&
        !edge_origin_is_ours(request_header(request, MHD_HTTP_HEADER_ORIGIN), &request->desk->names))
        return refuse(request, MHD_HTTP_FORBIDDEN, "forged");
    if (request->route->kind >= ROUTE_LOOK && request->session == NULL)
        return strcmp(url, "/") == 0 || strncmp(url, "/sheet", 6) == 0
                   ? answer_locked(request)
                   : refuse(request, MHD_HTTP_UNAUTHORIZED, "locked");
    if (request->route->kind >= ROUTE_CHANGE && !is_own_change(request))
        return refuse(request, MHD_HTTP_FORBIDDEN, "forged");
    if (request->route->kind >= ROUTE_LOOK && request->session->role < request->route->role)
        return refuse_role(request);
    if (says_too_much(request))
        return refuse(request, MHD_HTTP_CONTENT_TOO_LARGE, "too-large");
    if (request->route->kind == ROUTE_UPLOAD) {
        if (!pile_has_room(request->desk->pile))
            return refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE, "full");
        request->uploading = scans_begin(request->desk->scans, &request->upload, &request->upload_error) == 0;
    }
    return MHD_YES;
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

/* The answer, and a line of it in the audit log. Of looks at a letter the first of a session is noted: an open page looks again
 * and again. */
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
                      request->status < MHD_HTTP_BAD_REQUEST ? AUDIT_DONE : AUDIT_FAILED);
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
            return refuse(request, MHD_HTTP_UNAUTHORIZED, "locked");
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
            tracked->since = machine_ms();
        }
        return pass_gate(request, url, method);
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
        tracked->since = machine_ms();
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
        *connection = (struct connection){.socket = info->connect_fd, .since = machine_ms(), .next = desk->connections,
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
static void sweep_connections(struct desk *desk)
{
    int64_t now = machine_ms();
    int64_t header_ms = (int64_t)(desk->call.header_s != 0 ? desk->call.header_s : DESK_HEADER_S) * SECOND;

    for (struct connection *connection = desk->connections; connection != NULL; connection = connection->next) {
        int64_t limit = connection->body ? (int64_t)DESK_BODY_S * SECOND : header_ms;
        if ((!connection->busy || connection->body) && now - connection->since > limit)
            shutdown(connection->socket, SHUT_RDWR);
    }
}

/* ---- opening and closing ---- */

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
                         "%s can be reached from other machines, and without TLS all that goes there can be read on the way; give a "
                         "certificate and its key with --tls CERT KEY, or leave --listen away",
                         address);
    if (desk->door == NULL)
        return error_set(error, ERROR_SETUP,
                         "%s can be reached from other machines, and the desk has no users yet; add the first with `irsort desk "
                         "--user NAME --role reviewer`, or leave --listen away",
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

static int listen_at(struct desk *desk, struct error *error)
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
        return error_set(error, ERROR_SETUP, "%s is no address of this machine; `ip address` tells which it has", desk->address.text);
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
    if (pile_open(&desk->pile, &pile, error) < 0 || listen_at(desk, error) < 0 || desk_new_link(desk, error) < 0)
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
    sweep_connections(desk);
    look_at_users(desk);
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
