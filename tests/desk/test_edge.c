/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "desk/edge.h"

static const struct edge_names here = {.port = 8433};

static void only_this_desk_s_own_names_are_called(void **state)
{
    static const char *const ours[] = {"127.0.0.1:8433", "localhost:8433", "LOCALHOST:8433", "[::1]:8433"};
    static const char *const others[] = {
        "127.0.0.1",           "localhost",        "127.0.0.1:80",        "evil.example:8433", "localhost.evil.example:8433",
        "127.0.0.1.nip.io:8433", "127.0.0.1:84330", "127.0.0.1:8433:8433", " 127.0.0.1:8433",   "127.0.0.1:8433 ",
        "0.0.0.0:8433",        "",                 ":8433",               "2130706433:8433",   "127.1:8433",
        "user@127.0.0.1:8433", "[::ffff:127.0.0.1]:8433"};

    (void)state;
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        assert_true(edge_host_is_ours(ours[i], &here));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (edge_host_is_ours(others[i], &here))
            fail_msg("\"%s\" passes for this desk", others[i]);
    }
    assert_false(edge_host_is_ours(NULL, &here));
}

static void beyond_loopback_only_the_address_is_called(void **state)
{
    const struct edge_names four = {.tls = true, .port = 443, .address = "192.0.2.7"};
    const struct edge_names six = {.tls = true, .port = 8433, .address = "2001:db8::7"};

    (void)state;
    assert_true(edge_host_is_ours("192.0.2.7", &four));
    assert_true(edge_host_is_ours("192.0.2.7:443", &four));
    assert_false(edge_host_is_ours("127.0.0.1", &four));
    assert_false(edge_host_is_ours("192.0.2.70", &four));
    assert_true(edge_host_is_ours("[2001:DB8::7]:8433", &six));
    assert_false(edge_host_is_ours("2001:db8::7:8433", &six));
    assert_false(edge_host_is_ours("[2001:db8::7]x:8433", &six));
    assert_true(edge_origin_is_ours("https://192.0.2.7", &four));
    assert_false(edge_origin_is_ours("http://192.0.2.7", &four));
}

static void the_clinic_s_own_names_are_called_too(void **state)
{
    char *others[] = {(char[]){"desk.clinic.example"}, (char[]){"front-desk"}};
    const struct edge_names wide = {.tls = true, .port = 8433, .address = "192.0.2.7", .others = others, .others_count = 2};
    const struct edge_names narrow = {.port = 8433, .others = others, .others_count = 2};

    (void)state;
    assert_true(edge_host_is_ours("192.0.2.7:8433", &wide));
    assert_true(edge_host_is_ours("desk.clinic.example:8433", &wide));
    assert_true(edge_host_is_ours("Front-Desk:8433", &wide));
    assert_true(edge_origin_is_ours("https://desk.clinic.example:8433", &wide));
    assert_false(edge_origin_is_ours("http://desk.clinic.example:8433", &wide));
    assert_false(edge_host_is_ours("desk.clinic.example", &wide));
    assert_false(edge_host_is_ours("desk.clinic.example.evil.example:8433", &wide));
    assert_false(edge_host_is_ours("evil.desk.clinic.example:8433", &wide));
    assert_false(edge_host_is_ours("127.0.0.1:8433", &wide));
    assert_false(edge_host_is_ours("desk.clinic.example:8433", &narrow)); /* on this machine only it has loopback's */
}

static void a_form_s_field_is_there_once_and_whole(void **state)
{
    static const struct {
        const char *form;
        const char *value; /* NULL: refused */
    } cases[] = {
        {"name=a&password=b", "b"},
        {"password=a+b%20c%C3%B1", "a b c\xC3\xB1"},
        {"password=", ""},
        {"password=a%26b%3D", "a&b="},
        {"xpassword=a&password=b&", "b"},
        {"password=1234567", "1234567"},
        {"password=12345678", NULL},
        {"password=a&password=a", NULL},
        {"password", NULL},
        {"", NULL},
        {"Password=a", NULL},
        {"password=%00", NULL},
        {"password=%", NULL},
        {"password=%4", NULL},
        {"password=%4x", NULL},
        {"password=%+1", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char value[8];
        bool there = edge_form(cases[i].form, strlen(cases[i].form), "password", value, sizeof value);
        if (there != (cases[i].value != NULL) || (there && strcmp(value, cases[i].value) != 0))
            fail_msg("%s", cases[i].form);
    }
    char value[8];
    assert_false(edge_form("password=a\0b", 12, "password", value, sizeof value));
}

static void an_origin_is_scheme_and_name(void **state)
{
    (void)state;
    assert_true(edge_origin_is_ours("http://127.0.0.1:8433", &here));
    assert_false(edge_origin_is_ours("https://127.0.0.1:8433", &here));
    assert_false(edge_origin_is_ours("null", &here));
    assert_false(edge_origin_is_ours("", &here));
    assert_false(edge_origin_is_ours(NULL, &here));
    assert_false(edge_origin_is_ours("http://127.0.0.1:8433/", &here));
    assert_false(edge_origin_is_ours("http://evil.example", &here));
    assert_false(edge_origin_is_ours("http://127.0.0.1:3000", &here));
}

static void other_sites_are_told_by_the_browser(void **state)
{
    (void)state;
    assert_true(edge_site_is_ours(NULL));
    assert_true(edge_site_is_ours("same-origin"));
    assert_true(edge_site_is_ours("none"));
    assert_false(edge_site_is_ours("same-site")); /* another port of this machine */
    assert_false(edge_site_is_ours("cross-site"));
    assert_false(edge_site_is_ours(""));
}

static void a_cookie_is_found_by_its_whole_name_and_once(void **state)
{
    char value[8];

    (void)state;
    assert_true(edge_cookie("a=1; irsort=abc; b=2", "irsort", value, sizeof value));
    assert_string_equal(value, "abc");
    assert_true(edge_cookie("irsort=", "irsort", value, sizeof value));
    assert_string_equal(value, "");
    assert_true(edge_cookie(";; irsort=x", "irsort", value, sizeof value));
    assert_false(edge_cookie("xirsort=abc", "irsort", value, sizeof value));
    assert_false(edge_cookie("irsortx=abc", "irsort", value, sizeof value));
    assert_false(edge_cookie("irsort", "irsort", value, sizeof value));
    assert_false(edge_cookie("irsort=1; irsort=2", "irsort", value, sizeof value));
    assert_false(edge_cookie("irsort=12345678", "irsort", value, sizeof value));
    assert_false(edge_cookie(NULL, "irsort", value, sizeof value));
}

static void a_secret_is_64_hex_digits(void **state)
{
    uint8_t secret[EDGE_SECRET_SIZE];
    uint8_t other[EDGE_SECRET_SIZE];
    char text[EDGE_SECRET_TEXT];
    char wrong[EDGE_SECRET_TEXT + 1];

    (void)state;
    for (size_t i = 0; i < sizeof secret; i++)
        secret[i] = (uint8_t)(i * 37);
    edge_secret_format(secret, text);
    assert_true(edge_secret_parse(text, other));
    assert_true(edge_secret_is(secret, other));
    other[31] ^= 1;
    assert_false(edge_secret_is(secret, other));
    memcpy(wrong, text, sizeof text);
    wrong[63] = 'G';
    assert_false(edge_secret_parse(wrong, other));
    wrong[63] = '\0';
    assert_false(edge_secret_parse(wrong, other));
    memset(wrong, '0', sizeof wrong);
    wrong[sizeof wrong - 1] = '\0';
    assert_false(edge_secret_parse(wrong, other));
    assert_false(edge_secret_parse(NULL, other));
}

static void names_of_files_are_only_names(void **state)
{
    static const struct {
        const char *raw;
        const char *kept;
    } cases[] = {
        {"scan.pdf", "scan.pdf"},
        {"../../etc/passwd", "passwd"},
        {"C:\\fakepath\\mail.tif", "mail.tif"},
        {"a/b/", "scan"},
        {"", "scan"},
        {".", "scan"},
        {"..", "scan"},
        {"  ", "scan"},
        {"mail\n\r\t.pdf", "mail.pdf"},
        {"fdp\xE2\x80\xAEgpj.exe", "fdpgpj.exe"}, /* right-to-left override */
        {"a\xFF.pdf", "a.pdf"},
        {"\xC3\xB1o\xC3\xB1o.pdf", "\xC3\xB1o\xC3\xB1o.pdf"},
        {"<img src=x>.pdf", "<img src=x>.pdf"}, /* only ever shown as text */
        {"000-12-3456.pdf", "XXX-XX-3456.pdf"}, /* an invented taxpayer number */
    };
    char name[EDGE_NAME_SIZE];
    char longest[2000];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        edge_file_name(cases[i].raw, name);
        assert_string_equal(name, cases[i].kept);
    }
    edge_file_name(NULL, name);
    assert_string_equal(name, "scan");
    for (size_t i = 0; i + 2 < sizeof longest; i += 2)
        memcpy(longest + i, "\xC3\xB1", 3);
    edge_file_name(longest, name);
    assert_int_equal(strlen(name), EDGE_NAME_SIZE - 2); /* whole characters of two bytes */
}

static void numbers_and_paths_are_taken_whole(void **state)
{
    int64_t numbers[2] = {0};

    (void)state;
    assert_true(edge_number("12", &numbers[0]));
    assert_int_equal(numbers[0], 12);
    assert_true(edge_number("9223372036854775807", &numbers[0]));
    assert_false(edge_number("9223372036854775808", &numbers[0]));
    assert_false(edge_number("0", &numbers[0]));
    assert_false(edge_number("-1", &numbers[0]));
    assert_false(edge_number("1 ", &numbers[0]));
    assert_false(edge_number("", &numbers[0]));
    assert_false(edge_number(NULL, &numbers[0]));
    assert_true(edge_path_is("/api/letter/12/page/3", "/api/letter/#/page/#", numbers));
    assert_int_equal(numbers[0], 12);
    assert_int_equal(numbers[1], 3);
    assert_false(edge_path_is("/api/letter/12/page/", "/api/letter/#/page/#", numbers));
    assert_false(edge_path_is("/api/letter/12/page/3/", "/api/letter/#/page/#", numbers));
    assert_false(edge_path_is("/api/letter/../1", "/api/letter/#", numbers));
    assert_true(edge_path_is("/assets/app.js", "/assets/*", numbers));
    assert_false(edge_path_is("/assets/", "/assets/*", numbers));
    assert_false(edge_path_is("/assets/../desk.html", "/assets/*", numbers));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_this_desk_s_own_names_are_called),
        cmocka_unit_test(beyond_loopback_only_the_address_is_called),
        cmocka_unit_test(the_clinic_s_own_names_are_called_too),
        cmocka_unit_test(a_form_s_field_is_there_once_and_whole),
        cmocka_unit_test(an_origin_is_scheme_and_name),
        cmocka_unit_test(other_sites_are_told_by_the_browser),
        cmocka_unit_test(a_cookie_is_found_by_its_whole_name_and_once),
        cmocka_unit_test(a_secret_is_64_hex_digits),
        cmocka_unit_test(names_of_files_are_only_names),
        cmocka_unit_test(numbers_and_paths_are_taken_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
