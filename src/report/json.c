/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/json.h"

#include <string.h>

#include "base/buffer.h"
#include "base/utf8.h"
#include "report/json_rights.h"
#include "report/warning.h"
#include "report/words.h"

enum {
    NAME_MAX_BYTES = 1 << 15, /* bytes of a file name in JSON: PATH_MAX, each replaced by up to three */
    WARNING_MAX = 1 << 10,    /* bytes of one warning sentence */
};

/* A file name is any bytes; JSON is UTF-8. */
static json_t *name_string(const char *name)
{
    struct buffer text;
    json_t *string = NULL;

    buffer_init(&text, NAME_MAX_BYTES);
    buffer_text(&text, "");
    while (*name != '\0') {
        char bytes[4];
        size_t length = utf8_put(utf8_next(&name), bytes);
        buffer_add(&text, bytes, length);
    }
    if (!text.failed)
        string = json_stringn(text.data, text.length);
    buffer_dispose(&text);
    return string;
}

static json_t *source_object(const char *file, const char *sha256)
{
    return json_pack("{s:o, s:s?}", "file", name_string(file), "sha256", sha256);
}

static bool has_code(const json_t *warnings, const char *code)
{
    size_t i;
    json_t *warning;

    json_array_foreach(warnings, i, warning)
    {
        const char *other = json_string_value(json_object_get(warning, "code"));
        if (other != NULL && strcmp(other, code) == 0)
            return true;
    }
    return false;
}

static int translate_warnings(json_t *warnings, enum language language)
{
    size_t i;
    json_t *warning;

    json_array_foreach(warnings, i, warning)
    {
        const char *code = json_string_value(json_object_get(warning, "code"));
        const char *text = json_string_value(json_object_get(warning, "text"));
        const char *said = warning_of_reading(code, text, language);
        if (said != text && json_object_set_new(warning, "text", json_string(said)) < 0)
            return -1;
    }
    return 0;
}

struct warning_list {
    json_t *warnings;
    enum language language;
};

static int add_warning(void *to, const struct rights_warning *warning)
{
    const struct warning_list *list = to;
    struct buffer text;

    if (has_code(list->warnings, warning->code))
        return 0;
    buffer_init(&text, WARNING_MAX);
    warning_text(&text, warning, list->language);
    json_t *object = text.starved ? NULL : json_pack("{s:s, s:s}", "code", warning->code, "text", text.data);
    buffer_dispose(&text);
    return json_array_append_new(list->warnings, object);
}

/* Adds what counting warns of to what reading warned of. */
static int add_warnings(json_t *warnings, const struct finding *finding, enum language language)
{
    struct warning_list list = {warnings, language};

    return finding_each_warning(finding, add_warning, &list);
}

/* What `from` has and `out` has not. json_object_update_missing keeps it to itself where memory ran out. */
static int add_missing(json_t *out, json_t *from)
{
    const char *key;
    json_t *value;

    json_object_foreach(from, key, value)
    {
        if (json_object_get(out, key) == NULL && json_object_set(out, key, value) < 0)
            return -1;
    }
    return 0;
}

/* The letter's notice with the title that the catalogue has for it, where the contract shows it. */
static json_t *letter_notice(json_t *own, const struct notice *notice, enum language language)
{
    json_t *out = json_object();

    if (json_object_set(out, "id", json_object_get(own, "id")) < 0 ||
        json_object_set(out, "printed", json_object_get(own, "printed")) < 0 ||
        json_object_set_new(out, "title",
                            notice != NULL ? json_string(notice->title.in[language]) : json_null()) < 0 ||
        add_missing(out, own) < 0) {
        json_decref(out);
        return NULL;
    }
    return out;
}

/* Takes the letter's own part and puts it behind what comes first. */
static int add_letter(json_t *out, const struct finding *finding, const char *file, const char *sha256,
                      enum language language)
{
    json_t *own = letter_to_json(finding->letter);
    json_t *source = source_object(file, sha256);
    int result = -1;

    if (own == NULL || source == NULL || json_object_update(source, json_object_get(own, "source")) < 0 ||
        json_object_set(out, "source", source) < 0 ||
        json_object_set_new(own, "notice",
                            letter_notice(json_object_get(own, "notice"), finding->notice, language)) < 0 ||
        add_missing(out, own) < 0)
        goto done;
    result = 0;
done:
    json_decref(own);
    json_decref(source);
    return result;
}

json_t *json_letter(const struct finding *finding, const char *file, const char *sha256,
                    enum language language)
{
    json_t *out = json_pack("{s:s}", "schema", "irsort.letter/1");
    json_t *warnings = NULL;

    if (out == NULL || add_letter(out, finding, file, sha256, language) < 0)
        goto failed;
    warnings = json_incref(json_object_get(out, "warnings"));
    if (warnings == NULL)
        warnings = json_array();
    json_object_del(out, "warnings"); /* they stand last */
    if (json_object_set_new(out, "rights", json_rights_list(&finding->rights, language)) < 0 ||
        json_object_set_new(out, "act_by", json_act_by(&finding->rights)) < 0 ||
        translate_warnings(warnings, language) < 0 || add_warnings(warnings, finding, language) < 0 ||
        json_object_set(out, "warnings", warnings) < 0)
        goto failed;
    json_decref(warnings);
    return out;

failed:
    json_decref(warnings);
    json_decref(out);
    return NULL;
}

json_t *json_error(const char *file, const char *sha256, const struct error *error)
{
    return json_pack("{s:s, s:o, s:{s:s, s:s}}", "schema", "irsort.error/1", "source",
                     source_object(file, sha256), "error", "code", error_code_name(error->code), "message",
                     error->message);
}

static json_t *notice_object(const struct notice *notice, enum language language)
{
    return json_pack("{s:s, s:s, s:s}", "id", notice->id, "printed", notice->printed, "title",
                     notice->title.in[language]);
}

json_t *json_rights(const struct finding *finding, enum language language)
{
    json_t *warnings = json_array();

    if (warnings == NULL || add_warnings(warnings, finding, language) < 0) {
        json_decref(warnings);
        return NULL;
    }
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "schema", "irsort.rights/1", "notice",
                     notice_object(finding->notice, language), "as_of", json_day(finding->dates.as_of),
                     "notice_date", json_day(finding->dates.start[START_NOTICE_DATE]), "rights",
                     json_rights_list(&finding->rights, language), "act_by", json_act_by(&finding->rights),
                     "warnings", warnings);
}

static json_t *count_object(const struct clock *clock)
{
    static const char *const units[] = {
        [UNIT_DAYS] = "days", [UNIT_BUSINESS_DAYS] = "business-days", [UNIT_YEARS] = "years"};

    if (clock == NULL || clock->count == NULL)
        return json_null();
    return json_pack("{s:s, s:i, s:s}", "from", words_start_name(clock->count->from), "count",
                     (int)clock->count->period.count, "unit", units[clock->count->period.unit]);
}

static json_t *notice_right_object(const struct notice_right *right)
{
    const struct clock *clock = right->clock;
    const char *printed = clock != NULL && clock->printed != NULL ? field_name(*clock->printed) : NULL;

    return json_pack("{s:s, s:s, s:s?, s:s?, s:o, s:s?}", "track", right->track, "available",
                     json_availability(right->available), "rule", right->clock_name, "kind",
                     clock != NULL ? json_kind(clock->kind) : NULL, "count", count_object(clock), "printed",
                     printed);
}

json_t *json_notice(const struct notice *notice, enum language language)
{
    json_t *numbers = json_array();
    json_t *rights = json_array();
    int result = 0;

    for (unsigned i = 0; i < notice->numbers_count; i++)
        result |= json_array_append_new(numbers, json_string(notice->numbers[i]));
    for (unsigned i = 0; i < notice->rights_count; i++)
        result |= json_array_append_new(rights, notice_right_object(&notice->rights[i]));
    if (result != 0) {
        json_decref(numbers);
        json_decref(rights);
        return NULL;
    }
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "schema", "irsort.notice/1", "id", notice->id,
                     "printed", notice->printed, "title", notice->title.in[language], "class",
                     notice->class_name, "numbers", numbers, "rights", rights);
}
