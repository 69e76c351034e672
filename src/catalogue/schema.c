/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "catalogue/schema.h"

#include <stdbool.h>

#include "base/date.h"
#include "source/forms.h"

enum {
    NUMBER_MAX = 15,  /* bytes of an id or number: a letter's candidate holds no longer one */
    PRINTED_MAX = 47, /* bytes of a number as people write it: likewise */
    NAME_LENGTH_MAX = 63,
    SENTENCE_MAX = 2000, /* bytes: what fits on a card many times over */
    DATE_LENGTH = DATE_TEXT_SIZE - 1,
};

#define TEXT(key, type, member) CYAML_FIELD_MAPPING(key, CYAML_FLAG_DEFAULT, type, member, text_fields)
#define TEXT_OPTIONAL(key, type, member)                                                                     \
    CYAML_FIELD_MAPPING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, text_fields)

/* libcyaml's own booleans take every word that it does not know for true. */
#define BOOL(key, type, member) ENUM(key, type, member, booleans)
#define BOOL_OPTIONAL(key, type, member) ENUM_OPTIONAL(key, type, member, booleans)

static const cyaml_strval_t booleans[] = {{"yes", true}, {"no", false}, {"true", true}, {"false", false}};

static const cyaml_schema_field_t text_fields[] = {
    STRING("en", struct text, in[LANGUAGE_EN], SENTENCE_MAX),
    STRING("es", struct text, in[LANGUAGE_ES], SENTENCE_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t sentence_value = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, SENTENCE_MAX)};

static const cyaml_schema_value_t number_value = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, NUMBER_MAX)};

/* ---- clocks ---- */

static const cyaml_strval_t kinds[] = {
    {"statutory", KIND_STATUTORY}, {"administrative", KIND_ADMINISTRATIVE}, {"practice", KIND_PRACTICE}};

static const cyaml_strval_t starts[] = {
    {"notice-date", START_NOTICE_DATE},        {"lien-filed", START_LIEN_FILED},
    {"conference", START_CONFERENCE},          {"conference-asked", START_CONFERENCE_ASKED},
    {"seizure-notice", START_SEIZURE_NOTICE},  {"review-asked", START_REVIEW_ASKED},
    {"review-answered", START_REVIEW_ANSWERED}};

static const cyaml_strval_t units[] = {
    {"days", UNIT_DAYS}, {"business-days", UNIT_BUSINESS_DAYS}, {"years", UNIT_YEARS}};

static const cyaml_schema_field_t period_fields[] = {
    CYAML_FIELD_UINT("count", CYAML_FLAG_DEFAULT, struct period, count),
    ENUM("unit", struct period, unit, units),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t count_fields[] = {
    ENUM("from", struct count, from, starts),
    CYAML_FIELD_MAPPING_PTR("first", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct count, first,
                            period_fields),
    CYAML_FIELD_MAPPING("period", CYAML_FLAG_DEFAULT, struct count, period, period_fields),
    BOOL("roll", struct count, roll),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t follow_up_fields[] = {
    STRING("name", struct follow_up, name, NAME_LENGTH_MAX),
    CYAML_FIELD_MAPPING("count", CYAML_FLAG_DEFAULT, struct follow_up, count, count_fields),
    TEXT("what", struct follow_up, what),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t follow_up_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct follow_up, follow_up_fields)};

static const cyaml_schema_field_t clock_fields[] = {
    STRING("name", struct clock, name, NAME_LENGTH_MAX),
    STRING("track", struct clock, track, NAME_LENGTH_MAX),
    ENUM("kind", struct clock, kind, kinds),
    CYAML_FIELD_ENUM_PTR("printed", CYAML_FLAG_POINTER | CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL,
                         struct clock, printed, schema_field_names, FIELD_COUNT),
    CYAML_FIELD_MAPPING_PTR("count", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct clock, count,
                            count_fields),
    CYAML_FIELD_MAPPING_PTR("safe", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct clock, safe,
                            count_fields),
    TEXT_OPTIONAL("afterwards", struct clock, afterwards),
    STRING_OPTIONAL("after_track", struct clock, after_track, NAME_LENGTH_MAX),
    LIST_OPTIONAL("follow_ups", struct clock, follow_ups, &follow_up_value),
    STRING_OPTIONAL("form", struct clock, form, NAME_LENGTH_MAX),
    TEXT("how", struct clock, how),
    TEXT("effect", struct clock, effect),
    LIST("authority", struct clock, authority, &sentence_value, 1),
    LIST("sources", struct clock, sources, &sentence_value, 1),
    STRING("checked", struct clock, checked, DATE_LENGTH),
    STRING("certainty", struct clock, certainty, SENTENCE_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t clock_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct clock, clock_fields)};

const cyaml_schema_value_t schema_clock = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct clock, clock_fields)};

const cyaml_schema_value_t schema_clocks = {
    CYAML_VALUE_SEQUENCE(CYAML_FLAG_POINTER, struct clock, &clock_value, 0, CYAML_UNLIMITED)};

/* ---- notices ---- */

static const cyaml_strval_t styles[] = {
    {"cp", STYLE_CP}, {"lt", STYLE_LT}, {"letter", STYLE_LETTER}, {"c-letter", STYLE_C}};

static const cyaml_strval_t availabilities[] = {
    {"yes", AVAILABLE_YES}, {"no", AVAILABLE_NO}, {"conditional", AVAILABLE_CONDITIONAL}};

static const cyaml_strval_t recipients[] = {
    {"anyone", RECIPIENT_ANYONE}, {"individual", RECIPIENT_INDIVIDUAL}, {"business", RECIPIENT_BUSINESS}};

static const cyaml_schema_field_t feature_fields[] = {
    STRING("text", struct feature, text, SENTENCE_MAX),
    BOOL_OPTIONAL("unverified", struct feature, unverified),
    BOOL_OPTIONAL("always", struct feature, always),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t feature_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct feature, feature_fields)};

static const cyaml_schema_field_t exclusion_fields[] = {
    STRING("regex", struct exclusion, regex, SENTENCE_MAX),
    STRING("why", struct exclusion, why, SENTENCE_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t exclusion_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct exclusion, exclusion_fields)};

static const cyaml_schema_field_t right_fields[] = {
    STRING("track", struct notice_right, track, NAME_LENGTH_MAX),
    ENUM("available", struct notice_right, available, availabilities),
    STRING_OPTIONAL("clock", struct notice_right, clock_name, NAME_LENGTH_MAX),
    TEXT_OPTIONAL("condition", struct notice_right, condition),
    TEXT_OPTIONAL("effect", struct notice_right, effect),
    TEXT_OPTIONAL("note", struct notice_right, note),
    LIST_OPTIONAL("authority", struct notice_right, authority, &sentence_value),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t right_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct notice_right, right_fields)};

static const cyaml_schema_field_t notice_fields[] = {
    STRING("id", struct notice, id, NUMBER_MAX),
    STRING("printed", struct notice, printed, PRINTED_MAX),
    ENUM("style", struct notice, style, styles),
    STRING("class", struct notice, class_name, NAME_LENGTH_MAX),
    TEXT("title", struct notice, title),
    ENUM_OPTIONAL("recipient", struct notice, recipient, recipients),
    LIST("numbers", struct notice, numbers, &number_value, 1),
    LIST("titles", struct notice, titles, &feature_value, 1),
    LIST_OPTIONAL("phrases", struct notice, phrases, &feature_value),
    LIST_OPTIONAL("excludes", struct notice, excludes, &exclusion_value),
    TEXT("what", struct notice, what),
    TEXT("means", struct notice, means),
    TEXT("came", struct notice, came),
    TEXT("next", struct notice, next),
    LIST("rights", struct notice, rights, &right_value, 1),
    LIST("sources", struct notice, sources, &sentence_value, 1),
    STRING("certainty", struct notice, certainty, SENTENCE_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t notice_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct notice, notice_fields)};

const cyaml_schema_value_t schema_notice = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct notice, notice_fields)};

const cyaml_schema_value_t schema_notices = {
    CYAML_VALUE_SEQUENCE(CYAML_FLAG_POINTER, struct notice, &notice_value, 0, CYAML_UNLIMITED)};

/* ---- fields ---- */

static const cyaml_strval_t shapes[] = {{"date", SHAPE_DATE},     {"money", SHAPE_MONEY},
                                        {"tin", SHAPE_TIN},       {"phone", SHAPE_PHONE},
                                        {"period", SHAPE_PERIOD}, {"pages", SHAPE_PAGES}};

static const cyaml_strval_t zones[] = {
    {"header", ZONE_HEADER}, {"body", ZONE_BODY}, {"stub", ZONE_STUB}, {"any", ZONE_ANY}};

static const cyaml_schema_field_t label_fields[] = {
    STRING("regex", struct field_label, regex, SENTENCE_MAX),
    ENUM("zone", struct field_label, zone, zones),
    BOOL_OPTIONAL("below", struct field_label, below),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t label_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct field_label, label_fields)};

static const cyaml_schema_field_t field_rule_fields[] = {
    ENUM("field", struct field_rule, field, schema_field_names),
    ENUM("shape", struct field_rule, shape, shapes),
    LIST("labels", struct field_rule, labels, &label_value, 1),
    LIST_OPTIONAL("in_days", struct field_rule, in_days, &label_value),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t field_rule_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct field_rule, field_rule_fields)};

static const cyaml_schema_field_t field_rules_fields[] = {
    LIST("fields", struct field_rules, fields, &field_rule_value, 1),
    CYAML_FIELD_END,
};

const cyaml_schema_value_t schema_fields = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct field_rules, field_rules_fields)};

/* ---- mail and others ---- */

static const cyaml_schema_field_t mark_fields[] = {
    STRING("regex", struct mail_mark, regex, SENTENCE_MAX),
    STRING("name", struct mail_mark, name, NAME_LENGTH_MAX),
    CYAML_FIELD_FLOAT("weight", CYAML_FLAG_STRICT, struct mail_mark, weight),
    BOOL_OPTIONAL("moves_date", struct mail_mark, moves_date),
    BOOL_OPTIONAL("head", struct mail_mark, head),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t mark_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct mail_mark, mark_fields)};

static const cyaml_schema_field_t mail_fields[] = {
    LIST("letterhead", struct mail, letterhead, &mark_value, 1),
    LIST("enclosures", struct mail, enclosures, &mark_value, 1),
    LIST_OPTIONAL("cautions", struct mail, cautions, &exclusion_value),
    LIST("imitations", struct mail, imitations, &mark_value, 1),
    CYAML_FIELD_END,
};

const cyaml_schema_value_t schema_mail = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct mail, mail_fields)};

static const cyaml_schema_field_t other_fields[] = {
    STRING("number", struct other_number, number, NUMBER_MAX),
    STRING("printed", struct other_number, printed, PRINTED_MAX),
    STRING("title", struct other_number, title, SENTENCE_MAX),
    ENUM_OPTIONAL("recipient", struct other_number, recipient, recipients),
    LIST_OPTIONAL("titles", struct other_number, titles, &feature_value),
    LIST_OPTIONAL("phrases", struct other_number, phrases, &feature_value),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t other_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct other_number, other_fields)};

static const cyaml_schema_field_t others_fields[] = {
    LIST("others", struct mail, others, &other_value, 1),
    CYAML_FIELD_END,
};

const cyaml_schema_value_t schema_others = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct mail, others_fields)};
