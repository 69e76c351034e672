/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Inside desk/: what its parts share. */
#ifndef IRSORT_DESK_INSIDE_H
#define IRSORT_DESK_INSIDE_H

#include <microhttpd.h>

#include <jansson.h>

#include "base/buffer.h"
#include "desk/desk.h"
#include "desk/door.h"
#include "desk/listen.h"
#include "desk/pile.h"
#include "desk/scans.h"
#include "desk/session.h"
#include "docket/agenda.h"
#include "report/finding.h"
#include "report/words.h"

enum {
    BODY_MAX = 16 << 10,   /* bytes of a JSON request: a note of DOCKET_TEXT_MAX and its frame, escaped */
    PAGE_MAX = 8 << 20,    /* bytes of an answer that is made in memory */
    REAL_DIGITS = 6,
    ROUTE_NUMBERS = 2,
    PART_SIZE = 32,
    COOKIE_SIZE = 160,
};

struct stream;
struct attempt;

struct desk {
    struct desk_call call;
    struct MHD_Daemon *daemon;
    int epoll;
    struct listen_address address;
    struct listen_tls tls;
    struct edge_names names;
    struct door *door; /* NULL: it has no users; who has the link may do everything */
    struct attempt *attempts;
    struct sessions sessions;
    struct scans *scans;
    struct pile *pile;
    struct stream *streams;
    struct connection *connections;
    int64_t swept_ms;
    /* the whole docket as of a day, until it changes */
    bool has_agenda;
    uint64_t agenda_version;
    struct agenda agenda;
    uint64_t told_version; /* of the docket, that browsers know */
};

/* One request on its way. */
struct request {
    struct desk *desk;
    struct MHD_Connection *connection;
    const struct route *route;
    int64_t numbers[ROUTE_NUMBERS];
    char part[PART_SIZE];    /* the last part of the path */
    struct session *session; /* NULL where the route needs none */
    struct attempt *attempt; /* to log in, once it is on its way */
    unsigned status;         /* of the answer; 0 before it */
    enum language language;
    struct buffer body;
    bool refused; /* an answer was queued before the body came */
    bool uploading;
    struct scans_upload upload;
    struct error upload_error;
};

/* ---- desk.c ---- */

int64_t desk_now(const struct desk *desk);
date desk_today(void *desk);

/* ---- serve.c: requests and connections ---- */

/* Opens the port and begins to answer, as `desk` says; its names' port is known afterwards. -1 with the mend. */
int serve_open(struct desk *desk, struct error *error);

/* Shuts connections that take too long over a request, or do nothing. */
void serve_sweep(struct desk *desk);

/* Milliseconds of this machine's clock that goes on while it sleeps. */
int64_t serve_clock_ms(void);

/* ---- gate.c: who may come in ---- */

/* All that is asked before a byte of a body is taken. Leaves the request refused with its answer queued, or fit. */
enum MHD_Result gate_pass(struct request *request, const char *url, const char *method);

/* Queues the answer; the rest of the request is not looked at. */
enum MHD_Result gate_refuse(struct request *request, unsigned status, const char *code);

/* What somebody sees who is not logged in. */
enum MHD_Result answer_locked(struct request *request);

/* The session of its cookie, if that is still open, into `session`. */
void request_find_session(struct request *request);

/* Who was taken out of the users' file a moment ago comes no further. */
void gate_look_at_users(struct desk *desk);

/* ---- answer.c ---- */

/* Queue an answer; the JSON's reference is taken, NULL is lack of memory. */
enum MHD_Result answer_json(struct request *request, unsigned status, json_t *json);
enum MHD_Result answer_text(struct request *request, unsigned status, const char *type, const char *file,
                            struct buffer *text); /* the buffer is emptied; `file` (or NULL) is what to save it as */
enum MHD_Result answer_asset(struct request *request, const char *name, unsigned status); /* a file of web/ */
struct MHD_Response *asset_response(const char *name); /* the same, not sent yet; NULL if there is none */
enum MHD_Result answer_file(struct request *request, const char *type, int descriptor); /* taken */
enum MHD_Result answer_error(struct request *request, const struct error *error);
enum MHD_Result answer_refusal(struct request *request, unsigned status, const char *code);
enum MHD_Result answer_wrong_role(struct request *request); /* only a reviewer may do that */

/* Adds what every answer has; queues and gives the response back. */
enum MHD_Result answer_send(struct request *request, unsigned status, struct MHD_Response *response);

/* A value after the "?"; NULL if it is not there. */
const char *request_argument(const struct request *request, const char *name);
const char *request_header(const struct request *request, const char *name);

/* The session's cookie as it is to be set; an empty value takes it away. */
void desk_cookie(const struct desk *desk, const char *value, char out[COOKIE_SIZE]);
const char *desk_cookie_name(const struct desk *desk);

/* ---- api.c: what each path does ---- */

enum route_kind {
    ROUTE_OPEN,   /* for anybody who calls this desk by its name: nothing of a client is in it */
    ROUTE_FORM,   /* likewise, from this desk's own page */
    ROUTE_LOOK,   /* in a session */
    ROUTE_CHANGE, /* in a session, with its token */
    ROUTE_UPLOAD, /* likewise, with a body of a file's size */
};

struct route {
    const char *method;
    const char *path; /* # is a number */
    enum route_kind kind;
    enum role role; /* who may: those at the desk, or reviewers only */
    bool quiet;     /* a program asks, not a person: it does not keep the desk awake */
    enum audit_act act; /* AUDIT_NONE: not noted. A look at a letter is noted once a session */
    enum MHD_Result (*answer)(struct request *request);
};

/* The table itself, for a test that goes through it. */
const struct route *route_all(size_t *count);

/* Whether any route has that path goes into `known`; NULL if none has that method with it. */
const struct route *route_find(const char *method, const char *path, int64_t numbers[ROUTE_NUMBERS], bool *known);

/* ---- login.c: users, where there are any ---- */

enum MHD_Result answer_login(struct request *request);                         /* GET: the page */
enum MHD_Result answer_login_page(struct request *request, unsigned status);   /* in place of another one */
enum MHD_Result answer_try(struct request *request);                           /* POST */
enum MHD_Result answer_audit(struct request *request);

/* A line in the audit log, if there is one; audit.h tells what the values are. What cannot be written is told. */
int audit_request(const struct request *request, const char *who, enum audit_act act, int64_t letter,
                  enum audit_outcome outcome);

void login_turn(struct desk *desk); /* answers those whose password was checked */
void login_end(struct desk *desk);  /* the checker is closed: nobody waits any longer */
void attempt_free(struct attempt *attempt);

/* ---- list.c ---- */

/* The docket's list as of today, made anew where something changed. Owned by the desk. */
int desk_list(struct desk *desk, const struct agenda **out, struct error *error);

/* Whether a person must look at that letter before any day of it can be relied on: then only a reviewer may take it off the
 * list. */
int desk_must_look(struct desk *desk, int64_t id, bool *out, struct error *error);

enum MHD_Result answer_docket(struct request *request);
enum MHD_Result answer_calendar(struct request *request);

/* ---- view.c: one letter ---- */

enum MHD_Result answer_letter(struct request *request);
enum MHD_Result answer_history(struct request *request);
enum MHD_Result answer_page(struct request *request);

/* A letter as it stands now: what was read, with what people said in its place. */
struct view {
    int64_t id;
    struct letter letter;      /* as it stands */
    struct letter reading;     /* as it was read */
    char sha256[SCANS_HASH_SIZE];
    char *file, *filed, *ref, *assigned, *note, *unsettled; /* NULL where there is none */
    enum letter_status status; /* on the docket */
    char notice[LETTER_ID_SIZE]; /* "" if not known */
    date received;
    bool done;
    int64_t rescan_of;
};

int view_init(struct view *view, struct desk *desk, int64_t id, struct error *error);
void view_dispose(struct view *view);

/* ---- blocks.c ---- */

/* The card's sections, [{"name", "title", "lines": [{"word", "indent", "ink", "text"}]}]; the first is "HEAD". New
 * reference; NULL on lack of memory. */
json_t *card_json(const struct finding *finding, enum language language);

/* "ACT_BY"; "" for WORD_COUNT. Static text. */
const char *word_name(enum word word);

/* ---- sheet.c, case.c ---- */

enum MHD_Result answer_sheet(struct request *request);
enum MHD_Result answer_case(struct request *request);

/* A letter as a case for pattern authors, without anything of the person's. New reference; NULL on lack of memory. */
json_t *case_json(const struct view *view, const struct catalogue *catalogue);

/* ---- events.c: what happens, told to open pages ---- */

enum MHD_Result answer_events(struct request *request);

/* To all open pages; the JSON's reference is taken. */
void events_tell(struct desk *desk, const char *name, json_t *json);

/* Ends the streams of sessions that are over (all: every one), and says that they live to the others from time to
 * time. */
void events_tend(struct desk *desk, bool all);

json_t *item_json(const struct pile_item *item);

/* ---- assets.c: the page itself ---- */

struct asset {
    const char *type;
    const unsigned char *bytes;
    size_t size;
};

/* The file of web/ with that name; false if there is none. */
bool asset_find(const char *name, struct asset *out);

#endif
