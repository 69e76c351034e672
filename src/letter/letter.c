/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "letter/letter.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

const char *letter_status_name(enum letter_status status)
{
    static const char *const names[LETTER_STATUS_COUNT] = {
        [LETTER_IDENTIFIED] = "identified",
        [LETTER_REVIEW] = "review",
        [LETTER_IRS_UNLISTED] = "irs-unlisted",
        [LETTER_NOT_IRS] = "not-irs",
        [LETTER_BLANK] = "blank",
        [LETTER_UNREADABLE] = "unreadable",
    };

    return names[status];
}

void letter_init(struct letter *letter)
{
    *letter = (struct letter){.status = LETTER_REVIEW}; /* until someone is sure of more */
}

void letter_dispose(struct letter *letter)
{
    free(letter->pages);
    for (size_t i = 0; i < FIELD_COUNT; i++)
        free(letter->fields[i].values);
    letter_drop_pictures(letter);
    for (size_t i = 0; i < letter->why_count; i++)
        free(letter->why[i].rules);
    letter_init(letter);
}

int letter_add_page(struct letter *letter, unsigned page)
{
    unsigned *pages = realloc(letter->pages, (letter->page_count + 1) * sizeof *pages);

    if (pages == NULL)
        return -1;
    letter->pages = pages;
    pages[letter->page_count++] = page;
    return 0;
}

int letter_add_field(struct letter *letter, enum field_id field, const struct field_value *value)
{
    struct field *list = &letter->fields[field];
    size_t most = field == FIELD_TAX_PERIODS ? LETTER_PERIODS_MAX : 1;

    if (list->count >= most)
        return 0;
    struct field_value *values = realloc(list->values, (list->count + 1) * sizeof *values);
    if (values == NULL)
        return -1;
    list->values = values;
    values[list->count++] = *value;
    return 0;
}

const char *why_found_name(enum why_found found)
{
    static const char *const names[WHY_FOUND_COUNT] = {
        [WHY_HIT] = "hit",   [WHY_PART] = "part",      [WHY_NO_HEADING] = "no-heading", [WHY_NEAR] = "near", [WHY_NOTHING] = "nothing"};

    return names[found];
}

int letter_add_why_rule(struct letter *letter, const struct why_rule *rule)
{
    struct why *why = &letter->why[letter->why_count - 1];

    if (why->rule_count >= LETTER_WHY_RULES_MAX)
        return 0;
    struct why_rule *rules = realloc(why->rules, (why->rule_count + 1) * sizeof *rules);
    if (rules == NULL)
        return -1;
    why->rules = rules;
    rules[why->rule_count++] = *rule;
    return 0;
}

int letter_add_picture(struct letter *letter, unsigned page, const void *png, size_t size)
{
    struct letter_picture *pictures = realloc(letter->pictures, (letter->picture_count + 1) * sizeof *pictures);

    if (pictures == NULL)
        return -1;
    letter->pictures = pictures;
    unsigned char *copy = malloc(size);
    if (copy == NULL)
        return -1;
    memcpy(copy, png, size);
    pictures[letter->picture_count++] = (struct letter_picture){.page = page, .png = copy, .size = size};
    return 0;
}

int letter_add_full_picture(struct letter *letter, const void *png, size_t size)
{
    struct letter_picture *picture = &letter->pictures[letter->picture_count - 1];

    picture->full = malloc(size);
    if (picture->full == NULL)
        return -1;
    memcpy(picture->full, png, size);
    picture->full_size = size;
    return 0;
}

void letter_drop_pictures(struct letter *letter)
{
    for (size_t i = 0; i < letter->picture_count; i++) {
        free(letter->pictures[i].png);
        free(letter->pictures[i].full);
    }
    free(letter->pictures);
    letter->pictures = NULL;
    letter->picture_count = 0;
}

bool letter_has_warning(const struct letter *letter, const char *code)
{
    for (size_t i = 0; i < letter->warning_count; i++) {
        if (strcmp(letter->warnings[i].code, code) == 0)
            return true;
    }
    return false;
}

void letter_warn(struct letter *letter, const char *code, const char *format, ...)
{
    va_list args;

    if (letter->warning_count >= LETTER_WARNINGS_MAX || letter_has_warning(letter, code))
        return;
    struct warning *warning = &letter->warnings[letter->warning_count++];
    snprintf(warning->code, sizeof warning->code, "%s", code);
    va_start(args, format);
    char text[LETTER_TEXT_SIZE * 4]; /* two values as long as they may be, and the words */
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    utf8_trim(text);
    warning->text[0] = '\0'; /* the place may have held another */
    utf8_append(warning->text, sizeof warning->text, text, sizeof text);
}

void letter_warn_cut_short(struct letter *letter)
{
    letter_warn(letter, "reading-cut-short", "there is more on the pages than is looked at, so part of it was not read");
}

date letter_date(const struct letter *letter, enum field_id field)
{
    const struct field *list = &letter->fields[field];

    return list->count > 0 ? date_parse(list->values[0].value) : DATE_NONE;
}
