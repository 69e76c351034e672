/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/json_rights.h"

#include <stdio.h>

#include "report/words.h"

enum { RULE_NAME_SIZE = 160 }; /* "cap-revenue-officer/tell-the-officer"; a longer one is cut */

json_t *json_day(date day)
{
    char text[DATE_TEXT_SIZE];

    return day == DATE_NONE ? json_null() : json_string(date_format(day, text));
}

const char *json_availability(enum availability available)
{
    static const char *const names[] = {
        [AVAILABLE_YES] = "yes", [AVAILABLE_NO] = "no", [AVAILABLE_CONDITIONAL] = "conditional"};

    return names[available];
}

const char *json_kind(enum deadline_kind kind)
{
    static const char *const names[] = {[KIND_STATUTORY] = "statutory",
                                        [KIND_ADMINISTRATIVE] = "administrative",
                                        [KIND_PRACTICE] = "practice"};

    return names[kind];
}

json_t *json_deadline(const struct deadline *deadline, enum deadline_kind kind, const char *rule,
                      enum language language)
{
    return json_pack("{s:o, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:b, s:i}", "date",
                     json_day(deadline->day), "weekday", words_weekday(deadline->day, language), "kind",
                     json_kind(kind), "basis", deadline->basis == BASIS_PRINTED ? "printed" : "computed",
                     "counted_from", deadline->counted_from, "rule", rule, "rolled_from",
                     json_day(deadline->rolled_from), "printed", json_day(deadline->printed), "computed",
                     json_day(deadline->computed), "fallback", json_day(deadline->fallback), "safe",
                     deadline->safe, "days_left", deadline->days_left);
}

static json_t *follow_up_list(const struct right *right, enum language language)
{
    const struct clock *clock = right->rule->clock;
    json_t *list = json_array();

    for (size_t i = 0; clock != NULL && i < right->follow_up_count; i++) {
        const struct follow_up_deadline *later = &right->follow_ups[i];
        char rule[RULE_NAME_SIZE];
        snprintf(rule, sizeof rule, "%s/%s", clock->name, later->follow_up->name);
        json_t *deadline =
            later->known ? json_deadline(&later->deadline, clock->kind, rule, language) : json_null();
        json_t *object = json_pack("{s:s, s:s, s:s, s:o}", "name", later->follow_up->name, "what",
                                   later->follow_up->what.in[language], "standing",
                                   standing_name(later->standing), "deadline", deadline);
        if (json_array_append_new(list, object) < 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *authority_list(const struct notice_right *rule)
{
    json_t *list = json_array();
    int result = 0;

    for (unsigned i = 0; rule->clock != NULL && i < rule->clock->authority_count; i++)
        result |= json_array_append_new(list, json_string(rule->clock->authority[i]));
    for (unsigned i = 0; i < rule->authority_count; i++)
        result |= json_array_append_new(list, json_string(rule->authority[i]));
    if (result == 0)
        return list;
    json_decref(list);
    return NULL;
}

static const char *in_language(const struct text *text, enum language language)
{
    return text != NULL ? text->in[language] : NULL;
}

static json_t *right_object(const struct right *right, enum language language)
{
    const struct notice_right *rule = right->rule;
    const struct clock *clock = rule->clock;
    const struct text *effect = rule->effect != NULL || clock == NULL ? rule->effect : &clock->effect;
    json_t *deadline = right->has_deadline && clock != NULL
                           ? json_deadline(&right->deadline, clock->kind, clock->name, language)
                           : json_null();

    return json_pack(
        "{s:s, s:s, s:s?, s:s, s:b, s:s?, s:s?, s:s?, s:s?, s:s?, s:o, s:o, s:o}", "track", rule->track,
        "available", json_availability(rule->available), "condition", in_language(rule->condition, language),
        "standing", standing_name(right->standing), "perhaps_open", rights_perhaps_open(right), "afterwards",
        in_language(clock != NULL ? clock->afterwards : NULL, language), "form",
        clock != NULL ? clock->form : NULL, "how", in_language(clock != NULL ? &clock->how : NULL, language),
        "effect", in_language(effect, language), "note", in_language(rule->note, language), "authority",
        authority_list(rule), "deadline", deadline, "follow_ups", follow_up_list(right, language));
}

json_t *json_rights_list(const struct rights *rights, enum language language)
{
    json_t *list = json_array();

    for (size_t i = 0; i < rights->count; i++) {
        if (json_array_append_new(list, right_object(&rights->list[i], language)) < 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

json_t *json_act_by(const struct rights *rights)
{
    if (rights->act_by == NULL)
        return json_null();
    return json_pack("{s:o, s:s}", "date", json_day(rights->act_by->deadline.day), "track",
                     rights->act_by->rule->track);
}
