/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One letter: what was read, with what people said in its place, and the rights that follow from that today. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "desk/inside.h"
#include "docket/show.h"
#include "report/json.h"
#include "report/json_rights.h"

enum { SENTENCE_MAX = 1 << 12 };

static int out_of_memory(struct error *error)
{
    return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
}

/* ---- what stands now in the place of what was read ---- */

static int copy_letter(struct letter *out, const struct letter *letter, struct error *error)
{
    json_t *json = letter_to_json(letter);

    if (json == NULL)
        return out_of_memory(error);
    int result = letter_from_json(out, json, error);
    json_decref(json);
    return result;
}

/* Whether the field reads so: tax periods with "; " between them. */
static bool reads(const struct field *field, const char *text)
{
    for (size_t i = 0; i < field->count; i++) {
        size_t length = strlen(field->values[i].value);
        if (strncmp(text, field->values[i].value, length) != 0)
            return false;
        text += length;
        if (i + 1 < field->count && strncmp(text, "; ", 2) != 0)
            return false;
        text += i + 1 < field->count ? 2 : 0;
    }
    return field->count > 0 && *text == '\0';
}

/* Puts the person's value where the reader's was; its place on the page, if there was one, stays. */
static int replace(struct letter *letter, enum field_id id, const char *text, struct error *error)
{
    struct field *field = &letter->fields[id];
    struct field_value value = {.confidence = 1};

    if (field->count > 0) {
        value.page = field->values[0].page;
        value.box = field->values[0].box;
    }
    field->count = 0;
    while (*text != '\0') {
        size_t length = id == FIELD_TAX_PERIODS ? strcspn(text, ";") : strlen(text);
        size_t kept = length < sizeof value.value ? length : sizeof value.value - 1;
        memcpy(value.value, text, kept);
        value.value[kept] = '\0';
        if (letter_add_field(letter, id, &value) < 0)
            return out_of_memory(error);
        text += length;
        text += strspn(text, "; ");
    }
    return 0;
}

/* A letter of which somebody said what it is, while its dates are not settled, is that one candidate's. */
static void take_notice(struct letter *letter, const struct docket_letter *now)
{
    letter->status = now->status;
    letter->id[0] = '\0';
    if (now->notice == NULL)
        return;
    if (now->status == LETTER_IDENTIFIED) {
        snprintf(letter->id, sizeof letter->id, "%s", now->notice);
        return;
    }
    letter->status = LETTER_REVIEW;
    letter->candidate_count = 1;
    letter->candidates[0] = (struct candidate){.confidence = 1};
    snprintf(letter->candidates[0].id, sizeof letter->candidates[0].id, "%s", now->notice);
}

static int take_fields(struct letter *letter, const struct docket_letter *now, struct error *error)
{
    for (enum field_id field = 0; field < FIELD_COUNT; field++) {
        const char *text = now->fields[field];
        if (text == NULL)
            letter->fields[field].count = 0;
        else if (!reads(&letter->fields[field], text) && replace(letter, field, text, error) < 0)
            return -1;
    }
    return 0;
}

static int copy_text(char **out, const char *text, struct error *error)
{
    *out = text != NULL ? strdup(text) : NULL;
    return text != NULL && *out == NULL ? out_of_memory(error) : 0;
}

static int take_letter(void *context, const struct docket_letter *now, struct error *error)
{
    struct view *view = context;

    view->status = now->status;
    view->received = now->received;
    view->done = now->done;
    view->rescan_of = now->rescan_of;
    snprintf(view->sha256, sizeof view->sha256, "%s", now->sha256);
    snprintf(view->notice, sizeof view->notice, "%s", now->notice != NULL ? now->notice : "");
    if (copy_text(&view->file, now->file, error) < 0 || copy_text(&view->filed, now->filed, error) < 0 ||
        copy_text(&view->ref, now->ref, error) < 0 || copy_text(&view->assigned, now->assigned, error) < 0 ||
        copy_text(&view->note, now->note, error) < 0 || copy_text(&view->unsettled, now->unsettled, error) < 0)
        return -1;
    if (copy_letter(&view->letter, &view->reading, error) < 0 || take_fields(&view->letter, now, error) < 0)
        return -1;
    take_notice(&view->letter, now);
    return 0;
}

int view_init(struct view *view, struct desk *desk, int64_t id, struct error *error)
{
    *view = (struct view){.id = id};
    letter_init(&view->letter);
    letter_init(&view->reading);
    if (docket_reading(desk->call.docket, id, &view->reading, error) < 0 ||
        docket_find(desk->call.docket, id, take_letter, view, error) < 0) {
        view_dispose(view);
        return -1;
    }
    return 0;
}

void view_dispose(struct view *view)
{
    letter_dispose(&view->letter);
    letter_dispose(&view->reading);
    free(view->file);
    free(view->filed);
    free(view->ref);
    free(view->assigned);
    free(view->note);
    free(view->unsettled);
}

/* ---- as JSON ---- */

static json_t *notice_object(const struct notice *notice, enum language language)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "id", notice->id, "printed", notice->printed, "title",
                     notice->title.in[language], "what", notice->what.in[language], "means", notice->means.in[language],
                     "came", notice->came.in[language], "next", notice->next.in[language]);
}

/* What rights are called, in the order of the letter's rights. */
static json_t *right_names(const struct rights *rights, enum language language)
{
    json_t *names = json_array();

    for (size_t i = 0; i < rights->count; i++)
        json_array_append_new(names, json_string(words_right(rights->list[i].rule, language)));
    return names;
}

static json_t *maybe_list(const struct finding *finding, enum language language)
{
    json_t *list = json_array();

    for (size_t i = 0; i < finding->maybe_count; i++) {
        const struct maybe *maybe = &finding->maybes[i];
        const struct right *act_by = maybe->rights.act_by;
        json_array_append_new(
            list, json_pack("{s:s, s:o, s:s?, s:o, s:o}", "id", maybe->notice->id, "act_by",
                            json_act_by(&maybe->rights), "right",
                            act_by != NULL ? words_right(act_by->rule, language) : NULL, "rights",
                            json_rights_list(&maybe->rights, language), "right_names",
                            right_names(&maybe->rights, language)));
    }
    return list;
}

/* What the reader thought that it may be, likeliest first, whatever somebody said since. */
static json_t *guess_list(const struct view *view, const struct catalogue *catalogue, enum language language)
{
    json_t *list = json_array();

    for (size_t i = 0; i < view->reading.candidate_count; i++) {
        const struct candidate *candidate = &view->reading.candidates[i];
        const struct notice *notice = catalogue_find_notice(catalogue, candidate->id);
        if (notice != NULL)
            json_array_append_new(list, json_pack("{s:o, s:f}", "notice", notice_object(notice, language), "confidence",
                                                  candidate->confidence));
    }
    return list;
}

static json_t *text_or_null(const char *text)
{
    return text != NULL ? json_string(text) : json_null();
}

static json_t *unsettled_list(const struct view *view)
{
    json_t *list = json_array();
    const char *at = view->unsettled != NULL ? view->unsettled : "";

    while (*at != '\0') {
        size_t length = strcspn(at, " ");
        json_array_append_new(list, json_stringn(at, length));
        at += length;
        at += strspn(at, " ");
    }
    return list;
}

/* What was read first of each point that stands otherwise now. */
static json_t *read_object(const struct view *view)
{
    json_t *letter = letter_to_json(&view->reading);
    json_t *fields = json_incref(json_object_get(letter, "fields"));

    json_decref(letter);
    return fields;
}

struct people {
    json_t *of; /* by point: who last said that it is so */
};

static int note_event(void *context, const struct docket_event *event, struct error *error)
{
    const struct people *people = context;
    bool all = strcmp(event->what, "confirmed") == 0 && event->point == NULL;

    if (strcmp(event->what, "corrected") != 0 && strcmp(event->what, "confirmed") != 0)
        return 0;
    if (json_object_set_new(people->of, all ? "all" : event->point != NULL ? event->point : "",
                            json_pack("{s:s, s:s, s:I}", "what", event->what, "who", event->who, "at",
                                      (json_int_t)event->at)) < 0)
        return out_of_memory(error);
    return 0;
}

static json_t *letter_object(struct request *request, const struct view *view, const struct finding *finding,
                             const struct people *people, bool must_look)
{
    enum language language = request->language;
    struct desk *desk = request->desk;
    const struct notice *said =
        view->notice[0] != '\0' ? catalogue_find_notice(desk->call.catalogue, view->notice) : NULL;

    return json_pack("{s:I, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:O, s:o, s:o, s:o, s:b, s:b, s:o, s:o, s:o}", "id",
                     (json_int_t)view->id, "letter", json_letter(finding, view->file, view->sha256, language), "status",
                     letter_status_name(view->status), "notice",
                     said != NULL ? notice_object(said, language) : json_null(), "right_names",
                     right_names(&finding->rights, language), "maybes", maybe_list(finding, language), "guesses",
                     guess_list(view, desk->call.catalogue, language), "unsettled", unsettled_list(view), "read",
                     read_object(view), "received", json_day(view->received), "people", people->of, "ref",
                     text_or_null(view->ref), "assigned", text_or_null(view->assigned), "note",
                     text_or_null(view->note), "done", view->done, "must_look", must_look, "rescan_of",
                     view->rescan_of != 0 ? json_integer(view->rescan_of) : json_null(), "as_of",
                     json_day(finding->dates.as_of), "card", card_json(finding, language));
}

enum MHD_Result answer_letter(struct request *request)
{
    struct desk *desk = request->desk;
    struct people people = {json_object()};
    struct finding finding = {0};
    struct view view;
    struct error error = {0};
    enum MHD_Result result;
    bool must_look = false;

    if (view_init(&view, desk, request->numbers[0], &error) < 0) {
        json_decref(people.of);
        return error.code == ERROR_USAGE ? answer_refusal(request, MHD_HTTP_NOT_FOUND, "not-found")
                                         : answer_error(request, &error);
    }
    if (docket_history(desk->call.docket, view.id, note_event, &people, &error) < 0 ||
        desk_must_look(desk, view.id, &must_look, &error) < 0 ||
        finding_init(&finding, desk->call.catalogue, &view.letter, desk_today(desk), &error) < 0)
        result = answer_error(request, &error);
    else
        result = answer_json(request, MHD_HTTP_OK, letter_object(request, &view, &finding, &people, must_look));
    finding_dispose(&finding);
    view_dispose(&view);
    json_decref(people.of);
    return result;
}

/* ---- history ---- */

struct telling {
    json_t *list;
    enum language language;
};

static int tell_event(void *context, const struct docket_event *event, struct error *error)
{
    const struct telling *telling = context;
    struct buffer text;

    buffer_init(&text, SENTENCE_MAX);
    show_event(&text, event, telling->language);
    int result = json_array_append_new(
        telling->list, json_pack("{s:I, s:s, s:s, s:s?, s:s}", "at", (json_int_t)event->at, "who", event->who, "what",
                                 event->what, "point", event->point, "text", text.data != NULL ? text.data : ""));
    if (text.starved)
        result = -1;
    buffer_dispose(&text);
    return result < 0 ? out_of_memory(error) : 0;
}

enum MHD_Result answer_history(struct request *request)
{
    struct telling telling = {json_array(), request->language};
    struct error error = {0};

    if (docket_history(request->desk->call.docket, request->numbers[0], tell_event, &telling, &error) < 0) {
        json_decref(telling.list);
        return error.code == ERROR_USAGE ? answer_refusal(request, MHD_HTTP_NOT_FOUND, "not-found")
                                         : answer_error(request, &error);
    }
    return answer_json(request, MHD_HTTP_OK, telling.list);
}

/* ---- pages ---- */

/* 200 with the picture; 202 where it is being made, and an event tells when it is there. With "full=1" the one with
 * all dots, which is made along with the other, and is not there for every page. */
enum MHD_Result answer_page(struct request *request)
{
    struct desk *desk = request->desk;
    struct view view;
    struct error error = {0};
    enum MHD_Result result;
    int picture;

    if (request->numbers[1] > PAPER_PAGES_MAX)
        return answer_refusal(request, MHD_HTTP_NOT_FOUND, "not-found");
    if (view_init(&view, desk, request->numbers[0], &error) < 0)
        return error.code == ERROR_USAGE ? answer_refusal(request, MHD_HTTP_NOT_FOUND, "not-found")
                                         : answer_error(request, &error);
    bool full = request_argument(request, "full") != NULL;
    picture = scans_open_page(desk->scans, view.sha256, (unsigned)request->numbers[1], full);
    if (picture >= 0)
        result = answer_file(request, "image/png", picture);
    else if (full || request_argument(request, "again") != NULL) /* all was made, and this page was not among it */
        result = answer_refusal(request, MHD_HTTP_NOT_FOUND, "no-picture");
    else if (pile_want_pages(desk->pile, view.sha256, view.filed, &error) < 0)
        result = answer_error(request, &error);
    else
        result = answer_json(request, MHD_HTTP_ACCEPTED, json_pack("{s:s}", "state", "reading"));
    view_dispose(&view);
    return result;
}
