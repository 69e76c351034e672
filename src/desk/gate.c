/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The gate: who may come in with what. All is asked before a byte of a body is taken. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "desk/inside.h"

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

void gate_look_at_users(struct desk *desk)
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

enum MHD_Result gate_refuse(struct request *request, unsigned status, const char *code)
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
    return answer_wrong_role(request);
}

enum MHD_Result gate_pass(struct request *request, const char *url, const char *method)
{
    bool known = false;

    if (!is_called_by_name(request))
        return gate_refuse(request, MHD_HTTP_MISDIRECTED_REQUEST, "not-this-desk");
    request->route = route_find(method, url, request->numbers, &known);
    if (request->route == NULL)
        return gate_refuse(request, known ? MHD_HTTP_METHOD_NOT_ALLOWED : MHD_HTTP_NOT_FOUND, known ? "method" : "not-found");
    snprintf(request->part, sizeof request->part, "%s", strrchr(url, '/') + 1);
    gate_look_at_users(request->desk);
    request_find_session(request);
    if (request->route->kind != ROUTE_OPEN && !edge_site_is_ours(request_header(request, "Sec-Fetch-Site")))
        return gate_refuse(request, MHD_HTTP_FORBIDDEN, "other-site");
    if (request->route->kind == ROUTE_FORM &&
        !edge_origin_is_ours(request_header(request, MHD_HTTP_HEADER_ORIGIN), &request->desk->names))
        return gate_refuse(request, MHD_HTTP_FORBIDDEN, "forged");
    if (request->route->kind >= ROUTE_LOOK && request->session == NULL)
        return strcmp(url, "/") == 0 || strncmp(url, "/sheet", 6) == 0
                   ? answer_locked(request)
                   : gate_refuse(request, MHD_HTTP_UNAUTHORIZED, "locked");
    if (request->route->kind >= ROUTE_CHANGE && !is_own_change(request))
        return gate_refuse(request, MHD_HTTP_FORBIDDEN, "forged");
    if (request->route->kind >= ROUTE_LOOK && request->session->role < request->route->role)
        return refuse_role(request);
    if (says_too_much(request))
        return gate_refuse(request, MHD_HTTP_CONTENT_TOO_LARGE, "too-large");
    if (request->route->kind == ROUTE_UPLOAD) {
        if (!pile_has_room(request->desk->pile))
            return gate_refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE, "full");
        request->uploading = scans_begin(request->desk->scans, &request->upload, &request->upload_error) == 0;
    }
    return MHD_YES;
}
