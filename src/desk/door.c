/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "desk/door.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static int hash_nobody(char out[USER_HASH_SIZE], struct error *error)
{
    uint8_t secret[EDGE_SECRET_SIZE];
    char password[EDGE_SECRET_TEXT];

    if (getrandom(secret, sizeof secret, 0) != sizeof secret)
        return error_set(error, ERROR_SETUP, "the kernel gives no random bytes");
    edge_secret_format(secret, password);
    int result = users_hash(password, out, error);
    explicit_bzero(secret, sizeof secret);
    explicit_bzero(password, sizeof password);
    return result;
}

int door_open(struct door **out, const char *users_file, const char *audit_file, struct error *error)
{
    struct door *door = calloc(1, sizeof *door);

    *out = NULL;
    if (door == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    door->users_file = users_file;
    door->stamp = users_stamp(users_file);
    if (users_load(&door->users, users_file, error) < 0)
        goto failed;
    if (door->users.count == 0) {
        door_close(door);
        return 0;
    }
    if (hash_nobody(door->nobody, error) < 0 || audit_open(&door->audit, audit_file, error) < 0 ||
        checker_open(&door->checker, error) < 0)
        goto failed;
    *out = door;
    return 0;

failed:
    door_close(door);
    return -1;
}

void door_close(struct door *door)
{
    if (door == NULL)
        return;
    checker_close(door->checker);
    audit_close(door->audit);
    free(door);
}

static bool is_as_before(const struct users *before, const struct users *now, const char *name)
{
    const struct user *was = users_find(before, name);
    const struct user *is = users_find(now, name);

    return was != NULL && is != NULL && was->role == is->role && strcmp(was->hash, is->hash) == 0;
}

int door_look_again(struct door *door, struct sessions *sessions, struct error *error)
{
    unsigned long long stamp = users_stamp(door->users_file);
    int ended = 0;

    if (stamp == door->stamp)
        return 0;
    struct users *before = malloc(sizeof *before);
    if (before == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory"); /* it is looked at again next time */
    *before = door->users;
    door->stamp = stamp;
    int loaded = users_load(&door->users, door->users_file, error);
    for (size_t i = 0; i < SESSIONS_MAX; i++) {
        struct session *session = &sessions->list[i];
        if (session->open && !is_as_before(before, &door->users, session->who)) {
            session_end(session);
            ended++;
        }
    }
    free(before);
    return loaded < 0 ? -1 : ended;
}
