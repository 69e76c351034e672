/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Where a desk may listen. What a certificate must be is tried by network.py, which can make some. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <arpa/inet.h>

#include "desk/listen.h"

static void addresses_are_taken_apart(void **state)
{
    static const struct {
        const char *text;
        const char *address; /* "" where each of loopback's names will do */
        unsigned port;
        bool loopback;
    } right[] = {
        {NULL, "", 0, true},
        {"127.0.0.1", "", 0, true},
        {"127.0.0.1:8433", "", 8433, true},
        {"127.8.0.1", "127.8.0.1", 0, true},
        {"::1", "", 0, true},
        {"[::1]:8433", "", 8433, true},
        {"192.0.2.7", "192.0.2.7", 0, false},
        {"192.0.2.7:443", "192.0.2.7", 443, false},
        {"128.0.0.1", "128.0.0.1", 0, false},
        {"[2001:DB8:0::7]:8433", "2001:db8::7", 8433, false},
        {"[2001:db8::7]", "2001:db8::7", 0, false},
        {"2001:db8::7", "2001:db8::7", 0, false},
        {"::ffff:127.0.0.1", "::ffff:127.0.0.1", 0, false}, /* may be what it seems, or not: it wants TLS and users */
    };

    (void)state;
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        struct listen_address address;
        struct error error = {0};
        if (listen_parse(&address, right[i].text, &error) < 0)
            fail_msg("%s: %s", right[i].text, error.message);
        assert_string_equal(address.text, right[i].address);
        assert_int_equal(address.port, right[i].port);
        assert_int_equal(address.loopback, right[i].loopback);
    }
}

static void what_is_no_one_address_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",           "desk.clinic.example", "localhost",       "192.0.2",        "192.0.2.7:",     "192.0.2.7:0",  "192.0.2.7:65536",
        "192.0.2.7:x", "192.0.2.7:80:80",    "[2001:db8::7",    "[2001:db8::7]x", "[2001:db8::7]:", "[192.0.2.7]x", "2001:db8::7]:80",
        "0.0.0.0",    "0.0.0.0:8433",        "::",              "[::]:8433",      "fe80::1%eth0",   " 192.0.2.7",   "192.0.2.7 ",
        "0x7f.1",     "300.0.2.7",           "192.0.2.7/24"};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct listen_address address;
        struct error error = {0};
        if (listen_parse(&address, wrong[i], &error) == 0)
            fail_msg("\"%s\" passes for an address", wrong[i]);
        assert_int_equal(error.code, ERROR_USAGE);
        assert_non_null(strstr(error.message, "--listen"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_taken_apart),
        cmocka_unit_test(what_is_no_one_address_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
