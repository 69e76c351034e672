/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Names of dropped files and of results. */
#include "rig.h"

#include "watch/known.h"
#include "watch/name.h"

static void test_litter(void **state)
{
    static const char *const litter[] = {".a", "~$a.docx", "THUMBS.DB", "a.tmp", "a.pdf.part", "a.Crdownload", "a~", ""};
    static const char *const taken[] = {"a", "part", "tmp", "scan.pdf", "a.part.pdf", "~a", "thumbs.db.pdf", " .pdf"};

    (void)state;
    for (size_t i = 0; i < sizeof litter / sizeof *litter; i++)
        assert_true(name_is_litter(litter[i]));
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        assert_false(name_is_litter(taken[i]));
}

static void test_there_and_back(void **state)
{
    char name[NAME_MAX + 1];
    char back[NAME_MAX + 1];

    (void)state;
    for (int first = 1; first < 256; first++) {
        struct buffer text;
        memset(name, first, NAME_MAX);
        name[NAME_MAX] = '\0';
        name[5] = 'x';
        if (first == '/')
            continue;
        buffer_init(&text, 4096);
        name_encode(&text, name);
        for (const char *at = text.data; *at != '\0'; at++)
            assert_in_range(*at, '!', '~');
        assert_true(name_decode(text.data, back));
        assert_string_equal(back, name);
        buffer_dispose(&text);
    }
}

/* A journal that somebody wrote to must not lead anywhere else. */
static void test_foul_names(void **state)
{
    static const char *const foul[] = {"", ".", "..", "a/b", "%2fetc", "a%2", "a%", "%00", "%zz", "..%2f..", "%2e%2e"};
    char out[NAME_MAX + 1];
    char longest[NAME_MAX + 2];

    (void)state;
    for (size_t i = 0; i < sizeof foul / sizeof *foul; i++)
        assert_false(name_decode(foul[i], out));
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_false(name_decode(longest, out));
}

static void test_kept(void **state)
{
    char out[NAME_KEPT_SIZE];
    char longest[NAME_MAX + 1];

    (void)state;
    name_keep("scan.pdf", out);
    assert_string_equal(out, "scan.pdf");
    name_keep("LETTER-9.json", out);
    assert_string_equal(out, "original LETTER-9.json");
    name_keep("repeat.json", out);
    assert_string_equal(out, "original repeat.json");
    memset(longest, 'a', NAME_MAX);
    longest[NAME_MAX] = '\0';
    memcpy(longest, "letter", 6);
    memcpy(longest + NAME_MAX - 5, ".json", 5);
    name_keep(longest, out);
    assert_string_equal(out, "original");
}

static void test_shown(void **state)
{
    struct buffer out;

    (void)state;
    buffer_init(&out, 4096);
    name_show(&out, "Doe 078-05-1120\n\033[2J.pdf");
    assert_has_not(out.data, "078-05");
    assert_has(out.data, "1120");
    assert_has_not(out.data, "\n");
    assert_has_not(out.data, "\033");
    buffer_dispose(&out);
}

static void test_short_hashes(void **state)
{
    static const struct {
        const char *name;
        uint32_t hash; /* 0: none */
    } names[] = {{"2026-03-02 LT11 0a1b2c3d", 0x0a1b2c3d},        {"2026-03-02 LT11 0a1b2c3d 2", 0x0a1b2c3d},
                 {"2026-03-02 0a1b2c3d", 0x0a1b2c3d},             {"2026-03-02 LT11+CP504+9 more ffffffff", 0xffffffff},
                 {"0a1b2c3d", 0},                                 {"2026-03-02 LT11 0A1B2C3D", 0},
                 {"2026-03-02 LT11 0a1b2c3", 0},                  {"2026-03-02 0a1b2c3d by Ann Lee", 0},
                 {"Smith 0a1b2c3d", 0x0a1b2c3d},                  {"", 0}};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        uint32_t hash = 0;
        assert_int_equal(known_parse(names[i].name, &hash), names[i].hash != 0);
        assert_int_equal(hash, names[i].hash);
    }
}

static void test_known(void **state)
{
    struct known known = {0};

    (void)state;
    assert_false(known_has(&known, 0));
    for (uint32_t i = 0; i < 100000; i++)
        assert_int_equal(known_add(&known, i * 2654435761u), 0);
    for (uint32_t i = 0; i < 100000; i++) {
        assert_true(known_has(&known, i * 2654435761u));
        assert_false(known_has(&known, (i + 100000) * 2654435761u));
    }
    assert_true(known.size <= 1 << 19); /* some bytes for each */
    known_dispose(&known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_litter),       cmocka_unit_test(test_there_and_back), cmocka_unit_test(test_foul_names),
        cmocka_unit_test(test_kept),         cmocka_unit_test(test_shown),          cmocka_unit_test(test_short_hashes),
        cmocka_unit_test(test_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
