/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "faults.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cyaml/cyaml.h>
#include <jansson.h>
#include <sqlite3.h>

static struct fault_control own;
struct fault_control *fault_control = &own;
static enum fault_side side;

/* Whether this call is the one; `number` is the error it has then. */
static bool fails(int number)
{
    uint32_t turn = __atomic_add_fetch(&fault_control->counted[side], 1, __ATOMIC_RELAXED);
    uint32_t target = fault_control->target;
    bool due = fault_control->onward ? turn >= target : turn == target;

    if (target == 0 || fault_control->side != side || !due)
        return false;
    __atomic_add_fetch(&fault_control->fired, 1, __ATOMIC_RELAXED);
    errno = number;
    return true;
}

void *fault_malloc(size_t size);

/* Before main: the child takes its limits there, and may open nothing after. */
__attribute__((constructor)) static void take_control(int argc, char **argv)
{
    const char *directory = getenv("IRSORT_DATA");
    char path[PATH_MAX];

    json_set_alloc_funcs(fault_malloc, free);
    if (argc == 3 && strcmp(argv[1], "--worker") == 0) {
        side = FAULT_WORKER;
        directory = argv[2];
    }
    if (directory == NULL || snprintf(path, sizeof path, "%s/faults", directory) >= (int)sizeof path)
        return;
    int descriptor = open(path, O_RDWR | O_CLOEXEC);
    if (descriptor < 0)
        return;
    void *shared = mmap(NULL, sizeof *fault_control, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (shared != MAP_FAILED)
        fault_control = shared;
    close(descriptor);
}

/* ---- memory ---- */

void *fault_malloc(size_t size)
{
    return fails(ENOMEM) ? NULL : malloc(size);
}

void *fault_calloc(size_t count, size_t size);
void *fault_calloc(size_t count, size_t size)
{
    return fails(ENOMEM) ? NULL : calloc(count, size);
}

void *fault_realloc(void *block, size_t size);
void *fault_realloc(void *block, size_t size)
{
    return fails(ENOMEM) ? NULL : realloc(block, size);
}

void *fault_reallocarray(void *block, size_t count, size_t size);
void *fault_reallocarray(void *block, size_t count, size_t size)
{
    return fails(ENOMEM) ? NULL : reallocarray(block, count, size);
}

char *fault_strdup(const char *text);
char *fault_strdup(const char *text)
{
    return fails(ENOMEM) ? NULL : strdup(text);
}

char *fault_strndup(const char *text, size_t length);
char *fault_strndup(const char *text, size_t length)
{
    return fails(ENOMEM) ? NULL : strndup(text, length);
}

void *fault_cyaml_mem(void *context, void *block, size_t size);
void *fault_cyaml_mem(void *context, void *block, size_t size)
{
    return size > 0 && fails(ENOMEM) ? NULL : cyaml_mem(context, block, size);
}

/* ---- descriptors ---- */

int fault_open(const char *path, int flags, ...);
int fault_open(const char *path, int flags, ...)
{
    va_list args;

    va_start(args, flags);
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(args, mode_t) : 0;
    va_end(args);
    return fails(EMFILE) ? -1 : open(path, flags, mode);
}

/* As the kernel does: the descriptor is gone, and something was lost. */
int fault_close(int descriptor);
int fault_close(int descriptor)
{
    int result = close(descriptor);

    return fails(EIO) ? -1 : result;
}

ssize_t fault_read(int descriptor, void *bytes, size_t size);
ssize_t fault_read(int descriptor, void *bytes, size_t size)
{
    return fails(EIO) ? -1 : read(descriptor, bytes, size);
}

ssize_t fault_pread(int descriptor, void *bytes, size_t size, off_t place);
ssize_t fault_pread(int descriptor, void *bytes, size_t size, off_t place)
{
    return fails(EIO) ? -1 : pread(descriptor, bytes, size, place);
}

ssize_t fault_write(int descriptor, const void *bytes, size_t size);
ssize_t fault_write(int descriptor, const void *bytes, size_t size)
{
    return fails(ENOSPC) ? -1 : write(descriptor, bytes, size);
}

off_t fault_lseek(int descriptor, off_t place, int whence);
off_t fault_lseek(int descriptor, off_t place, int whence)
{
    return fails(EIO) ? -1 : lseek(descriptor, place, whence);
}

int fault_fsync(int descriptor);
int fault_fsync(int descriptor)
{
    return fails(EIO) ? -1 : fsync(descriptor);
}

int fault_rename(const char *from, const char *to);
int fault_rename(const char *from, const char *to)
{
    return fails(EIO) ? -1 : rename(from, to);
}

int fault_stat(const char *path, struct stat *status);
int fault_stat(const char *path, struct stat *status)
{
    return fails(EIO) ? -1 : stat(path, status);
}

int fault_fstat(int descriptor, struct stat *status);
int fault_fstat(int descriptor, struct stat *status)
{
    return fails(EIO) ? -1 : fstat(descriptor, status);
}

int fault_memfd_create(const char *name, unsigned flags);
int fault_memfd_create(const char *name, unsigned flags)
{
    return fails(ENOMEM) ? -1 : memfd_create(name, flags);
}

ssize_t fault_readlink(const char *path, char *out, size_t size);
ssize_t fault_readlink(const char *path, char *out, size_t size)
{
    return fails(EIO) ? -1 : readlink(path, out, size);
}

int fault_openat(int folder, const char *path, int flags, ...);
int fault_openat(int folder, const char *path, int flags, ...)
{
    va_list args;

    va_start(args, flags);
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(args, mode_t) : 0;
    va_end(args);
    return fails(EMFILE) ? -1 : openat(folder, path, flags, mode);
}

int fault_mkdir(const char *path, mode_t mode);
int fault_mkdir(const char *path, mode_t mode)
{
    return fails(ENOSPC) ? -1 : mkdir(path, mode);
}

int fault_link(const char *from, const char *to);
int fault_link(const char *from, const char *to)
{
    return fails(EIO) ? -1 : link(from, to);
}

int fault_linkat(int folder, const char *from, int other, const char *to, int flags);
int fault_linkat(int folder, const char *from, int other, const char *to, int flags)
{
    return fails(EIO) ? -1 : linkat(folder, from, other, to, flags);
}

int fault_flock(int descriptor, int operation);
int fault_flock(int descriptor, int operation)
{
    return fails(EIO) ? -1 : flock(descriptor, operation);
}

int fault_unlink(const char *path);
int fault_unlink(const char *path)
{
    return fails(EIO) ? -1 : unlink(path);
}

int fault_unlinkat(int folder, const char *path, int flags);
int fault_unlinkat(int folder, const char *path, int flags)
{
    return fails(EIO) ? -1 : unlinkat(folder, path, flags);
}

int fault_renameat2(int folder, const char *from, int other, const char *to, unsigned flags);
int fault_renameat2(int folder, const char *from, int other, const char *to, unsigned flags)
{
    return fails(EIO) ? -1 : renameat2(folder, from, other, to, flags);
}

/* ---- SQLite: as where the disk fails under it; nothing of the call is done ---- */

int fault_sqlite3_open_v2(const char *path, sqlite3 **out, int flags, const char *layer);
int fault_sqlite3_open_v2(const char *path, sqlite3 **out, int flags, const char *layer)
{
    if (!fails(EIO))
        return sqlite3_open_v2(path, out, flags, layer);
    *out = NULL; /* as without memory */
    return SQLITE_NOMEM;
}

int fault_sqlite3_prepare_v2(sqlite3 *db, const char *sql, int length, sqlite3_stmt **out, const char **rest);
int fault_sqlite3_prepare_v2(sqlite3 *db, const char *sql, int length, sqlite3_stmt **out, const char **rest)
{
    if (!fails(EIO))
        return sqlite3_prepare_v2(db, sql, length, out, rest);
    *out = NULL;
    return SQLITE_IOERR;
}

int fault_sqlite3_bind_text(sqlite3_stmt *statement, int place, const char *text, int length, void (*release)(void *));
int fault_sqlite3_bind_text(sqlite3_stmt *statement, int place, const char *text, int length, void (*release)(void *))
{
    return fails(ENOMEM) ? SQLITE_NOMEM : sqlite3_bind_text(statement, place, text, length, release);
}

int fault_sqlite3_bind_int64(sqlite3_stmt *statement, int place, sqlite3_int64 value);
int fault_sqlite3_bind_int64(sqlite3_stmt *statement, int place, sqlite3_int64 value)
{
    return fails(ENOMEM) ? SQLITE_NOMEM : sqlite3_bind_int64(statement, place, value);
}

int fault_sqlite3_step(sqlite3_stmt *statement);
int fault_sqlite3_step(sqlite3_stmt *statement)
{
    return fails(EIO) ? SQLITE_IOERR : sqlite3_step(statement);
}

int fault_sqlite3_exec(sqlite3 *db, const char *sql, int row(void *, int, char **, char **), void *context, char **error);
int fault_sqlite3_exec(sqlite3 *db, const char *sql, int row(void *, int, char **, char **), void *context, char **error)
{
    return fails(EIO) ? SQLITE_IOERR : sqlite3_exec(db, sql, row, context, error);
}

/* It is done all the same; what it says is what the step before it said. */
int fault_sqlite3_reset(sqlite3_stmt *statement);
int fault_sqlite3_reset(sqlite3_stmt *statement)
{
    int result = sqlite3_reset(statement);

    return fails(EIO) ? SQLITE_IOERR : result;
}

sqlite3_backup *fault_sqlite3_backup_init(sqlite3 *to, const char *name, sqlite3 *from, const char *other);
sqlite3_backup *fault_sqlite3_backup_init(sqlite3 *to, const char *name, sqlite3 *from, const char *other)
{
    return fails(EIO) ? NULL : sqlite3_backup_init(to, name, from, other);
}

unsigned char *fault_sqlite3_serialize(sqlite3 *db, const char *name, sqlite3_int64 *size, unsigned flags);
unsigned char *fault_sqlite3_serialize(sqlite3 *db, const char *name, sqlite3_int64 *size, unsigned flags)
{
    return fails(ENOMEM) ? NULL : sqlite3_serialize(db, name, size, flags);
}

int fault_sqlite3_deserialize(sqlite3 *db, const char *name, unsigned char *bytes, sqlite3_int64 size,
                              sqlite3_int64 room, unsigned flags);
int fault_sqlite3_deserialize(sqlite3 *db, const char *name, unsigned char *bytes, sqlite3_int64 size,
                              sqlite3_int64 room, unsigned flags)
{
    return fails(ENOMEM) ? SQLITE_NOMEM : sqlite3_deserialize(db, name, bytes, size, room, flags);
}

int fault_sqlite3_backup_step(sqlite3_backup *backup, int pages);
int fault_sqlite3_backup_step(sqlite3_backup *backup, int pages)
{
    return fails(ENOSPC) ? SQLITE_FULL : sqlite3_backup_step(backup, pages);
}

/* ---- streams and folders ---- */

/* What glibc calls _IO_ERR_SEEN: so that ferror sees what failed. */
enum { STREAM_FAILED = 0x20 };

FILE *fault_fopen(const char *path, const char *mode);
FILE *fault_fopen(const char *path, const char *mode)
{
    return fails(EMFILE) ? NULL : fopen(path, mode);
}

int fault_fclose(FILE *file);
int fault_fclose(FILE *file)
{
    int result = fclose(file);

    return fails(EIO) ? EOF : result;
}

size_t fault_fread(void *bytes, size_t size, size_t count, FILE *file);
size_t fault_fread(void *bytes, size_t size, size_t count, FILE *file)
{
    if (!fails(EIO))
        return fread(bytes, size, count, file);
    file->_flags |= STREAM_FAILED;
    return 0;
}

char *fault_fgets(char *line, int size, FILE *file);
char *fault_fgets(char *line, int size, FILE *file)
{
    if (!fails(EIO))
        return fgets(line, size, file);
    file->_flags |= STREAM_FAILED;
    return NULL;
}

size_t fault_fwrite(const void *bytes, size_t size, size_t count, FILE *file);
size_t fault_fwrite(const void *bytes, size_t size, size_t count, FILE *file)
{
    if (!fails(ENOSPC))
        return fwrite(bytes, size, count, file);
    file->_flags |= STREAM_FAILED;
    return 0;
}

int fault_fputc(int byte, FILE *file);
int fault_fputc(int byte, FILE *file)
{
    if (!fails(ENOSPC))
        return fputc(byte, file);
    file->_flags |= STREAM_FAILED;
    return EOF;
}

int fault_fflush(FILE *file);
int fault_fflush(FILE *file)
{
    return fails(ENOSPC) ? EOF : fflush(file);
}

DIR *fault_opendir(const char *path);
DIR *fault_opendir(const char *path)
{
    return fails(EMFILE) ? NULL : opendir(path);
}

struct dirent *fault_readdir(DIR *folder);
struct dirent *fault_readdir(DIR *folder)
{
    return fails(EIO) ? NULL : readdir(folder);
}

FTS *fault_fts_open(char *const *paths, int options, int (*order)(const FTSENT **, const FTSENT **));
FTS *fault_fts_open(char *const *paths, int options, int (*order)(const FTSENT **, const FTSENT **))
{
    return fails(ENOMEM) ? NULL : fts_open(paths, options, order);
}

/* As it fails: on its way already. glibc leaks a tree that is closed before anything was read of it. */
FTSENT *fault_fts_read(FTS *tree);
FTSENT *fault_fts_read(FTS *tree)
{
    FTSENT *entry = fts_read(tree);

    return fails(EIO) ? NULL : entry;
}

/* ---- processes and the wire ---- */

int fault_socketpair(int domain, int type, int protocol, int ends[2]);
int fault_socketpair(int domain, int type, int protocol, int ends[2])
{
    return fails(EMFILE) ? -1 : socketpair(domain, type, protocol, ends);
}

pid_t fault_fork(void);
pid_t fault_fork(void)
{
    return fails(EAGAIN) ? -1 : fork();
}

int fault_dup2(int from, int to);
int fault_dup2(int from, int to)
{
    return fails(EMFILE) ? -1 : dup2(from, to);
}

ssize_t fault_send(int socket, const void *bytes, size_t size, int flags);
ssize_t fault_send(int socket, const void *bytes, size_t size, int flags)
{
    return fails(EPIPE) ? -1 : send(socket, bytes, size, flags);
}

ssize_t fault_sendmsg(int socket, const struct msghdr *message, int flags);
ssize_t fault_sendmsg(int socket, const struct msghdr *message, int flags)
{
    return fails(EPIPE) ? -1 : sendmsg(socket, message, flags);
}

ssize_t fault_recv(int socket, void *bytes, size_t size, int flags);
ssize_t fault_recv(int socket, void *bytes, size_t size, int flags)
{
    return fails(ECONNRESET) ? -1 : recv(socket, bytes, size, flags);
}

ssize_t fault_recvmsg(int socket, struct msghdr *message, int flags);
ssize_t fault_recvmsg(int socket, struct msghdr *message, int flags)
{
    return fails(ECONNRESET) ? -1 : recvmsg(socket, message, flags);
}

int fault_poll(struct pollfd *polled, nfds_t count, int timeout);
int fault_poll(struct pollfd *polled, nfds_t count, int timeout)
{
    return fails(ENOMEM) ? -1 : poll(polled, count, timeout);
}
