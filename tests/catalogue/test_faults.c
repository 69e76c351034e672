/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One right tree, and every way of breaking it: each break gives exactly one fault, at its place. */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "base/date.h"
#include "tree.h"

#define CLOCK "patterns/clocks/cdp-levy-30.yaml"
#define SECOND "patterns/clocks/eh-levy.yaml"
#define NOTICE "patterns/notices/LT11.yaml"
#define FIELDS "patterns/fields.yaml"
#define MAIL "patterns/mail.yaml"
#define OTHERS "patterns/others.yaml"
#define CONFUSIONS "models/confusions.tsv"
#define CONFIDENCE "models/confidence.tsv"

/* `find`, the first time it stands in `file`, becomes `replace`. The fault must be where `@` stands in
 * `replace` (it is taken out), or at the start of the file. */
struct fault_case {
    const char *file;
    const char *find;
    const char *replace;
    const char *field;
    const char *what; /* words of the fault */
};

static const struct fault_case cases[] = {
    /* against the schema */
    {CLOCK, "form:", "@farm:", "farm", "unknown key; `form` may be meant"},
    {CLOCK, "form:", "@sheet:", "sheet", "unknown key; the keys here are: name, track"},
    {NOTICE, "  - track: cdp-levy\n", "  - @track: cdp-levy\n    ? [a]\n    : b\n", "rights[0]",
     "plain word"},
    {NOTICE, "    note: {en: note", "    @notes: {en: note", "rights[0].notes",
     "track, available, clock, condition"},
    {CLOCK, "certainty: high\n", "", "certainty", "missing; add `certainty:`"},
    {CLOCK, "form: \"12153\"\n", "form: \"12153\"\n@form: \"9423\"\n", "form", "twice"},
    {CLOCK, "first: {count: 5, unit", "first: {count: @five, unit", "count.first.count", "a whole number"},
    {NOTICE, "rights:\n  - track: cdp-levy\n", "rights:\n  - @cdp-levy\n  - track: cdp-levy\n", "rights[0]",
     "a mapping"},
    {NOTICE, "numbers: [LT11, L1058]", "numbers: @LT11", "numbers", "a list"},
    {CLOCK, "kind: statutory", "kind: @legal", "kind", "statutory, administrative, practice"},
    {CLOCK, "roll: no}", "roll: @maybe}", "follow_ups[0].count.roll", "yes, no"},
    {CLOCK, "kind: statutory", "kind: @1", "kind", "unknown word"},
    {CLOCK, "printed: hearing_by", "printed: @hearing-by", "printed", "hearing_by"},
    {NOTICE, "en: note, es: nota", "en: \"\xc3\xa9\xc3\xa9\", es: @\"\"", "rights[0].note.es", "empty"},
    {NOTICE, "en: note, es: nota", "en: note, es: @\"  \"", "rights[0].note.es", "empty"},
    {NOTICE, "en: note, es: nota", "en: note, es: @~", "rights[0].note.es", "empty"},
    {NOTICE, "note: {en: note, es: nota}", "note: @{en: note}", "rights[0].note.es",
     "Spanish text is missing"},
    {NOTICE, "note: {en: note, es: nota}", "note: @{es: nota}", "rights[0].note.en",
     "English text is missing"},
    {NOTICE, "came: {en: c, es: v}", "came: @{en: c}", "came.es", "Spanish text is missing"},
    {NOTICE, "[LT11, L1058]", "@[]", "numbers", "empty"},
    {NOTICE, "id: LT11\n", "id: @LT11LT11LT11LT11\n", "id", "longer than the 15"},
    {NOTICE, "printed: LT11", "printed: &n LT11\n@id2: *n", "id2", "unknown key"},
    {NOTICE, "what: {en: w, es: q}", "what: {en: &x w, @es: *x}", "what.es", "write the value out"},
    {NOTICE, "what: {en: w, es: q}\nmeans", "what: {en: w, es: q\nmeans@", "what.es", "not YAML"},
    {NOTICE, "certainty: high\n", "certainty: high\n---\nid: X\n", "", "second document"},
    /* values */
    {CLOCK, "name: cdp-levy-30\n", "name: @cdp-levy-31\n", "name", "differs from the file's"},
    {CLOCK, "printed: hearing_by", "printed: @amount_due", "printed", "is not a date"},
    {CLOCK, "period: {count: 30,", "period: {count: @0,", "count.period.count", "1 to 3660"},
    {CLOCK, "{count: 1, unit: years}", "{count: @30, unit: years}", "safe.period.count", "1 to 10"},
    {SECOND, "after_track: cdp-levy\n",
     "safe:\n  @from: notice-date\n  period: {count: 1, unit: days}\n  roll: no\n", "safe", "add `count:`"},
    {NOTICE, "L1058]", "@Letter 1058]", "numbers[1]", "write L1058"},
    {NOTICE, "L1058]", "@L1058/A]", "numbers[1]", "only the letters"},
    {OTHERS, "number: L105C", "number: @105-C", "others[1].number", "write 105C"},
    {FIELDS, "- field: amount_due\n    shape: money", "- field: @notice_date\n    shape: date",
     "fields[1].field", "has a rule already"},
    {FIELDS, "shape: date", "shape: @money", "fields[0].shape", "is a date"},
    {MAIL, "weight: 3.5", "weight: @nan", "letterhead[0].weight", "finite"},
    {MAIL, "weight: 3.5", "weight: @much", "letterhead[0].weight", "a number"},
    {MAIL, "weight: 3.5", "weight: @3.5.1", "letterhead[0].weight", "a number"},
    {CLOCK, "period: {count: 30,", "period: {count: @30x,", "count.period.count", "plain digits"},
    {CLOCK, "period: {count: 30,", "period: {count: @030,", "count.period.count", "plain digits"},
    {CLOCK, "period: {count: 30,", "period: {count: @0x1E,", "count.period.count", "plain digits"},
    {CLOCK, "sources: [a statute, a book]\n", "", "sources", "missing; add `sources:`"},
    {CLOCK, "sources: [a statute, a book]", "sources: @[]", "sources", "empty"},
    {CLOCK, "[a statute, a book]", "[a statute, @\" \"]", "sources[1]", "empty"},
    {CLOCK, "checked: 2026-01-05\n", "", "checked", "missing; add `checked:`"},
    {CLOCK, "checked: 2026-01-05", "checked: @2026-02-30", "checked", "no such day"},
    {CLOCK, "checked: 2026-01-05", "checked: @11/24/2026", "checked", "no such day"},
    {CLOCK, "checked: 2026-01-05", "checked: @2199-12-31", "checked", "in the future"},
    {SECOND, "checked: 2024-02-29", "checked: @2023-02-29", "checked", "no such day"},
    /* regular expressions */
    {NOTICE, "'cp\\s?504'", "@'cp(504'", "excludes[0].regex", "byte 7: missing closing parenthesis"},
    {NOTICE, "'cp\\s?504'", "@'cp\\C504'", "excludes[0].regex", "\\C"},
    {NOTICE, "'cp\\s?504'", "@'(?:cp)?\\s*'", "excludes[0].regex", "empty text"},
    {FIELDS, "'amount due'", "@'amount (?:\\w+\\s?)+:'", "fields[1].labels[0].regex", "too many steps"},
    {MAIL, "'tax relief'", "@'(a|aa)+$'", "imitations[0].regex", "too many steps"},
    /* across files */
    {NOTICE, "clock: cdp-levy-30", "clock: @cdp-levy-90", "rights[0].clock",
     "patterns/clocks/cdp-levy-90.yaml"},
    {NOTICE, "clock: cdp-levy-30", "clock: @eh-levy", "rights[0].clock", "make them agree"},
    {NOTICE, "  - track: cdp-levy\n    available: \"yes\"\n    clock: cdp-levy-30\n",
     "  - @track: cdp-levy\n    available: \"yes\"\n", "rights[0].clock", "needs a clock"},
    {NOTICE,
     "  - track: equivalent-hearing-levy\n    available: conditional\n    clock: eh-levy\n    condition: "
     "{en: "
     "if, es: si}\n",
     "  - @track: equivalent-hearing-levy\n    available: conditional\n    clock: eh-levy\n",
     "rights[1].condition", "needs its condition"},
    {NOTICE, "note: {en: note, es: nota}", "condition: @{en: if, es: si}", "rights[0].condition",
     "only a conditional right"},
    {SECOND, "after_track: cdp-levy", "after_track: @cdp-lien", "after_track", "no clock has the track"},
    {NOTICE, "L1058]", "@CP604]", "numbers[1]", "claimed by"},
    {NOTICE, "L1058]", "@LT11]", "numbers[1]", "claimed by"},
    {OTHERS, "number: L105C", "number: @L1058", "others[1].number", "claimed by"},
    {OTHERS, "number: L105C", "number: @CP504B", "others[1].number", "claimed by"},
    /* the model */
    {CONFUSIONS, "5\tS\t80", "@5 S 80", "", "three columns"},
    {CONFUSIONS, "5\tS\t80", "5\t@SS\t80", "", "`read` must be"},
    {CONFUSIONS, "5\tS\t80", "@\xc2\xa2\tS\t80", "", "`printed` must be"},
    {CONFUSIONS, "5\tS\t80", "5\tS\t@-80", "", "the count"},
    {CONFUSIONS, "5\tS\t80", "-\t@-\t80", "", "nothing"},
    {CONFIDENCE, "odds\t0.5", "@odds 0.5", "", "two columns"},
    {CONFIDENCE, "odds\t0.5", "@ods\t0.5", "", "no such trait"},
    {CONFIDENCE, "odds\t0.5", "@base\t0.5", "", "twice"},
    {CONFIDENCE, "odds\t0.5", "odds\t@much", "", "must be a number"},
    {CONFIDENCE, "odds\t0.5", "odds\t@nan", "", "must be a number"},
    {CONFIDENCE, "against\t-3\n", "@", "", "`against` is missing"},
    {MAIL, "'not from us'", "@'(a|aa)+$'", "cautions[0].regex", "too many steps"},
};

/* The case's file, broken; the place of the mark into `line` and `column`, counted in characters. */
static char *break_text(const struct fault_case *one, unsigned *line, unsigned *column)
{
    const char *text = tree_text(one->file);
    const char *at = strstr(text, one->find);
    size_t size = strlen(text) + strlen(one->replace) + 1;
    char *broken = malloc(size);

    assert_non_null(at);
    assert_non_null(broken);
    snprintf(broken, size, "%.*s%s%s", (int)(at - text), text, one->replace, at + strlen(one->find));
    char *mark = strchr(broken, '@');
    *line = 1;
    *column = 1;
    if (mark != NULL) {
        for (const char *c = broken; c < mark; c++) {
            if (*c == '\n') {
                ++*line;
                *column = 1;
            } else if (((unsigned char)*c & 0xC0) != 0x80) {
                ++*column;
            }
        }
        memmove(mark, mark + 1, strlen(mark));
    }
    return broken;
}

static void load(const char *tree, struct tree_faults *faults, struct error *error)
{
    struct catalogue *catalogue;

    faults->count = 0;
    *error = (struct error){0};
    int result = catalogue_new(&catalogue, tree, tree_collect, faults, error);
    assert_true((result == 0) == (faults->count == 0));
    assert_int_equal(error->code, result == 0 ? ERROR_NONE : ERROR_PATTERNS);
    assert_true((catalogue != NULL) == (result == 0));
    catalogue_free(catalogue);
}

static void each_break_is_one_fault_at_its_place(void **state)
{
    size_t failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct fault_case *one = &cases[i];
        char tree[TREE_PATH_SIZE];
        char path[TREE_PATH_SIZE];
        struct tree_faults faults = {.count = 0};
        struct error error;
        unsigned line;
        unsigned column;

        tree_make(tree);
        char *broken = break_text(one, &line, &column);
        tree_write(tree, one->file, broken);
        load(tree, &faults, &error);
        const struct tree_fault *fault = &faults.list[0];
        if (faults.count != 1 || fault->line != line || fault->column != column ||
            strcmp(fault->field, one->field) != 0 || strstr(fault->what, one->what) == NULL) {
            print_error("case %zu (%s): %zu faults; wanted %u:%u [%s] %s; got %u:%u [%s] %s\n", i,
                        one->replace, faults.count, line, column, one->field, one->what, fault->line,
                        fault->column, fault->field, fault->what);
            failures++;
        }
        assert_string_equal(fault->file, tree_path(tree, one->file, path));
        assert_non_null(strstr(error.message, fault->what));
        free(broken);
        tree_drop(tree);
    }
    assert_int_equal(failures, 0);
}

/* A day ahead is another time zone's today; two are a slip. */
static void the_day_of_the_check_is_no_later_than_now(void **state)
{
    (void)state;
    for (int ahead = 0; ahead <= 3; ahead++) {
        char tree[TREE_PATH_SIZE];
        char day[DATE_TEXT_SIZE];
        char text[2048];
        struct tree_faults faults;
        struct error error;

        tree_make(tree);
        const char *old = strstr(tree_text(CLOCK), "2026-01-05");
        snprintf(text, sizeof text, "%.*s%s%s", (int)(old - tree_text(CLOCK)), tree_text(CLOCK),
                 date_format(date_today() + ahead, day), old + DATE_TEXT_SIZE - 1);
        tree_write(tree, CLOCK, text);
        load(tree, &faults, &error);
        assert_int_equal(faults.count, ahead > 1);
        tree_drop(tree);
    }
}

/* What was done to the tree, and the one fault that it must give, at the start of a file. */
static void expect_file_fault(const char *tree, const char *file, const char *what)
{
    char path[TREE_PATH_SIZE];
    struct tree_faults faults;
    struct error error;

    load(tree, &faults, &error);
    assert_int_equal(faults.count, 1);
    assert_string_equal(faults.list[0].file, tree_path(tree, file, path));
    assert_string_equal(faults.list[0].field, "");
    assert_int_equal(faults.list[0].line, 1);
    assert_int_equal(faults.list[0].column, 1);
    assert_non_null(strstr(faults.list[0].what, what));
}

static void a_file_that_is_no_pattern_is_a_fault(void **state)
{
    char tree[TREE_PATH_SIZE];

    (void)state;
    tree_make(tree);
    tree_write(tree, "patterns/notices/CP504.yaml~", "");
    expect_file_fault(tree, "patterns/notices/CP504.yaml~", "does not end in .yaml");
    tree_drop(tree);
}

static void a_hidden_file_is_none(void **state)
{
    char tree[TREE_PATH_SIZE];
    struct catalogue *catalogue;
    struct error error = {0};

    (void)state;
    tree_make(tree);
    tree_write(tree, "patterns/notices/.CP504.yaml.swp", "");
    assert_int_equal(catalogue_new(&catalogue, tree, NULL, NULL, &error), 0);
    catalogue_free(catalogue);
    tree_drop(tree);
}

static void an_empty_file_is_a_fault(void **state)
{
    char tree[TREE_PATH_SIZE];

    (void)state;
    tree_make(tree);
    tree_write(tree, "patterns/notices/CP999.yaml", "# nothing yet\n");
    expect_file_fault(tree, "patterns/notices/CP999.yaml", "the file is empty");
    tree_drop(tree);
}

static void a_folder_named_like_a_file_is_a_fault(void **state)
{
    char tree[TREE_PATH_SIZE];
    char path[TREE_PATH_SIZE];

    (void)state;
    tree_make(tree);
    assert_int_equal(mkdir(tree_path(tree, "patterns/notices/CP999.yaml", path), 0700), 0);
    expect_file_fault(tree, "patterns/notices/CP999.yaml", "cannot read");
    tree_drop(tree);
}

static void no_notice_at_all_is_a_fault(void **state)
{
    char tree[TREE_PATH_SIZE];

    (void)state;
    tree_make(tree);
    tree_remove(tree, "patterns/notices/CP504.yaml");
    tree_remove(tree, "patterns/notices/LT11.yaml");
    expect_file_fault(tree, "patterns/notices", "no pattern file");
    tree_drop(tree);
}

static void a_file_that_is_not_there_is_a_fault(void **state)
{
    static const char *const needed[] = {FIELDS, MAIL, OTHERS, CONFUSIONS, CONFIDENCE};

    (void)state;
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        char tree[TREE_PATH_SIZE];
        tree_make(tree);
        tree_remove(tree, needed[i]);
        expect_file_fault(tree, needed[i], "cannot read");
        tree_drop(tree);
    }
}

/* A second file with the id or name of a first: it differs from its own file name, and is taken. */
static void two_files_of_one_name_are_a_fault(void **state)
{
    static const char *const names[][3] = {
        {"patterns/notices/CP504.yaml", "patterns/notices/CP505.yaml", "claimed by"},
        {SECOND, "patterns/clocks/eh-other.yaml", "is taken by"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char tree[TREE_PATH_SIZE];
        char path[TREE_PATH_SIZE];
        struct tree_faults faults;
        struct error error;
        bool taken = false;

        tree_make(tree);
        tree_write(tree, names[i][1], tree_text(names[i][0]));
        load(tree, &faults, &error);
        assert_non_null(strstr(faults.list[0].what, "differs"));
        for (size_t j = 0; j < faults.count; j++) {
            assert_string_equal(faults.list[j].file, tree_path(tree, names[i][1], path));
            taken |= strstr(faults.list[j].what, names[i][2]) != NULL;
        }
        assert_true(taken);
        tree_drop(tree);
    }
}

static void all_faults_of_all_files_are_told(void **state)
{
    char tree[TREE_PATH_SIZE];
    struct tree_faults faults;
    struct error error;

    (void)state;
    tree_make(tree);
    tree_write(tree, CLOCK, "name: [\n");
    tree_write(tree, FIELDS, "fields: []\n");
    tree_write(tree, OTHERS, "others:\n  - {number: CP504, printed: x, title: ' '}\n");
    load(tree, &faults, &error);
    /* The broken clock is there, so that the notice that names it is not blamed; nor is the track it may
     * have. */
    assert_int_equal(faults.count, 4);
    assert_non_null(strstr(faults.list[0].what, "not YAML"));
    assert_non_null(strstr(faults.list[1].what, "the list is empty"));
    assert_string_equal(faults.list[2].field, "others[0].title");
    assert_string_equal(faults.list[3].field, "others[0].number");
    assert_non_null(strstr(error.message, "cdp-levy-30.yaml:2:1: "));
    tree_drop(tree);
}

static void a_file_over_the_bound_is_a_fault(void **state)
{
    enum { BIG = (1 << 20) + 1 };
    char tree[TREE_PATH_SIZE];
    char *text = malloc(BIG + 1);

    (void)state;
    assert_non_null(text);
    memset(text, '#', BIG);
    text[BIG] = '\0';
    tree_make(tree);
    tree_write(tree, "patterns/notices/CP999.yaml", text);
    expect_file_fault(tree, "patterns/notices/CP999.yaml", "too large");
    tree_drop(tree);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_break_is_one_fault_at_its_place),
        cmocka_unit_test(the_day_of_the_check_is_no_later_than_now),
        cmocka_unit_test(a_file_that_is_no_pattern_is_a_fault),
        cmocka_unit_test(a_hidden_file_is_none),
        cmocka_unit_test(an_empty_file_is_a_fault),
        cmocka_unit_test(a_folder_named_like_a_file_is_a_fault),
        cmocka_unit_test(no_notice_at_all_is_a_fault),
        cmocka_unit_test(a_file_that_is_not_there_is_a_fault),
        cmocka_unit_test(two_files_of_one_name_are_a_fault),
        cmocka_unit_test(all_faults_of_all_files_are_told),
        cmocka_unit_test(a_file_over_the_bound_is_a_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
