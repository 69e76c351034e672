/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The client's sheet: one letter or all of a client's, in plain words and large type, whole without JavaScript. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk/html.h"
#include "desk/inside.h"
#include "report/finding.h"

enum {
    LETTERS_MAX = 60, /* of one sheet: what a client carries in a box */
    IDS_MAX = 1000,   /* bytes of a list of letters */
    HANDLE = 16,
};

/* What a client needs; how the day was counted and why the program believes it is the clinic's business. */
static const char *const client_sections[] = {"HEAD", "WARNINGS", "CANDIDATES", "THE_LETTER", "MEANS", "TO_DO"};

static bool is_for_client(const char *section)
{
    for (size_t i = 0; i < sizeof client_sections / sizeof *client_sections; i++) {
        if (strcmp(client_sections[i], section) == 0)
            return true;
    }
    return false;
}

static void add_line(struct buffer *out, const json_t *line, bool first)
{
    const char *ink = json_string_value(json_object_get(line, "ink"));
    const char *word = json_string_value(json_object_get(line, "word"));
    const char *text = json_string_value(json_object_get(line, "text"));
    char class[HANDLE];

    /* the clinic's business; and what the title says */
    if (strcmp(word, "AUTHORITY") == 0 || strcmp(word, "LETTER_NAME") == 0)
        return;
    snprintf(class, sizeof class, "%s%s", ink, first ? " first" : "");
    html_element(out, strcmp(ink, "strong") == 0 && !first ? "h4" : "p", class, text);
}

static void add_section(struct buffer *out, const json_t *section)
{
    const char *name = json_string_value(json_object_get(section, "name"));
    const char *title = json_string_value(json_object_get(section, "title"));
    bool head = strcmp(name, "HEAD") == 0;
    size_t i;
    json_t *line;

    if (!is_for_client(name))
        return;
    buffer_printf(out, "<section class=\"%s\">\n", head ? "when" : "part");
    if (title[0] != '\0')
        html_element(out, "h3", "", title);
    json_array_foreach(json_object_get(section, "lines"), i, line)
    {
        add_line(out, line, head && i == 0);
    }
    buffer_text(out, "</section>\n");
}

/* "Letter 12 · dated 2026-03-02 · taxpayer ending 4417": to find the paper again. */
static void add_handle(struct buffer *out, const struct view *view, enum language language)
{
    const struct field *last4 = &view->letter.fields[FIELD_TIN_LAST4];
    date day = letter_date(&view->letter, FIELD_NOTICE_DATE);
    char number[HANDLE];

    snprintf(number, sizeof number, "%lld", (long long)view->id);
    buffer_text(out, "<p class=\"handle\">");
    words_fill(out, WORD_DESK_SHEET_LETTER, language, (const char *const[]){number}, 1);
    if (day != DATE_NONE) {
        buffer_text(out, " · ");
        words_fill(out, WORD_DESK_SHEET_DATED, language, (const char *const[]){words_date(day, language).text}, 1);
    }
    if (last4->count > 0) {
        buffer_text(out, " · ");
        words_fill(out, WORD_DESK_SHEET_LAST4, language, (const char *const[]){last4->values[0].value}, 1);
    }
    buffer_text(out, "</p>\n");
}

static int add_letter(struct buffer *out, struct request *request, int64_t id, struct error *error)
{
    struct desk *desk = request->desk;
    struct finding finding = {0};
    struct view view;
    json_t *sections = NULL;
    size_t i;
    json_t *section;
    int result = -1;

    if (view_init(&view, desk, id, error) < 0)
        return -1;
    if (finding_init(&finding, desk->call.catalogue, &view.letter, desk_today(desk), error) < 0)
        goto done;
    sections = card_json(&finding, request->language);
    if (sections == NULL) {
        error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
        goto done;
    }
    buffer_text(out, "<article>\n");
    if (finding.notice != NULL) {
        buffer_text(out, "<h2>");
        html_text(out, finding.notice->printed);
        buffer_text(out, ": ");
        html_text(out, finding.notice->title.in[request->language]);
        buffer_text(out, "</h2>\n");
    } else {
        html_word(out, "h2", "", WORD_DESK_SHEET_UNSURE, request->language);
    }
    add_handle(out, &view, request->language);
    json_array_foreach(sections, i, section)
    {
        add_section(out, section);
    }
    buffer_text(out, "</article>\n");
    result = 0;
done:
    json_decref(sections);
    finding_dispose(&finding);
    view_dispose(&view);
    return result;
}

static void add_top(struct buffer *out, const struct request *request)
{
    const struct settings *settings = request->desk->call.settings;
    enum language language = request->language;

    buffer_printf(out, "<!doctype html>\n<html lang=\"%s\">\n<head><meta charset=\"utf-8\"><title>",
                  language == LANGUAGE_ES ? "es" : "en");
    buffer_text(out, words_text(WORD_DESK_SHEET, language));
    buffer_text(out, "</title><meta name=\"viewport\" content=\"width=device-width\">"
                     "<link rel=\"stylesheet\" href=\"/assets/sheet.css\">"
                     "<script type=\"module\" src=\"/assets/print.js\"></script></head>\n<body>\n<header>\n");
    if (settings->clinic.name != NULL)
        html_element(out, "p", "clinic", settings->clinic.name);
    if (settings->clinic.address_count > 0 || settings->clinic.phone != NULL) {
        buffer_text(out, "<p class=\"where\">");
        for (size_t i = 0; i < settings->clinic.address_count; i++) {
            buffer_text(out, i > 0 ? ", " : "");
            html_text(out, settings->clinic.address[i]);
        }
        if (settings->clinic.phone != NULL) {
            buffer_text(out, settings->clinic.address_count > 0 ? " · " : "");
            html_text(out, settings->clinic.phone);
        }
        buffer_text(out, "</p>\n");
    }
    html_word(out, "h1", "", WORD_DESK_SHEET, language);
    html_element(out, "p", "asof", words_date(desk_today(request->desk), language).text);
    buffer_text(out, "</header>\n<p class=\"bar\"><button type=\"button\" id=\"print\">");
    html_text(out, words_text(WORD_DESK_PRINT, language));
    buffer_text(out, "</button></p>\n<main>\n");
}

static void add_foot(struct buffer *out, enum language language)
{
    buffer_text(out, "</main>\n<footer>\n");
    html_word(out, "p", "", WORD_HELP_ADVOCATE, language);
    html_word(out, "p", "", WORD_HELP_CLINICS, language);
    html_word(out, "p", "", WORD_REMEMBER_ADVICE, language);
    buffer_text(out, "</footer>\n</body>\n</html>\n");
}

/* The letters that are wanted: a list, or all of a client that are not done, soonest first. */
static size_t choose_letters(struct request *request, int64_t ids[LETTERS_MAX], struct error *error)
{
    const char *list = request_argument(request, "ids");
    const char *ref = request_argument(request, "ref");
    const struct agenda *agenda;
    size_t count = 0;

    while (list != NULL && *list != '\0' && count < LETTERS_MAX) {
        char *end;
        long long id = strtoll(list, &end, 10);
        if (end == list || id <= 0)
            break;
        ids[count++] = id;
        list = *end == ',' ? end + 1 : "";
    }
    if (ref == NULL || ref[0] == '\0' || desk_list(request->desk, &agenda, error) < 0)
        return count;
    for (size_t i = 0; i < agenda->count && count < LETTERS_MAX; i++) {
        const struct docket_letter *letter = agenda->rows[i].letter;
        bool there = letter->done || letter->rescan_is_sure || letter->ref == NULL || strcmp(letter->ref, ref) != 0;
        for (size_t j = 0; j < count; j++)
            there = there || ids[j] == letter->id;
        if (!there)
            ids[count++] = letter->id;
    }
    return count;
}

enum MHD_Result answer_sheet(struct request *request)
{
    int64_t ids[LETTERS_MAX];
    struct error error = {0};
    struct buffer out;
    size_t count = choose_letters(request, ids, &error);

    buffer_init(&out, PAGE_MAX);
    add_top(&out, request);
    for (size_t i = 0; i < count && error.code == ERROR_NONE; i++) {
        int added = add_letter(&out, request, ids[i], &error);
        audit_request(request, request->session->who, AUDIT_PRINT, ids[i], added == 0 ? AUDIT_DONE : AUDIT_FAILED);
    }
    if (count == 0)
        html_word(&out, "p", "", WORD_DESK_SHEET_EMPTY, request->language);
    add_foot(&out, request->language);
    if (error.code != ERROR_NONE) {
        buffer_dispose(&out);
        return error.code == ERROR_USAGE ? answer_refusal(request, MHD_HTTP_NOT_FOUND, "not-found")
                                         : answer_error(request, &error);
    }
    return answer_text(request, MHD_HTTP_OK, "text/html; charset=utf-8", NULL, &out);
}
