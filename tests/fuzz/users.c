/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A users' file. What is taken for one has names that differ and can be written, a role each, and hashes that cost what they
 * should; written again it is the same. */
#include "desk/users.h"
#include "harness.h"

static void check_user(const struct users *users, const struct user *user)
{
    char name[USER_NAME_SIZE];
    enum role role;

    MUST(users_name(user->name, name) && strcmp(name, user->name) == 0 && is_clean(name));
    MUST(users_find(users, user->name) == user); /* the first, and so the only one */
    MUST(role_parse(role_name(user->role), &role) && role == user->role);
    MUST(strncmp(user->hash, "$argon2id$v=19$m=65536,t=2,p=1$", 31) == 0 && strpbrk(user->hash, " \n") == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct users users;
    struct error error = {0};
    struct input input = {data, size};

    if (users_parse(&users, (const char *)data, size, "users", &error) < 0) {
        MUST(error.code == ERROR_SETUP && strncmp(error.message, "users:", 6) == 0);
    } else {
        for (size_t i = 0; i < users.count; i++)
            check_user(&users, &users.list[i]);
    }
    char *text = input_until(&input, '\0');
    char name[USER_NAME_SIZE];
    if (users_name(text, name))
        MUST(name[0] != '\0' && strlen(name) == strlen(text) && is_clean(name));
    free(text);
    return 0;
}
