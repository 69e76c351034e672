/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "watch/events.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#define PROBE_NAME ".irsort-try"

/* Not in linux/magic.h. */
enum {
    XFS_MAGIC = 0x58465342,
    ZFS_MAGIC = 0x2FC12FC1,
    SMB1_MAGIC = 0xFF534D42,
    EXFAT_MAGIC = 0x2011BAB0,
    NTFS3_MAGIC = 0x7366746E,
    BCACHEFS_MAGIC = (int)0xCA451A4E,
};

enum { EVENTS_MASK = IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF };

/* A list of those that only this kernel changes: of any other it cannot be known who else does. */
static const struct {
    uint32_t magic;
    bool local;
    const char *name;
} file_systems[] = {
    {EXT4_SUPER_MAGIC, true, "ext4"},    {XFS_MAGIC, true, "xfs"},           {BTRFS_SUPER_MAGIC, true, "btrfs"},
    {F2FS_SUPER_MAGIC, true, "f2fs"},    {TMPFS_MAGIC, true, "tmpfs"},       {RAMFS_MAGIC, true, "ramfs"},
    {ZFS_MAGIC, true, "zfs"},            {REISERFS_SUPER_MAGIC, true, "reiserfs"},
    {MSDOS_SUPER_MAGIC, true, "vfat"},   {(uint32_t)EXFAT_MAGIC, true, "exfat"},
    {(uint32_t)NTFS3_MAGIC, true, "ntfs3"}, {(uint32_t)BCACHEFS_MAGIC, true, "bcachefs"},
    {NFS_SUPER_MAGIC, false, "nfs"},     {SMB_SUPER_MAGIC, false, "smb"},    {CIFS_SUPER_MAGIC, false, "smb"},
    {SMB2_SUPER_MAGIC, false, "smb"},    {FUSE_SUPER_MAGIC, false, "fuse"},  {V9FS_MAGIC, false, "9p"},
    {CEPH_SUPER_MAGIC, false, "ceph"},   {AFS_SUPER_MAGIC, false, "afs"},    {OVERLAYFS_SUPER_MAGIC, false, "overlay"},
};

const char *events_file_system(int folder, bool *local)
{
    struct statfs status;

    *local = false;
    if (fstatfs(folder, &status) < 0)
        return "unknown";
    for (size_t i = 0; i < sizeof file_systems / sizeof *file_systems; i++) {
        if ((uint32_t)status.f_type == file_systems[i].magic) {
            *local = file_systems[i].local;
            return file_systems[i].name;
        }
    }
    return "unknown";
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void note_probe(void *context, const char *name)
{
    bool *heard = context;

    *heard |= strcmp(name, PROBE_NAME) == 0;
}

/* Is it heard of within the time when a file is made? */
static bool hears(struct events *events, int folder)
{
    bool heard = false;
    int64_t end = now_ms() + EVENTS_TRY_MS;

    unlinkat(folder, PROBE_NAME, 0);
    int file = openat(folder, PROBE_NAME, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        return false;
    close(file);
    while (!heard) {
        int64_t left = end - now_ms();
        struct pollfd polled = {.fd = events->descriptor, .events = POLLIN};
        if (left <= 0 || (poll(&polled, 1, (int)left) < 0 && errno != EINTR))
            break;
        events_read(events, note_probe, &heard);
    }
    unlinkat(folder, PROBE_NAME, 0);
    return heard;
}

void events_open(struct events *events, int folder, const char *path)
{
    bool local;

    *events = (struct events){.descriptor = inotify_init1(IN_NONBLOCK | IN_CLOEXEC), .hearing = HEARING_DEAF};
    events_file_system(folder, &local);
    if (!local)
        events->hearing = HEARING_FOREIGN;
    if (events->descriptor < 0)
        return;
    if (inotify_add_watch(events->descriptor, path, EVENTS_MASK | IN_ONLYDIR | IN_DONT_FOLLOW) < 0) {
        events_close(events);
        return;
    }
    /* what this machine does itself is heard of on a network file system too; that says nothing of the others */
    if (local && hears(events, folder))
        events->hearing = HEARING_EVENTS;
}

void events_close(struct events *events)
{
    if (events->descriptor >= 0)
        close(events->descriptor);
    events->descriptor = -1;
}

bool events_read(struct events *events, void (*each)(void *context, const char *name), void *context)
{
    _Alignas(struct inotify_event) char bytes[1 << 14];
    bool more = false;
    ssize_t got;

    while ((got = read(events->descriptor, bytes, sizeof bytes)) > 0) {
        for (char *at = bytes; at < bytes + got;) {
            const struct inotify_event *event = (const struct inotify_event *)at;
            if (event->mask & (IN_Q_OVERFLOW | IN_IGNORED | IN_UNMOUNT | IN_DELETE_SELF | IN_MOVE_SELF))
                more = true;
            else if (event->len > 0)
                each(context, event->name);
            at += sizeof *event + event->len;
        }
    }
    return more;
}
