/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "desk/scans.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "base/limits.h"

enum {
    CHUNK = 1 << 16,
    FILED_ENTRIES_MAX = 1000, /* of a directory of one filed scan, which has a scan and its records */
    SLIP_FLAGS = JSON_COMPACT,
};

#define UNFINISHED "new-" /* how the name of an upload begins that is not whole */
#define WAITING "waiting"
#define SCAN "scan" /* the scan in its directory */

struct scans {
    char path[PATH_MAX];
    int root;
    int waiting;
    unsigned serial; /* of uploads, for their names */
};

static int disk_error(const struct scans *scans, struct error *error)
{
    return error_set(error, ERROR_SETUP, "%s cannot be used: %s", scans->path, strerror(errno));
}

static bool is_hash(const char *text)
{
    return strlen(text) == SCANS_HASH_SIZE - 1 && strspn(text, "0123456789abcdef") == SCANS_HASH_SIZE - 1;
}

/* ---- opening ---- */

static int open_directory(int parent, const char *name)
{
    if (mkdirat(parent, name, 0700) < 0 && errno != EEXIST)
        return -1;
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* What was coming in when an earlier desk ended was never promised to anybody. */
static void drop_unfinished(struct scans *scans)
{
    int copy = openat(scans->waiting, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = copy >= 0 ? fdopendir(copy) : NULL;
    struct dirent *entry;

    while (list != NULL && (entry = readdir(list)) != NULL) {
        if (strncmp(entry->d_name, UNFINISHED, strlen(UNFINISHED)) == 0)
            unlinkat(scans->waiting, entry->d_name, 0);
    }
    if (list != NULL)
        closedir(list);
}

int scans_open(struct scans **out, const char *docket_file, struct error *error)
{
    struct scans *scans = calloc(1, sizeof *scans);

    if (scans == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    scans->root = scans->waiting = -1;
    if ((size_t)snprintf(scans->path, sizeof scans->path, "%s.scans", docket_file) + SCANS_HASH_SIZE + 1 >=
        sizeof scans->path) {
        error_set(error, ERROR_SETUP, "the name of the docket is too long");
        goto failed;
    }
    scans->root = open_directory(AT_FDCWD, scans->path);
    scans->waiting = scans->root >= 0 ? open_directory(scans->root, WAITING) : -1;
    if (scans->waiting < 0) {
        disk_error(scans, error);
        goto failed;
    }
    drop_unfinished(scans);
    *out = scans;
    return 0;

failed:
    scans_close(scans);
    return -1;
}

void scans_close(struct scans *scans)
{
    if (scans == NULL)
        return;
    if (scans->waiting >= 0)
        close(scans->waiting);
    if (scans->root >= 0)
        close(scans->root);
    free(scans);
}

/* ---- uploads ---- */

int scans_begin(struct scans *scans, struct scans_upload *upload, struct error *error)
{
    *upload = (struct scans_upload){.scans = scans};
    sha256_init(&upload->hash);
    snprintf(upload->name, sizeof upload->name, UNFINISHED "%ld-%u", (long)getpid(), scans->serial++);
    upload->descriptor = openat(scans->waiting, upload->name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    return upload->descriptor < 0 ? disk_error(scans, error) : 0;
}

static int write_all(int descriptor, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(descriptor, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        bytes += written;
        length -= (size_t)written;
    }
    return 0;
}

int scans_add(struct scans_upload *upload, const void *bytes, size_t length, struct error *error)
{
    if (length > PAPER_FILE_MAX - upload->size)
        return error_set(error, ERROR_TOO_LARGE, "the file is larger than %lu MiB", PAPER_FILE_MAX >> 20);
    upload->size += length;
    sha256_update(&upload->hash, length, bytes);
    return write_all(upload->descriptor, bytes, length) < 0 ? disk_error(upload->scans, error) : 0;
}

void scans_drop(struct scans_upload *upload)
{
    if (upload->scans == NULL || upload->descriptor < 0)
        return;
    unlinkat(upload->scans->waiting, upload->name, 0);
    close(upload->descriptor);
    upload->descriptor = -1;
}

static void slip_name(const char *hash, char out[SCANS_HASH_SIZE + 5])
{
    snprintf(out, SCANS_HASH_SIZE + 5, "%s.json", hash);
}

static int write_slip(struct scans *scans, const struct scans_slip *slip, struct error *error)
{
    char name[SCANS_HASH_SIZE + 5];
    json_t *json = json_pack("{s:s, s:s, s:s}", "file", slip->file, "ref", slip->ref, "who", slip->who);
    char *text = json != NULL ? json_dumps(json, SLIP_FLAGS) : NULL;
    int result = -1;

    json_decref(json);
    if (text == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    slip_name(slip->hash, name);
    int file = openat(scans->waiting, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0 || write_all(file, text, strlen(text)) < 0 || fsync(file) < 0)
        disk_error(scans, error);
    else
        result = 0;
    if (file >= 0)
        close(file);
    free(text);
    return result;
}

static void format_hash(struct sha256_ctx *hash, char out[SCANS_HASH_SIZE])
{
    uint8_t digest[SHA256_DIGEST_SIZE];

    sha256_digest(hash, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

int scans_finish(struct scans_upload *upload, struct scans_slip *slip, struct error *error)
{
    struct scans *scans = upload->scans;
    int result = -1;

    if (upload->size == 0) {
        error_set(error, ERROR_EMPTY, "the file is empty");
        goto done;
    }
    format_hash(&upload->hash, slip->hash);
    if (write_slip(scans, slip, error) < 0)
        goto done;
    if (fsync(upload->descriptor) < 0 ||
        renameat(scans->waiting, upload->name, scans->waiting, slip->hash) < 0 || fsync(scans->waiting) < 0) {
        disk_error(scans, error);
        goto done;
    }
    close(upload->descriptor);
    upload->descriptor = -1;
    result = 0;
done:
    scans_drop(upload);
    return result;
}

/* ---- waiting ---- */

static void take_text(const json_t *json, const char *key, char *out, size_t size)
{
    const char *text = json_string_value(json_object_get(json, key));

    snprintf(out, size, "%s", text != NULL ? text : "");
}

/* A slip that is lost costs the name, not the scan. */
static void read_slip(struct scans *scans, const char *hash, struct scans_slip *slip)
{
    char name[SCANS_HASH_SIZE + 5];

    *slip = (struct scans_slip){0};
    memcpy(slip->hash, hash, SCANS_HASH_SIZE);
    slip_name(hash, name);
    int file = openat(scans->waiting, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    json_t *json = file >= 0 ? json_loadfd(file, 0, NULL) : NULL;
    if (file >= 0)
        close(file);
    take_text(json, "file", slip->file, sizeof slip->file);
    take_text(json, "ref", slip->ref, sizeof slip->ref);
    take_text(json, "who", slip->who, sizeof slip->who);
    json_decref(json);
    if (slip->file[0] == '\0')
        snprintf(slip->file, sizeof slip->file, SCAN);
}

int scans_each_waiting(struct scans *scans, int (*each)(void *context, const struct scans_slip *slip), void *context,
                       struct error *error)
{
    int copy = openat(scans->waiting, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = copy >= 0 ? fdopendir(copy) : NULL;
    struct dirent *entry;
    int result = 0;

    if (list == NULL)
        return disk_error(scans, error);
    while (result == 0 && (entry = readdir(list)) != NULL) {
        struct scans_slip slip;
        if (!is_hash(entry->d_name))
            continue;
        read_slip(scans, entry->d_name, &slip);
        result = each(context, &slip);
    }
    closedir(list);
    return result < 0 ? error_set(error, ERROR_OUT_OF_MEMORY, "out of memory") : 0;
}

int scans_open_waiting(struct scans *scans, const char *hash, int *out, struct error *error)
{
    *out = openat(scans->waiting, hash, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    return *out < 0 ? disk_error(scans, error) : 0;
}

int scans_keep(struct scans *scans, const char *hash, struct error *error)
{
    char name[SCANS_HASH_SIZE + 5];
    int directory = open_directory(scans->root, hash);
    int result = -1;

    if (directory < 0)
        return disk_error(scans, error);
    if (renameat(scans->waiting, hash, directory, SCAN) < 0 || fsync(directory) < 0 || fsync(scans->root) < 0) {
        disk_error(scans, error);
    } else {
        slip_name(hash, name);
        unlinkat(scans->waiting, name, 0);
        result = 0;
    }
    close(directory);
    return result;
}

void scans_discard(struct scans *scans, const char *hash)
{
    char name[SCANS_HASH_SIZE + 5];

    unlinkat(scans->waiting, hash, 0);
    slip_name(hash, name);
    unlinkat(scans->waiting, name, 0);
}

void scans_place(const struct scans *scans, const char *hash, char out[PATH_MAX])
{
    snprintf(out, PATH_MAX, "%.*s/%s", PATH_MAX - SCANS_HASH_SIZE - 2, scans->path, hash);
}

/* ---- kept ---- */

/* The docket's word for where a scan lies is years old at times: only the content tells. */
static bool has_hash(int descriptor, const char *hash)
{
    struct sha256_ctx context;
    char found[SCANS_HASH_SIZE];
    uint8_t chunk[CHUNK];
    off_t offset = 0;
    ssize_t got;

    sha256_init(&context);
    while ((got = pread(descriptor, chunk, sizeof chunk, offset)) > 0 && (size_t)offset <= PAPER_FILE_MAX) {
        sha256_update(&context, (size_t)got, chunk);
        offset += got;
    }
    format_hash(&context, found);
    return got == 0 && strcmp(found, hash) == 0;
}

/* A plain file of that name with that content, else -1. */
static int open_scan(int directory, const char *name, const char *hash)
{
    struct stat status;
    int file = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

    if (file < 0)
        return -1;
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && (size_t)status.st_size <= PAPER_FILE_MAX &&
        has_hash(file, hash))
        return file;
    close(file);
    return -1;
}

static int search_filed(const char *filed, const char *hash)
{
    DIR *list = opendir(filed);
    struct dirent *entry;
    int found = -1;

    for (int i = 0; list != NULL && found < 0 && i < FILED_ENTRIES_MAX && (entry = readdir(list)) != NULL; i++) {
        size_t length = strlen(entry->d_name);
        if (entry->d_name[0] != '.' && (length < 5 || strcmp(entry->d_name + length - 5, ".json") != 0))
            found = open_scan(dirfd(list), entry->d_name, hash);
    }
    if (list != NULL)
        closedir(list);
    return found;
}

int scans_open_kept(struct scans *scans, const char *hash, const char *filed, int *out, struct error *error)
{
    int directory;

    *out = -1;
    if (!is_hash(hash))
        return error_set(error, ERROR_NOT_FOUND, "this is no scan's hash");
    directory = openat(scans->root, hash, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory >= 0) {
        *out = open_scan(directory, SCAN, hash);
        close(directory);
    }
    if (*out < 0 && filed != NULL)
        *out = search_filed(filed, hash);
    return *out < 0 ? error_set(error, ERROR_NOT_FOUND, "the scan is not where it was filed") : 0;
}

static void page_name(unsigned page, bool full, char out[32])
{
    snprintf(out, 32, full ? "page-%u-full.png" : "page-%u.png", page);
}

static int put_page(int directory, unsigned page, bool full, const unsigned char *png, size_t size)
{
    char name[32];
    char draft[40];

    page_name(page, full, name);
    snprintf(draft, sizeof draft, "%s.new", name);
    int file = openat(directory, draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        return -1;
    int result = write_all(file, (const char *)png, size);
    if (close(file) < 0)
        result = -1;
    return result == 0 ? renameat(directory, draft, directory, name) : -1;
}

int scans_put_pages(struct scans *scans, const char *hash, const struct letter *letter, struct error *error)
{
    int result = 0;
    int directory = is_hash(hash) ? open_directory(scans->root, hash) : -1;

    if (directory < 0)
        return disk_error(scans, error);
    for (size_t i = 0; result == 0 && i < letter->picture_count; i++) {
        const struct letter_picture *picture = &letter->pictures[i];
        result = put_page(directory, picture->page, false, picture->png, picture->size);
        if (result == 0 && picture->full != NULL)
            result = put_page(directory, picture->page, true, picture->full, picture->full_size);
    }
    if (result < 0)
        disk_error(scans, error);
    close(directory);
    return result;
}

int scans_open_page(struct scans *scans, const char *hash, unsigned page, bool full)
{
    char name[32];
    int directory = is_hash(hash) ? openat(scans->root, hash, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;

    if (directory < 0)
        return -1;
    page_name(page, full, name);
    int file = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    close(directory);
    return file;
}
