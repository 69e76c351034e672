/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The table of what can be asked, and the short answers. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "desk/inside.h"
#include "report/json.h"
#include "report/json_rights.h"

/* ---- the page and its parts ---- */

static enum MHD_Result answer_shell(struct request *request)
{
    return answer_asset(request, "desk.html", MHD_HTTP_OK);
}

static enum MHD_Result answer_part(struct request *request)
{
    return answer_asset(request, request->part, MHD_HTTP_OK);
}

/* A page of ours leads on, so that the cookie, which no other site's link carries, comes with the next request. */
static enum MHD_Result answer_enter(struct request *request)
{
    struct session *session = NULL;
    struct error error = {0};
    char secret[EDGE_SECRET_TEXT];
    char cookie[COOKIE_SIZE];
    struct MHD_Response *response;
    int followed = sessions_follow(&request->desk->sessions, request_argument(request, "key"),
                                   request->desk->call.who, desk_now(request->desk), &session, &error);

    if (followed < 0)
        return answer_error(request, &error);
    if (followed == 0)
        return answer_locked(request);
    response = asset_response("entered.html");
    if (response == NULL)
        return MHD_NO;
    edge_secret_format(session->id, secret);
    desk_cookie(request->desk, secret, cookie);
    MHD_add_response_header(response, "Set-Cookie", cookie);
    return answer_send(request, MHD_HTTP_OK, response);
}

/* ---- the session ---- */

static json_t *clinic_object(const struct settings *settings)
{
    json_t *address = json_array();

    for (size_t i = 0; i < settings->clinic.address_count; i++)
        json_array_append_new(address, json_string(settings->clinic.address[i]));
    return json_pack("{s:s?, s:o, s:s?}", "name", settings->clinic.name, "address", address, "phone",
                     settings->clinic.phone);
}

static json_t *field_names(void)
{
    json_t *list = json_array();

    for (enum field_id field = 0; field < FIELD_COUNT; field++)
        json_array_append_new(list, json_string(field_name(field)));
    return list;
}

static enum MHD_Result answer_start(struct request *request)
{
    struct desk *desk = request->desk;
    char token[EDGE_SECRET_TEXT];

    edge_secret_format(request->session->token, token);
    return answer_json(
        request, MHD_HTTP_OK,
        json_pack("{s:s, s:s, s:b, s:s, s:s, s:o, s:i, s:I, s:o, s:o}", "token", token, "who", request->session->who,
                  "users", desk->door != NULL, "role", role_name(request->session->role), "language",
                  desk->call.settings->language == LANGUAGE_ES ? "es" : "en", "today", json_day(desk_today(desk)),
                  "lock_minutes", (int)desk->call.settings->desk.lock, "file_max", (json_int_t)PAPER_FILE_MAX, "clinic",
                  clinic_object(desk->call.settings), "fields", field_names()));
}

static enum MHD_Result answer_words(struct request *request)
{
    json_t *words = json_object();

    for (enum word word = 0; word < WORD_COUNT; word++)
        json_object_set_new(words, word_name(word), json_string(words_text(word, request->language)));
    for (enum field_id field = 0; field < FIELD_COUNT; field++) {
        char name[64];
        snprintf(name, sizeof name, "field:%s", field_name(field));
        json_object_set_new(words, name, json_string(words_field(field, request->language)));
    }
    return answer_json(request, MHD_HTTP_OK, words);
}

static enum MHD_Result answer_done(struct request *request)
{
    return answer_json(request, MHD_HTTP_OK, json_object());
}

static enum MHD_Result answer_lock(struct request *request)
{
    struct error error = {0};

    session_end(request->session);
    events_tend(request->desk, false);
    if (request->desk->door == NULL && !request->desk->sessions.link_open && desk_new_link(request->desk, &error) < 0)
        return answer_error(request, &error);
    return answer_done(request);
}

/* ---- changes ---- */

/* The request's JSON object; NULL after an answer was queued, into `result`. */
static json_t *take_object(struct request *request, enum MHD_Result *result)
{
    json_t *json = request->body.data != NULL
                       ? json_loadb(request->body.data, request->body.length, JSON_REJECT_DUPLICATES, NULL)
                       : NULL;

    if (json_is_object(json))
        return json;
    json_decref(json);
    *result = answer_refusal(request, MHD_HTTP_BAD_REQUEST, "json");
    return NULL;
}

static const char *text_of(const json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

/* A name that the history can hold: as docket_assign checks it. */
static enum MHD_Result answer_who(struct request *request)
{
    enum MHD_Result result;
    json_t *json = NULL;
    char name[EDGE_NAME_SIZE];

    if (request->desk->door != NULL) /* nobody takes another's name */
        return answer_refusal(request, MHD_HTTP_FORBIDDEN, "logged-in");
    json = take_object(request, &result);
    if (json == NULL)
        return result;
    const char *text = text_of(json, "name");
    edge_file_name(text, name);
    bool fits = text != NULL && text[0] != '\0' && strcmp(name, text) == 0 && strlen(name) < sizeof request->session->who;
    if (fits)
        memcpy(request->session->who, name, strlen(name) + 1);
    json_decref(json);
    return fits ? answer_done(request) : answer_refusal(request, MHD_HTTP_UNPROCESSABLE_CONTENT, "name");
}

typedef int change_fn(struct request *request, const json_t *json, const struct docket_actor *actor, struct error *error);

/* Runs a change of a letter, and gives the letter as it stands then. */
static enum MHD_Result answer_change(struct request *request, change_fn *change)
{
    const struct docket_actor actor = {request->session->who, (int64_t)time(NULL)};
    enum MHD_Result result;
    struct error error = {0};
    json_t *json = take_object(request, &result);

    if (json == NULL)
        return result;
    int changed = change(request, json, &actor, &error);
    json_decref(json);
    if (changed < 0)
        return answer_error(request, &error);
    return answer_letter(request);
}

static int wrong_call(struct error *error)
{
    return error_set(error, ERROR_USAGE, "the request lacks a value");
}

static int correct(struct request *request, const json_t *json, const struct docket_actor *actor, struct error *error)
{
    const char *point = text_of(json, "point");
    const char *value = text_of(json, "value");

    if (point == NULL || value == NULL)
        return wrong_call(error);
    if (strcmp(point, "notice") == 0) {
        const struct notice *notice = catalogue_find_notice(request->desk->call.catalogue, value);
        if (notice == NULL)
            return error_set(error, ERROR_USAGE, "that notice is not in the catalogue");
        value = notice->id;
    }
    return docket_correct(request->desk->call.docket, request->numbers[0], point, value, actor, error);
}

static int confirm(struct request *request, const json_t *json, const struct docket_actor *actor, struct error *error)
{
    return docket_confirm(request->desk->call.docket, request->numbers[0], text_of(json, "point"), actor, error);
}

static int set_done(struct request *request, const json_t *json, const struct docket_actor *actor, struct error *error)
{
    const json_t *done = json_object_get(json, "done");

    if (!json_is_boolean(done))
        return wrong_call(error);
    return docket_done(request->desk->call.docket, request->numbers[0], json_is_true(done), actor, error);
}

static int add_note(struct request *request, const json_t *json, const struct docket_actor *actor, struct error *error)
{
    const char *text = text_of(json, "text");

    return text == NULL ? wrong_call(error)
                        : docket_note(request->desk->call.docket, request->numbers[0], text, actor, error);
}

static int assign(struct request *request, const json_t *json, const struct docket_actor *actor, struct error *error)
{
    const char *name = text_of(json, "name");

    return name == NULL ? wrong_call(error)
                        : docket_assign(request->desk->call.docket, request->numbers[0], name, actor, error);
}

static int refer(struct request *request, const json_t *json, const struct docket_actor *actor, struct error *error)
{
    const char *ref = text_of(json, "ref");

    return ref == NULL ? wrong_call(error)
                       : docket_refer(request->desk->call.docket, request->numbers[0], ref, actor, error);
}

#define CHANGE(name)                                                                                                   \
    static enum MHD_Result answer_##name(struct request *request)                                                      \
    {                                                                                                                  \
        return answer_change(request, name);                                                                           \
    }
CHANGE(correct)
CHANGE(confirm)
CHANGE(add_note)
CHANGE(assign)
CHANGE(refer)
#undef CHANGE

static enum MHD_Result answer_set_done(struct request *request)
{
    struct error error = {0};
    bool must_look = false;

    if (request->session->role < ROLE_REVIEWER &&
        desk_must_look(request->desk, request->numbers[0], &must_look, &error) < 0)
        return answer_error(request, &error);
    return must_look ? answer_wrong_role(request) : answer_change(request, set_done);
}

/* ---- the pile ---- */

static enum MHD_Result answer_inbox(struct request *request)
{
    json_t *items = json_array();

    for (const struct pile_item *item = pile_first(request->desk->pile); item != NULL; item = item->next) {
        if (!item->only_pages)
            json_array_append_new(items, item_json(item));
    }
    return answer_json(request, MHD_HTTP_OK, json_pack("{s:o}", "items", items));
}

static enum MHD_Result answer_upload(struct request *request)
{
    struct scans_slip slip = {0};
    struct error error = {0};
    const char *ref = request_argument(request, "ref");
    const struct pile_item *item;

    edge_file_name(request_argument(request, "name"), slip.file);
    snprintf(slip.who, sizeof slip.who, "%s", request->session->who);
    if (ref != NULL && strlen(ref) >= sizeof slip.ref)
        return answer_refusal(request, MHD_HTTP_UNPROCESSABLE_CONTENT, "ref");
    snprintf(slip.ref, sizeof slip.ref, "%s", ref != NULL ? ref : "");
    if (scans_finish(&request->upload, &slip, &error) < 0)
        return answer_error(request, &error);
    item = pile_take(request->desk->pile, &slip, &error);
    return item != NULL ? answer_json(request, MHD_HTTP_OK, item_json(item)) : answer_error(request, &error);
}

static enum MHD_Result answer_forget(struct request *request)
{
    return pile_forget(request->desk->pile, request->numbers[0])
               ? answer_done(request)
               : answer_refusal(request, MHD_HTTP_NOT_FOUND, "not-found");
}

/* ---- the catalogue ---- */

static json_t *notice_entry(const struct notice *notice, enum language language)
{
    json_t *names = json_array();
    json_t *json = json_notice(notice, language);

    for (unsigned i = 0; i < notice->rights_count; i++)
        json_array_append_new(names, json_string(words_right(&notice->rights[i], language)));
    if (json == NULL)
        json_decref(names);
    else
        json_object_set_new(json, "right_names", names);
    json_object_set_new(json, "what", json_string(notice->what.in[language]));
    json_object_set_new(json, "means", json_string(notice->means.in[language]));
    json_object_set_new(json, "next", json_string(notice->next.in[language]));
    return json;
}

static enum MHD_Result answer_notices(struct request *request)
{
    const struct catalogue *catalogue = request->desk->call.catalogue;
    const struct mail *mail = catalogue_mail(catalogue);
    json_t *listed = json_array();
    json_t *others = json_array();
    size_t count;
    const struct notice *notices = catalogue_notices(catalogue, &count);

    for (size_t i = 0; i < count; i++)
        json_array_append_new(listed, notice_entry(&notices[i], request->language));
    for (unsigned i = 0; i < mail->others_count; i++)
        json_array_append_new(others, json_pack("{s:s, s:s}", "printed", mail->others[i].printed, "title",
                                                mail->others[i].title));
    return answer_json(request, MHD_HTTP_OK, json_pack("{s:o, s:o}", "notices", listed, "others", others));
}

/* ---- the table ---- */

static const struct route routes[] = {
    {"GET", "/", ROUTE_LOOK, ROLE_DESK, false, AUDIT_NONE, answer_shell},
    {"GET", "/enter", ROUTE_OPEN, ROLE_DESK, false, AUDIT_NONE, answer_enter},
    {"GET", "/login", ROUTE_OPEN, ROLE_DESK, true, AUDIT_NONE, answer_login},
    {"POST", "/login", ROUTE_FORM, ROLE_DESK, true, AUDIT_NONE, answer_try}, /* notes itself */
    {"GET", "/assets/*", ROUTE_OPEN, ROLE_DESK, true, AUDIT_NONE, answer_part},
    {"GET", "/sheet", ROUTE_LOOK, ROLE_DESK, false, AUDIT_NONE, answer_sheet}, /* notes each letter */
    {"GET", "/events", ROUTE_LOOK, ROLE_DESK, true, AUDIT_NONE, answer_events},
    {"GET", "/api/start", ROUTE_LOOK, ROLE_DESK, false, AUDIT_NONE, answer_start},
    {"GET", "/api/words", ROUTE_LOOK, ROLE_DESK, false, AUDIT_NONE, answer_words},
    {"GET", "/api/inbox", ROUTE_LOOK, ROLE_DESK, false, AUDIT_NONE, answer_inbox},
    {"GET", "/api/docket", ROUTE_LOOK, ROLE_DESK, false, AUDIT_NONE, answer_docket},
    {"GET", "/api/calendar", ROUTE_LOOK, ROLE_DESK, false, AUDIT_CALENDAR, answer_calendar},
    {"GET", "/api/notices", ROUTE_LOOK, ROLE_DESK, false, AUDIT_NONE, answer_notices},
    {"GET", "/api/audit", ROUTE_LOOK, ROLE_REVIEWER, false, AUDIT_READ, answer_audit},
    {"GET", "/api/letter/#", ROUTE_LOOK, ROLE_DESK, false, AUDIT_LOOK, answer_letter},
    {"GET", "/api/letter/#/history", ROUTE_LOOK, ROLE_DESK, false, AUDIT_LOOK, answer_history},
    {"GET", "/api/letter/#/page/#", ROUTE_LOOK, ROLE_DESK, false, AUDIT_LOOK, answer_page},
    {"GET", "/api/letter/#/case", ROUTE_LOOK, ROLE_REVIEWER, false, AUDIT_CASE, answer_case},
    {"POST", "/api/letter/#/correct", ROUTE_CHANGE, ROLE_REVIEWER, false, AUDIT_CORRECT, answer_correct},
    {"POST", "/api/letter/#/confirm", ROUTE_CHANGE, ROLE_REVIEWER, false, AUDIT_CONFIRM, answer_confirm},
    {"POST", "/api/letter/#/done", ROUTE_CHANGE, ROLE_DESK, false, AUDIT_FINISH, answer_set_done},
    {"POST", "/api/letter/#/note", ROUTE_CHANGE, ROLE_DESK, false, AUDIT_NOTE, answer_add_note},
    {"POST", "/api/letter/#/assign", ROUTE_CHANGE, ROLE_DESK, false, AUDIT_ASSIGN, answer_assign},
    {"POST", "/api/letter/#/ref", ROUTE_CHANGE, ROLE_DESK, false, AUDIT_REFER, answer_refer},
    {"POST", "/api/inbox/#/forget", ROUTE_CHANGE, ROLE_DESK, false, AUDIT_FORGET, answer_forget},
    {"POST", "/api/who", ROUTE_CHANGE, ROLE_DESK, false, AUDIT_NONE, answer_who},
    {"POST", "/api/alive", ROUTE_CHANGE, ROLE_DESK, false, AUDIT_NONE, answer_done},
    {"POST", "/api/lock", ROUTE_CHANGE, ROLE_DESK, false, AUDIT_LOGOUT, answer_lock},
    {"POST", "/api/upload", ROUTE_UPLOAD, ROLE_DESK, false, AUDIT_UPLOAD, answer_upload},
};

const struct route *route_all(size_t *count)
{
    *count = sizeof routes / sizeof *routes;
    return routes;
}

const struct route *route_find(const char *method, const char *path, int64_t numbers[ROUTE_NUMBERS], bool *known)
{
    *known = false;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (!edge_path_is(path, routes[i].path, numbers))
            continue;
        *known = true;
        if (strcmp(method, routes[i].method) == 0)
            return &routes[i];
    }
    return NULL;
}
