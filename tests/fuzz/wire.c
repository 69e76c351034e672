/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Both ends of the wire. The first byte says which: even, what comes from a child (a prefix, then JSON); odd, what
 * comes to a child (a request, with 0, 1 or 2 descriptors on it). Nothing is believed, nothing stays open. */
#include <sys/socket.h>

#include "harness.h"
#include "letters.h"
#include "worker/wire.h"

static void check_greeting(const char *text, size_t length)
{
    struct error error = {0};
    int result = wire_take_greeting(text, length, &error);

    MUST((result == 0) == (error.code == ERROR_NONE));
    MUST(memchr(error.message, '\0', sizeof error.message) != NULL && is_clean(error.message));
}

/* What was taken goes out, and is taken again. */
static void check_again(const struct letter *letters, size_t count)
{
    json_t *json = wire_letters(letters, count);
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
    struct letter *again;
    size_t again_count;
    struct error error = {0};

    MUST(text != NULL);
    MUST(wire_take_answer(text, strlen(text), &again, &again_count, &error) == 0 && error.code == ERROR_NONE);
    MUST(again_count == count);
    for (size_t i = 0; i < again_count; i++)
        letter_dispose(&again[i]);
    free(again);
    free(text);
    json_decref(json);
}

static void check_answer(const char *text, size_t length)
{
    struct letter *letters;
    size_t count;
    struct error error = {0};
    int result = wire_take_answer(text, length, &letters, &count, &error);

    if (result == 0 && error.code == ERROR_NONE) {
        MUST(letters != NULL && count <= WIRE_LETTERS_MAX);
        for (size_t i = 0; i < count; i++)
            check_letter(&letters[i]);
        check_again(letters, count);
    } else {
        MUST(letters == NULL && count == 0 && is_clean(error.message));
    }
    for (size_t i = 0; i < count; i++)
        letter_dispose(&letters[i]);
    free(letters);
}

static void check_page(const char *text, size_t length)
{
    unsigned page = 0;
    unsigned pages = 0;
    int result = wire_take_page(text, length, &page, &pages);

    if (result == 1)
        MUST(length <= WIRE_PAGE_MAX && page >= 1 && page <= pages && pages <= PAPER_PAGES_MAX);
    else
        MUST(page == 0 && pages == 0);
}

static void from_child(struct input input)
{
    char prefix[WIRE_PREFIX_SIZE];

    if (input.size < sizeof prefix)
        return;
    memcpy(prefix, input.data, sizeof prefix);
    size_t length = wire_length(prefix, 7);
    MUST(length <= WIRE_ANSWER_MAX);
    if (length > 0)
        MUST(prefix[4] == 0 && prefix[5] == 0 && prefix[6] == 0 && prefix[7] == 7);
    size_t rest = input.size - sizeof prefix;
    char *text = malloc(rest > 0 ? rest : 1); /* of exactly that size: a byte too many is seen */
    MUST(text != NULL);
    if (rest > 0)
        memcpy(text, input.data + sizeof prefix, rest);
    check_greeting(text, rest);
    check_answer(text, rest);
    check_page(text, rest);
    free(text);
}

static void send_bytes(int socket, const uint8_t *bytes, size_t size, const int *descriptors, size_t count)
{
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(2 * sizeof(int))];
    } control = {0};
    struct iovec part = {(void *)bytes, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

    if (count > 0) {
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(count * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(count * sizeof(int));
        memcpy(CMSG_DATA(header), descriptors, count * sizeof(int));
    }
    MUST(sendmsg(socket, &message, MSG_NOSIGNAL) == (ssize_t)size);
}

/* The lowest number that a new descriptor gets: higher than before where one was left open. */
static int next_descriptor(void)
{
    int next = dup(STDERR_FILENO);

    MUST(next >= 0);
    close(next);
    return next;
}

static void to_child(struct input input)
{
    int before = next_descriptor();
    int ends[2];
    size_t riding = input_byte(&input) % 3;

    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    if (input.size > 0 && input.size < 4096) {
        send_bytes(ends[0], input.data, input.size, (int[]){STDERR_FILENO, STDERR_FILENO}, riding);
        shutdown(ends[0], SHUT_WR);
        for (int got = 1; got > 0;) {
            uint32_t serial;
            int descriptor = -1;
            got = wire_receive_file(ends[1], &serial, &descriptor);
            MUST(got >= -1 && got <= 1);
            if (got == 1) {
                MUST(descriptor >= 0);
                close(descriptor);
            }
        }
    }
    close(ends[0]);
    close(ends[1]);
    MUST(next_descriptor() == before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};

    if (input_byte(&input) % 2 == 0)
        from_child(input);
    else
        to_child(input);
    return 0;
}
