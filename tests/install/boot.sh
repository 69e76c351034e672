#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Boots the systemd of a root in which irsort is installed, in namespaces of its own, and runs the service there: a dropped
# scan must be filed, and reload, watchdog and stop must work, under all that the service forbids itself.
# usage: tests/install/boot.sh ROOT SCAN, as root
set -euo pipefail

root=$1 scan=$2
out=$root/root/out

fail() { cat "$out" 2>/dev/null || true; echo "not so: $*"; exit 1; }

groups=$(findmnt -n -t cgroup2 -o TARGET | head -1)
[ -n "$groups" ] || { echo "skipped: no cgroup2 is mounted, which systemd needs"; exit 77; }
# What is booted sees a control group of its own as the topmost, and none of this machine's processes.
group=$groups/irsort-boot-$$
mkdir "$group" || { echo "skipped: no control group can be made"; exit 77; }
trap 'sleep 1; find "$group" -depth -type d -exec rmdir {} \;' EXIT

mkdir -p "$root/etc/irsort" "$root/srv/irsort" "$root/etc/systemd/system/multi-user.target.wants"
cat >"$root/etc/irsort/irsort.yaml" <<'END'
docket: /var/lib/irsort/docket.db
folders:
  - path: /srv/irsort/inbox
    on_filed: [/usr/local/bin/tell, told]
END
# What it is given it may keep with the docket; it may not make a socket of the network.
cat >"$root/usr/local/bin/tell" <<'END'
#!/bin/bash
cat >"/var/lib/irsort/$1"
(exec 3<>/dev/tcp/127.0.0.1/9) 2>"/var/lib/irsort/socket"
touch /etc/touched 2>"/var/lib/irsort/touch"
exit 0
END
chmod 755 "$root/usr/local/bin/tell"
cp "$scan" "$root/root/scan.pdf"
cat >"$root/root/try" <<'END'
#!/bin/sh
unit=irsort-watch@srv-irsort-inbox
install -d -o irsort -g irsort -m 2770 /srv/irsort/inbox
install -o irsort -g irsort -m 660 /root/scan.pdf /srv/irsort/inbox/
systemctl enable --now "$unit" && echo started
for second in $(seq 40); do
    sleep 1
    ! find /srv/irsort/inbox/filed -name letter.json | grep -q . || break
done
systemctl status --no-pager "$unit"
systemctl reload "$unit" && echo reloaded
sleep 65 # longer than the watchdog waits
systemctl show -p ActiveState,NRestarts "$unit"
systemctl stop "$unit" && echo stopped
journalctl --no-pager -o cat -u "$unit"
systemctl show -p Result "$unit"
find /srv/irsort/inbox -type f
stat -c '%a %U %n' /var/lib/irsort/docket.db
cmp /var/lib/irsort/told /srv/irsort/inbox/filed/*/*/letter.json && echo 'told what was filed'
cat /var/lib/irsort/socket /var/lib/irsort/touch
poweroff
END
chmod 755 "$root/root/try"
printf '[Unit]\nAfter=multi-user.target\n[Service]\nType=oneshot\nExecStart=/bin/sh -c "/root/try >/root/out 2>&1"\n' \
    >"$root/etc/systemd/system/try.service"
ln -sf ../try.service "$root/etc/systemd/system/multi-user.target.wants/"

# shellcheck disable=SC2016 # for the inner shell
timeout 200 sh -c 'echo $$ >"$1/cgroup.procs"; shift
    exec unshare --mount --pid --fork --kill-child --uts --ipc --net --cgroup sh -c "$1" sh "$2"' sh "$group" '
    set -e
    cd "$1"
    mount --bind . .
    cd "$1"
    mount -t proc proc proc
    mount -t sysfs -o ro sysfs sys
    mount -t tmpfs tmpfs sys/fs/cgroup
    mount -t cgroup2 cgroup2 sys/fs/cgroup
    mount -t tmpfs tmpfs run
    mount -t tmpfs tmpfs dev
    for node in null zero full random urandom tty; do
        : >dev/$node
        mount --bind /dev/$node dev/$node
    done
    mkdir dev/pts dev/shm
    ln -s /proc/self/fd dev/fd
    mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
    ln -s pts/ptmx dev/ptmx
    mkdir -p old
    pivot_root . old
    umount -l /old
    exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --log-target=console </dev/null
' "$root" >"$root/root/boot.log" 2>&1 || true

[ -s "$out" ] || { tail -20 "$root/root/boot.log"; fail "systemd boots"; }
grep -qx started "$out" || fail "the service starts"
grep -q 'filed/.*/letter.json' "$out" || fail "the scan is filed"
grep -qx reloaded "$out" || fail "it can be reloaded"
for line in ActiveState=active NRestarts=0 stopped Result=success; do
    grep -qx $line "$out" || fail "it stays alive and stops in order ($line)"
done
grep -q '^600 irsort' "$out" || fail "the docket is private"
grep -qx 'told what was filed' "$out" || fail "on_filed is run with the record"
grep -q 'Address family not supported' "$out" || fail "on_filed has no network"
grep -q "touch.*Read-only" "$out" || fail "on_filed cannot write to the system"
! grep -q 'lacks a protection' "$out" || fail "the reader can lock itself in, inside of the service"
grep -E 'Status:|filed/|read again' "$out"
echo "the service files, tells, reloads, stays alive and stops"
