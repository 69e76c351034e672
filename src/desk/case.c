/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A corrected letter as a case for the people who write patterns: where what stood, what was taken for what, and
 * what a person said. Of the texts only words stay that the catalogue itself has; all others become x, all figures
 * 0. No value of a field goes out, no name, no file, no day: of two dates only how far they lie apart. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "desk/inside.h"

enum { WORD_SIZE = 40, TEXT_SIZE = LETTER_TEXT_SIZE * 2 };

/* ---- words that may stay ---- */

/* Whether `text` has that word, whatever its case, between characters that are no letters. */
static bool has_word(const char *text, const char *word, size_t length)
{
    for (const char *at = text; text != NULL && (at = strcasestr(at, word)) != NULL; at++) {
        bool begins = at == text || !isalnum((unsigned char)at[-1]);
        if (begins && !isalnum((unsigned char)at[length]))
            return true;
    }
    return false;
}

static bool notice_has(const struct notice *notice, const char *word, size_t length)
{
    for (unsigned i = 0; i < notice->titles_count; i++) {
        if (has_word(notice->titles[i].text, word, length))
            return true;
    }
    for (unsigned i = 0; i < notice->phrases_count; i++) {
        if (has_word(notice->phrases[i].text, word, length))
            return true;
    }
    for (unsigned i = 0; i < notice->numbers_count; i++) {
        if (strcasecmp(notice->numbers[i], word) == 0)
            return true;
    }
    return has_word(notice->printed, word, length);
}

static bool is_known(const struct catalogue *catalogue, const char *word, size_t length)
{
    static const char *const letterhead[] = {"department", "treasury", "internal", "revenue",
                                             "service",    "irs",      "notice",   "letter"};
    size_t count;
    const struct notice *notices = catalogue_notices(catalogue, &count);

    for (size_t i = 0; i < sizeof letterhead / sizeof *letterhead; i++) {
        if (strcasecmp(letterhead[i], word) == 0)
            return true;
    }
    for (size_t i = 0; i < count; i++) {
        if (notice_has(&notices[i], word, length))
            return true;
    }
    return false;
}

/* One word of letters and figures, kept or blotted out. */
static void add_word(struct buffer *out, const struct catalogue *catalogue, const char *word, size_t length)
{
    char plain[WORD_SIZE];
    bool known = false;

    if (length < sizeof plain) {
        memcpy(plain, word, length);
        plain[length] = '\0';
        known = is_known(catalogue, plain, length);
    }
    for (size_t i = 0; i < length; i++)
        buffer_byte(out, known ? word[i] : (char)(isdigit((unsigned char)word[i]) ? '0' : 'x'));
}

/* What is not ASCII is part of no word that stays. */
static json_t *redacted(const struct catalogue *catalogue, const char *text)
{
    struct buffer out;
    json_t *json = NULL;

    buffer_init(&out, TEXT_SIZE);
    buffer_text(&out, "");
    while (*text != '\0') {
        size_t length = 0;
        while (isalnum((unsigned char)text[length]))
            length++;
        if (length > 0) {
            add_word(&out, catalogue, text, length);
            text += length;
        } else if ((unsigned char)*text < 0x80) {
            buffer_byte(&out, *text++);
        } else {
            utf8_next(&text);
            buffer_byte(&out, 'x');
        }
    }
    if (!out.failed)
        json = json_stringn(out.data, out.length);
    buffer_dispose(&out);
    return json;
}

/* ---- the case ---- */

static json_t *box_json(struct box box)
{
    return json_pack("[f, f, f, f]", (double)box.left, (double)box.top, (double)box.right, (double)box.bottom);
}

static json_t *evidence_list(const struct letter *letter, const struct catalogue *catalogue)
{
    json_t *list = json_array();

    for (size_t i = 0; i < letter->evidence_count; i++) {
        const struct evidence *evidence = &letter->evidence[i];
        json_array_append_new(list, json_pack("{s:s, s:s, s:i, s:o, s:o}", "kind", evidence->kind, "rule",
                                              evidence->rule, "page", (int)evidence->page, "box",
                                              box_json(evidence->box), "text", redacted(catalogue, evidence->text)));
    }
    return list;
}

static const char *fate_of(const struct field *read, const struct field *now)
{
    if (read->count == 0)
        return now->count == 0 ? NULL : "missed";
    if (now->count == 0)
        return "not-there";
    return read->count == now->count && strcmp(read->values[0].value, now->values[0].value) == 0 ? "kept" : "misread";
}

/* How many days the right date is from the one that was read. */
static json_t *days_off(const struct field *read, const struct field *now)
{
    date was = read->count > 0 ? date_parse(read->values[0].value) : DATE_NONE;
    date is = now->count > 0 ? date_parse(now->values[0].value) : DATE_NONE;

    return was == DATE_NONE || is == DATE_NONE ? json_null() : json_integer(is - was);
}

static json_t *field_object(const struct field *read, const struct field *now)
{
    const struct field_value *place = read->count > 0 ? &read->values[0] : NULL;

    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "fate", fate_of(read, now), "page",
                     place != NULL ? json_integer(place->page) : json_null(), "box",
                     place != NULL ? box_json(place->box) : json_null(), "confidence",
                     place != NULL ? json_real(place->confidence) : json_null(), "days_off", days_off(read, now));
}

static json_t *fields_object(const struct view *view)
{
    json_t *fields = json_object();

    for (enum field_id field = 0; field < FIELD_COUNT; field++) {
        const struct field *read = &view->reading.fields[field];
        const struct field *now = &view->letter.fields[field];
        if (fate_of(read, now) != NULL)
            json_object_set_new(fields, field_name(field), field_object(read, now));
    }
    return fields;
}

static json_t *code_list(const struct letter *letter)
{
    json_t *list = json_array();

    for (size_t i = 0; i < letter->warning_count; i++)
        json_array_append_new(list, json_string(letter->warnings[i].code));
    return list;
}

static json_t *candidate_list(const struct letter *letter)
{
    json_t *list = json_array();

    for (size_t i = 0; i < letter->candidate_count; i++)
        json_array_append_new(list, json_pack("{s:s, s:f}", "id", letter->candidates[i].id, "confidence",
                                              letter->candidates[i].confidence));
    return list;
}

json_t *case_json(const struct view *view, const struct catalogue *catalogue)
{
    const struct letter *reading = &view->reading;

    return json_pack("{s:s, s:i, s:{s:s, s:o, s:o, s:o}, s:{s:s, s:o}, s:o, s:o, s:o}", "schema", "irsort.case/1",
                     "pages", (int)reading->page_count, "read", "status", letter_status_name(reading->status), "notice",
                     reading->id[0] != '\0' ? json_string(reading->id) : json_null(), "printed",
                     redacted(catalogue, reading->printed), "candidates", candidate_list(reading), "said", "status",
                     letter_status_name(view->status), "notice",
                     view->notice[0] != '\0' ? json_string(view->notice) : json_null(), "evidence",
                     evidence_list(reading, catalogue), "fields", fields_object(view), "warnings", code_list(reading));
}

enum MHD_Result answer_case(struct request *request)
{
    struct error error = {0};
    struct buffer text;
    struct view view;

    if (view_init(&view, request->desk, request->numbers[0], &error) < 0)
        return error.code == ERROR_USAGE ? answer_refusal(request, MHD_HTTP_NOT_FOUND, "not-found")
                                         : answer_error(request, &error);
    json_t *json = case_json(&view, request->desk->call.catalogue);
    char *dump = json != NULL ? json_dumps(json, JSON_INDENT(1) | JSON_REAL_PRECISION(REAL_DIGITS)) : NULL;
    json_decref(json);
    view_dispose(&view);
    buffer_init(&text, PAGE_MAX);
    if (dump != NULL)
        buffer_printf(&text, "%s\n", dump);
    free(dump);
    return answer_text(request, MHD_HTTP_OK, "application/json", "irsort-case.json", &text);
}
