/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "worker/sandbox.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <seccomp.h>

#include "base/limits.h"

#ifdef __SANITIZE_ADDRESS__
enum { SANITIZED = true }; /* its shadow takes terabytes, its reports need what the other protections forbid */
#else
enum { SANITIZED = false };
#endif

const char *sandbox_protection_name(enum protection protection)
{
    static const char *const names[PROTECTION_COUNT] = {
        [PROTECTION_DESCRIPTORS] = "closed-descriptors",
        [PROTECTION_LIMITS] = "limits",
        [PROTECTION_UNTRACEABLE] = "untraceable",
        [PROTECTION_CAPABILITIES] = "no-capabilities",
        [PROTECTION_NO_NEW_PRIVILEGES] = "no-new-privileges",
        [PROTECTION_LANDLOCK] = "landlock",
        [PROTECTION_SECCOMP] = "seccomp",
    };

    return names[protection];
}

/* Stdin, stdout and stderr lead nowhere: libraries chatter, and quote what they read. */
static bool close_descriptors(int socket, int file)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    bool done = nowhere >= 0;

    for (int stream = STDIN_FILENO; done && stream <= STDERR_FILENO; stream++)
        done = (SANITIZED && stream == STDERR_FILENO) || dup2(nowhere, stream) == stream;
    const unsigned kept[] = {STDERR_FILENO, (unsigned)socket, (unsigned)file};
    for (size_t i = 0; i + 1 < sizeof kept / sizeof *kept; i++) {
        if (kept[i] + 1 < kept[i + 1])
            done &= close_range(kept[i] + 1, kept[i + 1] - 1, 0) == 0;
    }
    return close_range((unsigned)file + 1, ~0u, 0) == 0 && done;
}

/* Lowers a limit; one that is lower already stays. */
static bool limit(int resource, rlim_t most)
{
    struct rlimit limits;

    if (getrlimit(resource, &limits) < 0)
        return false;
    most = most < limits.rlim_max ? most : limits.rlim_max;
    limits = (struct rlimit){most, most};
    return setrlimit(resource, &limits) == 0;
}

static bool set_limits(void)
{
    bool done = limit(RLIMIT_CORE, 0); /* a core file would hold the letter */

    done &= limit(RLIMIT_AS, WORKER_ADDRESS_SPACE_MAX);
    done &= limit(RLIMIT_FSIZE, 0);
    done &= limit(RLIMIT_NPROC, 0);
    done &= limit(RLIMIT_MSGQUEUE, 0);
    return limit(RLIMIT_NOFILE, WORKER_DESCRIPTORS_MAX) && done;
}

static bool drop_capabilities(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};

    return syscall(SYS_capset, &header, none) == 0;
}

/* ---- Landlock: no rule is added, so nothing of what it knows is allowed ---- */

/* As the kernel's header has it since ABI 6; Debian 12's header knows its first member only. */
struct landlock_attributes {
    uint64_t files;
    uint64_t network;
    uint64_t scope;
};

/* What each ABI of Landlock can forbid. Where it is asked for more than it knows it refuses all. */
static const struct {
    struct landlock_attributes attributes;
    size_t size;
} landlock_abis[] = {
    {{(1u << 13) - 1, 0, 0}, 8},  /* 1: 13 ways to use files */
    {{(1u << 14) - 1, 0, 0}, 8},  /* 2: and to link or move them elsewhere */
    {{(1u << 15) - 1, 0, 0}, 8},  /* 3: and to truncate them */
    {{(1u << 15) - 1, 3, 0}, 16}, /* 4: and to bind to and connect by TCP */
    {{(1u << 16) - 1, 3, 0}, 16}, /* 5: and to command devices */
    {{(1u << 16) - 1, 3, 3}, 24}, /* 6: and to reach other processes by abstract sockets and signals */
};

#ifndef SYS_landlock_create_ruleset /* the numbers are the same on every architecture */
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self 446
#endif

static bool enter_landlock(void)
{
    enum { VERSION = 1 << 0, KNOWN = sizeof landlock_abis / sizeof *landlock_abis };
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION);

    if (abi < 1)
        return false;
    size_t row = (size_t)abi < KNOWN ? (size_t)abi - 1 : KNOWN - 1;
    int rules = (int)syscall(SYS_landlock_create_ruleset, &landlock_abis[row].attributes, landlock_abis[row].size, 0);
    if (rules < 0)
        return false;
    bool done = syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    close(rules);
    return done;
}

/* ---- seccomp ---- */

/* Allowed whatever their arguments: memory, time, what has been opened, and an orderly end. */
static const int allowed[] = {
    SCMP_SYS(brk),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(close),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(fstat),
    SCMP_SYS(futex),
    SCMP_SYS(getpid),
    SCMP_SYS(getppid),
    SCMP_SYS(getrandom),
    SCMP_SYS(gettid),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(madvise),
    SCMP_SYS(mremap),
    SCMP_SYS(munmap),
    SCMP_SYS(nanosleep),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(sysinfo),
    SCMP_SYS(time),
};

/* Libraries try these in passing and go on when they are told no; whatever else is not allowed ends the process. */
static const struct {
    int call;
    int error;
} refused[] = {
    {SCMP_SYS(access), EACCES},     {SCMP_SYS(faccessat), EACCES}, {SCMP_SYS(faccessat2), EACCES},
    {SCMP_SYS(getcwd), EACCES},     {SCMP_SYS(ioctl), ENOTTY},     {SCMP_SYS(lstat), EACCES},
    {SCMP_SYS(open), EACCES},       {SCMP_SYS(openat), EACCES},    {SCMP_SYS(openat2), ENOSYS},
    {SCMP_SYS(readlink), EACCES},   {SCMP_SYS(readlinkat), EACCES}, {SCMP_SYS(stat), EACCES},
    {SCMP_SYS(statx), ENOSYS},
};

#define RULE(call, ...) seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(call), __VA_ARGS__)

/* Calls that are harmless with some arguments only. */
static int allow_some(scmp_filter_ctx filter, scmp_datum_t wire, scmp_datum_t file)
{
    pid_t self = getpid();
    int failed = 0;

    failed |= RULE(read, 1, SCMP_A0(SCMP_CMP_EQ, file)); /* not from the socket: the next file is not for it */
    failed |= RULE(pread64, 1, SCMP_A0(SCMP_CMP_EQ, file));
    failed |= RULE(lseek, 1, SCMP_A0(SCMP_CMP_EQ, file));
    failed |= RULE(sendto, 2, SCMP_A0(SCMP_CMP_EQ, wire), SCMP_A4(SCMP_CMP_EQ, 0)); /* to no other address */
    for (scmp_datum_t stream = STDOUT_FILENO; stream <= STDERR_FILENO; stream++) { /* to nowhere */
        failed |= RULE(write, 1, SCMP_A0(SCMP_CMP_EQ, stream));
        failed |= RULE(writev, 1, SCMP_A0(SCMP_CMP_EQ, stream));
    }
    failed |= RULE(mmap, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)); /* no new code */
    failed |= RULE(mprotect, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    failed |= RULE(newfstatat, 1, SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH)); /* glibc's fstat */
    failed |= RULE(fcntl, 1, SCMP_A1(SCMP_CMP_EQ, F_GETFL));
    failed |= RULE(tgkill, 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)self)); /* abort() */
    failed |= RULE(prlimit64, 1, SCMP_A2(SCMP_CMP_EQ, 0));              /* asks, does not set */
    return failed;
}

static bool enter_seccomp(int socket, int file)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    int failed = filter == NULL;

    if (!failed)
        failed |= seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    for (size_t i = 0; !failed && i < sizeof allowed / sizeof *allowed; i++)
        failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
    for (size_t i = 0; !failed && i < sizeof refused / sizeof *refused; i++)
        failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO((unsigned)refused[i].error), refused[i].call, 0);
    failed = failed || allow_some(filter, (scmp_datum_t)socket, (scmp_datum_t)file) != 0 || seccomp_load(filter) != 0;
    seccomp_release(filter);
    return !failed;
}

unsigned sandbox_enter(int socket, int file)
{
    unsigned held = 0;

    held |= (unsigned)close_descriptors(socket, file) << PROTECTION_DESCRIPTORS;
    if (SANITIZED)
        return held;
    held |= (unsigned)(prctl(PR_SET_DUMPABLE, 0) == 0) << PROTECTION_UNTRACEABLE;
    held |= (unsigned)drop_capabilities() << PROTECTION_CAPABILITIES;
    held |= (unsigned)(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) << PROTECTION_NO_NEW_PRIVILEGES;
    held |= (unsigned)enter_landlock() << PROTECTION_LANDLOCK;
    held |= (unsigned)set_limits() << PROTECTION_LIMITS; /* not before: Landlock takes a descriptor for a moment */
    held |= (unsigned)enter_seccomp(socket, file) << PROTECTION_SECCOMP;
    return held;
}

static_assert(PROTECTION_COUNT <= 8, "sandbox_probe hands them over as an exit status");

unsigned sandbox_probe(void)
{
    enum { SOCKET = STDERR_FILENO + 1, FILE_AFTER };
    int status = 0;
    pid_t ended;
    pid_t pid = fork();

    if (pid == 0)
        _exit(dup2(STDERR_FILENO, SOCKET) == SOCKET && dup2(STDERR_FILENO, FILE_AFTER) == FILE_AFTER
                  ? (int)sandbox_enter(SOCKET, FILE_AFTER)
                  : 0);
    if (pid < 0)
        return 0;
    do
        ended = waitpid(pid, &status, 0);
    while (ended < 0 && errno == EINTR);
    return ended == pid && WIFEXITED(status) ? (unsigned)WEXITSTATUS(status) : 0;
}
