#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# The Debian package on a clean Debian 12: built, installed with apt into a fresh debootstrap, used there, and purged.
# usage: tests/install/package.sh SOURCE BUILD [ROOT] (ROOT: a debootstrap that is there already; it is copied)
set -euo pipefail

source=$1 build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root

skip() { echo "skipped: $*"; exit 77; }
fail() { echo "not so: $*"; exit 1; }

# In a mount namespace of its own: nothing stays mounted, whatever happens.
inside() {
    # shellcheck disable=SC2016 # for the inner shell
    unshare --mount --fork --pid --kill-child sh -c '
        mount -t proc proc "$1/proc" && mount --bind /dev "$1/dev" && shift_root=$1 && shift &&
        exec chroot "$shift_root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
            DEBIAN_FRONTEND=noninteractive "$@"' sh "$root" "$@"
}

[ "$(id -u)" -eq 0 ] || skip "only root can make a chroot"
command -v debootstrap >/dev/null || skip "there is no debootstrap"

cpack --config "$build/CPackConfig.cmake" -B "$work" >"$work/cpack.log" 2>&1 || { cat "$work/cpack.log"; exit 1; }
package=$(echo "$work"/*.deb)
dpkg-deb --field "$package" Package Version Architecture Depends Installed-Size

if [ $# -gt 2 ]; then
    cp -a "$3" "$root"
else
    # shellcheck disable=SC2016 # a format of apt's
    mirror=$(apt-get indextargets --format '$(CODENAME) $(SITE)' 'Created-By: Packages' | sed -n 's/^bookworm //p' | head -1)
    [ -n "$mirror" ] || skip "apt knows no source of Debian 12"
    debootstrap --variant=minbase bookworm "$root" "$mirror" >"$work/debootstrap.log" 2>&1 ||
        { tail -5 "$work/debootstrap.log"; exit 1; }
fi
# A proxy that apt needs here, it needs there.
cp /etc/apt/apt.conf.d/*prox* "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
cp "$package" "$root/tmp/irsort.deb"
cp "$source/fixtures/examples/lt11.pdf" "$root/root/"

echo "== apt-get install"
inside apt-get -qq update
inside apt-get -qq install --no-install-recommends /tmp/irsort.deb man-db >"$work/apt.log" 2>&1 ||
    { tail -20 "$work/apt.log"; fail "apt installs the package"; }
inside id irsort

echo "== irsort read"
letter=$(inside irsort read --json --as-of 2023-11-01 /root/lt11.pdf)
echo "$letter" | cut -c 1-160
[[ $letter == *'"status":"identified"'*'"id":"LT11"'* && $letter == *'"act_by":{"date":"2023-11-24"'* ]] ||
    fail "the letter is read"

echo "== irsort doctor"
inside irsort doctor || [ $? -eq 1 ] || fail "the doctor finds that letters can be read"

echo "== man irsort, irsort.yaml, irsort-patterns"
for page in irsort irsort.yaml irsort-patterns; do
    inside man --warnings -P cat "$page" 2>&1 | sed -n '/^NAME/,/^$/p'
done
inside man irsort | grep -q 'irsort docket:' || fail "the manual is there"

echo "== the service"
inside apt-get -qq install --no-install-recommends systemd-sysv dbus >"$work/apt.log" 2>&1 ||
    { tail -20 "$work/apt.log"; fail "apt installs an init"; }
"$source/tests/install/boot.sh" "$root" "$source/fixtures/examples/lt11.pdf" || [ $? -eq 77 ] || fail "the service works"

echo "== the docket, and purge"
inside sh -c 'irsort read --json /root/lt11.pdf | irsort docket --take - --file /var/lib/irsort/docket.db' # as root
inside apt-get -qq purge irsort 2>&1 | grep 'docket' || true
[ -s "$root/var/lib/irsort/docket.db" ] || fail "purge leaves the docket alone"
for gone in bin/irsort share/irsort lib/systemd/system/irsort-watch@.service; do
    [ ! -e "$root/usr/$gone" ] || fail "purge takes $gone away"
done
echo "installed, used and purged on a clean Debian 12"
