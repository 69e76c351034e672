/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Values of HTTP headers, forms and paths, and addresses to listen at, a line each. Whatever comes: a host that passes is one of
 * the few names, a cookie's or a plain field's value stands where it came from, a file's name can be shown and is no path, and
 * an address that passes is one address. */
#include <strings.h>

#include "desk/edge.h"
#include "desk/listen.h"
#include "harness.h"

enum { VALUE = 80 };

static void check_host(const char *host)
{
    static const struct edge_names names = {.port = 8433};
    static const char *const ours[] = {"127.0.0.1:8433", "localhost:8433", "[::1]:8433"};
    bool known = false;

    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        known = known || strcasecmp(ours[i], host) == 0;
    MUST(edge_host_is_ours(host, &names) == known);
    if (edge_origin_is_ours(host, &names))
        MUST(strncmp(host, "http://", 7) == 0 && edge_host_is_ours(host + 7, &names));
}

static void check_cookie(const char *header)
{
    char value[VALUE];
    char whole[VALUE + 8];

    if (!edge_cookie(header, "irsort", value, sizeof value))
        return;
    snprintf(whole, sizeof whole, "irsort=%s", value);
    MUST(strstr(header, whole) != NULL && strchr(value, ';') == NULL);
}

static void check_secret(const char *text)
{
    uint8_t secret[EDGE_SECRET_SIZE];
    char again[EDGE_SECRET_TEXT];

    if (!edge_secret_parse(text, secret))
        return;
    edge_secret_format(secret, again);
    MUST(strcmp(again, text) == 0);
}

static void check_name(const char *raw)
{
    char name[EDGE_NAME_SIZE];
    char again[EDGE_NAME_SIZE];

    edge_file_name(raw, name);
    MUST(name[0] != '\0' && strlen(name) < sizeof name && is_clean(name));
    MUST(strpbrk(name, "/\\") == NULL && strcmp(name, ".") != 0 && strcmp(name, "..") != 0);
    edge_file_name(name, again);
    MUST(strcmp(again, name) == 0);
}

static void check_path(const char *path)
{
    int64_t numbers[2] = {-1, -1};

    if (edge_path_is(path, "/api/letter/#/page/#", numbers))
        MUST(numbers[0] > 0 && numbers[1] > 0);
    if (edge_path_is(path, "/assets/*", numbers))
        MUST(strchr(path + strlen("/assets/"), '/') == NULL);
    if (edge_number(path, numbers))
        MUST(numbers[0] > 0);
}

static void check_form(const char *form)
{
    char value[VALUE];
    char whole[VALUE + 8];

    if (!edge_form(form, strlen(form), "name", value, sizeof value))
        return;
    MUST(strlen(value) < sizeof value);
    snprintf(whole, sizeof whole, "name=%s", value);
    if (strpbrk(form, "%+") == NULL)
        MUST(strstr(form, whole) != NULL && strchr(value, '&') == NULL);
}

static void check_address(const char *text)
{
    struct listen_address address;
    struct listen_address again;
    struct error error = {0};

    if (listen_parse(&address, text, &error) < 0) {
        MUST(error.code == ERROR_USAGE);
        return;
    }
    MUST(address.port <= 65535 && (address.text[0] != '\0' || address.loopback));
    if (address.text[0] != '\0') {
        MUST(listen_parse(&again, address.text, &error) == 0 && strcmp(again.text, address.text) == 0);
        MUST(again.loopback == address.loopback && again.port == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};

    while (input.size > 0) {
        char *line = input_until(&input, '\n');
        check_host(line);
        check_cookie(line);
        check_secret(line);
        check_name(line);
        check_path(line);
        check_form(line);
        check_address(line);
        free(line);
    }
    return 0;
}
