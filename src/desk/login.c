/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Logging in with name and password, where the desk has users; and what is written into the audit log. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>

#include "desk/html.h"
#include "desk/inside.h"

enum {
    LOOKED_AT = 500, /* lines of the audit log on its page */
    SECONDS_SIZE = 16,
};

/* One try, while its password is checked and until it is answered. */
struct attempt {
    struct request *request;
    bool checked;
    bool right;
    char name[USER_NAME_SIZE]; /* "": none that a user could have */
    char hash[USER_HASH_SIZE]; /* that it was compared with */
    char by_address[THROTTLE_KEY_SIZE];
    char by_name[THROTTLE_KEY_SIZE];
    struct attempt *next, **link;
};

/* ---- the audit log ---- */

static void address_of(const struct request *request, char out[INET6_ADDRSTRLEN])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

    out[0] = '\0';
    if (info == NULL)
        return;
    if (info->client_addr->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)info->client_addr)->sin_addr, out, INET6_ADDRSTRLEN);
    else if (info->client_addr->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)info->client_addr)->sin6_addr, out, INET6_ADDRSTRLEN);
}

int audit_request(const struct request *request, const char *who, enum audit_act act, int64_t letter,
                  enum audit_outcome outcome)
{
    struct desk *desk = request->desk;
    char from[INET6_ADDRSTRLEN];
    struct error error = {0};

    if (desk->door == NULL)
        return 0;
    address_of(request, from);
    const struct audit_line line = {.who = who, .from = from, .act = act, .letter = letter, .outcome = outcome};
    int result = audit_add(desk->door->audit, &line, &error);
    if (result < 0 && !desk->door->deaf)
        desk->call.tell(desk->call.context, error.message);
    desk->door->deaf = result < 0;
    return result;
}

enum MHD_Result answer_audit(struct request *request)
{
    if (request->desk->door == NULL)
        return answer_refusal(request, MHD_HTTP_NOT_FOUND, "not-found");
    json_t *lines = audit_last(request->desk->door->audit, LOOKED_AT);
    return answer_json(request, MHD_HTTP_OK, lines != NULL ? json_pack("{s:o}", "lines", lines) : NULL);
}

/* ---- the page ---- */

static void add_field(struct buffer *out, const char *name, const char *type, const char *more, unsigned most,
                      enum word word, enum language language)
{
    buffer_printf(out, "<p><label for=\"%s\">", name);
    html_text(out, words_text(word, language));
    buffer_printf(out, "</label>\n<input id=\"%s\" name=\"%s\" type=\"%s\" maxlength=\"%u\" required %s></p>\n", name,
                  name, type, most, more);
}

/* `wrong` is what a person must know first; WORD_COUNT for nothing. */
static enum MHD_Result answer_form(struct request *request, unsigned status, enum word wrong, const char *value)
{
    const char *clinic = request->desk->call.settings->clinic.name;
    enum language language = request->language;
    const char *code = language == LANGUAGE_ES ? "es" : "en";
    const char *other = language == LANGUAGE_ES ? "en" : "es";
    struct buffer out;

    buffer_init(&out, PAGE_MAX);
    buffer_printf(&out,
                  "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
                  code);
    html_text(&out, words_text(WORD_LOGIN_TITLE, language));
    buffer_text(&out,
                " · irsort</title>\n<link rel=\"icon\" href=\"/assets/icon.svg\">\n"
                "<link rel=\"stylesheet\" href=\"/assets/desk.css\">\n</head>\n<body class=\"plain login\">\n<main>\n");
    if (clinic != NULL)
        html_element(&out, "p", "brand", clinic);
    html_word(&out, "h1", "", WORD_LOGIN_TITLE, language);
    if (wrong != WORD_COUNT) {
        buffer_text(&out, "<p class=\"wrong\" role=\"alert\">");
        words_fill(&out, wrong, language, &value, 1);
        buffer_text(&out, "</p>\n");
    }
    buffer_printf(&out, "<form method=\"post\" action=\"/login?lang=%s\">\n", code);
    add_field(&out, "name", "text", "autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\" autofocus",
              USER_NAME_SIZE - 1, WORD_LOGIN_NAME, language);
    add_field(&out, "password", "password", "autocomplete=\"current-password\"", USER_PASSWORD_MOST - 1,
              WORD_LOGIN_PASSWORD, language);
    buffer_text(&out, "<p><button class=\"main\">");
    html_text(&out, words_text(WORD_LOGIN, language));
    buffer_text(&out, "</button></p>\n</form>\n");
    html_word(&out, "p", "hint", WORD_LOGIN_HELP, language);
    buffer_printf(&out,
                  "<p><a href=\"/login?lang=%s\" lang=\"%s\" hreflang=\"%s\">%s</a></p>\n</main>\n</body>\n</html>\n",
                  other, other, other, language == LANGUAGE_ES ? "English" : "Español");
    return answer_text(request, status, "text/html; charset=utf-8", NULL, &out);
}

enum MHD_Result answer_login_page(struct request *request, unsigned status)
{
    return answer_form(request, status, WORD_COUNT, NULL);
}

enum MHD_Result answer_login(struct request *request)
{
    return request->desk->door != NULL ? answer_login_page(request, MHD_HTTP_OK)
                                       : answer_refusal(request, MHD_HTTP_NOT_FOUND, "not-found");
}

/* ---- a try ---- */

static enum MHD_Result ask_to_wait(struct request *request, unsigned seconds)
{
    char value[SECONDS_SIZE];

    snprintf(value, sizeof value, "%u", seconds);
    return answer_form(request, MHD_HTTP_TOO_MANY_REQUESTS, WORD_LOGIN_WAIT, value);
}

static void read_form(const struct request *request, struct attempt *attempt, char password[USER_PASSWORD_MOST])
{
    const char *bytes = request->body.data != NULL ? request->body.data : "";
    char address[INET6_ADDRSTRLEN];
    char name[EDGE_NAME_SIZE];

    if (!edge_form(bytes, request->body.length, "name", name, sizeof name) || !users_name(name, attempt->name))
        attempt->name[0] = '\0';
    if (!edge_form(bytes, request->body.length, "password", password, USER_PASSWORD_MOST))
        password[0] = '\0';
    address_of(request, address);
    throttle_address(address, attempt->by_address);
    snprintf(attempt->by_name, sizeof attempt->by_name, "as %s", attempt->name);
}

/* The connection sleeps until the password is checked. */
static enum MHD_Result begin(struct request *request)
{
    struct desk *desk = request->desk;
    struct door *door = desk->door;
    int64_t now = desk_now(desk);
    struct attempt *attempt = calloc(1, sizeof *attempt);
    char password[USER_PASSWORD_MOST];
    bool taken = false;

    if (attempt == NULL)
        return MHD_NO;
    attempt->request = request;
    read_form(request, attempt, password);
    if (request->body.data != NULL)
        explicit_bzero(request->body.data, request->body.length);
    unsigned by_address = throttle_wait(&door->throttle, attempt->by_address, now);
    unsigned by_name = throttle_wait(&door->throttle, attempt->by_name, now);
    if (by_address == 0 && by_name == 0) {
        const struct user *user = users_find(&door->users, attempt->name);
        snprintf(attempt->hash, sizeof attempt->hash, "%s", user != NULL ? user->hash : door->nobody);
        taken = checker_ask(door->checker, attempt->hash, password, request);
    }
    explicit_bzero(password, sizeof password);
    if (!taken) {
        free(attempt);
        return by_address > 0 || by_name > 0
                   ? ask_to_wait(request, by_address > by_name ? by_address : by_name)
                   : answer_form(request, MHD_HTTP_SERVICE_UNAVAILABLE, WORD_LOGIN_BUSY, NULL);
    }
    throttle_charge(&door->throttle, attempt->by_address, THROTTLE_ADDRESS_S, now);
    throttle_charge(&door->throttle, attempt->by_name, THROTTLE_NAME_S, now);
    attempt->next = desk->attempts;
    attempt->link = &desk->attempts;
    if (attempt->next != NULL)
        attempt->next->link = &attempt->next;
    desk->attempts = attempt;
    request->attempt = attempt;
    MHD_suspend_connection(request->connection);
    return MHD_YES;
}

/* A name that no user has is not written down: a password may have been typed in its place. */
static enum MHD_Result turn_away(struct request *request, const struct user *user)
{
    struct throttle *throttle = &request->desk->door->throttle;
    int64_t now = desk_now(request->desk);

    throttle_settle(throttle, request->attempt->by_address, now);
    throttle_settle(throttle, request->attempt->by_name, now);
    audit_request(request, user != NULL ? user->name : NULL, AUDIT_LOGIN, 0, AUDIT_REFUSED);
    return answer_form(request, MHD_HTTP_UNAUTHORIZED, WORD_LOGIN_WRONG, NULL);
}

static enum MHD_Result let_in(struct request *request, const struct user *user)
{
    struct desk *desk = request->desk;
    struct session *session;
    struct error error = {0};
    char secret[EDGE_SECRET_TEXT];
    char cookie[COOKIE_SIZE];
    struct MHD_Response *response;

    if (audit_request(request, user->name, AUDIT_LOGIN, 0, AUDIT_DONE) < 0)
        return answer_form(request, MHD_HTTP_SERVICE_UNAVAILABLE, WORD_LOGIN_NO_LOG, NULL);
    throttle_refund(&desk->door->throttle, request->attempt->by_address);
    throttle_forget(&desk->door->throttle, request->attempt->by_name);
    request_find_session(request);
    if (request->session != NULL) /* of the one who was here before */
        session_end(request->session);
    if (sessions_open(&desk->sessions, user->name, user->role, desk_now(desk), &session, &error) < 0)
        return answer_error(request, &error);
    response = MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);
    if (response == NULL)
        return MHD_NO;
    edge_secret_format(session->id, secret);
    desk_cookie(desk, secret, cookie);
    MHD_add_response_header(response, MHD_HTTP_HEADER_SET_COOKIE, cookie);
    MHD_add_response_header(response, MHD_HTTP_HEADER_LOCATION, "/");
    explicit_bzero(secret, sizeof secret);
    explicit_bzero(cookie, sizeof cookie);
    return answer_send(request, MHD_HTTP_SEE_OTHER, response);
}

enum MHD_Result answer_try(struct request *request)
{
    struct attempt *attempt = request->attempt;

    if (request->desk->door == NULL)
        return answer_refusal(request, MHD_HTTP_NOT_FOUND, "not-found");
    if (attempt == NULL)
        return begin(request);
    const struct user *user = users_find(&request->desk->door->users, attempt->name);
    bool same = user != NULL && strcmp(user->hash, attempt->hash) == 0; /* still, after the password was checked */
    return attempt->checked && attempt->right && same ? let_in(request, user) : turn_away(request, user);
}

void attempt_free(struct attempt *attempt)
{
    if (attempt == NULL)
        return;
    *attempt->link = attempt->next;
    if (attempt->next != NULL)
        attempt->next->link = attempt->link;
    free(attempt);
}

void login_turn(struct desk *desk)
{
    void *asker;
    bool right;

    while (desk->door != NULL && checker_answer(desk->door->checker, &asker, &right)) {
        struct request *request = asker;
        request->attempt->checked = true;
        request->attempt->right = right;
        MHD_resume_connection(request->connection);
    }
}

void login_end(struct desk *desk)
{
    for (struct attempt *attempt = desk->attempts; attempt != NULL; attempt = attempt->next) {
        if (!attempt->checked)
            MHD_resume_connection(attempt->request->connection);
    }
}
