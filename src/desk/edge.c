/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "desk/edge.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <nettle/memops.h>

#include "base/taxpayer.h"
#include "base/utf8.h"


/* ---- who is called, and from where ---- */

/* The part of an authority before its port, which must be this desk's; the scheme's own port may be left out. */
static bool take_port(const char *authority, const struct edge_names *names, char host[EDGE_AUTHORITY_SIZE])
{
    char wanted[16];
    size_t length = strlen(authority);
    size_t tail = (size_t)snprintf(wanted, sizeof wanted, ":%u", names->port);
    bool standard = names->port == (names->tls ? 443U : 80U);

    if (length >= EDGE_AUTHORITY_SIZE)
        return false;
    memcpy(host, authority, length + 1);
    if (length > tail && strcmp(authority + length - tail, wanted) == 0) {
        host[length - tail] = '\0';
        return true;
    }
    return standard;
}

static bool is_address(const char *host, const char *address)
{
    size_t length = strlen(address);

    if (strchr(address, ':') == NULL)
        return strcasecmp(host, address) == 0;
    return host[0] == '[' && strncasecmp(host + 1, address, length) == 0 && strcmp(host + 1 + length, "]") == 0;
}

bool edge_host_is_ours(const char *host, const struct edge_names *names)
{
    static const char *const loopback[] = {"127.0.0.1", "localhost", "[::1]"};
    char name[EDGE_AUTHORITY_SIZE];

    if (host == NULL || !take_port(host, names, name))
        return false;
    if (names->address != NULL) {
        for (size_t i = 0; i < names->others_count; i++) {
            if (strcasecmp(name, names->others[i]) == 0)
                return true;
        }
        return is_address(name, names->address);
    }
    for (size_t i = 0; i < sizeof loopback / sizeof *loopback; i++) {
        if (strcasecmp(name, loopback[i]) == 0)
            return true;
    }
    return false;
}

bool edge_origin_is_ours(const char *origin, const struct edge_names *names)
{
    const char *scheme = names->tls ? "https://" : "http://";
    size_t length = strlen(scheme);

    return origin != NULL && strncmp(origin, scheme, length) == 0 && edge_host_is_ours(origin + length, names);
}

bool edge_site_is_ours(const char *site)
{
    return site == NULL || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0;
}

/* ---- cookies and secrets ---- */

bool edge_cookie(const char *header, const char *name, char *out, size_t size)
{
    size_t name_length = strlen(name);
    bool found = false;

    if (header == NULL)
        return false;
    while (*header != '\0') {
        header += strspn(header, " \t;");
        size_t length = strcspn(header, ";");
        if (length > name_length && strncmp(header, name, name_length) == 0 && header[name_length] == '=') {
            size_t value = length - name_length - 1;
            if (found || value >= size)
                return false;
            memcpy(out, header + name_length + 1, value);
            out[value] = '\0';
            found = true;
        }
        header += length;
    }
    return found;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A value up to the next "&", its escapes undone. */
static bool unescape_value(const char *bytes, size_t length, char *out, size_t size)
{
    size_t used = 0;

    for (size_t i = 0; i < length; i++) {
        char c = bytes[i] == '+' ? ' ' : bytes[i];
        if (c == '%') {
            int high = i + 2 < length ? digit_of((char)tolower((unsigned char)bytes[i + 1])) : -1;
            int low = high >= 0 ? digit_of((char)tolower((unsigned char)bytes[i + 2])) : -1;
            if (low < 0)
                return false;
            c = (char)(high << 4 | low);
            i += 2;
        }
        if (c == '\0' || used + 1 >= size)
            return false;
        out[used++] = c;
    }
    out[used] = '\0';
    return true;
}

bool edge_form(const char *bytes, size_t length, const char *name, char *out, size_t size)
{
    size_t name_length = strlen(name);
    const char *end = bytes + length;
    bool found = false;

    while (bytes < end) {
        const char *stop = memchr(bytes, '&', (size_t)(end - bytes));
        size_t field = (size_t)((stop != NULL ? stop : end) - bytes);
        if (field > name_length && memcmp(bytes, name, name_length) == 0 && bytes[name_length] == '=') {
            if (found || !unescape_value(bytes + name_length + 1, field - name_length - 1, out, size))
                return false;
            found = true;
        }
        bytes += field + 1;
    }
    return found;
}

bool edge_secret_parse(const char *text, uint8_t out[EDGE_SECRET_SIZE])
{
    if (text == NULL || strlen(text) != EDGE_SECRET_TEXT - 1)
        return false;
    for (size_t i = 0; i < EDGE_SECRET_SIZE; i++) {
        int high = digit_of(text[2 * i]);
        int low = digit_of(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

void edge_secret_format(const uint8_t secret[EDGE_SECRET_SIZE], char out[EDGE_SECRET_TEXT])
{
    for (size_t i = 0; i < EDGE_SECRET_SIZE; i++)
        snprintf(out + 2 * i, 3, "%02x", secret[i]);
}

bool edge_secret_is(const uint8_t left[EDGE_SECRET_SIZE], const uint8_t right[EDGE_SECRET_SIZE])
{
    return nettle_memeql_sec(left, right, EDGE_SECRET_SIZE) != 0;
}

/* ---- names and numbers ---- */

/* Controls, line separators, and what turns the direction of writing round: "scan\u202Egpj.exe". */
static bool is_unsafe(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || (c >= 0x200B && c <= 0x200F) ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || c == 0xFFFD;
}

void edge_file_name(const char *raw, char out[EDGE_NAME_SIZE])
{
    size_t used = 0;
    uint32_t c;

    for (const char *at = raw; raw != NULL && *at != '\0'; at++) {
        if (*at == '/' || *at == '\\')
            raw = at + 1;
    }
    while (raw != NULL && (c = utf8_next(&raw)) != 0) {
        char bytes[4];
        size_t length = utf8_put(c, bytes);
        if (is_unsafe(c))
            continue;
        if (used + length >= EDGE_NAME_SIZE)
            break;
        memcpy(out + used, bytes, length);
        used += length;
    }
    out[used] = '\0';
    taxpayer_mask(out);
    if (strspn(out, " .") == strlen(out))
        snprintf(out, EDGE_NAME_SIZE, "scan");
}

/* Digits up to the first character that is none, which `text` is moved to. */
static bool take_number(const char **text, int64_t *out)
{
    int64_t number = 0;
    const char *start = *text;

    for (; **text >= '0' && **text <= '9'; ++*text) {
        if (__builtin_mul_overflow(number, 10, &number) || __builtin_add_overflow(number, **text - '0', &number))
            return false;
    }
    *out = number;
    return *text != start && number > 0;
}

bool edge_number(const char *text, int64_t *out)
{
    return text != NULL && take_number(&text, out) && *text == '\0';
}

bool edge_path_is(const char *path, const char *pattern, int64_t *numbers)
{
    for (; *pattern != '\0'; pattern++) {
        if (*pattern == '#') {
            if (!take_number(&path, numbers++))
                return false;
        } else if (*pattern == '*') {
            return *path != '\0' && strspn(path, "abcdefghijklmnopqrstuvwxyz0123456789-.") == strlen(path);
        } else if (*path++ != *pattern) {
            return false;
        }
    }
    return *path == '\0';
}
