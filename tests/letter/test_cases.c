/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Every file of cases/ is a test: pages as text, and what must be made of them. The keys of its head:
 *
 *     status: identified          or several with | between
 *     id: CP504                   of the letter; and printed: CP 504
 *     language: es
 *     warning: two-numbers        is among the warnings; no-warning: is not
 *     evidence: title             the evidence has one of that kind
 *     candidate: CP504            is among the candidates
 *     field: notice_date 2025-01-13   first value; tax_periods as 2022,2023
 *     no-field: hearing_by        was not found
 *     unsure: notice_date         its confidence is below UNSURE
 *     reading: CP504 header       a number that stands where a letter says what it is
 *     readings: 0                 how many there are
 *     letters: 1-2 3              the pages of each letter of a stack; else all pages are one letter
 *     last-page: doubtful         what ties the last page to those before it: follows, unproven, doubtful, begins
 *     whole: no                   the first page was not read to its end */
#include <glob.h>

#include "letter/fields.h"
#include "letter/identify.h"
#include "letter/number.h"
#include "letter/stack.h"
#include "pages.h"

#define UNSURE 0.8

static struct catalogue *catalogue;

static const char *const place_names[] = {
    [PLACE_HEADER] = "header", [PLACE_FOOTER] = "footer", [PLACE_STUB] = "stub", [PLACE_LINK] = "link"};

/* What was made of a case's pages. */
struct outcome {
    struct letter letter;
    struct number_reading readings[NUMBER_READINGS_MAX];
    size_t reading_count;
    char letters[160];
    const char *last_page;
};

static const char *value_of(const struct case_file *file, const char *name)
{
    for (size_t i = 0; i < file->key_count; i++) {
        if (strcmp(file->keys[i].name, name) == 0)
            return file->keys[i].value;
    }
    return NULL;
}

/* "1-2 3": where each letter begins and ends. */
static void split_stack(const struct case_file *file, char out[160])
{
    size_t first = 0;
    size_t used = 0;

    for (size_t i = 1; i <= file->page_count; i++) {
        if (i < file->page_count &&
            stack_place(catalogue, &file->pages[first], i - first, &file->pages[i]) != STACK_BEGINS)
            continue;
        used +=
            (size_t)snprintf(out + used, 160 - used, "%s%u", first > 0 ? " " : "", file->pages[first].number);
        if (i - first > 1)
            used += (size_t)snprintf(out + used, 160 - used, "-%u", file->pages[i - 1].number);
        first = i;
    }
}

static const char *place_of_last(const struct case_file *file)
{
    static const char *const names[] = {[STACK_FOLLOWS] = "follows",
                                        [STACK_UNPROVEN] = "unproven",
                                        [STACK_DOUBTFUL] = "doubtful",
                                        [STACK_BEGINS] = "begins"};

    return file->page_count == 0
               ? "begins"
               : names[stack_place(catalogue, file->pages, file->page_count - 1, &file->pages[file->page_count - 1])];
}

static void understand(const struct case_file *file, struct outcome *out)
{
    struct error error = {0};
    const char *whole = value_of(file, "whole");
    bool enough;

    *out = (struct outcome){0};
    letter_init(&out->letter);
    assert_int_equal(identify(&out->letter, catalogue, file->pages, file->page_count,
                              whole == NULL || strcmp(whole, "no") != 0, &enough, &error),
                     0);
    assert_int_equal(fields_find(&out->letter, catalogue, file->pages, file->page_count, &error), 0);
    for (size_t i = 0; i < file->page_count; i++)
        out->reading_count = number_find(&file->pages[i], out->readings, out->reading_count);
    split_stack(file, out->letters);
    out->last_page = place_of_last(file);
}

/* ---- one key ---- */

static bool has_candidate(const struct letter *letter, const char *id)
{
    for (size_t i = 0; i < letter->candidate_count; i++) {
        if (strcmp(letter->candidates[i].id, id) == 0)
            return true;
    }
    return false;
}

static bool has_reading(const struct outcome *outcome, const char *wanted)
{
    char text[64];

    for (size_t i = 0; i < outcome->reading_count; i++) {
        const struct number_reading *reading = &outcome->readings[i];
        snprintf(text, sizeof text, "%s %s", reading->token, place_names[reading->place]);
        if (strcmp(text, wanted) == 0)
            return true;
    }
    return false;
}

static bool has_evidence(const struct letter *letter, const char *kind)
{
    for (size_t i = 0; i < letter->evidence_count; i++) {
        if (strcmp(letter->evidence[i].kind, kind) == 0)
            return true;
    }
    return false;
}

/* The status is one of those with | between. */
static bool is_one_of(const char *status, const char *wanted)
{
    size_t length = strlen(status);

    for (const char *at = wanted; (at = strstr(at, status)) != NULL; at += length) {
        bool begins = at == wanted || at[-1] == '|';
        if (begins && (at[length] == '\0' || at[length] == '|'))
            return true;
    }
    return false;
}

static const struct field *field_of(const struct letter *letter, const char *name)
{
    enum field_id id;

    if (!field_parse(name, &id))
        fail_msg("there is no field %s", name);
    return &letter->fields[id];
}

static void check_field(const struct letter *letter, const char *wanted)
{
    char name[32] = "";
    char value[128] = "";
    char found[256] = "";

    if (sscanf(wanted, "%31s %127[^\n]", name, value) != 2)
        fail_msg("not `field: name value`: %s", wanted);
    const struct field *field = field_of(letter, name);
    for (size_t i = 0; i < field->count; i++) {
        size_t used = strlen(found);
        snprintf(found + used, sizeof found - used, "%s%s", i > 0 ? "," : "", field->values[i].value);
    }
    if (strcmp(found, value) != 0)
        fail_msg("%s is %s, not %s", name, field->count > 0 ? found : "missing", value);
}

static void check_unsure(const struct letter *letter, const char *name)
{
    const struct field *field = field_of(letter, name);

    if (field->count == 0 || field->values[0].confidence >= UNSURE)
        fail_msg("%s has a confidence of %.2f", name, field->count > 0 ? field->values[0].confidence : 0);
}

static void expect(bool right, const struct case_key *key, const char *found, const char *because)
{
    if (!right)
        fail_msg("%s: %s is wanted, %s was found (%s)", key->name, key->value, found, because);
}

static void check(const struct case_key *key, const struct outcome *outcome)
{
    const struct letter *letter = &outcome->letter;
    const char *status = letter_status_name(letter->status);
    const char *name = key->name;
    const char *first_warning = letter->warning_count > 0 ? letter->warnings[0].text : "no warning";

    if (strcmp(name, "status") == 0)
        expect(is_one_of(status, key->value), key, status, first_warning);
    else if (strcmp(name, "id") == 0)
        expect(strcmp(letter->id, key->value) == 0, key, letter->id[0] ? letter->id : status, first_warning);
    else if (strcmp(name, "printed") == 0)
        expect(strcmp(letter->printed, key->value) == 0, key, letter->printed, status);
    else if (strcmp(name, "language") == 0)
        expect((letter->language == LANGUAGE_ES) == (strcmp(key->value, "es") == 0), key, "the other",
               status);
    else if (strcmp(name, "warning") == 0)
        expect(letter_has_warning(letter, key->value), key, first_warning, status);
    else if (strcmp(name, "no-warning") == 0)
        expect(!letter_has_warning(letter, key->value), key, "it", status);
    else if (strcmp(name, "evidence") == 0)
        expect(has_evidence(letter, key->value), key, "none", status);
    else if (strcmp(name, "candidate") == 0)
        expect(has_candidate(letter, key->value), key, letter->candidates[0].id, status);
    else if (strcmp(name, "field") == 0)
        check_field(letter, key->value);
    else if (strcmp(name, "no-field") == 0)
        expect(field_of(letter, key->value)->count == 0, key, "one", status);
    else if (strcmp(name, "unsure") == 0)
        check_unsure(letter, key->value);
    else if (strcmp(name, "reading") == 0)
        expect(has_reading(outcome, key->value), key,
               outcome->reading_count ? outcome->readings[0].token : "nothing", status);
    else if (strcmp(name, "readings") == 0)
        expect(outcome->reading_count == (size_t)atoi(key->value), key,
               outcome->reading_count ? outcome->readings[0].token : "nothing", status);
    else if (strcmp(name, "letters") == 0)
        expect(strcmp(outcome->letters, key->value) == 0, key, outcome->letters, status);
    else if (strcmp(name, "last-page") == 0)
        expect(strcmp(outcome->last_page, key->value) == 0, key, outcome->last_page, status);
    else if (strcmp(name, "whole") != 0)
        fail_msg("there is no key %s", name);
}

static void run_case(void **state)
{
    struct case_file file;
    struct outcome outcome;

    case_load(&file, *state);
    assert_true(file.key_count > 0);
    understand(&file, &outcome);
    for (size_t i = 0; i < file.key_count; i++)
        check(&file.keys[i], &outcome);
    letter_dispose(&outcome.letter);
    case_dispose(&file);
}

int main(void)
{
    glob_t files;

    catalogue = load_catalogue();
    if (glob(PROJECT_DIR "/tests/letter/cases/*.txt", 0, NULL, &files) != 0)
        return 1;
    struct CMUnitTest tests[files.gl_pathc];
    for (size_t i = 0; i < files.gl_pathc; i++)
        tests[i] = (struct CMUnitTest){.name = strrchr(files.gl_pathv[i], '/') + 1,
                                       .test_func = run_case,
                                       .initial_state = files.gl_pathv[i]};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    globfree(&files);
    catalogue_free(catalogue);
    return failed;
}
