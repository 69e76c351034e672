/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "desk/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "desk/edge.h"

enum {
    PORT_MAX = 65535,
    PEM_MAX = 256 << 10, /* bytes: a certificate has 2 KiB, and some authorities stand behind it */
    CHAIN_MAX = 16,
};

/* ---- where ---- */

/* "[six]:port", "four:port", or an address alone, taken apart. */
static bool split(const char *text, char address[INET6_ADDRSTRLEN], unsigned *port)
{
    const char *colon = strrchr(text, ':');
    bool bracketed = text[0] == '[';
    const char *start = text + bracketed;
    const char *end = text + strlen(text);
    int64_t number;

    if (bracketed) {
        end = strchr(text, ']');
        if (end == NULL || (end[1] != '\0' && end[1] != ':'))
            return false;
        colon = end[1] == ':' ? end + 1 : NULL;
    } else if (colon != NULL && strchr(text, ':') != colon) {
        colon = NULL; /* of an IPv6 address alone */
    } else if (colon != NULL) {
        end = colon;
    }
    if ((size_t)(end - start) >= INET6_ADDRSTRLEN)
        return false;
    memcpy(address, start, (size_t)(end - start));
    address[end - start] = '\0';
    if (colon == NULL)
        return true;
    if (!edge_number(colon + 1, &number) || number > PORT_MAX)
        return false;
    *port = (unsigned)number;
    return true;
}

static bool is_unspecified(const struct listen_address *address)
{
    return address->socket.any.sa_family == AF_INET ? address->socket.four.sin_addr.s_addr == htonl(INADDR_ANY)
                                                    : IN6_IS_ADDR_UNSPECIFIED(&address->socket.six.sin6_addr);
}

int listen_parse(struct listen_address *out, const char *text, struct error *error)
{
    char address[INET6_ADDRSTRLEN] = "";

    *out = (struct listen_address){.loopback = true, .socket.four = {.sin_family = AF_INET}};
    out->socket.four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (text == NULL)
        return 0;
    if (!split(text, address, &out->port))
        return error_set(error, ERROR_USAGE, "--listen wants an address such as 192.0.2.7, 192.0.2.7:8433 or [2001:db8::7]:8433");
    if (inet_pton(AF_INET, address, &out->socket.four.sin_addr) == 1) {
        out->loopback = ntohl(out->socket.four.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
        inet_ntop(AF_INET, &out->socket.four.sin_addr, out->text, sizeof out->text);
    } else {
        out->socket.six = (struct sockaddr_in6){.sin6_family = AF_INET6};
        if (inet_pton(AF_INET6, address, &out->socket.six.sin6_addr) != 1)
            return error_set(error, ERROR_USAGE,
                             "--listen wants an address of this machine in figures, such as 192.0.2.7; `ip address` tells them");
        out->loopback = IN6_IS_ADDR_LOOPBACK(&out->socket.six.sin6_addr);
        inet_ntop(AF_INET6, &out->socket.six.sin6_addr, out->text, sizeof out->text);
    }
    if (is_unspecified(out))
        return error_set(error, ERROR_USAGE,
                         "--listen wants one address of this machine, so that the desk knows by what name it may be called; "
                         "`ip address` tells them");
    if (strcmp(out->text, "127.0.0.1") == 0 || strcmp(out->text, "::1") == 0)
        out->text[0] = '\0';
    return 0;
}

void listen_set_port(struct listen_address *address, unsigned port)
{
    if (address->socket.any.sa_family == AF_INET)
        address->socket.four.sin_port = htons((uint16_t)port);
    else
        address->socket.six.sin6_port = htons((uint16_t)port);
}

/* ---- with which certificate ---- */

static char *read_pem(const char *path, const char *what, bool secret, struct error *error)
{
    int file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat status;
    char *text = NULL;

    if (file < 0) {
        error_set(error, ERROR_SETUP, "the %s %s cannot be read: %s", what, path, strerror(errno));
        return NULL;
    }
    if (fstat(file, &status) < 0 || !S_ISREG(status.st_mode) || status.st_size > PEM_MAX)
        error_set(error, ERROR_SETUP, "the %s %s is no file of PEM", what, path);
    else if (secret && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        error_set(error, ERROR_SETUP, "the key %s can be read or written by others; `chmod 600 %s`", path, path);
    else if ((text = calloc(1, (size_t)status.st_size + 1)) == NULL)
        error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    else if (read(file, text, (size_t)status.st_size) != (ssize_t)status.st_size) {
        error_set(error, ERROR_SETUP, "the %s %s cannot be read", what, path);
        free(text);
        text = NULL;
    }
    close(file);
    return text;
}

static gnutls_datum_t datum(char *text)
{
    return (gnutls_datum_t){.data = (unsigned char *)text, .size = (unsigned)strlen(text)};
}

static int find_end(struct listen_tls *tls, const char *path, struct error *error)
{
    gnutls_datum_t pem = datum(tls->certificate);
    gnutls_x509_crt_t chain[CHAIN_MAX];
    unsigned count = CHAIN_MAX;
    int made = gnutls_x509_crt_list_import(chain, &count, &pem, GNUTLS_X509_FMT_PEM, GNUTLS_X509_CRT_LIST_IMPORT_FAIL_IF_EXCEED);

    if (made <= 0)
        return error_set(error, ERROR_SETUP, "the certificate %s cannot be used: %s", path,
                         gnutls_strerror(made < 0 ? made : GNUTLS_E_NO_CERTIFICATE_FOUND));
    tls->ends = (int64_t)gnutls_x509_crt_get_expiration_time(chain[0]);
    for (unsigned i = 0; i < count; i++)
        gnutls_x509_crt_deinit(chain[i]);
    return 0;
}

static int see_whether_they_fit(struct listen_tls *tls, const char *certificate, const char *key, struct error *error)
{
    gnutls_datum_t certificate_pem = datum(tls->certificate);
    gnutls_datum_t key_pem = datum(tls->key);
    gnutls_certificate_credentials_t credentials;
    int result;

    if (gnutls_certificate_allocate_credentials(&credentials) < 0)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    result = gnutls_certificate_set_x509_key_mem(credentials, &certificate_pem, &key_pem, GNUTLS_X509_FMT_PEM);
    gnutls_certificate_free_credentials(credentials);
    if (result == GNUTLS_E_CERTIFICATE_KEY_MISMATCH)
        return error_set(error, ERROR_SETUP, "the key %s is not that of the certificate %s", key, certificate);
    if (result < 0)
        return error_set(error, ERROR_SETUP, "the key %s cannot be used: %s", key, gnutls_strerror(result));
    return 0;
}

int listen_load_tls(struct listen_tls *out, const char *certificate, const char *key, struct error *error)
{
    *out = (struct listen_tls){.certificate = read_pem(certificate, "certificate", false, error)};
    if (out->certificate != NULL)
        out->key = read_pem(key, "key", true, error);
    if (out->key != NULL && find_end(out, certificate, error) == 0 &&
        see_whether_they_fit(out, certificate, key, error) == 0)
        return 0;
    listen_dispose_tls(out);
    return -1;
}

void listen_dispose_tls(struct listen_tls *tls)
{
    if (tls->key != NULL)
        explicit_bzero(tls->key, strlen(tls->key));
    free(tls->key);
    free(tls->certificate);
    *tls = (struct listen_tls){0};
}
