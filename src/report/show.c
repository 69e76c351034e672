/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/show.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf8.h"

enum {
    STEM_MAX = 120,  /* bytes of the scan's name that are kept: with the rest far below a file system's 255 */
    NAME_SIZE = STEM_MAX + 48,
    TRIES_MAX = 10000, /* names that are tried for one picture */
};

struct show_folder {
    int descriptor;
    size_t count;
};

int show_open(struct show_folder **out, const char *path, struct error *error)
{
    struct show_folder *folder = calloc(1, sizeof *folder);

    if (folder == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    if (mkdir(path, 0700) < 0 && errno != EEXIST) {
        int reason = errno;
        free(folder);
        return error_set(error, ERROR_USAGE, "the folder for pictures cannot be made: %s", strerror(reason));
    }
    folder->descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder->descriptor < 0 || faccessat(folder->descriptor, ".", W_OK | X_OK, AT_EACCESS) < 0) {
        int reason = errno;
        show_close(folder);
        return error_set(error, ERROR_USAGE, "pictures cannot be written into that folder: %s", strerror(reason));
    }
    *out = folder;
    return 0;
}

void show_close(struct show_folder *folder)
{
    if (folder == NULL)
        return;
    if (folder->descriptor >= 0)
        close(folder->descriptor);
    free(folder);
}

size_t show_count(const struct show_folder *folder)
{
    return folder->count;
}

/* "scans/mail 1.pdf" -> "mail 1": no path, no ending, nothing that hides a file, steers a terminal or takes it for an
 * option. */
static void stem_of(char out[STEM_MAX + 1], const char *scan)
{
    const char *slash = strrchr(scan, '/');
    const char *name = slash != NULL ? slash + 1 : scan;
    const char *ending = strrchr(name, '.');

    if (strcmp(scan, "-") == 0)
        name = "standard-input";
    snprintf(out, STEM_MAX + 1, "%.*s", ending != NULL && ending > name ? (int)(ending - name) : STEM_MAX, name);
    utf8_trim(out);
    if (out[0] == '.' || out[0] == '-')
        out[0] = '_';
    for (char *c = out; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = '_';
    }
    if (out[0] == '\0')
        snprintf(out, STEM_MAX + 1, "_");
}

/* A new file, under the first name that is free: "mail p1.png", "mail p1-2.png", … -1 with errno. */
static int create(const struct show_folder *folder, const char *stem, unsigned page, char name[NAME_SIZE], bool *taken)
{
    *taken = false;
    for (unsigned i = 1; i <= TRIES_MAX; i++) {
        if (i == 1)
            snprintf(name, NAME_SIZE, "%s p%u.png", stem, page);
        else
            snprintf(name, NAME_SIZE, "%s p%u-%u.png", stem, page, i);
        int file = openat(folder->descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (file >= 0 || errno != EEXIST)
            return file;
        *taken = true;
    }
    return -1;
}

static int write_all(int file, const unsigned char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(file, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        bytes += written;
        size -= (size_t)written;
    }
    return 0;
}

static int write_picture(struct show_folder *folder, const char *stem, const struct letter_picture *picture,
                         show_tell_fn *tell, void *context, struct error *error)
{
    char name[NAME_SIZE];
    char what[NAME_SIZE + 64];
    bool taken;
    int file = create(folder, stem, picture->page, name, &taken);

    if (file < 0)
        return error_set(error, ERROR_SETUP, "a picture cannot be written: %s", strerror(errno));
    int status = write_all(file, picture->png, picture->size);
    int reason = errno;
    if (close(file) < 0 && status == 0) {
        status = -1;
        reason = errno;
    }
    if (status < 0) {
        unlinkat(folder->descriptor, name, 0); /* half a picture helps no one */
        return error_set(error, ERROR_SETUP, "a picture cannot be written: %s", strerror(reason));
    }
    folder->count++;
    if (taken) {
        snprintf(what, sizeof what, "there is a picture \"%s p%u.png\" already; this one is \"%s\"", stem, picture->page,
                 name);
        tell(context, what);
    }
    return 0;
}

int show_write(struct show_folder *folder, const char *scan, const struct letter *letter, show_tell_fn *tell, void *context,
               struct error *error)
{
    char stem[STEM_MAX + 1];
    char what[96];

    stem_of(stem, scan);
    for (size_t i = 0; i < letter->picture_count; i++) {
        if (write_picture(folder, stem, &letter->pictures[i], tell, context, error) < 0)
            return -1;
    }
    if (letter->picture_count < letter->page_count) {
        snprintf(what, sizeof what, "%zu pages have no picture: there are too many in one file",
                 letter->page_count - letter->picture_count);
        tell(context, what);
    }
    return 0;
}
