#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What goes wrong around a watched folder, done to a real one: each trouble is made, irsort must say so once, not run
hot, and lose nothing; then it is ended, and all must be filed.

usage: tests/watch/proof/trouble.py --program IRSORT --shim SHIM --work FOLDER [--writer SECONDS] [--short] [NAME...]

Some need to mount a small file system or to become another user, so root; without that they are skipped, and said so.
--writer is how long the slow writer takes."""
import concurrent.futures
import contextlib
import errno
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import traceback

from harness import Broken, Control, Drop, Folder, Watch, arguments, cpu_of, parse
from load import blank_page

LOOK_SECONDS = 3  # as long irsort is watched for running hot
HOT = 0.15  # of a processor
PATIENCE = 90  # seconds for what should take some ten; the machine may be busy
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
DAY = 86400


class Skipped(Exception):
    pass


class Trouble:
    def __init__(self, options, name):
        self.options = options
        self.folder = Folder(pathlib.Path(options.work).resolve() / name)
        self.made = 0
        self.drops = []
        self.watch = None
        self.mounted = []

    # ---- making things ----

    def begin(self, **settings):
        self.folder.make(**settings)

    def start(self, *options, prefix=(), control=None):
        environment = {"SHIM_CONTROL": str(control.path)} if control is not None else None
        self.watch = Watch(self.options.program, self.folder, *options, prefix=prefix, environment=environment,
                           shim=self.options.shim if control is not None else None)
        self.watch.wait_until_ready(PATIENCE)

    def scan(self, size=0, name=None):
        """A page of that many bytes at least, unlike every other."""
        self.made += 1
        data = blank_page(self.made + hash(self.folder.base.name) % 100000 * 1000)
        return Drop(name or f"scan {self.made}.png", data + b"." * max(0, size - len(data)), letters=1)

    def drop(self, count=1, size=0, name=None):
        for _ in range(count):
            drop = self.scan(size, name)
            self.folder.drop(drop)
            self.drops.append(drop)
        return self.drops[-1]

    def mount(self, at, size):
        at.mkdir(parents=True, exist_ok=True)
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "proof", at], check=False,
                                               stderr=subprocess.DEVNULL).returncode != 0:
            raise Skipped("may not mount a file system")
        self.mounted.append(at)

    def end(self):
        if self.watch is not None and self.watch.process.poll() is None:
            self.watch.kill()
        for at in self.mounted:
            subprocess.run(["umount", "-l", at], check=False)

    # ---- looking ----

    def until_filed(self):
        self.watch.wait_for(self.watch.is_idle, PATIENCE)
        self.folder.check_end(self.drops)

    def until_said(self, words):
        self.watch.wait_for(lambda: words in self.watch.said(), PATIENCE)

    def must_say_once(self, words):
        """And goes on quietly while the trouble lasts."""
        self.until_said(words)
        before = cpu_of(self.watch.process.pid)
        time.sleep(LOOK_SECONDS)
        used = cpu_of(self.watch.process.pid) - before
        if used > LOOK_SECONDS * HOT:
            raise Broken(f"it runs hot: {used:.2f} s of CPU in {LOOK_SECONDS} s")
        if self.watch.said().count(words) != 1:
            raise Broken(f"it says '{words}' {self.watch.said().count(words)} times")
        self.folder.check_now(self.drops)


# ---- the troubles ----

def disk_full(t):
    """The inbox's disk is full, then is not."""
    t.mount(t.folder.base, "2m")
    t.folder.inbox.mkdir()
    t.folder.docket.parent.mkdir()
    t.folder.settings.write_text(f"folders:\n  - path: {t.folder.inbox}\n    settle: 1\n", encoding="utf-8")
    t.start()
    t.drop(2, size=300000)
    t.until_filed()
    t.drop(2, size=300000)
    ballast = t.folder.base / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    t.must_say_once("no room left")
    ballast.unlink()
    t.until_filed()
    if "it goes on" not in t.watch.said():
        raise Broken("it does not say that it goes on")


def docket_full(t):
    """The docket's disk is full."""
    t.begin(with_docket=False)
    t.mount(t.folder.docket.parent, "256k")
    t.start()
    t.drop()
    t.until_filed()
    ballast = t.folder.docket.parent / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    t.drop(3)
    t.until_said("no room left")
    time.sleep(LOOK_SECONDS)
    t.folder.check_now(t.drops)
    ballast.unlink()
    t.until_filed()


def read_only(t):
    """The disk can only be read for a while, as after a fault of it; and from the start."""
    fail_calls(t, errno.EROFS, ("",))
    if t.watch.said().count("can only be read") != 1 or "it goes on" not in t.watch.said():
        raise Broken(f"it does not say what is wrong: {t.watch.said()}")
    t.watch.stop()
    inner = Folder(t.folder.base / "inner")
    t.mount(inner.base, "1m")
    inner.inbox.mkdir()
    inner.settings.touch()
    inner.docket = t.folder.docket
    subprocess.run(["mount", "-o", "remount,ro", inner.base], check=True)
    inner.log = t.folder.base / "second-log"
    second = Watch(t.options.program, inner)
    if second.process.wait(PATIENCE) != 2 or "mount it for writing" not in second.said():
        raise Broken(f"on a disk that can only be read it ends with {second.process.returncode}: {second.said()}")


def fail_calls(t, number, calls, more=2):
    """These calls fail for a while, one after the other; irsort goes on afterwards."""
    t.begin()
    control = Control(t.folder.base / "control")
    t.start(control=control)
    for call in calls:
        control.set(failing=number, calls=call)
        t.drop(more)
        time.sleep(LOOK_SECONDS + 1)
        t.folder.check_now(t.drops)
        control.set()
    t.until_filed()
    if cpu_of(t.watch.process.pid) > 10:
        raise Broken(f"it ran hot: {cpu_of(t.watch.process.pid):.1f} s of CPU")


def busy(t):
    """EBUSY, as some network file systems say of what another holds."""
    fail_calls(t, errno.EBUSY, ("unlink", "rename", "mkdir", "open"))


def quota(t):
    """EDQUOT."""
    fail_calls(t, errno.EDQUOT, ("write", "fsync", "fallocate", "open mkdir"))


def bad_disk(t):
    """EIO from everything that changes the disk."""
    fail_calls(t, errno.EIO, ("", "fsync", "unlink"))


def clock_jumps(t):
    """The clock jumps by a day, back by a year, by twenty years."""
    t.begin()
    control = Control(t.folder.base / "control")
    t.start(control=control)
    for jump in (0, DAY, -365 * DAY, 20 * 365 * DAY, 0):
        control.set(clock_s=jump)
        began = time.monotonic()
        drop = t.drop()
        t.until_filed()
        day = time.strftime("%Y-%m-%d", time.localtime(time.time() + jump))
        (_, folder, _), = t.folder.find(drop)
        if not folder.name.startswith(day):
            raise Broken(f"a scan of {day} is in {folder.name}")
        if time.monotonic() - began > PATIENCE / 2:
            raise Broken("the clock held it up")


def slow_writer(t):
    """Writers that append for long: one that keeps it open, one that opens it again for each part, one that pauses for
    longer than the time in which a file must rest."""
    t.begin(settle=1)
    t.start()
    parts = max(6, t.options.writer)
    whole = [t.scan(size=120000, name=f"writer {w}.png") for w in range(3)]
    # what follows the end is not the picture's: the end is written last
    for drop in whole:
        at = drop.data.index(b"IDAT")
        head, end = drop.data[:at], drop.data[at:]
        fill = b"".join(b"\x00\x00\x00\x08teXt12345678" + bytes.fromhex("00000000") for _ in range(5000))
        drop.data = head[:-4] + crc_fixed(fill) + head[-4:] + end.rstrip(b".")
    files = [open(t.folder.inbox / d.name, "ab", buffering=0) for d in whole]
    for part in range(parts):
        for number, drop in enumerate(whole):
            step = len(drop.data) // parts + 1
            piece = drop.data[part * step:(part + 1) * step]
            if number == 0:
                files[0].write(piece)
            elif number == 1 or part % 3 == 0:
                until = (part + 1) * step if number == 1 else min(len(drop.data), (part + 3) * step)
                with open(t.folder.inbox / drop.name, "r+b", buffering=0) as file:
                    at = file.seek(0, 2)
                    file.write(drop.data[at:until])
        if any(t.folder.results(place) for place in ("filed", "review", "failed")):
            raise Broken("taken before it was whole")
        time.sleep(0.7)
    with open(t.folder.inbox / whole[2].name, "ab", buffering=0) as file:
        file.write(whole[2].data[file.seek(0, 2):])
    for file in files:
        file.close()
    t.drops += whole
    t.until_filed()


def crc_fixed(fill):
    """PNG chunks with their checksums."""
    import zlib
    import struct
    made, at = bytearray(), 0
    while at < len(fill):
        length = int.from_bytes(fill[at:at + 4], "big")
        body = fill[at + 4:at + 8 + length]
        made += fill[at:at + 4] + body + struct.pack(">I", zlib.crc32(body))
        at += 12 + length
    return bytes(made)


def as_nobody(t):
    if os.geteuid() != 0:
        raise Skipped("may not become another user")
    for path in (t.folder.base, t.folder.inbox, t.folder.docket.parent):
        os.chown(path, 65534, 65534)


def no_permission_to_read(t):
    """A file that irsort may not read, until it may."""
    t.begin()
    as_nobody(t)
    t.start(prefix=NOBODY)
    drop = t.drop()
    at = t.folder.inbox / drop.name
    at.chmod(0)
    t.must_say_once("Permission denied")
    at.chmod(0o644)
    t.until_filed()


def no_permission_to_remove(t):
    """An inbox out of which irsort may not take anything: it is filed, said once, not filed again."""
    t.begin()
    as_nobody(t)
    t.start(prefix=NOBODY)
    t.folder.inbox.chmod(0o1777)
    os.chown(t.folder.inbox, 0, 0)
    drop = t.drop()
    os.chown(t.folder.inbox / drop.name, 0, 0)
    t.must_say_once("it is filed as")
    if len(t.folder.find(drop)) != 1:
        raise Broken("it is not filed")
    os.chown(t.folder.inbox / drop.name, 65534, 65534)
    t.until_filed()


def results_closed(t):
    """The result folders may not be written."""
    t.begin()
    as_nobody(t)
    t.start(prefix=NOBODY)
    t.drop()
    t.until_filed()
    for place in ("filed", "review", "failed"):
        for month in (t.folder.inbox / place).glob("*"):
            month.chmod(0o555)
    t.drop(2)
    t.must_say_once("ermission")
    for place in ("filed", "review", "failed"):
        for month in (t.folder.inbox / place).glob("*"):
            month.chmod(0o755)
    t.until_filed()


def docket_locked(t):
    """Another program holds the docket."""
    t.begin()
    t.start()
    t.drop()
    t.until_filed()
    other = sqlite3.connect(t.folder.docket, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    t.drop(2)
    t.until_said("is locked")
    time.sleep(LOOK_SECONDS)
    t.folder.check_now(t.drops)
    if t.watch.said().count("is locked") != 1:
        raise Broken("it says more than once that the docket is locked")
    other.execute("ROLLBACK")
    other.close()
    t.until_filed()


def folder_moved(t):
    """The folder is moved away while it is watched, and back."""
    t.begin()
    t.start()
    t.drop()
    t.until_filed()
    away = t.folder.base / "elsewhere"
    t.drop()
    t.folder.inbox.rename(away)
    t.until_said("is gone")
    (t.folder.inbox).mkdir()  # somebody makes an empty one in its place: it is not the one that was watched
    time.sleep(LOOK_SECONDS)
    before = cpu_of(t.watch.process.pid)
    time.sleep(LOOK_SECONDS)
    if cpu_of(t.watch.process.pid) - before > LOOK_SECONDS * HOT:
        raise Broken("it runs hot while the folder is away")
    t.folder.inbox.rmdir()
    away.rename(t.folder.inbox)
    t.until_filed()


def folder_unmounted(t):
    """The disk of the folder goes away and comes back, as a share does."""
    t.begin()
    t.mount(t.folder.inbox, "8m")
    t.start()
    t.drop()
    t.until_filed()
    kept = t.folder.base / "kept"
    shutil.copytree(t.folder.inbox, kept)
    subprocess.run(["umount", "-l", t.folder.inbox], check=True)
    t.until_said("is gone")
    t.mount(t.folder.inbox, "8m")
    shutil.copytree(kept, t.folder.inbox, dirs_exist_ok=True)
    t.drop()
    t.until_filed()


def folder_removed(t):
    """The folder is removed for good: it waits, and ends when it is told to."""
    t.begin()
    t.start()
    shutil.rmtree(t.folder.inbox)
    began = time.monotonic()
    t.until_said("is gone")
    if time.monotonic() - began > PATIENCE / 3:
        raise Broken("it was not seen by an event")
    time.sleep(LOOK_SECONDS)
    if t.watch.stop() != 0:
        raise Broken("it does not end as it should")


def two_on_one_folder(t):
    """The second says so and stops; the first goes on."""
    t.begin()
    t.start()
    first = t.watch
    second = Watch(t.options.program, t.folder)
    if second.process.wait(PATIENCE) != 2 or "another irsort" not in second.said():
        raise Broken(f"the second one: {second.process.returncode}, {second.said()}")
    t.watch = first
    t.drop(2)
    t.until_filed()


def folder_in_itself(t):
    """A result folder is not watched."""
    t.begin()
    t.start()
    t.drop()
    t.until_filed()
    inner = Folder(t.folder.base)
    inner.inbox = t.folder.inbox / "filed"
    second = Watch(t.options.program, inner)
    if second.process.wait(PATIENCE) != 2:
        raise Broken("it watches a folder inside a watched one")


def strange_names(t):
    """Names that are not UTF-8, long, with line ends, or like irsort's own records."""
    t.begin()
    t.start()
    for name in ("\udcff\udcfe.png", "a\nb.png", "ä" * 123 + ".png", "letter.png", "-rf.png", " .png", "%00.png",
                 "Scan 123-45-6789.png"):
        t.drop(name=name)
    t.until_filed()
    if "123-45-6789" in t.watch.said():
        raise Broken("a taxpayer number is in the log")


def stopped_often(t):
    """SIGTERM at whatever moment: it ends within five seconds, and the next start goes on."""
    t.begin()
    t.drop(12)
    for pause in (0.2, 0.6, 1.1, 1.3, 1.5, 1.8):
        t.watch = Watch(t.options.program, t.folder)
        time.sleep(pause)
        began = time.monotonic()
        ended = t.watch.stop(PATIENCE)
        if ended not in (0, -signal.SIGTERM) or time.monotonic() - began > 5:
            raise Broken(f"SIGTERM: it ended with {ended} after {time.monotonic() - began:.1f} s")
        t.folder.check_now(t.drops)
    t.start()
    t.until_filed()


def held_by_a_writer(t):
    """Somebody keeps the file open for writing, and goes on to write after it was filed: nothing of it is lost."""
    t.begin(patience=1)
    t.start()
    drop = t.scan(name="held.png")
    with open(t.folder.inbox / drop.name, "wb", buffering=0) as file:
        file.write(drop.data)
        t.until_said("open for writing")
        t.drops.append(drop)
        t.folder.check_now(t.drops)
        if t.folder.find(drop):
            raise Broken("taken while somebody writes to it")
    t.until_filed()


TROUBLES = [disk_full, docket_full, read_only, busy, quota, bad_disk, clock_jumps, slow_writer, no_permission_to_read,
            no_permission_to_remove, results_closed, docket_locked, folder_moved, folder_unmounted, folder_removed,
            two_on_one_folder, folder_in_itself, strange_names, stopped_often, held_by_a_writer]
LONG = [quota, bad_disk, folder_unmounted, held_by_a_writer]  # about a minute each


def run(options, trouble):
    """(name, how it ended, seconds)"""
    t = Trouble(options, trouble.__name__)
    began = time.monotonic()
    shutil.rmtree(t.folder.base, ignore_errors=True)
    t.folder.base.mkdir(parents=True)
    try:
        trouble(t)
        how = "ok"
    except Skipped as reason:
        how = f"skipped: {reason}"
    except (Broken, AssertionError) as problem:
        how = f"BROKEN: {problem}"
    except Exception:  # pylint: disable=broad-except
        how = f"BROKEN: {traceback.format_exc()}"
    finally:
        t.end()
    return trouble.__name__, how, time.monotonic() - began


def main():
    parser = arguments("program", "shim")
    parser.add_argument("--writer", type=int, default=20, help="seconds that the slow writer takes, about")
    parser.add_argument("--jobs", type=int, default=6, help="troubles at a time: nearly all of it is waiting")
    parser.add_argument("--short", action="store_true", help="without those that take a minute")
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parse(parser)
    chosen = [t for t in TROUBLES if not options.names or t.__name__ in options.names]
    chosen = [t for t in chosen if not options.short or t not in LONG]
    broken = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for name, how, seconds in pool.map(lambda t: run(options, t), chosen):
            broken += how.startswith("BROKEN")
            print(f"{name:26} {how} ({seconds:.0f} s)", flush=True)
    print(f"{len(chosen)} troubles, {broken} of them break the promise")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
