/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "desk/users.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/buffer.h"
#include "base/utf8.h"

/* libsodium's INTERACTIVE: 64 MiB, twice over, 0.1 s. Nearly four times the least that OWASP advises, and what two people
 * who log in at a time wait for without a thought. More would help little: the file lies beside the docket, in clear, that it
 * guards, and nobody else may read it. Every hash of the file has these, so that each costs the same. */
#define HASH_BEGINS "$argon2id$v=19$m=65536,t=2,p=1$"
#define FIRST_LINE "irsort users 1"

_Static_assert(USER_HASH_SIZE == crypto_pwhash_STRBYTES, "a hash fits");
_Static_assert(crypto_pwhash_MEMLIMIT_INTERACTIVE == 65536UL * 1024 && crypto_pwhash_OPSLIMIT_INTERACTIVE == 2,
               "a hash begins as HASH_BEGINS says");

static const char *const role_names[] = {[ROLE_DESK] = "desk", [ROLE_REVIEWER] = "reviewer"};

const char *role_name(enum role role)
{
    return role_names[role];
}

bool role_parse(const char *text, enum role *out)
{
    for (enum role role = 0; role < ROLE_COUNT; role++) {
        if (strcmp(role_names[role], text) == 0) {
            *out = role;
            return true;
        }
    }
    return false;
}

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool users_name(const char *text, char out[USER_NAME_SIZE])
{
    size_t length = strlen(text);

    if (length == 0 || length >= USER_NAME_SIZE)
        return false;
    for (size_t i = 0; i <= length; i++)
        out[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
    for (size_t i = 0; i < length; i++) {
        bool between = i > 0 && i + 1 < length && strchr(".-_", out[i]) != NULL;
        if (!is_plain(out[i]) && !between)
            return false;
    }
    return true;
}

const struct user *users_find(const struct users *users, const char *name)
{
    for (size_t i = 0; i < users->count; i++) {
        if (strcmp(users->list[i].name, name) == 0)
            return &users->list[i];
    }
    return NULL;
}

/* ---- passwords ---- */

int users_hash(const char *password, char out[USER_HASH_SIZE], struct error *error)
{
    if (sodium_init() < 0)
        return error_set(error, ERROR_SETUP, "libsodium cannot be used here: it gets no random bytes");
    if (crypto_pwhash_str_alg(out, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                              crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory for a password: 64 MiB are wanted");
    return 0;
}

bool users_is_right(const char *hash, const char *password)
{
    return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}

static size_t count_characters(const char *text)
{
    size_t count = 0;

    while (utf8_next(&text) != 0)
        count++;
    return count;
}

static int check_password(const char *name, const char *password, struct error *error)
{
    if (count_characters(password) < USER_PASSWORD_LEAST)
        return error_set(error, ERROR_USAGE, "a password wants at least %d characters; three or four words will do",
                         USER_PASSWORD_LEAST);
    if (strlen(password) >= USER_PASSWORD_MOST)
        return error_set(error, ERROR_USAGE, "a password may have at most %d bytes", USER_PASSWORD_MOST - 1);
    if (strcasestr(password, name) != NULL && strlen(name) * 2 > strlen(password))
        return error_set(error, ERROR_USAGE, "that password is little more than the name; take another");
    return 0;
}

/* ---- the file's text ---- */

static int wrong_line(size_t number, const char *path, struct error *error)
{
    return error_set(error, ERROR_SETUP,
                     "%s:%zu: this is no line of a users' file; remove it, or set the user anew with "
                     "`irsort desk --user NAME --role ROLE`",
                     path, number);
}

/* The first word of the line, which `text` is moved behind; "" if it is too long. */
static void take_word(const char **text, char *out, size_t size)
{
    size_t length = strcspn(*text, " ");

    snprintf(out, size, "%.*s", length < size ? (int)length : 0, *text);
    *text += length;
    *text += **text == ' ';
}

static bool take_user(struct users *users, const char *line)
{
    struct user *user = &users->list[users->count];
    char name[USER_NAME_SIZE];
    char role[USER_NAME_SIZE];

    take_word(&line, name, sizeof name);
    take_word(&line, role, sizeof role);
    if (!users_name(name, user->name) || strcmp(name, user->name) != 0 || !role_parse(role, &user->role))
        return false;
    if (strncmp(line, HASH_BEGINS, strlen(HASH_BEGINS)) != 0 || strlen(line) >= USER_HASH_SIZE ||
        strspn(line, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/$=,") != strlen(line))
        return false;
    memcpy(user->hash, line, strlen(line) + 1);
    if (users_find(users, name) != NULL)
        return false;
    users->count++;
    return true;
}

int users_parse(struct users *out, const char *bytes, size_t size, const char *path, struct error *error)
{
    const char *end = bytes + size;
    char line[256]; /* a name, a role and a hash */

    out->count = 0;
    for (size_t number = 1; bytes < end; number++) {
        const char *stop = memchr(bytes, '\n', (size_t)(end - bytes));
        size_t length = stop != NULL ? (size_t)(stop - bytes) : sizeof line;
        if (length >= sizeof line || memchr(bytes, '\0', length) != NULL || out->count == USERS_MAX)
            return wrong_line(number, path, error);
        memcpy(line, bytes, length);
        line[length] = '\0';
        bytes = stop + 1;
        if (number == 1 ? strcmp(line, FIRST_LINE) != 0 : !take_user(out, line))
            return wrong_line(number, path, error);
    }
    return 0;
}

static int write_text(const struct users *users, struct buffer *out, struct error *error)
{
    buffer_init(out, USERS_FILE_MAX);
    buffer_text(out, FIRST_LINE "\n");
    for (size_t i = 0; i < users->count; i++)
        buffer_printf(out, "%s %s %s\n", users->list[i].name, role_name(users->list[i].role), users->list[i].hash);
    return out->failed ? error_set(error, ERROR_OUT_OF_MEMORY, "out of memory") : 0;
}

/* ---- the file ---- */

static int check_file(int file, const char *path, struct stat *status, struct error *error)
{
    if (fstat(file, status) < 0 || !S_ISREG(status->st_mode))
        return error_set(error, ERROR_SETUP, "%s is no file", path);
    if (status->st_uid != geteuid())
        return error_set(error, ERROR_SETUP, "%s belongs to another user; `chown` it to the one who runs the desk", path);
    if ((status->st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return error_set(error, ERROR_SETUP, "%s can be read or written by others; `chmod 600 %s`", path, path);
    if (status->st_size > USERS_FILE_MAX)
        return error_set(error, ERROR_SETUP, "%s is too large for a users' file", path);
    return 0;
}

static int read_whole(int file, char *out, size_t size)
{
    size_t got = 0;

    while (got < size) {
        ssize_t part = read(file, out + got, size - got);
        if (part < 0 && errno == EINTR)
            continue;
        if (part <= 0)
            return -1;
        got += (size_t)part;
    }
    out[size] = '\0';
    return 0;
}

int users_load(struct users *out, const char *path, struct error *error)
{
    int file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat status;
    char *bytes = NULL;
    int result = -1;

    out->count = 0;
    if (file < 0 && errno == ENOENT)
        return 0;
    if (file < 0)
        return error_set(error, ERROR_SETUP, "%s cannot be read: %s", path, strerror(errno));
    if (check_file(file, path, &status, error) < 0)
        goto done;
    bytes = malloc((size_t)status.st_size + 1);
    if (bytes == NULL)
        error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    else if (read_whole(file, bytes, (size_t)status.st_size) < 0)
        error_set(error, ERROR_SETUP, "%s cannot be read", path);
    else
        result = users_parse(out, bytes, (size_t)status.st_size, path, error);
done:
    if (result < 0)
        out->count = 0;
    free(bytes);
    close(file);
    return result;
}

unsigned long long users_stamp(const char *path)
{
    struct stat status;

    if (lstat(path, &status) < 0)
        return 0;
    return ((unsigned long long)status.st_ino << 32) ^ ((unsigned long long)status.st_ctim.tv_sec * 1000000000ULL) ^
           (unsigned long long)status.st_ctim.tv_nsec;
}

/* The folder, locked until it is closed, so that no other call changes the file meanwhile. */
static int lock_folder(const char *path, struct error *error)
{
    char folder[PATH_MAX];

    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash == NULL)
        snprintf(folder, sizeof folder, ".");
    else
        slash[slash == folder] = '\0';
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0 || flock(descriptor, LOCK_EX) < 0) {
        error_set(error, ERROR_SETUP, "the folder of %s cannot be used: %s", path, strerror(errno));
        if (descriptor >= 0)
            close(descriptor);
        return -1;
    }
    return descriptor;
}

static int write_new(const char *path, const struct buffer *text, struct error *error)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool whole = file >= 0 && fchmod(file, 0600) == 0 &&
                 write(file, text->data, text->length) == (ssize_t)text->length && fsync(file) == 0;

    if (!whole)
        error_set(error, ERROR_SETUP, "%s cannot be written: %s", path, strerror(errno));
    if (file >= 0)
        close(file);
    return whole ? 0 : -1;
}

/* The folder is locked. */
static int save(const struct users *users, const char *path, int folder, struct error *error)
{
    char fresh[PATH_MAX];
    struct buffer text;
    int result = -1;

    if ((size_t)snprintf(fresh, sizeof fresh, "%s.new", path) >= sizeof fresh)
        return error_set(error, ERROR_SETUP, "the name of the users' file is too long");
    if (write_text(users, &text, error) == 0 && write_new(fresh, &text, error) == 0) {
        if (rename(fresh, path) < 0 || fsync(folder) < 0)
            error_set(error, ERROR_SETUP, "%s cannot be written: %s", path, strerror(errno));
        else
            result = 0;
    }
    if (result < 0)
        unlink(fresh);
    buffer_dispose(&text);
    return result;
}

int users_set(const char *path, const char *name, enum role role, const char *password, struct error *error)
{
    struct user user = {.role = role};
    struct users users;
    int folder = -1;
    int result = -1;

    if (!users_name(name, user.name))
        return error_set(error, ERROR_USAGE,
                         "a user's name has 1 to %d letters a to z and digits, with . - or _ between them",
                         USER_NAME_SIZE - 1);
    if (check_password(user.name, password, error) < 0 || users_hash(password, user.hash, error) < 0 ||
        (folder = lock_folder(path, error)) < 0)
        return -1;
    if (users_load(&users, path, error) < 0)
        goto done;
    const struct user *there = users_find(&users, user.name);
    if (there == NULL && users.count == USERS_MAX) {
        error_set(error, ERROR_USAGE, "there are %d users already; remove one", USERS_MAX);
        goto done;
    }
    users.list[there != NULL ? (size_t)(there - users.list) : users.count++] = user;
    result = save(&users, path, folder, error);
done:
    close(folder);
    return result;
}

int users_remove(const char *path, const char *name, struct error *error)
{
    char kept[USER_NAME_SIZE];
    struct users users;
    int folder = lock_folder(path, error);
    int result = -1;

    if (folder < 0)
        return -1;
    if (users_load(&users, path, error) < 0)
        goto done;
    const struct user *user = users_name(name, kept) ? users_find(&users, kept) : NULL;
    if (user == NULL) {
        error_set(error, ERROR_USAGE, "there is no such user; `irsort desk --users` lists them");
        goto done;
    }
    size_t at = (size_t)(user - users.list);
    users.count--;
    memmove(&users.list[at], &users.list[at + 1], (users.count - at) * sizeof *users.list);
    result = save(&users, path, folder, error);
done:
    close(folder);
    return result;
}
