/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "watch/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum { FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

int folder_open(const struct outside *outside, int folder, const char *name)
{
    return outside->open(folder, name, FOLDER_FLAGS, 0);
}

int folder_make(const struct outside *outside, int folder, const char *name, mode_t mode, bool *made)
{
    bool is_new = outside->mkdir(folder, name, mode) == 0;

    if (!is_new && errno != EEXIST)
        return -1;
    if (made != NULL)
        *made = is_new;
    return folder_open(outside, folder, name);
}

int folder_sync(const struct outside *outside, int folder)
{
    if (outside->fsync(folder) == 0 || errno == EINVAL || errno == ENOTSUP || errno == ENOSYS)
        return 0;
    return -1;
}

int folder_write_all(const struct outside *outside, int descriptor, const void *bytes, size_t length)
{
    const char *at = bytes;

    while (length > 0) {
        ssize_t written = outside->write(descriptor, at, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return -1;
        at += written;
        length -= (size_t)written;
    }
    return 0;
}

int folder_write_file(const struct outside *outside, int folder, const char *name, const void *bytes, size_t length,
                      mode_t mode)
{
    int descriptor = outside->open(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (descriptor < 0)
        return -1;
    int result = folder_write_all(outside, descriptor, bytes, length);
    if (result == 0)
        result = outside->chmod(descriptor, mode);
    if (result == 0)
        result = outside->fsync(descriptor);
    if (result < 0) {
        int number = errno;
        outside->close(descriptor);
        errno = number;
        return -1;
    }
    return outside->close(descriptor); /* a network file system may tell only here that there is no room */
}

int folder_read_file(const struct outside *outside, int folder, const char *name, char *out, size_t size,
                     size_t *length)
{
    int descriptor = outside->open(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
    ssize_t got = 0;

    *length = 0;
    if (descriptor < 0)
        return -1;
    while (*length < size) {
        got = outside->read(descriptor, out + *length, size - *length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        *length += (size_t)got;
    }
    int number = got < 0 ? errno : *length == size ? EFBIG : 0;
    outside->close(descriptor);
    errno = number;
    return number == 0 ? 0 : -1;
}

int folder_each(const struct outside *outside, int folder, int (*each)(void *context, const char *name), void *context)
{
    int own = outside->open(folder, ".", FOLDER_FLAGS, 0); /* its place in the list is its own */
    DIR *list = own >= 0 ? outside->list(own) : NULL;
    struct dirent *entry;
    int result = 0;

    if (list == NULL) {
        int number = errno;
        if (own >= 0)
            outside->close(own);
        errno = number;
        return -1;
    }
    while (result == 0 && (errno = 0, entry = outside->next(list)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            result = each(context, entry->d_name);
    }
    int number = errno;
    if (result == 0 && number != 0)
        result = -1;
    outside->end_list(list);
    errno = number;
    return result;
}

struct removal {
    const struct outside *outside;
    int folder;
};

static int remove_one(void *context, const char *name)
{
    const struct removal *removal = context;

    return removal->outside->unlink(removal->folder, name, 0);
}

int folder_remove(const struct outside *outside, int folder, const char *name)
{
    struct removal removal = {outside, folder_open(outside, folder, name)};

    if (removal.folder < 0)
        return errno == ENOENT ? 0 : -1;
    int result = folder_each(outside, removal.folder, remove_one, &removal);
    int number = errno;
    outside->close(removal.folder);
    errno = number;
    return result < 0 ? -1 : outside->unlink(folder, name, AT_REMOVEDIR);
}
