/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a browser is told, and what it said beside a body. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "desk/inside.h"

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

enum MHD_Result answer_wrong_role(struct request *request)
{
    return answer_json(request, MHD_HTTP_FORBIDDEN,
                       json_pack("{s:{s:s, s:s}}", "error", "code", "role", "message",
                                 words_text(WORD_DESK_ERR_ROLE, request->language)));
}
