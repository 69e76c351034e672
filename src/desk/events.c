/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Server-sent events. A stream that has nothing to say is suspended; its session keeps it, and no request of a person's
 * is counted for it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk/inside.h"

enum {
    PENDING_MAX = 256 << 10, /* bytes that a page has not taken yet; one that sleeps longer is told to load anew */
    BLOCK = 4096,
    ALIVE_MS = 10 * 1000,    /* under DESK_STALL_S */
    STREAMS_MAX = 64,        /* open pages of a clinic */
};

struct stream {
    struct desk *desk;
    struct MHD_Connection *connection;
    uint8_t session[EDGE_SECRET_SIZE];
    struct buffer pending;
    size_t sent;    /* of them */
    bool sleeping;  /* suspended */
    bool over;      /* ends when all was sent */
    int64_t told;
    struct stream *next, **link;
};

static void wake(struct stream *stream)
{
    if (!stream->sleeping)
        return;
    stream->sleeping = false;
    MHD_resume_connection(stream->connection);
}

static ssize_t give(void *context, uint64_t position, char *out, size_t most)
{
    struct stream *stream = context;
    size_t left = stream->pending.length - stream->sent;

    (void)position;
    if (left == 0 && stream->over)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (left == 0) {
        stream->sleeping = true;
        MHD_suspend_connection(stream->connection);
        return 0;
    }
    if (left > most)
        left = most;
    memcpy(out, stream->pending.data + stream->sent, left);
    stream->sent += left;
    if (stream->sent == stream->pending.length) {
        buffer_clear(&stream->pending);
        stream->sent = 0;
    }
    return (ssize_t)left;
}

static void drop(void *context)
{
    struct stream *stream = context;

    *stream->link = stream->next;
    if (stream->next != NULL)
        stream->next->link = stream->link;
    buffer_dispose(&stream->pending);
    free(stream);
}

static size_t count_streams(const struct desk *desk)
{
    size_t count = 0;

    for (const struct stream *stream = desk->streams; stream != NULL; stream = stream->next)
        count++;
    return count;
}

enum MHD_Result answer_events(struct request *request)
{
    struct desk *desk = request->desk;
    struct stream *stream = NULL;
    struct MHD_Response *response;

    if (count_streams(desk) >= STREAMS_MAX)
        return answer_refusal(request, MHD_HTTP_SERVICE_UNAVAILABLE, "full");
    stream = calloc(1, sizeof *stream);
    if (stream == NULL)
        return MHD_NO;
    *stream = (struct stream){.desk = desk, .connection = request->connection, .told = desk_now(desk),
                              .next = desk->streams, .link = &desk->streams};
    memcpy(stream->session, request->session->id, sizeof stream->session);
    buffer_init(&stream->pending, PENDING_MAX);
    buffer_text(&stream->pending, "retry: 2000\n\n");
    if (stream->next != NULL)
        stream->next->link = &stream->next;
    desk->streams = stream;
    response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, give, stream, drop);
    if (response == NULL) {
        drop(stream);
        return MHD_NO;
    }
    MHD_add_response_header(response, "Content-Type", "text/event-stream");
    return answer_send(request, MHD_HTTP_OK, response);
}

static void say(struct stream *stream, const char *text)
{
    buffer_text(&stream->pending, text);
    stream->told = desk_now(stream->desk);
    if (stream->pending.failed) /* it takes nothing: it must start anew */
        stream->over = true;
    wake(stream);
}

void events_tell(struct desk *desk, const char *name, json_t *json)
{
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(REAL_DIGITS)) : NULL;
    struct buffer line;

    json_decref(json);
    buffer_init(&line, PENDING_MAX);
    buffer_printf(&line, "event: %s\ndata: %s\n\n", name, text != NULL ? text : "{}");
    for (struct stream *stream = desk->streams; stream != NULL && !line.failed; stream = stream->next) {
        if (!stream->over) /* else its session is: it hears no more than that */
            say(stream, line.data);
    }
    buffer_dispose(&line);
    free(text);
}

static bool has_session(const struct desk *desk, const struct stream *stream)
{
    for (size_t i = 0; i < SESSIONS_MAX; i++) {
        if (desk->sessions.list[i].open && edge_secret_is(desk->sessions.list[i].id, stream->session))
            return true;
    }
    return false;
}

void events_tend(struct desk *desk, bool all)
{
    for (struct stream *stream = desk->streams; stream != NULL; stream = stream->next) {
        if (!stream->over && (all || !has_session(desk, stream))) {
            stream->over = true;
            say(stream, all ? "event: closed\ndata: {}\n\n" : "event: locked\ndata: {}\n\n");
        } else if (desk_now(desk) - stream->told >= ALIVE_MS) {
            say(stream, ": alive\n\n");
        }
    }
}

static const char *state_name(enum pile_state state)
{
    static const char *const names[] = {
        [PILE_WAITING] = "waiting", [PILE_READING] = "reading", [PILE_DONE] = "done", [PILE_FAILED] = "failed"};

    return names[state];
}

json_t *item_json(const struct pile_item *item)
{
    json_t *letters = json_array();
    json_t *error = json_null();

    for (size_t i = 0; i < item->letter_count; i++)
        json_array_append_new(letters, json_integer((json_int_t)item->letters[i]));
    if (item->state == PILE_FAILED)
        error = json_pack("{s:s, s:s}", "code", error_code_name(item->error.code), "message", item->error.message);
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:I, s:I, s:i, s:i, s:b, s:o, s:o}", "item", (json_int_t)item->serial,
                     "state", state_name(item->state), "file", item->slip.file, "ref", item->slip.ref, "who",
                     item->slip.who, "at", (json_int_t)item->at, "read_ms", (json_int_t)item->read_ms, "page",
                     (int)item->page, "pages", (int)item->pages, "repeat", item->repeat, "letters", letters, "error",
                     error);
}
