/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who may use the desk, in one file for its owner only (0600): a line each of name, role, and what argon2id made of the
 * password. */
#ifndef IRSORT_DESK_USERS_H
#define IRSORT_DESK_USERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum {
    USERS_MAX = 100,          /* people of one clinic */
    USER_NAME_SIZE = 33,      /* bytes of a name, with NUL */
    USER_HASH_SIZE = 128,     /* crypto_pwhash_STRBYTES */
    USER_PASSWORD_LEAST = 12, /* characters: three or four words. It is all that stands between the network and the docket */
    USER_PASSWORD_MOST = 256, /* bytes: a sentence; a bound for what is hashed */
    USERS_FILE_MAX = 64 << 10,
};

/* Each may do what those before it may. */
enum role {
    ROLE_DESK,     /* takes mail in, and looks after the docket */
    ROLE_REVIEWER, /* besides says what a letter is, and reads the audit log */
    ROLE_COUNT,
};

struct user {
    char name[USER_NAME_SIZE];
    enum role role;
    char hash[USER_HASH_SIZE];
};

struct users {
    size_t count;
    struct user list[USERS_MAX];
};

const char *role_name(enum role role); /* static */
bool role_parse(const char *text, enum role *out);

/* A name as it is kept: a to z, digits, and . - _ between them, in lower case, so that no two can be taken for each other in
 * the history. Capitals are made small. False if it cannot be one. */
bool users_name(const char *text, char out[USER_NAME_SIZE]);

/* A file's bytes. ERROR_SETUP with the line and the mend; `path` is for the message. */
int users_parse(struct users *out, const char *bytes, size_t size, const char *path, struct error *error);

/* None where there is no file. ERROR_SETUP where it is another's, or others can read or write it. */
int users_load(struct users *out, const char *path, struct error *error);

/* NULL if there is no such user. The name is as users_name makes it. */
const struct user *users_find(const struct users *users, const char *name);

/* What argon2id makes of a password. ERROR_OUT_OF_MEMORY. */
int users_hash(const char *password, char out[USER_HASH_SIZE], struct error *error);

/* Whether it is that password's: 0.1 s of a processor and 64 MiB. */
bool users_is_right(const char *hash, const char *password);

/* A user is put into the file, which is made if it is not there, or gets another role and password. ERROR_USAGE where name
 * or password will not do, with the reason. The file is replaced as a whole, and two calls do not undo each other. */
int users_set(const char *path, const char *name, enum role role, const char *password, struct error *error);

/* ERROR_USAGE if there is no such user. */
int users_remove(const char *path, const char *name, struct error *error);

/* Changes whenever the file does, its permissions too; 0 while it is not there. */
unsigned long long users_stamp(const char *path);

#endif
