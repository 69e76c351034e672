/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "worker/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/taxpayer.h"
#include "base/utf8.h"

#define REQUEST_MAGIC 0x69727331u /* "irs1": parent and child are the same program, of the same version */

struct request {
    uint32_t magic;
    uint32_t serial;
};

union control {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
};

int wire_send_file(int socket, uint32_t serial, int descriptor)
{
    struct request request = {htonl(REQUEST_MAGIC), htonl(serial)};
    struct iovec part = {&request, sizeof request};
    union control control = {0};
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control.space,
    };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    ssize_t sent;

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptor);
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    do
        sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == sizeof request ? 0 : -1;
}

int wire_receive_file(int socket, uint32_t *serial, int *descriptor)
{
    struct request request = {0};
    struct iovec part = {&request, sizeof request};
    union control control = {0};
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control.space,
    };
    ssize_t got;

    do
        got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL);
    while (got < 0 && errno == EINTR);
    if (got == 0)
        return 0;
    const struct cmsghdr *header = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (header == NULL || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(sizeof *descriptor))
        return -1;
    memcpy(descriptor, CMSG_DATA(header), sizeof *descriptor);
    *serial = ntohl(request.serial);
    if (got == sizeof request && ntohl(request.magic) == REQUEST_MAGIC)
        return 1;
    close(*descriptor);
    return -1;
}

static int send_all(int socket, const void *bytes, size_t length)
{
    const char *next = bytes;

    while (length > 0) {
        ssize_t sent = send(socket, next, length, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return -1;
        next += sent;
        length -= (size_t)sent;
    }
    return 0;
}

int wire_send_message(int socket, uint32_t serial, const json_t *message)
{
    char *text = message != NULL ? json_dumps(message, JSON_COMPACT) : NULL;
    size_t length = text != NULL ? strlen(text) : 0;
    int result = -1;

    if (length > 0 && length <= WIRE_ANSWER_MAX) {
        uint32_t prefix[2] = {htonl((uint32_t)length), htonl(serial)};
        if (send_all(socket, prefix, sizeof prefix) == 0)
            result = send_all(socket, text, length);
    }
    free(text);
    return result;
}

size_t wire_length(const char prefix[WIRE_PREFIX_SIZE], uint32_t serial)
{
    uint32_t numbers[2];

    memcpy(numbers, prefix, sizeof numbers);
    uint32_t length = ntohl(numbers[0]);
    return length <= WIRE_ANSWER_MAX && ntohl(numbers[1]) == serial ? length : 0;
}

json_t *wire_page(unsigned page, unsigned pages)
{
    return json_pack("{s:i, s:i}", "page", (int)page, "pages", (int)pages);
}

json_t *wire_error(const struct error *error)
{
    return json_pack("{s:{s:s, s:s}}", "error", "code", error_code_name(error->code), "message",
                     error->message);
}

json_t *wire_letters(const struct letter *letters, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; list != NULL && i < count; i++) {
        json_t *letter = letter_to_json(&letters[i]);
        if ((letters[i].picture_count > 0 &&
             json_object_set_new(letter, "pictures", letter_pictures_to_json(&letters[i])) < 0) ||
            (letters[i].why_count > 0 && json_object_set_new(letter, "why", letter_why_to_json(&letters[i])) < 0)) {
            json_decref(letter);
            letter = NULL;
        }
        if (json_array_append_new(list, letter) < 0) {
            json_decref(list);
            return NULL;
        }
    }
    return json_pack("{s:o}", "letters", list);
}

/* What jansson takes for one of each, rounded up. */
enum { OBJECT_BYTES = 400, ARRAY_BYTES = 150, VALUE_BYTES = 100 };

/* Whether taking the text apart stays within bounds. Text that is not JSON may pass: the parser will say so, having taken
 * no more than this for what came before. */
static bool is_bounded(const char *text, size_t length)
{
    size_t memory = length;
    int depth = 0;
    bool quoted = false;

    for (size_t i = 0; i < length; i++) {
        if (quoted) {
            if (text[i] == '\\')
                i++; /* what follows is no end of the text */
            else
                quoted = text[i] != '"';
            continue;
        }
        switch (text[i]) {
        case '"':
            quoted = true;
            break;
        case '{':
            memory += OBJECT_BYTES;
            depth++;
            break;
        case '[':
            memory += ARRAY_BYTES;
            depth++;
            break;
        case '}':
        case ']':
            depth--;
            break;
        case ',':
        case ':':
            memory += VALUE_BYTES;
            break;
        }
        if (memory > WIRE_MEMORY_MAX || depth > WIRE_NESTING_MAX)
            return false;
    }
    return true;
}

/* NULL if it is no JSON or too much of it. */
static json_t *parse(const char *text, size_t length)
{
    return is_bounded(text, length) ? json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL) : NULL;
}

/* Words that a person will see on a terminal. */
static bool is_clean(const char *text)
{
    for (const char *next = text; *next != '\0';) {
        uint32_t character = utf8_next(&next);
        if (character < 0x20 || (character >= 0x7F && character < 0xA0))
            return false;
    }
    return true;
}

static bool take_error(const json_t *json, struct error *error)
{
    const json_t *member = json_object_get(json, "error");
    const char *name = json_string_value(json_object_get(member, "code"));
    const char *message = json_string_value(json_object_get(member, "message"));
    enum error_code code;

    if (name == NULL || message == NULL || !error_code_parse(name, &code) || code == ERROR_NONE ||
        strlen(message) >= ERROR_MESSAGE_MAX || !is_clean(message))
        return false;
    error_set(error, code, "%s", message);
    taxpayer_mask(error->message); /* it goes where messages go; its words are a reader's that met the file */
    return true;
}

int wire_take_greeting(const char *text, size_t length, struct error *error)
{
    json_t *json = parse(text, length);
    int result = 0;

    if (!json_is_true(json_object_get(json, "ready"))) {
        if (!take_error(json, error))
            error_set(error, ERROR_SETUP, "the process that reads files greeted with nonsense");
        result = -1;
    }
    json_decref(json);
    return result;
}

int wire_take_page(const char *text, size_t length, unsigned *page, unsigned *pages)
{
    json_t *json = length <= WIRE_PAGE_MAX ? parse(text, length) : NULL;
    const json_t *number = json_object_get(json, "page");
    const json_t *count = json_object_get(json, "pages");
    json_int_t last = json_integer_value(count);
    int result = number != NULL;

    if (number != NULL) {
        if (json_object_size(json) == 2 && json_is_integer(number) && json_integer_value(number) >= 1 &&
            json_integer_value(number) <= last && last <= PAPER_PAGES_MAX) {
            *page = (unsigned)json_integer_value(number);
            *pages = (unsigned)last;
        } else {
            result = -1;
        }
    }
    json_decref(json);
    return result;
}

/* What was asked for besides. */
static int take_extras(struct letter *letter, const json_t *json)
{
    struct error ignored = {0};

    if (letter_pictures_from_json(letter, json_object_get(json, "pictures"), &ignored) < 0)
        return -1;
    return letter_why_from_json(letter, json_object_get(json, "why"), &ignored);
}

static int take_letters(const json_t *list, struct letter **letters, size_t *count)
{
    size_t size = json_array_size(list);
    struct error ignored = {0};
    size_t done = 0;
    bool sound = true;

    if (!json_is_array(list) || size > WIRE_LETTERS_MAX)
        return -1;
    struct letter *array = calloc(size > 0 ? size : 1, sizeof *array);
    if (array == NULL)
        return -1;
    while (sound && done < size && letter_from_json(&array[done], json_array_get(list, done), &ignored) == 0) {
        done++;
        sound = take_extras(&array[done - 1], json_array_get(list, done - 1)) == 0;
    }
    if (!sound || done < size) {
        for (size_t i = 0; i < done; i++)
            letter_dispose(&array[i]);
        free(array);
        return -1;
    }
    *letters = array;
    *count = size;
    return 0;
}

int wire_take_answer(const char *text, size_t length, struct letter **letters, size_t *count,
                     struct error *file_error)
{
    json_t *json = parse(text, length);
    int result = -1;

    *letters = NULL;
    *count = 0;
    if (json_object_get(json, "error") != NULL)
        result = take_error(json, file_error) ? 0 : -1;
    else
        result = take_letters(json_object_get(json, "letters"), letters, count);
    json_decref(json);
    return result;
}
