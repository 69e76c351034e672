/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <sys/wait.h>
#include <unistd.h>

#include "report/json.h"
#include "sample.h"

static struct catalogue *catalogue;

static int load(void **state)
{
    (void)state;
    catalogue = sample_catalogue();
    return 0;
}

static int unload(void **state)
{
    (void)state;
    catalogue_free(catalogue);
    return 0;
}

static json_t *json_of(const struct letter *letter, const char *as_of, enum language language)
{
    struct finding finding;
    struct error error = {0};

    if (finding_init(&finding, catalogue, letter, day(as_of), &error) < 0)
        fail_msg("%s", error.message);
    json_t *json = json_letter(&finding, "mail.pdf", SHA256, language);
    assert_non_null(json);
    finding_dispose(&finding);
    return json;
}

static json_t *json_identified(const char *id, const char *notice_date, const char *as_of,
                               enum language language)
{
    struct letter letter;

    sample_letter(&letter, LETTER_IDENTIFIED, id, notice_date);
    json_t *json = json_of(&letter, as_of, language);
    letter_dispose(&letter);
    return json;
}

/* The text at a path such as "rights.0.deadline.date". */
static const char *text_at(const json_t *json, const char *path)
{
    char part[64];
    int used;

    while (sscanf(path, "%63[^.]%n", part, &used) == 1) {
        json =
            json_is_array(json) ? json_array_get(json, strtoul(part, NULL, 10)) : json_object_get(json, part);
        path += used;
        path += *path == '.';
    }
    return json_is_null(json) ? "null" : json_string_value(json);
}

static void members_stand_in_the_contracts_order(void **state)
{
    static const char *const order[] = {"schema",   "source", "status", "notice", "candidates",
                                        "evidence", "fields", "rights", "act_by", "warnings"};
    static const char *const notice_order[] = {"id", "printed", "title", "confidence", "language"};
    const char *key;
    json_t *value;
    size_t i = 0;

    (void)state;
    json_t *json = json_identified("CP504", "2025-01-13", "2025-01-13", LANGUAGE_EN);
    json_object_foreach(json, key, value)
    {
        assert_true(i < sizeof order / sizeof *order);
        assert_string_equal(key, order[i++]);
    }
    assert_int_equal(i, sizeof order / sizeof *order);
    i = 0;
    json_object_foreach(json_object_get(json, "notice"), key, value)
    {
        assert_true(i < sizeof notice_order / sizeof *notice_order);
        assert_string_equal(key, notice_order[i++]);
    }
    json_decref(json);
}

static void a_levy_notice_tells_its_deadline(void **state)
{
    (void)state;
    json_t *json = json_identified("LT11", "2025-03-14", "2025-03-20", LANGUAGE_EN);
    assert_string_equal(text_at(json, "schema"), "irsort.letter/1");
    assert_string_equal(text_at(json, "source.file"), "mail.pdf");
    assert_string_equal(text_at(json, "source.sha256"), SHA256);
    assert_string_equal(text_at(json, "status"), "identified");
    assert_string_equal(text_at(json, "rights.0.track"), "cdp-levy");
    assert_string_equal(text_at(json, "rights.0.standing"), "open");
    assert_string_equal(text_at(json, "rights.0.form"), "12153");
    assert_string_equal(text_at(json, "rights.0.deadline.date"), "2025-04-14");
    assert_string_equal(text_at(json, "rights.0.deadline.weekday"), "Monday");
    assert_string_equal(text_at(json, "rights.0.deadline.kind"), "statutory");
    assert_string_equal(text_at(json, "rights.0.deadline.basis"), "computed");
    assert_string_equal(text_at(json, "rights.0.deadline.counted_from"), "notice_date");
    assert_string_equal(text_at(json, "rights.0.deadline.rule"), "cdp-levy-30");
    assert_string_equal(text_at(json, "rights.0.deadline.rolled_from"), "2025-04-13"); /* a Sunday */
    assert_string_equal(text_at(json, "rights.0.deadline.printed"), "null");
    assert_string_equal(text_at(json, "act_by.date"), "2025-04-14");
    assert_string_equal(text_at(json, "act_by.track"), "cdp-levy");
    const json_t *deadline = json_object_get(json_array_get(json_object_get(json, "rights"), 0), "deadline");
    assert_int_equal(json_integer_value(json_object_get(deadline, "days_left")), 25);
    json_decref(json);

    json = json_identified("LT11", "2025-03-14", "2025-03-20", LANGUAGE_ES);
    assert_string_equal(text_at(json, "rights.0.deadline.weekday"), "lunes");
    json_decref(json);
}

static void review_has_no_rights(void **state)
{
    struct letter letter;

    (void)state;
    sample_letter(&letter, LETTER_REVIEW, NULL, "2025-03-14");
    sample_candidate(&letter, "LT11", 0.6);
    json_t *json = json_of(&letter, "2025-03-20", LANGUAGE_EN);
    letter_dispose(&letter);
    assert_string_equal(text_at(json, "candidates.0.id"), "LT11");
    assert_string_equal(text_at(json, "notice.title"), "null");
    assert_string_equal(text_at(json, "act_by"), "null");
    assert_int_equal(json_array_size(json_object_get(json, "rights")), 0);
    json_decref(json);
}

static void warnings_of_reading_and_counting_are_joined(void **state)
{
    struct letter letter;

    (void)state;
    sample_letter(&letter, LETTER_IDENTIFIED, "L1058", "2026-03-02");
    sample_field(&letter, FIELD_HEARING_BY, "2026-04-06");
    letter_warn(&letter, "page-missing", "page 2 of 4 is not there");
    json_t *json = json_of(&letter, "2026-03-20", LANGUAGE_EN);
    letter_dispose(&letter);
    assert_string_equal(text_at(json, "warnings.0.code"), "page-missing");
    assert_string_equal(text_at(json, "warnings.1.code"), "printed-date-differs");
    assert_string_equal(text_at(json, "rights.0.deadline.basis"), "printed");
    assert_string_equal(text_at(json, "rights.0.deadline.printed"), "2026-04-06");
    assert_string_equal(text_at(json, "rights.0.deadline.computed"), "2026-04-01");
    json_decref(json);
}

static void warnings_are_in_the_language_asked_for(void **state)
{
    struct letter letter;

    (void)state;
    sample_letter(&letter, LETTER_REVIEW, NULL, NULL);
    letter_warn(&letter, "two-numbers", "another number stands there: %s", "CP503");
    json_t *json = json_of(&letter, "2026-03-20", LANGUAGE_EN);
    assert_string_equal(text_at(json, "warnings.0.text"), "another number stands there: CP503");
    json_decref(json);
    json = json_of(&letter, "2026-03-20", LANGUAGE_ES);
    assert_non_null(strstr(text_at(json, "warnings.0.text"), "otro número"));
    json_decref(json);
    letter_dispose(&letter);
}

static void names_that_are_not_utf8_are_mended(void **state)
{
    struct error error = {.code = ERROR_EMPTY, .message = "the file is empty"};

    (void)state;
    json_t *json = json_error("a\xff\n.pdf", NULL, &error);
    assert_string_equal(text_at(json, "source.file"), "a\xef\xbf\xbd\n.pdf");
    assert_string_equal(text_at(json, "source.sha256"), "null");
    assert_string_equal(text_at(json, "error.code"), "empty");
    json_decref(json);
}

/* ---- the schema holds for everything ---- */

static FILE *start_validator(pid_t *child)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    *child = fork();
    assert_true(*child >= 0);
    if (*child == 0) {
        dup2(ends[0], STDIN_FILENO);
        close(ends[0]);
        close(ends[1]);
        execl("/usr/bin/python3", "python3", PROJECT_DIR "/tests/report/validate.py",
              PROJECT_DIR "/docs/irsort.letter.schema.json", (char *)NULL);
        _exit(127);
    }
    close(ends[0]);
    FILE *pipe = fdopen(ends[1], "w");
    assert_non_null(pipe);
    return pipe;
}

static void put(FILE *pipe, json_t *json)
{
    assert_non_null(json);
    assert_int_equal(json_dumpf(json, pipe, JSON_COMPACT), 0);
    fputc('\n', pipe);
    json_decref(json);
}

static void put_every_notice(FILE *pipe)
{
    static const char *const as_of[] = {"2025-03-14", "2025-04-14", "2025-05-01", "2031-01-01"};
    static const char *const dates[] = {"2025-03-14", NULL};
    size_t count;

    const struct notice *notices = catalogue_notices(catalogue, &count);
    for (size_t i = 0; i < count; i++) {
        for (enum language language = 0; language < LANGUAGE_COUNT; language++) {
            for (size_t j = 0; j < 4; j++) {
                for (size_t k = 0; k < 2; k++)
                    put(pipe, json_identified(notices[i].id, dates[k], as_of[j], language));
            }
        }
    }
}

static void put_every_status_and_field(FILE *pipe)
{
    static const char *const values[FIELD_COUNT] = {
        [FIELD_NOTICE_DATE] = "2025-03-14",
        [FIELD_AMOUNT_DUE] = "1234.56",
        [FIELD_TAX_PERIODS] = "2022-12-31",
        [FIELD_TIN_LAST4] = "0123",
        [FIELD_RESPOND_BY] = "2025-04-04",
        [FIELD_HEARING_BY] = "2025-04-13",
        [FIELD_HEARING_BY_LATER] = "2025-04-15",
        [FIELD_TERMINATION_DATE] = "2025-04-20",
        [FIELD_LIEN_FILED] = "2025-03-10",
        [FIELD_CONTACT_PHONE] = "800-555-0100",
        [FIELD_PAGES_PRINTED] = "4",
    };

    for (enum letter_status status = 0; status < LETTER_STATUS_COUNT; status++) {
        struct letter letter;
        sample_letter(&letter, status, status == LETTER_IDENTIFIED ? "L3172" : NULL, NULL);
        for (enum field_id field = 0; field < FIELD_COUNT; field++)
            sample_field(&letter, field, values[field]);
        sample_field(&letter, FIELD_TAX_PERIODS, "2023-12-31");
        sample_candidate(&letter, "L3172", 0.9);
        letter_warn(&letter, "page-missing", "page 2 of 4 is not there");
        put(pipe, json_of(&letter, "2025-03-20", LANGUAGE_EN));
        letter_dispose(&letter);
    }
}

static void put_every_error(FILE *pipe)
{
    for (enum error_code code = ERROR_NOT_FOUND; code <= ERROR_WORKER_DIED; code++) {
        struct error error = {.code = code, .message = "it did not work"};
        put(pipe, json_error("a.pdf", code % 2 == 0 ? SHA256 : NULL, &error));
    }
}

static void everything_holds_to_the_schema(void **state)
{
    pid_t child;
    int status;

    (void)state;
    FILE *pipe = start_validator(&child);
    put_every_notice(pipe);
    put_every_status_and_field(pipe);
    put_every_error(pipe);
    assert_int_equal(fclose(pipe), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void the_schema_refuses_what_is_wrong(void **state)
{
    static const char *const wrongs[] = {"extra", "status", "rights"};

    (void)state;
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        pid_t child;
        int status;
        json_t *json = json_identified("LT11", "2025-03-14", "2025-03-20", LANGUAGE_EN);
        json_object_set_new(json, wrongs[i], json_string("wrong"));
        FILE *pipe = start_validator(&child);
        put(pipe, json);
        fclose(pipe);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_stand_in_the_contracts_order),
        cmocka_unit_test(a_levy_notice_tells_its_deadline),
        cmocka_unit_test(review_has_no_rights),
        cmocka_unit_test(warnings_of_reading_and_counting_are_joined),
        cmocka_unit_test(warnings_are_in_the_language_asked_for),
        cmocka_unit_test(names_that_are_not_utf8_are_mended),
        cmocka_unit_test(everything_holds_to_the_schema),
        cmocka_unit_test(the_schema_refuses_what_is_wrong),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
