/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Preloaded into a program: keeps a log of what it changes on the disk below one directory, kills it at one of these
 * calls, lets them fail, and sets its clock. SQLite's calls come through here too. The program's children are left alone.
 *
 *   SHIM_ROOT     the directory, without links; a call below it counts
 *   SHIM_LOG      gets a line a call that was made: its name, result and arguments, names and bytes in hex
 *   SHIM_KILL     the number of the call, from 1, before which SIGKILL is sent; if it writes, half is written before
 *   SHIM_FAIL     FROM:TO:ERRNO, numbers of calls
 *   SHIM_CONTROL  a file of the form `struct control`, which may change at any time
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum {
    DESCRIPTORS_MAX = 1024,
    LOG_DESCRIPTOR = 900, /* out of the way of the program's own */
    LINE_HEAD = 64,       /* of a line: a name and numbers */
};

struct control {
    int64_t clock_s;  /* seconds by which the clock on the wall is off */
    int32_t failing;  /* the errno that calls fail with; 0: none */
    char calls[116];  /* which: "unlink rename"; "" all */
};

static struct {
    bool on;
    pid_t process;
    char root[4096];
    size_t root_length;
    int log;
    unsigned long calls;
    unsigned long kill_at;
    unsigned long fail_from, fail_to;
    int fail_with;
    const struct control *control;
    bool below[DESCRIPTORS_MAX]; /* the root */
} shim = {.log = -1};

__attribute__((constructor)) static void start(void)
{
    const char *root = getenv("SHIM_ROOT");
    const char *text;

    if (root == NULL)
        return;
    shim.process = getpid();
    shim.root_length = (size_t)snprintf(shim.root, sizeof shim.root, "%s", root);
    if ((text = getenv("SHIM_LOG")) != NULL) {
        int log = (int)syscall(SYS_openat, AT_FDCWD, text, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        shim.log = fcntl(log, F_DUPFD_CLOEXEC, LOG_DESCRIPTOR);
        syscall(SYS_close, log);
    }
    if ((text = getenv("SHIM_KILL")) != NULL)
        shim.kill_at = strtoul(text, NULL, 10);
    if ((text = getenv("SHIM_FAIL")) != NULL)
        sscanf(text, "%lu:%lu:%d", &shim.fail_from, &shim.fail_to, &shim.fail_with);
    if ((text = getenv("SHIM_CONTROL")) != NULL) {
        int file = (int)syscall(SYS_openat, AT_FDCWD, text, O_RDONLY | O_CLOEXEC, 0);
        void *control = mmap(NULL, sizeof(struct control), PROT_READ, MAP_SHARED, file, 0);
        shim.control = control != MAP_FAILED ? control : NULL;
        syscall(SYS_close, file);
    }
    unsetenv("LD_PRELOAD");
    shim.on = true;
}

static bool is_below(int folder, const char *name)
{
    if (!shim.on || getpid() != shim.process)
        return false;
    if (name[0] == '/')
        return strncmp(name, shim.root, shim.root_length) == 0;
    return folder >= 0 && folder < DESCRIPTORS_MAX && shim.below[folder];
}

static bool is_open_below(int descriptor)
{
    return shim.on && descriptor >= 0 && descriptor < DESCRIPTORS_MAX && shim.below[descriptor] &&
           getpid() == shim.process;
}

/* ---- the log ---- */

static void put_line(const char *head, const void *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    size_t at = strlen(head);
    char *line = malloc(at + 2 * length + 2);

    if (line == NULL)
        abort();
    memcpy(line, head, at);
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = ((const unsigned char *)bytes)[i];
        line[at++] = digits[byte >> 4];
        line[at++] = digits[byte & 15];
    }
    line[at++] = '\n';
    for (size_t done = 0; done < at;) {
        long wrote = syscall(SYS_write, shim.log, line + done, at - done);
        if (wrote <= 0)
            abort();
        done += (size_t)wrote;
    }
    free(line);
}

/* A call with names: NAME RESULT N1 N2 N3 HEX HEX, the second name after a dot. */
static void log_names(const char *call, long result, long a, long b, long c, const char *name, const char *other)
{
    char head[2 * LINE_HEAD];
    char both[8192];
    int saved = errno;

    if (shim.log >= 0 && result >= 0) {
        int length = snprintf(both, sizeof both, "%s%c%s", name, 0, other != NULL ? other : "");
        snprintf(head, sizeof head, "%s %ld %ld %ld %ld ", call, result, a, b, c);
        put_line(head, both, (size_t)length);
    }
    errno = saved;
}

static void log_bytes(const char *call, long result, long descriptor, long offset, const void *bytes, size_t length)
{
    char head[2 * LINE_HEAD];
    int saved = errno;

    if (shim.log >= 0 && result >= 0) {
        snprintf(head, sizeof head, "%s %ld %ld %ld 0 ", call, result, descriptor, offset);
        put_line(head, bytes, length);
    }
    errno = saved;
}

/* ---- what may happen before a call ---- */

static bool is_named(const char *call)
{
    size_t length = strlen(call);
    const char *at = shim.control->calls;

    if (at[0] == '\0')
        return true;
    while ((at = strstr(at, call)) != NULL) {
        if ((at == shim.control->calls || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
        at += length;
    }
    return false;
}

static bool dies_now(void)
{
    return ++shim.calls == shim.kill_at;
}

static void die(void)
{
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

/* Does the call fail? Then errno is set. */
static bool fails(const char *call)
{
    int number = 0;

    if (shim.calls >= shim.fail_from && shim.calls < shim.fail_to)
        number = shim.fail_with;
    if (shim.control != NULL && shim.control->failing != 0 && is_named(call))
        number = shim.control->failing;
    if (number != 0)
        errno = number;
    return number != 0;
}

static bool before(const char *call)
{
    if (dies_now())
        die();
    return fails(call);
}

/* ---- opening and closing ---- */

static void note_open(int descriptor, int folder, const char *name, int flags)
{
    if (descriptor < 0 || descriptor >= DESCRIPTORS_MAX)
        return;
    shim.below[descriptor] = true;
    log_names("open", descriptor, folder, flags, 0, name, NULL);
}

static int open_any(int folder, const char *name, int flags, mode_t mode)
{
    if (!is_below(folder, name))
        return (int)syscall(SYS_openat, folder, name, flags, mode);
    if ((flags & (O_CREAT | O_TRUNC)) != 0 && before("open"))
        return -1;
    int descriptor = (int)syscall(SYS_openat, folder, name, flags, mode);
    note_open(descriptor, folder, name, flags);
    return descriptor;
}

#define MODE_OF(flags, mode)                                                                                           \
    mode_t mode = 0;                                                                                                   \
    if ((flags & (O_CREAT | O_TMPFILE)) != 0) {                                                                        \
        va_list args;                                                                                                  \
        va_start(args, flags);                                                                                         \
        mode = va_arg(args, mode_t);                                                                                   \
        va_end(args);                                                                                                  \
    }

int open(const char *name, int flags, ...)
{
    MODE_OF(flags, mode)
    return open_any(AT_FDCWD, name, flags, mode);
}

int open64(const char *name, int flags, ...)
{
    MODE_OF(flags, mode)
    return open_any(AT_FDCWD, name, flags, mode);
}

int openat(int folder, const char *name, int flags, ...)
{
    MODE_OF(flags, mode)
    return open_any(folder, name, flags, mode);
}

int openat64(int folder, const char *name, int flags, ...)
{
    MODE_OF(flags, mode)
    return open_any(folder, name, flags, mode);
}

int close(int descriptor)
{
    if (is_open_below(descriptor)) {
        shim.below[descriptor] = false;
        log_names("close", 0, descriptor, 0, 0, "", NULL);
    }
    return (int)syscall(SYS_close, descriptor);
}

/* ---- names ---- */

static int mkdir_any(int folder, const char *name, mode_t mode)
{
    if (!is_below(folder, name))
        return (int)syscall(SYS_mkdirat, folder, name, mode);
    if (before("mkdir"))
        return -1;
    int result = (int)syscall(SYS_mkdirat, folder, name, mode);
    log_names("mkdir", result, folder, 0, 0, name, NULL);
    return result;
}

int mkdir(const char *name, mode_t mode)
{
    return mkdir_any(AT_FDCWD, name, mode);
}

int mkdirat(int folder, const char *name, mode_t mode)
{
    return mkdir_any(folder, name, mode);
}

static int rename_any(int folder, const char *name, int to_folder, const char *to_name, unsigned flags)
{
    if (!is_below(folder, name) && !is_below(to_folder, to_name))
        return (int)syscall(SYS_renameat2, folder, name, to_folder, to_name, flags);
    if (before("rename"))
        return -1;
    int result = (int)syscall(SYS_renameat2, folder, name, to_folder, to_name, flags);
    log_names("rename", result, folder, to_folder, flags, name, to_name);
    return result;
}

int rename(const char *name, const char *to_name)
{
    return rename_any(AT_FDCWD, name, AT_FDCWD, to_name, 0);
}

int renameat(int folder, const char *name, int to_folder, const char *to_name)
{
    return rename_any(folder, name, to_folder, to_name, 0);
}

int renameat2(int folder, const char *name, int to_folder, const char *to_name, unsigned flags)
{
    return rename_any(folder, name, to_folder, to_name, flags);
}

static int unlink_any(int folder, const char *name, int flags)
{
    if (!is_below(folder, name))
        return (int)syscall(SYS_unlinkat, folder, name, flags);
    if (before("unlink"))
        return -1;
    int result = (int)syscall(SYS_unlinkat, folder, name, flags);
    log_names("unlink", result, folder, flags, 0, name, NULL);
    return result;
}

int unlink(const char *name)
{
    return unlink_any(AT_FDCWD, name, 0);
}

int unlinkat(int folder, const char *name, int flags)
{
    return unlink_any(folder, name, flags);
}

int rmdir(const char *name)
{
    return unlink_any(AT_FDCWD, name, AT_REMOVEDIR);
}

/* ---- bytes ---- */

/* At `offset`, or where the descriptor stands if that is negative. */
static ssize_t write_any(int descriptor, const void *bytes, size_t size, off_t offset)
{
    if (!is_open_below(descriptor))
        return offset < 0 ? syscall(SYS_write, descriptor, bytes, size)
                          : syscall(SYS_pwrite64, descriptor, bytes, size, offset);
    bool dies = dies_now();
    if (fails("write"))
        return -1;
    off_t at = offset < 0 ? lseek(descriptor, 0, SEEK_CUR) : offset;
    if (dies)
        size /= 2;
    ssize_t result = offset < 0 ? syscall(SYS_write, descriptor, bytes, size)
                                : syscall(SYS_pwrite64, descriptor, bytes, size, offset);
    log_bytes("write", result, descriptor, at, bytes, result > 0 ? (size_t)result : 0);
    if (dies)
        die();
    return result;
}

ssize_t write(int descriptor, const void *bytes, size_t size)
{
    return write_any(descriptor, bytes, size, -1);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t offset)
{
    return write_any(descriptor, bytes, size, offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off_t offset)
{
    return write_any(descriptor, bytes, size, offset);
}

static int truncate_any(int descriptor, off_t size)
{
    if (!is_open_below(descriptor))
        return (int)syscall(SYS_ftruncate, descriptor, size);
    if (before("ftruncate"))
        return -1;
    int result = (int)syscall(SYS_ftruncate, descriptor, size);
    log_bytes("truncate", result, descriptor, size, "", 0);
    return result;
}

int ftruncate(int descriptor, off_t size)
{
    return truncate_any(descriptor, size);
}

int ftruncate64(int descriptor, off_t size)
{
    return truncate_any(descriptor, size);
}

/* Only room is reserved; nothing of it is seen afterwards. */
static int allocate_any(int descriptor, int mode, off_t offset, off_t size)
{
    if (is_open_below(descriptor) && before("fallocate"))
        return -1;
    return (int)syscall(SYS_fallocate, descriptor, mode, offset, size);
}

int fallocate(int descriptor, int mode, off_t offset, off_t size)
{
    return allocate_any(descriptor, mode, offset, size);
}

int fallocate64(int descriptor, int mode, off_t offset, off_t size)
{
    return allocate_any(descriptor, mode, offset, size);
}

static int sync_any(int descriptor, bool times_too)
{
    long call = times_too ? SYS_fsync : SYS_fdatasync;

    if (!is_open_below(descriptor))
        return (int)syscall(call, descriptor);
    if (before("fsync"))
        return -1;
    int result = (int)syscall(call, descriptor);
    log_bytes("fsync", result, descriptor, (long)shim.calls, "", 0);
    return result;
}

int fsync(int descriptor)
{
    return sync_any(descriptor, true);
}

int fdatasync(int descriptor)
{
    return sync_any(descriptor, false);
}

int fchmod(int descriptor, mode_t mode)
{
    if (!is_open_below(descriptor))
        return (int)syscall(SYS_fchmod, descriptor, mode);
    if (before("chmod"))
        return -1;
    int result = (int)syscall(SYS_fchmod, descriptor, mode);
    log_bytes("chmod", result, descriptor, (long)mode, "", 0);
    return result;
}

/* ---- the clock on the wall ---- */

static int64_t off_by(void)
{
    return shim.control != NULL ? shim.control->clock_s : 0;
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
    int result = (int)syscall(SYS_clock_gettime, clock, out);

    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        out->tv_sec += off_by();
    return result;
}

time_t time(time_t *out)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    if (out != NULL)
        *out = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *out, void *zone)
{
    struct timespec now;

    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    *out = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}
